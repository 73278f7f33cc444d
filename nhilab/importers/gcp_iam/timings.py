"""Measured job durations become quantiles of the task time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from nhilab.base.errors import InputError
from nhilab.importers.gcp_iam.jobs import read_rows

COLUMNS: Final = ("conclusion", "exec_seconds")
SKIPPED: Final = "skipped jobs"
WITHOUT: Final = "no duration given"
NOT_POSITIVE: Final = "durations of zero or less of jobs not skipped"
N_QUANTILES: Final = 21


@dataclass(frozen=True)
class Timings:
    """Durations kept from a file of timings, in seconds; `n_negative` counts rows below zero, whatever the reason."""

    file: str
    n_rows: int
    n_used: int
    n_negative: int
    dropped: Mapping[str, int]
    mean: float
    median: float
    quantiles: tuple[float, ...]


def read_timings(path: Path) -> Timings:
    """Durations of a CSV file with the columns conclusion and exec_seconds.

    Skipped jobs never ran, and a duration of zero or less is an artefact of the clock: both are dropped by rule
    and counted.

    Raises
    ------
    InputError
        If a duration is not a number, or none is left.
    """
    dropped = dict.fromkeys((SKIPPED, WITHOUT, NOT_POSITIVE), 0)
    used: list[float] = []
    negative = 0
    rows = read_rows(path, COLUMNS)
    for line, content in rows:
        seconds = _seconds(path, line, content["exec_seconds"].strip())
        negative += seconds < 0
        if content["conclusion"].strip() == "skipped":
            dropped[SKIPPED] += 1
        elif math.isnan(seconds):
            dropped[WITHOUT] += 1
        elif seconds <= 0:
            dropped[NOT_POSITIVE] += 1
        else:
            used.append(seconds)
    if not used:
        raise InputError(path, "column exec_seconds", "no positive duration", "at least one job that ran")
    quantiles = np.quantile(used, np.linspace(0, 1, N_QUANTILES))
    mean, median = float(np.mean(used)), float(np.median(used))
    return Timings(path.name, len(rows), len(used), negative, dropped, mean, median, tuple(quantiles.tolist()))


def _seconds(path: Path, line: str, text: str) -> float:
    if not text:
        return math.nan
    try:
        seconds = float(text)
    except ValueError as error:
        raise InputError(path, f"{line}, column exec_seconds", text, "seconds, such as 12.5") from error
    if not math.isfinite(seconds):
        raise InputError(path, f"{line}, column exec_seconds", text, "finite seconds, such as 12.5")
    return seconds
