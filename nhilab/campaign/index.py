"""Everything a replay looks up, computed once per ledger: copies by unit, scopes by verifier, openings, runs."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from nhilab.base.estate import Isolation, When
from nhilab.base.quantities import NEVER, BoolArray, IdArray, IntArray
from nhilab.campaign.units import Units
from nhilab.ledger.acceptance import accept_until, dead_at, honoured_until, issuer_until, mints_next, scope_verifiers
from nhilab.ledger.tables import Binding, Cause, Ledger, Source


class Opening(NamedTuple):
    """What the permissions of one scope behind one verifier open."""

    identities: list[int]
    identity_permissions: list[int]
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
        estate, credentials = ledger.estate, ledger.credentials
        self.accept_until = accept_until(ledger)
        self.honoured_until = honoured_until(ledger)
        self.issuer_until = issuer_until(ledger)
        self.dead_at = dead_at(ledger)
        self.guards = scope_verifiers(ledger)
        self.units = Units(ledger)
        self.bearer = credentials.binding == Binding.BEARER
        self.exportable = credentials.binding == Binding.EXPORTABLE_KEY
        self.brokered = credentials.binding == Binding.BROKERED
        self.mints_next = mints_next(ledger)
        self.ttl: list[int] = ledger.stages.effective_ttl.tolist()
        self.leeway: list[int] = estate.verifiers.leeway.tolist()
        self.last_stages = self._stages_of(~self.mints_next)
        self.attested_stages = self._stages_of(ledger.stages.source == Source.ATTESTED)
        self.verifiers_of = [np.flatnonzero(row).tolist() for row in self.guards]
        self.scope_starts = ledger.scope_starts().tolist()
        self.verifier_of_permission = estate.resources.verifier[estate.permissions.resource]
        self._index_nesting()
        self._index_copies()
        self._openings_of = self._index_openings()
        self.attested_from = self._index_attestations()
        self.last_instant = self._last_instant()
        self.held = cache(self._held)
        self.opening = cache(self._opening)

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

    def _index_copies(self) -> None:
        """Copies that can be met, by unit and start; keys for finding those that overlap an interval."""
        copies = self.ledger.copies
        end = np.minimum(copies.until_at, self.dead_at[copies.credential])
        own_unit = self.units.number(copies.place, copies.unit)
        rows = np.flatnonzero(copies.from_at < end)
        rows, unit = self._met_in(rows, own_unit[rows])
        order = np.lexsort((copies.from_at[rows], unit))
        rows, unit = rows[order], unit[order]
        self.copy_row, self.copy_unit, self.copy_own_unit = rows, unit, own_unit[rows]
        has_key = (copies.cause[rows] == Cause.OWNER) | (copies.cause[rows] == Cause.COPIED)
        self.copy_binds = has_key & ~self.bearer[copies.credential[rows]]
        self.copy_from, self.copy_end, self.copy_credential = copies.from_at[rows], end[rows], copies.credential[rows]
        finite = self.copy_end[self.copy_end < NEVER]
        self.span = int(max(finite.max(initial=0), self.copy_from.max(initial=0))) + 2
        self._from_key = self.copy_unit * self.span + self.copy_from
        self._end_key = np.maximum.accumulate(self.copy_unit * self.span + np.minimum(self.copy_end, self.span - 1))

    def overlapping(self, unit: IntArray, start: IntArray, end: IntArray) -> tuple[IntArray, IntArray]:
        """Pairs (row of the intervals given, indexed copy) that share an instant."""
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
        columns = [ledger.tasks.ended_at, self.copy_from, self.copy_end, self.accept_until.ravel(), self.issuer_until]
        return max((int(c[c < NEVER].max(initial=0)) for c in columns), default=0)

    def _permissions(self, scope: int, verifier: int) -> IdArray:
        held = self.ledger.scope_permissions.permission[self.scope_starts[scope] : self.scope_starts[scope + 1]]
        behind: IdArray = held[self.verifier_of_permission[held] == verifier]
        return behind

    def _held(self, scope: int, verifier: int) -> Held:
        permissions = self._permissions(scope, verifier)
        resources = self.ledger.estate.permissions.resource[permissions]
        order = np.lexsort((permissions, resources))
        return Held(permissions[order], resources[order], np.unique(resources))

    def _opening(self, scope: int, verifier: int) -> Opening:
        table = self.ledger.estate.openings
        identities: dict[int, int] = {}
        now: dict[int, int] = {}
        later: dict[int, int] = {}
        for permission in self._permissions(scope, verifier).tolist():
            for row in self._openings_of.get(permission, ()):
                identity, place = int(table.identity[row]), int(table.place[row])
                if identity >= 0:
                    identities.setdefault(identity, permission)
                if place >= 0:
                    (now if table.when[row] == When.NOW else later).setdefault(place, permission)
        return Opening(list(identities), list(identities.values()), list(now.items()), list(later.items()))

    def impersonated(self, scope: int, verifier: int) -> list[tuple[tuple[int, int], int]]:
        """Rule 6: (scope, stage) pairs that performing a scope's permissions mints, and the permission of each."""
        opening = self.opening(scope, verifier)
        pairs = zip(opening.identities, opening.identity_permissions, strict=True)
        return [((j, k), permission) for j, permission in pairs for k in self.last_stages[j]]

    def lifetime(self, stage: int, verifier: int) -> int:
        """L: how long a child minted now is accepted by a verifier, in µs."""
        return min(self.ttl[stage] + self.leeway[verifier], NEVER)

    def is_shared(self, place: int) -> bool:
        """Whether a place is one unit."""
        return bool(self.ledger.estate.places.isolation[place] == Isolation.SHARED)
