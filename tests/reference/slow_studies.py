"""The arithmetic of studies once more, from definitions alone: loops over replications, observations, orders, pairs.

What is computed here and how is written in MODEL.md, studies, and nowhere else; nothing is imported from the study.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence

from scipy import special, stats

Rows = Sequence[tuple[float, float]]
"""Numerator and denominator, or hits and trials, of each replication."""

Pools = Sequence[tuple[Sequence[float], float]]
"""Observations of each replication, and how many each stands for."""

Ends = tuple[float, float, float]


def student(values: Sequence[float], center: float, confidence: float = 0.95) -> Ends:
    """A value with the ends that Student's t puts around it, from independent values."""
    n = len(values)
    average = math.fsum(values) / n
    variance = math.fsum((v - average) ** 2 for v in values) / (n - 1)
    half = float(stats.t.ppf((1 + confidence) / 2, n - 1)) * math.sqrt(variance / n)
    return center, center - half, center + half


def ratio(rows: Rows) -> float:
    """All numerators over all denominators."""
    return math.fsum(a for a, _ in rows) / math.fsum(b for _, b in rows)


def left_out(arms: Sequence[Rows], value: Callable[[list[float]], float]) -> list[float]:
    """Jackknife pseudo-values of a function of the ratios of several arms, a replication left out of all."""
    n, whole = len(arms[0]), value([ratio(arm) for arm in arms])
    without = (value([ratio([*arm[:i], *arm[i + 1 :]]) for arm in arms]) for i in range(n))
    return [n * whole - (n - 1) * each for each in without]


def function_interval(arms: Sequence[Rows], value: Callable[[list[float]], float]) -> Ends:
    """A function of the ratios of several arms with its interval."""
    return student(left_out(arms, value), value([ratio(arm) for arm in arms]))


def variance_ratio(rows: Rows, first: Rows) -> float:
    """Var(A - B) / (Var A + Var B) of the pseudo-values."""

    def spread(values: Sequence[float]) -> float:
        average = math.fsum(values) / len(values)
        return math.fsum((v - average) ** 2 for v in values)

    a, b = (left_out([arm], lambda means: means[0]) for arm in (rows, first))
    return spread([x - y for x, y in zip(a, b, strict=True)]) / (spread(a) + spread(b))


def share_interval(rows: Rows, confidence: float = 0.95) -> Ends:
    """Clopper and Pearson's interval with as many trials as those of the replications are worth."""
    trials, n = math.fsum(b for _, b in rows), len(rows)
    share, alpha = ratio(rows), 1 - confidence
    values = left_out([rows], lambda means: means[0])
    average = math.fsum(values) / n
    variance = math.fsum((v - average) ** 2 for v in values) / (n - 1) / n
    effective = trials
    if variance > 0 and len({a / b for a, b in rows}) > 1:
        wider = float(stats.t.ppf(1 - alpha / 2, trials - 1) / stats.t.ppf(1 - alpha / 2, n - 1))
        effective = min(trials, share * (1 - share) / variance * wider**2)
    hits, misses = effective * share, effective * (1 - share)
    low = 0.0 if hits <= 0 else halved(lambda p: float(special.betainc(hits, misses + 1, p)), alpha / 2)
    high = 1.0 if misses <= 0 else halved(lambda p: float(special.betainc(hits + 1, misses, p)), 1 - alpha / 2)
    return share, low, high


def halved(rising: Callable[[float], float], wanted: float, low: float = 0.0, high: float = 1.0) -> float:
    """Where a rising function has a value, by halving the range."""
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < wanted else (low, middle)
    return (low + high) / 2


def pooled(pools: Pools, q: float, times: Sequence[int] | None = None) -> float:
    """Least value that a share q of all observations do not exceed, each replication counted so many times."""
    counted = [1] * len(pools) if times is None else times
    seen = sorted((v, weight * t) for (values, weight), t in zip(pools, counted, strict=True) for v in values)
    total, so_far = math.fsum(w for _, w in seen), 0.0
    for value, weight in seen:
        so_far += weight
        if weight and so_far >= q * total - 1e-9 * total:
            return value
    return math.nan


def quantile_contrast(pools: Pools, first: Pools, q: float, resamples: Sequence[Sequence[int]]) -> Ends:
    """Difference of two quantiles, with the standard error of the replications drawn again, both alike."""
    n = len(pools)
    drawn = [pooled(pools, q, times) - pooled(first, q, times) for times in resamples]
    average = math.fsum(drawn) / len(drawn)
    variance = math.fsum((d - average) ** 2 for d in drawn) / (len(drawn) - 1) * n / (n - 1)
    half = float(stats.t.ppf(0.975, n - 1)) * math.sqrt(variance)
    apart = pooled(pools, q) - pooled(first, q)
    return apart, apart - half, apart + half


def quantile_interval(pools: Pools, q: float, confidence: float = 0.95) -> Ends:
    """Values at which the share of observations that are no greater cannot be told from q."""
    low, high = math.nan, math.inf
    for x in sorted({v for values, _ in pools for v in values}):
        rows = [(w * sum(v <= x for v in values), w * len(values)) for values, w in pools if len(values)]
        _, least, most = share_interval(rows, confidence)
        if math.isnan(low) and most >= q:
            low = x
        if least >= q:
            high = x
            break
    return pooled(pools, q), low, high


def shapley(values: Sequence[float]) -> list[float]:
    """What each thing adds when it is switched on, averaged over all orders; bit i of a position says that i is on."""
    k = len(values).bit_length() - 1
    added = [0.0] * k
    orders = list(itertools.permutations(range(k)))
    for order in orders:
        on = 0
        for i in order:
            added[i] += values[on | 1 << i] - values[on]
            on |= 1 << i
    return [each / len(orders) for each in added]


def best_rows(table: Sequence[Sequence[float]]) -> list[bool]:
    """Whether no other row is nowhere worse and somewhere better; less is better."""
    return [
        not any(
            all(b <= a for a, b in zip(row, other, strict=True)) and any(b < a for a, b in zip(row, other, strict=True))
            for other in table
        )
        for row in table
    ]


def membership(designs: Sequence[Sequence[Rows]], resamples: Sequence[Sequence[int]]) -> list[float]:
    """Share of the resamples of the replications in which each design, of so many ratios, is among the best rows."""
    best = [0] * len(designs)
    for times in resamples:
        table = [[ratio([(a * t, b * t) for (a, b), t in zip(rows, times, strict=True)]) for rows in design]
                 for design in designs]  # fmt: skip
        best = [count + good for count, good in zip(best, best_rows(table), strict=True)]
    return [count / len(resamples) for count in best]


def bound(values: Sequence[float], confidence: float, *, upper: bool) -> float:
    """One-sided bound of the mean of skewed values: the mean that Hall's transformed statistic does not refuse."""
    n = len(values)
    average = math.fsum(values) / n
    moment = [math.fsum((v - average) ** power for v in values) / n for power in (2, 3)]
    spread = math.sqrt(moment[0] * n / (n - 1))
    skewness = moment[1] / moment[0] ** 1.5 * math.sqrt(n * (n - 1)) / (n - 2)

    def statistic(truth: float) -> float:
        u = (average - truth) / spread
        return u + skewness * u**2 / 3 + skewness**2 * u**3 / 27 + skewness / (6 * n)

    t = float(stats.t.ppf(confidence, n - 1)) / math.sqrt(n)
    wide = 1000 * spread
    return halved(lambda truth: -statistic(truth), t if upper else -t, average - wide, average + wide)


def exceeded(chances: Sequence[float], per_year: float, size: int) -> list[float]:
    """Chance that a Poisson number of losses, whole numbers with these chances, add up to more than 0, 1, 2, ...

    By Panjer's recursion.
    """
    exactly = [math.exp(-per_year * (1 - chances[0]))]
    for total in range(1, size):
        parts = (j * chances[j] * exactly[total - j] for j in range(1, min(total, len(chances) - 1) + 1))
        exactly.append(per_year / total * math.fsum(parts))
    beyond, so_far = [], 0.0
    for each in exactly:
        so_far += each
        beyond.append(1 - so_far)
    return beyond
