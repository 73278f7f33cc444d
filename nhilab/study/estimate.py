"""From what replications found to what is reported: a value with its interval for each key."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from nhilab.base.quantities import FloatArray, IntArray
from nhilab.metrics.observation import Metric
from nhilab.study.cell import Finding
from nhilab.study.intervals import (
    Contrast,
    Interval,
    mean_contrast,
    mean_interval,
    pooled_quantiles,
    quantile_contrast,
    quantile_interval,
)

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
    """Numerator and denominator of a mean in each replication."""

    numerators: FloatArray
    denominators: FloatArray

    def interval(self) -> Interval:
        """Ratio of sums with its jackknife interval."""
        return mean_interval(self.numerators, self.denominators)

    def against(self, first: MeanParts) -> Contrast:
        """This minus the first, paired by replication."""
        return mean_contrast(self.numerators, self.denominators, first.numerators, first.denominators)


@dataclass(frozen=True, eq=False)
class QuantileParts:
    """A pooled quantile, and the same in each bootstrap resample (none with a single replication)."""

    estimate: float
    drawn: FloatArray

    def interval(self) -> Interval:
        """Pooled quantile with its bootstrap interval."""
        return quantile_interval(self.estimate, self.drawn)

    def against(self, first: QuantileParts) -> Contrast:
        """This minus the first, resampled together."""
        return quantile_contrast(self.estimate, first.estimate, self.drawn, first.drawn)


@dataclass(frozen=True, eq=False)
class Parts:
    """What one strategy's replications found, by reported key."""

    means: dict[str, MeanParts]
    quantiles: dict[str, QuantileParts]
    units: dict[str, str]
    n: int

    def estimates(self, *, cap_s: float) -> dict[str, Estimate]:
        """Every key's estimate, in the catalogue's order; intervals end where values do: at 0, 1 or the cap."""
        return {key: self._estimate(key, unit, cap_s) for key, unit in self.units.items()}

    def against(self, first: Parts) -> dict[str, Contrast]:
        """Every key's difference from the first strategy."""
        return {
            key: self.means[key].against(first.means[key])
            if key in self.means
            else self.quantiles[key].against(first.quantiles[key])
            for key in self.units
        }

    def _estimate(self, key: str, unit: str, cap_s: float) -> Estimate:
        mean, low, high = (self.means[key] if key in self.means else self.quantiles[key]).interval()
        shares, capped = key.endswith(("_share", "_probability")), key in self.means and key.startswith(CAPPED)
        most = 1.0 if shares else cap_s if capped else math.inf
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
    n = len(found)
    means: dict[str, MeanParts] = {}
    quantiles: dict[str, QuantileParts] = {}
    units: dict[str, str] = {}
    once = np.ones((1, n), np.int64)
    for name, metric in metrics.items():
        findings = [each[name] for each in found]
        means[name] = MeanParts(np.array([f.numerator for f in findings]), np.array([f.denominator for f in findings]))
        units[name] = metric.unit
        pools = [f.pool for f in findings]
        for q in metric.quantiles:
            key = f"{name}_p{round(100 * q)}"
            drawn = pooled_quantiles(pools, q, times) if n > 1 else np.empty(0)
            quantiles[key] = QuantileParts(float(pooled_quantiles(pools, q, once)[0]), drawn)
            units[key] = metric.unit
    return Parts(means, quantiles, units, n)
