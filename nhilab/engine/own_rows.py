"""Rows of tasks and calls that begin while a run goes on: those of processes of one's own."""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np

from nhilab.base.errors import NhilabError
from nhilab.base.estate import LayerKind
from nhilab.base.quantities import NEVER, SECOND, IntArray
from nhilab.base.streams import one_uniform
from nhilab.base.tables import joined
from nhilab.demand.demand import Demand, DemandCalls, DemandTasks
from nhilab.engine.records import filled
from nhilab.engine.world import PRINTING, REPLICA, REVOCATION, World, one_time
from nhilab.ledger.tables import Owner


class OwnRows:
    """Tasks and calls beyond a demand, in order of their beginning; at the end they become rows of it.

    Parameters
    ----------
    world : World
        Its columns grow.
    demand : Demand
        What was sampled; its rows stay as they are and come first.
    horizon : int, µs

    Attributes
    ----------
    permission_of : dict of (resource, operation) to int
    closed : bool
        The run is over.
    """

    def __init__(self, world: World, demand: Demand, horizon: int) -> None:
        self._world, self._demand = world, demand
        self._n_tasks, self._n_calls = len(demand.tasks), len(demand.calls)
        self._task_of_call: list[int] = []
        self._replicated = bool((world.estate.layers.kind == LayerKind.REPLICA).any())
        self.horizon, self.closed = horizon, False
        permissions = world.estate.permissions
        names = world.estate.resources.name[permissions.resource].tolist()
        self.permission_of = {pair: i for i, pair in enumerate(zip(names, permissions.operation.tolist(), strict=True))}
        world.checks_scope = True
        if world.printed is None:
            world.printed = filled(0, self._n_calls)

    def add_task(self, workload: int, instance: int) -> int:
        """Row of a task that begins."""
        world = self._world
        world.workload.append(workload)
        world.instance.append(instance)
        world.identity.append(int(world.estate.workloads.identity[workload]))
        world.place.append(int(world.estate.workloads.place[workload]))
        world.last_stage.append(int(world.plan.last_stage[workload]))
        world.parent_call.append(-1)
        world.records.add_task()
        return len(world.workload) - 1

    def add_call(self, task: int, permission: int, *, call_time: int, in_intent: bool, key: int) -> int:
        """Row of a call that begins; what it may need is decided by its key, as it is for a sampled one."""
        world, estate = self._world, self._world.estate
        world.call_time.append(call_time)
        world.queued_time.append(0)
        world.in_intent.append(in_intent)
        world.permission.append(permission)
        world.key.append(key)
        world.verifier.append(int(estate.resources.verifier[estate.permissions.resource[permission]]))
        for stage, issuer in enumerate(world.issuer):
            world.bucket[stage].append(int(world.plan.bucket_of[stage][permission]))
            world.issuance_time[stage].append(one_time(issuer.service_time, one_uniform(key, stage)))
            u = one_uniform(key, REVOCATION + stage)
            world.revocation_time[stage].append(one_time(issuer.revocation_time, u))
        world.replica_draw.append(one_uniform(key, REPLICA) if self._replicated else 0.0)
        if world.printed is not None:
            chance = estate.places.logs_token_probability[world.place[task]]
            world.printed.append(int(one_uniform(key, PRINTING) < chance))
        world.records.add_call()
        self._task_of_call.append(task)
        return len(world.permission) - 1

    def grown(self) -> Demand:
        """The demand with these rows behind its own, the calls of each task together, as a ledger wants them.

        Raises
        ------
        NhilabError
            If a task has not ended.
        """
        self.closed = True
        self._check_ended()
        world, first = self._world, self._n_calls
        order = np.argsort(np.array(self._task_of_call, np.int64), kind="stable")
        self._reorder(order)
        task = np.array(self._task_of_call, np.int64)[order]
        n_calls = np.bincount(task - self._n_tasks, minlength=len(world.workload) - self._n_tasks)
        own_tasks = DemandTasks.of(
            workload=world.workload[self._n_tasks :],
            instance=world.instance[self._n_tasks :],
            arrived_at=world.records.task_arrived_at[self._n_tasks :],
            first_call=first + np.cumsum(n_calls) - n_calls,
            n_calls=n_calls,
        )
        own_calls = DemandCalls.of(
            task=task,
            permission=np.asarray(world.permission[first:], np.int64)[order],
            think_time=np.zeros(len(order)),
            call_time=np.asarray(world.call_time[first:], np.int64)[order],
            in_intent=np.asarray(world.in_intent[first:], np.int64)[order],
            key=np.asarray(world.key[first:], np.uint64)[order],
        )
        return Demand(tasks=joined([self._demand.tasks, own_tasks]), calls=joined([self._demand.calls, own_calls]))

    def _check_ended(self) -> None:
        for task in range(self._n_tasks, len(self._world.workload)):
            if self._world.records.task_ended_at[task] >= NEVER:
                name = self._world.estate.workloads.name[self._world.workload[task]]
                began = self._world.records.task_arrived_at[task] / SECOND
                raise NhilabError(
                    f"process of {name}: found a task begun at {began:g} s that never ends; "
                    "allowed: with (yield from me.begin()) as task, and none begun within one that outlives the horizon"
                )

    def _reorder(self, order: IntArray) -> None:
        """Number the calls anew, wherever the run has written their numbers down."""
        world, first = self._world, self._n_calls
        columns: list[array[Any]] = [*world.records.of_calls().values(), world.replica_draw]
        for column in columns:
            column[first:] = array(column.typecode, [column[first + row] for row in order.tolist()])
        number = np.empty(len(order), np.int64)
        number[order] = np.arange(len(order)) + first
        credentials = world.records.credentials
        for row, call in enumerate(credentials.call):
            if call >= first:
                credentials.call[row] = int(number[call - first])
            if credentials.owner_kind[row] == Owner.CALL and credentials.owner[row] >= first:
                credentials.owner[row] = int(number[credentials.owner[row] - first])
