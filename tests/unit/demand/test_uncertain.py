"""Calls that stray from the plan, tasks that crash, messages that wait: what a demand says of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nhilab.base.quantities import SECOND
from nhilab.demand.demand import Demand
from nhilab.demand.sample import sample
from scenarios import HOURLY, as_content, as_scenario

CONSTANT = {"calls": 3, "call_time": "1s", "think_time": "10s"}
N = 6 * 500
"""Tasks of 500 instances, each on the hour for six hours."""


def demanded(profile: dict[str, Any] | None = None, **workload: Any) -> Demand:
    """Three calls a task, planned for operation a of four that are granted."""
    content = as_content(HOURLY)
    content["estate"]["resources"]["bucket"]["operations"] = {name: {} for name in "abcd"}
    content["profiles"]["default"] = CONSTANT | (profile or {})
    content["estate"]["places"]["queue"] = {"kind": "queue"}
    targets = {"targets": [{"resources": ["*"], "operations": ["a"]}]}
    content["estate"]["workloads"]["agent"] |= {"count": 500} | targets | workload
    return sample(as_scenario(content), seed=0)


def alike(a: Demand, b: Demand, *, but: tuple[str, ...]) -> bool:
    """Whether two demands agree in all columns of tasks and calls but some."""
    columns = [(a.tasks, b.tasks, name) for name in ("workload", "instance", "arrived_at", "tail_time", "crash_after")]
    columns += [(a.calls, b.calls, name) for name in ("permission", "think_time", "call_time", "queued_time", "key")]
    return all(np.array_equal(getattr(x, name), getattr(y, name)) for x, y, name in columns if name not in but)


def test_calls_without_drift_are_for_the_targets_and_in_intent() -> None:
    calls = demanded().calls
    assert set(calls.permission.tolist()) == {0} and calls.in_intent.all()


def test_a_call_out_of_plan_is_for_any_grant_each_alike_and_never_in_intent() -> None:
    calls = demanded({"drift_probability": 1}).calls
    assert not calls.in_intent.any()
    counts = np.bincount(calls.permission, minlength=4)
    assert (np.abs(counts - len(calls) / 4) < 4.5 * np.sqrt(len(calls) * 3 / 16)).all() and len(counts) == 4


def test_calls_drift_with_their_probability_and_the_others_keep_to_the_plan() -> None:
    calls = demanded({"drift_probability": 0.3}).calls
    drifted = ~calls.in_intent
    assert abs(drifted.sum() - 0.3 * 3 * N) < 4.5 * np.sqrt(3 * N * 0.21)
    assert set(calls.permission[~drifted].tolist()) == {0} and set(calls.permission[drifted].tolist()) == {0, 1, 2, 3}


def test_an_identitys_calls_never_drift_to_what_only_another_is_granted() -> None:
    content = as_content(HOURLY)
    content["estate"]["resources"]["vault"] = {"class": "secret-store", "verifier": "gateway"}
    content["estate"]["identities"]["other"] = {"grants": [{"resources": ["vault"]}]}
    content["estate"]["identities"]["robot"] = {"grants": [{"resources": ["bucket"], "operations": ["read"]}]}
    agent = content["estate"]["workloads"]["agent"] | {"count": 50}
    content["estate"]["workloads"] = {"agent": agent, "helper": agent | {"identity": "other"}}
    content["profiles"]["default"] = CONSTANT | {"drift_probability": 1}
    demand = sample(as_scenario(content), seed=0)
    caller = demand.tasks.workload[demand.calls.task]
    assert [set(demand.calls.permission[caller == w].tolist()) for w in (0, 1)] == [{0}, {2, 3}]


def test_drift_changes_nothing_but_permissions_and_intent() -> None:
    assert alike(demanded(), demanded({"drift_probability": 0.5}), but=("permission",))


def test_a_task_crashes_after_a_number_of_its_calls_that_is_uniform() -> None:
    after = demanded({"crash_probability": 1}).tasks.crash_after
    counts = np.bincount(after, minlength=4)
    assert counts[0] == 0 and len(counts) == 4
    assert (np.abs(counts[1:] - N / 3) < 4.5 * np.sqrt(N * 2 / 9)).all()


def test_tasks_crash_with_their_probability() -> None:
    crashed = demanded({"crash_probability": 0.3}).tasks.crash_after >= 0
    assert abs(crashed.sum() - 0.3 * N) < 4.5 * np.sqrt(N * 0.21)
    assert (demanded().tasks.crash_after == -1).all()


def test_no_task_crashes_after_more_calls_than_it_has() -> None:
    tasks = demanded({"crash_probability": 1, "calls": {"geometric": 2}}).tasks
    assert (tasks.crash_after >= 1).all() and (tasks.crash_after <= tasks.n_calls).all()
    assert set(tasks.crash_after[tasks.n_calls == 1].tolist()) == {1}


def test_crashes_change_nothing_but_themselves() -> None:
    assert alike(demanded(), demanded({"crash_probability": 0.5}), but=("crash_after",))


@pytest.mark.parametrize("carries", ["credential", "authorisation"])
def test_messages_wait_as_long_as_their_queue_says_and_other_calls_do_not(carries: str) -> None:
    queue = {"place": "queue", "wait": "30s", "carries": carries}
    assert set(demanded(queue=queue).calls.queued_time.tolist()) == {30 * SECOND}
    assert set(demanded().calls.queued_time.tolist()) == {0}
    assert alike(demanded(), demanded(queue=queue), but=("queued_time",))


def test_each_message_waits_for_itself() -> None:
    waits = demanded(queue={"place": "queue", "wait": {"exponential": "30s"}}).calls.queued_time / SECOND
    assert abs(waits.mean() - 30) < 4.5 * 30 / np.sqrt(3 * N) and len(set(waits.tolist())) > 0.99 * 3 * N
