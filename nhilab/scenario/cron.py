"""Cron schedules: five fields, with lists, ranges, steps and names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from nhilab.base.quantities import MINUTE, IntArray

_MONTHS: Final = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS: Final = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_ALIASES: Final = {
    "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
}  # fmt: skip


@dataclass(frozen=True)
class CronSchedule:
    """Values each field allows; day of month and day of week are alternatives when both are given."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either_day: bool

    def firings(self, start: np.datetime64, length: int) -> IntArray:
        """Instants at which it fires on [0, length); shape (n,), int64, µs since `start`.

        Parameters
        ----------
        start : datetime64
            Wall-clock minute of instant 0.
        length : int
            µs to look ahead.
        """
        n_minutes = -(-length // MINUTE)
        clock = start.astype("datetime64[m]") + np.arange(n_minutes)
        day = clock.astype("datetime64[D]")
        month = clock.astype("datetime64[M]")
        minute = (clock - day).astype(np.int64)
        weekday = (day.astype(np.int64) + 4) % 7
        by_day = np.isin((day - month).astype(np.int64) + 1, list(self.days))
        by_weekday = np.isin(weekday, list(self.weekdays))
        fires = (by_day | by_weekday) if self.either_day else (by_day & by_weekday)
        fires &= np.isin(month.astype(np.int64) % 12 + 1, list(self.months))
        fires &= np.isin(minute % 60, list(self.minutes)) & np.isin(minute // 60, list(self.hours))
        return np.flatnonzero(fires).astype(np.int64) * MINUTE


def _number(text: str, names: list[str], offset: int) -> int:
    if text.lower() in names:
        return names.index(text.lower()) + offset
    if not text.isdigit():
        raise ValueError(text)
    return int(text)


def _field(text: str, low: int, high: int, names: list[str], offset: int) -> frozenset[int]:
    values: set[int] = set()
    for part in text.split(","):
        span, slash, step = part.partition("/")
        if span == "*":
            first, last = low, high
        else:
            begin, dash, end = span.partition("-")
            first = _number(begin, names, offset)
            last = _number(end, names, offset) if dash else (high if step else first)
        stride = int(step) if slash else 1
        if not (low <= first <= last <= high) or stride < 1:
            raise ValueError(part)
        values.update(range(first, last + 1, stride))
    return frozenset(values)


def parse_cron(text: str) -> CronSchedule:
    """Schedule of ``"15 14-20/5 * * MON-FRI"``.

    Raises
    ------
    ValueError
        If it is not a five-field cron expression.

    Examples
    --------
    >>> parse_cron("0 6,18 * * *").firings(np.datetime64("2026-01-05"), 86_400_000_000) // 3_600_000_000
    array([ 6, 18])
    """
    fields = _ALIASES.get(text.strip(), text).split()
    if len(fields) != 5:
        raise ValueError("five cron fields such as 0 6,18 * * MON-FRI")
    try:
        weekdays = _field(fields[4], 0, 7, _DAYS, 0)
        return CronSchedule(
            minutes=_field(fields[0], 0, 59, [], 0),
            hours=_field(fields[1], 0, 23, [], 0),
            days=_field(fields[2], 1, 31, [], 0),
            months=_field(fields[3], 1, 12, _MONTHS, 1),
            weekdays=frozenset(day % 7 for day in weekdays),
            either_day=not fields[2].startswith("*") and not fields[4].startswith("*"),
        )
    except ValueError as error:
        raise ValueError("five cron fields such as 0 6,18 * * MON-FRI") from error
