"""Tasks that calls hand to other workloads, as rows of a demand."""

from __future__ import annotations

from typing import Any

import numpy as np

from nhilab.base.quantities import NEVER, SECOND
from nhilab.demand.demand import Demand
from nhilab.demand.sample import sample
from scenarios import HOURLY, as_content, as_scenario

TWO = {"calls": 2, "call_time": "1s", "think_time": "10s"}
THREE = {"calls": 3, "call_time": "9s", "think_time": "0"}


def demanded(probability: float = 1, *, count: int = 1, seed: int = 0, helpers: int = 1, **helper: Any) -> Demand:
    """Six tasks an instance, of two calls that delegate to a workload whose tasks have three calls."""
    content = as_content(HOURLY)
    content["profiles"] = {"default": TWO, "long": THREE}
    agent = content["estate"]["workloads"]["agent"]
    own = {"identity": "robot", "place": "runner", "profile": "long", "count": helpers}
    content["estate"]["workloads"] = {
        "agent": agent | {"count": count, "delegates_to": {"workload": "helper", "probability": probability}},
        "helper": own | helper,
    }
    if "delegates_to" in helper:
        content["estate"]["workloads"]["far"] = own
    return sample(as_scenario(content), seed=seed)


def test_every_call_that_delegates_has_one_task_of_the_other_workload() -> None:
    tasks = demanded().tasks
    assert tasks.workload.tolist() == [0] * 6 + [1] * 12
    assert tasks.parent_call.tolist() == [-1] * 6 + list(range(12))
    assert tasks.n_calls.tolist() == [2] * 6 + [3] * 12 and tasks.instance.tolist() == [0] * 6 + [1] * 12


def test_a_delegated_task_arrives_when_its_call_is_admitted_and_not_before_the_run_knows() -> None:
    tasks = demanded().tasks
    assert (tasks.arrived_at[6:] == NEVER).all() and (tasks.arrived_at[:6] < NEVER).all()


def test_delegated_calls_are_numbered_on_and_have_their_own_profile() -> None:
    demand = demanded()
    assert demand.tasks.first_call.tolist() == [*range(0, 12, 2), *range(12, 48, 3)]
    assert demand.calls.task.tolist() == np.repeat(np.arange(18), [2] * 6 + [3] * 12).tolist()
    assert set(demand.calls.call_time[12:].tolist()) == {9 * SECOND}
    assert len(set(demand.calls.key.tolist())) == 48


def test_calls_delegate_with_their_probability() -> None:
    parents = demanded(0.3, count=500).tasks.parent_call
    n = 2 * 6 * 500
    handed = (parents >= 0).sum()
    assert abs(handed - 0.3 * n) < 4.5 * np.sqrt(n * 0.21)
    assert (np.diff(parents[parents >= 0]) > 0).all() and parents.max() < n
    assert (demanded(0).tasks.parent_call == -1).all()


def test_a_delegated_task_goes_to_any_instance_each_alike() -> None:
    tasks = demanded(count=200, helpers=4).tasks
    counts = np.bincount(tasks.instance[tasks.parent_call >= 0] - 200, minlength=4)
    n = counts.sum()
    assert n == 2400 and (np.abs(counts - n / 4) < 4.5 * np.sqrt(n * 3 / 16)).all()


def test_what_was_handed_on_may_be_handed_on_again() -> None:
    tasks = demanded(delegates_to={"workload": "far"}).tasks
    assert tasks.workload.tolist() == [0] * 6 + [1] * 12 + [2] * 36
    assert tasks.parent_call.tolist() == [-1] * 6 + list(range(12)) + list(range(12, 48))
    assert tasks.first_call.tolist()[18:] == list(range(48, 156, 3))


def test_generations_share_no_chance() -> None:
    demand = demanded(delegates_to={"workload": "far"}, count=50)
    keys = demand.calls.key
    assert len(set(keys.tolist())) == len(keys)
    second, third = (demand.calls.permission[demand.tasks.workload[demand.calls.task] == w][:900] for w in (1, 2))
    assert abs(np.corrcoef(second, third)[0, 1]) < 4.5 / np.sqrt(900)


def test_delegation_leaves_the_tasks_that_arrive_as_they_are() -> None:
    with_it, without = demanded(1, count=5), demanded(0, count=5)
    n_tasks, n_calls = len(without.tasks), len(without.calls)
    assert with_it.tasks.arrived_at[:n_tasks].tolist() == without.tasks.arrived_at.tolist()
    assert with_it.calls.key[:n_calls].tolist() == without.calls.key.tolist()
    assert with_it.calls.permission[:n_calls].tolist() == without.calls.permission.tolist()


def test_a_workload_that_arrives_too_has_tasks_of_both_kinds() -> None:
    tasks = demanded(arrivals={"cron": "30 * * * *"}).tasks
    mine = tasks.workload == 1
    assert (tasks.parent_call[mine] == -1).sum() == 6 and (tasks.parent_call[mine] >= 0).sum() == 12
