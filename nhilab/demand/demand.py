"""What is asked of the lab's world: every task and call, with all the chance they will need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nhilab.base.quantities import BoolArray, IdArray, IntArray
from nhilab.base.tables import Table, column, digest_of


@dataclass(frozen=True, eq=False, kw_only=True)
class DemandTasks(Table):
    """One row per task, by arrival, then instance; after them the tasks their calls hand on, and theirs."""

    workload: IdArray = column("i4", "whose task")
    instance: IdArray = column("i4", "instance of the workload, numbered over all workloads")
    arrived_at: IntArray = column("i8", "arrival; NEVER if a call hands it on", "µs")
    tail_time: IntArray = column("i8", "from its last call to its end", "µs", neutral=0)
    crash_after: IdArray = column("i4", "crashes after so many of its calls, -1 if it does not", neutral=-1)
    parent_call: IdArray = column("i4", "call that delegates to it, -1 if none", neutral=-1)
    first_call: IdArray = column("i4", "row of its first call")
    n_calls: IdArray = column("i4", "number of calls")


@dataclass(frozen=True, eq=False, kw_only=True)
class DemandCalls(Table):
    """One row per call, by task, then order."""

    task: IdArray = column("i4", "whose call")
    permission: IdArray = column("i4", "(resource, operation) it is for")
    think_time: IntArray = column("i8", "from the previous call's end until it is ready", "µs")
    call_time: IntArray = column("i8", "from its arrival until its end", "µs")
    queued_time: IntArray = column("i8", "waits in a queue", "µs", neutral=0)
    in_intent: BoolArray = column("?", "part of the task's plan", neutral=True)
    key: NDArray[np.uint64] = column("u8", "key of all variates this call's issuances and revocations need")


@dataclass(frozen=True, eq=False, kw_only=True)
class Demand:
    """Tasks and calls of one replication."""

    tasks: DemandTasks
    calls: DemandCalls

    def __repr__(self) -> str:
        return f"Demand({len(self.tasks)} tasks, {len(self.calls)} calls)"

    def digest(self) -> str:
        """SHA-256 of the exact content."""
        return digest_of(self.tasks, self.calls)
