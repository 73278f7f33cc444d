"""The cheapest design that meets the limits, for each class."""

from __future__ import annotations

import json
from typing import Any

import pytest
from unit.study.designs.test_classes import mixed
from unit.study.hourly_designs import hourly_designs

from nhilab.base.errors import InputError
from nhilab.scenario.edit import edited
from nhilab.study.designs.recommend import recommend
from nhilab.study.designs.recommendation import Recommendation

LIMITS = {"access_window_s_p95": "1h"}


TWO = {"strategy.jit.ttl": ["15m", "1h"]}


@pytest.fixture(scope="module")
def hour() -> Recommendation:
    return advised()


def advised(limits: dict[str, Any] | None = None, designs: Any = "space", **sections: Any) -> Recommendation:
    scenario = hourly_designs(limits=LIMITS if limits is None else limits, **sections)
    return recommend(scenario, seed=0, replications=2, campaigns=60, grid_limit=8, designs=designs)


def test_the_fewest_issuances_that_meet_the_limit_are_recommended(hour: Recommendation) -> None:
    (advice,) = hour.advice
    assert (advice.kind, advice.workloads) == ("agent", 1)
    assert advice.recommended == advice.candidates[0].name == "ttl=1h scope=none"
    assert advice.candidates[0].cost["issuances_per_task"].mean == 1


def test_a_tighter_limit_costs_more() -> None:
    found = advised({"access_window_s_p95": "59m"}, space=TWO)
    assert found.advice[0].recommended == "ttl=15m"
    assert found.advice[0].candidates[0].cost["issuances_per_task"].mean == 2


def test_all_limits_count_and_not_one_alone() -> None:
    assert advised({**LIMITS, "reach_weighted": 1}).advice[0].recommended == "ttl=1h scope=resource"


def test_of_designs_that_cost_the_same_the_shorter_window_is_recommended() -> None:
    space = {"strategy.jit.ttl": ["2h", "1h", "90m"]}
    assert advised({"access_window_s_p95": "3h"}, space=space).advice[0].recommended == "ttl=1h"


def test_none_meets_the_limits_is_an_answer_with_what_each_lacks() -> None:
    (advice,) = advised({"access_window_s_p95": "10m"}, space=TWO).advice
    assert advice.recommended == ""
    assert {candidate.verdict for candidate in advice.candidates} == {"broken"}


def test_a_hypothetical_strategy_is_never_recommended() -> None:
    stages = {
        name: {"stages": [{"issuer": "sts", "from": "attested", "issue_per": "task", "ttl": ttl}]}
        for name, ttl in (("jit", "15m"), ("refused", "13h"))
    }
    found = advised({"access_window_s_p95": "1d"}, "strategies", strategies=stages, space={})
    by_name = {candidate.name: candidate for candidate in found.advice[0].candidates}
    assert (by_name["refused"].hypothetical, by_name["refused"].verdict) == (True, "met")
    assert by_name["refused"].cost["issuances_per_task"].mean < by_name["jit"].cost["issuances_per_task"].mean
    assert found.advice[0].recommended == "jit"
    assert [candidate.name for candidate in found.advice[0].candidates] == ["jit", "refused"], "the recommended first"


def test_where_only_a_hypothetical_strategy_meets_the_limits_none_is_recommended() -> None:
    stages = {
        name: {"stages": [{"issuer": "sts", "from": "attested", "issue_per": "task", "ttl": ttl}]}
        for name, ttl in (("jit", "15m"), ("refused", "30s"))
    }
    (advice,) = advised({"access_window_s_p95": "10m"}, "strategies", strategies=stages, space={}).advice
    assert {candidate.name: candidate.verdict for candidate in advice.candidates} == {"refused": "met", "jit": "broken"}
    assert advice.recommended == ""


def test_an_undecided_design_is_not_recommended() -> None:
    found = advised({"theft_probability": 1, "failed_task_share": 0.0001}, "strategies")
    assert {candidate.verdict for candidate in found.advice[0].candidates} == {"undecided"}
    assert found.advice[0].recommended == ""


def test_money_decides_where_there_are_prices(hour: Recommendation) -> None:
    prices = {"issuance": 1, "failed_task": 0}
    found = advised(prices=prices, space=TWO)
    assert found.cheap_by == ("money_per_task",)
    best = found.advice[0].candidates[0]
    assert best.cost["money_per_task"].mean == pytest.approx(1)
    assert best.cost["money_per_task"].unit == "EUR/task"
    assert hour.cheap_by == ("issuances_per_task", "added_latency_s")


def test_each_class_is_advised_by_its_own_work_alone() -> None:
    scenario = edited(mixed(), {"limits": {"access_window_s_p95": "2d"}})
    found = recommend(scenario, seed=0, replications=2, campaigns=10)
    assert [advice.kind for advice in found.advice] == ["agent", "batch", "service"]
    assert found.handed == ("pipeline",)
    latency = [c.cost["added_latency_s"].mean for a in found.advice for c in a.candidates if c.name == "task"]
    assert len(set(latency)) > 1


def test_the_json_names_the_recommended_design_and_the_evidence(hour: Recommendation) -> None:
    content = hour.to_json()
    assert content["schema"] == "nhilab/recommendation/1"
    of = content["classes"]["agent"]
    assert of["recommended"] == "ttl=1h scope=none"
    limit = of["candidates"][0]["limits"]["access_window_s_p95"]
    assert (limit["bound"], limit["mean"], limit["verdict"]) == (3600, pytest.approx(3596), "met")
    assert json.loads(json.dumps(content, allow_nan=False)) == content


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({}, "small.yaml: limits: found 'nothing'"),
        ({"acces_window_s": "1h"}, "small.yaml: limits.acces_window_s: found"),
    ],
)
def test_missing_and_unknown_limits_are_refused(limits: dict[str, str], said: str) -> None:
    with pytest.raises(InputError) as refusal:
        advised(limits)
    assert said in str(refusal.value)


def test_a_space_too_large_to_try_is_refused() -> None:
    with pytest.raises(InputError, match=r"space: found '9 designs'; allowed: at most 8"):
        advised(space={"strategy.jit.ttl": ["1h", "2h", "3h"], "strategy.jit.scope": [[], ["class"], ["resource"]]})
