"""What a thief does in one incident that somebody could notice, and when first (MODEL.md §7, detection)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from nhilab.base.quantities import NEVER, IntArray
from nhilab.campaign.hand import Pair
from nhilab.campaign.intervals import NOTHING, Intervals, common, difference, intersection, one, union
from nhilab.campaign.spread import Spread
from nhilab.ledger.compromises import Act


class Acts(NamedTuple):
    """First instant of each kind of act by what has a scope, at one verifier; `NEVER` if none. By `Act`."""

    scope: int
    verifier: int
    first: list[int]


class Noticeable:
    """First acts of an incident, over everything in hand."""

    def __init__(self, spread: Spread) -> None:
        self.spread, self.index = spread, spread.index
        self.end = spread.thief.observed_until
        self.where = self._where_copies_lie()

    def acts(self) -> list[Acts]:
        """Acts by scope and verifier."""
        first: dict[Pair, list[int]] = {}
        for key, kind, at in (*self._by_credentials(), *self._by_children()):
            if at < self.end:
                row = first.setdefault(key, [NEVER] * len(Act))
                row[kind] = min(row[kind], at)
        return [Acts(scope, verifier, row) for (scope, verifier), row in sorted(first.items())]

    def _where_copies_lie(self) -> dict[int, Intervals]:
        """Per credential in hand, when the thief holds a unit in which a copy of it lies."""
        spread, index = self.spread, self.index
        held = [(u, s, e) for u in spread.footholds for s, e in zip(*spread.foothold_on(u), strict=True)]
        if not held or not spread.taken_at:
            return {}
        unit, start, end = (np.array(c, np.int64) for c in zip(*held, strict=True))
        row, copy = index.overlapping(unit, start, end)
        if not len(copy):
            return {}
        credential = index.copy_credential[copy]
        starts = np.maximum(index.copy_from[copy], start[row])
        ends = np.minimum(index.copy_ends(copy, spread.deaths), end[row])
        order = np.argsort(credential, kind="stable")
        names, first = np.unique(credential[order], return_index=True)
        parts = zip(np.split(starts[order], first[1:]), np.split(ends[order], first[1:]), strict=True)
        return {c: union(s, e) for c, (s, e) in zip(names.tolist(), parts, strict=True)}

    def _by_credentials(self) -> Iterator[tuple[Pair, int, int]]:
        spread, index = self.spread, self.index
        table, deaths = index.ledger.credentials, spread.deaths
        for c in spread.taken_at:
            scope, purpose_end = int(table.scope[c]), int(table.purpose_end[c])
            since, where = max(spread.usable_from(c), spread.left.since), self.where.get(c, NOTHING)
            first_try = self.first_try(c)
            for v in index.verifiers_of[scope]:
                used = self._used(c, v, since, int(deaths.accept_until[c, v]))
                tried_now = first_try < NEVER and c not in spread.left.tried and first_try >= spread.left.since
                if tried_now and not _holds(used, first_try):
                    yield (scope, v), Act.DENIED, first_try
                if len(used.starts):
                    yield (scope, v), Act.OUT_OF_INTENT, int(used.starts[0])
                    before = common(used, 0, purpose_end)
                    yield (scope, v), Act.AFTER_PURPOSE_END, _first(common(used, purpose_end, NEVER))
                    yield (scope, v), Act.FOREIGN, _first(difference(before, where))
                    yield (scope, v), Act.IN_PATTERN, _first(intersection(before, where))

    def _used(self, credential: int, verifier: int, since: int, until: int) -> Intervals:
        """When one credential is accepted from where the thief stands."""
        if self.spread.is_free(credential):
            used = one(since, until) if since < until else NOTHING
        else:
            used = self.spread.usable_where_kept(credential, since, until)
        return self.spread.in_network(verifier, used)

    def first_try(self, credential: int) -> int:
        """First instant at which a credential is ready and at hand; `NEVER` if it is not in this incident."""
        spread = self.spread
        ready = spread.usable_from(credential)
        if spread.is_free(credential):
            return ready
        return _first(spread.usable_where_kept(credential, max(ready, spread.left.since), NEVER))

    def _by_children(self) -> Iterator[tuple[Pair, int, int]]:
        spread = self.spread
        pairs = {pair for pair in spread.minted if spread.live(pair)} | {pair for pair, _ in spread.left.children}
        for pair in pairs:
            for v in self.index.verifiers_of[pair[0]]:
                at = _first(spread.children_used(pair, v))
                yield (pair[0], v), Act.OUT_OF_INTENT, at
                yield (pair[0], v), Act.FOREIGN, at


def _first(instants: Intervals) -> int:
    return int(instants.starts[0]) if len(instants.starts) else NEVER


def _holds(instants: Intervals, at: int) -> bool:
    return bool(((instants.starts <= at) & (at < instants.ends)).any())


def spread_over(acts: Acts, permissions: IntArray, *, targets: np.ndarray, allowed: frozenset[int] | None) -> IntArray:
    """First instant of every kind for every permission; shape (kinds, permissions), int64, µs.

    Parameters
    ----------
    acts : Acts
    permissions : ndarray, shape (n,), int64
        Those of the scope behind the verifier.
    targets : ndarray, shape (permissions of the estate,), bool
        What the workloads of the identity are for.
    allowed : frozenset of int or None
        What a hijacked agent may perform.
    """
    first = np.full((len(Act), len(permissions)), NEVER, np.int64)
    first[Act.DENIED] = acts.first[Act.DENIED]
    wanted = targets[permissions]
    first[Act.OUT_OF_INTENT, ~wanted] = acts.first[Act.OUT_OF_INTENT]
    for kind in (Act.AFTER_PURPOSE_END, Act.FOREIGN, Act.IN_PATTERN):
        first[kind, wanted] = acts.first[kind]
    if allowed is not None:
        barred = ~np.isin(permissions, list(allowed))
        first[1:, barred] = NEVER
        first[Act.DENIED, barred] = min(acts.first[Act.DENIED], acts.first[Act.OUT_OF_INTENT])
    return first
