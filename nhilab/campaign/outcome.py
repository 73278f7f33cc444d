"""What one finished campaign amounts to: windows and reach (MODEL.md §7, results)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from nhilab.base.quantities import NEVER, BoolArray, IdArray, IntArray, add
from nhilab.base.spans import union_lengths
from nhilab.campaign.hand import Pair
from nhilab.campaign.intervals import Intervals
from nhilab.campaign.paths import Paths
from nhilab.campaign.spread import Spread


class TakenRows(NamedTuple):
    """Credentials taken, ascending."""

    credential: IntArray
    taken_at: IntArray
    honoured_until: IntArray
    at_entry: BoolArray


class ReachedRows(NamedTuple):
    """Resources reached, ascending."""

    resource: IntArray
    permission: IntArray
    reached_at: IntArray
    held_time: IntArray
    n_hops: IntArray
    step: IntArray


def taken_rows(spread: Spread) -> TakenRows:
    """Every credential taken, until when it is honoured from where the thief stands, and by which foothold."""
    index, thief = spread.index, spread.thief
    within_reach = np.array(sorted(spread.taken_at), np.int64)
    credential = within_reach[~index.brokered[within_reach]]
    taken_at = np.array([spread.taken_at[c] for c in credential.tolist()], np.int64)
    honoured_until = index.honoured_until[credential].copy()
    for row in np.flatnonzero(~index.bearer[credential]).tolist():
        if not spread.is_free(int(credential[row])):
            honoured_until[row] = _kept_until(spread, int(credential[row]))
    if thief.copy >= 0:
        at_entry = credential == index.ledger.copies.credential[thief.copy]
    else:
        copy, first, _ = _met_by_entry(spread)
        early = index.copy_credential[copy[first < thief.observed_until]]
        at_entry = np.isin(credential, early)
    return TakenRows(credential, taken_at, honoured_until, at_entry)


def _kept_until(spread: Spread, credential: int) -> int:
    """End of a credential that is used only where a copy with its key is at hand; where none ever was, its meeting."""
    return max((int(k.ends[-1]) for k in _kept(spread, credential)), default=spread.taken_at[credential])


def _kept(spread: Spread, credential: int) -> list[Intervals]:
    """When copies with the key of a credential are at hand; none for one that is of no use."""
    return [spread.kept[k] for k in spread.graph.copies_of(credential) if k in spread.kept]


def brokered(spread: Spread) -> list[int]:
    """Credentials within reach that a broker never lets go; ascending."""
    return [c for c in sorted(spread.taken_at) if spread.index.brokered[c]]


def _met_by_entry(spread: Spread) -> tuple[IntArray, IntArray, IntArray]:
    """Copies the entry's own foothold meets, from when and until when."""
    index, thief = spread.index, spread.thief
    start, end = thief.entered_at, thief.entered_at + max(thief.dwell, 1)
    _, copy = index.overlapping(np.array([thief.unit]), np.array([start]), np.array([end]))
    return copy, np.maximum(index.copy_from[copy], start), np.minimum(index.copy_end[copy], end)


def exposure_until(spread: Spread, taken: TakenRows) -> int:
    """Last instant at which what the entry itself took is honoured from where the entry stands."""
    thief, index = spread.thief, spread.index
    bound = taken.at_entry & ~index.bearer[taken.credential]
    until = max(thief.entered_at, int(taken.honoured_until[taken.at_entry & ~bound].max(initial=0)))
    if not bound.any():
        return until
    if thief.copy < 0:
        copy, first, last = _met_by_entry(spread)
        key = index.copy_binds[copy] & np.isin(index.copy_credential[copy], taken.credential[bound])
        credential = index.copy_credential[copy]
        free = key & index.exportable[credential] & (first < thief.observed_until) & thief.takes_keys
        until = max(until, int(last[key].max(initial=0)), int(index.honoured_until[credential[free]].max(initial=0)))
    return until


def live_pairs(spread: Spread) -> list[Pair]:
    """Pairs in hand, ascending."""
    return sorted(pair for pair in spread.minted if spread.live(pair))


def access_until(spread: Spread, taken: TakenRows) -> int:
    """Last instant at which anything in hand, or minted from it, is honoured."""
    useless = [not spread.is_free(c) and not _kept(spread, c) for c in taken.credential.tolist()]
    worth = taken.honoured_until[~np.array(useless, np.bool_)]
    until = max(spread.thief.entered_at, int(worth.max(initial=0)))
    until = max([until, *(_kept_until(spread, c) for c in brokered(spread) if _kept(spread, c))])
    for pair in live_pairs(spread):
        scope, stage = pair
        longest = max(spread.index.lifetime(stage, v) for v in spread.index.verifiers_of[scope])
        until = max(until, add(int(spread.minted[pair].ends[-1]), longest))
    return until


def persistent(spread: Spread) -> bool:
    """Whether a live minting cycle is in hand."""
    return any(spread.graph.persists(pair, spread) for pair in live_pairs(spread))


class _Uses(NamedTuple):
    """What performs before E, spread over permissions: one row per (use, permission)."""

    of_use: list[Intervals]
    use: IntArray
    resource: IntArray
    permission: IntArray
    first: IntArray


def _spread_out(spread: Spread) -> _Uses:
    index, until = spread.index, spread.thief.observed_until
    uses = [(key, use) for key, use in sorted(spread.used.items()) if int(use.starts[0]) < until]
    held = [index.held(*key) for key, _ in uses]
    size = [len(h.permissions) for h in held]
    resource = np.concatenate([h.resources for h in held]).astype(np.int64) if held else np.empty(0, np.int64)
    permission = np.concatenate([h.permissions for h in held]).astype(np.int64) if held else np.empty(0, np.int64)
    use = np.repeat(np.arange(len(uses)), size)
    first = np.repeat(np.array([u.starts[0] for _, u in uses], np.int64), size)
    return _Uses([u for _, u in uses], use, resource, permission, first)


def reached_rows(spread: Spread, paths: Paths) -> ReachedRows:
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
        resources: IdArray = paths.index.held(scope, verifier).distinct
        new = resources[(reached_at[resources] == first) & (step[resources] < 0)]
        hops[new], step[new] = paths.steps[number].n_hops, number
    return hops, step


def _held_time(spread: Spread, uses: _Uses, reached_at: IntArray) -> IntArray:
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
