from __future__ import annotations

import numpy as np
import pytest

from nhilab.base.quantities import (
    DAY,
    HOUR,
    MINUTE,
    NEVER,
    SECOND,
    add,
    format_duration,
    parse_duration,
    parse_rate,
    to_seconds,
)


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("7us", 7),
        ("7µs", 7),
        ("20ms", 20_000),
        ("1.5s", 1_500_000),
        ("15m", 15 * MINUTE),
        ("15min", 15 * MINUTE),
        ("1h30m", HOUR + 30 * MINUTE),
        (" 1h 30m ", HOUR + 30 * MINUTE),
        ("7d", 7 * DAY),
        ("2w", 14 * DAY),
        ("1y", 365 * DAY),
        ("0", 0),
        ("0s", 0),
        (0, 0),
        ("never", NEVER),
        ("unlimited", NEVER),
    ],
)
def test_a_length_is_read_in_microseconds(text: object, micros: int) -> None:
    parsed = parse_duration(text)
    assert parsed == micros
    assert type(parsed) is int


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "15",
        "m",
        "-5m",
        "5 parsecs",
        "15m!",
        "x15m",
        "1h30",
        "1,5s",
        "1e3s",
        15,
        -1,
        1.5,
        True,
        False,
        None,
        [],
    ],
)
def test_what_is_not_a_length_with_a_unit_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="length with a unit"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["300000y", "200000y 200000y", "9" * 400 + "s"])
def test_a_length_beyond_never_is_never(text: str) -> None:
    assert parse_duration(text) == NEVER


@pytest.mark.parametrize(
    "text", ["0", "1ms", "20ms", "1.5s", "59s", "15m", "1m30s", "1h30m", "12h", "7d", "7d12h", "never"]
)
def test_a_length_people_write_comes_back_as_written(text: str) -> None:
    assert format_duration(parse_duration(text)) == text


def test_any_length_is_written_to_within_two_and_a_half_per_cent() -> None:
    for length in np.unique(np.geomspace(1, 300 * 365 * DAY, 5_000).astype(np.int64)):
        written = parse_duration(format_duration(int(length)))
        assert abs(written - length) <= 0.025 * length, (length, format_duration(int(length)))


@pytest.mark.parametrize("length", [999_499, 999_500, 999_999, SECOND, MINUTE - 1, HOUR - 1, DAY - 1, NEVER - 1])
def test_a_length_just_below_a_unit_can_still_be_read(length: int) -> None:
    assert parse_duration(format_duration(length)) == pytest.approx(length, rel=0.01)


@pytest.mark.parametrize(
    ("text", "per_second"),
    [
        ("36/h", 0.01),
        ("0.5/s", 0.5),
        ("3 / m", 0.05),
        ("1/7d", 1 / 604_800),
        ("2/1h30m", 2 / 5400),
        ("1e3/s", 1000.0),
    ],
)
def test_a_rate_is_read_per_second(text: str, per_second: float) -> None:
    assert parse_rate(text) == pytest.approx(per_second, rel=1e-15)


@pytest.mark.parametrize(
    "text", ["0/s", "-1/s", "3", "3/", "/h", "3/0", "3/0s", "3/never", "1e999/s", "3/h/h", 3, None]
)
def test_what_is_not_a_positive_finite_rate_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="such as"):
        parse_rate(text)


def test_sums_that_reach_never_stay_there() -> None:
    assert add(NEVER, NEVER) == add(NEVER, 1) == add(NEVER - 1, 1) == add(NEVER - 1, 2) == NEVER
    assert add(NEVER - 2, 1) == NEVER - 1
    many = np.array([0, NEVER - 1, NEVER])
    assert add(many, 1).tolist() == [1, NEVER, NEVER]
    assert add(many, many).tolist() == [0, NEVER, NEVER]
    assert add(many, NEVER).dtype == np.int64


def test_a_sum_of_columns_leaves_its_terms_alone() -> None:
    left, right = np.array([1, NEVER]), np.array([2, 3])
    assert add(left, right).tolist() == [3, NEVER]
    assert (left.tolist(), right.tolist()) == ([1, NEVER], [2, 3])


def test_seconds_of_never_are_infinite() -> None:
    seconds = to_seconds(np.array([0, 1, 1_500_000, NEVER - 2**10, NEVER, NEVER + 1]))
    assert seconds[:3].tolist() == [0.0, 1e-6, 1.5]
    assert np.isinf(seconds).tolist() == [False, False, False, False, True, True]
