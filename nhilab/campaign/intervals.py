"""Sets of instants as sorted, disjoint, half-open intervals."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from nhilab.base.quantities import NEVER, BoolArray, IntArray


class Intervals(NamedTuple):
    """Starts and ends of sorted intervals with gaps between them; int64, µs."""

    starts: IntArray
    ends: IntArray

    def same(self, other: Intervals) -> bool:
        """Whether both hold the same instants."""
        return self is other or (np.array_equal(self.starts, other.starts) and np.array_equal(self.ends, other.ends))

    def measure(self, low: int, high: int) -> int:
        """Length of the part on [low, high)."""
        return int(np.maximum(0, np.minimum(self.ends, high) - np.maximum(self.starts, low)).sum())


NOTHING: Final = Intervals(np.empty(0, np.int64), np.empty(0, np.int64))


def one(start: int, end: int) -> Intervals:
    """A single interval."""
    return Intervals(np.array([start], np.int64), np.array([end], np.int64))


def union(starts: IntArray, ends: IntArray) -> Intervals:
    """Union of intervals given in any order; empty ones are dropped, touching ones joined."""
    if len(starts) == 1:
        return Intervals(starts, ends) if starts[0] < ends[0] else NOTHING
    real = starts < ends
    if not real.all():
        starts, ends = starts[real], ends[real]
    if len(starts) <= 1:
        return Intervals(starts, ends)
    order = np.argsort(starts, kind="stable")
    starts, ends = starts[order], np.maximum.accumulate(ends[order])
    opens: BoolArray = np.empty(len(starts), np.bool_)
    opens[0] = True
    np.greater(starts[1:], ends[:-1], out=opens[1:])
    closes = np.flatnonzero(opens)[1:] - 1
    return Intervals(starts[opens], np.append(ends[closes], ends[-1]))


def joined(a: Intervals, b: Intervals) -> Intervals:
    """Union of two sets; the first itself if it holds the second."""
    if not len(a.starts):
        return b
    if not len(b.starts):
        return a
    if len(a.starts) == 1 and len(b.starts) == 1:
        return _joined_pair(a, b)
    return union(np.concatenate([a.starts, b.starts]), np.concatenate([a.ends, b.ends]))


def _joined_pair(a: Intervals, b: Intervals) -> Intervals:
    """Union of two single intervals, without the sorting."""
    low, high, start, end = int(a.starts[0]), int(a.ends[0]), int(b.starts[0]), int(b.ends[0])
    if low <= start and end <= high:
        return a
    if start <= high and low <= end:
        return one(min(low, start), max(high, end))
    first, second = (a, b) if low < start else (b, a)
    return Intervals(np.concatenate([first.starts, second.starts]), np.concatenate([first.ends, second.ends]))


def common(a: Intervals, low: int, high: int) -> Intervals:
    """The part of a set on [low, high)."""
    return union(np.maximum(a.starts, low), np.minimum(a.ends, high))


def intersection(a: Intervals, b: Intervals) -> Intervals:
    """Instants in both sets."""
    if not len(a.starts) or not len(b.starts):
        return NOTHING
    low = np.searchsorted(b.ends, a.starts, side="right")
    count = np.maximum(0, np.searchsorted(b.starts, a.ends) - low)
    row = np.repeat(np.arange(len(low)), count)
    other = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)
    return union(np.maximum(a.starts[row], b.starts[other]), np.minimum(a.ends[row], b.ends[other]))


def difference(a: Intervals, b: Intervals) -> Intervals:
    """Instants in the first set that are not in the second."""
    return intersection(a, Intervals(np.append(-1, b.ends), np.append(b.starts, NEVER)))


def stretched(a: Intervals, not_before: int, delay: int, longer: int) -> Intervals:
    """Each [s, e) becomes [max(s, not_before) + delay, e + longer); saturating."""
    if len(a.starts) == 1:
        start, end = max(int(a.starts[0]), not_before) + delay, min(int(a.ends[0]) + min(longer, NEVER), NEVER)
        return one(start, end) if start < end else NOTHING
    return union(np.maximum(a.starts, not_before) + delay, np.minimum(a.ends + min(longer, NEVER), NEVER))
