"""Controls on and off in all combinations."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from unit.study.small import YAML, write

from nhilab.base.errors import InputError
from nhilab.lab import load_scenario
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.executor import Executor
from nhilab.study.experiments.effects import Factorial
from nhilab.study.experiments.factorial import factorial, touched_first
from scenarios import HOURLY, as_scenario

CONTROLS = """
controls:
  short: {strategy.session.ttl: 5m}
  narrow: {strategy.session.scope: [class]}
  unused: {verifiers.spare.leeway: 30s}
  pool: {issuers.sts.servers: 2}
"""
SPARE = YAML.replace("verifiers: {gw:", "verifiers: {spare: {layers: []}, gw:")
BY_HAND = """
controls:
  five: {strategy.jit.ttl: 5m}
  kept: {strategy.jit.revoke: []}
"""


def tried(scenario: Scenario, **settings: Any) -> Factorial:
    with Executor(1) as executor:
        return factorial(scenario, **({"seed": 0, "replications": 4, "campaigns": 20, "executor": executor} | settings))


def refused(section: str, folder: Path, **settings: Any) -> str:
    with pytest.raises(InputError) as error:
        tried(load_scenario(write(folder, SPARE + section)), **settings)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return load_scenario(write(tmp_path_factory.mktemp("controls"), SPARE + CONTROLS))


@pytest.fixture(scope="module")
def study(scenario: Scenario) -> Factorial:
    return tried(scenario)


def test_the_strategy_studied_is_the_first_that_a_control_changes(scenario: Scenario, study: Factorial) -> None:
    assert study.strategy == "session"
    assert touched_first(scenario, {"unused": scenario.content.controls["unused"]}) == "static"
    assert tried(scenario, strategy="task", controls=["short"], replications=1).strategy == "task"


def test_every_combination_is_tried_once_and_named_by_what_is_on(study: Factorial) -> None:
    on = [set(combination.on) for combination in study.combinations]
    wanted = [set(some) for size in range(5) for some in itertools.combinations(study.controls, size)]
    assert len(on) == 16 and all(some in on for some in wanted)
    assert (on[0], on[1], on[-1]) == (set(), {"short"}, set(study.controls))


def test_shares_add_to_one_and_what_is_bought_to_the_total(study: Factorial) -> None:
    for found in study.effects.values():
        assert math.fsum(value.mean for value in found.bought.values()) == pytest.approx(found.total.mean)
    window = study.effects["access_window_s"]
    assert math.fsum(value.mean for value in window.shares.values()) == pytest.approx(1)


def test_a_control_of_something_unused_has_exactly_nothing(study: Factorial) -> None:
    for found in study.effects.values():
        about = [found.bought["unused"], found.alone["unused"], found.last["unused"]]
        about += [value for names, value in found.contrasts.items() if "unused" in names]
        assert all(value == (0, 0, 0) for value in about)


def test_a_control_that_moves_instants_only_has_a_share_whose_interval_covers_nothing(study: Factorial) -> None:
    share = study.effects["access_window_s"].shares["pool"]
    assert share.low <= 0 <= share.high and share.high - share.low < 0.02


def test_a_short_life_buys_most_of_a_window_with_certainty(study: Factorial) -> None:
    shares = study.effects["access_window_s"].shares
    assert shares["short"].low > 0.9


def test_main_effects_are_means_of_on_minus_off(study: Factorial) -> None:
    metric = "access_window_s"
    for name in study.controls:
        on = [c.estimates[metric].mean for c in study.combinations if name in c.on]
        off = [c.estimates[metric].mean for c in study.combinations if name not in c.on]
        assert study.effects[metric].contrasts[name,].mean == pytest.approx(np.mean(on) - np.mean(off), abs=1e-9)


def test_effects_of_two_controls_are_those_counted_by_hand() -> None:
    """A token revoked when its task ends is honoured no longer for its lifetime; one kept dies ten minutes earlier."""
    study = tried(as_scenario(HOURLY + BY_HAND), metrics=["overhang_s"], replications=2)
    revoked, same, kept, shorter = (combination.estimates["overhang_s"].mean for combination in study.combinations)
    assert (same, shorter) == (pytest.approx(revoked), pytest.approx(kept - 600))
    found, longer = study.effects["overhang_s"], kept - revoked
    assert found.alone["five"].mean == 0 and found.last["five"].mean == pytest.approx(-600)
    assert found.contrasts["five",].mean == pytest.approx(-300)
    assert found.contrasts["five", "kept"].mean == pytest.approx(-300)
    assert found.contrasts["kept",].mean == pytest.approx(longer - 300)
    assert found.bought["five"].mean == pytest.approx(300)
    assert found.bought["kept"].mean == pytest.approx(300 - longer)
    assert found.total.mean == pytest.approx(600 - longer)


def test_where_access_never_ends_there_are_no_shares_of_a_window(tmp_path: Path) -> None:
    endless = load_scenario(write(tmp_path, SPARE + "controls: {hour: {strategy.static.ttl: 1h}}\n"))
    found = tried(endless, metrics=["access_window_s", "outlived_share"], replications=2).effects
    assert found["access_window_s"].shares == {}
    assert "never ends" in found["access_window_s"].without_shares
    assert "never ends" not in found["outlived_share"].without_shares


def test_a_total_that_could_be_nothing_has_no_shares(scenario: Scenario) -> None:
    found = tried(scenario, controls=["unused"], replications=2)
    assert found.effects["reach_weighted"].without_shares == "the total cannot be told from 0"


def test_a_control_of_another_strategy_is_called_idle(scenario: Scenario) -> None:
    found = tried(scenario, strategy="task", controls=["short", "unused"], replications=1, campaigns=5)
    assert found.idle == ("short",)


def test_one_replication_has_no_intervals_and_no_shares(scenario: Scenario) -> None:
    found = tried(scenario, controls=["short"], replications=1).effects["access_window_s"]
    assert math.isnan(found.total.low) and found.shares == {} and "no interval" in found.without_shares


def test_the_numbers_are_plain_json_and_a_table_of_the_same(study: Factorial) -> None:
    content = json.loads(json.dumps(study.to_json(), allow_nan=False))
    assert content["schema"] == "nhilab/factorial/1"
    effects = content["effects"]["access_window_s"]
    assert [len(term["controls"]) for term in effects["contrasts"]] == [1] * 4 + [2] * 6 + [3] * 4 + [4]
    rows = {(r["metric"], r["quantity"], r["controls"]): r["mean"] for r in study.frame().to_dicts()}
    assert rows["access_window_s", "bought", "short"] == effects["shapley"]["short"]["mean"]
    assert rows["access_window_s", "effect", "short+narrow"] == effects["contrasts"][4]["mean"]


@pytest.mark.parametrize(
    ("controls", "said"),
    [
        ("", "controls: found 'none'"),
        ("controls: {a: {strategy.task.ttl: 1m}, b: {strategies.task.stages.0.ttl: 2m}}", "controls.a and controls.b"),
        ("controls: {a: {threat.hop_time: 1s}, b: {threat: {hop_time: 1s}}}", "controls.a and controls.b"),
        ("controls: {" + ", ".join(f"c{i}: {{seed: 1}}" for i in range(9)) + "}", "at most 8 at a time"),
        ("controls: {a: {strategy.task.ttl: long}}", "strategies.task.stages.0.ttl: found 'long'"),
    ],
)
def test_controls_that_cannot_be_combined_are_refused_in_a_line(controls: str, said: str, tmp_path: Path) -> None:
    assert said in refused(controls, tmp_path)


def test_two_controls_may_say_the_same_of_one_thing(tmp_path: Path) -> None:
    text = "controls: {a: {strategy.task.ttl: 1m}, b: {strategies.task.stages.0.ttl: 1m, strategy.task.revoke: []}}\n"
    found = tried(load_scenario(write(tmp_path, SPARE + text)), replications=1, campaigns=5)
    assert found.strategy == "task"


def test_unknown_names_are_refused_with_the_known_ones(tmp_path: Path) -> None:
    assert "one of short, narrow, unused, pool" in refused(CONTROLS, tmp_path, controls=["long"])
    assert "a mean, one of access_window_s" in refused(CONTROLS, tmp_path, metrics=["access_window_s_p95"])
