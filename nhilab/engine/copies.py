"""Where credentials lie, from what happened: the rows of the copies table."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nhilab.base.estate import Estate, Isolation
from nhilab.base.quantities import BoolArray, IdArray, IntArray, add
from nhilab.base.streams import keyed_uniform
from nhilab.engine.world import PRINTING
from nhilab.ledger.tables import Calls, Cause, Copies, Credentials, Owner, Source, Stages, Status, Tasks


class _Stays(NamedTuple):
    """Columns of some rows of the copies table."""

    credential: IntArray
    place: IntArray
    unit: IntArray
    from_at: IntArray
    until_at: IntArray
    cause: Cause


def find_copies(
    estate: Estate,
    stages: Stages,
    tasks: Tasks,
    calls: Calls,
    credentials: Credentials,
    key: NDArray[np.uint64],
) -> Copies:
    """All stays of all copies (MODEL.md §6), sorted by credential, place, unit and start."""
    place = estate.workloads.place[tasks.workload]
    unit = units_of_tasks(estate, tasks)
    shared = estate.places.isolation == Isolation.SHARED
    residue = estate.places.residue
    stays = [
        _held_by_task(credentials, calls, place, unit, residue),
        _held_at_shared_place(estate, tasks, credentials, shared),
        _held_while_used(stages, tasks, calls, credentials, place, unit, shared, estate),
        _printed(estate, calls, place, key),
    ]
    columns = [np.concatenate([np.asarray(s[i], np.int64) for s in stays]) for i in range(5)]
    cause = np.concatenate([np.full(len(s.credential), int(s.cause)) for s in stays])
    order = np.lexsort((columns[3], columns[2], columns[1], columns[0]))
    credential, place_, unit_, from_at, until_at = (c[order] for c in columns)
    return Copies.of(
        credential=credential, place=place_, unit=unit_, from_at=from_at, until_at=until_at, cause=cause[order]
    )


def units_of_tasks(estate: Estate, tasks: Tasks) -> IntArray:
    """Unit of its place each task runs in; shape (tasks,), int64."""
    isolation = estate.places.isolation[estate.workloads.place[tasks.workload]]
    rows = np.arange(len(tasks), dtype=np.int64)
    return np.select([isolation == Isolation.SLOT, isolation == Isolation.TASK], [tasks.slot.astype(np.int64), rows], 0)


def _held_by_task(
    credentials: Credentials, calls: Calls, place: IdArray, unit: IntArray, residue: IntArray
) -> _Stays:
    """What a call or a task owns lies with the task from issue until the owner's end and the residue."""
    rows = np.flatnonzero(np.isin(credentials.owner_kind, [Owner.CALL, Owner.TASK]))
    task = calls.task[credentials.call[rows]]
    until = add(credentials.owner_end[rows], residue[place[task]])
    return _Stays(rows, place[task].astype(np.int64), unit[task], credentials.issued_at[rows], until, Cause.OWNER)


def _instance_workload(estate: Estate) -> IntArray:
    return np.repeat(np.arange(len(estate.workloads)), estate.workloads.count)


def _held_at_shared_place(estate: Estate, tasks: Tasks, credentials: Credentials, shared: BoolArray) -> _Stays:
    """What a workload, place or identity owns lies at its shared places for its whole life."""
    pairs: list[tuple[int, int]] = []
    workload_of = _instance_workload(estate)
    runs_at = sorted(set(zip(estate.workloads.identity.tolist(), estate.workloads.place.tolist(), strict=True)))
    places_of: dict[int, list[int]] = {}
    for identity, place in runs_at:
        places_of.setdefault(identity, []).append(place)
    n_places = len(estate.places)
    for row in np.flatnonzero(credentials.owner_kind >= Owner.WORKLOAD).tolist():
        owner, kind = int(credentials.owner[row]), credentials.owner_kind[row]
        if kind == Owner.WORKLOAD:
            places = [int(estate.workloads.place[workload_of[owner]])]
        elif kind == Owner.PLACE:
            places = [owner % n_places]
        else:
            places = places_of.get(owner, [])
        pairs += [(row, place) for place in places if shared[place]]
    rows = np.array([row for row, _ in pairs], np.int64)
    place_ids = np.array([place for _, place in pairs], np.int64)
    until = add(credentials.owner_end[rows], estate.places.residue[place_ids])
    return _Stays(rows, place_ids, np.zeros(len(rows), np.int64), credentials.issued_at[rows], until, Cause.OWNER)


def _held_while_used(
    stages: Stages,
    tasks: Tasks,
    calls: Calls,
    credentials: Credentials,
    place: IdArray,
    unit: IntArray,
    shared: BoolArray,
    estate: Estate,
) -> _Stays:
    """In slots and tasks such a credential lies with each task that uses it, a standing one from its start."""
    presented = np.flatnonzero(calls.credential >= 0)
    children = np.flatnonzero(credentials.parent >= 0)
    mounted, mounting = _mounted(stages, tasks, credentials, estate)
    credential = np.concatenate([calls.credential[presented], credentials.parent[children], mounted]).astype(np.int64)
    task = np.concatenate([calls.task[presented], calls.task[credentials.call[children]], mounting]).astype(np.int64)
    at = np.concatenate(
        [calls.arrived_at[presented], credentials.requested_at[children], tasks.started_at[mounting]]
    )
    at = np.maximum(at, credentials.issued_at[credential])
    lasting = (credentials.owner_kind[credential] >= Owner.WORKLOAD) & ~shared[place[task]]
    credential, task, at = credential[lasting], task[lasting], at[lasting]
    order = np.lexsort((at, task, credential))
    credential, task, at = credential[order], task[order], at[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = (credential[1:] != credential[:-1]) | (task[1:] != task[:-1])
    credential, task, at = credential[first], task[first], at[first]
    until = add(tasks.ended_at[task], estate.places.residue[place[task]])
    return _Stays(credential, place[task].astype(np.int64), unit[task], at, until, Cause.OWNER)


def _mounted(stages: Stages, tasks: Tasks, credentials: Credentials, estate: Estate) -> tuple[IntArray, IntArray]:
    """(credential, task) pairs of standing credentials and the tasks of their owner that overlap their life."""
    pairs: list[tuple[IntArray, IntArray]] = []
    identity = estate.workloads.identity[tasks.workload].astype(np.int64)
    place = estate.workloads.place[tasks.workload]
    owner_by_kind = {
        Owner.WORKLOAD: tasks.instance.astype(np.int64),
        Owner.PLACE: identity * len(estate.places) + place,
        Owner.IDENTITY: identity,
    }
    for stage in np.flatnonzero(stages.source == Source.STANDING):
        owner = owner_by_kind[Owner(int(stages.issue_per[stage]))]
        by_owner = np.argsort(owner, kind="stable")
        for row in np.flatnonzero(credentials.stage == stage):
            low, high = np.searchsorted(owner[by_owner], [credentials.owner[row], credentials.owner[row] + 1])
            mounting = by_owner[low:high]
            alive = (tasks.ended_at[mounting] > credentials.issued_at[row]) & (
                tasks.started_at[mounting] < credentials.expires_at[row]
            )
            mounting = mounting[alive]
            pairs.append((np.full(len(mounting), row, np.int64), mounting))
    if not pairs:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    return np.concatenate([p[0] for p in pairs]), np.concatenate([p[1] for p in pairs])


def _printed(estate: Estate, calls: Calls, place: IdArray, key: NDArray[np.uint64]) -> _Stays:
    """A printed credential lies in the log from the end of the call that printed it, for the log's residue."""
    at = place[calls.task]
    chance = estate.places.logs_token_probability[at]
    rows = np.flatnonzero((calls.status == Status.DONE) & (keyed_uniform(key, PRINTING) < chance))
    log = estate.places.log[at[rows]]
    until = add(calls.ended_at[rows], estate.places.residue[log])
    credential, nowhere = calls.credential[rows].astype(np.int64), np.zeros(len(rows), np.int64)
    return _Stays(credential, log.astype(np.int64), nowhere, calls.ended_at[rows], until, Cause.LOGGED)


