"""Strategies at every point of a grid."""

from __future__ import annotations

import json

import pytest
from unit.study.small import small

from nhilab.base.errors import InputError
from nhilab.scenario.edit import edited
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.executor import Executor
from nhilab.study.comparisons.compare import compare
from nhilab.study.experiments.sweep import Sweep, sweep
from nhilab.study.experiments.vary import read_axis

TTL = "strategy.task.ttl=1m,15m,8h"


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return small(tmp_path_factory.mktemp("scenario"))


def swept(scenario: Scenario, *axes: str, strategies: tuple[str, ...] = (), replications: int = 3) -> Sweep:
    return sweep(
        scenario, [read_axis(axis) for axis in axes], seed=0, strategies=strategies, replications=replications,
        campaigns=20, executor=Executor(),
    )  # fmt: skip


def test_each_point_is_what_a_comparison_of_the_edited_scenario_finds(scenario: Scenario) -> None:
    found = swept(scenario, TTL)
    for i, ttl in enumerate(("1m", "15m", "8h")):
        there = edited(scenario, {"strategy.task.ttl": ttl})
        compared = compare(there, seed=0, strategies=("task",), replications=3, campaigns=20).strategies["task"]
        assert {key: compared[key] for key in found.estimates["task"][i]} == found.estimates["task"][i]


def test_only_what_is_touched_is_tried_unless_others_are_asked_for(scenario: Scenario) -> None:
    assert list(swept(scenario, TTL, replications=1).estimates) == ["task"]
    assert list(swept(scenario, "threat.hop_time=0,5s", replications=1).estimates) == ["static", "session", "task"]
    assert list(swept(scenario, TTL, strategies=("session", "task"), replications=1).estimates) == ["session", "task"]


def test_points_that_leave_a_strategy_as_it_is_share_its_cells(scenario: Scenario) -> None:
    found = swept(scenario, TTL, strategies=("task", "session"))
    assert found.cells == 3 * (3 + 1)
    assert found.estimates["session"][0] == found.estimates["session"][2]


def test_as_many_cells_as_are_allowed_are_allowed(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nhilab.study.experiments.sweep.MAX_CELLS", 6)
    assert len(swept(scenario, TTL, strategies=("task",), replications=2).points) == 3
    with pytest.raises(InputError, match="found '9 cells'; allowed: at most 6"):
        swept(scenario, TTL, strategies=("task",), replications=3)


def test_several_axes_are_combined_the_last_one_fastest(scenario: Scenario) -> None:
    found = swept(scenario, TTL, "verifiers.gw.layers.0.ttl=0,5m", replications=1)
    assert found.points[:3] == (("1m", "0"), ("1m", "5m"), ("15m", "0"))
    assert len(found.points) == len(found.estimates["task"]) == 6
    assert found.changes(3) == {"strategy.task.ttl": "15m", "verifiers.gw.layers.0.ttl": "5m"}


def test_differences_are_against_the_first_point_and_paired(scenario: Scenario) -> None:
    found = swept(scenario, TTL)
    first, _, last = found.estimates["task"]
    zero, _, longer = (point["access_window_s"] for point in found.differences["task"])
    assert (zero.mean, zero.low, zero.high, zero.resolved) == (0.0, 0.0, 0.0, False)
    assert longer.mean == pytest.approx(last["access_window_s"].mean - first["access_window_s"].mean)
    assert longer.resolved


def test_beside_a_window_stands_whether_it_is_cut_at_the_cap(scenario: Scenario) -> None:
    found = swept(scenario, "strategy.session.ttl=1h,never").estimates["session"]
    assert [point["unbounded_share"].mean > 0 for point in found] == [False, True]


def test_the_long_table_and_the_json_hold_every_number(scenario: Scenario) -> None:
    found = swept(scenario, TTL, replications=1)
    table = found.frame()
    assert len(table) == 3 * len(found.estimates["task"][0])
    assert table["strategy.task.ttl"].unique(maintain_order=True).to_list() == ["1m", "15m", "8h"]
    assert table["low"].null_count() > 0
    content = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert content["schema"] == "nhilab/sweep/1"
    assert content["strategies"]["task"][1]["point"] == {"strategy.task.ttl": "15m"}
    assert content["strategies"]["task"][1]["differences"]["access_window_s"]["resolved"] is False


@pytest.mark.parametrize(
    ("axis", "said"),
    [
        ("strategy.task.ttl=1m,5 bananas", "found '5 bananas'"),
        ("strategy.nobody.ttl=1m", "--vary"),
        ("strategies.task=null", "that leave the strategy task there"),
        ("threat.hop_time=" + ",".join(f"{i}s" for i in range(1, 2000)), "at most 10,000"),
    ],
)
def test_what_cannot_be_swept_is_refused_before_anything_is_computed(
    scenario: Scenario, axis: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Executor, "run", lambda *_, **__: pytest.fail("computed"))
    with pytest.raises(InputError, match=said):
        swept(scenario, axis)


def test_the_same_sweep_finds_the_same_numbers(scenario: Scenario) -> None:
    assert swept(scenario, TTL).to_json() == swept(scenario, TTL).to_json()
