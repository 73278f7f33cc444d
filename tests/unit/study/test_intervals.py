"""Jackknife and bootstrap over replications."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from nhilab.base.streams import stream
from nhilab.study.intervals import (
    Pool,
    mean_contrast,
    mean_interval,
    pooled_quantiles,
    pseudo_values,
    quantile_contrast,
    quantile_interval,
    ratio,
    resamples,
)

NUMERATORS, DENOMINATORS = np.array([2.0, 6.0, 4.0]), np.array([1.0, 2.0, 3.0])


def test_pseudo_values_agree_with_a_jackknife_worked_out_by_hand() -> None:
    # whole 12/6 = 2; without each: 10/5, 6/4, 8/3; pseudo-values 3·2 − 2·that
    assert pseudo_values(NUMERATORS, DENOMINATORS) == pytest.approx([2.0, 3.0, 6.0 - 16.0 / 3.0])


def test_the_half_width_is_students_t_times_the_standard_error() -> None:
    values = [2.0, 3.0, 2.0 / 3.0]
    half = stats.t.ppf(0.975, 2) * np.std(values, ddof=1) / math.sqrt(3)
    mean, low, high = mean_interval(NUMERATORS, DENOMINATORS)
    assert (mean, low, high) == pytest.approx((2.0, 2.0 - half, 2.0 + half))


def test_with_equal_denominators_the_jackknife_is_the_plain_t_interval() -> None:
    values = stream(0, "test").normal(5.0, 2.0, 12)
    plain = stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
    assert mean_interval(values, np.ones(12)) == pytest.approx((values.mean(), plain.low, plain.high))


def test_the_interval_of_a_constant_has_no_width() -> None:
    assert mean_interval(np.full(7, 0.1), np.ones(7)) == pytest.approx((0.1, 0.1, 0.1), abs=0)
    assert mean_interval(0.3 * np.arange(1, 6), np.arange(1.0, 6.0)).high == ratio(np.array([0.3]), np.array([1.0]))


def test_an_empty_group_is_nan_and_never_zero() -> None:
    assert all(math.isnan(value) for value in mean_interval(np.zeros(3), np.zeros(3)))
    assert math.isnan(pooled_quantiles([Pool(np.empty(0), 1.0)] * 2, 0.5, np.ones((1, 2), np.int64))[0])


def test_a_group_met_in_one_replication_only_has_a_mean_and_no_interval() -> None:
    mean, low, high = mean_interval(np.array([3.0, 0.0, 0.0]), np.array([1.0, 0.0, 0.0]))
    assert mean == 3.0
    assert math.isnan(low)
    assert math.isnan(high)


def test_one_replication_has_no_interval() -> None:
    mean, low, high = mean_interval(np.array([3.0]), np.array([2.0]))
    assert mean == 1.5
    assert math.isnan(low)
    assert math.isnan(high)
    assert math.isnan(quantile_interval(1.0, np.empty(0)).low)


def test_a_difference_is_paired_by_replication() -> None:
    ones = np.ones(5)
    common = stream(1, "test").normal(0.0, 10.0, 5)
    contrast = mean_contrast(common + 3.0, ones, common, ones)
    assert contrast[:3] == pytest.approx((3.0, 3.0, 3.0))
    assert contrast.variance_ratio == pytest.approx(0.0, abs=1e-12)


def test_the_variance_ratio_of_the_two_is_about_one_without_shared_chance() -> None:
    a, b = stream(2, "test", "a").normal(size=4000), stream(2, "test", "b").normal(size=4000)
    assert mean_contrast(a, np.ones(4000), b, np.ones(4000)).variance_ratio == pytest.approx(1.0, abs=0.1)


def test_where_neither_varies_there_is_no_variance_ratio() -> None:
    contrast = mean_contrast(np.full(4, 0.7), np.ones(4), np.full(4, 0.1), np.ones(4))
    assert contrast.low == contrast.high == contrast.mean
    assert math.isnan(contrast.variance_ratio)


@pytest.mark.parametrize("q", [0.05, 0.5, 0.95, 0.99])
def test_pooled_quantiles_are_those_of_the_repeated_sample(q: float) -> None:
    pools = [Pool(np.sort(stream(3, "test", r).integers(0, 50, 30 + r).astype(float)), 1.0) for r in range(4)]
    times = resamples(4, seed=0)[:40]
    expected = [
        np.quantile(np.concatenate([np.repeat(p.values, t) for p, t in zip(pools, row, strict=True)]), q,
                    method="inverted_cdf")
        for row in times
    ]  # fmt: skip
    assert pooled_quantiles(pools, q, times).tolist() == expected


def test_a_weighted_pool_counts_as_so_many_values() -> None:
    pools = [Pool(np.array([1.0]), 9.0), Pool(np.array([2.0]), 1.0)]
    once = np.ones((1, 2), np.int64)
    assert [pooled_quantiles(pools, q, once)[0] for q in (0.5, 0.9, 0.91)] == [1.0, 1.0, 2.0]


def test_a_quantile_above_the_cap_is_infinite_and_its_difference_unknown() -> None:
    pools = [Pool(np.array([1.0, math.inf, math.inf]), 1.0)] * 2
    drawn = pooled_quantiles(pools, 0.5, resamples(2, seed=0))
    assert math.isinf(drawn[0])
    assert math.isnan(quantile_contrast(math.inf, 1.0, drawn, np.ones(1000)).mean)


def test_the_bootstrap_has_its_own_stream_and_rows_that_sum_to_the_replications() -> None:
    times = resamples(5, seed=0)
    assert times.shape == (1000, 5)
    assert set(times.sum(axis=1).tolist()) == {5}
    assert np.array_equal(times, resamples(5, seed=0))
    assert not np.array_equal(times, resamples(5, seed=1))


def test_a_bootstrap_interval_covers_the_quantile_of_a_known_law_as_often_as_it_says() -> None:
    covered = 0
    for trial in range(200):
        pools = [Pool(np.sort(stream(trial, "test", r).random(60)), 1.0) for r in range(20)]
        low, high = quantile_interval(0.5, pooled_quantiles(pools, 0.5, resamples(20, seed=trial)[:300]))[1:]
        covered += low <= 0.5 <= high
    assert 0.87 <= covered / 200 <= 0.99
