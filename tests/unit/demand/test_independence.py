"""Columns of a demand, and its replications, share no chance."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.stats import rankdata

from nhilab.base.quantities import HOUR, FloatArray
from nhilab.demand.demand import Demand
from nhilab.demand.sample import sample
from scenarios import HOURLY, as_content, as_scenario

THINKING = {"think_time": {"exponential": "10s"}}
LASTING = {"task_time": {"exponential": "10h"}}


def random_demand(replication: int = 0, **pauses: object) -> Demand:
    """Some 5,000 tasks of which every length, count, target and instant is drawn; `pauses` of the profile."""
    content = as_content(HOURLY)
    content["horizon"] = "100h"
    content["estate"]["resources"]["bucket"]["operations"] = {name: {} for name in "abcdefgh"}
    content["estate"]["workloads"]["agent"]["arrivals"] = {"rate": "50/h"}
    content["profiles"]["default"] = {
        "calls": {"geometric": 3}, "call_time": {"exponential": "1s"}, **(pauses or THINKING),
    }  # fmt: skip
    return sample(as_scenario(content), seed=0, replication=replication)


def assert_uncorrelated(columns: dict[str, FloatArray]) -> None:
    """Rank correlation of each pair within 4.5 standard errors of 0."""
    ranks = {name: rankdata(values) for name, values in columns.items()}
    for a, b in itertools.combinations(ranks, 2):
        found = float(np.corrcoef(ranks[a], ranks[b])[0, 1])
        assert abs(found) < 4.5 / np.sqrt(len(ranks[a])), f"{a} and {b}: {found:.3f}"


def test_what_is_drawn_for_a_call_is_drawn_each_for_itself() -> None:
    calls = random_demand().calls
    assert_uncorrelated({
        "target": calls.permission.astype(np.float64),
        "length": calls.call_time.astype(np.float64),
        "pause": calls.think_time.astype(np.float64),
        "key": calls.key.astype(np.float64),
    })  # fmt: skip


def test_what_is_drawn_for_a_task_is_drawn_each_for_itself() -> None:
    demand = random_demand(**LASTING)
    tasks, calls = demand.tasks, demand.calls
    n = len(tasks)
    first = tasks.first_call
    whole = tasks.tail_time + np.bincount(calls.task, calls.think_time + calls.call_time, n)
    assert_uncorrelated({
        "calls": tasks.n_calls.astype(np.float64),
        "length": whole,
        "instant": (tasks.arrived_at % HOUR).astype(np.float64),
        "first target": calls.permission[first].astype(np.float64),
        "first call's length": calls.call_time[first].astype(np.float64),
    })  # fmt: skip


@pytest.mark.parametrize("pauses", [THINKING, LASTING])
def test_no_column_of_two_replications_shares_its_chance(pauses: dict[str, object]) -> None:
    a, b = random_demand(0, **pauses), random_demand(1, **pauses)
    n = min(len(a.calls), len(b.calls))
    for column in ("permission", "call_time", "think_time", "key"):
        assert_uncorrelated({"one": getattr(a.calls, column)[:n], "other": getattr(b.calls, column)[:n]})
    n = min(len(a.tasks), len(b.tasks))
    for column in ("n_calls", "tail_time") if pauses is LASTING else ("n_calls",):
        assert_uncorrelated({"one": getattr(a.tasks, column)[:n], "other": getattr(b.tasks, column)[:n]})
    gaps = {name: np.diff(d.tasks.arrived_at)[: n - 1].astype(np.float64) for name, d in (("one", a), ("other", b))}
    assert_uncorrelated(gaps)
