"""Which rows of a table are best when several columns count, none above another."""

from __future__ import annotations

from typing import Final

import numpy as np

from nhilab.base.quantities import BoolArray, FloatArray

TOLERANCE: Final = 0.02
"""Share of the larger of two values below which a difference does not count as one."""


def non_dominated(values: FloatArray) -> BoolArray:
    r"""Rows that no other row is at least as good as in all columns, and better in one; the least is best.

    .. math:: i \in F \iff \nexists j : v_j \le v_i \wedge v_j \ne v_i

    Parameters
    ----------
    values : ndarray, shape (..., n, k), float64
        Rows of one table, or of each of several.

    Returns
    -------
    ndarray, shape (..., n), bool
        All of several equal rows, or none of them. False for a row with a NaN: what has no value is not the best, and
        does not dominate.

    Notes
    -----
    Source: Pareto dominance (Deb 2001, *Multi-objective optimization using evolutionary algorithms*, 2.4). Oracle: its
    definition, pair by pair; checked by ``tests/unit/study/designs/test_dominance.py``.

    Examples
    --------
    >>> non_dominated(np.array([[1.0, 3.0], [2.0, 2.0], [2.0, 3.0]])).tolist()
    [True, True, False]
    """
    best: BoolArray = np.logical_not(np.isnan(values).any(axis=-1))
    for i in range(values.shape[-2]):
        row = values[..., i : i + 1, :]
        dominating = (values <= row).all(axis=-1) & (values < row).any(axis=-1)
        best[..., i] &= ~dominating.any(axis=-1)
    return best


def membership(drawn: FloatArray) -> FloatArray:
    """Share of resamples in which each row is non-dominated.

    Parameters
    ----------
    drawn : ndarray, shape (resamples, n, k), float64
        The table in each resample, all rows resampled together.

    Returns
    -------
    ndarray, shape (n,), float64
    """
    return np.asarray(non_dominated(drawn).mean(axis=0), np.float64)


def clearly_dominating(values: FloatArray, low: FloatArray, high: FloatArray, *, tolerance: float) -> BoolArray:
    r"""Pairs of rows of which the first dominates the second, beyond chance and beyond what counts.

    .. math:: \forall k: h_{ijk} \le \epsilon m_{ijk}, \quad \exists k: h_{ijk} < -\epsilon m_{ijk}, \quad
              m_{ijk} = \max(|v_{ik}|, |v_{jk}|)

    Parameters
    ----------
    values : ndarray, shape (n, k), float64
        :math:`v`; the least is best.
    low, high : ndarray, shape (n, n, k), float64
        Ends of the interval of :math:`v_{ik} - v_{jk}`; :math:`h` is the upper one.
    tolerance : float
        :math:`\epsilon`, share of the larger value that does not count; beside an infinite value everything counts.

    Returns
    -------
    ndarray, shape (n, n), bool
        False wherever an interval is missing.

    Notes
    -----
    Definition: ours (MODEL.md, frontier). No two rows dominate each other. Checked by
    ``tests/unit/study/designs/test_dominance.py``.
    """
    larger = np.maximum(np.abs(values)[:, None, :], np.abs(values)[None, :, :])
    margin = tolerance * np.where(np.isfinite(larger), larger, 0.0)
    known = ~np.isnan(low)
    return np.asarray((known & (high <= margin)).all(axis=-1) & (known & (high < -margin)).any(axis=-1), np.bool_)


def almost_equal(values: FloatArray, *, tolerance: float) -> BoolArray:
    """Pairs of rows that differ in no column by more than a share of the larger value; shape (n, n).

    Examples
    --------
    >>> almost_equal(np.array([[100.0, 0.0], [101.0, 0.0], [101.0, 0.1]]), tolerance=0.02).tolist()
    [[True, True, False], [True, True, False], [False, False, True]]
    """
    first, second = values[:, None, :], values[None, :, :]
    margin = tolerance * np.maximum(np.abs(first), np.abs(second))
    with np.errstate(invalid="ignore"):
        near = np.abs(first - second) <= margin
    return np.asarray((near & np.isfinite(margin) | (first == second)).all(axis=-1), np.bool_)
