"""What makes what live, whatever the time: the graph in which access that keeps itself alive goes round."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final, NamedTuple

import numpy as np

from nhilab.base.estate import Isolation, When
from nhilab.ledger.acceptance import mints_next
from nhilab.ledger.tables import Binding, Cause, Ledger, Source
from nhilab.metrics.paths import ATTESTS, IMPERSONATES, MINTS, OPENS, USES

MINTED: Final = "minted"
PLACE: Final = "place"
KEPT: Final = "kept"


class Held(NamedTuple):
    """Something that can keep access alive.

    Attributes
    ----------
    kind : str
        `minted`: credentials of a scope and stage; `place`: a shared one; `kept`: as minted, but taken, with a key that
        is used where it lies.
    row : int
        The scope, or the place.
    stage : int
        The stage; -1 for a place.
    """

    kind: str
    row: int
    stage: int = -1


class Link(NamedTuple):
    """What something makes live, how (a verb of a move) and by which permission (-1 by none)."""

    to: Held
    verb: str
    permission: int = -1


class MintingLinks:
    """Which credentials and shared places make which live, by MODEL.md §7, whatever the time.

    Parameters
    ----------
    ledger : Ledger
    hop_time : int
        The thief's, in µs: what lives no longer than a hop makes nothing live.
    """

    def __init__(self, ledger: Ledger, hop_time: int) -> None:
        self.ledger, self.hop_time = ledger, hop_time
        self._stages = {source: _stages_by_identity(ledger, source) for source in (Source.ATTESTED, None)}
        self._opening = _openings_by_scope(ledger)
        self._trusted, self._keys = _trusted_by_place(ledger), _keys_by_place(ledger)
        self._mints_next = mints_next(ledger)
        self.of = cache(self._of)

    def _of(self, held: Held) -> tuple[Link, ...]:
        if held.kind == PLACE:
            return tuple(self._from_place(held.row))
        return tuple(self._from_credential(held))

    def _from_place(self, place: int) -> Iterable[Link]:
        for identity in self._trusted.get(place, ()):
            for stage in self._stages[Source.ATTESTED].get(identity, ()):
                yield Link(Held(MINTED, identity, stage), ATTESTS)
        for scope, stage in self._keys.get(place, ()):
            yield Link(Held(KEPT, scope, stage), USES)

    def _from_credential(self, held: Held) -> Iterable[Link]:
        ledger, ttl = self.ledger, self.ledger.stages.effective_ttl
        endless = held.kind == KEPT
        for permission, place, identity in self._opening.get(held.row, ()):
            verifier = ledger.estate.resources.verifier[ledger.estate.permissions.resource[permission]]
            if not endless and ttl[held.stage] + ledger.estate.verifiers.leeway[verifier] <= self.hop_time:
                continue
            for stage in self._stages[None].get(identity, ()):
                yield Link(Held(MINTED, identity, stage), IMPERSONATES, permission)
            if place >= 0:
                yield Link(Held(PLACE, place), OPENS, permission)
        if held.stage >= 0 and self._mints_next[held.stage] and (endless or ttl[held.stage] > self.hop_time):
            yield Link(Held(MINTED, held.row, held.stage + 1), MINTS)


def _stages_by_identity(ledger: Ledger, source: Source | None) -> dict[int, list[int]]:
    """Stages managed for each identity: attested ones, or with no source given the last of their chains."""
    wanted = ~mints_next(ledger) if source is None else ledger.stages.source == source
    found: dict[int, list[int]] = {}
    for identity, stage in zip(ledger.managed.identity.tolist(), ledger.managed.stage.tolist(), strict=True):
        if wanted[stage]:
            found.setdefault(identity, []).append(stage)
    return found


def _openings_by_scope(ledger: Ledger) -> dict[int, list[tuple[int, int, int]]]:
    """(permission, shared place or -1, identity or -1) that each scope opens at once, by permission."""
    table, held = ledger.estate.openings, ledger.scope_permissions
    by_permission: dict[int, list[tuple[int, int, int]]] = {}
    now = np.flatnonzero((table.when == When.NOW) & ~table.plants)
    columns = (table.permission[now], table.place[now], table.identity[now])
    for permission, place, identity in zip(*(c.tolist() for c in columns), strict=True):
        shared = place >= 0 and ledger.estate.places.isolation[place] == Isolation.SHARED
        by_permission.setdefault(permission, []).append((permission, place if shared else -1, identity))
    rows = np.flatnonzero(np.isin(held.permission, table.permission))
    found: dict[int, list[tuple[int, int, int]]] = {}
    for scope, permission in zip(held.scope[rows].tolist(), held.permission[rows].tolist(), strict=True):
        found.setdefault(scope, []).extend(by_permission[permission])
    return found


def _around(ledger: Ledger, place: int) -> Iterable[int]:
    """A place and those it lies in."""
    while place >= 0:
        yield place
        place = int(ledger.estate.places.inside[place])


def _trusted_by_place(ledger: Ledger) -> dict[int, set[int]]:
    """Identities that a foothold on each place is given, at once and for as long as it holds."""
    table, found = ledger.estate.attestations, dict[int, set[int]]()
    for identity, place in zip(table.identity.tolist(), table.place.tolist(), strict=True):
        if ledger.estate.places.isolation[place] == Isolation.SHARED:
            for outer in _around(ledger, place):
                found.setdefault(outer, set()).add(identity)
    return found


def _keys_by_place(ledger: Ledger) -> dict[int, set[tuple[int, int]]]:
    """(scope, stage) of credentials that are used where their key lies, by place."""
    copies, credentials = ledger.copies, ledger.credentials
    binding = credentials.binding[copies.credential]
    keyed = np.isin(copies.cause, (Cause.OWNER, Cause.COPIED)) & (binding != Binding.BEARER)
    credential = copies.credential[keyed]
    rows = np.stack([copies.place[keyed], credentials.scope[credential], credentials.stage[credential]])
    found: dict[int, set[tuple[int, int]]] = {}
    for place, scope, stage in np.unique(rows, axis=1).T.tolist():
        for outer in _around(ledger, place):
            found.setdefault(outer, set()).add((scope, stage))
    return found
