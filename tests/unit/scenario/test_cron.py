"""Cron schedules: names, ranges, steps, lists, aliases, and the rule of day or weekday."""

from __future__ import annotations

import numpy as np
import pytest

from nhilab.base.quantities import DAY, HOUR, MINUTE
from nhilab.scenario.cron import parse_cron

MONDAY = np.datetime64("2026-01-05")


def days(text: str, length: int = 31 * DAY, start: str = "2026-01-01") -> list[int]:
    """Days of the month on which it fires."""
    return sorted({int(at // DAY) + 1 for at in parse_cron(text).firings(np.datetime64(start), length)})


@pytest.mark.parametrize(
    ("field", "minutes"),
    [
        ("*", list(range(60))), ("0", [0]), ("59", [59]), ("3,1,2", [1, 2, 3]), ("10-13", [10, 11, 12, 13]),
        ("*/20", [0, 20, 40]), ("50/4", [50, 54, 58]), ("5-20/5", [5, 10, 15, 20]), ("1-3,*/30", [0, 1, 2, 3, 30]),
        ("7-7", [7]), ("*/59", [0, 59]),
    ],
)  # fmt: skip
def test_minutes_are_lists_of_values_ranges_and_steps(field: str, minutes: list[int]) -> None:
    assert (parse_cron(f"{field} * * * *").firings(MONDAY, HOUR) // MINUTE).tolist() == minutes


def test_hours_count_from_midnight() -> None:
    assert (parse_cron("30 14-20/3 * * *").firings(MONDAY, DAY) // MINUTE).tolist() == [870, 1050, 1230]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("0 0 * * MON", [5, 12, 19, 26]), ("0 0 * * 1", [5, 12, 19, 26]),
        ("0 0 * * mon,Tue", [5, 6, 12, 13, 19, 20, 26, 27]),
        ("0 0 * * 0", [4, 11, 18, 25]), ("0 0 * * 7", [4, 11, 18, 25]), ("0 0 * * SUN", [4, 11, 18, 25]),
        ("0 0 * * 5-7", [2, 3, 4, 9, 10, 11, 16, 17, 18, 23, 24, 25, 30, 31]),
        ("0 0 * * MON-WED/2", [5, 7, 12, 14, 19, 21, 26, 28]),
        ("0 0 31 * *", [31]), ("0 0 */10 * *", [1, 11, 21, 31]), ("0 0 1 feb *", []), ("0 0 1-2 JAN,MAR *", [1, 2]),
    ],
)  # fmt: skip
def test_days_have_names_and_sunday_two_numbers(text: str, wanted: list[int]) -> None:
    assert days(text) == wanted


def test_day_and_weekday_are_alternatives_when_both_are_given() -> None:
    assert days("0 0 13 * FRI") == [2, 9, 13, 16, 23, 30]


def test_day_and_weekday_must_both_hold_when_one_begins_with_a_star() -> None:
    assert days("0 0 13 * *") == [13]
    assert days("0 0 */2 * FRI") == [9, 23]
    assert days("0 0 2 * */5") == [2], "Fridays and Sundays, on the second"


def test_months_and_leap_days_are_those_of_the_calendar() -> None:
    assert days("0 0 29 2 *", length=31 * DAY, start="2028-02-01") == [29]
    assert days("0 0 29 2 *", length=28 * DAY, start="2026-02-01") == []
    assert days("0 0 1 DEC *", start="2026-12-01") == [1]


@pytest.mark.parametrize(
    ("alias", "plain"),
    [("@hourly", "0 * * * *"), ("@daily", "0 0 * * *"), ("@weekly", "0 0 * * SUN"), ("@monthly", "0 0 1 * *"),
     ("@yearly", "0 0 1 1 *"), ("@annually", "0 0 1 JAN *"), ("@midnight", "0 0 * * *")],
)  # fmt: skip
def test_an_alias_is_short_for_its_five_fields(alias: str, plain: str) -> None:
    firings = parse_cron(alias).firings(np.datetime64("2025-12-31"), 8 * DAY).tolist()
    assert firings and firings == parse_cron(plain).firings(np.datetime64("2025-12-31"), 8 * DAY).tolist()


def test_firings_lie_within_the_length_asked_for() -> None:
    every_minute = parse_cron("* * * * *")
    assert every_minute.firings(MONDAY, 2 * MINUTE).tolist() == [0, MINUTE]
    assert every_minute.firings(MONDAY, 2 * MINUTE + 1).tolist() == [0, MINUTE, 2 * MINUTE]
    assert every_minute.firings(MONDAY, 0).tolist() == []


@pytest.mark.parametrize(
    "text",
    ["", "*", "* * * *", "* * * * * *", "60 * * * *", "-1 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *",
     "* * * 0 *", "* * * 13 *", "* * * * 8", "5-3 * * * *", "*/0 * * * *", "*/x * * * *", "1,,2 * * * *", "MON * * * *",
     "* * MON * *", "1-2-3 * * * *", "1.5 * * * *", "* * * * FRI-MON", "@noon", "@reboot",
     "5/ * * * *", "* * * * MONKEY"],
)  # fmt: skip
def test_nonsense_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="five cron fields such as"):
        parse_cron(text)
