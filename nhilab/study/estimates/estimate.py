"""From what replications found to what is reported: a value with its interval for each key."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np

from nhilab.base.quantities import FloatArray, IntArray
from nhilab.metrics.observation import Metric
from nhilab.study.cells.cell import Finding
from nhilab.study.intervals.means import (
    CONFIDENCE,
    Contrast,
    Interval,
    Pool,
    mean_contrast,
    mean_interval,
    pooled_quantiles,
)
from nhilab.study.intervals.quantiles import quantile_contrast, quantile_interval
from nhilab.study.intervals.shares import apart, share_interval

CAPPED: Final = ("access_window_s", "exposure_window_s", "credential_residual_s", "overhang_s")
"""Metrics whose means are of lengths cut at the cap."""


class Estimate(NamedTuple):
    """A metric of one strategy; NaN or ``inf`` where there is no finite value or interval."""

    mean: float
    low: float
    high: float
    unit: str
    n: int


@dataclass(frozen=True, eq=False)
class MeanParts:
    """Numerator and denominator of a mean in each replication; of a share, its hits and trials."""

    numerators: FloatArray
    denominators: FloatArray
    share: bool = False

    def interval(self, *, confidence: float = CONFIDENCE) -> Interval:
        """Ratio of sums with its jackknife interval, or a share with that of Korn and Graubard."""
        made = share_interval if self.share else mean_interval
        return made(self.numerators, self.denominators, confidence=confidence)

    def against(self, first: MeanParts, *, confidence: float = CONFIDENCE) -> Contrast:
        """This minus the first, paired by replication."""
        arms = (self.numerators, self.denominators, first.numerators, first.denominators)
        contrast = mean_contrast(*arms, confidence=confidence)
        if self.share and contrast.mean and contrast.low == contrast.high:
            return apart(self.interval(confidence=confidence), first.interval(confidence=confidence))
        return contrast


@dataclass(frozen=True, eq=False)
class QuantileParts:
    """One replication's sample after the other, of which a quantile is asked.

    Attributes
    ----------
    pools : sequence of Pool
        One per replication.
    q : float
    times : ndarray, shape (resamples, replications), int64
        Bootstrap counts, the same for all that is compared.
    """

    pools: Sequence[Pool]
    q: float
    times: IntArray

    @cached_property
    def estimate(self) -> float:
        """The quantile of the pooled sample."""
        return float(pooled_quantiles(self.pools, self.q, np.ones((1, len(self.pools)), np.int64))[0])

    @cached_property
    def drawn(self) -> FloatArray:
        """The same in each bootstrap resample; none with a single replication."""
        return pooled_quantiles(self.pools, self.q, self.times) if len(self.pools) > 1 else np.empty(0)

    def interval(self, *, confidence: float = CONFIDENCE) -> Interval:
        """Pooled quantile with its interval by inversion."""
        return quantile_interval(self.estimate, self.pools, self.q, confidence=confidence)

    def against(self, first: QuantileParts, *, confidence: float = CONFIDENCE) -> Contrast:
        """This minus the first, resampled together."""
        pairs = (self.estimate, first.estimate, self.drawn, first.drawn)
        return quantile_contrast(*pairs, replications=len(self.pools), confidence=confidence)


@dataclass(frozen=True, eq=False)
class Parts:
    """What one strategy's replications found, by reported key."""

    means: dict[str, MeanParts]
    quantiles: dict[str, QuantileParts]
    units: dict[str, str]
    n: int

    def interval(self, key: str, *, confidence: float = CONFIDENCE) -> Interval:
        """A key's value with its interval, which ends where values do: at 0, of a share also at 1.

        Parameters
        ----------
        key : str
            As reported: a metric, or its name with ``_p95`` and the like.
        confidence : float
            Of both ends together: one end alone holds with (1 + confidence) / 2.

        Returns
        -------
        Interval
            NaN for ends that are not there; ``inf`` for one above the cap or all that was seen.
        """
        mean, low, high = (self.means[key] if key in self.means else self.quantiles[key]).interval(
            confidence=confidence
        )
        most = 1.0 if key.endswith(("_share", "_probability")) else math.inf
        return Interval(mean, float(np.clip(low, 0.0, most)), float(np.clip(high, 0.0, most)))

    def contrast(self, first: Parts, key: str, *, confidence: float = CONFIDENCE) -> Contrast:
        """A key's difference from the first strategy."""
        if key in self.means:
            return self.means[key].against(first.means[key], confidence=confidence)
        return self.quantiles[key].against(first.quantiles[key], confidence=confidence)

    def estimates(self, *, cap_s: float) -> dict[str, Estimate]:
        """Every key's estimate, in the catalogue's order; intervals end where values do: at 0, 1 or the cap."""
        return {key: self._estimate(key, unit, cap_s) for key, unit in self.units.items()}

    def against(self, first: Parts) -> dict[str, Contrast]:
        """Every key's difference from the first strategy."""
        return {key: self.contrast(first, key) for key in self.units}

    def _estimate(self, key: str, unit: str, cap_s: float) -> Estimate:
        mean, low, high = self.interval(key)
        most = cap_s if key in self.means and key.startswith(CAPPED) else math.inf
        return Estimate(mean, float(np.clip(low, 0.0, most)), float(np.clip(high, 0.0, most)), unit, self.n)


def gather(found: Sequence[Mapping[str, Finding]], metrics: Mapping[str, Metric], times: IntArray) -> Parts:
    """Parts of the reported values of one strategy.

    Parameters
    ----------
    found : sequence of dict of metric to Finding
        One per replication.
    metrics : dict of str to Metric
        What is reported.
    times : ndarray, shape (resamples, replications), int64
        Bootstrap counts, the same for all that is compared.

    Returns
    -------
    Parts
        Keys are metric names and, for a quantile q, the name with ``_p95`` and the like.
    """
    means: dict[str, MeanParts] = {}
    quantiles: dict[str, QuantileParts] = {}
    units: dict[str, str] = {}
    for name, metric in metrics.items():
        findings = [each[name] for each in found]
        numerators, denominators = ([f.numerator for f in findings], [f.denominator for f in findings])
        means[name] = MeanParts(np.array(numerators), np.array(denominators), metric.share)
        units[name] = metric.unit
        pools = [f.pool for f in findings]
        for q in metric.quantiles:
            key = f"{name}_p{round(100 * q)}"
            quantiles[key], units[key] = QuantileParts(pools, q, times), metric.unit
    return Parts(means, quantiles, units, len(found))
