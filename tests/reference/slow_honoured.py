"""Until when a credential is accepted and honoured, told slowly from MODEL.md section 5 alone."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from nhilab.base.estate import Estate, Expiry, LayerKind, Unreachable
from nhilab.base.quantities import NEVER
from nhilab.ledger.tables import Ledger, Status

Row = dict[str, Any]


def later(instant: int, length: int) -> int:
    """`instant` + `length`, and NEVER once that is reached."""
    return min(instant + length, NEVER)


def layers_of(estate: Estate, verifier: int) -> list[list[Row]]:
    """The verifier's layers, nearest the issuer first; each a list of alternatives, mostly of one."""
    groups: list[list[Row]] = []
    for number in range(len(estate.layers)):
        row = {name: values[number].item() for name, values in estate.layers.columns().items()} | {"layer": number}
        if row["verifier"] != verifier:
            continue
        if groups and row["alternative"] >= 0 and groups[-1][0]["alternative"] == row["alternative"]:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def is_unchecked(row: Row) -> bool:
    """A cache that may serve past the credential's expiry."""
    return row["kind"] == LayerKind.CACHE and not row["checks_expiry"]


def is_lost(row: Row, lost_pushes: int) -> bool:
    """The push of this layer about this credential never arrives."""
    return bool(lost_pushes >> row["layer"] & 1)


# The adversarial reading: one row of the table of effects after the other -----------------------------------


def effect(row: Row, t: int, x: int, lost_pushes: int) -> int:
    """The last line that a layer draws when what is behind it ends at t."""
    if t >= NEVER:
        return NEVER
    if row["kind"] == LayerKind.CACHE and row["expiry"] == Expiry.ACCESS:
        return x
    if row["kind"] == LayerKind.CACHE:
        start = -(-t // row["tick"]) * row["tick"] if row["tick"] else t
        return later(later(start, row["ttl"]), row["stale_for"])
    if row["kind"] == LayerKind.POLL:
        return later(row["phase"], -(-(t - row["phase"]) // row["period"]) * row["period"])
    if row["kind"] == LayerKind.PUSH:
        return NEVER if is_lost(row, lost_pushes) else later(t, row["delay"])
    return later(t, row["lag"])


def outages_of(ledger: Ledger, credential: int) -> list[tuple[int, int]]:
    """When the credential's issuer could not be reached, in order."""
    stage, outages = int(ledger.credentials.stage[credential]), ledger.outages
    mine = [row for row in range(len(outages)) if int(outages.stage[row]) == stage]
    return sorted((int(outages.from_at[row]), int(outages.until_at[row])) for row in mine)


def accepted_unasked_until(ledger: Ledger, credential: int, verifier: int, x0: int) -> int:
    """Before which instant an outage may let a dead credential pass; 0 if none may."""
    groups = layers_of(ledger.estate, verifier)
    carried = any(all(row["kind"] != LayerKind.CACHE for row in branches) for branches in groups)
    if carried or int(ledger.estate.verifiers.on_unreachable[verifier]) == Unreachable.CLOSED:
        return 0
    ends = [end for start, end in outages_of(ledger, credential) if start < x0]
    return min(x0, max(ends, default=0))


def slow_accept_until(ledger: Ledger, credential: int, verifier: int) -> int:
    """Instant before which a try must arrive, adversarial reading."""
    verifiers, credentials = ledger.estate.verifiers, ledger.credentials
    x0 = later(int(credentials.expires_at[credential]), int(verifiers.leeway[verifier]))
    if verifiers.self_contained[verifier]:
        return x0
    lost = int(credentials.lost_pushes[credential])
    x, t = x0, int(credentials.revoked_at[credential])
    for branches in layers_of(ledger.estate, verifier):
        if len(branches) == 1 and branches[0]["kind"] == LayerKind.CACHE:
            unchecked = is_unchecked(branches[0])
            endless = branches[0]["expiry"] == Expiry.ACCESS
            x = (NEVER if endless else effect(branches[0], x, x, lost)) if unchecked else x0
        t = min(min(effect(row, t, x, lost) for row in branches), x)
    return max(min(x, t), accepted_unasked_until(ledger, credential, verifier, x0))


def slow_honoured_until(ledger: Ledger, credential: int, verifier: int) -> int:
    """The same, and what began before it lives on for the verifier's session time."""
    session_time = int(ledger.estate.verifiers.session_time[verifier])
    return later(slow_accept_until(ledger, credential, verifier), session_time)


# What a verifier answers: objects that ask each other --------------------------------------------------------


class NoAnswerError(Exception):
    """A question went as far as the issuer, and could not reach it."""


class Issuer:
    """Says dead from the revocation on, and from x0 on; counts the questions that reach it."""

    def __init__(self, issued_at: int, x0: int, revoked_at: int, lost_pushes: int) -> None:
        self.issued_at, self.x0, self.revoked_at, self.lost_pushes = issued_at, x0, revoked_at, lost_pushes
        self.reachable, self.n_questions = True, 0

    def carried(self) -> Issuer:
        """Its state as polls, pushes and replicas carry it: never out of reach, and no question counts."""
        return Issuer(self.issued_at, self.x0, self.revoked_at, self.lost_pushes)

    def says_live(self, u: int, draw: float) -> bool:
        self.n_questions += 1
        if not self.reachable:
            raise NoAnswerError
        return u < self.revoked_at and u < self.x0

    def passive(self) -> int:
        return min(self.revoked_at, self.x0)


class Layer:
    """Refuses from x0 on, but for an unchecked cache; before it, each kind has an answer of its own."""

    def __init__(self, row: Row, groups: list[list[Row]], issuer: Issuer) -> None:
        self.row, self.issuer = row, issuer
        self.lost = is_lost(row, issuer.lost_pushes)
        lags = [row["lag"] * i // row["n"] for i in range(1, row["n"] + 1)]
        self.lags = lags if row["kind"] == LayerKind.REPLICA else [0]
        asked = issuer if row["kind"] == LayerKind.CACHE else issuer.carried()
        self.all_behind = [chain(groups, asked) for _ in self.lags]
        self.behind = self.all_behind[0]

    def says_live(self, u: int, draw: float) -> bool:
        return (u < self.issuer.x0 or is_unchecked(self.row)) and bool(self.answer(u, draw))


class CacheLayer(Layer):
    """One entry, filled from behind."""

    entry: bool | None = None
    stands_until = live_until = 0

    def stand(self, u: int) -> None:
        """Count the entry's time to live from u."""
        says_dead = not self.entry and self.row["negative_ttl"] >= 0
        ttl, tick = self.row["negative_ttl" if says_dead else "ttl"], self.row["tick"]
        self.stands_until = later(u // tick * tick + tick, ttl) if tick else later(u, ttl)
        if self.entry:
            self.live_until = later(self.stands_until, self.row["stale_for"])

    def fill(self, u: int, draw: float) -> None:
        self.entry = self.behind.says_live(u, draw)
        self.stand(u)

    def answer(self, u: int, draw: float) -> bool | None:
        old = self.entry
        if old is not None and u < self.stands_until:
            if self.row["expiry"] == Expiry.ACCESS:
                self.stand(u)
            return old
        if old is not None and u < later(self.stands_until, self.row["stale_for"]):
            with suppress(NoAnswerError):  # A refresh in the background that fails changes nothing.
                self.fill(u, draw)
            return old
        self.fill(u, draw)
        return self.entry

    def passive(self) -> int:
        return max(self.behind.passive(), self.live_until)


class PollLayer(Layer):
    """Asks behind at its own instants only."""

    def answer(self, u: int, draw: float) -> bool:
        polled = self.row["phase"] + (u - self.row["phase"]) // self.row["period"] * self.row["period"]
        return polled < self.issuer.issued_at or self.behind.says_live(polled, draw)

    def passive(self) -> int:
        return effect(self.row, self.behind.passive(), NEVER, 0)


class PushLayer(Layer):
    """Knows what was true a while ago; nothing, if the message is lost."""

    def answer(self, u: int, draw: float) -> bool:
        return self.lost or self.behind.says_live(u - self.row["delay"], draw)

    def passive(self) -> int:
        return NEVER if self.lost else later(self.behind.passive(), self.row["delay"])


class ReplicaLayer(Layer):
    """n copies, each with layers of its own behind it; the i-th knows what was true lag·i/n ago."""

    def answer(self, u: int, draw: float) -> bool:
        met = int(len(self.lags) * draw)
        return self.all_behind[met].says_live(u - self.lags[met], draw)

    def passive(self) -> int:
        return max(later(one.passive(), lag) for one, lag in zip(self.all_behind, self.lags, strict=True))


class FirstOf:
    """Asks every branch; dead wins, also over no answer."""

    def __init__(self, branches: list[Any], issuer: Issuer) -> None:
        self.branches, self.issuer = branches, issuer

    def says_live(self, u: int, draw: float) -> bool:
        if u >= self.issuer.x0:
            return False
        answers: set[bool | None] = set()
        for branch in self.branches:
            try:
                answers.add(branch.says_live(u, draw))
            except NoAnswerError:
                answers.add(None)
        if None in answers and False not in answers:
            raise NoAnswerError
        return False not in answers

    def passive(self) -> int:
        return min(branch.passive() for branch in self.branches)


LAYERS: dict[int, Any] = {
    LayerKind.CACHE: CacheLayer, LayerKind.POLL: PollLayer, LayerKind.PUSH: PushLayer, LayerKind.REPLICA: ReplicaLayer,
}  # fmt: skip


def chain(groups: list[list[Row]], issuer: Issuer) -> Any:
    """The layer nearest the decision, with all others behind it."""
    if not groups:
        return issuer
    nearest = [LAYERS[row["kind"]](row, groups[:-1], issuer) for row in groups[-1]]
    return nearest[0] if len(nearest) == 1 else FirstOf(nearest, issuer)


class Chain:
    """One verifier's decisions about one credential, question by question in the order of time."""

    def __init__(
        self, estate: Estate, verifier: int, *, expires_at: int, issued_at: int = 0, revoked_at: int = NEVER,
        lost_pushes: int = 0,
    ) -> None:  # fmt: skip
        self.self_contained = bool(estate.verifiers.self_contained[verifier])
        self.policy = int(estate.verifiers.on_unreachable[verifier])
        self.x0 = later(expires_at, int(estate.verifiers.leeway[verifier]))
        self.issuer = Issuer(issued_at, self.x0, revoked_at, lost_pushes)
        self.nearest = chain(layers_of(estate, verifier), self.issuer)
        self.alone = self.nearest is self.issuer

    def ask(self, u: int, *, replica_draw: float = 0.0, reachable: bool = True) -> tuple[bool, int]:
        """Whether a call at u is accepted, and how many questions went as far as the issuer for it."""
        if self.self_contained or (self.alone and u >= self.x0):
            return u < self.x0, 0
        before = self.issuer.n_questions
        self.issuer.reachable = reachable
        try:
            accepted = self.nearest.says_live(u, replica_draw)
        except NoAnswerError:
            accepted = u < self.x0 and self.unanswered()
        return accepted, self.issuer.n_questions - before

    def unanswered(self) -> bool:
        if self.policy == Unreachable.STALE:
            return bool(self.nearest.entry)
        return self.policy == Unreachable.OPEN


def slow_passive_until(ledger: Ledger, credential: int, verifier: int) -> int:
    """Instant before which a try that leaves no trace would still be accepted, passive reading.

    Without the session time: the passive counterpart of `slow_accept_until`.
    """
    adversarial = slow_accept_until(ledger, credential, verifier)
    if ledger.estate.verifiers.self_contained[verifier]:
        return adversarial
    of, calls = ledger.credentials, ledger.calls
    replayed = Chain(
        ledger.estate, verifier, expires_at=int(of.expires_at[credential]), issued_at=int(of.issued_at[credential]),
        revoked_at=int(of.revoked_at[credential]), lost_pushes=int(of.lost_pushes[credential]),
    )  # fmt: skip
    questions = []
    for call in range(len(calls)):
        resource = int(ledger.estate.permissions.resource[int(calls.permission[call])])
        mine = int(calls.credential[call]) == credential
        here = int(ledger.estate.resources.verifier[resource]) == verifier
        if mine and here and calls.status[call] in (Status.DONE, Status.REFUSED):
            questions.append((int(calls.arrived_at[call]), call))
    for u, call in sorted(questions):
        replayed.ask(u, replica_draw=float(calls.replica_draw[call]))
    return min(int(replayed.nearest.passive()), adversarial)
