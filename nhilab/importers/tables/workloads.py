"""How jobs run: profiles of their lengths and calls, and how much runners and issuer must bear."""

from __future__ import annotations

import itertools
import math
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

import numpy as np
from scipy.special import ndtri

from nhilab.base.quantities import DAY, NEVER, SECOND, format_duration, parse_duration, parse_rate
from nhilab.importers.assumptions import CALLS, SERVERS, SERVICE_TIME, SLOTS, TASK_TIME
from nhilab.importers.tables.findings import Finding, finding
from nhilab.importers.tables.jobs import Job, Timing
from nhilab.scenario.cron import parse_cron

START: Final = np.datetime64("2026-01-05", "m")
"""When simulated time begins, a Monday, as scenarios do that say nothing else."""

WEEK: Final = 7 * DAY
MANY: Final = 400
"""Profiles that a scenario file can hold and still be read; if there are more, medians, p90s and calls are rounded."""

STEPS: Final = (25, 10, 5, 3, 2, 1)
"""Values a decade to which they are rounded: the first that gives few enough."""

SPARE: Final = 2
"""How many times what the jobs need on average runners and issuer can bear."""

_UNKNOWN: Final = Timing(None, None, None)


@dataclass(frozen=True)
class Workloads:
    """Jobs with the name of each one's profile, what the tables say of each profile, slots and servers.

    A profile is named after the first job that has it.
    `tasks` and `calls` are those of the simulated day, on average.
    """

    jobs: tuple[tuple[Job, str], ...]
    timings: Mapping[str, Timing]
    slots: Mapping[str, int]
    servers: int
    tasks: float
    calls: float
    findings: tuple[Finding, ...]


def plan(jobs: tuple[Job, ...]) -> Workloads:
    r"""Profiles of jobs, and the size of what they run on.

    Notes
    -----
    A place with jobs of rate :math:`\lambda_j` and mean length :math:`m_j` needs :math:`a = \sum_j \lambda_j m_j`
    slots on average and is given :math:`\max(\min(40, n), \lceil 2a \rceil)` for its n instances: fewer would queue
    without end, and slots that nobody uses are ways in that find nothing. The issuer has
    :math:`\max(4, \lceil 2a \rceil)` servers, by a credential for each call. Checked by
    ``tests/unit/importers/tables/test_jobs.py``.
    """
    timed, rounded = _rounded(jobs)
    ordered = sorted({job.timing for job in timed} - {_UNKNOWN}, key=_order)
    profiles = {_UNKNOWN: "default"} | _named(ordered, timed)
    busy: dict[str, float] = defaultdict(float)
    instances: dict[str, int] = defaultdict(int)
    asked = tasks = calls = 0.0
    idle: list[str] = []
    for job in timed:
        weekly, daily = (job.count * times for times in _tasks(job))
        number = job.timing.calls or CALLS
        instances[job.place] += job.count
        busy[job.place] += weekly * SECOND / WEEK * min(mean_length(job.timing), DAY / SECOND)
        asked += weekly * SECOND / WEEK * number * SERVICE_TIME
        tasks, calls = tasks + daily, calls + daily * number
        idle += [] if daily else [job.name]
    slots = {p: max(min(SLOTS, instances[p]), math.ceil(SPARE * need)) for p, need in sorted(busy.items())}
    servers = max(SERVERS, math.ceil(SPARE * asked))
    larger = [f"{place}: {n:,} slots" for place, n in slots.items()]
    larger += [f"issuer: {servers:,} servers"] if servers > SERVERS else []
    return Workloads(
        jobs=tuple((job, profiles[job.timing]) for job in timed),
        timings={name: timing for timing, name in profiles.items() if any(job.timing == timing for job in timed)},
        slots=slots,
        servers=servers,
        tasks=tasks,
        calls=calls,
        findings=(
            *finding(
                "inferred",
                "jobs",
                f"jobs rounded, as there are more than {MANY} kinds of median / p90 / calls",
                rounded,
            ),
            *finding(
                "inferred", "jobs", "slots of places, as many as instances up to 40, or twice what they need", larger
            ),
            *finding("to know", "jobs", "jobs that do not run on the simulated day, a Monday, 5 January", idle),
        ),
    )


def _named(timings: list[Timing], jobs: tuple[Job, ...]) -> dict[Timing, str]:
    """Names of profiles, each after the first job that has it, without what a name may not have."""
    first = {job.timing: job.name for job in sorted(jobs, key=lambda job: job.name, reverse=True)}
    names: dict[Timing, str] = {}
    for timing in timings:
        plain = "like-" + re.sub(r"[\s*?]+", "-", first[timing])
        numbered = (f"{plain}~{number}" for number in itertools.count(2))
        names[timing] = next(name for name in itertools.chain([plain], numbered) if name not in names.values())
    return names


def mean_length(timing: Timing) -> float:
    """Mean length of a task, s.

    Notes
    -----
    Lognormal by median m and p90 q: :math:`m e^{\\sigma^2/2}`; exponential where one of them is known.
    """
    if timing.median is not None and timing.p90 is not None:
        return timing.median / SECOND * math.exp(sigma(timing.median, timing.p90) ** 2 / 2)
    if timing.median is not None:
        return timing.median / SECOND / math.log(2)
    return timing.p90 / SECOND / math.log(10) if timing.p90 is not None else TASK_TIME


def sigma(median: float, p90: float) -> float:
    r"""Standard deviation of the logarithm of a lognormal, :math:`\ln(q/m) / z_{0.9}`.

    Examples
    --------
    >>> round(sigma(60, 60 * 3.602), 3)
    1.0
    """
    return math.log(p90 / median) / float(ndtri(0.9))


def profile(timing: Timing) -> dict[str, Any]:
    """What the tables say of a profile, as a scenario file writes it."""
    said: dict[str, Any] = {}
    if timing.calls is not None:
        said["calls"] = {"geometric": timing.calls, "measured": "jobs.csv: calls; geometric by assumption"}
    if timing.median is not None and timing.p90 is not None:
        shape = {"median": _seconds(timing.median / SECOND), "sigma": round(sigma(timing.median, timing.p90), 4)}
        said["task_time"] = {"lognormal": shape, "measured": "jobs.csv: median and p90; lognormal by assumption"}
    elif timing.median is not None or timing.p90 is not None:
        known = "median" if timing.median is not None else "p90"
        mean = _seconds(mean_length(timing))
        said["task_time"] = {"exponential": mean, "measured": f"jobs.csv: {known}; exponential by assumption"}
    return said


def _seconds(seconds: float) -> str:
    return f"{seconds:.6f}".rstrip("0").rstrip(".") + "s"


def _order(timing: Timing) -> tuple[float, ...]:
    return tuple(-1 if part is None else part for part in (timing.median, timing.p90, timing.calls))


def _rounded(jobs: tuple[Job, ...]) -> tuple[tuple[Job, ...], list[str]]:
    """The jobs, their timings rounded if they are too many, no more than it takes, and what was changed."""
    rounded, steps = jobs, iter(STEPS)
    while len({job.timing for job in rounded} - {_UNKNOWN}) > MANY and (step := next(steps, 0)):
        rounded = tuple(replace(job, timing=_near(job.timing, step)) for job in jobs)
    pairs = [(old, new) for old, new in zip(jobs, rounded, strict=True) if old.timing != new.timing]
    return rounded, [f"{new.name}: {_shown(old.timing)} to {_shown(new.timing)}" for old, new in pairs]


def _near(timing: Timing, step: int) -> Timing:
    """The nearest timing on a logarithmic grid of `step` values a decade."""

    def near(part: float) -> float:
        return float(10 ** (round(math.log10(part) * step) / step))

    median, p90 = (None if part is None else max(1, round(near(part))) for part in (timing.median, timing.p90))
    return Timing(median, p90, None if timing.calls is None else round(near(timing.calls), 2))


def _shown(timing: Timing) -> str:
    lengths = (timing.median, timing.p90)
    shown = [format_duration(part) if part is not None else "–" for part in lengths]
    return " / ".join([*shown, "–" if timing.calls is None else f"{timing.calls:g}"])


def _tasks(job: Job) -> tuple[float, float]:
    """Mean number of tasks of one instance in a week, and on the simulated day."""
    if job.cron:
        return _firings(job.cron)
    length = NEVER if job.rate else parse_duration(job.every)
    daily = parse_rate(job.rate) * DAY / SECOND if job.rate else DAY / length
    return 7 * daily, daily


@cache
def _firings(cron: str) -> tuple[float, float]:
    found = parse_cron(cron).firings(START, WEEK)
    return float(len(found)), float(np.count_nonzero(found < DAY))
