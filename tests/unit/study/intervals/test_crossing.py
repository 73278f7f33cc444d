"""Where functions with known roots cross 0, and how well that is known."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pytest

from nhilab.study.intervals.crossing import Crossing, Known, Scale, crossing

Function = Callable[[float], float]
MINUTES = Scale(60.0, 43_200.0, 0.01, logarithmic=True)
LINEAR = Scale(1.0, 10.0, 0.001, logarithmic=False)
WHOLE = Scale(1.0, 100.0, 0.01, logarithmic=False, whole=True)


def found(mean: Function, half: Function | float, scale: Scale = MINUTES) -> tuple[Crossing, list[float]]:
    """The crossing, and all that was asked for."""
    asked: list[float] = []

    def width(value: float) -> float:
        return half if isinstance(half, float) else half(value)

    def evaluate(values: Sequence[float]) -> list[Known]:
        asked.extend(values)
        return [Known(mean(v), mean(v) - width(v), mean(v) + width(v)) for v in values]

    return crossing(evaluate, scale), asked


def test_a_root_at_a_value_that_is_tried_anyway_is_one_crossing() -> None:
    result, _ = found(lambda x: x - 5.5, 0.9, LINEAR)
    assert (result.value, result.crossings) == (5.5, 1)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_root_and_the_values_around_it_are_found_rising_or_falling(sign: int) -> None:
    result, asked = found(lambda x: sign * (x - 300), 30.0)
    assert result.kind == "found"
    assert result.value == pytest.approx(300, rel=0.01)
    assert result.low == pytest.approx(270, rel=0.01)
    assert result.high == pytest.approx(330, rel=0.01)
    assert len(asked) == len(set(asked)) < 25


def test_the_interval_never_leaves_out_a_value_that_cannot_be_told_from_nought() -> None:
    result, _ = found(lambda x: x - 300, 30.0)
    assert result.low is not None
    assert result.high is not None
    assert result.low <= 270
    assert result.high >= 330


def test_equal_searches_ask_for_equal_rounded_values() -> None:
    first, second = (found(lambda x: x - 317.123, 12.0)[1] for _ in range(2))
    assert first == second
    assert all(float(f"{value:.5g}") == value for value in first)


@pytest.mark.parametrize(("root", "missing"), [(60.0, "low"), (43_200.0, "high")])
def test_a_root_at_an_end_of_the_range_is_found_and_open_there(root: float, missing: str) -> None:
    result, _ = found(lambda x: x - root, 5.0)
    assert result.value == root
    assert getattr(result, missing) is None


def test_an_interval_beyond_the_range_is_open() -> None:
    result, _ = found(lambda x: x - 300, 3000.0)
    assert result.low is None
    assert result.high == pytest.approx(3300, rel=0.01)


def test_without_a_crossing_there_is_none() -> None:
    assert found(lambda x: x + 1, 5.0)[0] == Crossing("none")


def test_a_constant_is_flat_and_never_crosses() -> None:
    assert found(lambda x: 2.0, 5.0)[0] == Crossing("flat")
    assert found(lambda x: 0.0, 0.0)[0] == Crossing("flat")


def test_what_has_no_value_is_undefined() -> None:
    assert found(lambda x: math.nan, 1.0)[0] == Crossing("undefined")


def test_a_crossing_beside_values_that_are_missing_is_found() -> None:
    result, _ = found(lambda x: x - 3000 if x > 200 else math.nan, 10.0)
    assert result.value == pytest.approx(3000, rel=0.01)


def test_a_root_without_intervals_has_no_ends() -> None:
    result, _ = found(lambda x: x - 300, math.nan)
    assert result.value == pytest.approx(300, rel=0.01)
    assert (result.low, result.high) == (None, None)


def test_of_several_crossings_the_first_is_given_and_all_are_counted() -> None:
    result, _ = found(math.sin, 0.1, LINEAR)
    assert result.crossings == 3
    assert result.value == pytest.approx(math.pi, abs=0.01)
    assert result.low == pytest.approx(math.pi - 0.1, abs=0.02)
    assert result.high == pytest.approx(math.pi + 0.1, abs=0.02)


def test_whole_numbers_are_halved_down_to_neighbours() -> None:
    result, asked = found(lambda n: n - 7.3, 0.1, WHOLE)
    assert (result.value, result.low, result.high) == (7, 7, 8)
    assert all(value == round(value) for value in asked)
    assert found(lambda n: n - 7.3, 2.0, WHOLE)[0] == Crossing("found", 7, 6, 9, 1)


def test_an_interval_of_nought_at_the_root_alone_does_not_hide_its_neighbours() -> None:
    result, _ = found(lambda x: x - 60, lambda x: 0.0 if x == 60 else 40.0)
    assert result.high == pytest.approx(100, rel=0.02)


def test_a_step_is_found_although_it_has_no_root() -> None:
    result, _ = found(lambda x: -1.0 if x < 1000 else 1.0, 0.5)
    assert result.low is not None
    assert result.high is not None
    assert result.low < 1000 <= result.high < 1000 * 1.01
