"""Money is counted item by item, adds up, and is compared on the same tasks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from unit.study.small import YAML, small

from nhilab.base.errors import InputError
from nhilab.lab import load_scenario
from nhilab.scenario.edit import edited
from nhilab.scenario.scenario import Scenario
from nhilab.scenario.study_section import Prices
from nhilab.study.cells.executor import Executor
from nhilab.study.costs.cost import CostStudy, cost_table, money, money_per_day, money_per_task, study_cost
from nhilab.study.estimates.estimate import MeanParts, Parts
from nhilab.study.estimates.trials import Arm, Trials

PRICES = {"issuance": 0.01, "decision": 0.001, "approval_minute": 1.5, "failed_task": 20}
LOSS = {"incidents_per_year": 2, "per_incident": 100, "per_weighted_resource": 10}
TASKS = np.array([10.0, 20.0])


def escalating(folder: Path) -> Scenario:
    """The small scenario, with a person who takes four minutes to approve on average."""
    rule = {
        "decision_time": "10ms",
        "false_deny_probability": 0.3,
        "escalation": {"approval_time": {"exponential": "4m"}},
    }
    return edited(small(folder), {"strategy.session.authorize": rule})


def counted() -> Parts:
    """Two replications: 30 and 50 issued, 100 and 200 decided, 2 and 3 escalated, 1 and 0 failed."""
    counts = {
        "issuances_per_task": ([30.0, 50.0], TASKS),
        "decisions_per_call": ([100.0, 200.0], 7 * TASKS),
        "escalations_per_task": ([2.0, 3.0], TASKS),
        "failed_task_share": ([1.0, 0.0], TASKS),
    }
    means = {key: MeanParts(np.array(sums), over, key.endswith("_share")) for key, (sums, over) in counts.items()}
    return Parts(means, {}, dict.fromkeys(means, "1"), 2)


def studied(scenario: Scenario, prices: dict[str, Any], **settings: Any) -> CostStudy:
    with Executor() as executor:
        return study_cost(
            edited(scenario, {"prices": prices}),
            seed=0,
            executor=executor,
            **{"replications": 3, "campaigns": 20} | settings,
        )


def test_every_item_is_its_price_times_its_count_over_the_tasks(tmp_path: Path) -> None:
    items = money(counted(), Prices(**PRICES), escalating(tmp_path).strategies["session"])
    assert list(items) == ["issuance", "decision", "approval", "failed_task"]
    expected = [[0.3, 0.5], [0.1, 0.2], [2 * 4 * 1.5, 3 * 4 * 1.5], [20.0, 0.0]]
    assert np.allclose([each.numerators for each in items.values()], expected)
    assert all((each.denominators == TASKS).all() for each in items.values())


def test_without_a_person_who_approves_nothing_is_paid_for_approval(tmp_path: Path) -> None:
    items = money(counted(), Prices(**PRICES), small(tmp_path).strategies["session"])
    assert items["approval"].numerators.tolist() == [0.0, 0.0]


def test_items_add_up_to_money_per_task_and_days_to_the_same_total(tmp_path: Path) -> None:
    strategy = escalating(tmp_path).strategies["session"]
    task = money_per_task(counted(), Prices(**PRICES), strategy)
    assert task.numerators.tolist() == pytest.approx([32.4, 18.7])
    day = money_per_day(counted(), Prices(**PRICES), strategy, horizon_s=6 * 3600.0)
    assert day.interval().mean == pytest.approx((32.4 + 18.7) / 2 * 4)


def test_prices_twice_as_high_cost_twice_as_much(tmp_path: Path) -> None:
    scenario = escalating(tmp_path)
    once, twice = (studied(scenario, {key: k * price for key, price in PRICES.items()}) for k in (1, 2))
    for name, cost in once.strategies.items():
        assert twice.strategies[name].per_day[:3] == pytest.approx([2 * x for x in cost.per_day[:3]])
    assert once.strategies["session"].items["approval"].mean > 0


def test_differences_are_paired_with_the_first_strategy_named(tmp_path: Path) -> None:
    found = studied(small(tmp_path), {"issuance": 1}, strategies=["task", "session"]).strategies
    task, session = found["task"], found["session"]
    assert task.difference is task.difference_per_day is None
    assert session.difference is not None
    assert session.difference.mean == pytest.approx(session.per_task.mean - task.per_task.mean)
    assert session.difference.mean < 0
    assert session.difference.resolved


def test_one_issuance_for_each_task_costs_its_price(tmp_path: Path) -> None:
    task = studied(small(tmp_path), {"issuance": 0.25}, strategies=["task"]).strategies["task"]
    with Executor() as executor:
        trials = Trials([Arm("task", small(tmp_path), "task")], seed=0, campaigns=20, executor=executor)
        trials.extend(3)
        issued = trials.parts()["task"].means["issuances_per_task"]
    assert task.items["issuance"].mean == pytest.approx(0.25 * issued.interval().mean)
    assert task.per_task[:3] == pytest.approx(task.items["issuance"][:3])


def test_failures_too_rare_to_be_seen_widen_the_interval_of_failed_tasks(tmp_path: Path) -> None:
    failed = studied(small(tmp_path), {"failed_task": 20}, strategies=["task"]).strategies["task"].items["failed_task"]
    assert (failed.mean, failed.low) == (0.0, 0.0)
    assert 0 < failed.high < 2


def test_a_scenario_without_prices_is_refused(tmp_path: Path) -> None:
    with Executor() as executor, pytest.raises(InputError, match="prices: found 'nothing'"):
        study_cost(small(tmp_path), seed=0, executor=executor)


def test_a_strategy_without_prices_of_losses_has_none(tmp_path: Path) -> None:
    study = studied(small(tmp_path), {"issuance": 1}, strategies=["task", "session"])
    assert all(cost.loss is None and cost.loss_difference is None for cost in study.strategies.values())
    assert "annual_loss" not in cost_table(study)["item"].to_list()


def test_a_study_is_json_and_a_table_of_the_same_numbers_each_time(tmp_path: Path) -> None:
    path = tmp_path / "named.yaml"
    path.write_text(YAML, encoding="utf-8")
    studies = [studied(load_scenario(path), PRICES | {"loss": LOSS}) for _ in range(2)]
    first, second = (json.dumps(study.to_json(), allow_nan=False) for study in studies)
    assert first == second
    content = json.loads(first)
    assert content["schema"] == "nhilab/cost/1"
    rows = {(row["strategy"], row["item"]): row for row in cost_table(studies[0]).iter_rows(named=True)}
    for name, cost in content["strategies"].items():
        assert rows[name, "per_task"]["mean"] == cost["per_task"]["mean"]
        assert rows[name, "annual_loss"]["mean"] == cost["loss"]["annual_loss"]["mean"]["mean"]
        assert rows[name, "annual_loss"]["unit"] == "EUR/year"
    assert len(rows) == 7 * 3
