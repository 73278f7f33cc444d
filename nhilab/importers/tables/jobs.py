"""Jobs become workloads; each one left out is named with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from nhilab.base.errors import InputError
from nhilab.base.quantities import NEVER, SECOND, parse_duration, parse_rate
from nhilab.importers.tables.cells import RESERVED, length, line, name, number, said, word
from nhilab.importers.tables.estate import Listed
from nhilab.importers.tables.findings import Finding, finding
from nhilab.importers.tables.grants import Access
from nhilab.importers.tables.reading import Row, Table
from nhilab.scenario.cron import parse_cron

KINDS: Final = ("agent", "pipeline", "batch", "service")
SCHEDULES: Final = ("schedule", "cron", "interval", "rate")
PLACE: Final = "runners"
"""Where jobs run that name no place."""

WIDEST: Final = 1000
"""How many times as long as its median a job's p90 may be."""

SHORTEST: Final = SECOND // 1000
"""Shortest time between two runs of an instance, µs."""

MOST: Final = 1_000_000
"""Instances a job may have."""

NO_IDENTITY: Final = "jobs without identity"
UNKNOWN: Final = "jobs whose identity is not in identities.csv"
NO_SCHEDULE: Final = "jobs without schedule, cron, interval or rate"
NO_CALL: Final = "jobs whose identity has no grant that a call could use"

_SCHEDULE: Final = "a cron expression such as 0 6 * * MON-FRI, an interval such as 2h, or a rate such as 3/h"


@dataclass(frozen=True)
class Timing:
    """What the table says of a job's runs: median and p90 of the length in µs, mean number of calls; or nothing."""

    median: int | None
    p90: int | None
    calls: float | None


@dataclass(frozen=True)
class Job:
    """A job that can be simulated; one of `every`, `cron` and `rate` is filled."""

    name: str
    identity: str
    kind: str
    place: str
    every: str
    cron: str
    rate: str
    timing: Timing
    count: int


@dataclass(frozen=True)
class Jobs:
    """Jobs that can be simulated, by name, and what is to be said of the others."""

    kept: tuple[Job, ...]
    findings: tuple[Finding, ...]


def read_jobs(table: Table, listed: Listed, access: Access) -> Jobs:
    """Jobs with a known identity, a schedule and something to call.

    Jobs of one name are told apart by a number: the second one is called ``NAME (2)``.

    Raises
    ------
    InputError
        If a cell holds what is not allowed, a job has two schedules, or no job is left.

    Notes
    -----
    Checked by ``tests/unit/importers/tables/test_jobs.py``.
    """
    opened = {(resource, operation) for resource, operation, _ in access.openings}
    callers = {identity for identity, resource, operation in access.grants if (resource, operation) not in opened}
    left_out: dict[str, list[str]] = {reason: [] for reason in (NO_IDENTITY, UNKNOWN, NO_SCHEDULE, NO_CALL)}
    kept: list[Job] = []
    silent: dict[str, list[str]] = {"kind": [], "place": [], "count": [], "length": [], "calls": []}
    for row in table.rows:
        job = _job(table, row)
        reason = _reason(job, listed, callers)
        if reason:
            left_out[reason].append(f"row {row.number}: {job.name}")
            continue
        kept.append(job)
        for column, names in silent.items():
            cells = ("median", "p90") if column == "length" else (column,)
            if not any(said(row, cell) for cell in cells):
                names.append(job.name)
    if not kept:
        counts = ", ".join(f"{len(names)} {reason}" for reason, names in left_out.items() if names)
        found = f"no job that can be simulated: {counts}" if counts else "no rows"
        raise InputError(table.path, "", found, "at least one job with an identity, a schedule and a grant")
    distinct = _distinct(kept, {row.cells["name"] for row in table.rows})
    renamed = (f"{old.name}: {new.name}" for old, new in zip(kept, distinct, strict=True) if old.name != new.name)
    return Jobs(
        kept=tuple(sorted(distinct, key=lambda job: job.name)),
        findings=(
            *(one for reason, names in left_out.items() for one in finding("left out", "jobs", reason, names)),
            *finding("inferred", "jobs", "jobs of a name given before, now numbered", renamed),
            *finding("inferred", "jobs", "jobs without a kind, taken as pipeline", silent["kind"]),
            *finding("inferred", "jobs", f"jobs without a place, taken as {PLACE}", silent["place"]),
            *finding("inferred", "jobs", "jobs without a count, taken as 1", silent["count"]),
            *finding("inferred", "jobs", "jobs without median and p90, whose length is assumed", silent["length"]),
            *finding("inferred", "jobs", "jobs without calls, whose number is assumed", silent["calls"]),
        ),
    )


def _reason(job: Job, listed: Listed, callers: set[str]) -> str:
    """Why a job cannot be simulated, the first reason; empty if it can."""
    if not job.identity:
        return NO_IDENTITY
    if job.identity not in listed.identities:
        return UNKNOWN
    if not (job.every or job.cron or job.rate):
        return NO_SCHEDULE
    return "" if job.identity in callers else NO_CALL


def _job(table: Table, row: Row) -> Job:
    kind = said(row, "kind").lower() or "pipeline"
    if kind not in KINDS:
        raise table.refusal(row, "kind", ", ".join(KINDS))
    count = number(table, row, "count", least=1, most=MOST, allowed=f"a whole number from 1 to {MOST:,}") or 1
    if count != int(count):
        raise table.refusal(row, "count", "a whole number")
    every, cron, rate = _schedule(table, row)
    return Job(
        name=name(table, row, "name"),
        identity=line(table, row, "identity", "a name"),
        kind=kind,
        place=word(table, row, "place", reserved=RESERVED) or PLACE,
        every=every,
        cron=cron,
        rate=rate,
        timing=_timing(table, row),
        count=int(count),
    )


def _timing(table: Table, row: Row) -> Timing:
    median, p90 = length(table, row, "median"), length(table, row, "p90")
    if median is not None and p90 is not None and not median <= p90 <= WIDEST * median:
        raise table.refusal(row, "p90", f"from the median ({said(row, 'median')}) to {WIDEST:,} times as long")
    return Timing(median, p90, number(table, row, "calls", least=1, most=1e5, allowed="a number of calls, at least 1"))


def _schedule(table: Table, row: Row) -> tuple[str, str, str]:
    """Interval, cron expression and rate of a job: one of them, or none."""
    given = [column for column in SCHEDULES if said(row, column)]
    if len(given) > 1:
        shown = " and ".join(f"{column} {said(row, column)}" for column in given)
        raise InputError(table.path, f"row {row.number}", shown, f"one of {', '.join(SCHEDULES)}")
    column = given[0] if given else ""
    text = said(row, column)
    if column == "schedule":
        column = next((as_ for as_, reads in _READS.items() if _is(reads, text)), "")
        if not column:
            raise table.refusal(row, "schedule", _SCHEDULE)
    elif column == "interval":
        length(table, row, "interval")
        text += "s" if table.in_seconds("interval") and text[-1].isdecimal() else ""
    if column in _READS and not _is(_READS[column], text):
        raise table.refusal(row, column, _ALLOWED[column])
    every, cron, rate = (text if column == one else "" for one in ("interval", "cron", "rate"))
    return every, cron, rate


def _interval(text: str) -> None:
    if not SHORTEST <= parse_duration(text) < NEVER:
        raise ValueError(text)


def _rate(text: str) -> None:
    if parse_rate(text) > SECOND / SHORTEST:
        raise ValueError(text)


_READS: Final[dict[str, Callable[[str], object]]] = {"cron": parse_cron, "interval": _interval, "rate": _rate}
_ALLOWED: Final = {
    "cron": "five cron fields such as 0 6,18 * * MON-FRI",
    "interval": "an interval of at least 1ms",
    "rate": "a rate such as 3/h or 0.5/s, at most 1000/s",
}


def _is(reads: Callable[[str], object], text: str) -> bool:
    try:
        reads(text)
    except ValueError:
        return False
    return True


def _distinct(jobs: list[Job], taken: set[str]) -> list[Job]:
    """The jobs under names of their own; a number is not taken that makes the name of another job."""
    used, distinct = Counter[str](), []
    for job in jobs:
        used[job.name] += 1
        given = job.name
        if used[job.name] > 1:
            while f"{job.name} ({used[job.name]})" in taken:
                used[job.name] += 1
            given = f"{job.name} ({used[job.name]})"
            taken.add(given)
        distinct.append(replace(job, name=given))
    return distinct
