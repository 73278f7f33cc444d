"""One-sided bounds of means allow for skewness; those of shares and quantiles need not."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nhilab.base.quantities import FloatArray
from nhilab.base.streams import stream
from nhilab.study.estimates.bounds import bounds, skewed_bounds
from nhilab.study.estimates.estimate import MeanParts, Parts, QuantileParts
from nhilab.study.intervals.means import Pool, half_width, resamples

SKEWED = np.array([1.0, 2.0, 1.5, 1.2, 9.0, 2.2, 1.1, 3.0])


def parts_of(values: FloatArray, *, share: bool = False, each: float = 1.0) -> Parts:
    return Parts({"reach": MeanParts(values, np.full(len(values), each), share)}, {}, {"reach": "1"}, len(values))


def test_bounds_lie_where_the_transformed_mean_has_the_quantiles_of_student() -> None:
    n, spread = len(SKEWED), SKEWED.std(ddof=1)
    moments = [np.mean((SKEWED - SKEWED.mean()) ** k) for k in (2, 3)]
    skewness = moments[1] / moments[0] ** 1.5 * math.sqrt(n * (n - 1)) / (n - 2)
    mean, low, high = skewed_bounds(SKEWED, confidence=0.95)
    t = half_width(SKEWED, confidence=0.90) / spread
    for end, y in ((low, t), (high, -t)):
        w = (mean - end) / spread
        transformed = w + skewness * w**2 / 3 + skewness**2 * w**3 / 27 + skewness / (6 * n)
        assert transformed == pytest.approx(y)


def test_bounds_turn_and_move_with_the_values() -> None:
    mean, low, high = skewed_bounds(SKEWED, confidence=0.95)
    moved = skewed_bounds(5 - 2 * SKEWED, confidence=0.95)
    assert moved == pytest.approx((5 - 2 * mean, 5 - 2 * high, 5 - 2 * low))


def test_a_mean_has_the_wider_of_both_bounds_at_either_end() -> None:
    mean, low, high = bounds(parts_of(SKEWED), "reach", confidence=0.95)
    half = half_width(SKEWED, confidence=0.90)
    assert low == pytest.approx(max(mean - half, 0.0))
    assert high == pytest.approx(skewed_bounds(SKEWED, confidence=0.95).high)
    assert high > mean + half


def test_shares_and_quantiles_keep_the_ends_of_their_intervals() -> None:
    hits = parts_of(np.array([3.0, 0.0, 9.0, 1.0]), share=True, each=50.0)
    assert bounds(hits, "reach", confidence=0.95) == pytest.approx(hits.interval("reach", confidence=0.90))
    pools = [Pool(np.sort(sample), 1.0) for sample in stream(0, "bounds").exponential(size=(4, 50))]
    of = Parts({}, {"reach_p95": QuantileParts(pools, 0.95, resamples(4, seed=0))}, {"reach_p95": "1"}, 4)
    assert bounds(of, "reach_p95", confidence=0.95) == of.interval("reach_p95", confidence=0.90)


def test_values_that_are_alike_are_their_own_bounds_and_a_single_one_has_none() -> None:
    assert bounds(parts_of(np.full(4, 2.5)), "reach", confidence=0.95) == (2.5, 2.5, 2.5)
    assert skewed_bounds(np.array([1.0, 3.0]), confidence=0.95) == pytest.approx(
        (2.0, 2 - 6.3138, 2 + 6.3138), rel=1e-4
    )
    assert np.isnan(bounds(parts_of(np.array([1.0])), "reach", confidence=0.95)[1:]).all()


def test_the_truth_passes_the_upper_bound_of_a_skewed_mean_half_as_often_as_that_of_student() -> None:
    studies, chance = 4000, stream(0, "bounds", "exponential")
    beyond = {"student": 0, "ours": 0, "below": 0}
    for values in chance.exponential(size=(studies, 12)):
        mean, low, high = bounds(parts_of(values), "reach", confidence=0.95)
        beyond["student"] += mean + half_width(values, confidence=0.90) < 1
        beyond["ours"] += high < 1
        beyond["below"] += low > 1
    shares = {name: count / studies for name, count in beyond.items()}
    assert shares["student"] > 0.11
    assert 0.055 < shares["ours"] < 0.085
    assert shares["below"] < 0.05
