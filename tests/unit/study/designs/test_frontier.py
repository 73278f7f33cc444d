"""The frontier of a space that is counted by hand, and how sure its members are."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any

import numpy as np
import pytest
from unit.study.hourly_designs import FOUND, LONG, OBJECTIVES, SHORT, hourly_designs
from unit.study.small import YAML as SMALL

from nhilab.base.errors import InputError
from nhilab.metrics.catalogue import METRICS
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.executor import Executor
from nhilab.study.designs.explore import Effort, metrics_for
from nhilab.study.designs.frontier import Frontier, find_frontier
from nhilab.study.designs.objective import differences, drawn_values, improving, point_values
from nhilab.study.designs.space import space_of
from nhilab.study.estimates.estimate import Parts, gather
from nhilab.study.estimates.trials import Arm, Trials
from nhilab.study.intervals.means import resamples
from scenarios import as_scenario

EFFORT = Effort(seed=0, replications=2, campaigns=10)
KEYS = ("access_window_s", "access_window_s_p95", "proof_of_death_share", "failed_task_share")


def found(scenario: Scenario, effort: Effort = EFFORT, **more: Any) -> Frontier:
    return find_frontier(space_of(scenario), effort=effort, executor=Executor(), **{"objectives": OBJECTIVES, **more})


@pytest.fixture(scope="module")
def whole() -> Frontier:
    return found(hourly_designs())


def test_the_frontier_is_the_one_counted_by_hand(whole: Frontier) -> None:
    assert [row.design.name for row in whole.members] == [SHORT, LONG]
    for row in whole.rows:
        means = [row.estimates[key].mean for key in OBJECTIVES]
        assert means == pytest.approx(FOUND[row.design.name])
        assert row.membership == float(row.on_frontier)
    assert (whole.how, whole.size, whole.n_tried, whole.infeasible) == ("grid", 6, 6, {})


def test_every_other_design_is_clearly_worse_than_one_of_the_frontier(whole: Frontier) -> None:
    rows = {row.design.name: row for row in whole.rows}
    assert rows["ttl=2h scope=resource"].dominated_by == (LONG,)
    assert rows["ttl=15m scope=none"].dominated_by == (SHORT,)
    assert rows["ttl=2h scope=none"].dominated_by == (LONG,), "ttl=1h scope=none is better as well, but not on it"
    assert not rows[SHORT].dominated_by
    assert not rows[LONG].dominated_by


def test_designs_alike_in_everything_that_counts_stand_for_one_another() -> None:
    space = {"strategy.jit.ttl": ["15m", "1h"], "strategy.jit.binding": ["bearer", "exportable-key"]}
    frontier = found(hourly_designs(space=space))
    assert len(frontier.members) == 4
    assert [row.design.name for row in frontier.distinct] == ["ttl=15m binding=bearer", "ttl=1h binding=bearer"]
    assert {row.same_as for row in frontier.members} == {"", "ttl=15m binding=bearer", "ttl=1h binding=bearer"}


def test_designs_that_cannot_be_had_are_counted_with_their_reason() -> None:
    frontier = found(hourly_designs(space={"strategy.jit.ttl": ["30s", "15m", "0s"]}))
    assert frontier.infeasible == {"an issuer refuses it": 1, "strategies.jit.stages.0.ttl: a lifetime above 0": 1}
    assert [row.design.name for row in frontier.rows] == ["ttl=15m"]


def test_a_space_without_a_design_that_can_be_had_is_refused_with_the_reason() -> None:
    with pytest.raises(InputError, match="no design that can be had; an issuer refuses it"):
        found(hourly_designs(space={"strategy.jit.ttl": ["30s"]}))


def test_within_limits_only_designs_that_meet_them_are_on_the_frontier() -> None:
    frontier = found(hourly_designs(limits={"access_window_s": "30m"}), within_limits=True)
    assert [row.design.name for row in frontier.members] == [SHORT]
    outside = {row.design.name for row in frontier.rows if not row.within_limits}
    assert outside == {name for name in FOUND if "15m" not in name}
    assert all(row.membership == 0 and not row.on_frontier for row in frontier.rows if row.design.name in outside)


def test_limits_are_needed_to_stay_within_them() -> None:
    with pytest.raises(InputError, match=r"limits: found 'nothing'"):
        found(hourly_designs(), within_limits=True)


def test_a_space_above_the_grid_limit_is_searched_and_gives_the_same_frontier(whole: Frontier) -> None:
    effort = dataclasses.replace(EFFORT, grid_limit=5, evaluations=6)
    searched = found(hourly_designs(), effort)
    assert searched.how == "search"
    assert {row.design.name for row in searched.members} == {row.design.name for row in whole.members}


def test_the_search_does_not_depend_on_the_number_of_workers() -> None:
    effort = dataclasses.replace(EFFORT, grid_limit=1, evaluations=4, campaigns=2)
    space, results = space_of(hourly_designs()), []
    for workers in (1, 2):
        with Executor(workers) as executor:
            results.append(find_frontier(space, effort=effort, executor=executor, objectives=OBJECTIVES))
    assert results[0].to_json() == results[1].to_json()


def test_the_json_holds_finite_numbers_and_every_design_once() -> None:
    content = found(hourly_designs(), dataclasses.replace(EFFORT, replications=1)).to_json()
    assert content["schema"] == "nhilab/frontier/1"
    assert [design["name"] for design in content["designs"]] == [
        SHORT,
        LONG,
        *(n for n in FOUND if n not in (SHORT, LONG)),
    ]
    assert {design["membership"] for design in content["designs"]} == {None}
    json.dumps(content, allow_nan=False)


@pytest.fixture(scope="module")
def small_parts() -> dict[str, Parts]:
    scenario = as_scenario(SMALL)
    trials = Trials([Arm(n, scenario, n) for n in scenario.strategies], seed=3, campaigns=15, executor=Executor())
    trials.extend(4)
    times = resamples(4, seed=3)
    return {n: gather([o.findings for o in of], metrics_for(KEYS), times) for n, of in trials.outcomes.items()}


def test_differences_of_all_pairs_are_those_of_each_pair(small_parts: dict[str, Parts]) -> None:
    low, high = differences(list(small_parts.values()), KEYS)
    for i, first in enumerate(small_parts.values()):
        for j, second in enumerate(small_parts.values()):
            contrasts = first.against(second)
            for k, key in enumerate(KEYS):
                ends = [contrasts[key].low, contrasts[key].high]
                signed = ends if METRICS[key.removesuffix("_p95")].lower_is_better else [-ends[1], -ends[0]]
                if not np.isnan(signed).any():
                    assert [low[i, j, k], high[i, j, k]] == pytest.approx(signed, rel=1e-9, abs=1e-9)


def test_resampled_values_lie_about_the_values_themselves(small_parts: dict[str, Parts]) -> None:
    parts = list(small_parts.values())
    drawn = drawn_values(parts, KEYS, seed=3)
    assert drawn.shape == (1000, len(parts), len(KEYS))
    for i, one in enumerate(parts):
        values = point_values(one, KEYS)
        known = ~np.isnan(values) & np.isfinite(values)
        assert (drawn[:, i, known].min(axis=0) <= values[known] + 1e-9).all()
        assert (drawn[:, i, known].max(axis=0) >= values[known] - 1e-9).all()


def test_a_resample_counts_replications_as_often_as_it_draws_them(small_parts: dict[str, Parts]) -> None:
    parts = small_parts["session"]
    mean, times = parts.means["access_window_s"], resamples(4, seed=3)[17]
    wanted = np.repeat(mean.numerators, times).sum() / np.repeat(mean.denominators, times).sum()
    assert drawn_values([parts], ["access_window_s"], seed=3)[17, 0, 0] == pytest.approx(wanted)


def test_what_is_better_higher_is_turned_round() -> None:
    assert improving(KEYS).tolist() == [1, 1, -1, 1]
    assert not math.isnan(improving(["theft_probability"])[0])
