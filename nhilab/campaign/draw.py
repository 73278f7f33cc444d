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
from nhilab.ledger.acceptance import dead_at
from nhilab.ledger.tables import Cause, Ledger, Source
from nhilab.scenario.threat_section import Entry, Threat


class _Ways(NamedTuple):
    """Columns of the campaigns of one entry class."""

    entered_at: IntArray
    place: IntArray
    unit: IntArray
    copy: IntArray
    task: IntArray
    held: IntArray
    signer: IntArray


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
    resident = np.array([e.resident for e in entries], np.bool_)[which] & (columns.task >= 0)
    return Entrances.of(
        entry=which,
        **columns._asdict(),
        dwell=np.array([e.dwell for e in entries], np.int64)[which],
        dormancy=np.array([e.dormancy for e in entries], np.int64)[which],
        takes_keys=np.array([e.takes == "tokens-and-keys" for e in entries], np.bool_)[which],
        inside=np.array([e.takes == "nothing" for e in entries], np.bool_)[which],
        stays_until=np.where(resident, np.append(ledger.tasks.ended_at, 0)[columns.task], 0),
        key=stream(seed, "responses", replication).integers(1 << 63, size=n),
    )


def _nowhere(n: int) -> _Ways:
    return _ways(np.full(n, NEVER, np.int64))


def _ways(entered_at: IntArray, **given: IntArray) -> _Ways:
    """Columns of one entry class; -1 where nothing is given."""
    n, names = len(entered_at), _Ways._fields[1:]
    return _Ways(entered_at, **{name: given.get(name, np.full(n, -1, np.int64)) for name in names})


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
    return _ways(at, place=place, unit=unit)


def _next_task(ledger: Ledger, units: Units, entry: Entry, when: FloatArray, where: FloatArray) -> _Ways:
    """The first start, from a uniform instant on, in a unit of the places: all units alike in which a task ran."""
    begin, end = _theft_interval(ledger)
    names = ledger.estate.places.name.tolist()
    listed = [names.index(name) for name in entry.places]
    own = np.concatenate([units.first[p] + np.arange(units.size[p]) for p in listed]) if listed else np.empty(0)
    if not len(own):
        return _nowhere(len(when))
    at = begin + (when * (end - begin)).astype(np.int64)
    unit = own[_pick(where, len(own))].astype(np.int64)
    ways = _nowhere(len(when))
    for row in range(len(when)):
        runs = units.runs_in(int(unit[row]))
        later = np.searchsorted(units.run_from[runs], at[row])
        if later < runs.stop - runs.start:
            task = int(units.run_task[runs][later])
            _enter_task(ledger, units, entry, ways, row, task)
    return ways


def _enter_task(ledger: Ledger, units: Units, entry: Entry, ways: _Ways, row: int, task: int) -> None:
    """Come in by a task, at an offset from its start; nowhere where its unit has gone by then."""
    place = int(ledger.estate.workloads.place[ledger.tasks.workload[task]])
    at = int(ledger.tasks.started_at[task]) + entry.offset
    if ledger.estate.places.isolation[place] != Isolation.TASK or at < ledger.tasks.ended_at[task]:
        ways.entered_at[row], ways.place[row], ways.task[row] = at, place, task
        ways.unit[row] = units.of_task[task] - units.first[place]


def _at_task(ledger: Ledger, units: Units, entry: Entry, when: FloatArray, where: FloatArray) -> _Ways:
    """A task that arrives in the theft interval, at an offset from its start."""
    begin, end = _theft_interval(ledger)
    tasks, workloads = ledger.tasks, ledger.estate.workloads
    chosen = [any(fnmatchcase(name, p) for p in entry.workloads or ("*",)) for name in workloads.name.tolist()]
    rows = np.flatnonzero(
        (tasks.arrived_at >= begin) & (tasks.arrived_at < end) & np.array(chosen, np.bool_)[tasks.workload]
    )
    if not len(rows):
        return _nowhere(len(when))
    ways = _nowhere(len(when))
    for row, task in enumerate(rows[_pick(when, len(rows))].tolist()):
        _enter_task(ledger, units, entry, ways, row, task)
    return ways


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
    return _ways(ledger.copies.from_at[copy] + entry.lag, copy=copy)


def _holds(ledger: Ledger, units: Units, entry: Entry, when: FloatArray, where: FloatArray) -> _Ways:
    """A lasting credential of the identities that is issued and not dead at a uniform instant, each alike."""
    begin, end = _theft_interval(ledger)
    credentials, names = ledger.credentials, ledger.estate.identities.name.tolist()
    wanted = [any(fnmatchcase(name, p) for p in entry.identities or ("*",)) for name in names]
    lasting = np.append(ledger.stages.source == Source.STANDING, True)[credentials.stage]
    rows = np.flatnonzero(lasting & np.array(wanted, np.bool_)[ledger.scopes.identity[credentials.scope]])
    issued, dead = credentials.issued_at[rows], dead_at(ledger)[rows]
    ways = _nowhere(len(when))
    for row, at in enumerate((begin + (when * (end - begin)).astype(np.int64)).tolist()):
        live = rows[(issued <= at) & (at < dead)]
        if len(live):
            ways.entered_at[row] = at
            ways.held[row] = live[int(_pick(where[row : row + 1], len(live))[0])]
    return ways


def _signs(ledger: Ledger, units: Units, entry: Entry, when: FloatArray, where: FloatArray) -> _Ways:
    """The signing key of an issuer from a uniform instant on; nothing if no stage of the strategy is its own."""
    begin, end = _theft_interval(ledger)
    stages = np.flatnonzero(ledger.stages.issuer == entry.issuer)
    if not len(stages):
        return _nowhere(len(when))
    return _ways(begin + (when * (end - begin)).astype(np.int64), signer=np.full(len(when), stages[0]))


_DRAW = {
    "uniform": _uniform, "at-task": _at_task, "next-task": _next_task, "at-leak": _at_leak,
    "holds": _holds, "signs": _signs,
}  # fmt: skip
