"""What one finished campaign reached (MODEL.md §7, results)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from nhilab.base.quantities import NEVER, IdArray, IntArray
from nhilab.base.spans import union_lengths
from nhilab.campaign.course import Course
from nhilab.campaign.index import Held
from nhilab.campaign.intervals import Intervals
from nhilab.campaign.paths import Paths


class ReachedRows(NamedTuple):
    """Resources reached, ascending."""

    resource: IntArray
    permission: IntArray
    reached_at: IntArray
    held_time: IntArray
    n_hops: IntArray
    step: IntArray


class _Uses(NamedTuple):
    """What performs before E, spread over permissions: one row per (use, permission)."""

    of_use: list[Intervals]
    use: IntArray
    resource: IntArray
    permission: IntArray
    first: IntArray


def _held(spread: Course, scope: int, verifier: int) -> Held:
    """What a scope holds behind a verifier, as far as the thief may perform it."""
    held, allowed = spread.index.held(scope, verifier), spread.thief.allowed
    if allowed is None:
        return held
    mine = np.isin(held.permissions, list(allowed))
    return Held(held.permissions[mine], held.resources[mine], np.unique(held.resources[mine]))


def _spread_out(spread: Course) -> _Uses:
    until = spread.thief.observed_until
    uses = [(key, use) for key, use in sorted(spread.used.items()) if int(use.starts[0]) < until]
    held = [_held(spread, *key) for key, _ in uses]
    size = [len(h.permissions) for h in held]
    resource = np.concatenate([h.resources for h in held]).astype(np.int64) if held else np.empty(0, np.int64)
    permission = np.concatenate([h.permissions for h in held]).astype(np.int64) if held else np.empty(0, np.int64)
    use = np.repeat(np.arange(len(uses)), size)
    first = np.repeat(np.array([u.starts[0] for _, u in uses], np.int64), size)
    return _Uses([u for _, u in uses], use, resource, permission, first)


def reached_rows(spread: Course, paths: Paths) -> ReachedRows:
    """Every resource on which an operation worked before E: when first, how long, by which path."""
    uses, n = _spread_out(spread), len(spread.index.ledger.estate.resources)
    reached_at = np.full(n, NEVER, np.int64)
    np.minimum.at(reached_at, uses.resource, uses.first)
    at_once = reached_at[uses.resource] == uses.first
    permission = np.full(n, np.iinfo(np.int64).max, np.int64)
    np.minimum.at(permission, uses.resource[at_once], uses.permission[at_once])
    hops, step = _lowest(paths, reached_at, n)
    rows = np.flatnonzero(reached_at < NEVER)
    held_time = _held_time(spread, uses, reached_at)
    return ReachedRows(rows, permission[rows], reached_at[rows], held_time[rows], hops[rows], step[rows])


def _lowest(paths: Paths, reached_at: IntArray, n: int) -> tuple[IntArray, IntArray]:
    """Fewest openings before each resource among what performs on it first, and the step that does."""
    hops, step = np.full(n, -1, np.int64), np.full(n, -1, np.int64)
    for number, scope, verifier, first in paths.performs:
        resources: IdArray = _held(paths.spread, scope, verifier).distinct
        new = resources[(reached_at[resources] == first) & (step[resources] < 0)]
        hops[new], step[new] = paths.steps[number].n_hops, number
    return hops, step


def _held_time(spread: Course, uses: _Uses, reached_at: IntArray) -> IntArray:
    """Length of the union of uses per resource, from entry until E."""
    low, high, n = spread.thief.entered_at, spread.thief.observed_until, len(reached_at)
    first_end = np.array([int(u.ends[0]) for u in uses.of_use], np.int64)[uses.use]
    lasts = (first_end >= high) & (reached_at[uses.resource] == uses.first)
    throughout = np.zeros(n, np.bool_)
    throughout[uses.resource[lasts]] = True
    rows = np.flatnonzero(~throughout[uses.resource])
    use, resource = uses.use[rows], uses.resource[rows]
    count = np.array([len(u.starts) for u in uses.of_use], np.int64)
    offset = (np.cumsum(count) - count)[use]
    part = np.arange(int(count[use].sum())) - np.repeat(np.cumsum(count[use]) - count[use], count[use])
    part += np.repeat(offset, count[use])
    start = np.concatenate([u.starts for u in uses.of_use] or [np.empty(0, np.int64)])[part]
    end = np.concatenate([u.ends for u in uses.of_use] or [np.empty(0, np.int64)])[part]
    start, end = np.clip(start, low, high) - low, np.clip(end, low, high) - low
    held_time = union_lengths(np.repeat(resource, count[use]), start, end, n=n)
    held_time[throughout] = high - reached_at[throughout]
    return held_time
