"""Everything a replay looks up, computed once per ledger: copies by unit, scopes by verifier, openings, runs."""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

import numpy as np

from nhilab.base.estate import Isolation, When
from nhilab.base.quantities import NEVER, BoolArray, IdArray, IntArray
from nhilab.campaign.deaths import Deaths
from nhilab.campaign.units import Units
from nhilab.ledger.acceptance import mints_next, scope_verifiers
from nhilab.ledger.tables import Binding, Cause, Ledger, Source, Status

PLANTED: Final = -1
"""Stage of keys that thieves plant, and of all that no strategy manages."""


class Opening(NamedTuple):
    """What the permissions of one scope behind one verifier open."""

    pairs: list[tuple[tuple[int, int], int]]
    places_now: list[tuple[int, int]]
    places_next: list[tuple[int, int]]


class Held(NamedTuple):
    """Permissions of one scope behind one verifier, ascending by resource, permission; and their resources."""

    permissions: IdArray
    resources: IdArray
    distinct: IdArray


class ReplayIndex:
    """Lookups of one ledger; nothing in it depends on the thief."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._calls: IntArray | None = None
        estate, credentials = ledger.estate, ledger.credentials
        self.deaths = Deaths.of(ledger)
        self.guards = scope_verifiers(ledger)
        self.units = Units(ledger)
        self.bearer = credentials.binding == Binding.BEARER
        self.exportable = credentials.binding == Binding.EXPORTABLE_KEY
        self.brokered = credentials.binding == Binding.BROKERED
        self.mints_next = np.append(mints_next(ledger), False)  # planted keys have stage -1, which finds the last
        self.ttl: list[int] = [*ledger.stages.effective_ttl.tolist(), NEVER]
        self.leeway: list[int] = estate.verifiers.leeway.tolist()
        self.last_stages = self._stages_of(~self.mints_next)
        self.attested_stages = self._stages_of(ledger.stages.source == Source.ATTESTED)
        self.verifiers_of = [np.flatnonzero(row).tolist() for row in self.guards]
        self.scope_starts = ledger.scope_starts().tolist()
        self.verifier_of_permission = estate.resources.verifier[estate.permissions.resource]
        self._index_nesting()
        self._index_copies()
        self._shared: list[bool] = (estate.places.isolation == Isolation.SHARED).tolist()
        self._openings_of = self._index_openings()
        self.attested_from = self._index_attestations()
        everyone = np.arange(len(estate.identities))
        self.is_attested = {place: np.isin(everyone, found) for place, found in self.attested_from.items()}
        self.last_instant = self._last_instant()
        self.network_of: list[str] = estate.verifiers.accepts_from.tolist()
        self.asks_networks = len(set(self.network_of) - {""})
        self.networks = self._index_networks()
        self.held = cache(self._held)
        self.opening = cache(self.opening_of)

    def _stages_of(self, wanted: BoolArray) -> list[list[int]]:
        """Per identity, those of the wanted stages that are managed for it; ascending."""
        managed = self.ledger.managed
        found: list[list[int]] = [[] for _ in range(len(self.ledger.estate.identities))]
        for identity, stage in zip(managed.identity.tolist(), managed.stage.tolist(), strict=True):
            if wanted[stage]:
                found[identity].append(stage)
        return found

    def _index_nesting(self) -> None:
        """Per place, the units of the places around it (innermost first) and the places inside it."""
        inside = self.ledger.estate.places.inside.tolist()
        self.inner_places: list[list[int]] = [[] for _ in inside]
        self._around: list[tuple[int, ...]] = []
        for place, outer in enumerate(inside):
            around = list[int]()
            while outer >= 0:
                around.append(int(self.units.first[outer]))
                self.inner_places[outer].append(place)
                outer = inside[outer]
            self._around.append(tuple(around))

    def units_around(self, unit: int) -> tuple[int, ...]:
        """Units of the places around a unit's own, innermost first."""
        return self._around[int(self.units.place[unit])]

    def _met_in(self, rows: IntArray, unit: IntArray) -> tuple[IntArray, IntArray]:
        """Copies and the units where a foothold meets them: their own and those of the places around it.

        Listed so, rule 1 costs nothing: no foothold is copied to the units inside.
        """
        inside = self.ledger.estate.places.inside
        copies, units = [rows], [unit]
        outer = inside[self.ledger.copies.place[rows]]
        while (outer >= 0).any():
            rows, outer = rows[outer >= 0], outer[outer >= 0]
            copies.append(rows)
            units.append(self.units.first[outer])
            outer = inside[outer]
        return np.concatenate(copies), np.concatenate(units)

    def _index_networks(self) -> list[tuple[str, ...]]:
        """Per place, the networks a foothold on it stands in, those of the places inside it too, that some verifier
        asks for."""
        names, asked = self.ledger.estate.places.network.tolist(), set(self.network_of) - {""}
        own = [[p, *(q for q in self.inner_places[p] if self.units.size[q])] for p in range(len(names))]
        return [tuple(sorted({names[q] for q in places} & asked)) for places in own]

    def _index_copies(self) -> None:
        """Copies that can be met, by unit and start; keys for finding those that overlap an interval."""
        copies = self.ledger.copies
        end = np.minimum(copies.until_at, self.deaths.dead_at[copies.credential])
        own_unit = self.units.number(copies.place, copies.unit)
        rows = np.flatnonzero(copies.from_at < end)
        rows, unit = self._met_in(rows, own_unit[rows])
        order = np.lexsort((copies.from_at[rows], unit))
        rows, unit = rows[order], unit[order]
        self.copy_row, self.copy_unit, self.copy_own_unit = rows, unit, own_unit[rows]
        self.copy_has_key = (copies.cause[rows] == Cause.OWNER) | (copies.cause[rows] == Cause.COPIED)
        self.copy_binds = self.copy_has_key & ~self.bearer[copies.credential[rows]]
        self.copy_from, self.copy_end, self.copy_credential = copies.from_at[rows], end[rows], copies.credential[rows]
        self._by_credential = np.argsort(self.copy_credential, kind="stable")
        self._ordered = self.copy_credential[self._by_credential]
        finite = self.copy_end[self.copy_end < NEVER]
        self.span = int(max(finite.max(initial=0), self.copy_from.max(initial=0))) + 2
        self._from_key = self.copy_unit * self.span + self.copy_from
        self._end_key = np.maximum.accumulate(self.copy_unit * self.span + np.minimum(self.copy_end, self.span - 1))

    def copies_of(self, credential: int) -> list[int]:
        """Indexed copies of a credential."""
        low, high = np.searchsorted(self._ordered, [credential, credential + 1])
        return [int(copy) for copy in self._by_credential[low:high]]

    def calls_of(self, credential: int) -> IntArray:
        """Accepted calls that presented a credential; rows of calls."""
        if self._calls is None:
            accepted = np.flatnonzero((self.ledger.calls.status == Status.DONE) & (self.ledger.calls.credential >= 0))
            self._calls = accepted[np.argsort(self.ledger.calls.credential[accepted], kind="stable")]
            self._callers = self.ledger.calls.credential[self._calls]
        low, high = np.searchsorted(self._callers, [credential, credential + 1])
        return self._calls[low:high]

    def copy_ends(self, copy: IntArray, deaths: Deaths) -> IntArray:
        """When indexed copies can no longer be taken, as responses left it."""
        if deaths is self.deaths:
            return self.copy_end[copy]
        return np.minimum(self.copy_end[copy], deaths.dead_at[self.copy_credential[copy]])

    def overlapping(self, unit: IntArray, start: IntArray, end: IntArray) -> tuple[IntArray, IntArray]:
        """Pairs (row of the intervals given, indexed copy) that share an instant, if no response ends the copy."""
        if len(unit) == 1:
            return self._overlapping_one(int(unit[0]), int(start[0]), int(end[0]))
        base = unit * self.span
        low = np.searchsorted(self._end_key, base + np.minimum(start, self.span - 1), side="right")
        if len(self._end_key):
            low = np.where(start >= self.span - 1, np.searchsorted(self.copy_unit, unit), low)
        high = np.searchsorted(self._from_key, base + np.minimum(end, self.span - 1))
        count = np.maximum(0, high - low)
        row = np.repeat(np.arange(len(unit)), count)
        copy = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)
        meets = self.copy_end[copy] > start[row]
        return row[meets], copy[meets]

    def _overlapping_one(self, unit: int, start: int, end: int) -> tuple[IntArray, IntArray]:
        """The same for one interval."""
        base, last = unit * self.span, self.span - 1
        if start < last:
            low = int(self._end_key.searchsorted(base + start, side="right"))
        else:
            low = int(self.copy_unit.searchsorted(unit))
        high = int(self._from_key.searchsorted(base + min(end, last)))
        copy = low + np.flatnonzero(self.copy_end[low:high] > start)
        return np.zeros(len(copy), np.int64), copy

    def _index_openings(self) -> dict[int, list[int]]:
        rows: dict[int, list[int]] = {}
        for row, permission in enumerate(self.ledger.estate.openings.permission.tolist()):
            rows.setdefault(permission, []).append(row)
        return rows

    def _index_attestations(self) -> dict[int, IntArray]:
        found: dict[int, list[int]] = {}
        table = self.ledger.estate.attestations
        for identity, place in sorted(set(zip(table.identity.tolist(), table.place.tolist(), strict=True))):
            if self.attested_stages[identity]:
                found.setdefault(place, []).append(identity)
        return {place: np.array(identities, np.int64) for place, identities in found.items()}

    def _last_instant(self) -> int:
        """Latest finite instant of the ledger."""
        ledger = self.ledger
        columns = [ledger.tasks.ended_at, self.copy_from, self.copy_end, self.deaths.accept_until.ravel(),
                   self.deaths.issuer_until]  # fmt: skip
        return max((int(c[c < NEVER].max(initial=0)) for c in columns), default=0)

    def permissions(self, scope: int, verifier: int) -> IdArray:
        """Permissions of a scope behind a verifier, ascending; shape (n,), int32."""
        held = self.ledger.scope_permissions.permission[self.scope_starts[scope] : self.scope_starts[scope + 1]]
        behind: IdArray = held[self.verifier_of_permission[held] == verifier]
        return behind

    def _held(self, scope: int, verifier: int) -> Held:
        permissions = self.permissions(scope, verifier)
        resources = self.ledger.estate.permissions.resource[permissions]
        order = np.lexsort((permissions, resources))
        return Held(permissions[order], resources[order], np.unique(resources))

    def opening_of(self, scope: int, verifier: int, allowed: frozenset[int] | None = None) -> Opening:
        """What the permissions of a scope behind a verifier open, only those allowed if that is given."""
        table = self.ledger.estate.openings
        pairs: dict[tuple[int, int], int] = {}
        now: dict[int, int] = {}
        later: dict[int, int] = {}
        permitted = self.permissions(scope, verifier).tolist()
        for permission in permitted if allowed is None else filter(allowed.__contains__, permitted):
            for row in self._openings_of.get(permission, ()):
                identity, place = int(table.identity[row]), int(table.place[row])
                if identity >= 0:
                    for stage in [PLANTED] if table.plants[row] else self.last_stages[identity]:
                        pairs.setdefault((identity, stage), permission)
                if place >= 0:
                    (now if table.when[row] == When.NOW else later).setdefault(place, permission)
        return Opening(list(pairs.items()), list(now.items()), list(later.items()))

    def lifetime(self, stage: int, verifier: int) -> int:
        """L: how long a child minted now is accepted by a verifier, in µs."""
        return min(self.ttl[stage] + self.leeway[verifier], NEVER)

    def is_shared(self, place: int) -> bool:
        """Whether a place is one unit."""
        return self._shared[place]
