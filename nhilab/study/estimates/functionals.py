"""Intervals of what is computed from the means of several arms: effects, shares, indices."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from nhilab.base.quantities import FloatArray
from nhilab.study.estimates.estimate import MeanParts
from nhilab.study.intervals.means import CONFIDENCE, Interval, half_width

Functional = Callable[[FloatArray], FloatArray]
"""From means, shape (n, arms), to what is computed of them, shape (n, k); row by row."""


def functional_intervals(
    arms: Sequence[MeanParts], functional: Functional, *, confidence: float = CONFIDENCE
) -> list[Interval]:
    r"""Jackknife intervals of functions of the means of several arms, paired by replication.

    .. math:: p_i = n f(\hat\theta) - (n-1) f(\hat\theta_{(i)})

    Parameters
    ----------
    arms : sequence of MeanParts
        All with the same replications.
    functional : callable
        :math:`f`; NaN where it has no value.
    confidence : float

    Returns
    -------
    list of Interval
        One for each of the k values; :math:`f(\hat\theta)` with Student's t of the pseudo-values, n − 1 degrees of
        freedom.

    Notes
    -----
    Source: Miller, *The jackknife: a review* (1974). A replication left out is left out of all arms, so what they
    share counts once. Checked by ``tests/unit/study/estimates/test_functionals.py`` and
    ``tests/verification/test_coverage.py``.

    Examples
    --------
    >>> a, b = (MeanParts(np.array(x), np.ones(2)) for x in ([1.0, 3.0], [0.0, 2.0]))
    >>> functional_intervals([a, b], lambda means: means[:, :1] - means[:, 1:])
    [Interval(mean=1.0, low=1.0, high=1.0)]
    """
    numerators = np.stack([arm.numerators for arm in arms], axis=1)
    denominators = np.stack([arm.denominators for arm in arms], axis=1)
    n = len(numerators)
    whole = functional(_means(numerators.sum(0, keepdims=True), denominators.sum(0, keepdims=True)))[0]
    without = functional(_means(numerators.sum(0) - numerators, denominators.sum(0) - denominators))
    values = n * whole - (n - 1) * without
    halves = [half_width(column, confidence=confidence) for column in values.T]
    return [Interval(float(m), float(m) - h, float(m) + h) for m, h in zip(whole, halves, strict=True)]


def _means(numerators: FloatArray, denominators: FloatArray) -> FloatArray:
    means: FloatArray = np.divide(
        numerators, denominators, out=np.full(numerators.shape, np.nan), where=denominators > 0
    )
    return means
