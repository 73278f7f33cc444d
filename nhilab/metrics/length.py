"""How long from one instant to another, and what is reported where that has no end."""

from __future__ import annotations

import numpy as np

from nhilab.base.quantities import NEVER, FloatArray, IntArray, to_seconds
from nhilab.metrics.observation import Observation


def elapsed(from_at: IntArray, until: IntArray) -> IntArray:
    r"""Length from one instant to another.

    .. math:: \max(0, u - f); \quad \mathrm{NEVER}\ \text{if}\ u = \mathrm{NEVER} > f

    Parameters
    ----------
    from_at, until : ndarray, shape (n,), int64, µs
        Beginnings and ends; what never begins has length 0.

    Returns
    -------
    ndarray, shape (n,), int64, µs
        `NEVER` where it begins and does not end.

    Notes
    -----
    Definition: ours (MODEL.md §8). Checked by ``tests/unit/metrics/test_length.py``.

    Examples
    --------
    >>> elapsed(np.array([10, 30, 10, NEVER]), np.array([30, 10, NEVER, NEVER])) == [20, 0, NEVER, 0]
    array([ True,  True,  True,  True])
    """
    endless = (until >= NEVER) & (from_at < NEVER)
    return np.where(endless, NEVER, np.maximum(until - from_at, 0))


def capped(lengths: IntArray, cap: int) -> FloatArray:
    """Lengths in seconds, cut at the cap.

    Parameters
    ----------
    lengths : ndarray, shape (n,), int64, µs
        What was measured, `NEVER` where it has no end.
    cap : int, µs
        Longest length kept.

    Returns
    -------
    ndarray, shape (n,), float64, s
        Finite, even where there is no end.

    Examples
    --------
    >>> capped(np.array([2_000_000, 30_000_000, NEVER]), 10_000_000)
    array([ 2., 10., 10.])
    """
    return to_seconds(np.minimum(lengths, cap))


def capped_mean(lengths: IntArray, cap: int) -> Observation:
    r"""Mean of lengths cut at the cap, with the uncut ones for quantiles.

    .. math:: E[\min(W, \mathrm{cap})]

    Parameters
    ----------
    lengths : ndarray, shape (n,), int64, µs
        What was measured, `NEVER` where it has no end.
    cap : int, µs
        Longest length that is told apart from an endless one.

    Returns
    -------
    Observation, s
        Its sample holds ``inf`` for every length above the cap: a quantile that falls there is null.

    Notes
    -----
    Definition: MODEL.md §8. Checked by ``tests/unit/metrics/test_length.py``.
    """
    sample = np.where(lengths > cap, np.inf, to_seconds(lengths))
    return Observation.mean(capped(lengths, cap), sample=sample)
