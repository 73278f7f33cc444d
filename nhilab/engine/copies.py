"""Where credentials lie, from what happened: the rows of the copies table."""

from __future__ import annotations

import numpy as np

from nhilab.base.estate import Isolation
from nhilab.base.quantities import BoolArray, IntArray, add
from nhilab.engine.copies_elsewhere import copied, forwarded, printed, queued, shown, unmanaged
from nhilab.engine.stays import Scene, Stays
from nhilab.engine.world import World
from nhilab.ledger.tables import Calls, Cause, Copies, Credentials, Owner, Source, Tasks


def find_copies(world: World, tasks: Tasks, calls: Calls, credentials: Credentials) -> Copies:
    """All stays of all copies (MODEL.md §6), sorted by credential, place, unit and start."""
    scene = Scene(world, tasks, calls, credentials)
    shared = world.estate.places.isolation == Isolation.SHARED
    stays = [
        _held_by_task(scene),
        _held_at_shared_place(scene, shared),
        _held_while_used(scene, shared),
        *(find(scene) for find in (copied, unmanaged, queued, shown, forwarded, printed)),
    ]
    columns = [np.concatenate([np.asarray(s[i], np.int64) for s in stays]) for i in range(5)]
    cause = np.concatenate([np.full(len(s.credential), int(s.cause)) for s in stays])
    order = np.lexsort((columns[3], columns[2], columns[1], columns[0]))
    credential, place, unit, from_at, until_at = (c[order] for c in columns)
    return Copies.of(
        credential=credential, place=place, unit=unit, from_at=from_at, until_at=until_at, cause=cause[order]
    )


def _held_by_task(scene: Scene) -> Stays:
    """What a call or a task owns lies with the task from issue until its owner lets go of it and the residue."""
    credentials = scene.credentials
    rows = np.flatnonzero(np.isin(credentials.owner_kind, [Owner.CALL, Owner.TASK]))
    owner = credentials.owner[rows].astype(np.int64)
    by_call = credentials.owner_kind[rows] == Owner.CALL
    task = np.where(by_call, scene.calls.task[np.where(by_call, owner, 0)], owner)
    until = add(scene.kept_until[rows], scene.residue[scene.place[task]])
    return Stays(rows, scene.place[task], scene.unit[task], credentials.issued_at[rows], until, Cause.OWNER)


def _held_at_shared_place(scene: Scene, shared: BoolArray) -> Stays:
    """What a workload, place or identity owns lies at its shared places while it is in its slot."""
    credentials, workloads = scene.credentials, scene.estate.workloads
    pairs: list[tuple[int, int]] = []
    workload_of = np.repeat(np.arange(len(workloads)), workloads.count)
    places_of: dict[int, list[int]] = {}
    for identity, place in sorted(set(zip(workloads.identity.tolist(), workloads.place.tolist(), strict=True))):
        places_of.setdefault(identity, []).append(place)
    n_places = len(scene.estate.places)
    lasting = (credentials.owner_kind >= Owner.WORKLOAD) & (credentials.stage >= 0)
    for row in np.flatnonzero(lasting).tolist():
        owner, kind = int(credentials.owner[row]), credentials.owner_kind[row]
        if kind == Owner.WORKLOAD:
            places = [int(workloads.place[workload_of[owner]])]
        elif kind == Owner.PLACE:
            places = [owner % n_places]
        else:
            places = places_of.get(owner, [])
        pairs += [(row, place) for place in places if shared[place]]
    rows, places_ = np.array(pairs, np.int64).reshape(-1, 2).T
    until = add(scene.kept_until[rows], scene.residue[places_])
    return Stays(rows, places_, np.zeros(len(rows), np.int64), credentials.issued_at[rows], until, Cause.OWNER)


def _held_while_used(scene: Scene, shared: BoolArray) -> Stays:
    """In slots and tasks such a credential lies with each task that uses it, a standing one from its start."""
    calls, credentials, tasks = scene.calls, scene.credentials, scene.tasks
    presented = np.flatnonzero((calls.credential >= 0) & (scene.sent < 0))
    children = np.flatnonzero((credentials.parent >= 0) & (credentials.call >= 0))
    mounted, mounting = _mounted(scene)
    sent = np.flatnonzero(scene.sent >= 0)
    credential = np.concatenate(
        [calls.credential[presented], scene.sent[sent], credentials.parent[children], mounted]
    ).astype(np.int64)
    by_call = np.concatenate([presented, sent, credentials.call[children]])
    task = np.concatenate([calls.task[by_call], mounting]).astype(np.int64)
    at = np.concatenate([
        calls.arrived_at[presented], calls.enqueued_at[sent], credentials.requested_at[children],
        tasks.started_at[mounting],
    ])  # fmt: skip
    own = scene.uses_as_itself(credential, task)
    credential, task, at = credential[own], task[own], at[own]
    at = np.maximum(at, credentials.issued_at[credential])
    lasting = (credentials.owner_kind[credential] >= Owner.WORKLOAD) & ~shared[scene.place[task]]
    lasting &= at <= tasks.ended_at[task]
    credential, task, at = credential[lasting], task[lasting], at[lasting]
    order = np.lexsort((at, task, credential))
    credential, task, at = credential[order], task[order], at[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = (credential[1:] != credential[:-1]) | (task[1:] != task[:-1])
    credential, task, at = credential[first], task[first], at[first]
    until = np.minimum(tasks.ended_at[task], credentials.superseded_at[credential])
    until = add(until, scene.residue[scene.place[task]])
    stays = at <= until
    credential, task, at, until = credential[stays], task[stays], at[stays], until[stays]
    return Stays(credential, scene.place[task], scene.unit[task], at, until, Cause.OWNER)


def _mounted(scene: Scene) -> tuple[IntArray, IntArray]:
    """(credential, task) pairs of standing credentials and the tasks of their owner that run while they are in use."""
    pairs: list[tuple[IntArray, IntArray]] = []
    tasks, credentials, stages = scene.tasks, scene.credentials, scene.plan.stages
    identity = scene.estate.workloads.identity[tasks.workload].astype(np.int64)
    owner_by_kind = {
        Owner.WORKLOAD: tasks.instance.astype(np.int64),
        Owner.PLACE: identity * len(scene.estate.places) + scene.place,
        Owner.IDENTITY: identity,
    }
    chain = stages.chain[scene.plan.last_stage[tasks.workload]]
    for stage in np.flatnonzero(stages.source == Source.STANDING):
        owner = np.where(chain == stages.chain[stage], owner_by_kind[Owner(int(stages.issue_per[stage]))], -1)
        by_owner = np.argsort(owner, kind="stable")
        for row in np.flatnonzero(credentials.stage == stage):
            low, high = np.searchsorted(owner[by_owner], [credentials.owner[row], credentials.owner[row] + 1])
            mounting = by_owner[low:high]
            end = min(credentials.expires_at[row], credentials.superseded_at[row])
            alive = (tasks.ended_at[mounting] > credentials.issued_at[row]) & (tasks.started_at[mounting] < end)
            mounting = mounting[alive]
            pairs.append((np.full(len(mounting), row, np.int64), mounting))
    if not pairs:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    return np.concatenate([p[0] for p in pairs]), np.concatenate([p[1] for p in pairs])
