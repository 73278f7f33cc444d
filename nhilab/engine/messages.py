"""Queued calls: a message carries a credential, or an authorisation, until a consumer takes it."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy

from nhilab.base.estate import Carries
from nhilab.engine.events import Kind
from nhilab.engine.issue import Asker
from nhilab.engine.present import present
from nhilab.engine.printing import perhaps_printed
from nhilab.engine.revoke import end_owned
from nhilab.engine.world import World
from nhilab.ledger.tables import Owner, Status


def enqueue(world: World, credential: int, asker: Asker) -> Generator[simpy.Event, Any, Status]:
    """Put a call's message in its queue: tested now if it carries an authorisation, later if a credential."""
    workload = world.workload[asker.task]
    world.records.call_enqueued_at[asker.call] = world.now()
    world.records.call_sent[asker.call] = credential
    if world.carries[workload] == Carries.AUTHORISATION:
        status = yield from present(world, credential, asker)
        if status != Status.DONE:
            return status
    credentials = world.records.credentials
    own = [c for c in asker.owned if credentials.owner_kind[c] == Owner.CALL and credentials.owner[c] == asker.call]
    consumer = Asker(asker.task, asker.call, owned=own, brief=asker.brief, exchanged=asker.exchanged, alone=True)
    world.environment.process(_consume(world, credential, consumer))
    return Status.DONE


def _consume(world: World, credential: int, asker: Asker) -> Generator[simpy.Event, Any, None]:
    """Wait in the queue, then for a consumer; present what the message carries; carry it out."""
    records, call, task = world.records, asker.call, asker.task
    workload = world.workload[task]
    yield world.after(world.queued_time[call], Kind.CALL_READY, call)
    station = world.consumers[workload]
    if station is None:
        raise RuntimeError("a message without a queue")
    begin = station.serve(world.now(), world.call_time[call]) - world.call_time[call]
    yield world.after(begin - world.now(), Kind.ARRIVAL, call)
    records.call_consumed_at[call] = world.now()
    status = Status.DONE
    if world.carries[workload] == Carries.CREDENTIAL:
        status = yield from present(world, credential, asker)
    if status == Status.DONE:
        records.call_began_at[call] = world.now()
        yield world.after(world.call_time[call], Kind.CALL_END, call)
        perhaps_printed(world, task, call)
    else:
        records.call_status[call] = status
    records.call_ended_at[call] = world.now()
    end_owned(world, asker.owned, crashed=records.task_status[task] == Status.CRASHED)
