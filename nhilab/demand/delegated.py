"""Tasks that calls hand to other workloads, generation by generation."""

from __future__ import annotations

import numpy as np

from nhilab.base.quantities import NEVER, IdArray
from nhilab.base.streams import stream
from nhilab.demand.demand import DemandTasks
from nhilab.scenario.scenario import Scenario


def delegated_tasks(
    scenario: Scenario, caller: IdArray, first_row: int, *, seed: int, replication: int, generation: int
) -> DemandTasks | None:
    """Tasks that the calls of one generation hand on; none if no call does.

    Parameters
    ----------
    scenario : Scenario
    caller : ndarray, shape (calls,), int32
        Workload of each call of the generation.
    first_row : int
        Row of the first of those calls in the demand.
    seed, replication, generation : int
        Which chance.

    Returns
    -------
    DemandTasks or None
        They arrive when their parent call is admitted: `arrived_at` is `NEVER`. Number of calls and rows are left 0.
    """
    workloads = scenario.estate.workloads
    handing = workloads.delegates_to[caller] >= 0
    if not handing.any():
        return None
    chance = stream(seed, "demand", "delegation", replication, generation)
    hands_on = handing & (chance.random(len(caller)) < workloads.delegation_probability[caller])
    rows = np.flatnonzero(hands_on)
    if not len(rows):
        return None
    workload = workloads.delegates_to[caller[rows]]
    first_instance = np.cumsum(workloads.count) - workloads.count
    which = (chance.random(len(rows)) * workloads.count[workload]).astype(np.int64)
    return DemandTasks.of(
        workload=workload,
        instance=first_instance[workload] + which,
        arrived_at=np.full(len(rows), NEVER),
        parent_call=first_row + rows,
        first_call=np.zeros(len(rows)),
        n_calls=np.zeros(len(rows)),
    )
