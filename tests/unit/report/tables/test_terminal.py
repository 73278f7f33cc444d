"""Tables in the terminal."""

from __future__ import annotations

import dataclasses
import io
import math
from pathlib import Path

import pytest
from rich.console import Console
from unit.study.small import YAML, compared, small, write

from nhilab.lab import load_scenario
from nhilab.report.sentences.notes import caveats, change, times_shorter, verdicts, worst_entry
from nhilab.report.sentences.words import NOTHING, interval, number, shown_unit
from nhilab.report.tables.checks import print_checks
from nhilab.report.tables.comparison import print_comparison
from nhilab.scenario.scenario import Scenario
from nhilab.study.comparisons.comparison import Comparison
from nhilab.study.verify.check import CheckResult


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return small(tmp_path_factory.mktemp("scenario"))


@pytest.fixture(scope="module")
def comparison(scenario: Scenario) -> Comparison:
    return compared(scenario)


@pytest.fixture(scope="module")
def bounded(scenario: Scenario) -> Comparison:
    return compared(scenario, ("session", "task"))


def printed(comparison: Comparison, scenario: Scenario, width: int = 80) -> str:
    file = io.StringIO()
    print_comparison(Console(file=file, width=width), comparison, scenario)
    return file.getvalue()


def test_everything_fits_80_columns(comparison: Comparison, scenario: Scenario) -> None:
    assert max(len(line) for line in printed(comparison, scenario).splitlines()) <= 80


def test_every_strategy_has_a_row_in_every_table(comparison: Comparison, scenario: Scenario) -> None:
    lines = [line.split() for line in printed(comparison, scenario).splitlines()]
    assert [line[0] for line in lines if line and line[0] == "task"] == ["task"] * 6
    assert [line[0] for line in lines if line and line[0] == "static"] == ["static"] * 5


def test_the_cap_is_named_and_no_ratio_given_where_access_never_ends(
    comparison: Comparison, scenario: Scenario
) -> None:
    text = printed(comparison, scenario)
    assert "Under static some access never ends. Windows are cut at the cap of 2d" in text
    assert "≥" in text
    assert "times" not in text
    assert math.isnan(times_shorter(comparison, "task"))


def test_a_ratio_is_given_between_strategies_that_end(bounded: Comparison, scenario: Scenario) -> None:
    session, task = (bounded.strategies[name]["access_window_s"].mean for name in ("session", "task"))
    assert times_shorter(bounded, "task") == session / task
    assert change(session / task) in printed(bounded, scenario, width=120)
    assert "cap of" not in printed(bounded, scenario)


def test_a_verdict_is_one_sentence_or_two_for_each_strategy(bounded: Comparison) -> None:
    (first, _), (second, sentence) = verdicts(bounded)
    assert (first, second) == ("session", "task")
    assert "of access on average" in sentence
    assert "than that of session" in sentence or "cannot be told from that of session" in sentence


def test_a_strategy_no_issuer_can_deliver_is_labelled(comparison: Comparison, scenario: Scenario) -> None:
    lines = printed(dataclasses.replace(comparison, hypothetical=("task",)), scenario, width=120).splitlines()
    named = [i for i, line in enumerate(lines) if line.split()[:1] == ["task"]]
    assert len(named) == 6
    assert all(lines[i + 1].split()[0] == "(hypothetical)" for i in named)


def test_a_long_name_is_broken_where_a_word_ends(comparison: Comparison, scenario: Scenario) -> None:
    renamed = {f"workload-identity-{name}": found for name, found in comparison.strategies.items()}
    assert comparison.thieves is not None
    both = {f"workload-identity-{name}": found for name, found in comparison.thieves.strategies.items()}
    thieves = dataclasses.replace(comparison.thieves, strategies=both, pairs=())
    entries = {f"workload-identity-{name}": found for name, found in comparison.entries.items()}
    long = dataclasses.replace(
        comparison, strategies=renamed, entries=entries, differences={}, thieves=thieves, assumptions=None
    )
    strategies = {f"workload-identity-{name}": strategy for name, strategy in scenario.strategies.items()}
    content = scenario.content.model_copy(update={"strategies": strategies})
    lines = printed(long, dataclasses.replace(scenario, content=content)).splitlines()
    firsts = [line.split()[0] for line in lines if line.strip()]
    assert firsts.count("workload-") == firsts.count("identity-task") + firsts.count("identity-") == 15
    assert max(len(line) for line in lines) <= 80


def test_the_worst_way_in_has_the_longest_window(comparison: Comparison) -> None:
    for name, found in comparison.entries.items():
        worst = worst_entry(comparison, name)
        assert worst is not None
        assert found[worst]["access_window_s"].mean == max(e["access_window_s"].mean for e in found.values())


def test_a_way_in_that_finds_nothing_under_any_strategy_is_named(comparison: Comparison, scenario: Scenario) -> None:
    some = next(iter(comparison.entries[comparison.first]))
    assert not any("set up right" in note for note in caveats(comparison, scenario))
    key = "theft_probability"
    barren = {
        name: found | {some: found[some] | {key: found[some][key]._replace(mean=0.0)}}
        for name, found in comparison.entries.items()
    }
    notes = caveats(dataclasses.replace(comparison, entries=barren), scenario)
    assert any(f"No campaign by {some} found anything" in note for note in notes)


def test_shares_of_provenance_are_printed(comparison: Comparison, scenario: Scenario) -> None:
    assert "0% measured, 0% cited, " in printed(comparison, scenario)


def test_a_way_in_through_an_issuer_lifts_the_warning(tmp_path: Path, comparison: Comparison) -> None:
    assert any("issuer or broker" in note for note in caveats(comparison, small(tmp_path)))
    attacked = load_scenario(write(tmp_path, YAML.replace("kind: runner", "kind: broker")))
    assert not any("issuer or broker" in note for note in caveats(comparison, attacked))


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0, "s", "0"),
        (-7200.0, "s", "-2h"),
        (0.999, "%", "100 %"),
        (0.0123, "%", "1.2 %"),
        (1234.6, "resources", "1,235"),
        (0.01234, "1/task", "0.0123"),
        (math.nan, "s", NOTHING),
        (math.inf, "s", NOTHING),
    ],
)
def test_numbers_read_as_people_write_them(value: float, unit: str, text: str) -> None:
    assert number(value, unit) == text


def test_an_interval_nobody_could_see_is_not_shown() -> None:
    assert interval(1.0001, 1.0002, "1") == ""
    assert interval(0.25, 0.5, shown_unit("theft_probability", "1")) == "25 to 50 %"


def test_checks_are_a_table_with_verdicts_in_80_columns() -> None:
    good = CheckResult("uniform phase", "c", "s", 450.0, 451.2, 1.1, 40, 1.09, 5.2, 9.0, -7.0, False)
    bad = dataclasses.replace(good, name="wrong", z=11.0)
    exact = dataclasses.replace(good, name="counted", exact=True, z=0.0, limit=0.0, theory=math.inf, estimate=math.inf)
    file = io.StringIO()
    print_checks(Console(file=file, width=80), [good, bad, exact])
    text = file.getvalue()
    assert "uniform phase [s]" in text
    assert "differs" in text
    assert "never" in text
    assert "of 3 agree with theory." in text
    assert max(len(line) for line in text.splitlines()) <= 80
