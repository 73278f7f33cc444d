"""Signs of a difference of quantiles; to be merged into test_intervals.py."""

from __future__ import annotations

import numpy as np

from nhilab.study.intervals import quantile_contrast


def test_a_difference_of_quantiles_and_its_interval_have_one_sign() -> None:
    first = np.arange(1000.0) / 1000
    assert quantile_contrast(5.0, 2.0, first + 3.0, first)[:3] == (3.0, 3.0, 3.0)
    mean, low, high = quantile_contrast(5.0, 2.0, 2 * first + 3.0, first)[:3]
    assert mean == 3.0 and 3.0 <= low < 3.1 and 3.9 < high <= 4.0
