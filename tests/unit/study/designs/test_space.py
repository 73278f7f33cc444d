"""Designs of a space, and those that cannot be had."""

from __future__ import annotations

import itertools

import pytest
from unit.study.hourly_designs import FOUND, LONG, hourly_designs

from nhilab.base.errors import InputError
from nhilab.base.quantities import HOUR, MINUTE
from nhilab.lab import try_strategy
from nhilab.study.designs.space import Design, Infeasible, refused, short_paths, space_of


def test_every_combination_of_values_is_a_design_named_by_them() -> None:
    space = space_of(hourly_designs())
    designs = [space.design(point) for point in space.points()]
    assert [design.name for design in designs] == list(FOUND)
    assert len(space) == len(designs) == 6


def test_a_design_has_its_values_in_force_and_all_else_as_it_was() -> None:
    scenario = hourly_designs()
    design = space_of(scenario).design((1, 1))
    assert isinstance(design, Design)
    assert (design.name, design.values) == (LONG, {"strategy.jit.ttl": "1h", "strategy.jit.scope": ["resource"]})
    stage = design.scenario.strategies["jit"].stages[0]
    assert (stage.ttl, stage.scope) == (HOUR, ("resource",))
    assert scenario.strategies["jit"].stages[0].ttl == 15 * MINUTE
    assert design.scenario.strategies["static"] == scenario.strategies["static"]


def test_the_strategy_tried_is_the_one_that_the_paths_change() -> None:
    assert space_of(hourly_designs()).strategy == "jit"
    elsewhere = hourly_designs(space={"verifier.signature.leeway": ["0s", "1m"]})
    assert space_of(elsewhere).strategy == "static"
    assert space_of(elsewhere, "jit").strategy == "jit"


def test_paths_that_change_several_strategies_need_one_named() -> None:
    both = hourly_designs(space={"strategy.jit.ttl": ["1h"], "strategy.static.binding": ["bearer", "brokered"]})
    with pytest.raises(InputError, match=r"small\.yaml: space: found 'jit, static'; allowed: .*-s"):
        space_of(both)
    assert space_of(both, "jit").strategy == "jit"


def test_what_the_file_could_not_say_is_infeasible_with_its_reason() -> None:
    space = space_of(
        hourly_designs(space={"strategy.jit.issue_per": ["task", "workload"], "strategy.jit.revoke": [["task-end"]]})
    )
    fine, broken = (space.design(point) for point in space.points())
    assert isinstance(fine, Design)
    assert broken == Infeasible(
        "issue_per=workload", "strategies.jit.stages.0.revoke: task-end only with issue_per task or call"
    )


def test_what_an_issuer_refuses_is_infeasible() -> None:
    space = space_of(hourly_designs(space={"strategy.jit.ttl": ["30s", "1m"]}))
    assert space.design((0,)) == Infeasible("ttl=30s", "an issuer refuses it")
    assert isinstance(space.design((1,)), Design)


@pytest.mark.parametrize(("ttl", "mixed"), list(itertools.product(["30s", "15m"], [False, True])))
def test_what_is_refused_is_what_the_ledger_calls_hypothetical(ttl: str, mixed: bool) -> None:
    strategies = {
        name: {"stages": [{"issuer": "sts", "from": "attested", "issue_per": "task", "ttl": time}]}
        for name, time in (("jit", "15m"), ("other", ttl))
    }
    tried = "jit" if mixed else "other"
    if mixed:
        strategies["jit"]["mix"] = [{"strategy": "other", "share": 0.5, "workloads": ["*"]}]
    scenario = hourly_designs(strategies=strategies, space={})
    stages = try_strategy(scenario, tried, seed=0, campaigns=1).ledger.stages
    assert refused(scenario, tried) == bool(stages.hypothetical.any()) == (ttl == "30s")


@pytest.mark.parametrize(
    ("space", "said"),
    [
        ({}, "space: found 'nothing'"),
        (
            {"strategy.nobody.ttl": ["1h"]},
            "space: found 'strategy.nobody.ttl'; allowed: after strategies: one of static",
        ),
    ],
)
def test_no_space_and_paths_that_lead_nowhere_are_refused(space: dict[str, list[str]], said: str) -> None:
    with pytest.raises(InputError) as refusal:
        space_of(hourly_designs(space=space))
    assert said in str(refusal.value)


def test_paths_are_told_apart_by_as_little_as_needed() -> None:
    paths = ["strategy.jit.ttl", "strategy.jit.stages.1.ttl", "verifier.gw.leeway"]
    assert list(short_paths(paths).values()) == ["jit.ttl", "1.ttl", "gw.leeway"]
