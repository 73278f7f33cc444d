"""What the search for copies looks at, and what it finds."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from nhilab.base.estate import Estate, Isolation
from nhilab.base.quantities import BoolArray, IdArray, IntArray
from nhilab.engine.world import World
from nhilab.ledger.tables import Calls, Cause, Credentials, Owner, Tasks


class Stays(NamedTuple):
    """Columns of some rows of the copies table."""

    credential: IntArray
    place: IntArray
    unit: IntArray
    from_at: IntArray
    until_at: IntArray
    cause: Cause


_NONE = np.empty(0, np.int64)
NOWHERE = Stays(_NONE, _NONE, _NONE, _NONE, _NONE, Cause.OWNER)


class Scene:
    """A finished run's tables.

    Attributes
    ----------
    place, unit : ndarray, shape (tasks,), int64
        Where each task ran.
    residue : ndarray, shape (places,), int64, µs
    sent : ndarray, shape (calls,), int64
        Credential that a queued call's message left with, -1 for others.
    consumed_at : ndarray, shape (calls,), int64, µs
        When a consumer took it.
    kept_until : ndarray, shape (credentials,), int64, µs
        Until when its owner keeps each credential.
    """

    def __init__(self, world: World, tasks: Tasks, calls: Calls, credentials: Credentials) -> None:
        estate = world.estate
        self.estate, self.plan = estate, world.plan
        self.sent = np.asarray(world.records.call_sent, np.int64)
        self.consumed_at = np.asarray(world.records.call_consumed_at, np.int64)
        self.tasks, self.calls, self.credentials = tasks, calls, credentials
        self.place = estate.workloads.place[tasks.workload].astype(np.int64)
        self.unit = units_of_tasks(estate, tasks)
        self.residue = estate.places.residue
        self.kept_until = np.minimum(credentials.owner_end, credentials.superseded_at)

    def uses_as_itself(self, credential: IntArray, task: IntArray) -> BoolArray:
        """Whether a credential belongs to the identity of the task that uses it: not forwarded, not exchanged."""
        if self.plan.strategy.delegation == "own":
            return np.ones(len(credential), np.bool_)
        child = self.tasks.parent_call[task] >= 0
        owner = self.credentials.owner[credential]
        own: BoolArray = ~child | (self._owner_of_task(task, self.credentials.owner_kind[credential]) == owner)
        return own

    def _owner_of_task(self, task: IntArray, kind: IdArray) -> IntArray:
        """Row of the owner of a kind that a task's own credentials have; tasks' and calls' own count as theirs."""
        identity = self.estate.workloads.identity[self.tasks.workload[task]].astype(np.int64)
        at_place = identity * len(self.estate.places) + self.place[task]
        wide = [kind == Owner.WORKLOAD, kind == Owner.PLACE, kind == Owner.IDENTITY]
        return np.select(wide, [self.tasks.instance[task], at_place, identity], -2)


def units_of_tasks(estate: Estate, tasks: Tasks) -> IntArray:
    """Unit of its place each task runs in; shape (tasks,), int64."""
    isolation = estate.places.isolation[estate.workloads.place[tasks.workload]]
    rows = np.arange(len(tasks), dtype=np.int64)
    return np.select([isolation == Isolation.SLOT, isolation == Isolation.TASK], [tasks.slot.astype(np.int64), rows], 0)
