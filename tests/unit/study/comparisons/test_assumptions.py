"""Assumed numbers that certainly move a verdict, that certainly do not, and the null case."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import pytest
from unit.study.small import YAML, compared, small, write

from nhilab.lab import load_scenario
from nhilab.report.sentences.assumptions import assumption_notes
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.executor import Executor
from nhilab.study.cells.store import CellStore
from nhilab.study.comparisons.assumptions import examine
from nhilab.study.comparisons.comparison import Comparison
from nhilab.study.comparisons.examined import Assumptions

# The STS cuts what it is asked for to half an hour at most: less than the 45 minutes of the other, until that half
# hour, which is assumed, turns out to be an hour.
STRATEGIES = """
  cut: {stages: [{issuer: sts, from: attested, issue_per: task, ttl: 10h}]}
  fixed: {stages: [{issuer: plain, from: attested, issue_per: task, ttl: 45m}]}
  twin: {stages: [{issuer: plain, from: attested, issue_per: task, ttl: 45m}]}
threat:
  hop_time: {value: 5s, cited: somebody}
  entries:
    cited: somebody
    dependency: {timing: at-task, technique: T1195.001}
"""
RANGE = "issuers.sts.ttl_range"


def scenario_of(folder: Path) -> Scenario:
    text = YAML[: YAML.index("strategies:")] + "strategies:" + STRATEGIES
    issuers = (
        "issuers:\n  sts: {servers: {value: 4, cited: x}, service_time: {exponential: {value: 20ms, cited: x}},"
        " ttl_range: {value: [1m, 30m], assumed: a guess}, out_of_range: clamp}\n"
        "  plain: {cited: somebody, servers: 4, service_time: {exponential: 20ms}}\n"
    )
    text = text[: text.index("issuers:")] + issuers + text[text.index("verifiers:") :]
    text = text.replace(
        "horizon: 4h\nwarm_up: 30m\nfollow_up: 1h\ncap: 2d",
        "cited: somebody\nhorizon: 4h\nwarm_up: 30m\nfollow_up: 1h\ncap: 2d",
    )
    return load_scenario(write(folder, text))


def examined(folder: Path, names: tuple[str, ...], store: CellStore | None = None) -> Assumptions:
    return examine(scenario_of(folder), names, seed=0, replications=4, campaigns=20, executor=Executor(store=store))


def effects(found: Assumptions, name: str) -> dict[float, tuple[str, str]]:
    one = next(one for one in found.examined if one.assumed.name == name)
    return {change.factor: (change.moved, change.best) for change in one.changes}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Assumptions:
    return examined(tmp_path_factory.mktemp("scenario"), ("cut", "fixed"))


def test_an_assumed_lifetime_that_decides_which_token_is_shorter_moves_the_verdict(found: Assumptions) -> None:
    assert found.verdict.order == ("cut", "fixed")
    assert effects(found, RANGE) == {0.5: ("none", "cut"), 2.0: ("moves", "fixed")}


def test_a_change_of_the_verdict_is_confirmed_with_all_replications(found: Assumptions) -> None:
    ((assumed, change),) = found.that("moves")
    assert assumed.name == RANGE
    assert change.confirmed
    assert change.flips == (("cut", "fixed"),)


def test_that_nothing_is_assumed_but_it_is_said_by_the_file(found: Assumptions) -> None:
    assert [one.assumed.name for one in found.examined] == [RANGE]
    assert not found.not_examined


def test_the_headline_doubles_with_the_lifetime(found: Assumptions) -> None:
    (one,) = found.examined
    assert one.elasticity == pytest.approx(1.0, abs=0.02)


def test_two_strategies_that_are_the_same_are_never_turned_round(tmp_path: Path) -> None:
    found = examined(tmp_path, ("fixed", "twin"))
    assert {what for what, _ in effects(found, RANGE).values()} == {"none"} if found.examined else True
    assert not found.that("moves")
    assert not found.that("reorders")


def test_what_was_looked_at_is_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = CellStore(tmp_path / "cells")
    first = examined(tmp_path, ("cut", "fixed"), store)
    monkeypatch.setattr("nhilab.study.cells.executor.compute", None)
    assert examined(tmp_path, ("cut", "fixed"), store).to_json() == first.to_json()


def test_the_json_is_finite_or_null(found: Assumptions) -> None:
    content = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert content["best"] == "cut"
    assert content["examined"][RANGE]["changes"][1]["verdict"] == "moves"


def test_an_endless_arm_gives_no_elasticity(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    found = examine(scenario, ("static",), seed=0, replications=2, campaigns=10, executor=Executor())
    assert found.examined
    assert all(math.isnan(one.elasticity) for one in found.examined)


def told(folder: Path, found: Assumptions | None = None) -> list[str]:
    comparison: Comparison = compared(scenario_of(folder), ("cut", "fixed"))
    if found is not None:
        comparison = dataclasses.replace(comparison, assumptions=found)
    return assumption_notes(comparison, scenario_of(folder))


def test_the_report_names_what_moves_the_verdict(tmp_path: Path, found: Assumptions) -> None:
    notes = told(tmp_path, found)
    assert notes[0] == "Verdict: cut leaves thieves the least access window."
    assert notes[1] == f"Assumed numbers that move the verdict, and what is best then: {RANGE} doubled: fixed."


def test_the_report_names_what_was_not_examined_and_the_command_that_does(tmp_path: Path) -> None:
    note = told(tmp_path)[1]
    assert note.startswith(f"Not examined, so whether they move the verdict is not known: 1 assumed number: {RANGE}.")
    assert "--assumptions all" in note


def test_that_none_moves_the_verdict_is_said_of_those_examined_only(tmp_path: Path, found: Assumptions) -> None:
    (one,) = found.examined
    still = dataclasses.replace(found, examined=(dataclasses.replace(one, changes=one.changes[:1]),))
    assert any("No assumed number that was examined moves the verdict" in note for note in told(tmp_path, still))
    assert not any("No assumed number" in note for note in told(tmp_path))
