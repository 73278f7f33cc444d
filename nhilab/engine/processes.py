"""The story of a run: tasks arrive, wait for a slot, make calls, hand work on, and clean up."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from typing import Any

import simpy

from nhilab.base.quantities import NEVER
from nhilab.engine.authorize import Allowed, authorize
from nhilab.engine.events import Kind
from nhilab.engine.issue import Asker, SlotKey
from nhilab.engine.messages import enqueue
from nhilab.engine.obtain import obtain
from nhilab.engine.present import present, tested, tried_again
from nhilab.engine.printing import perhaps_printed
from nhilab.engine.revoke import end_of_call, end_owned
from nhilab.engine.world import World
from nhilab.ledger.tables import Owner, Status

Process = Generator[simpy.Event, Any, None]
FAILED = (Status.ISSUER_UNAVAILABLE, Status.REFUSED)


@dataclass
class Running:
    """What a task has and remembers while it runs."""

    task: int
    owned: list[int] = field(default_factory=list)
    slots: list[tuple[int, SlotKey]] = field(default_factory=list)
    allowed: Allowed = field(default_factory=dict)
    denials: int = 0


def feed(world: World, tasks: Iterable[int]) -> Process:
    """Spawn each task when it arrives; `tasks` in order of arrival."""
    for task in tasks:
        yield world.after(world.arrived_at[task] - world.now(), Kind.ARRIVAL, task)
        world.environment.process(run_task(world, task))


def spawn_at_arrival(world: World, task: int) -> Process:
    """Wait for the arrival of one task, then be it; the order of spawning such processes must not matter."""
    yield world.after(world.arrived_at[task] - world.now(), Kind.ARRIVAL, task)
    yield from run_task(world, task)


def run_task(world: World, task: int) -> Process:
    """One task from its arrival to its end."""
    records, slots = world.records, world.slots[world.place[task]]
    records.task_arrived_at[task] = world.now()
    slot = slots.take()
    if isinstance(slot, simpy.Event):
        slot = yield slot
    records.task_slot[task], records.task_started_at[task] = slot, world.now()
    running = Running(task)
    first, n_calls, crash_after = world.first_call[task], world.n_calls[task], world.crash_after[task]
    for call in range(first, first + n_calls):
        if call - first == crash_after:
            records.task_status[task] = Status.CRASHED
            break
        yield world.after(world.think_time[call], Kind.CALL_READY, call)
        yield from make_call(world, call, running)
        if fails(world, call, running):
            break
    if crash_after == n_calls and records.task_status[task] == Status.DONE:
        records.task_status[task] = Status.CRASHED
    if records.task_status[task] in (*FAILED, Status.CRASHED, Status.DENIED):
        _skip_rest(world, first, first + n_calls)
    elif world.tail_time[task]:
        yield world.after(world.tail_time[task], Kind.CALL_END, first + n_calls - 1)
    records.task_ended_at[task] = world.now()
    clean_up(world, running, crashed=records.task_status[task] == Status.CRASHED)
    slots.give_back(slot)


def fails(world: World, call: int, running: Running) -> bool:
    """Whether the task ends with this call, and as what."""
    status = world.records.call_status[call]
    if status in FAILED:
        world.records.task_status[running.task] = status
        return True
    rule = world.strategy.authorize
    if status == Status.DENIED and rule is not None:
        running.denials += 1
        if rule.max_denials is not None and running.denials >= rule.max_denials:
            world.records.task_status[running.task] = Status.DENIED
            return True
    return False


def _skip_rest(world: World, begin: int, end: int) -> None:
    """Calls that a failed task never made."""
    for call in range(begin, end):
        if world.records.call_ready_at[call] >= NEVER:
            world.records.call_status[call] = Status.SKIPPED
            for task in world.handed_on.get(call, ()):
                skip_task(world, task)


def skip_task(world: World, task: int) -> None:
    """Work that was never handed on, and what it would have handed on."""
    world.records.task_status[task] = Status.SKIPPED
    first = world.first_call[task]
    _skip_rest(world, first, first + world.n_calls[task])


def make_call(world: World, call: int, running: Running) -> Process:
    """One call: take or obtain a credential, have it judged, present it, wait for the answer."""
    records, task = world.records, running.task
    records.call_ready_at[call] = world.now()
    own_from, parent_call = len(running.owned), world.parent_call[task]
    delegation = world.strategy.delegation if parent_call >= 0 else "own"
    given = records.call_credential[parent_call] if parent_call >= 0 else -1
    exchanged = given if delegation == "exchange" else -1
    asker = Asker(task, call, running.owned, running.slots, exchanged=exchanged)
    if delegation == "forward":
        credential = given
    else:
        credential = yield from obtain(world, world.last_stage[task], asker)
    if credential < 0:
        status = Status.ISSUER_UNAVAILABLE
    elif world.strategy.authorize is not None or world.queue[world.workload[task]] >= 0:
        status = yield from _judged_and_presented(world, credential, asker, running)
    elif (status := tested(world, credential, asker)) is Status.REFUSED:
        status = yield from tried_again(world, credential, asker)
    records.call_status[call] = status
    if status == Status.DONE and world.queue[world.workload[task]] >= 0:
        kinds = records.credentials.owner_kind
        running.owned[own_from:] = [c for c in running.owned[own_from:] if kinds[c] != Owner.CALL]
        return
    if status == Status.DONE:
        children = _handed_on(world, call)
        yield world.after(world.call_time[call], Kind.CALL_END, call)
        yield from children
        perhaps_printed(world, task, call)
    else:
        for child in world.handed_on.get(call, ()):
            skip_task(world, child)
    records.call_ended_at[call] = world.now()
    if len(running.owned) > own_from:
        end_of_call(world, running.owned[own_from:])


def _judged_and_presented(
    world: World, credential: int, asker: Asker, running: Running
) -> Generator[simpy.Event, Any, Status]:
    if world.strategy.authorize is not None:
        permitted = yield from authorize(world, asker.call, running.allowed)
        if not permitted:
            return Status.DENIED
    if world.queue[world.workload[asker.task]] >= 0:
        status = yield from enqueue(world, credential, asker)
    else:
        status = yield from present(world, credential, asker)
    return status


def _handed_on(world: World, call: int) -> list[simpy.Process]:
    """The tasks that an admitted call hands on, begun now."""
    if not world.handed_on:
        return []
    return [world.environment.process(run_task(world, task)) for task in world.handed_on.get(call, ())]


def clean_up(world: World, running: Running, *, crashed: bool) -> None:
    """End of a task: what it owned is over; whoever has to tells the issuers."""
    for stage, key in running.slots:
        slot = world.held[stage].pop(key, None)
        if slot is not None:
            slot.closed = True
    end_owned(world, running.owned, crashed=crashed)
