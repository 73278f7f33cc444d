"""Intervals over replications: the jackknife of ratios of sums, and what intervals of quantiles are made of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from scipy.special import stdtrit

from nhilab.base.quantities import FloatArray, IntArray
from nhilab.base.streams import stream

CONFIDENCE: Final = 0.95
RESAMPLES: Final = 1000
_ROUNDING: Final = 1e-9


class Interval(NamedTuple):
    """A value with the ends of its interval; NaN where there is none."""

    mean: float
    low: float
    high: float


class Contrast(NamedTuple):
    """A difference with the ends of its interval and what sharing the demand did to its variance."""

    mean: float
    low: float
    high: float
    variance_ratio: float

    @property
    def resolved(self) -> bool:
        """Whether the interval excludes 0; never where there is none."""
        return self.low > 0 or self.high < 0


class Pool(NamedTuple):
    """One replication's share of a pooled sample: sorted values, each standing for `weight` observations."""

    values: FloatArray
    weight: float


def ratio(numerators: FloatArray, denominators: FloatArray) -> float:
    """Sum of the numerators over sum of the denominators; NaN for an empty group.

    Examples
    --------
    >>> ratio(np.array([1.0, 5.0]), np.array([1.0, 2.0]))
    2.0
    """
    total = math.fsum(denominators.tolist())
    return math.fsum(numerators.tolist()) / total if total else math.nan


def pseudo_values(numerators: FloatArray, denominators: FloatArray) -> FloatArray:
    r"""Jackknife pseudo-values of a ratio of sums.

    .. math:: p_i = n\hat\theta - (n-1)\hat\theta_{(i)}, \quad
              \hat\theta_{(i)} = \sum_{r \ne i} N_r \Big/ \sum_{r \ne i} D_r

    Parameters
    ----------
    numerators, denominators : ndarray, shape (replications,), float64
        :math:`N_r` and :math:`D_r`.

    Returns
    -------
    ndarray, shape (replications,), float64
        NaN where the others are an empty group; all alike where they differ by rounding only.

    Notes
    -----
    Source: Quenouille 1956, Tukey 1958; Miller, *The jackknife: a review* (1974). With one denominator for all they
    are the values themselves. Checked by ``tests/unit/study/intervals/test_intervals.py``.
    """
    n = len(numerators)
    others = denominators.sum() - denominators
    without = np.divide(numerators.sum() - numerators, others, out=np.full(n, np.nan), where=others > 0)
    whole = ratio(numerators, denominators)
    values = n * whole - (n - 1) * without
    spread = np.abs(values - whole)
    return np.full(n, whole) if np.all(spread <= _ROUNDING * abs(whole)) else values


def mean_interval(numerators: FloatArray, denominators: FloatArray, *, confidence: float = CONFIDENCE) -> Interval:
    """Ratio of sums with its jackknife interval, Student's t with n − 1 degrees of freedom.

    Examples
    --------
    >>> mean_interval(np.array([1.0, 1.0]), np.array([1.0, 1.0]))
    Interval(mean=1.0, low=1.0, high=1.0)
    """
    mean = ratio(numerators, denominators)
    half = half_width(pseudo_values(numerators, denominators), confidence=confidence)
    return Interval(mean, mean - half, mean + half)


def mean_contrast(
    numerators: FloatArray,
    denominators: FloatArray,
    first_numerators: FloatArray,
    first_denominators: FloatArray,
    *,
    confidence: float = CONFIDENCE,
) -> Contrast:
    """Difference of two ratios of sums, paired by replication, with the jackknife of the difference.

    Returns
    -------
    Contrast
        Its variance ratio is Var(A − B) / (Var A + Var B) of the pseudo-values: 1 where sharing the demand gained
        nothing, near 0 where it gained much; NaN where neither varies.
    """
    mean = ratio(numerators, denominators) - ratio(first_numerators, first_denominators)
    a, b = pseudo_values(numerators, denominators), pseudo_values(first_numerators, first_denominators)
    half = half_width(a - b, confidence=confidence)
    return Contrast(mean, mean - half, mean + half, variance_ratio(a, b))


def resamples(n: int, *, seed: int) -> IntArray:
    """How often each replication is drawn in each bootstrap resample; shape (1000, n), rows sum to n."""
    return stream(seed, "study", "bootstrap", n).multinomial(n, np.full(n, 1 / n), RESAMPLES).astype(np.int64)


def pooled_quantiles(pools: Sequence[Pool], q: float, times: IntArray) -> FloatArray:
    r"""Quantile of a sample pooled over replications, once for each way of counting them.

    .. math:: \min \{x : \sum_r t_r w_r \#\{v \in V_r : v \le x\} \ge q \sum_r t_r w_r |V_r|\}

    Parameters
    ----------
    pools : sequence of Pool
        :math:`V_r` and :math:`w_r`.
    q : float
        In (0, 1].
    times : ndarray, shape (b, replications), int64
        :math:`t_r`, how often each replication counts.

    Returns
    -------
    ndarray, shape (b,), float64
        NaN for an empty group; ``inf`` where the quantile lies above the cap.

    Notes
    -----
    Inverse of the empirical distribution (Hyndman & Fan 1996, type 1): it needs no arithmetic between values, so
    infinite ones are fine. By bisection, all resamples at once. Oracle: ``numpy.quantile``, method
    ``inverted_cdf``; checked by ``tests/unit/study/intervals/test_intervals.py``.
    """
    distinct = np.unique(np.concatenate([pool.values for pool in pools]))
    weighted = times * np.array([pool.weight for pool in pools])
    sizes = weighted @ np.array([float(len(pool.values)) for pool in pools])
    if not len(distinct):
        return np.full(len(times), np.nan)
    low, high = np.zeros(len(times), np.int64), np.full(len(times), len(distinct) - 1)
    target = q * sizes * (1 - 1e-12)
    while np.any(low < high):
        middle = (low + high) // 2
        below = np.zeros(len(times))
        for r, pool in enumerate(pools):
            below += weighted[:, r] * np.searchsorted(pool.values, distinct[middle], side="right")
        enough = below >= target
        high, low = np.where(enough, middle, high), np.where(enough, low, np.minimum(middle + 1, high))
    return np.where(sizes > 0, distinct[low], np.nan)


def half_width(values: FloatArray, *, confidence: float = CONFIDENCE) -> float:
    """Half of the interval of the mean of values, Student's t; NaN for fewer than two or where one is not finite."""
    n = len(values)
    if n < 2 or not np.isfinite(values).all():
        return math.nan
    return float(stdtrit(n - 1, (1 + confidence) / 2)) * math.sqrt(variance(values) / n)


def variance_ratio(a: FloatArray, b: FloatArray) -> float:
    """Var(A − B) / (Var A + Var B) of paired values; NaN where neither varies or one is not finite."""
    if len(a) < 2 or not (np.isfinite(a).all() and np.isfinite(b).all()):
        return math.nan
    apart = variance(a) + variance(b)
    return variance(a - b) / apart if apart > 0 else math.nan


def variance(values: FloatArray) -> float:
    """Sample variance; exactly 0 where all values are alike."""
    return 0.0 if (values == values[0]).all() else float(values.var(ddof=1))
