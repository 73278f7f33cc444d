"""Lengths of unions of intervals, many sets at once."""

from __future__ import annotations

import numpy as np

from nhilab.base.quantities import IntArray


def union_lengths(key: IntArray, start: IntArray, end: IntArray, *, n: int) -> IntArray:
    """Length of the union of the intervals [start, end) of each key.

    Parameters
    ----------
    key : ndarray, shape (rows,), integer
        Which set an interval belongs to, 0 … n − 1.
    start, end : ndarray, shape (rows,), int64, µs
        Not below 0; an interval with end ≤ start is empty. n times the largest end must fit in 63 bits.
    n : int
        Number of sets.

    Returns
    -------
    ndarray, shape (n,), int64, µs
        0 for a set without intervals.

    Examples
    --------
    >>> union_lengths(np.array([0, 0, 2]), np.array([5, 0, 1]), np.array([9, 6, 2]), n=3)
    array([9, 0, 1])
    """
    key, start, end = unions(key, start, end)
    lengths = np.zeros(n, np.int64)
    np.add.at(lengths, key, end - start)
    return lengths


def unions(key: IntArray, start: IntArray, end: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """The unions themselves: disjoint intervals by key, then start; arguments as for `union_lengths`.

    Examples
    --------
    >>> unions(np.array([1, 0, 1]), np.array([5, 0, 1]), np.array([9, 6, 5]))
    (array([0, 1]), array([0, 1]), array([6, 9]))
    """
    real = np.flatnonzero(start < end)
    order = real[np.lexsort((start[real], key[real]))]
    key, start, end = key[order].astype(np.int64), start[order], end[order]
    span = int(end.max(initial=0)) + 1
    covered = np.maximum.accumulate(key * span + end) - key * span
    opens = np.ones(len(order), np.bool_)
    opens[1:] = (key[1:] != key[:-1]) | (start[1:] > covered[:-1])
    first = np.flatnonzero(opens)
    last = np.append(first[1:], len(order)) - 1 if len(first) else first
    return key[first], start[first], covered[last]
