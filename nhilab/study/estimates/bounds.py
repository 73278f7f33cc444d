"""One-sided bounds of reported values; those of means allow for skewness."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from scipy.special import stdtrit

from nhilab.base.quantities import FloatArray
from nhilab.study.estimates.estimate import Parts
from nhilab.study.intervals.means import Interval, pseudo_values, variance

_SYMMETRIC: Final = 1e-9


def bounds(parts: Parts, key: str, *, confidence: float) -> Interval:
    """A key's value with a lower and an upper bound, each at a confidence of its own.

    Parameters
    ----------
    parts : Parts
        What a strategy's replications found.
    key : str
        As reported.
    confidence : float
        Of each bound, in (0.5, 1).

    Returns
    -------
    Interval
        Of a mean the wider of Student's t and `skewed_bounds` at either end; of shares and quantiles the ends of the
        interval at 2 · confidence − 1, which are not symmetric anyway. Cut at 0.

    Notes
    -----
    How often the truth lies beyond a bound is in MODEL.md, limits. Checked by
    ``tests/unit/study/estimates/test_bounds.py`` and ``tests/unit/study/designs/test_check.py``.
    """
    mean, low, high = parts.interval(key, confidence=2 * confidence - 1)
    of = parts.means.get(key)
    if of is None or of.share or math.isnan(low):
        return Interval(mean, low, high)
    skewed = skewed_bounds(pseudo_values(of.numerators, of.denominators), confidence=confidence)
    return Interval(mean, min(low, max(skewed.low, 0.0)), max(high, skewed.high))


def skewed_bounds(values: FloatArray, *, confidence: float) -> Interval:
    r"""Mean of values with bounds from Student's t of a transformed mean, which has no skewness left.

    .. math:: \bar x \mp s\, g^{-1}(\pm t_{n-1} / \sqrt n), \quad
              g^{-1}(y) = \frac{3}{\hat\gamma}
              \Big(\big(1 + \hat\gamma\,(y - \hat\gamma / 6n)\big)^{1/3} - 1\Big)

    Parameters
    ----------
    values : ndarray, shape (n,), float64
        Independent; :math:`s` is their standard deviation and :math:`\hat\gamma` their skewness, corrected for bias.
    confidence : float
        Of each bound, in (0.5, 1); :math:`t` is its quantile.

    Returns
    -------
    Interval
        Student's t alone for fewer than three values, and where they are symmetric; NaN for fewer than two.

    Notes
    -----
    Source: Hall, *On the removal of skewness by transformation* (1992), after Johnson, *Modified t tests and
    confidence intervals for asymmetrical populations* (1978). Few values tell little of their skewness, so of very
    skewed ones it corrects half of the error. Checked by ``tests/unit/study/estimates/test_bounds.py``.
    """
    n = len(values)
    mean = float(values.mean())
    if n < 2:
        return Interval(mean, math.nan, math.nan)
    spread, skewness = math.sqrt(variance(values)), _skewness(values)
    t = float(stdtrit(n - 1, confidence)) / math.sqrt(n)
    ends = (t, -t)
    if abs(skewness) > _SYMMETRIC:
        low, high = (3 / skewness * (np.cbrt(1 + skewness * (y - skewness / (6 * n))) - 1) for y in ends)
        ends = (float(low), float(high))
    return Interval(mean, mean - spread * ends[0], mean - spread * ends[1])


def _skewness(values: FloatArray) -> float:
    """Third standardised moment, corrected for bias (Joanes and Gill 1998, G1); 0 where it cannot be told."""
    n, apart = len(values), values - values.mean()
    second = float(np.mean(apart**2))
    if n < 3 or variance(values) == 0:
        return 0.0
    return float(np.mean(apart**3)) / math.pow(second, 1.5) * math.sqrt(n * (n - 1)) / (n - 2)
