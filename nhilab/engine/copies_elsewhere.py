"""Copies that lie elsewhere than with their owner: copied, forgotten, queued, shown, forwarded, printed."""

from __future__ import annotations

import numpy as np

from nhilab.base.estate import Carries, Isolation
from nhilab.base.quantities import NEVER, IntArray, add
from nhilab.engine.stays import NOWHERE, Scene, Stays
from nhilab.ledger.tables import Cause, Owner


def copied(scene: Scene) -> Stays:
    """Lasting credentials of a workload at the places that received a copy, until it is replaced; or missed by that."""
    table, credentials, workloads = scene.estate.copies_to, scene.credentials, scene.estate.workloads
    workload_of = np.repeat(np.arange(len(workloads)), workloads.count)
    found = []
    for workload, place, rotated in zip(
        table.workload.tolist(), table.place.tolist(), table.rotated.tolist(), strict=True
    ):
        at_place = workloads.identity[workload] * len(scene.estate.places) + workloads.place[workload]
        owner, kind = credentials.owner, credentials.owner_kind
        chain = scene.plan.stages.chain[scene.plan.last_stage[workload]]
        mine = (kind == Owner.WORKLOAD) & (workload_of[np.where(kind == Owner.WORKLOAD, owner, 0)] == workload)
        mine |= (kind == Owner.PLACE) & (owner == at_place)
        mine |= (kind == Owner.IDENTITY) & (owner == workloads.identity[workload])
        mine &= (credentials.stage >= 0) & (scene.plan.stages.chain[credentials.stage] == chain)
        rows = np.flatnonzero(mine)
        if not rotated:
            slots = np.stack([credentials.stage[rows], kind[rows], owner[rows], credentials.scope[rows]])
            rows = rows[np.sort(np.unique(slots, axis=1, return_index=True)[1])]
        until = credentials.superseded_at[rows] if rotated else np.full(len(rows), NEVER)
        found.append(_stays_at(scene, rows, place, until, Cause.COPIED))
    return _together(found, Cause.COPIED)


def unmanaged(scene: Scene) -> Stays:
    """Standing credentials of no strategy, at their places."""
    table = scene.estate.standing
    rows = np.flatnonzero(scene.credentials.stage < 0)
    number = {name: int(row) for name, row in zip(dict.fromkeys(table.name.tolist()), rows, strict=True)}
    found = [
        _stays_at(scene, np.array([number[name]]), place, np.array([NEVER]), Cause.OWNER)
        for name, place in zip(table.name.tolist(), table.place.tolist(), strict=True)
    ]
    return _together(found, Cause.OWNER)


def _stays_at(scene: Scene, rows: IntArray, place: int, until: IntArray, cause: Cause) -> Stays:
    """Copies at a place: in a shared one for good, else in the environment of every task that runs there meanwhile."""
    issued, residue = scene.credentials.issued_at[rows], int(scene.residue[place])
    if scene.estate.places.isolation[place] == Isolation.SHARED:
        return Stays(rows, np.full(len(rows), place), np.zeros(len(rows), np.int64), issued, add(until, residue), cause)
    there = np.flatnonzero((scene.place == place) & (scene.tasks.started_at < NEVER))
    which, task = (index.ravel() for index in np.indices((len(rows), len(there))))
    task = there[task]
    begin, end = scene.tasks.started_at[task], scene.tasks.ended_at[task]
    meets = (end > issued[which]) & (begin < until[which])
    which, task = which[meets], task[meets]
    return Stays(
        rows[which],
        np.full(len(which), place),
        scene.unit[task],
        np.maximum(begin[meets], issued[which]),
        add(np.minimum(end[meets], until[which]), residue),
        cause,
    )


def _together(found: list[Stays], cause: Cause) -> Stays:
    if not found:
        return NOWHERE
    credential, place, unit, begin, end = (
        np.concatenate([np.asarray(stays[i], np.int64) for stays in found]) for i in range(5)
    )
    return Stays(credential, place, unit, begin, end, cause)


def queued(scene: Scene) -> Stays:
    """A message's credential lies in the queue until a consumer takes it."""
    calls, workloads = scene.calls, scene.estate.workloads
    workload = scene.tasks.workload[calls.task]
    rows = np.flatnonzero((scene.sent >= 0) & (workloads.carries[workload] == Carries.CREDENTIAL))
    credential, until = scene.sent[rows], scene.consumed_at[rows]
    place = workloads.queue[workload[rows]].astype(np.int64)
    return Stays(credential, place, np.zeros(len(rows), np.int64), calls.enqueued_at[rows], until, Cause.QUEUED)


def shown(scene: Scene) -> Stays:
    """A presented credential remains at the resource's own place, if it has one."""
    calls, permissions = scene.calls, scene.estate.permissions
    place = scene.estate.resources.place[permissions.resource[calls.permission]]
    rows = np.flatnonzero((place >= 0) & (calls.credential >= 0) & (calls.arrived_at < NEVER))
    at = place[rows].astype(np.int64)
    until = add(np.maximum(calls.ended_at[rows], calls.arrived_at[rows]), scene.residue[at])
    credential = calls.credential[rows].astype(np.int64)
    return Stays(credential, at, np.zeros(len(rows), np.int64), calls.arrived_at[rows], until, Cause.PRESENTED)


def forwarded(scene: Scene) -> Stays:
    """A forwarded credential lies at the child's place while the child runs, and for the residue."""
    if scene.plan.strategy.delegation != "forward":
        return NOWHERE
    tasks, calls = scene.tasks, scene.calls
    rows = np.flatnonzero((tasks.parent_call >= 0) & (tasks.started_at < NEVER))
    credential = calls.credential[tasks.parent_call[rows]].astype(np.int64)
    until = add(tasks.ended_at[rows], scene.residue[scene.place[rows]])
    return Stays(credential, scene.place[rows], scene.unit[rows], tasks.started_at[rows], until, Cause.FORWARDED)


def printed(scene: Scene) -> Stays:
    """A printed credential lies in the log from the end of the call that printed it, for the log's residue."""
    calls = scene.calls
    rows = np.flatnonzero(calls.logged)
    log = scene.estate.places.log[scene.place[calls.task[rows]]].astype(np.int64)
    until = add(calls.ended_at[rows], scene.residue[log])
    credential, nowhere = calls.credential[rows].astype(np.int64), np.zeros(len(rows), np.int64)
    return Stays(credential, log, nowhere, calls.ended_at[rows], until, Cause.LOGGED)
