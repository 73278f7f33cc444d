"""What a response ends: credentials and a thief's children, by the issuer's path and unit (MODEL.md §7, response)."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

import numpy as np

from nhilab.base.quantities import NEVER, add
from nhilab.campaign.hand import Pair
from nhilab.campaign.index import ReplayIndex
from nhilab.campaign.spread import Spread
from nhilab.ledger.tables import Unit


@dataclass
class Ended:
    """What one response ends, and when it is dead at its issuer, µs.

    Attributes
    ----------
    credentials : dict of credential to int
    children : dict of (scope, stage) to int
        Children that the thief minted before the response.
    asked : set of int
        Credentials revoked in their own name.
    """

    credentials: dict[int, int] = field(default_factory=dict)
    children: dict[Pair, int] = field(default_factory=dict)
    asked: set[int] = field(default_factory=set)


@dataclass
class _Request:
    """One request: by whom it was caused, and what it names."""

    credentials: list[int] = field(default_factory=list)
    children: list[Pair] = field(default_factory=list)
    identity: int = -1


class Revocation:
    """The issuers' paths, as responders find them: idle."""

    def __init__(self, index: ReplayIndex) -> None:
        self.index, self.ledger = index, index.ledger
        self._born: dict[int, list[int]] | None = None

    def end(self, spread: Spread, at: int) -> Ended:
        """What a response at an instant ends."""
        ended = Ended()
        by_issuer: dict[str, dict[tuple[int, ...], _Request]] = {}
        for c in sorted(spread.taken_at):
            if spread.taken_at[c] < at and c not in spread.left.asked and spread.deaths.issuer_until[c] > at:
                table = self.ledger.credentials
                self._ask(by_issuer, ended, at, int(table.scope[c]), int(table.stage[c]), credential=c)
        for pair in sorted(spread.minted):
            if spread.live(pair) and self.last_mint(spread, pair, at) + self.index.ttl[pair[1]] > at:
                self._ask(by_issuer, ended, at, *pair)
        for issuer, requests in by_issuer.items():
            for request, done in zip(requests.values(), self._served(issuer, at, len(requests)), strict=True):
                self._carry_out(spread, at, ended, issuer, request, done)
        return ended

    @staticmethod
    def last_mint(spread: Spread, pair: Pair, at: int) -> int:
        """End of what a pair minted before an instant in this incident; far in the past if nothing."""
        instants = spread.minted[pair]
        early = instants.starts < at
        return min(int(instants.ends[early][-1]), at) if early.any() else -NEVER

    def _ask(
        self, by_issuer: dict[str, dict[tuple[int, ...], _Request]], ended: Ended, at: int, scope: int, stage: int,
        credential: int = -1,
    ) -> None:  # fmt: skip
        """One request more, unless the issuer revokes nothing or responders do not see the identity."""
        identity = int(self.ledger.scopes.identity[scope])
        if not self.ledger.estate.identities.visible[identity]:
            return
        if stage < 0:  # by hand, at once
            if credential >= 0:
                ended.credentials[credential] = at
                ended.asked.add(credential)
            else:
                ended.children[scope, stage] = at
            return
        unit = Unit(self.ledger.stages.revocation_unit[stage])
        if unit == Unit.NONE:
            return
        requests = by_issuer.setdefault(str(self.ledger.stages.issuer[stage]), {})
        whole = unit == Unit.IDENTITY
        name = (0, identity) if whole else (1, credential) if credential >= 0 else (2, scope, stage)
        request = requests.setdefault(name, _Request(identity=identity if whole else -1))
        if credential >= 0:
            request.credentials.append(credential)
            ended.asked.add(credential)
        else:
            request.children.append((scope, stage))

    def _served(self, issuer: str, at: int, n: int) -> list[int]:
        """When each of n requests made at an instant is carried out."""
        stages = self.ledger.stages
        mine = np.flatnonzero(stages.issuer == issuer)
        length, free = int(stages.revocation_mean[mine[0]]), [at] * int(stages.revocation_servers[mine[0]])
        out = np.isin(self.ledger.outages.stage, mine)
        closed = sorted(zip(self.ledger.outages.from_at[out].tolist(), self.ledger.outages.until_at[out].tolist(),
                            strict=True))  # fmt: skip
        done = []
        for _ in range(n):
            begins = heapq.heappop(free)
            for low, high in closed:
                begins = high if low <= begins < high else begins
            done.append(int(add(begins, length)))
            heapq.heappush(free, done[-1])
        return done

    def _carry_out(self, spread: Spread, at: int, ended: Ended, issuer: str, request: _Request, done: int) -> None:
        credentials, children = list(request.credentials), list(request.children)
        if request.identity >= 0:
            credentials += self._of_identity(spread, at, issuer, request.identity)
            ended.asked |= set(credentials)
            children += [pair for pair in spread.minted if self._is_child(spread, pair, at, issuer, request.identity)]
        for pair in children:
            ended.children[pair] = done
        for c in credentials:
            self._die(spread, ended, c, done)

    def _of_identity(self, spread: Spread, at: int, issuer: str, identity: int) -> list[int]:
        """Credentials of an issuer and identity that were issued before an instant and live then."""
        table, stages = self.ledger.credentials, self.ledger.stages
        named = np.append(stages.issuer == issuer, False)[table.stage]
        mine = named & (self.ledger.scopes.identity[table.scope] == identity) & (table.issued_at < at)
        found: list[int] = np.flatnonzero(mine & (spread.deaths.issuer_until > at)).tolist()
        return found

    def _is_child(self, spread: Spread, pair: Pair, at: int, issuer: str, identity: int) -> bool:
        scope, stage = pair
        mine = stage >= 0 and self.ledger.stages.issuer[stage] == issuer and spread.live(pair)
        return bool(mine and self.ledger.scopes.identity[scope] == identity and spread.minted[pair].starts[0] < at)

    def _die(self, spread: Spread, ended: Ended, credential: int, at: int) -> None:
        """A credential dies, with its descendants that live then where its issuer cascades."""
        if at < ended.credentials.get(credential, int(spread.deaths.revoked_at[credential])):
            ended.credentials[credential] = at
        stage, stages = int(self.ledger.credentials.stage[credential]), self.ledger.stages
        if stage >= 0 and (stages.cascades[stage] or stages.revocation_unit[stage] == Unit.SUBTREE):
            waiting = list(self.born.get(credential, ()))
            for c in waiting:
                waiting += self.born.get(c, ())
                lives = self.ledger.credentials.issued_at[c] <= at < spread.deaths.issuer_until[c]
                if lives and at < ended.credentials.get(c, NEVER):
                    ended.credentials[c] = at

    @property
    def born(self) -> dict[int, list[int]]:
        """Credentials issued from each."""
        if self._born is None:
            self._born = {}
            parents = self.ledger.credentials.parent
            for child in np.flatnonzero(parents >= 0).tolist():
                self._born.setdefault(int(parents[child]), []).append(child)
        return self._born
