"""The value at which one strategy is as good as another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from unit.study.small import small

from nhilab.base.errors import InputError
from nhilab.scenario.edit import edited
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.cell import Cell, Outcome
from nhilab.study.cells.executor import Executor
from nhilab.study.cells.store import CellStore
from nhilab.study.experiments.break_even import BreakEven
from nhilab.study.experiments.break_even_search import break_even
from nhilab.study.experiments.vary import read_range

LENGTHS = "strategy.session.ttl=1m..8h"


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    twin = {"stages": [{"issuer": "sts", "from": "attested", "issue_per": "workload", "ttl": "30m"}]}
    return edited(small(tmp_path_factory.mktemp("scenario")), {"strategies.twin": twin})


def found(
    scenario: Scenario, vary: str = LENGTHS, *, against: str = "twin", metric: str = "access_window_s",
    strategy: str = "session", replications: int = 3, executor: Executor | None = None,
) -> BreakEven:  # fmt: skip
    return break_even(
        scenario, read_range(vary), strategy=strategy, against=against, metric=metric, tolerance=0.02, seed=0,
        replications=replications, campaigns=20, executor=executor or Executor(),
    )  # fmt: skip


def test_a_lifetime_breaks_even_with_the_same_lifetime(scenario: Scenario) -> None:
    result = found(scenario)
    assert result.crossing.value == pytest.approx(1800, rel=0.02)
    assert result.crossing.low is not None
    assert result.crossing.high is not None
    assert result.crossing.low <= 1800 <= result.crossing.high
    assert [one.value for one in result.tried] == sorted(one.value for one in result.tried)


def test_a_search_that_was_stopped_computes_nothing_twice(scenario: Scenario, tmp_path: Path) -> None:
    computed: list[Cell] = []

    class Counting(CellStore):
        def save(self, cell: Cell, outcome: Outcome) -> None:
            computed.append(cell)
            super().save(cell, outcome)

    results = [found(scenario, executor=Executor(store=Counting(tmp_path))) for _ in range(2)]
    assert len(computed) == len(set(computed)) == 3 * (len(results[0].tried) + 1)
    assert results[0].to_json() == results[1].to_json()


def test_no_crossing_in_the_range_is_an_answer(scenario: Scenario) -> None:
    result = found(scenario, "strategy.session.ttl=1h..8h")
    assert (result.crossing.kind, result.crossing.value) == ("none", None)
    assert all(one.difference.mean > 0 for one in result.tried)


def test_a_metric_that_does_not_depend_on_the_value_is_flat(scenario: Scenario) -> None:
    assert found(scenario, metric="failed_task_share").crossing.kind == "flat"


def test_a_metric_without_a_value_is_undefined(scenario: Scenario) -> None:
    assert found(scenario, metric="time_to_crown_jewel_s").crossing.kind == "undefined"


def test_windows_cut_at_the_cap_are_noted(scenario: Scenario) -> None:
    assert found(scenario, "strategy.session.ttl=1h..2h", against="static", replications=1).capped


def test_whole_numbers_are_tried_as_such(scenario: Scenario) -> None:
    result = found(scenario, "estate.places.runner.slots=1..6", against="task", replications=2)
    assert all(one.value == round(one.value) for one in result.tried)


def test_the_json_is_finite_and_names_its_schema(scenario: Scenario) -> None:
    content = json.loads(json.dumps(found(scenario, replications=1).to_json(), allow_nan=False))
    assert content["schema"] == "nhilab/break-even/1"
    assert (content["answer"], content["low"], content["high"]) == ("found", None, None)
    assert content["capped"] is False
    assert content["range"] == [60.0, 28_800.0]


@pytest.mark.parametrize(
    ("vary", "strategy", "said"),
    [
        (LENGTHS, "twin", "another strategy than twin"),
        ("strategy.session.ttl=0..8h", "session", "ttl: found '0'; allowed: a lifetime above 0"),
        ("strategy.nobody.ttl=1m..8h", "session", "--vary"),
        ("estate.places.runner.slots=0..4", "session", "slots"),
    ],
)
def test_what_cannot_be_searched_is_refused_before_anything_is_computed(
    scenario: Scenario, vary: str, strategy: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Executor, "run", lambda *_, **__: pytest.fail("computed"))
    with pytest.raises(InputError, match=said):
        found(scenario, vary, strategy=strategy)
