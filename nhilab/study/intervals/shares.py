"""Intervals of shares: hits among trials that lie in replications, right also where all or none are hits."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import betaincinv, stdtrit

from nhilab.base.quantities import FloatArray
from nhilab.study.intervals.means import CONFIDENCE, Contrast, Interval, pseudo_values, ratio, variance


def share_interval(hits: FloatArray, trials: FloatArray, *, confidence: float = CONFIDENCE) -> Interval:
    r"""Share of trials that are hits, with the interval of Korn and Graubard.

    That of Clopper and Pearson with as many trials as tell as much as these do.

    .. math:: n^* = \min\Big(N,\ \frac{\hat p(1-\hat p)}{v} \Big(\frac{t_{N-1}}{t_{n-1}}\Big)^2\Big), \quad
              \big(B_{\alpha/2}(n^*\hat p,\ n^*(1-\hat p)+1),\ B_{1-\alpha/2}(n^*\hat p+1,\ n^*(1-\hat p))\big)

    Parameters
    ----------
    hits, trials : ndarray, shape (replications,), float64
        Of the n replications; :math:`N` trials in all.
    confidence : float
        :math:`1-\alpha`; :math:`t` are its two-sided quantiles, :math:`B` those of the beta law.

    Returns
    -------
    Interval
        Within [0, 1]. Where all replications have one share, :math:`v=0` and :math:`n^*=N`. No ends for fewer than two
        replications with trials.

    Notes
    -----
    Source: Korn and Graubard, *Confidence intervals for proportions with small expected number of positive counts
    estimated from survey data* (1998); the order of adjusting and cutting is that of Parker et al., *NCHS data
    presentation standards for proportions* (2017). :math:`v` is the jackknife variance. It covers more often than
    asked for where hits are few or replications differ no more than by chance. Oracle: ``scipy.stats.binomtest``;
    checked by ``tests/unit/study/intervals/test_intervals.py`` and ``tests/verification/test_coverage.py``.

    Examples
    --------
    >>> tuple(round(end, 4) for end in share_interval(np.zeros(4), np.full(4, 50.0)))
    (0.0, 0.0, 0.0183)
    """
    share, total = ratio(hits, trials), float(trials.sum())
    values, tried = pseudo_values(hits, trials), int(np.count_nonzero(trials))
    if tried < 2 or not np.isfinite(values).all():
        return Interval(share, math.nan, math.nan)
    tail = (1 - confidence) / 2
    effective, squared_error = total, variance(values) / len(values)
    if squared_error > 0:
        wider = stdtrit(max(total - 1, 1.0), tail) / stdtrit(tried - 1, tail)
        effective = min(total, share * (1 - share) / squared_error * wider**2)
    found, missed = effective * share, effective * (1 - share)
    low = betaincinv(found, missed + 1, tail) if found > 0 else 0.0
    high = betaincinv(found + 1, missed, 1 - tail) if missed > 0 else 1.0
    return Interval(share, float(low), float(high))


def apart(share: Interval, first: Interval) -> Contrast:
    r"""Difference of two shares that no replication differs from: the jackknife sees no variance, the trials do.

    .. math:: d - \sqrt{(\hat p_1-l_1)^2 + (u_2-\hat p_2)^2}, \quad d + \sqrt{(u_1-\hat p_1)^2 + (\hat p_2-l_2)^2}

    Notes
    -----
    Source: Newcombe, *Interval estimation for the difference between independent proportions* (1998), method 10.
    Checked by ``tests/unit/study/intervals/test_intervals.py``.

    Examples
    --------
    >>> apart(Interval(1.0, 0.9, 1.0), Interval(0.0, 0.0, 0.1))[:3]
    (1.0, 0.8585786437626906, 1.0)
    """
    mean = share.mean - first.mean
    low = mean - math.hypot(share.mean - share.low, first.high - first.mean)
    high = mean + math.hypot(share.high - share.mean, first.mean - first.low)
    return Contrast(mean, low, high, math.nan)
