"""What every ledger must keep of copies that lie with lasting owners and in queues; all rules of copies together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from nhilab.base.estate import Carries, Isolation
from nhilab.base.quantities import NEVER, BoolArray, IntArray, add
from nhilab.ledger.kinship import managed, place_of_task, queued, task_of_owner, wanted_owner
from nhilab.ledger.stays import STAYS_BY_CAUSE, units_of_tasks
from nhilab.ledger.tables import Cause, Ledger, Owner, Status


def _out_of_order(ledger: Ledger) -> BoolArray:
    copies = ledger.copies
    early = copies.from_at < ledger.credentials.issued_at[copies.credential]
    return early | (copies.from_at > copies.until_at)


def _units_wrong(ledger: Ledger) -> BoolArray:
    """Copies in a unit that does not exist, or in which nothing ran."""
    copies = ledger.copies
    shared = ledger.estate.places.isolation[copies.place] == Isolation.SHARED
    span = np.int64(max(int(copies.unit.max(initial=0)), len(ledger.tasks)) + 1)
    ran = ledger.tasks.started_at < NEVER
    ran_in = place_of_task(ledger)[ran] * span + units_of_tasks(ledger)[ran]
    return np.where(shared, copies.unit != 0, ~np.isin(copies.place * span + copies.unit, ran_in))


def _lasting(ledger: Ledger) -> BoolArray:
    """Copies that lie with an owner that no task or call is."""
    own = managed(ledger) & (task_of_owner(ledger) < 0)
    found: BoolArray = (ledger.copies.cause == Cause.OWNER) & own[ledger.copies.credential]
    return found


def _homes(ledger: Ledger) -> set[tuple[int, int]]:
    """(credential, shared place) of lasting credentials and the places of their owner."""
    c, workloads = ledger.credentials, ledger.estate.workloads
    places = np.flatnonzero(ledger.estate.places.isolation == Isolation.SHARED)
    instance_of = np.repeat(np.arange(len(workloads)), workloads.count)
    n, found = len(ledger.estate.places), set()
    for row in np.flatnonzero(managed(ledger) & (task_of_owner(ledger) < 0)).tolist():
        owner, kind = int(c.owner[row]), int(c.owner_kind[row])
        if kind == Owner.IDENTITY:
            at = workloads.place[workloads.identity == owner]
        else:
            at = np.array([workloads.place[instance_of[owner]] if kind == Owner.WORKLOAD else owner % n])
        found |= {(row, int(place)) for place in np.intersect1d(at, places)}
    return found


def _at_home_wrongly(ledger: Ledger) -> BoolArray:
    """Lasting credentials at shared places that are not their owner's, or not from issue until superseded."""
    copies, c, places = ledger.copies, ledger.credentials, ledger.estate.places
    here = _lasting(ledger) & (places.isolation[copies.place] == Isolation.SHARED)
    until = add(c.superseded_at[copies.credential], places.residue[copies.place])
    wrong = here & ((copies.from_at != c.issued_at[copies.credential]) | (copies.until_at != until))
    rows = np.flatnonzero(here)
    found = list(zip(copies.credential[rows].tolist(), copies.place[rows].tolist(), strict=True))
    return np.append(wrong, sorted(found) != sorted(_homes(ledger)))


def _with_tasks_wrongly(ledger: Ledger) -> BoolArray:
    """Lasting credentials in slots and tasks that lie with no task of their owner, or longer than it runs.

    From when a task has used one the ledger does not always say (a message may have left with it).
    """
    copies, c, tasks, places = ledger.copies, ledger.credentials, ledger.tasks, ledger.estate.places
    place, unit, broken = place_of_task(ledger), units_of_tasks(ledger), np.zeros(len(copies), np.bool_)
    here = _lasting(ledger) & (places.isolation[copies.place] != Isolation.SHARED)
    for row in np.flatnonzero(here).tolist():
        credential = int(copies.credential[row])
        mine = np.flatnonzero((place == copies.place[row]) & (unit == copies.unit[row]) & (tasks.started_at < NEVER))
        until = np.minimum(tasks.ended_at[mine], c.superseded_at[credential])
        same = add(until, places.residue[copies.place[row]]) == copies.until_at[row]
        same &= (tasks.started_at[mine] <= copies.from_at[row]) & (copies.from_at[row] <= tasks.ended_at[mine])
        same &= _owner_of(ledger, mine, int(c.owner_kind[credential])) == c.owner[credential]
        broken[row] = not same.any()
    return broken


def _owner_of(ledger: Ledger, task: IntArray, kind: int) -> IntArray:
    """Owner of a lasting kind that a task's credentials have."""
    return wanted_owner(ledger, ledger.tasks.first_call[task], np.full(len(task), kind, np.int32))


def _unused(ledger: Ledger) -> BoolArray:
    """Lasting credentials that a call of their own presented in a slot or task, and no copy with that task."""
    calls, c, copies = ledger.calls, ledger.credentials, ledger.copies
    place, unit = place_of_task(ledger)[calls.task], units_of_tasks(ledger)[calls.task]
    if not len(c):
        return np.zeros(len(calls), np.bool_)
    row = np.where(calls.credential >= 0, calls.credential, 0)
    apart = (calls.credential >= 0) & (ledger.estate.places.isolation[place] != Isolation.SHARED) & ~queued(ledger)
    wanted = wanted_owner(ledger, np.arange(len(calls)), c.owner_kind[row])
    own = (task_of_owner(ledger) < 0)[row] & (c.owner[row] == wanted)
    met = set(zip(copies.credential.tolist(), copies.place.tolist(), copies.unit.tolist(), strict=True))
    pairs = zip(calls.credential.tolist(), place.tolist(), unit.tolist(), strict=True)
    there = np.array([pair in met for pair in pairs], np.bool_)
    until = add(ledger.tasks.ended_at[calls.task], ledger.estate.places.residue[place])
    lies = (c.superseded_at[row] > calls.arrived_at) & (until > calls.arrived_at)
    broken: BoolArray = apart & own & lies & ~there
    return broken


def _queued_wrongly(ledger: Ledger) -> BoolArray:
    """Copies in a queue that no message brought, or that stay longer than until it is consumed.

    A message that is refused is consumed by the time it is presented again; when, the ledger does not say.
    """
    calls, copies, workloads = ledger.calls, ledger.copies, ledger.estate.workloads
    workload = ledger.tasks.workload[calls.task]
    waits = np.flatnonzero(queued(ledger) & (workloads.carries[workload] == Carries.CREDENTIAL))
    broken = np.zeros(len(copies) + 1, np.bool_)
    rows = np.flatnonzero(copies.cause == Cause.QUEUED)
    for row in rows.tolist():
        mine = waits[(calls.enqueued_at[waits] == copies.from_at[row])]
        mine = mine[workloads.queue[workload[mine]] == copies.place[row]]
        consumed_by = np.minimum(calls.arrived_at[mine], calls.ended_at[mine])
        at_once = (calls.status[mine] == Status.DONE) & (calls.credential[mine] == copies.credential[row])
        ends = np.where(at_once, copies.until_at[row] == consumed_by, copies.until_at[row] <= consumed_by)
        broken[row] = not ends.any()
    broken[-1] = len(rows) != len(waits)
    return broken


STAYS: Final[tuple[tuple[str, Callable[[Ledger], BoolArray]], ...]] = (
    ("a copy is there from the issue on, and ends after it begins", _out_of_order),
    ("a copy lies in a unit that exists", _units_wrong),
    *STAYS_BY_CAUSE,
    ("a lasting credential lies at its owner's shared places until it is superseded", _at_home_wrongly),
    ("a lasting credential lies with tasks of its owner while they run and it is not superseded", _with_tasks_wrongly),
    ("what a task presents lies with it", _unused),
    ("a message's credential lies in its queue until it is consumed", _queued_wrongly),
)
"""Rules of copies."""
