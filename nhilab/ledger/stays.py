"""What every ledger must keep of copies: a stay each, as long as MODEL.md section 6 says for its cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from nhilab.base.estate import Isolation
from nhilab.base.quantities import NEVER, BoolArray, IdArray, IntArray, add
from nhilab.ledger.kinship import (
    chain_of_workload,
    given_credential,
    managed,
    of_stage,
    place_of_task,
    same_slot,
    task_of_owner,
)
from nhilab.ledger.tables import Cause, Ledger, Owner

Stay = tuple[int, int, int, int, int]
"""Credential, place, unit, begin and end."""


def units_of_tasks(ledger: Ledger) -> IntArray:
    """Unit of its place each task runs in."""
    isolation = ledger.estate.places.isolation[place_of_task(ledger)]
    unit = np.where(isolation == Isolation.TASK, np.arange(len(ledger.tasks)), ledger.tasks.slot)
    return np.where(isolation == Isolation.SHARED, 0, unit)


def _rows(*columns: IntArray | IdArray) -> Iterator[Stay]:
    """Stays of five columns."""
    yield from zip(*(np.asarray(x).tolist() for x in columns), strict=True)


def _zeros(rows: IntArray) -> IntArray:
    return np.zeros(len(rows), np.int64)


def _of_owners(ledger: Ledger) -> Iterator[Stay]:
    """What a call or a task owns, in the unit of that task, until its owner lets go of it."""
    c, places = ledger.credentials, ledger.estate.places
    task = task_of_owner(ledger)
    rows = np.flatnonzero(task >= 0)
    place = place_of_task(ledger)[task[rows]]
    until = add(np.minimum(c.owner_end[rows], c.superseded_at[rows]), places.residue[place])
    yield from _rows(rows, place, units_of_tasks(ledger)[task[rows]], c.issued_at[rows], until)


def _at_place(ledger: Ledger, credential: int, place: int, gone_at: int) -> Iterator[Stay]:
    """A copy at a place from its issue on: in a shared one until it is gone, else with every task meanwhile."""
    places, tasks, issued = ledger.estate.places, ledger.tasks, int(ledger.credentials.issued_at[credential])
    residue = int(places.residue[place])
    if places.isolation[place] == Isolation.SHARED:
        yield credential, place, 0, issued, add(gone_at, residue)
        return
    there = (place_of_task(ledger) == place) & (tasks.started_at < gone_at) & (tasks.ended_at > issued)
    rows = np.flatnonzero(there & (tasks.started_at < NEVER))
    begin, unit = np.maximum(tasks.started_at[rows], issued), units_of_tasks(ledger)[rows]
    who, where = np.full(len(rows), credential), np.full(len(rows), place)
    yield from _rows(who, where, unit, begin, add(np.minimum(tasks.ended_at[rows], gone_at), residue))


def _unmanaged(ledger: Ledger) -> Iterator[Stay]:
    """Standing credentials of no strategy, in the order of their names in the estate."""
    standing = ledger.estate.standing
    number = dict(zip(dict.fromkeys(standing.name.tolist()), np.flatnonzero(~managed(ledger)).tolist(), strict=True))
    for name, place in zip(standing.name.tolist(), standing.place.tolist(), strict=True):
        yield from _at_place(ledger, number[name], place, NEVER)


def _lasting(ledger: Ledger, workload: int) -> IntArray:
    """Credentials of a workload that outlive its tasks."""
    c, workloads = ledger.credentials, ledger.estate.workloads
    identity = int(workloads.identity[workload])
    first = int(workloads.count[:workload].sum())
    instance = (first <= c.owner) & (c.owner < first + workloads.count[workload])
    at = identity * len(ledger.estate.places) + int(workloads.place[workload])
    owned = (c.owner_kind == Owner.WORKLOAD) & instance
    owned |= (c.owner_kind == Owner.PLACE) & (c.owner == at)
    owned |= (c.owner_kind == Owner.IDENTITY) & (c.owner == identity)
    return np.flatnonzero(owned & managed(ledger))


def _copied(ledger: Ledger) -> Iterator[Stay]:
    """Copies of lasting credentials elsewhere, of workloads whose chain the ledger tells.

    Of what rotation misses there is the slot's first one only.
    """
    table, chain = ledger.estate.copies_to, chain_of_workload(ledger)
    of_chain = of_stage(ledger, ledger.stages.chain, -1)
    first = {int(rows[0]) for rows in same_slot(ledger) if len(rows)}
    for workload, place, rotated in zip(table.workload, table.place, table.rotated, strict=True):
        for row in _lasting(ledger, int(workload)).tolist():
            if of_chain[row] == chain[workload] and (rotated or row in first):
                gone_at = int(ledger.credentials.superseded_at[row]) if rotated else NEVER
                yield from _at_place(ledger, row, int(place), gone_at)


def _printed(ledger: Ledger) -> Iterator[Stay]:
    """What a call printed, from its end on."""
    calls, places = ledger.calls, ledger.estate.places
    rows = np.flatnonzero(calls.logged)
    log = places.log[place_of_task(ledger)[calls.task[rows]]]
    begin = calls.ended_at[rows]
    yield from _rows(calls.credential[rows], log, _zeros(rows), begin, add(begin, places.residue[log]))


def _shown(ledger: Ledger) -> Iterator[Stay]:
    """What a call presented, at its resource's place. Of one presented again with another, the last alone is known."""
    calls, estate = ledger.calls, ledger.estate
    place = estate.resources.place[estate.permissions.resource[calls.permission]]
    rows = np.flatnonzero((place >= 0) & (calls.credential >= 0))
    until = add(calls.ended_at[rows], estate.places.residue[place[rows]])
    yield from _rows(calls.credential[rows], place[rows], _zeros(rows), calls.arrived_at[rows], until)


def _forwarded(ledger: Ledger) -> Iterator[Stay]:
    """What a parent call presented, with the task it handed on."""
    tasks, places, place = ledger.tasks, ledger.estate.places, place_of_task(ledger)
    rows = np.flatnonzero((tasks.parent_call >= 0) & (tasks.started_at < NEVER))
    until = add(tasks.ended_at[rows], places.residue[place[rows]])
    given, unit = given_credential(ledger)[rows], units_of_tasks(ledger)[rows]
    yield from _rows(given, place[rows], unit, tasks.started_at[rows], until)


def _listed(ledger: Ledger, rows: IntArray) -> list[Stay]:
    x = ledger.copies
    return list(_rows(*(column[rows] for column in (x.credential, x.place, x.unit, x.from_at, x.until_at))))


def _differs(ledger: Ledger, rows: IntArray, expected: Iterator[Stay], *, complete: bool = True) -> BoolArray:
    """Of some copies, those that are not expected; one row more, of those expected and not there."""
    wanted, broken = Counter(expected), np.zeros(len(ledger.copies) + 1, np.bool_)
    for row, stay in zip(rows.tolist(), _listed(ledger, rows), strict=True):
        broken[row] = wanted[stay] <= 0
        wanted[stay] -= 1
    broken[-1] = complete and any(count > 0 for count in wanted.values())
    return broken


def _of_cause(ledger: Ledger, cause: Cause) -> BoolArray:
    found: BoolArray = ledger.copies.cause == cause
    return found


def _owned_wrongly(ledger: Ledger) -> BoolArray:
    rows = np.flatnonzero(_of_cause(ledger, Cause.OWNER) & (task_of_owner(ledger)[ledger.copies.credential] >= 0))
    return _differs(ledger, rows, _of_owners(ledger))


def _forgotten_wrongly(ledger: Ledger) -> BoolArray:
    rows = np.flatnonzero(_of_cause(ledger, Cause.OWNER) & ~managed(ledger)[ledger.copies.credential])
    return _differs(ledger, rows, _unmanaged(ledger))


def _copied_wrongly(ledger: Ledger) -> BoolArray:
    """Copies elsewhere; those of a workload whose chain is not known are not looked at."""
    copies, workloads = ledger.copies, ledger.estate.workloads
    unknown = np.isin(workloads.identity, workloads.identity[chain_of_workload(ledger) < 0])
    identity = ledger.scopes.identity[ledger.credentials.scope[copies.credential]]
    looked_at = ~np.isin(identity, workloads.identity[unknown])
    rows = np.flatnonzero(_of_cause(ledger, Cause.COPIED) & looked_at)
    return _differs(ledger, rows, _copied(ledger), complete=not unknown.any())


def _printed_wrongly(ledger: Ledger) -> BoolArray:
    return _differs(ledger, np.flatnonzero(_of_cause(ledger, Cause.LOGGED)), _printed(ledger))


def _shown_wrongly(ledger: Ledger) -> BoolArray:
    return _differs(ledger, np.flatnonzero(_of_cause(ledger, Cause.PRESENTED)), _shown(ledger))


def _forwarded_wrongly(ledger: Ledger) -> BoolArray:
    """Forwarded copies; a ledger without any may be of a strategy that does not forward."""
    rows = np.flatnonzero(_of_cause(ledger, Cause.FORWARDED))
    return _differs(ledger, rows, _forwarded(ledger), complete=bool(len(rows)))


STAYS_BY_CAUSE: Final[tuple[tuple[str, Callable[[Ledger], BoolArray]], ...]] = (
    ("what a call or task owns lies with the task until its owner ends or it is superseded", _owned_wrongly),
    ("what no strategy manages lies at its places for ever, or with every task there", _forgotten_wrongly),
    ("a copied credential lies at the places that received it until it is superseded, or for ever", _copied_wrongly),
    ("a printed credential lies in the log from the call's end on", _printed_wrongly),
    ("a presented credential lies at its resource's place from its arrival until the call's end", _shown_wrongly),
    ("a forwarded credential lies with the task it was handed to", _forwarded_wrongly),
)
"""Rules of copies that a ledger tells row by row."""
