"""The story of a run: tasks arrive, wait for a slot, make calls, obtain credentials, and clean up."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Any

import simpy

from nhilab.engine.events import Kind
from nhilab.engine.world import CredentialSlot, World
from nhilab.ledger.tables import Owner, Source, Status

Process = Generator[simpy.Event, Any, None]


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
    slot = slots.take()
    if isinstance(slot, simpy.Event):
        slot = yield slot
    records.task_slot[task], records.task_started_at[task] = slot, world.now()
    owned: list[int] = []
    first, n_calls = world.first_call[task], world.n_calls[task]
    for call in range(first, first + n_calls):
        yield world.after(world.think_time[call], Kind.CALL_READY, call)
        yield from make_call(world, task, call, owned)
        if records.call_status[call] != Status.DONE:
            _skip_rest(world, task, call + 1, first + n_calls)
            break
    else:
        if world.tail_time[task]:
            yield world.after(world.tail_time[task], Kind.CALL_END, first + n_calls - 1)
    records.task_ended_at[task] = world.now()
    clean_up(world, task, owned)
    slots.give_back(slot)


def _skip_rest(world: World, task: int, begin: int, end: int) -> None:
    world.records.task_status[task] = Status.REFUSED
    for call in range(begin, end):
        world.records.call_status[call] = Status.SKIPPED


def make_call(world: World, task: int, call: int, owned: list[int]) -> Process:
    """One call: take or obtain a credential, present it, wait for the answer."""
    records, credentials = world.records, world.records.credentials
    records.call_ready_at[call] = world.now()
    own_from = len(owned)
    credential = yield from obtain(world, len(world.ttl) - 1, task, call, owned)
    arrived_at = world.now()
    gate = world.gates[world.verifier[call]]
    admitted, asked = gate.admits(
        credential, arrived_at, credentials.expires_at[credential], credentials.revoked_at[credential]
    )
    records.call_credential[call] = credential
    records.call_arrived_at[call] = arrived_at
    records.call_introspections[call] = asked
    if admitted:
        yield world.after(world.call_time[call], Kind.CALL_END, call)
    else:
        records.call_status[call] = Status.REFUSED
    records.call_ended_at[call] = world.now()
    for own in owned[own_from:]:
        if world.issue_per[credentials.stage[own]] is Owner.CALL:
            credentials.owner_end[own] = world.now()


def obtain(world: World, stage: int, task: int, call: int, owned: list[int]) -> Generator[simpy.Event, Any, int]:
    """A live credential of a stage for this call: the slot's own, the one being issued, or a new one."""
    owner, bucket = world.owner(stage, task, call), world.bucket[stage][call]
    slot = world.held[stage].get((owner, bucket))
    if slot is None:
        slot = world.held[stage][owner, bucket] = CredentialSlot()
    expires_at = world.records.credentials.expires_at
    while slot.credential < 0 or world.now() >= expires_at[slot.credential]:
        if slot.pending is not None:
            yield slot.pending
            continue
        slot.pending = world.environment.event()
        parent = -1
        if world.source[stage] == Source.PREVIOUS:
            parent = yield from obtain(world, stage - 1, task, call, owned)
        slot.credential = yield from issue(world, stage, task, call, parent)
        if world.issue_per[stage] in (Owner.CALL, Owner.TASK):
            owned.append(slot.credential)
        pending, slot.pending = slot.pending, None
        pending.succeed()
    credential = slot.credential
    if world.issue_per[stage] is Owner.CALL:
        del world.held[stage][owner, bucket]
    return credential


def issue(world: World, stage: int, task: int, call: int, parent: int) -> Generator[simpy.Event, Any, int]:
    """Ask the stage's issuer, wait for the end of service, write the credential down."""
    requested_at, service_time = world.now(), world.issuance_time[stage][call]
    ready_at = world.desk[stage].serve(requested_at, service_time)
    yield world.after(ready_at - requested_at, Kind.ISSUANCE_END, call)
    return world.records.credentials.add(
        identity=world.identity[task],
        bucket=world.bucket[stage][call],
        stage=stage,
        owner=world.owner(stage, task, call),
        parent=parent,
        call=call,
        requested_at=requested_at,
        issued_at=ready_at,
        service_time=service_time,
        ttl=world.ttl[stage],
    )


def clean_up(world: World, task: int, owned: list[int]) -> None:
    """End of a task: what it owned is over; stages that say so tell their issuer."""
    credentials, now = world.records.credentials, world.now()
    for own in owned:
        stage = credentials.stage[own]
        if world.issue_per[stage] is Owner.TASK:
            credentials.owner_end[own] = now
        if world.revoked_at_task_end[stage] and now < credentials.expires_at[own]:
            credentials.revocation_requested_at[own] = now
            time = world.revocation_time[stage][credentials.call[own]]
            credentials.revoked_at[own] = world.revocation_desk[stage].serve(now, time)
    for stage, kind in enumerate(world.issue_per):
        if kind is Owner.TASK:
            for bucket in {credentials.bucket[own] for own in owned if credentials.stage[own] == stage}:
                world.held[stage].pop((task, bucket), None)
