"""A comparison: the contract of its JSON, and what it does not depend on."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from unit.study.small import YAML, compared, small, write

from nhilab.base.errors import InputError
from nhilab.lab import load_scenario, try_strategy
from nhilab.metrics.catalogue import CAMPAIGN_METRICS, METRICS
from nhilab.study.comparisons.compare import compare
from nhilab.study.estimates.precision import MAX_REPLICATIONS, WATCHED

KEYS = {
    "schema", "scenario", "scenario_digest", "seed", "replications", "campaigns", "horizon_s", "cap_s",
    "strategies", "differences", "entries", "hypothetical", "thieves", "assumptions",
}  # fmt: skip


def leaves(content: Any) -> Iterator[Any]:
    if isinstance(content, dict | list):
        for value in content.values() if isinstance(content, dict) else content:
            yield from leaves(value)
    else:
        yield content


def reported(metrics: Any) -> set[str]:
    return set(metrics) | {f"{n}_p{round(100 * q)}" for n, m in metrics.items() for q in m.quantiles}


def test_the_json_has_the_keys_of_the_contract(tmp_path: Path) -> None:
    content = compared(small(tmp_path)).to_json()
    assert set(content) == KEYS
    assert content["schema"] == "nhilab/comparison/1"
    assert (content["scenario"], content["seed"], content["replications"], content["campaigns"]) == ("small", 0, 3, 20)
    assert (content["horizon_s"], content["cap_s"], content["hypothetical"]) == (14_400.0, 172_800.0, [])
    assert list(content["strategies"]) == ["static", "session", "task"]
    assert list(content["differences"]) == ["session - static", "task - static"]
    for estimates in content["strategies"].values():
        assert set(estimates) == reported(METRICS)
        assert all(set(e) == {"mean", "low", "high", "unit", "n"} for e in estimates.values())
    for contrasts in content["differences"].values():
        assert set(contrasts) == reported(METRICS)
        assert all(set(c) == {"mean", "low", "high", "variance_ratio"} for c in contrasts.values())
    for by_entry in content["entries"].values():
        assert set(by_entry) == {"runner", "dependency"}
        assert all(set(estimates) == reported(CAMPAIGN_METRICS) for estimates in by_entry.values())


def test_the_numbers_in_the_json_are_finite_or_null(tmp_path: Path) -> None:
    content = compared(small(tmp_path)).to_json()
    json.dumps(content, allow_nan=False)
    values = list(leaves(content))
    assert None in values
    assert all(math.isfinite(value) for value in values if isinstance(value, float))
    assert content["strategies"]["static"]["access_window_s_p95"]["mean"] is None
    assert content["strategies"]["task"]["crown_jewel_probability"]["mean"] is None


def test_a_mean_is_the_ratio_of_sums_over_replications(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    trials = [try_strategy(scenario, "task", seed=0, campaigns=20, replication=r).observations for r in range(3)]
    found = compared(scenario, ("task",)).strategies["task"]
    for name in METRICS:
        numerator = math.fsum(t[name].numerator for t in trials)
        denominator = math.fsum(t[name].denominator for t in trials)
        expected = numerator / denominator if denominator else math.nan
        assert found[name].mean == pytest.approx(expected, nan_ok=True)


def test_the_first_strategy_named_is_the_yardstick(tmp_path: Path) -> None:
    comparison = compared(small(tmp_path), ("task", "static", "task"))
    assert list(comparison.strategies) == ["task", "static"]
    assert list(comparison.differences) == ["static - task"]
    contrast = comparison.difference("static")["reach"].mean
    assert contrast == comparison.strategies["static"]["reach"].mean - comparison.strategies["task"]["reach"].mean


def test_one_replication_gives_values_without_intervals(tmp_path: Path) -> None:
    content = compare(small(tmp_path), seed=0, replications=1, campaigns=5).to_json()
    ends = [e[end] for s in content["strategies"].values() for e in s.values() for end in ("low", "high")]
    ratios = [c["variance_ratio"] for d in content["differences"].values() for c in d.values()]
    assert set(ends) == set(ratios) == {None}
    assert content["strategies"]["task"]["issuances_per_task"]["mean"] is not None


def test_the_result_does_not_depend_on_the_number_of_workers(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    one, two = (compare(scenario, seed=0, replications=2, campaigns=10, workers=workers) for workers in (1, 2))
    assert json.dumps(one.to_json()) == json.dumps(two.to_json())
    assert one.ledgers == two.ledgers
    assert one.survival.equals(two.survival)


def test_intervals_stay_where_values_can_be(tmp_path: Path) -> None:
    for estimates in compared(small(tmp_path)).strategies.values():
        for key, estimate in estimates.items():
            assert not estimate.low < 0
            if key.endswith(("_share", "_probability")):
                assert not estimate.high > 1
        assert estimates["access_window_s"].high <= 172_800.0


def test_a_precision_asked_for_is_reached_or_the_most_replications_made(tmp_path: Path) -> None:
    comparison = compare(small(tmp_path), seed=0, strategies=("task",), replications=2, precision=0.2, campaigns=20)
    assert 2 < comparison.replications < MAX_REPLICATIONS
    for name in WATCHED:
        estimate = comparison.strategies["task"][name]
        assert estimate.high - estimate.mean <= 0.2 * estimate.mean + 1e-12


def test_replications_added_for_precision_are_those_asked_for_at_once(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    grown = compare(scenario, seed=0, strategies=("task",), replications=2, precision=0.2, campaigns=20)
    whole = compare(scenario, seed=0, strategies=("task",), replications=grown.replications, campaigns=20)
    assert {key: value for key, value in grown.to_json().items() if key != "precision"} == whole.to_json()


def test_the_result_says_which_of_the_keys_named_are_as_precise_as_asked(tmp_path: Path) -> None:
    keys = ("issuances_per_task", "reach_p95", "crown_jewel_probability", "access_window_s_p95")
    comparison = compare(
        small(tmp_path), seed=0, strategies=("task", "static"), replications=2, campaigns=20,
        precision=0.25, precise=keys, max_replications=12,
    )  # fmt: skip
    found = comparison.to_json()["precision"]
    assert (found["asked"], found["max_replications"]) == (0.25, 12)
    for name, by_key in found["strategies"].items():
        assert tuple(by_key) == keys
        for key, each in by_key.items():
            mean, low, high = comparison.strategies[name][key][:3]
            assert each["reached"] == (max(high - mean, mean - low) <= 0.25 * mean < math.inf)
        assert by_key["issuances_per_task"]["reached"]
        assert by_key["crown_jewel_probability"] == {"half_width": None, "reached": False}  # there is none
    assert found["strategies"]["static"]["access_window_s_p95"]["half_width"] is None  # above the cap
    assert comparison.replications <= 12


def test_no_replication_is_added_for_what_none_can_narrow(tmp_path: Path) -> None:
    keys = ("crown_jewel_probability", "access_window_s_p95")
    comparison = compare(
        small(tmp_path), seed=0, strategies=("static",), replications=2, campaigns=5, precision=0.01, precise=keys
    )
    assert comparison.replications == 2


def test_the_most_replications_allowed_are_not_passed(tmp_path: Path) -> None:
    comparison = compare(
        small(tmp_path), seed=0, strategies=("task",), campaigns=5, precision=0.0001, max_replications=5
    )
    assert comparison.replications == 5
    assert comparison.precision is not None
    assert set(comparison.precision.missed("reach")) == {"task"}


def test_the_differences_said_to_be_unresolved_are_those_whose_interval_holds_0(tmp_path: Path) -> None:
    comparison = compared(small(tmp_path))
    unresolved = comparison.unresolved("task")
    contrasts = comparison.difference("task")
    assert unresolved
    assert "issuances_per_task" not in unresolved
    for key, contrast in contrasts.items():
        alike = contrast.low == contrast.mean == contrast.high or math.isnan(contrast.mean)
        assert (key in unresolved) == (not alike and not (contrast.low > 0 or contrast.high < 0))


def test_a_share_that_no_campaign_has_has_an_interval_with_a_width(tmp_path: Path) -> None:
    found = compared(small(tmp_path)).strategies["task"]["unbounded_share"]
    assert found[:3] == pytest.approx((0.0, 0.0, 1 - 0.025 ** (1 / 60)))


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ({"strategies": ("jit",)}, "'jit'; allowed: one of static, session, task"),
        ({"replications": 0}, "0; allowed: at least 1"),
        ({"campaigns": 0}, "0; allowed: at least 1"),
        ({"precision": 0.0}, "0.0; allowed: a share above 0"),
        ({"max_replications": 0}, "0; allowed: at least 1"),
        ({"precise": ("window",)}, "'window'; allowed: one of access_window_s, access_window_s_p50"),
    ],
)
def test_what_cannot_be_compared_is_refused(tmp_path: Path, wrong: dict[str, Any], found: str) -> None:
    with pytest.raises(InputError, match=found):
        compare(small(tmp_path), seed=0, **wrong)


def test_a_way_in_nobody_took_is_an_empty_group(tmp_path: Path) -> None:
    rare = YAML.replace("dwell: 1m}", "dwell: 1m, weight: 1.0e-9}")
    comparison = compared(load_scenario(write(tmp_path, rare)), ("task",))
    assert math.isnan(comparison.entries["task"]["dependency"]["access_window_s"].mean)
    assert comparison.to_json()["entries"]["task"]["dependency"]["reach"]["mean"] is None


def test_survival_starts_high_and_never_rises(tmp_path: Path) -> None:
    table = compared(small(tmp_path)).survival
    for name in ("static", "session", "task"):
        share = table.filter(table["strategy"] == name)["share"]
        assert 0.9 <= share[0] <= 1.0
        assert (share.diff().drop_nulls() <= 0).all()
    assert table.filter(table["strategy"] == "static")["share"][-1] == 1.0
