"""A demand's columns by hand, where the scenario leaves nothing to chance."""

from __future__ import annotations

import numpy as np
import pytest

from nhilab.base.quantities import SECOND
from nhilab.demand.demand import Demand
from nhilab.demand.sample import sample
from scenarios import HOURLY, as_content, as_scenario


def demanded(profile: dict, seed: int = 0, **workload: object) -> Demand:
    content = as_content(HOURLY)
    content["profiles"]["default"] = profile
    content["estate"]["workloads"]["agent"] |= workload
    return sample(as_scenario(content), seed=seed)


def test_constant_profiles_leave_nothing_to_chance() -> None:
    demand = demanded({"calls": 3, "call_time": "2s", "think_time": "10s"})
    assert demand.tasks.n_calls.tolist() == [3] * 6 and demand.tasks.first_call.tolist() == [0, 3, 6, 9, 12, 15]
    assert set(demand.calls.think_time.tolist()) == {10 * SECOND} and set(demand.tasks.tail_time.tolist()) == {0}
    assert set(demand.calls.call_time.tolist()) == {2 * SECOND}
    assert (demand.tasks.crash_after == -1).all() and demand.calls.in_intent.all()
    assert (demand.tasks.parent_call == -1).all() and (demand.calls.queued_time == 0).all()


def test_a_task_time_is_cut_into_pauses_that_are_alike_in_the_mean() -> None:
    """Three calls leave four pauses of 25 s each, as spacings of uniform cuts: 1 in 8000 may be off by 4 se."""
    demand = demanded({"calls": 3, "call_time": "0", "task_time": "100s"}, count=500)
    pauses = np.c_[demand.calls.think_time.reshape(-1, 3), demand.tasks.tail_time] / SECOND
    assert pauses.sum(axis=1) == pytest.approx(np.full(3000, 100), abs=1e-5)
    error = pauses.std(axis=0) / np.sqrt(3000)
    assert (np.abs(pauses.mean(axis=0) - 25) < 4.5 * error).all()
    assert pauses.std(axis=0) == pytest.approx(np.full(4, 100 * np.sqrt(3 / 80)), rel=0.06), "a Dirichlet's"


def test_calls_longer_than_the_task_leave_no_pause() -> None:
    demand = demanded({"calls": 3, "call_time": "2s", "task_time": "5s"})
    assert not demand.calls.think_time.any() and not demand.tasks.tail_time.any()


def test_each_workload_has_the_profile_it_names() -> None:
    content = as_content(HOURLY)
    content["profiles"]["slow"] = {"calls": 1, "call_time": "9s", "think_time": "0"}
    content["estate"]["workloads"]["batch"] = content["estate"]["workloads"]["agent"] | {"profile": "slow"}
    demand = sample(as_scenario(content), seed=0)
    slow = demand.tasks.workload[demand.calls.task] == 1
    assert set(demand.calls.call_time[slow].tolist()) == {9 * SECOND}
    assert set(demand.calls.call_time[~slow].tolist()) == {SECOND}
    assert demand.tasks.n_calls[demand.tasks.workload == 1].tolist() == [1] * 6


def test_targets_of_one_workload_are_not_called_by_another() -> None:
    content = as_content(HOURLY)
    content["estate"]["resources"]["bucket"]["operations"] = {"a": {}, "b": {}, "c": {}}
    agent = content["estate"]["workloads"]["agent"] | {"count": 50}
    content["estate"]["workloads"] = {
        f"agent-{n}": agent | {"targets": [{"resources": ["*"], "operations": list(operations)}]}
        for n, operations in enumerate(("b", "ac", "c"))
    }
    demand = sample(as_scenario(content), seed=0)
    caller = demand.tasks.workload[demand.calls.task]
    assert [set(demand.calls.permission[caller == n].tolist()) for n in range(3)] == [{1}, {0, 2}, {2}]


def test_every_call_has_a_key_of_its_own() -> None:
    keys = demanded({"calls": 5, "call_time": "1s", "think_time": "0"}, count=50).calls.key
    assert len(set(keys.tolist())) == len(keys) == 1500 and keys.max() > 2**62


def test_another_seed_or_replication_draws_another_demand() -> None:
    scenario = as_scenario(HOURLY)
    digests = {sample(scenario, seed=s, replication=r).digest() for s in (0, 1) for r in (0, 1)}
    assert len(digests) == 4
