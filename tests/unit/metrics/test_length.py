from __future__ import annotations

import math

import numpy as np
from unit.metrics.tiny import SECOND

from nhilab.base.quantities import NEVER
from nhilab.metrics.length import capped_mean, elapsed
from nhilab.metrics.observation import Observation


def test_a_length_runs_from_the_first_instant_to_the_second() -> None:
    assert elapsed(np.array([10]), np.array([25])).tolist() == [15]


def test_what_ends_before_it_begins_has_no_length() -> None:
    assert elapsed(np.array([25]), np.array([10])).tolist() == [0]


def test_what_begins_and_does_not_end_lasts_for_ever() -> None:
    assert elapsed(np.array([25]), np.array([NEVER])).tolist() == [NEVER]


def test_what_never_begins_has_no_length() -> None:
    assert elapsed(np.array([NEVER, NEVER]), np.array([NEVER, 5])).tolist() == [0, 0]


def test_lengths_above_the_cap_count_as_the_cap_in_the_mean() -> None:
    assert capped_mean(np.array([2 * SECOND, 30 * SECOND, NEVER]), 10 * SECOND).value == (2 + 10 + 10) / 3


def test_lengths_above_the_cap_are_infinite_in_the_sample_and_the_cap_itself_is_not() -> None:
    lengths = np.array([10 * SECOND, 10 * SECOND + 1, NEVER])
    assert capped_mean(lengths, 10 * SECOND).sample.tolist() == [10.0, math.inf, math.inf]


def test_an_empty_group_has_no_mean() -> None:
    assert math.isnan(capped_mean(np.empty(0, np.int64), 10).value)


def test_a_share_of_nobody_is_not_a_number() -> None:
    assert math.isnan(Observation.share(np.empty(0, np.bool_)).value)


def test_a_count_of_nothing_is_zero() -> None:
    assert Observation.count(0).value == 0


def test_a_mean_does_not_depend_on_the_order_of_its_values() -> None:
    values = np.array([1e16, 1.0, 1.0, -1e16])
    assert Observation.mean(values).value == Observation.mean(values[::-1]).value == 0.5
