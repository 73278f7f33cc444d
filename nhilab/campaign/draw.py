"""Draw where and when campaigns begin."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import NamedTuple

import numpy as np

from nhilab.base.estate import Isolation
from nhilab.base.quantities import NEVER, FloatArray, IntArray
from nhilab.base.streams import stream
from nhilab.campaign.entrances import Entrances
from nhilab.campaign.units import Units
from nhilab.ledger.tables import Cause, Ledger
from nhilab.scenario.file import Entry, Threat


class _Ways(NamedTuple):
    """Columns of the campaigns of one entry class."""

    entered_at: IntArray
    place: IntArray
    unit: IntArray
    copy: IntArray


def draw_entrances(ledger: Ledger, threat: Threat, *, n: int, seed: int, replication: int = 0) -> Entrances:
    """Where and when `n` campaigns begin; the variates do not depend on the strategy.

    Parameters
    ----------
    ledger : Ledger
    threat : Threat
    n : int
        Campaigns.
    seed, replication : int
        Which chance.

    Returns
    -------
    Entrances
        One row per campaign.

    Notes
    -----
    Definition: MODEL.md §7, entry. Checked by ``tests/unit/campaign/test_draw.py``.
    """
    entries = list(threat.entries.values())
    weight = np.array([e.weight for e in entries])
    chance = stream(seed, "campaigns", replication)
    which = np.searchsorted(np.cumsum(weight) / weight.sum(), chance.random(n), side="right")
    when, where = chance.random(n), chance.random(n)
    columns = _nowhere(n)
    units = Units(ledger)
    for number, entry in enumerate(entries):
        rows = np.flatnonzero(which == number)
        drawn = _DRAW[entry.timing](ledger, units, entry, when[rows], where[rows])
        for column, values in zip(columns, drawn, strict=True):
            column[rows] = values
    return Entrances.of(
        entry=which,
        **columns._asdict(),
        dwell=np.array([e.dwell for e in entries], np.int64)[which],
        dormancy=np.array([e.dormancy for e in entries], np.int64)[which],
        takes_keys=np.array([e.takes == "tokens-and-keys" for e in entries], np.bool_)[which],
    )


def _nowhere(n: int) -> _Ways:
    return _Ways(np.full(n, NEVER, np.int64), *(np.full(n, -1, np.int64) for _ in range(3)))


def _theft_interval(ledger: Ledger) -> tuple[int, int]:
    return ledger.warm_up, ledger.horizon - ledger.follow_up


def _pick(u: FloatArray, n: int) -> IntArray:
    """Row 0 … n−1 for each variate."""
    return np.minimum((u * n).astype(np.int64), n - 1)


def _uniform(ledger: Ledger, units: Units, entry: Entry, when: FloatArray, where: FloatArray) -> _Ways:
    """An instant on the theft interval; a unit of the places, all units alike, a running task in a task place."""
    begin, end = _theft_interval(ledger)
    at = begin + (when * (end - begin)).astype(np.int64)
    places = ledger.estate.places
    listed = [places.name.tolist().index(name) for name in entry.places]
    by_slots = np.array([int(units.size[p]) if places.isolation[p] == Isolation.SLOT else 1 for p in listed])
    edges = np.cumsum(by_slots)
    if edges[-1] == 0:
        return _nowhere(len(when))
    spot = where * edges[-1]
    which = np.searchsorted(edges, spot, side="right")
    place = np.array(listed, np.int64)[which]
    within = spot - (edges - by_slots)[which]
    unit = within.astype(np.int64)
    for row in np.flatnonzero(places.isolation[place] == Isolation.TASK).tolist():
        runs = units.runs_at(int(place[row]))
        alive = np.flatnonzero((units.run_from[runs] <= at[row]) & (at[row] < units.run_until[runs]))
        if len(alive):
            unit[row] = units.run_task[runs][alive[int(_pick(within[row : row + 1], len(alive))[0])]]
        else:
            at[row], place[row], unit[row] = NEVER, -1, -1
    return _Ways(at, place, unit, np.full(len(at), -1, np.int64))


def _at_task(ledger: Ledger, units: Units, entry: Entry, when: FloatArray, where: FloatArray) -> _Ways:
    """A task that arrives in the theft interval, at an offset from its start."""
    begin, end = _theft_interval(ledger)
    tasks, workloads = ledger.tasks, ledger.estate.workloads
    chosen = [any(fnmatchcase(name, p) for p in entry.workloads) for name in workloads.name.tolist()]
    rows = np.flatnonzero(
        (tasks.arrived_at >= begin) & (tasks.arrived_at < end) & np.array(chosen, np.bool_)[tasks.workload]
    )
    if not len(rows):
        return _nowhere(len(when))
    task = rows[_pick(when, len(rows))]
    place = workloads.place[tasks.workload[task]].astype(np.int64)
    unit = units.of_task[task] - units.first[place]
    at = tasks.started_at[task] + entry.offset
    gone = (ledger.estate.places.isolation[place] == Isolation.TASK) & (at >= tasks.ended_at[task])
    return _Ways(
        np.where(gone, NEVER, at), np.where(gone, -1, place), np.where(gone, -1, unit), np.full(len(at), -1, np.int64)
    )


def leaks(ledger: Ledger, entry: Entry) -> IntArray:
    """Copies that appeared in the entry's logs within the theft interval; rows of copies."""
    begin, end = _theft_interval(ledger)
    copies = ledger.copies
    listed = np.isin(ledger.estate.places.name[copies.place], list(entry.places))
    in_time = (copies.from_at >= begin) & (copies.from_at < end)
    return np.flatnonzero(listed & in_time & (copies.cause == Cause.LOGGED))


def _at_leak(ledger: Ledger, units: Units, entry: Entry, when: FloatArray, where: FloatArray) -> _Ways:
    """A copy that leaked in the theft interval, a lag after it appeared."""
    rows = leaks(ledger, entry)
    if not len(rows):
        return _nowhere(len(when))
    copy = rows[_pick(when, len(rows))]
    nowhere = np.full(len(copy), -1, np.int64)
    return _Ways(ledger.copies.from_at[copy] + entry.lag, nowhere, nowhere, copy)


_DRAW = {"uniform": _uniform, "at-task": _at_task, "at-leak": _at_leak}
