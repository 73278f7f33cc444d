"""Intervals of quantiles of a sample pooled over replications, and of differences of them."""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence

import numpy as np
from scipy.special import stdtrit

from nhilab.base.quantities import FloatArray
from nhilab.study.intervals.means import CONFIDENCE, Contrast, Interval, Pool, variance, variance_ratio
from nhilab.study.intervals.shares import share_interval


def quantile_interval(estimate: float, pools: Sequence[Pool], q: float, *, confidence: float = CONFIDENCE) -> Interval:
    r"""Pooled quantile with the values that cannot be told from it.

    .. math:: [\min\{x : u(x) \ge q\},\ \min\{x : l(x) \ge q\}]

    where :math:`[l(x), u(x)]` is the interval of the share of observations that are at most :math:`x`.

    Parameters
    ----------
    estimate : float
        The quantile (`pooled_quantiles`).
    pools : sequence of Pool
        One per replication.
    q : float
        In (0, 1).
    confidence : float

    Returns
    -------
    Interval
        ``high`` is ``inf`` where it lies above the cap, or where no value seen is surely above the quantile. No ends
        for fewer than two replications with observations.

    Notes
    -----
    Source: Woodruff, *Confidence intervals for medians and other position measures* (1952), with the interval of the
    share taken at each x, not at the estimate alone (Francisco and Fuller 1991): so it is right also where many
    observations have one value. The share's interval is `share_interval`, so what observations of one replication have
    in common counts once. By bisection: of few replications that interval may begin or cease to hold q at several
    places, and one of them is found. Checked by ``tests/unit/study/intervals/test_intervals.py``,
    ``tests/reference/test_slow_studies.py`` and ``tests/verification/test_coverage.py``.

    Examples
    --------
    >>> pools = [Pool(np.arange(100.0) + r, 1.0) for r in range(4)]
    >>> quantile_interval(51.0, pools, 0.5)
    Interval(mean=51.0, low=46.0, high=56.0)
    """
    sizes = np.array([pool.weight * len(pool.values) for pool in pools])
    if np.count_nonzero(sizes) < 2:
        return Interval(estimate, math.nan, math.nan)
    distinct = np.unique(np.concatenate([pool.values for pool in pools]))

    def below(position: int) -> Interval:
        value = distinct[position]
        counts = [pool.weight * float(np.searchsorted(pool.values, value, side="right")) for pool in pools]
        return share_interval(np.array(counts), sizes, confidence=confidence)

    positions = range(len(distinct))
    low = bisect.bisect_left(positions, True, key=lambda position: below(position).high >= q)
    high = bisect.bisect_left(positions, True, key=lambda position: below(position).low >= q)
    return Interval(estimate, float(distinct[low]), float(distinct[high]) if high < len(distinct) else math.inf)


def quantile_contrast(
    estimate: float,
    first: float,
    drawn: FloatArray,
    first_drawn: FloatArray,
    *,
    replications: int,
    confidence: float = CONFIDENCE,
) -> Contrast:
    r"""Difference of two quantiles, with the bootstrap's standard error and Student's t.

    .. math:: d \pm t_{n-1} \sqrt{\tfrac{n}{n-1}\, \mathrm{Var}^*(d^*)}

    Parameters
    ----------
    estimate, first : float
        The two quantiles, :math:`d` apart.
    drawn, first_drawn : ndarray, shape (resamples,), float64
        The same in each resample of the replications, drawn together.
    replications : int
        n.
    confidence : float

    Returns
    -------
    Contrast
        Without ends where a resampled quantile lies above the cap, NaN where one of the two does.

    Notes
    -----
    Source: Efron and Tibshirani, *An introduction to the bootstrap* (1993), ch. 6 and 12. The resampled differences
    have the variance of n replications about their own mean, hence the factor; their percentiles would cover too
    seldom for few replications. Checked by ``tests/unit/study/intervals/test_quantile_contrast.py`` and
    ``tests/verification/test_coverage.py``.
    """
    mean = estimate - first if math.isfinite(estimate) and math.isfinite(first) else math.nan
    if replications < 2 or not (np.isfinite(drawn).all() and np.isfinite(first_drawn).all()):
        return Contrast(mean, math.nan, math.nan, math.nan)
    squared_error = variance(drawn - first_drawn) * replications / (replications - 1)
    half = float(stdtrit(replications - 1, (1 + confidence) / 2)) * math.sqrt(squared_error)
    return Contrast(mean, mean - half, mean + half, variance_ratio(drawn, first_drawn))
