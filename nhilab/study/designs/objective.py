"""Objectives as columns in which the least is best: values, resamples, differences of all pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nhilab.base.quantities import FloatArray
from nhilab.metrics.catalogue import METRICS
from nhilab.study.estimates.estimate import MeanParts, Parts, QuantileParts
from nhilab.study.intervals.means import half_width, pseudo_values, ratio, resamples
from nhilab.study.intervals.quantiles import quantile_contrast


def improving(keys: Sequence[str]) -> FloatArray:
    """1 where lower is better, -1 where higher is; shape (keys,).

    Examples
    --------
    >>> improving(["access_window_s_p95", "proof_of_death_share"]).tolist()
    [1.0, -1.0]
    """
    metrics = [METRICS.get(key) or METRICS[key.rpartition("_p")[0]] for key in keys]
    return np.array([1.0 if metric.lower_is_better else -1.0 for metric in metrics])


def point_values(parts: Parts, keys: Sequence[str]) -> FloatArray:
    """Means and quantiles of one design, shape (keys,)."""
    return np.array(
        [
            ratio(parts.means[key].numerators, parts.means[key].denominators)
            if key in parts.means
            else parts.quantiles[key].estimate
            for key in keys
        ]
    )


def drawn_values(designs: Sequence[Parts], keys: Sequence[str], *, seed: int) -> FloatArray:
    """The same in each resample of the replications, shape (resamples, designs, keys); none with one replication.

    All designs are resampled together, with the resamples that their quantiles were drawn with.
    """
    n = designs[0].n
    if n < 2:
        return np.empty((0, len(designs), len(keys)))
    times = resamples(n, seed=seed).astype(np.float64)
    drawn = np.empty((len(times), len(designs), len(keys)))
    for i, parts in enumerate(designs):
        for k, key in enumerate(keys):
            if key in parts.means:
                mean = parts.means[key]
                sizes = times @ mean.denominators
                drawn[:, i, k] = np.divide(
                    times @ mean.numerators, sizes, out=np.full(len(times), np.nan), where=sizes > 0
                )
            else:
                drawn[:, i, k] = parts.quantiles[key].drawn
    return drawn


def differences(designs: Sequence[Parts], keys: Sequence[str]) -> tuple[FloatArray, FloatArray]:
    """Ends of the 95 % intervals of every design minus every other, in the direction in which the least is best.

    Parameters
    ----------
    designs : sequence of Parts
    keys : sequence of str

    Returns
    -------
    low, high : ndarray, shape (designs, designs, keys), float64
        NaN where there is no interval.

    Notes
    -----
    As `Parts.against` has them: jackknife of the difference for means, the bootstrap's standard error for quantiles,
    except that infinite quantiles do not differ, and that a difference that is infinite in some resample has an
    infinite end. Checked by ``tests/unit/study/designs/test_objective.py``.
    """
    signs = improving(keys)
    low = np.full((len(designs), len(designs), len(keys)), np.nan)
    high = low.copy()
    for k, key in enumerate(keys):
        means = [parts.means[key] for parts in designs if key in parts.means]
        quantiles = [parts.quantiles[key] for parts in designs if key in parts.quantiles]
        ends = _of_means(means) if means else _of_quantiles(quantiles)
        low[:, :, k], high[:, :, k] = ends if signs[k] > 0 else (-ends[1], -ends[0])
    return low, high


def _of_means(means: Sequence[MeanParts]) -> tuple[FloatArray, FloatArray]:
    values = np.array([ratio(mean.numerators, mean.denominators) for mean in means])
    pseudo = np.stack([pseudo_values(mean.numerators, mean.denominators) for mean in means])
    apart = values[:, None] - values[None, :]
    halves = np.array([[half_width(one - other) for other in pseudo] for one in pseudo])
    return apart - halves, apart + halves


def _of_quantiles(quantiles: Sequence[QuantileParts]) -> tuple[FloatArray, FloatArray]:
    low = np.full((len(quantiles), len(quantiles)), np.nan)
    high = low.copy()
    for i, one in enumerate(quantiles):
        for j, other in enumerate(quantiles):
            low[i, j], high[i, j] = _ends(one, other)
    return low, high


def _ends(one: QuantileParts, other: QuantileParts) -> tuple[float, float]:
    """Ends of the interval of a difference; the extremes of the resampled ones where one of them is infinite."""
    with np.errstate(invalid="ignore"):
        apart = np.where(one.drawn == other.drawn, 0.0, one.drawn - other.drawn)
    if np.isinf(apart).any():
        return float(apart.min()), float(apart.max())
    drawn = (np.where(np.isinf(each.drawn), 0.0, each.drawn) for each in (one, other))
    whole = (0.0, 0.0) if one.estimate == other.estimate else (one.estimate, other.estimate)
    contrast = quantile_contrast(*whole, *drawn, replications=len(one.pools))
    return contrast.low, contrast.high
