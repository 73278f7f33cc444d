"""What a foothold yields in a unit's tasks, and what performing an opener yields in a place's units."""

from __future__ import annotations

import itertools

import numpy as np

from nhilab.base.estate import When
from nhilab.base.quantities import NEVER, BoolArray, IntArray
from nhilab.campaign.index import ReplayIndex
from nhilab.campaign.intervals import Intervals, stretched, union


def attested(index: ReplayIndex, unit: int, foothold: Intervals) -> list[tuple[int, Intervals]]:
    """Identities whose attested stages a foothold on a unit mints, and when (MODEL.md §7, rule 8)."""
    units = index.units
    place = int(units.place[unit])
    accepted = index.attested_from.get(place)
    if accepted is None:
        return []
    if index.is_shared(place):
        return [(identity, foothold) for identity in accepted.tolist()]
    runs = units.runs_in(unit)
    identity, begin, end = units.run_identity[runs], units.run_from[runs], units.run_until[runs]
    low = np.searchsorted(end, foothold.starts, side="right")
    count = np.maximum(0, np.searchsorted(begin, foothold.ends) - low)
    held = np.repeat(np.arange(len(low)), count)
    run = np.arange(len(held)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)
    mine = index.is_attested[place][identity[run]]
    held, run = held[mine], run[mine]
    starts, ends = np.maximum(begin[run], foothold.starts[held]), np.minimum(end[run], foothold.ends[held])
    return sorted((i, part) for i, part in _grouped(identity[run], starts, ends).items() if len(part.starts))


def attested_at(index: ReplayIndex, place: int, foothold: Intervals) -> list[tuple[int, Intervals]]:
    """The same for a foothold on all units of a place."""
    accepted = index.attested_from.get(place)
    if accepted is None:
        return []
    if index.is_shared(place):
        return [(identity, foothold) for identity in accepted.tolist()]
    runs = index.units.runs_at(place)
    identity, begin, end = (a[runs] for a in (index.units.run_identity, index.units.run_from, index.units.run_until))
    mine = index.is_attested[place][identity]
    identity, begin, end = identity[mine], begin[mine], end[mine]
    starts = np.concatenate([np.maximum(begin, a) for a in foothold.starts.tolist()])
    ends = np.concatenate([np.minimum(end, b) for b in foothold.ends.tolist()])
    found = _grouped(np.tile(identity, len(foothold.starts)), starts, ends)
    return [(i, part) for i, part in found.items() if len(part.starts)]


def opened_units(
    index: ReplayIndex, place: int, *, when: When, instants: Intervals, dwell: int
) -> dict[int, Intervals]:
    """Footholds on a place's units that performing an opener during `instants` gives (MODEL.md §7, rule 5)."""
    pieces = opened_pieces(index, place, when=when, instants=instants, dwell=dwell)
    return {unit: union(*piece) for unit, piece in pieces.items()}


def opened_pieces(
    index: ReplayIndex, place: int, *, when: When, instants: Intervals, dwell: int
) -> dict[int, tuple[IntArray, IntArray]]:
    """The same, each foothold by itself though they may overlap."""
    units = index.units
    if when == When.NOW and index.is_shared(place):
        opened = stretched(instants, 0, 0, dwell)
        return {int(units.first[place]): (opened.starts, opened.ends)}
    runs = units.runs_at(place)
    unit, begin, end = units.run_unit[runs], units.run_from[runs], units.run_until[runs]
    starts: list[IntArray] = []
    ends: list[IntArray] = []
    where: list[IntArray] = []
    for a, b in zip(*instants, strict=True):
        if when == When.NOW:
            low, high = np.maximum(begin, a), np.minimum(end, b)
            hit = low < high
            low, high = low[hit], np.minimum(high[hit] + dwell, NEVER)
        else:
            hit = _springs(unit, begin, int(a), int(b))
            low, high = begin[hit], begin[hit] + max(dwell, 1)
        starts.append(low)
        ends.append(high)
        where.append(unit[hit])
    if not where:
        return {}
    return _apart(np.concatenate(where), np.concatenate(starts), np.concatenate(ends))


def _springs(unit: IntArray, begin: IntArray, a: int, b: int) -> BoolArray:
    """Task starts at which a trap set during [a, b) springs: those on it, and each unit's first one after it."""
    after = begin >= b
    first_after = after.copy()
    first_after[1:] &= ~((unit[1:] == unit[:-1]) & after[:-1])
    hit: BoolArray = ((begin >= a) & (begin < b)) | first_after
    return hit


def _grouped(key: IntArray, starts: IntArray, ends: IntArray) -> dict[int, Intervals]:
    """Union of intervals per key."""
    return {k: union(*pieces) for k, pieces in _apart(key, starts, ends).items()}


def _apart(key: IntArray, starts: IntArray, ends: IntArray) -> dict[int, tuple[IntArray, IntArray]]:
    """Intervals by key."""
    order = np.argsort(key, kind="stable")
    key, starts, ends = key[order], starts[order], ends[order]
    cuts = np.flatnonzero(np.diff(key)) + 1
    bounds = [0, *cuts.tolist(), len(key)] if len(key) else []
    return {int(key[a]): (starts[a:b], ends[a:b]) for a, b in itertools.pairwise(bounds)}
