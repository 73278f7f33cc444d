"""Intervals over replications: of ratios of sums, of shares, of quantiles."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from nhilab.base.streams import stream
from nhilab.study.estimates.estimate import MeanParts
from nhilab.study.intervals.means import (
    Contrast,
    Interval,
    Pool,
    mean_contrast,
    mean_interval,
    pooled_quantiles,
    pseudo_values,
    ratio,
    resamples,
)
from nhilab.study.intervals.quantiles import quantile_contrast, quantile_interval
from nhilab.study.intervals.shares import apart, share_interval

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
    assert math.isnan(quantile_interval(1.0, [Pool(np.ones(5), 1.0)], 0.5).low)
    assert math.isnan(share_interval(np.array([3.0]), np.array([5.0])).low)


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
    assert math.isnan(quantile_contrast(math.inf, 1.0, drawn, np.ones(1000), replications=2).mean)


def test_the_bootstrap_has_its_own_stream_and_rows_that_sum_to_the_replications() -> None:
    times = resamples(5, seed=0)
    assert times.shape == (1000, 5)
    assert set(times.sum(axis=1).tolist()) == {5}
    assert np.array_equal(times, resamples(5, seed=0))
    assert not np.array_equal(times, resamples(5, seed=1))


def test_an_interval_asked_for_with_less_confidence_lies_within_the_other() -> None:
    values, ones = stream(4, "test").random(9), np.ones(9)
    pools = [Pool(np.sort(stream(4, "test", r).random(50)), 1.0) for r in range(6)]
    hits, trials = np.array([3.0, 9.0, 5.0, 1.0]), np.full(4, 20.0)
    for wide, narrow in (
        (mean_interval(values, ones), mean_interval(values, ones, confidence=0.9)),
        (share_interval(hits, trials), share_interval(hits, trials, confidence=0.9)),
        (quantile_interval(0.5, pools, 0.5), quantile_interval(0.5, pools, 0.5, confidence=0.9)),
    ):
        assert wide.low < narrow.low < narrow.high < wide.high


@pytest.mark.parametrize(("hits", "trials"), [(0, 240), (240, 240), (24, 240), (120, 240), (4, 40)])
def test_a_share_alike_in_all_replications_has_the_exact_binomial_interval(hits: int, trials: int) -> None:
    exact = stats.binomtest(hits, trials).proportion_ci(0.95, method="exact")
    found = share_interval(np.full(4, hits / 4), np.full(4, trials / 4))
    assert found == pytest.approx((hits / trials, exact.low, exact.high))


def test_shares_that_differ_count_as_the_trials_worked_out_by_hand() -> None:
    # pseudo-values are the shares 0.1, 0.2, 0.3, 0.4: v = (0.05/3)/4 = 1/240, p(1-p)/v = 0.1875 * 240 = 45
    effective = 45 * (stats.t.ppf(0.975, 399) / stats.t.ppf(0.975, 3)) ** 2
    low = stats.beta.ppf(0.025, effective / 4, effective * 3 / 4 + 1)
    high = stats.beta.ppf(0.975, effective / 4 + 1, effective * 3 / 4)
    found = share_interval(np.array([10.0, 20.0, 30.0, 40.0]), np.full(4, 100.0))
    assert found == pytest.approx((0.25, low, high))


def test_a_share_never_counts_more_trials_than_there_are() -> None:
    exact = stats.binomtest(50, 100).proportion_ci(0.95, method="exact")
    found = share_interval(np.array([12.0, 13.0, 12.0, 13.0]), np.full(4, 25.0))
    assert found[1:] == pytest.approx((exact.low, exact.high))


def test_all_against_none_is_a_difference_with_a_width() -> None:
    trials = np.full(4, 20.0)
    every, none = MeanParts(trials, trials, True), MeanParts(np.zeros(4), trials, True)
    contrast = every.against(none)
    assert contrast[:3] == pytest.approx((1.0, 1 - math.sqrt(2) * none.interval().high, 1.0))
    assert every.against(every)[:3] == (0.0, 0.0, 0.0)


def test_the_difference_of_two_shares_agrees_with_a_published_one() -> None:
    # Newcombe 1998, table II, method 10 with the score intervals of 56/70 and 48/80
    first, second = ((56, 70), (48, 80))
    ends = [stats.binomtest(*each).proportion_ci(0.95, method="wilson") for each in (first, second)]
    found = apart(*(Interval(k / n, e.low, e.high) for (k, n), e in zip((first, second), ends, strict=True)))
    assert found[:3] == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_the_interval_of_a_quantile_is_that_of_the_order_statistics_where_replications_are_alike() -> None:
    values = np.arange(1.0, 101.0)
    found = quantile_interval(50.0, [Pool(values, 1.0)] * 2, 0.5)
    share = [stats.binomtest(2 * int(x), 200).proportion_ci(0.95, method="exact") for x in values]
    assert found.low == values[next(i for i, each in enumerate(share) if each.high >= 0.5)]
    assert found.high == values[next(i for i, each in enumerate(share) if each.low >= 0.5)]


def test_the_interval_of_a_quantile_reaches_across_a_value_that_many_have() -> None:
    # 47 to 49 % are 0 and all others 9: the median is 9, and 0 cannot be ruled out
    pools = [Pool(np.repeat([0.0, 9.0], [hits, 100 - hits]), 1.0) for hits in (47, 48, 49, 47, 49)]
    assert quantile_interval(9.0, pools, 0.5) == (9.0, 0.0, 9.0)
    assert quantile_interval(9.0, pools, 0.9) == (9.0, 9.0, 9.0)


def test_a_quantile_whose_interval_reaches_the_cap_has_an_infinite_end() -> None:
    pools = [Pool(np.append(np.arange(94.0 + r), [math.inf] * (6 - r)), 1.0) for r in range(4)]
    found = quantile_interval(93.0, pools, 0.95)
    assert math.isfinite(found.low)
    assert found.high == math.inf


def test_few_observations_bound_a_high_quantile_on_one_side_only() -> None:
    pools = [Pool(np.arange(5.0), 1.0)] * 4
    found = quantile_interval(4.0, pools, 0.9)
    assert found.low < 4.0
    assert found.high == math.inf


def test_a_difference_is_resolved_where_its_interval_excludes_0() -> None:
    cases = [(1.0, 0.5, 1.5), (-1.0, -1.5, -0.5), (1.0, -0.5, 2.5), (0.0, 0.0, 0.0), (1.0, math.nan, math.nan)]
    assert [Contrast(*case, 1.0).resolved for case in cases] == [True, True, False, False, False]
