"""Draw a whole replication's demand, column by column."""

from __future__ import annotations

import numpy as np

from nhilab.base.errors import InputError
from nhilab.base.quantities import FloatArray, IdArray, IntArray
from nhilab.base.streams import stream
from nhilab.demand.arrivals import sample_arrivals
from nhilab.demand.demand import Demand, DemandCalls, DemandTasks
from nhilab.scenario.distributions import TimeDistribution
from nhilab.scenario.estate_section import Profile
from nhilab.scenario.scenario import Scenario


def sample(scenario: Scenario, *, seed: int, replication: int = 0) -> Demand:
    """Demand of one replication: the same for every strategy compared on this seed.

    Parameters
    ----------
    scenario : Scenario
    seed, replication : int
        Which chance; independent streams per purpose.

    Raises
    ------
    InputError
        If no task arrives within the horizon.

    Notes
    -----
    Definition: MODEL.md §3. Checked by ``tests/unit/demand/test_sample.py``.
    """
    workload, instance, arrived_at = sample_arrivals(scenario, seed=seed, replication=replication)
    if not len(workload):
        raise InputError(scenario.name, "estate.workloads", "no arrival before the horizon", "at least one task")
    drawn = _by_profile(scenario, workload, "calls", _uniforms(seed, replication, "calls", len(workload)))
    n_calls = drawn.astype(np.int64)
    task = np.repeat(np.arange(len(workload)), n_calls)
    caller = workload[task]
    lengths = _by_profile(scenario, caller, "call_time", _uniforms(seed, replication, "call-time", len(task)))
    call_time = np.rint(lengths).astype(np.int64)
    think_time, tail_time = _pauses(scenario, workload, task, call_time, seed=seed, replication=replication)
    first_call = np.cumsum(n_calls) - n_calls
    return Demand(
        tasks=DemandTasks.of(
            workload=workload,
            instance=instance,
            arrived_at=arrived_at,
            tail_time=tail_time,
            first_call=first_call,
            n_calls=n_calls,
        ),
        calls=DemandCalls.of(
            task=task,
            permission=_targets(scenario, caller, _uniforms(seed, replication, "target", len(task))),
            think_time=think_time,
            call_time=call_time,
            key=stream(seed, "demand", "key", replication).integers(0, 2**64, len(task), dtype=np.uint64),
        ),
    )


def _uniforms(seed: int, replication: int, purpose: str, n: int) -> FloatArray:
    return stream(seed, "demand", purpose, replication).random(n)


def _by_profile(scenario: Scenario, workload: IdArray, field: str, u: FloatArray) -> FloatArray:
    """Quantiles at u of each row's profile's distribution `field`; zero where its profile has none."""
    values = np.zeros(len(u))
    for profile, rows in _rows_of_profiles(scenario, workload):
        distribution: TimeDistribution | None = getattr(profile, field)
        if distribution is not None:
            values[rows] = distribution.quantile(u[rows])
    return values


def _rows_of_profiles(scenario: Scenario, workload: IdArray) -> list[tuple[Profile, IntArray]]:
    distinct: list[Profile] = []
    number = np.empty(len(scenario.profiles), np.int64)
    for i, profile in enumerate(scenario.profiles):
        if profile not in distinct:
            distinct.append(profile)
        number[i] = distinct.index(profile)
    of_row = number[workload]
    return [(profile, np.flatnonzero(of_row == i)) for i, profile in enumerate(distinct)]


def _pauses(
    scenario: Scenario, workload: IdArray, task: IntArray, call_time: IntArray, *, seed: int, replication: int
) -> tuple[IntArray, IntArray]:
    """Think time per call and tail time per task: drawn, or the task's idle time cut at uniform instants."""
    n_tasks = len(workload)
    think = _by_profile(scenario, workload[task], "think_time", _uniforms(seed, replication, "think", len(task)))
    length = _by_profile(scenario, workload, "task_time", _uniforms(seed, replication, "task-time", n_tasks))
    idle = np.maximum(0.0, length - np.bincount(task, call_time, n_tasks))
    cuts = stream(seed, "demand", "cuts", replication)
    piece, last_piece = cuts.standard_exponential(len(task)), cuts.standard_exponential(n_tasks)
    share = idle / (np.bincount(task, piece, n_tasks) + last_piece)
    think = think + piece * share[task]
    return np.rint(think).astype(np.int64), np.rint(last_piece * share).astype(np.int64)


def _targets(scenario: Scenario, caller: IdArray, u: FloatArray) -> IdArray:
    targets = scenario.estate.targets
    total = np.bincount(targets.workload, targets.weight, len(scenario.estate.workloads))
    running = np.cumsum(targets.weight)
    before = np.concatenate([[0.0], running])[np.searchsorted(targets.workload, targets.workload)]
    edge = targets.workload + (running - before) / total[targets.workload]
    last = np.searchsorted(targets.workload, targets.workload, side="right") == np.arange(1, len(targets) + 1)
    edge[last] = targets.workload[last] + 1
    return targets.permission[np.searchsorted(edge, caller + u, side="right")]
