"""Studies made up of laws whose answers are known, instead of simulations: to count how often intervals cover.

A study is a few arms of n replications. What a replication found is a `Finding`, as a simulation would give it, so
intervals come about as they do in a comparison. Observations of one replication have an effect in common.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from nhilab.base.quantities import FloatArray
from nhilab.base.streams import stream
from nhilab.metrics.catalogue import METRICS
from nhilab.study.cells.cell import Finding, thinned
from nhilab.study.estimates.estimate import Parts, gather
from nhilab.study.estimates.functionals import functional_intervals
from nhilab.study.experiments.factorial import _effects
from nhilab.study.intervals.means import Pool

WINDOW, TASKS, SHARE, REACH = "access_window_s", "issuances_per_task", "theft_probability", "reach_weighted"
EFFECT, NO_THEFT = 0.2, 0.3
RESAMPLES = 200
_EMPTY = Pool(np.empty(0), 1.0)


@dataclass(frozen=True)
class Case:
    """One kind of interval: the answer, and an interval of a study drawn with some chance."""

    name: str
    truth: float
    interval: Callable[[np.random.Generator], tuple[float, ...]]
    studies: int
    least_only: bool = False

    def intervals(self, seed: int, *, times: int = 1) -> FloatArray:
        """Value, low and high of so many studies; shape (studies, 3)."""
        drawn = (stream(seed, "coverage", self.name, study) for study in range(times * self.studies))
        return np.array([self.interval(chance)[:3] for chance in drawn])

    def coverage(self, intervals: FloatArray, *, factor: float = 1.0) -> float:
        """Share of intervals, made wider by a factor, that hold the answer; one without ends holds none."""
        mean, low, high = intervals.T
        low, high = mean - factor * (mean - low), mean + factor * (high - mean)
        return float(np.mean((low <= self.truth) & (self.truth <= high)))


def gathered(name: str, findings: list[Finding]) -> Parts:
    """Parts of one metric; the resamples are those of the arms' common number of replications."""
    n = len(findings)
    times = stream(0, "coverage", "resamples", n).multinomial(n, np.full(n, 1 / n), RESAMPLES)
    return gather([{name: finding} for finding in findings], {name: METRICS[name]}, times.astype(np.int64))


def tasks(chance: np.random.Generator, n: int = 12) -> Parts:
    """Issuances per task: both skewed and correlated from one replication to the next."""
    busy, other = chance.normal(size=(2, n))
    made = 300 * np.exp(EFFECT * busy)
    rate = 2 * np.exp(0.06 * busy + 0.08 * other)
    return gathered(TASKS, [Finding(a, b, _EMPTY) for a, b in zip(made * rate, made, strict=True)])


TASKS_TRUTH = 2 * math.exp((0.26**2 + 0.08**2 - EFFECT**2) / 2)


def windows(
    chance: np.random.Generator, n: int = 12, *, campaigns: float = 100, arms: tuple[float, ...] = (1.0,)
) -> list[Parts]:
    """Access windows: 0 without theft, else lognormal, shared in part by the arms; longer by a factor in each."""
    found: list[list[Finding]] = [[] for _ in arms]
    for _ in range(n):
        size, effect = int(chance.poisson(campaigns)), EFFECT * chance.normal()
        common, robbed = chance.normal(size=size), chance.random(size) >= NO_THEFT
        for longer, findings in zip(arms, found, strict=True):
            own = 0.8 * common + 0.6 * chance.normal(size=size)
            values = np.where(robbed, longer * np.exp(effect + math.sqrt(1 - EFFECT**2) * own), 0.0)
            findings.append(Finding(float(values.sum()), float(size), thinned(values)))
    return [gathered(WINDOW, findings) for findings in found]


WINDOW_TRUTH = (1 - NO_THEFT) * math.exp(0.5)


def window_quantile(q: float) -> float:
    """Quantile of the access window over all replications."""
    return math.exp(float(stats.norm.ppf((q - NO_THEFT) / (1 - NO_THEFT))))


def share(chance: np.random.Generator, p: float, n: int = 14, *, likeness: float = 0.02, campaigns: int = 200) -> Parts:
    """Hits among campaigns; the chance of one differs between replications, as an intraclass correlation says."""
    own = chance.beta(p * (1 / likeness - 1), (1 - p) * (1 / likeness - 1), n) if likeness else np.full(n, p)
    hits = chance.binomial(campaigns, own)
    return gathered(SHARE, [Finding(float(k), float(campaigns), _EMPTY) for k in hits])


def gain(chance: np.random.Generator) -> tuple[float, ...]:
    """One minus the ratio of two mean windows: a share of it that is saved."""
    short, long = windows(chance, 14, arms=(0.6, 1.0))
    arms = [short.means[WINDOW], long.means[WINDOW]]
    return functional_intervals(arms, lambda means: 1 - means[:, :1] / means[:, 1:])[0]


def bought(
    control: int, *, longer: tuple[float, float, float, float]
) -> Callable[[np.random.Generator], tuple[float, ...]]:
    """What one of two controls has of the total reduction, from the windows with none, either and both of them."""

    def interval(chance: np.random.Generator) -> tuple[float, ...]:
        means = [{REACH: found.means[WINDOW]} for found in windows(chance, 14, arms=longer)]
        arms = [Parts(of, {}, {REACH: "1"}, 14) for of in means]
        return list(_effects(REACH, arms, ("first", "second")).shares.values())[control]

    return interval


def _difference(key: str, n: int) -> Callable[[np.random.Generator], tuple[float, ...]]:
    def interval(chance: np.random.Generator) -> tuple[float, ...]:
        first, other = windows(chance, n, arms=(1.0, 1.4))
        return other.contrast(first, key)

    return interval


CASES = (
    Case("a ratio of sums", TASKS_TRUTH, lambda c: tasks(c).interval(TASKS), 2000),
    Case("a mean window", WINDOW_TRUTH, lambda c: windows(c)[0].interval(WINDOW), 1000),
    Case("a median", window_quantile(0.5), lambda c: windows(c)[0].interval(f"{WINDOW}_p50"), 600),
    Case("a 95th percentile", window_quantile(0.95), lambda c: windows(c)[0].interval(f"{WINDOW}_p95"), 600),
    Case("a middling share", 0.4, lambda c: share(c, 0.4).interval(SHARE), 2000),
    Case("a small share", 0.03, lambda c: share(c, 0.03).interval(SHARE), 2000),
    Case("a tiny share", 0.001, lambda c: share(c, 0.001, likeness=0.0).interval(SHARE), 2000, least_only=True),
    Case("a difference of means", 0.4 * WINDOW_TRUTH, _difference(WINDOW, 12), 600),
    Case("a difference of medians", 0.4 * window_quantile(0.5), _difference(f"{WINDOW}_p50", 14), 400),
    Case("a difference of 95th percentiles", 0.4 * window_quantile(0.95), _difference(f"{WINDOW}_p95", 14), 400),
    Case("a share saved", 0.4, gain, 600),
    Case("a Shapley share", 3 / 7, bought(0, longer=(1.0, 0.6, 0.5, 0.3)), 600),
    Case("a Shapley share of a control that does nothing", 0.0, bought(0, longer=(1.0, 1.0, 0.5, 0.5)), 600),
)
"""Each checked by itself; the share of campaigns is a Clopper-Pearson interval, so of few hits it covers more."""


class Growing:
    """What `replicate` needs of trials, of one strategy whose replications are drawn beforehand."""

    def __init__(self, chance: np.random.Generator, spread: float, *, first: int, most: int = 200) -> None:
        self.n = first
        self.values = chance.gamma(1 / spread**2, spread**2, most)

    def extend(self, replications: int) -> None:
        self.n = replications

    def parts(self) -> dict[str, Parts]:
        return {"only": gathered(TASKS, [Finding(float(v), 1.0, _EMPTY) for v in self.values[: self.n]])}
