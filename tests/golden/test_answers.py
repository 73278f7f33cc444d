"""The published answers are what the code says today, at the published settings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from golden.test_results import close

from nhilab.report.published.answers import (
    CONTROLS,
    LIFETIME,
    SESSION,
    controls_part,
    lifetime_json,
    lifetime_part,
    session_part,
)
from nhilab.scenario.load import load_scenario
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.executor import Executor
from nhilab.study.published.answers import LIFETIMES, study_controls, study_lifetime, study_session

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "results"
AGAIN = "changed: `nhilab reproduce --only answers` writes it anew"


@pytest.fixture
def executor() -> Iterator[Executor]:
    with Executor(1) as executor:
        yield executor


def named(name: str) -> Scenario:
    return load_scenario(ROOT / "scenarios" / f"{name}.yaml")


def assert_published(found: object, file: str, lines: list[str]) -> None:
    """The numbers are those of a file, and the words are on the page."""
    again = json.loads(json.dumps(found, allow_nan=False))
    assert close(again, json.loads((PUBLISHED / file).read_text(encoding="utf-8"))), f"{file} {AGAIN}"
    page = (PUBLISHED / "answers.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in "\n".join(lines).splitlines() if line not in page] == [], f"answers.md {AGAIN}"


def test_what_each_control_bought_comes_out_again(executor: Executor) -> None:
    scenario = named(CONTROLS)
    study = study_controls(scenario, executor=executor)
    lines = controls_part(scenario.content.question, study)
    assert_published(study.to_json(), f"{CONTROLS}/factorial.json", lines)


def test_a_session_beside_an_authorisation_for_each_call_comes_out_again(executor: Executor) -> None:
    scenario = named(SESSION)
    study = study_session(scenario, executor=executor)
    lines = session_part(scenario.content.question, study)
    assert_published(study.to_json(), f"{SESSION}/summary.json", lines)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.full] if name != "one-off-call" else []) for name in LIFETIMES]
)
def test_which_lifetime_suits_which_work_comes_out_again(name: str, executor: Executor) -> None:
    lifetime = study_lifetime(named(name), executor=executor)
    assert_published(lifetime_json(lifetime), f"{LIFETIME}/{name}.json", lifetime_part(lifetime))
