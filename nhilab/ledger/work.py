"""What every ledger must keep of tasks: their instants, slots and calls, and work that is handed on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from nhilab.base.quantities import NEVER, BoolArray, IdArray, IntArray
from nhilab.ledger.kinship import place_of_task, queued
from nhilab.ledger.tables import Ledger, Status


def out_of_order(group: IntArray | IdArray, asked_at: IntArray, served_at: IntArray) -> BoolArray:
    """Rows served before one of their group that asked strictly earlier; bool."""
    order = np.lexsort((served_at, asked_at, group))
    broken = np.zeros(len(order), np.bool_)
    for rows in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        latest = np.maximum.accumulate(np.append(0, served_at[rows]))[:-1]
        broken[rows] = served_at[rows] < latest
    return broken


def _tasks_out_of_order(ledger: Ledger) -> BoolArray:
    """Tasks out of order; skipped ones (never handed on) that have an instant or a slot."""
    tasks = ledger.tasks
    ordered = (tasks.arrived_at <= tasks.started_at) & (tasks.started_at <= tasks.ended_at) & (tasks.ended_at < NEVER)
    never = np.minimum(np.minimum(tasks.arrived_at, tasks.started_at), tasks.ended_at) >= NEVER
    return np.where(tasks.status == Status.SKIPPED, ~never | (tasks.slot != -1), ~ordered | (tasks.arrived_at < 0))


def _calls_elsewhere(ledger: Ledger) -> BoolArray:
    """Tasks whose calls are not the rows they say."""
    tasks = ledger.tasks
    first = np.cumsum(tasks.n_calls.astype(np.int64)) - tasks.n_calls
    counts = np.bincount(ledger.calls.task, minlength=len(tasks))
    disordered = bool((np.diff(ledger.calls.task) < 0).any())
    broken: BoolArray = (tasks.first_call != first) | (tasks.n_calls != counts) | disordered
    return broken


def _slots_shared(ledger: Ledger) -> BoolArray:
    """Tasks that begin in a slot before the one before them left it, or in a slot that does not exist."""
    tasks, place = ledger.tasks, place_of_task(ledger)
    limit = ledger.estate.places.slots[place]
    ran = tasks.started_at < NEVER
    broken: BoolArray = ran & ((tasks.slot < 0) | ((limit >= 0) & (tasks.slot >= limit)))
    order = np.lexsort((tasks.ended_at, tasks.started_at, tasks.slot, place))
    order = order[ran[order]]
    same = (np.diff(place[order]) == 0) & (np.diff(tasks.slot[order]) == 0)
    broken[order[1:][same & (tasks.started_at[order[1:]] < tasks.ended_at[order[:-1]])]] = True
    return broken


def _queue_jumped(ledger: Ledger) -> BoolArray:
    """Tasks that start before one that arrived earlier at their place."""
    return out_of_order(place_of_task(ledger), ledger.tasks.arrived_at, ledger.tasks.started_at)


def _waited_in_vain(ledger: Ledger) -> BoolArray:
    """Tasks that did not start although a slot was free the instant before."""
    tasks, place = ledger.tasks, place_of_task(ledger)
    slots = ledger.estate.places.slots[place]
    broken: BoolArray = (slots < 0) & (tasks.started_at > tasks.arrived_at)
    for p in np.flatnonzero(ledger.estate.places.slots >= 0):
        here = np.flatnonzero(place == p)
        late = here[tasks.started_at[here] > tasks.arrived_at[here]]
        before = tasks.started_at[late] - 1
        begun = np.searchsorted(np.sort(tasks.started_at[here]), before, side="right")
        ended = np.searchsorted(np.sort(tasks.ended_at[here]), before, side="right")
        broken[late[begun - ended < ledger.estate.places.slots[p]]] = True
    return broken


def _handed_on_wrongly(ledger: Ledger) -> BoolArray:
    """Tasks handed on by a call of a workload that does not hand work to theirs, or that hands on another.

    And skipped tasks that no call would have handed on.
    """
    tasks, workloads = ledger.tasks, ledger.estate.workloads
    child = tasks.parent_call >= 0
    broken: BoolArray = ~child & (tasks.status == Status.SKIPPED)
    if child.any():
        call = np.where(child, tasks.parent_call, 0)
        by = tasks.workload[ledger.calls.task[call]]
        twice = np.bincount(call[child], minlength=len(ledger.calls))[call] > 1
        broken |= child & ((workloads.delegates_to[by] != tasks.workload) | twice)
    return broken


def _not_within_parent_call(ledger: Ledger) -> BoolArray:
    """Tasks that run though their parent call was not done, or not within it, from its arrival on; and the reverse."""
    tasks, calls = ledger.tasks, ledger.calls
    child = tasks.parent_call >= 0
    if not child.any():
        return child
    call, ran = np.where(child, tasks.parent_call, 0), tasks.status != Status.SKIPPED
    outside = (tasks.arrived_at != calls.arrived_at[call]) | (tasks.ended_at > calls.ended_at[call])
    broken: BoolArray = child & ((ran != (calls.status[call] == Status.DONE)) | (ran & outside))
    return broken


def _ended_wrongly(ledger: Ledger) -> BoolArray:
    """Tasks whose status is not what became of their calls.

    A message refused after its task's end makes that task one that failed, unless it was denied or had crashed.
    """
    tasks, calls = ledger.tasks, ledger.calls
    counts = {
        s: np.bincount(calls.task[calls.status == s], minlength=len(tasks)) for s in Status if s != Status.CRASHED
    }
    left_out = counts[Status.SKIPPED]
    last = np.append(calls.status, -1)[tasks.first_call + tasks.n_calls - left_out - 1]
    wrong = {
        Status.DONE: (left_out + counts[Status.ISSUER_UNAVAILABLE] + counts[Status.REFUSED]) > 0,
        Status.ISSUER_UNAVAILABLE: counts[Status.ISSUER_UNAVAILABLE] == 0,
        Status.REFUSED: counts[Status.REFUSED] == 0,
        Status.DENIED: last != Status.DENIED,
        Status.CRASHED: left_out == tasks.n_calls,
        Status.SKIPPED: left_out != tasks.n_calls,
    }
    return np.select([tasks.status == s for s in wrong], list(wrong.values()), True)


def _calls_overlap(ledger: Ledger) -> BoolArray:
    """Calls that are ready before the task started or its previous call let it go on; and those past its end.

    A queued call lets its task go on as soon as it is in the queue, and may be carried out after the task's end.
    """
    calls, tasks = ledger.calls, ledger.tasks
    carries = ledger.estate.workloads.carries[tasks.workload[calls.task]]
    tested = np.where((carries == 1) & (calls.arrived_at < NEVER), calls.arrived_at, calls.enqueued_at)
    free = np.where(queued(ledger), tested, calls.ended_at)
    since: IntArray = tasks.started_at[calls.task].copy()
    same = np.flatnonzero(np.diff(calls.task) == 0) + 1
    since[same] = free[same - 1]
    late = (free > tasks.ended_at[calls.task]) & (calls.status != Status.SKIPPED)
    broken: BoolArray = (calls.ready_at < since) | late
    return broken


WORK: Final[tuple[tuple[str, Callable[[Ledger], BoolArray]], ...]] = (
    ("a task arrives, starts and ends in this order; a skipped one never", _tasks_out_of_order),
    ("the calls of tasks are consecutive rows, task by task, as many as planned", _calls_elsewhere),
    ("tasks in one slot never overlap, and slots are below the place's limit", _slots_shared),
    ("who arrives at a place earlier starts no later", _queue_jumped),
    ("a task waits only while every slot of its place is taken", _waited_in_vain),
    ("work is handed on to whom its workload delegates, one task a call", _handed_on_wrongly),
    ("a task that a call hands on arrives when that is admitted and ends within it", _not_within_parent_call),
    ("a task ends as its calls did", _ended_wrongly),
    ("the calls of a task follow one another between its start and its end", _calls_overlap),
)
"""Rules of tasks."""
