"""A workload's sampled tasks told once more, as a process of one's own; and ledgers that differ in row numbers only."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator
from typing import Any

import numpy as np

from nhilab.base.estate import Isolation
from nhilab.base.quantities import NEVER, SECOND, IntArray
from nhilab.base.streams import stream
from nhilab.demand.demand import Demand, DemandCalls, DemandTasks
from nhilab.engine.own import Process
from nhilab.ledger.tables import Ledger, Owner
from nhilab.scenario.scenario import Scenario


def untied(demand: Demand) -> Demand:
    """The demand with instants that are no longer the same: at one instant row numbers decide who comes first."""
    chance = stream(7, "untied")
    arrived_at, comes = demand.tasks.arrived_at.copy(), demand.tasks.parent_call < 0
    arrived_at[comes] += np.cumsum(chance.integers(1, 6, int(comes.sum())))
    think_time = demand.calls.think_time + chance.integers(1, SECOND, len(demand.calls))
    return Demand(
        tasks=dataclasses.replace(demand.tasks, arrived_at=arrived_at),
        calls=dataclasses.replace(demand.calls, think_time=think_time),
    )


def tied(ledger: Ledger) -> bool:
    """Whether calls of two tasks meet at an instant, so that row numbers may have decided between them."""
    calls = ledger.calls
    met = np.stack([np.tile(calls.task, 4), np.concatenate([
        calls.ready_at, calls.arrived_at, calls.ended_at, np.append(ledger.credentials.issued_at, 0)[calls.credential],
    ])])  # fmt: skip
    instants = np.unique(met[:, (met[1] > 0) & (met[1] < NEVER)], axis=1)[1]
    return len(np.unique(instants)) < len(instants)


def without(demand: Demand, workload: int) -> Demand:
    """The demand less the tasks of a workload that hands nothing on."""
    kept = demand.tasks.workload != workload
    kept_calls = kept[demand.calls.task]
    new_task = np.cumsum(kept) - 1
    new_call = np.append(np.cumsum(kept_calls) - 1, -1)
    tasks = {name: column[kept] for name, column in demand.tasks.columns().items()}
    tasks["parent_call"] = new_call[tasks["parent_call"]]
    tasks["first_call"] = np.cumsum(tasks["n_calls"]) - tasks["n_calls"]
    calls = {name: column[kept_calls] for name, column in demand.calls.columns().items()}
    calls["task"] = new_task[calls["task"]]
    return Demand(tasks=DemandTasks.of(**tasks), calls=DemandCalls.of(**calls))


def story(me: Any) -> Generator[Any, Any, None]:
    """Begin each task when it arrives, whatever became of those before."""
    for task in range(len(me.columns["arrived_at"])):
        yield me.wait(me.columns["arrived_at"][task] - me.now)
        me.environment.process(one_task(me, task))


def one_task(me: Any, number: int) -> Generator[Any, Any, None]:
    """One task as the engine would tell it."""
    columns = me.columns
    task = yield from me.begin()
    first, crash_after = columns["first_call"][number], columns["crash_after"][number]
    made = 0
    for call in range(first, first + columns["n_calls"][number]):
        if made == crash_after or task.failed:
            break
        yield me.wait(columns["think_time"][call])
        yield from task.call(
            columns["resource"][call], columns["operation"][call], call_time=columns["call_time"][call],
            in_intent=bool(columns["in_intent"][call]), key=columns["key"][call],
        )  # fmt: skip
        made += 1
    crashed = made == crash_after and not task.failed
    if not task.failed and not crashed and columns["tail_time"][number]:
        yield me.wait(columns["tail_time"][number])
    task.end(crashed=crashed)


def retold(scenario: Scenario, demand: Demand, workload: int) -> list[Process]:
    """Processes, one for each instance, that do what the demand has in store for a workload."""
    estate, found = scenario.estate, []
    first_instance = int(estate.workloads.count[:workload].sum())
    for instance in range(int(estate.workloads.count[workload])):
        rows = np.flatnonzero(demand.tasks.instance == first_instance + instance)
        columns: dict[str, Any] = {
            name: getattr(demand.tasks, name)[rows]
            for name in ("arrived_at", "first_call", "n_calls", "crash_after", "tail_time")
        }
        columns |= {name: getattr(demand.calls, name) for name in ("think_time", "call_time", "in_intent", "key")}
        columns["resource"] = estate.resources.name[estate.permissions.resource[demand.calls.permission]]
        columns["operation"] = estate.permissions.operation[demand.calls.permission]
        name = str(estate.workloads.name[workload])
        found.append(Process(story, name, seed=0, instance=instance, columns=columns))
    return found


def comparable(ledger: Ledger) -> dict[str, list[Any]]:
    """Everything that happened, with tasks and calls numbered by arrival; less what was planned and never begun."""
    tasks, calls, credentials, copies = ledger.tasks, ledger.calls, ledger.credentials, ledger.copies
    order = np.lexsort((tasks.instance, tasks.started_at, tasks.arrived_at))
    by_call = np.concatenate([np.arange(tasks.n_calls[t]) + tasks.first_call[t] for t in order]).astype(np.int64)
    made = calls.status[by_call] != 5
    task_number, call_number = numbers(order), numbers(by_call[made], len(calls))
    kind, owner = credentials.owner_kind, credentials.owner.astype(np.int64)
    owner = np.where(kind == Owner.TASK, task_number[np.where(kind == Owner.TASK, owner, -1)], owner)
    owner = np.where(kind == Owner.CALL, call_number[np.where(kind == Owner.CALL, owner, -1)], owner)
    apart = ledger.estate.places.isolation[copies.place] == Isolation.TASK
    unit = np.where(apart, task_number[np.where(apart, copies.unit, -1)], copies.unit)
    found = {
        "tasks": columns(tasks, order, leave=("first_call", "n_calls"), parent_call=call_number[tasks.parent_call]),
        "calls": columns(calls, by_call[made], task=task_number[calls.task]),
        "credentials": columns(credentials, slice(None), call=call_number[credentials.call], owner=owner),
        "copies": columns(copies, slice(None), unit=unit),
        "scopes": columns(ledger.scopes, slice(None)),
    }  # fmt: skip
    return {name: sorted(zip(*found[name], strict=True)) for name in found}


def numbers(order: IntArray, n: int | None = None) -> IntArray:
    """New number of each row, -1 of none and of those left out."""
    found = np.full((len(order) if n is None else n) + 1, -1, np.int64)
    found[order] = np.arange(len(order))
    return found


def columns(table: Any, rows: Any, leave: tuple[str, ...] = (), **instead: IntArray) -> list[list[Any]]:
    """Columns of some rows of a table, some left out, some with other values."""
    names = [field.name for field in dataclasses.fields(table) if field.name not in leave]
    return [instead.get(name, getattr(table, name))[rows].tolist() for name in names]
