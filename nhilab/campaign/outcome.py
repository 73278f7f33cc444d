"""What one finished campaign amounts to: windows and reach (MODEL.md §7, results)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from nhilab.base.quantities import NEVER, BoolArray, IdArray, IntArray, add
from nhilab.base.spans import union_lengths
from nhilab.campaign.intervals import Intervals
from nhilab.campaign.paths import Paths
from nhilab.campaign.spread import Pair, Spread


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
    credential = np.array(sorted(spread.taken_at), np.int64)
    taken_at = np.array([spread.taken_at[c] for c in credential.tolist()], np.int64)
    honoured_until = index.honoured_until[credential].copy()
    for row in np.flatnonzero(index.non_exportable[credential]).tolist():
        kept = [spread.kept[k] for k in spread.graph.copies_of(int(credential[row])) if k in spread.kept]
        honoured_until[row] = max((int(k.ends[-1]) for k in kept), default=taken_at[row])
    if thief.copy >= 0:
        at_entry = credential == index.ledger.copies.credential[thief.copy]
    else:
        copy, first, _ = _met_by_entry(spread)
        early = index.copy_credential[copy[first < thief.observed_until]]
        at_entry = np.isin(credential, early)
    return TakenRows(credential, taken_at, honoured_until, at_entry)


def _met_by_entry(spread: Spread) -> tuple[IntArray, IntArray, IntArray]:
    """Copies the entry's own foothold meets, from when and until when."""
    index, thief = spread.index, spread.thief
    start, end = thief.entered_at, thief.entered_at + max(thief.dwell, 1)
    _, copy = index.overlapping(np.array([thief.unit]), np.array([start]), np.array([end]))
    return copy, np.maximum(index.copy_from[copy], start), np.minimum(index.copy_end[copy], end)


def exposure_until(spread: Spread, taken: TakenRows) -> int:
    """Last instant at which what the entry itself took is honoured from where the entry stands."""
    thief, index = spread.thief, spread.index
    bound = index.non_exportable[taken.credential]
    until = max(thief.entered_at, int(taken.honoured_until[taken.at_entry & ~bound].max(initial=0)))
    if thief.copy < 0 and (taken.at_entry & bound).any():
        copy, _, last = _met_by_entry(spread)
        own = np.isin(index.copy_credential[copy], taken.credential[taken.at_entry & bound])
        until = max(until, int(last[own].max(initial=0)))
    return until


def live_pairs(spread: Spread) -> list[Pair]:
    """Pairs in hand, ascending."""
    return sorted(pair for pair in spread.minted if spread.live(pair))


def access_until(spread: Spread, taken: TakenRows) -> int:
    """Last instant at which anything in hand, or minted from it, is honoured."""
    until = max(spread.thief.entered_at, int(taken.honoured_until.max(initial=0)))
    for pair in live_pairs(spread):
        scope, stage = pair
        longest = max(spread.index.lifetime(stage, v) for v in spread.index.verifiers_of[scope])
        until = max(until, add(int(spread.minted[pair].ends[-1]), longest))
    return until


def persistent(spread: Spread) -> bool:
    """Whether a live minting cycle is in hand."""
    return any(spread.graph.persists(pair, spread) for pair in live_pairs(spread))


def reached_rows(spread: Spread, paths: Paths) -> ReachedRows:
    """Every resource on which an operation worked before E: when first, how long, by which path."""
    index, until = spread.index, spread.thief.observed_until
    uses = [(key, use) for key, use in sorted(spread.used.items()) if int(use.starts[0]) < until]
    n = len(index.ledger.estate.resources)
    reached_at = np.full(n, NEVER, np.int64)
    for (scope, verifier), use in uses:
        resources = index.held(scope, verifier).resources
        reached_at[resources] = np.minimum(reached_at[resources], int(use.starts[0]))
    permission = np.full(n, np.iinfo(np.int32).max, np.int64)
    for (scope, verifier), use in uses:
        held = index.held(scope, verifier)
        first = reached_at[held.resources] == int(use.starts[0])
        np.minimum.at(permission, held.resources[first], held.permissions[first].astype(np.int64))
    hops, step = _lowest(paths, reached_at, n)
    rows = np.flatnonzero(reached_at < until)
    held_time = _held_time(spread, uses, reached_at)
    return ReachedRows(rows, permission[rows], reached_at[rows], held_time[rows], hops[rows], step[rows])


def _lowest(paths: Paths, reached_at: IntArray, n: int) -> tuple[IntArray, IntArray]:
    """Fewest openings before each resource among what performs on it first, and the step that does."""
    hops, step = np.full(n, -1, np.int64), np.full(n, -1, np.int64)
    for number, scope, verifier, first in paths.performs:
        resources: IdArray = paths.index.held(scope, verifier).resources
        new = resources[(reached_at[resources] == first) & (step[resources] < 0)]
        hops[new], step[new] = paths.steps[number].n_hops, number
    return hops, step


def _held_time(spread: Spread, uses: list[tuple[Pair, Intervals]], reached_at: IntArray) -> IntArray:
    """Length of the union of uses per resource, from entry until E."""
    index, low, high = spread.index, spread.thief.entered_at, spread.thief.observed_until
    held_time = np.zeros(len(reached_at), np.int64)
    throughout = np.zeros(len(reached_at), np.bool_)
    for (scope, verifier), use in uses:
        if int(use.ends[0]) >= high:
            resources = index.held(scope, verifier).resources
            throughout[resources[reached_at[resources] == int(use.starts[0])]] = True
    held_time[throughout] = high - reached_at[throughout]
    parts = []
    for (scope, verifier), use in uses:
        resources = index.held(scope, verifier).distinct
        resources = resources[~throughout[resources]]
        n = len(use.starts)
        parts.append((np.repeat(resources, n), np.tile(use.starts, len(resources)), np.tile(use.ends, len(resources))))
    if parts:
        resource, start, end = (np.concatenate(c) for c in zip(*parts, strict=True))
        held_time += union_lengths(
            resource, np.clip(start, low, high) - low, np.clip(end, low, high) - low, n=len(held_time)
        )
    return held_time
