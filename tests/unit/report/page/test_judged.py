"""What is judged per request: shown where there is something to show, and warned about where nobody errs."""

from __future__ import annotations

import dataclasses
import io
import math
from pathlib import Path

import pytest
from rich.console import Console
from unit.study.small import YAML, compared, small, write

from nhilab.lab import load_scenario
from nhilab.report.page.comparison import comparison_page
from nhilab.report.page.html import html_of
from nhilab.report.sentences.notes import caveats, infallible
from nhilab.report.tables.comparison import JUDGED, print_comparison, sections
from nhilab.scenario.scenario import Scenario
from nhilab.study.comparisons.compare import compare
from nhilab.study.comparisons.comparison import Comparison

STAGES = "stages: [{issuer: sts, from: attested, issue_per: task, ttl: 15m}]"
RULES = f"""
  sure: {{{STAGES}, authorize: {{decision_time: {{constant: 20ms}}}}}}
  lax: {{{STAGES}, authorize: {{false_allow_probability: 0.1}}}}
  strict: {{{STAGES}, authorize: {{false_deny_probability: 0.2, escalation: {{approval_time: {{constant: 1m}}}}}}}}
"""
TEXT = YAML.replace("profiles:\n  default: {", "profiles:\n  default: {drift_probability: 0.2, ")
TEXT = TEXT.replace("strategies:\n", "strategies:" + RULES)


def tried(scenario: Scenario, *strategies: str) -> Comparison:
    return compare(scenario, seed=0, strategies=strategies, replications=2, campaigns=5)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return load_scenario(write(tmp_path_factory.mktemp("judged"), TEXT))


def test_without_anything_judged_or_denied_there_is_no_table_of_it(tmp_path: Path) -> None:
    titles = [title for title, _ in sections(compared(small(tmp_path), ("task",)))]
    assert titles == ["How long a thief stays in", "How far", "What it costs"]


def test_only_the_columns_with_something_in_them_are_shown(scenario: Scenario) -> None:
    for names, columns in ((("task", "sure"), JUDGED[:2]), (("task", "strict"), JUDGED)):
        assert sections(tried(scenario, *names))[-1] == ("What is judged and denied", columns)


def test_a_column_without_a_number_anywhere_is_not_shown(tmp_path: Path) -> None:
    comparison = compared(small(tmp_path), ("task",))
    found = comparison.strategies["task"]
    without = {c.key: found[c.key]._replace(mean=math.nan) for c in JUDGED}
    assert len(sections(dataclasses.replace(comparison, strategies={"task": found | without}))) == 3


def test_what_is_judged_and_denied_is_in_the_terminal_and_on_the_page(scenario: Scenario) -> None:
    comparison, file = tried(scenario, "task", "strict"), io.StringIO()
    print_comparison(Console(file=file, width=80), comparison, scenario)
    table = file.getvalue().split("What is judged and denied")[1].split("Difference from")[0]
    rows = [line.split() for line in table.splitlines()]
    assert ["task", "0", "%", "0", "0"] in rows
    found = comparison.strategies["strict"]
    assert found["decisions_per_call"].mean == 1
    assert 0 < found["denied_call_share"].mean < found["escalations_per_task"].mean
    assert max(len(line) for line in file.getvalue().splitlines()) <= 80
    text = html_of(comparison_page(comparison, scenario))
    assert "<caption><span>What is judged and denied</span></caption>" in text
    assert "<code>escalations_per_task</code>" in text


def test_judgements_that_are_never_wrong_are_warned_about(scenario: Scenario) -> None:
    assert infallible(scenario, scenario.strategies) == ["sure"]
    notes = caveats(tried(scenario, "task", "sure"), scenario)
    [warning] = [note for note in notes if "no judgement is ever wrong" in note]
    assert warning.startswith("Under sure each call is judged")


@pytest.mark.parametrize("strategy", ["lax", "strict", "task"])
def test_judgements_with_an_error_rate_are_not_warned_about(scenario: Scenario, strategy: str) -> None:
    assert not any("no judgement is ever wrong" in note for note in caveats(tried(scenario, strategy), scenario))
