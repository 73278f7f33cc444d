"""The arithmetic of studies equals its slow twin, on random replications."""

from __future__ import annotations

import math

import numpy as np
import pytest
from reference import slow_studies as slow

from nhilab.base.quantities import FloatArray
from nhilab.base.streams import stream
from nhilab.study.costs.exceedance import Lattice, exceedance
from nhilab.study.designs.dominance import membership
from nhilab.study.designs.objective import drawn_values
from nhilab.study.estimates.bounds import skewed_bounds
from nhilab.study.estimates.estimate import MeanParts, Parts, QuantileParts
from nhilab.study.estimates.functionals import functional_intervals
from nhilab.study.experiments.shapley import shapley_values
from nhilab.study.intervals.crossing import Known, Scale, crossing
from nhilab.study.intervals.means import Pool, mean_contrast, mean_interval, resamples
from nhilab.study.intervals.quantiles import quantile_interval
from nhilab.study.intervals.shares import share_interval

CASES = pytest.mark.parametrize("case", range(40))


def drawn(case: int, purpose: str) -> np.random.Generator:
    return stream(20261130, "slow studies", purpose, case)


def rows(numerators: FloatArray, denominators: FloatArray) -> slow.Rows:
    return list(zip(numerators.tolist(), denominators.tolist(), strict=True))


def sums(chance: np.random.Generator, n: int) -> tuple[FloatArray, FloatArray]:
    """Numerators and denominators, some numerators 0."""
    return chance.gamma(2, 1, n) * chance.integers(0, 4, n), chance.gamma(5, 1, n) + 0.1


def pools(chance: np.random.Generator, n: int, *, least: int = 1) -> list[Pool]:
    """Samples with many equal values, of different sizes and weights; some values above the cap."""
    made = [np.rint(4 * chance.lognormal(0, 1, int(chance.integers(least, 40)))) / 4 for _ in range(n)]
    endless = chance.random() < 0.3
    return [
        Pool(np.sort(np.append(values, [math.inf] * endless)), float(chance.choice([1.0, 2.0, 3.5]))) for values in made
    ]


def plain(of: list[Pool]) -> slow.Pools:
    return [(pool.values.tolist(), pool.weight) for pool in of]


@CASES
def test_means_and_their_differences_are_those_of_leaving_out_one_by_one(case: int) -> None:
    chance = drawn(case, "means")
    n = int(chance.integers(2, 12))
    (a, b), (c, d) = sums(chance, n), sums(chance, n)
    assert mean_interval(a, b) == pytest.approx(slow.function_interval([rows(a, b)], lambda means: means[0]))
    found = mean_contrast(a, b, c, d)
    arms = [rows(a, b), rows(c, d)]
    assert found[:3] == pytest.approx(slow.function_interval(arms, lambda means: means[0] - means[1]))
    if a.any() or c.any():
        assert found.variance_ratio == pytest.approx(slow.variance_ratio(*arms))


@CASES
def test_shares_are_those_of_as_many_trials_as_they_are_worth(case: int) -> None:
    chance = drawn(case, "shares")
    n, confidence = int(chance.integers(2, 12)), float(chance.choice([0.9, 0.95, 0.975]))
    trials = chance.integers(1, 300, n)
    likely = np.clip(chance.choice([0, 0.001, 0.03, 0.4, 0.9, 1]) * chance.gamma(10, 0.1, n), 0, 1)
    hits = chance.binomial(trials, likely).astype(float)
    found = share_interval(hits, trials.astype(float), confidence=confidence)
    assert found == pytest.approx(slow.share_interval(rows(hits, trials.astype(float)), confidence), abs=1e-9)


@CASES
def test_quantiles_are_those_of_the_pooled_and_resampled_observations(case: int) -> None:
    chance = drawn(case, "quantiles")
    n, q = int(chance.integers(2, 12)), float(chance.choice([0.5, 0.95, 0.99]))
    times = chance.multinomial(n, [1 / n] * n, 20)
    samples, first = pools(chance, n, least=0), pools(chance, n, least=0)
    parts, other = QuantileParts(samples, q, times), QuantileParts(first, q, times)
    assert parts.estimate == slow.pooled(plain(samples), q)
    assert parts.drawn == pytest.approx([slow.pooled(plain(samples), q, t) for t in times.tolist()], nan_ok=True)
    if np.isfinite([*parts.drawn, *other.drawn]).all():
        expected = slow.quantile_contrast(plain(samples), plain(first), q, times.tolist())
        assert parts.against(other)[:3] == pytest.approx(expected)


@CASES
def test_ends_of_a_quantile_are_the_values_at_which_the_share_below_cannot_be_told_from_it(case: int) -> None:
    chance = drawn(case, "quantile ends")
    n, q = int(chance.integers(8, 14)), float(chance.choice([0.5, 0.9]))
    samples = pools(chance, n, least=20)
    whole = QuantileParts(samples, q, np.ones((1, n), np.int64)).estimate
    assert quantile_interval(whole, samples, q) == pytest.approx(slow.quantile_interval(plain(samples), q))


@CASES
def test_shapley_values_and_shares_are_those_over_all_orders_with_replications_left_out(case: int) -> None:
    chance = drawn(case, "shapley")
    n, k = int(chance.integers(2, 9)), int(chance.integers(1, 4))
    arms = [(chance.gamma(2, 1, n), chance.gamma(5, 1, n) + 0.1) for _ in range(2**k)]
    parts, plain_arms = [MeanParts(*arm) for arm in arms], [rows(*arm) for arm in arms]
    bought = functional_intervals(parts, shapley_values)
    shares = functional_intervals(parts, lambda v: shapley_values(v) / (v[:, -1:] - v[:, :1]))
    for i in range(k):
        assert bought[i] == pytest.approx(slow.function_interval(plain_arms, lambda v, i=i: slow.shapley(v)[i]))
        expected = slow.function_interval(plain_arms, lambda v, i=i: slow.shapley(v)[i] / (v[-1] - v[0]))
        assert shares[i] == pytest.approx(expected)


@CASES
def test_membership_is_the_share_of_resamples_in_which_nothing_is_better(case: int) -> None:
    chance = drawn(case, "membership")
    n, keys = int(chance.integers(2, 9)), ("issuances_per_task", "reach", "added_latency_s")
    designs = [{key: sums(chance, n) for key in keys} for _ in range(5)]
    parts = [
        Parts({key: MeanParts(*of) for key, of in design.items()}, {}, dict.fromkeys(keys, "1"), n)
        for design in designs
    ]
    found = membership(drawn_values(parts, keys, seed=case)[:100])
    expected = slow.membership(
        [[rows(*of) for of in design.values()] for design in designs], resamples(n, seed=case)[:100].tolist()
    )
    assert found == pytest.approx(expected)


@CASES
def test_bounds_of_skewed_values_are_those_the_transformed_statistic_does_not_refuse(case: int) -> None:
    chance = drawn(case, "bounds")
    values = chance.lognormal(0, float(chance.uniform(0.2, 1.5)), int(chance.integers(4, 20)))
    confidence = float(chance.choice([0.95, 0.99]))
    found = skewed_bounds(values, confidence=confidence)
    for end, upper in ((found.low, False), (found.high, True)):
        assert end == pytest.approx(slow.bound(values.tolist(), confidence, upper=upper), rel=1e-6)


@CASES
def test_a_crossing_is_where_halving_the_range_finds_it_and_its_ends_are_where_the_bounds_cross(case: int) -> None:
    chance = drawn(case, "crossing")
    root, half, steep = float(chance.uniform(2, 500)), float(chance.uniform(0.02, 0.5)), float(chance.choice([-2, 0.5]))
    scale = Scale(1.0, 1000.0, 0.001, logarithmic=bool(chance.random() < 0.5))

    def value(x: float) -> float:
        return math.tanh(steep * math.log(x / root))

    found = crossing(lambda values: [Known(value(x), value(x) - half, value(x) + half) for x in values], scale)
    near = scale.tolerance if scale.logarithmic else scale.tolerance * 1000 / root
    assert found.kind == "found" and found.crossings == 1
    assert found.value == pytest.approx(
        slow.halved(lambda x: abs(steep) / steep * value(x), 0.0, 1.0, 1000.0), rel=near
    )
    shifts = sorted(root * math.exp(math.atanh(side * half) / steep) for side in (-1, 1))
    for end, expected in zip((found.low, found.high), shifts, strict=True):
        if not 1 < expected < 1000:
            assert end is None
        else:
            assert end == pytest.approx(expected, rel=scale.tolerance, abs=0.0 if scale.logarithmic else 1.1)


@CASES
def test_losses_of_a_year_are_those_of_panjers_recursion(case: int) -> None:
    chance = drawn(case, "losses")
    n, per_year = int(chance.integers(2, 8)), float(chance.choice([0.1, 1.0, 4.0]))
    losses = chance.integers(0, 6, (n, 8)).astype(float)

    def slowly(kept: FloatArray) -> list[float]:
        return slow.exceeded([float((kept == j).mean()) for j in range(6)], per_year, 40)

    found = exceedance(losses, per_year, Lattice(1.0, 512))
    whole, without = slowly(losses), [slowly(np.delete(losses, i, axis=0)) for i in range(n)]
    assert found.probability[:40] == pytest.approx(whole, abs=1e-12)
    ends = [slow.student([n * at - (n - 1) * each[x] for each in without], at)[1:] for x, at in enumerate(whole)]
    low, high = np.clip(np.array(ends).T, 0, 1)
    assert found.low[:40] == pytest.approx(np.minimum.accumulate(low), abs=1e-12)
    beyond = float(found.high[40])
    assert found.high[:40] == pytest.approx(np.maximum.accumulate([beyond, *high[::-1]])[:0:-1], abs=1e-12)
