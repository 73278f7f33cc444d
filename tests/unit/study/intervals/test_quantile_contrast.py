"""A difference of quantiles: its signs, its width, and where it has no interval."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from nhilab.study.intervals.quantiles import quantile_contrast


def test_a_difference_of_quantiles_and_its_interval_have_one_sign() -> None:
    first = np.arange(1000.0) / 1000
    assert quantile_contrast(5.0, 2.0, first + 3.0, first, replications=5)[:3] == pytest.approx((3.0, 3.0, 3.0))
    mean, low, high = quantile_contrast(2.0, 5.0, first, 2 * first + 3.0, replications=5)[:3]
    assert low < mean == -3.0 < high < 0


def test_the_half_width_of_a_difference_is_students_t_times_the_bootstraps_standard_error() -> None:
    drawn, first = np.array([4.0, 5.0, 6.0]), np.array([2.0, 2.0, 2.0])
    half = stats.t.ppf(0.975, 4) * math.sqrt(5 / 4) * 1.0
    assert quantile_contrast(5.0, 2.0, drawn, first, replications=5)[:3] == pytest.approx((3.0, 3.0 - half, 3.0 + half))


def test_a_difference_with_a_resample_above_the_cap_has_a_mean_and_no_interval() -> None:
    mean, low, high, ratio = quantile_contrast(5.0, 2.0, np.array([5.0, math.inf]), np.ones(2), replications=5)
    assert mean == 3.0
    assert all(math.isnan(value) for value in (low, high, ratio))
