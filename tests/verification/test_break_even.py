"""The lifetime without revocation that is worth a revocation, where theory knows it.

A thief who comes at a uniform instant takes a credential that is honoured for T/2 more, on average, if nobody revokes
it; and for E[D²]/2E[D] if it is revoked, and refused at once, at the end of a task of duration D. They are equal at
T = E[D²]/E[D]: the interval must hold that, and refuse what is 5 % off.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.executor import Executor
from nhilab.study.cells.store import CellStore
from nhilab.study.experiments.break_even import BreakEven
from nhilab.study.experiments.break_even_search import break_even
from nhilab.study.experiments.vary import read_range
from nhilab.study.verify.world import STRATEGY, build, stage
from nhilab.theory import residual

SEED = 20261124
OFF = 0.05


def world(other: dict[str, Any], duration: Any) -> Scenario:
    """One task every 1,000 s that presents its credential as it starts; tokens that expire, or the other strategy."""
    return build(
        stages=[stage(900.0, issue_per="identity")],
        workload={"arrivals": {"every": "1000s"}},
        profile={"calls": 1, "call_time": duration, "think_time": 0},
        verifiers={"verifier": {"self_contained": False}},
        horizon=50_000.0, warm_up=4_000.0, follow_up=4_000.0,
        more={"strategies": {"other": {"stages": [other]}}},
    )  # fmt: skip


def solved(scenario: Scenario, *, replications: int, campaigns: int, store: Path) -> BreakEven:
    return break_even(
        scenario, read_range("strategy.studied.ttl=5m..15m"), strategy=STRATEGY, against="other",
        metric="credential_residual_s", seed=SEED, replications=replications, campaigns=campaigns,
        executor=Executor(store=CellStore(store)),
    )  # fmt: skip


def assert_holds(found: BreakEven, theory: float) -> None:
    low, high = found.crossing.low, found.crossing.high
    assert low is not None
    assert high is not None
    assert low <= theory <= high, f"{theory} s is not in {found.crossing}"
    assert theory * (1 - OFF) < low, f"5 % less would pass too: {found.crossing}"
    assert theory * (1 + OFF) > high, f"5 % more would pass too: {found.crossing}"


@pytest.mark.full
def test_a_lifetime_breaks_even_with_itself(tmp_path: Path) -> None:
    scenario = world(stage(600.0, issue_per="identity"), "1s")
    assert_holds(solved(scenario, replications=8, campaigns=150, store=tmp_path), 600.0)


def test_a_lifetime_is_worth_a_revocation_at_the_end_of_a_task_as_long(tmp_path: Path) -> None:
    scenario = world(stage(3_600.0, revoke=["task-end"]), "600s")
    theory = 2 * residual.length_biased(600.0, 600.0**2)
    assert_holds(solved(scenario, replications=8, campaigns=150, store=tmp_path), theory)


@pytest.mark.full
def test_a_lifetime_is_worth_a_revocation_at_ends_of_tasks_of_any_length(tmp_path: Path) -> None:
    scenario = world(stage(3_600.0, revoke=["task-end"]), {"uniform": ["240s", "960s"]})
    theory = 2 * residual.length_biased(600.0, 600.0**2 + 720.0**2 / 12)
    assert_holds(solved(scenario, replications=32, campaigns=600, store=tmp_path), theory)
