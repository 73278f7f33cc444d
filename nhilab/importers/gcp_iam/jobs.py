"""A list of jobs becomes workloads, and every job left out is named with its reason."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nhilab.base.errors import InputError
from nhilab.base.files import read_text
from nhilab.base.quantities import NEVER, parse_duration
from nhilab.importers.gcp_iam.access import Access, Opening
from nhilab.scenario.cron import parse_cron

SCHEDULES: Final = ("interval", "minimum_interval", "cron")
COLUMNS: Final = ("name", "cluster", "service_account", *SCHEDULES)
NO_ACCOUNT: Final = "names no service account"
UNRESOLVED: Final = "names a Kubernetes service account that no workload-identity binding ties to a Google account"
AMBIGUOUS: Final = "names a Kubernetes service account tied to several Google accounts"
NO_RATE: Final = "has no interval or cron"
NO_CALL: Final = "its account has no grant that a call could use"
_PLACE_NAME: Final = re.compile(r"[^\s*?]+")
_EXCESS: Final = "cells beyond the header"
REASONS: Final = (NO_ACCOUNT, UNRESOLVED, AMBIGUOUS, NO_RATE, NO_CALL)


@dataclass(frozen=True)
class Job:
    """One row of the list of jobs; `every` or `cron` is filled, or neither."""

    name: str
    cluster: str
    service_account: str
    every: str
    cron: str
    minimum: bool


@dataclass(frozen=True)
class Workload:
    """A job that has an account and a rate. `assumed` if its account is the user's statement."""

    name: str
    identity: str
    place: str
    every: str
    cron: str
    assumed: bool


@dataclass(frozen=True)
class Assignment:
    """Jobs by what became of them. A job left out may have several reasons and is listed under each."""

    jobs: tuple[Job, ...]
    workloads: tuple[Workload, ...]
    resolved: int
    left_out: Mapping[str, tuple[str, ...]]


def read_rows(path: Path, columns: tuple[str, ...]) -> list[tuple[str, dict[str, str]]]:
    """Rows of a CSV file with a header that has at least these columns, each with its line as error messages say it.

    Raises
    ------
    InputError
        If the file cannot be read, lacks a column or has no row.
    """
    try:
        text = read_text(path).removeprefix("\ufeff")
        reader = csv.DictReader(io.StringIO(text, newline=""), restval="", restkey=_EXCESS, strict=True)
        header = reader.fieldnames or []
        for name in columns:
            if name not in header:
                raise InputError(path, f"column {name}", "nothing", f"columns {', '.join(columns)}")
        rows = [(f"line {reader.line_num}", dict(row)) for row in reader]
    except csv.Error as error:
        raise InputError(path, f"line {reader.line_num}", str(error), "comma-separated values") from error
    if not rows:
        raise InputError(path, "", "no rows", "a header and at least one row")
    for line, row in rows:
        if _EXCESS in row:
            raise InputError(path, line, row[_EXCESS], f"{len(header)} cells")
    return rows


def read_jobs(path: Path) -> tuple[Job, ...]:
    """Jobs of a CSV file with the columns name, cluster, service_account, interval, minimum_interval and cron.

    A minimum interval (the shortest time between two starts) is read as an interval.

    Raises
    ------
    InputError
        If a job has no name or cluster, two schedules, or a schedule that cannot be read.
    """
    return tuple(_job(path, line, content) for line, content in read_rows(path, COLUMNS))


def _job(path: Path, line: str, content: Mapping[str, str]) -> Job:
    text = {name: content[name].strip() for name in COLUMNS}
    if not text["name"]:
        raise InputError(path, f"{line}, column name", "", "a name")
    if not _PLACE_NAME.fullmatch(text["cluster"]):
        raise InputError(path, f"{line}, column cluster", text["cluster"], "a name without spaces, * and ?")
    given = [name for name in SCHEDULES if text[name]]
    if len(given) > 1:
        raise InputError(path, line, " and ".join(given), f"one of {', '.join(SCHEDULES)}")
    every = text["interval"] or text["minimum_interval"]
    try:
        if every and not 0 < parse_duration(every) < NEVER:
            raise ValueError("a finite length above zero, such as 2h")
        if text["cron"]:
            parse_cron(text["cron"])
    except ValueError as error:
        raise InputError(path, f"{line}, column {given[0]}", every or text["cron"], str(error)) from error
    return Job(text["name"], text["cluster"], text["service_account"], every, text["cron"], "minimum_interval" in given)


def assign(
    jobs: tuple[Job, ...], access: Access, openings: tuple[Opening, ...], default_accounts: Mapping[str, str]
) -> Assignment:
    """Give every job its Google account and keep those that have one, a rate and something to call.

    Parameters
    ----------
    jobs : tuple of Job
        The jobs.
    access : Access
        Accounts, their grants, and which Kubernetes service account stands for which.
    openings : tuple of Opening
        Permissions that open something; they are not what jobs call.
    default_accounts : mapping of str to str
        The account of jobs that name none, by cluster; the user's statement, used only where given.

    Raises
    ------
    InputError
        If a default account is not in the export.
    """
    for cluster, account in sorted(default_accounts.items()):
        if account not in access.identities:
            raise InputError("default accounts", cluster, account, "an account named in the export")
    opened = {(resource, operation) for resource, operation, *_ in openings}
    callers = {identity for identity, resource, operation in access.grants if (resource, operation) not in opened}
    left_out: dict[str, list[str]] = {reason: [] for reason in REASONS}
    workloads, resolved, used = [], 0, defaultdict[str, int](int)
    for job in jobs:
        account, reasons = _account(job, access, default_accounts)
        resolved += bool(account and job.service_account)
        if not (job.every or job.cron):
            reasons.append(NO_RATE)
        if account and account not in callers:
            reasons.append(NO_CALL)
        for reason in reasons:
            left_out[reason].append(job.name)
        if not reasons:
            used[job.name] += 1
            name = job.name if used[job.name] == 1 else f"{job.name} ({used[job.name]})"
            workloads.append(Workload(name, account, job.cluster, job.every, job.cron, not job.service_account))
    ordered = tuple(sorted(workloads, key=lambda workload: workload.name))
    return Assignment(jobs, ordered, resolved, {reason: tuple(sorted(names)) for reason, names in left_out.items()})


def _account(job: Job, access: Access, default_accounts: Mapping[str, str]) -> tuple[str, list[str]]:
    if not job.service_account:
        account = default_accounts.get(job.cluster, "")
        return account, [] if account else [NO_ACCOUNT]
    accounts = access.accounts_of_workload.get((job.cluster, job.service_account), ())
    if len(accounts) == 1:
        return accounts[0], []
    return "", [AMBIGUOUS if accounts else UNRESOLVED]
