"""Chance that a year's losses exceed so much: compound Poisson, by its transform, with intervals over replications."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from scipy.special import pdtrc, stdtrit

from nhilab.base.quantities import BoolArray, FloatArray, IntArray
from nhilab.study.intervals.means import CONFIDENCE, Interval

POINTS: Final = 240
"""Losses at which curves are shown, besides 0."""

_NEGLIGIBLE: Final = 1e-12
_ROUNDING: Final = 1e-9
_STEPS: Final = 2048
_MOST_STEPS: Final = 2**18
_DECADES: Final = 3.0
_SHOWN_TO: Final = 1e-3


class Lattice(NamedTuple):
    """Annual losses told apart: 0, step, 2 · step, …, as many as `size`."""

    step: float
    size: int


@dataclass(frozen=True, eq=False)
class Curve:
    """Chance that a year costs more, with its interval; shape (losses,) each."""

    losses: FloatArray
    probability: FloatArray
    low: FloatArray
    high: FloatArray

    def quantile(self, q: float) -> Interval:
        """Least loss that a year exceeds with a chance of at most 1 − q; ``inf`` where the curve does not say."""
        ends = (self.probability, self.low, self.high)
        return Interval(*(_first(self.losses, each <= 1 - q + _NEGLIGIBLE) for each in ends))


def lattice_for(most: float, incidents_per_year: float) -> Lattice:
    """A lattice on which the largest loss lies, and which annual losses leave with a chance of at most 1e-12."""
    if not most > 0:
        return Lattice(1.0, 2)
    counts = np.arange(1, 100 + math.ceil(20 * incidents_per_year))
    incidents = int(counts[np.argmax(pdtrc(counts, incidents_per_year) < _NEGLIGIBLE)])
    size = min(
        1 << math.ceil(math.log2(_STEPS * incidents)), max(_MOST_STEPS, 1 << math.ceil(math.log2(8 * incidents)))
    )
    return Lattice(most / (size // (incidents + 1)), size)


def exceedance(magnitudes: FloatArray, incidents_per_year: float, lattice: Lattice) -> Curve:
    r"""Chance that the losses of a year exceed each loss of a lattice.

    .. math:: S = \sum_{i=1}^{N} M_i, \quad N \sim \mathrm{Poisson}(\lambda), \quad
              \hat f_S(t) = \exp\big(\lambda (\hat f_M(t) - 1)\big)

    Parameters
    ----------
    magnitudes : ndarray, shape (replications, campaigns), float64
        Losses of single incidents; :math:`M` is one of them, each as likely as any other.
    incidents_per_year : float
        :math:`\lambda`.
    lattice : Lattice
        Each loss is shared by the two points around it so that its mean is kept.

    Returns
    -------
    Curve
        Jackknife interval over replications, Student's t, at each loss, made wider where it must be so that its ends
        fall as the curve does; NaN with one replication.

    Notes
    -----
    Source: compound Poisson by its transform (Embrechts & Frei 2009). Oracles: the Poisson tail where all losses are
    alike, gamma tails where they are exponential, simulation; checked by ``tests/unit/study/costs/test_losses.py``.
    """
    n = len(magnitudes)
    spectra = np.stack([np.fft.rfft(_on_lattice(each, lattice)) for each in magnitudes])
    without = (spectra.sum(0) - spectra) / max(n - 1, 1)
    several = np.concatenate([spectra.mean(0, keepdims=True), without])
    mass = np.fft.irfft(np.exp(incidents_per_year * (several - 1.0)), lattice.size, axis=1)
    beyond = np.clip(1.0 - np.cumsum(mass, axis=1), 0.0, 1.0)
    whole, values = beyond[0], n * beyond[0] - (n - 1) * beyond[1:]
    half = _half_widths(values)
    low: FloatArray = np.minimum.accumulate(np.clip(whole - half, 0.0, 1.0))
    high: FloatArray = np.maximum.accumulate(np.clip(whole + half, 0.0, 1.0)[::-1])[::-1]
    losses = np.arange(lattice.size, dtype=np.float64) * lattice.step
    return Curve(losses, whole, low, high)


def _half_widths(values: FloatArray) -> FloatArray:
    """Half of the 95 % interval of the mean of each column, Student's t; NaN for a single row."""
    n = len(values)
    if n < 2:
        return np.full(values.shape[1], np.nan)
    t = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2))
    half: FloatArray = t * np.sqrt(values.var(axis=0, ddof=1) / n)
    return half


def shown_at(curves: Iterable[Curve], lattice: Lattice) -> IntArray:
    """Points of a lattice at which curves are shown: 0, and three decades up to where all are below 0.1 %."""
    likeliest = np.max([curve.probability for curve in curves], axis=0)
    seen = np.flatnonzero(likeliest > min(_SHOWN_TO, 0.01 * float(likeliest[0])))
    top = int(seen[-1]) + 1 if len(seen) else 1
    points = np.geomspace(max(top * 10**-_DECADES, 1.0), top, POINTS).round().astype(np.int64)
    return np.unique(np.append(points, 0))[: lattice.size]


def _on_lattice(losses: FloatArray, lattice: Lattice) -> FloatArray:
    """Shares of the losses at each point of a lattice."""
    place = losses / lattice.step
    below = np.floor(place + _ROUNDING)
    above: FloatArray = np.clip(place - below, 0.0, 1.0)
    at = below.astype(np.int64)
    mass = np.bincount(at, weights=1.0 - above, minlength=lattice.size)
    mass[1:] += np.bincount(at, weights=above, minlength=lattice.size)[:-1]
    shares: FloatArray = mass / len(losses)
    return shares


def _first(losses: FloatArray, holds: BoolArray) -> float:
    return float(losses[np.argmax(holds)]) if holds.any() else math.inf
