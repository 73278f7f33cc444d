from __future__ import annotations

import inspect
import re
from pathlib import Path

import numpy as np
import pytest
from unit.metrics.tiny import Row, compromises, ledger, rows

from nhilab.base.quantities import NEVER
from nhilab.ledger.compromises import Reached, StepKind, Steps
from nhilab.ledger.tables import Status
from nhilab.metrics.catalogue import CAMPAIGN_METRICS, METRICS
from nhilab.metrics.measure import measure, measure_by_entry, of_entry
from nhilab.metrics.observation import Metric

REACHED = {"reached_at": 0, "held_time": 0, "permission": 0, "n_hops": 0}
STEP = {"kind": StepKind.FOOTHOLD, "at": 0, "n_hops": 0}
TWO_WAYS = compromises(
    [
        {"entry": 0, "access_until": 10, "reach": 1},
        {"entry": 1, "access_until": 60, "reach": 2},
        {"entry": 0, "n_taken": 0},
        {"entry": 1, "access_until": 20, "reach": 1},
    ],
    entries=("runner", "leak", "host"),
    taken=[
        {"campaign": 0, "honoured_until": 10, "credential": 5},
        {"campaign": 1, "honoured_until": 60, "credential": 6},
        {"campaign": 3, "honoured_until": 20, "credential": 7},
    ],
    reached=rows(
        Reached,
        REACHED,
        [
            {"campaign": 0, "resource": 2, "step": 1},
            {"campaign": 1, "resource": 0, "step": 3},
            {"campaign": 1, "resource": 1, "step": 4},
            {"campaign": 3, "resource": 0, "step": 6},
        ],
    ),
    steps=rows(
        Steps,
        STEP,
        [
            {"campaign": 0, "previous": -1},
            {"campaign": 0, "previous": 0},
            {"campaign": 1, "previous": -1},
            {"campaign": 1, "previous": 2},
            {"campaign": 1, "previous": 3},
            {"campaign": 3, "previous": -1},
            {"campaign": 3, "previous": 5},
        ],
    ),
)


def test_the_headline_comes_first_and_names_are_the_functions() -> None:
    assert next(iter(METRICS)) == "access_window_s"
    assert all(name == metric.name == metric.function.__name__ for name, metric in METRICS.items())


def test_costs_come_after_risks() -> None:
    kinds = [metric.kind for metric in METRICS.values()]
    assert kinds == sorted(kinds, reverse=True)


def test_every_metric_is_measured_in_the_order_of_the_catalogue() -> None:
    assert list(measure(ledger(), compromises())) == list(METRICS)


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_a_sample_is_kept_exactly_where_quantiles_or_losses_are_read_from_it(metric: Metric) -> None:
    of = ledger(credentials=[{}], calls=[{}], tasks=[{}])
    found = compromises([{}], taken=[{}])
    assert bool(len(measure(of, found)[metric.name].sample)) == bool(
        metric.quantiles or metric.name in ("reach_weighted", "resource_seconds")
    )


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_every_metric_states_a_formula_a_unit_a_source_an_oracle_and_a_test_that_names_it(metric: Metric) -> None:
    text = inspect.getdoc(metric.function) or ""
    assert ".. math::" in text
    assert "Source: " in text
    assert "Oracle: " in text
    assert re.search(r"Returns\n-------\nObservation, \S", text)
    checked = re.search(r"``(tests/\S+\.py)``", text)
    assert checked
    assert metric.name.removesuffix("_given_theft") in (Path(__file__).parents[3] / checked[1]).read_text()


def test_skipped_rows_with_instants_that_never_come_change_no_metric() -> None:
    left: Row = {"status": Status.SKIPPED, "ended_at": NEVER, "arrived_at": NEVER}
    credentials: list[Row] = [{}, {"expires_at": NEVER, "revocation_requested_at": 20, "revoked_at": 25}]
    calls: list[Row] = [
        {"ready_at": 1, "arrived_at": 3, "ended_at": 9, "credential": 1},
        {"ready_at": 10, "arrived_at": 30, "ended_at": 31, "credential": 1},
        {"ready_at": 35, "arrived_at": NEVER, "ended_at": 37, "credential": -1, "status": Status.DENIED},
    ]
    tasks: list[Row] = [{"ended_at": 40, "status": Status.DENIED}]
    never = left | {"task": 1, "credential": -1, "ready_at": NEVER}
    found = compromises([{"access_until": 60}], taken=[{"honoured_until": 60}])
    without = measure(ledger(credentials=credentials, calls=calls, tasks=tasks), found)
    skipping = ledger(
        credentials=credentials,
        calls=[*calls, never | {"task": 0}, never, never],
        tasks=[*tasks, left | {"started_at": NEVER}],
    )
    for name, seen in measure(skipping, found).items():
        assert (seen.numerator, seen.denominator) == (without[name].numerator, without[name].denominator), name
        assert np.array_equal(seen.sample, without[name].sample), name
        assert 0 <= seen.numerator < 1e6, name


def test_each_way_in_is_measured_on_its_own_campaigns() -> None:
    seen = measure_by_entry(ledger(), TWO_WAYS)
    assert {name: metrics["access_window_s"].value for name, metrics in seen.items() if name != "host"} == {
        "runner": (10 + 0) / 2,
        "leak": (60 + 20) / 2,
    }
    assert seen["leak"]["credential_residual_s"].value == (60 + 20) / 2


def test_a_way_in_without_campaigns_is_an_empty_group() -> None:
    seen = measure_by_entry(ledger(), TWO_WAYS)["host"]
    assert all(np.isnan(observation.value) for observation in seen.values())


def test_only_metrics_that_read_campaigns_are_split_by_way_in() -> None:
    seen = measure_by_entry(ledger(), TWO_WAYS)
    assert list(seen["leak"]) == list(CAMPAIGN_METRICS)
    assert "overhang_s" not in CAMPAIGN_METRICS


def test_ways_in_add_up_to_all_campaigns() -> None:
    whole, parts = measure(ledger(), TWO_WAYS), measure_by_entry(ledger(), TWO_WAYS).values()
    for name in CAMPAIGN_METRICS:
        assert sum(part[name].numerator for part in parts) == whole[name].numerator
        assert sum(part[name].denominator for part in parts) == whole[name].denominator


def test_the_rows_of_one_way_in_point_at_each_other_anew() -> None:
    leak = of_entry(TWO_WAYS, 1)
    assert leak.entries.name.tolist() == ["leak"]
    assert leak.campaigns.entry.tolist() == [0, 0]
    assert leak.taken.campaign.tolist() == [0, 1]
    assert leak.taken.credential.tolist() == [6, 7]
    assert leak.reached.campaign.tolist() == [0, 0, 1]
    assert leak.reached.step.tolist() == [1, 2, 4]
    assert leak.steps.campaign.tolist() == [0, 0, 0, 1, 1]
    assert leak.steps.previous.tolist() == [-1, 0, 1, -1, 3]


def test_tables_are_left_as_they_were() -> None:
    of = ledger(credentials=[{}], calls=[{}], tasks=[{}])
    before = of.digest(), TWO_WAYS.digest()
    measure_by_entry(of, TWO_WAYS)
    measure(of, TWO_WAYS)
    assert (of.digest(), TWO_WAYS.digest()) == before
