"""Draw a whole replication's demand, column by column."""

from __future__ import annotations

import numpy as np

from nhilab.base.errors import InputError
from nhilab.base.quantities import BoolArray, FloatArray, IdArray, IntArray
from nhilab.base.tables import joined
from nhilab.demand.arrivals import sample_arrivals
from nhilab.demand.delegated import delegated_tasks
from nhilab.demand.demand import Demand, DemandCalls, DemandTasks
from nhilab.demand.draws import Draws
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
        If no task arrives within the horizon, and no workload is left to a process of one's own.

    Notes
    -----
    Definition: MODEL.md §3. Checked by ``tests/unit/demand/test_sample.py``.
    """
    workload, instance, arrived_at = sample_arrivals(scenario, seed=seed, replication=replication)
    if not len(workload) and not any(w.own_process for w in scenario.content.estate.workloads.values()):
        raise InputError(scenario.name, "estate.workloads", "no arrival before the horizon", "at least one task")
    nothing = np.zeros(len(workload))
    heads: DemandTasks | None = DemandTasks.of(
        workload=workload, instance=instance, arrived_at=arrived_at, first_call=nothing, n_calls=nothing
    )
    tasks: list[DemandTasks] = []
    calls: list[DemandCalls] = []
    generation, n_tasks, n_calls = 0, 0, 0
    while heads is not None:
        draws = Draws(scenario, seed=seed, replication=replication, generation=generation)
        some, theirs = _filled(draws, heads, n_tasks, n_calls)
        tasks.append(some)
        calls.append(theirs)
        heads = delegated_tasks(
            scenario, some.workload[theirs.task - n_tasks], n_calls, seed=seed, replication=replication,
            generation=generation,
        )  # fmt: skip
        generation, n_tasks, n_calls = generation + 1, n_tasks + len(some), n_calls + len(theirs)
    return Demand(tasks=joined(tasks), calls=joined(calls))


def _filled(draws: Draws, heads: DemandTasks, n_tasks: int, n_before: int) -> tuple[DemandTasks, DemandCalls]:
    """Tasks with all their calls; rows are numbered on from those before."""
    workload = heads.workload
    n_calls = draws.by_profile(workload, "calls", "calls").astype(np.int64)
    task = np.repeat(np.arange(len(workload)), n_calls)
    caller = workload[task]
    call_time = np.rint(draws.by_profile(caller, "call_time", "call-time")).astype(np.int64)
    think_time, tail_time = _pauses(draws, workload, task, call_time)
    permission, in_intent = _permissions(draws, caller)
    tasks = DemandTasks.of(
        workload=workload,
        instance=heads.instance,
        arrived_at=heads.arrived_at,
        tail_time=tail_time,
        crash_after=_crashes(draws, workload, n_calls),
        parent_call=heads.parent_call,
        first_call=n_before + np.cumsum(n_calls) - n_calls,
        n_calls=n_calls,
    )
    calls = DemandCalls.of(
        task=n_tasks + task,
        permission=permission,
        think_time=think_time,
        call_time=call_time,
        queued_time=draws.queued_time(caller),
        in_intent=in_intent,
        key=draws.stream("key").integers(0, 2**64, len(task), dtype=np.uint64),
    )
    return tasks, calls


def _crashes(draws: Draws, workload: IdArray, n_calls: IntArray) -> IntArray:
    """After how many of its calls each task crashes, uniform on 1 … n; -1 if it does not."""
    probability = np.array([p.crash_probability for p in draws.scenario.profiles])[workload]
    if not probability.any():
        return np.full(len(workload), -1, np.int64)
    chance = draws.stream("crash")
    crashes = chance.random(len(workload)) < probability
    after = 1 + (chance.random(len(workload)) * n_calls).astype(np.int64)
    return np.where(crashes, np.minimum(after, n_calls), -1)


def _pauses(draws: Draws, workload: IdArray, task: IntArray, call_time: IntArray) -> tuple[IntArray, IntArray]:
    """Think time per call and tail time per task: drawn, or the task's idle time cut at uniform instants."""
    n_tasks = len(workload)
    think = draws.by_profile(workload[task], "think_time", "think")
    length = draws.by_profile(workload, "task_time", "task-time")
    idle = np.maximum(0.0, length - np.bincount(task, call_time, n_tasks))
    cuts = draws.stream("cuts")
    piece, last_piece = cuts.standard_exponential(len(task)), cuts.standard_exponential(n_tasks)
    share = idle / (np.bincount(task, piece, n_tasks) + last_piece)
    think = think + piece * share[task]
    return np.rint(think).astype(np.int64), np.rint(last_piece * share).astype(np.int64)


def _permissions(draws: Draws, caller: IdArray) -> tuple[IdArray, BoolArray]:
    """What each call is for, and whether that is part of its task's plan."""
    planned = _targets(draws.scenario, caller, draws.uniforms("target", len(caller)))
    drift = np.array([p.drift_probability for p in draws.scenario.profiles])[caller]
    if not drift.any():
        return planned, np.ones(len(caller), np.bool_)
    chance = draws.stream("drift")
    drifts = chance.random(len(caller)) < drift
    where = chance.random(len(caller))
    starts = draws.scenario.estate.grant_starts()
    identity = draws.scenario.estate.workloads.identity[caller]
    row = starts[identity] + (where * (starts[identity + 1] - starts[identity])).astype(np.int64)
    return np.where(drifts, draws.scenario.estate.grants.permission[row], planned), ~drifts


def _targets(scenario: Scenario, caller: IdArray, u: FloatArray) -> IdArray:
    targets = scenario.estate.targets
    total = np.bincount(targets.workload, targets.weight, len(scenario.estate.workloads))
    running = np.cumsum(targets.weight)
    before = np.concatenate([[0.0], running])[np.searchsorted(targets.workload, targets.workload)]
    edge = targets.workload + (running - before) / total[targets.workload]
    last = np.searchsorted(targets.workload, targets.workload, side="right") == np.arange(1, len(targets) + 1)
    edge[last] = targets.workload[last] + 1
    return targets.permission[np.searchsorted(edge, caller + u, side="right")]
