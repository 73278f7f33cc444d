"""Stages that issuers do not deliver as asked are labelled and told, wherever a strategy is shown."""

from __future__ import annotations

import io

import pytest
from matplotlib.figure import Figure
from rich.console import Console
from unit.study.small import YAML, write

from nhilab.lab import load_scenario, run, sample
from nhilab.report.figures.comparison import draw_comparison, draw_survival
from nhilab.report.page.comparison import comparison_page
from nhilab.report.page.html import html_of
from nhilab.report.sentences.delivered import adoption_notes, delivery_notes
from nhilab.report.sentences.notes import caveats, verdicts
from nhilab.report.tables.comparison import print_comparison
from nhilab.scenario.scenario import Scenario
from nhilab.study.comparisons.compare import compare
from nhilab.study.comparisons.comparison import Comparison

ISSUERS = """
  vault: {service_time: {constant: 20ms}, ttl_range: [1h, 12h], narrows: {database: [class], default: []},
          revocation_unit: none, out_of_range: reject}
  cloud: {service_time: {constant: 20ms}, ttl_range: [1h, 12h], narrows: {default: [class]}, revocation_unit: none}
"""
STRATEGIES = """\
  lease: {stages: [{issuer: sts, from: attested, issue_per: workload, ttl: 1h},
                   {issuer: vault, from: previous, issue_per: task, ttl: 15m, scope: [class], revoke: [task-end]}]}
  cut: {stages: [{issuer: cloud, from: attested, issue_per: task, ttl: 15m, scope: [class, operation],
                  revoke: [task-end]}]}
  partly: {stages: [{issuer: sts, from: attested, issue_per: task, ttl: 1h}], mix: [{strategy: lease, share: 0.0}]}
  mixed: {stages: [{issuer: sts, from: attested, issue_per: task, ttl: 1h}], mix: [{strategy: cut, kinds: [batch]}]}
  both: {stages: [{issuer: vault, from: attested, issue_per: task, ttl: 5m}], mix: [{strategy: lease, share: 0.5}]}
"""
LEASE = (
    "vault refuses stage 2{} (lifetime 15m asked, 1h to 12h allowed; scope class asked, class for database, none for"
    " other classes allowed; revocation task-end asked, none allowed)"
)
CUT = (
    "Stage 1 of cut, as cloud delivers it: lifetime 15m → 1h; scope class + operation → class;"
    " revocation task-end → none."
)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    before, rest = YAML.split("issuers: {sts:")
    sts, rest = rest.split("}\nverifiers:")
    verifiers, threat = rest.split("threat:")
    text = f"{before}issuers:\n  sts:{sts}{ISSUERS}verifiers:{verifiers}{STRATEGIES}threat:{threat}"
    return load_scenario(write(tmp_path_factory.mktemp("delivered"), text))


SHOWN = ["lease (hypothetical)", "task", "partly (hypothetical)", "cut"]


@pytest.fixture(scope="module")
def comparison(scenario: Scenario) -> Comparison:
    return compare(scenario, seed=0, strategies=("lease", "task", "partly", "cut"), replications=2, campaigns=10)


def test_a_strategy_is_hypothetical_if_any_stage_of_its_chains_is(comparison: Comparison) -> None:
    assert comparison.hypothetical == ("lease", "partly")
    assert comparison.to_json()["hypothetical"] == ["lease", "partly"]


def test_what_is_asked_and_what_is_allowed_is_said_in_a_line_for_each_hypothetical_strategy(
    scenario: Scenario,
) -> None:
    assert delivery_notes(scenario, ["task", "lease", "partly", "both"]) == [
        f"lease (hypothetical): {LEASE.format('')}.",
        f"partly (hypothetical): {LEASE.format(' of lease')}.",
        "both (hypothetical): vault refuses stage 1 (lifetime 5m asked, 1h to 12h allowed);"
        f" {LEASE.format(' of lease')}.",
    ]


def test_what_a_clamping_issuer_delivers_instead_is_said_in_a_line_for_each_stage(scenario: Scenario) -> None:
    assert delivery_notes(scenario, ["task", "cut"]) == [CUT]
    assert delivery_notes(scenario, ["cut", "mixed"]) == delivery_notes(scenario, ["mixed"]) == [CUT]


def test_what_is_delivered_as_asked_is_not_spoken_of(scenario: Scenario) -> None:
    assert delivery_notes(scenario, ["static", "session", "task"]) == []


def test_the_notes_name_as_hypothetical_just_what_the_ledgers_do(scenario: Scenario) -> None:
    demand = sample(scenario, seed=0)
    for name in scenario.strategies:
        said = any(line.startswith(f"{name} (hypothetical)") for line in delivery_notes(scenario, [name]))
        assert said == bool(run(scenario, name, demand).stages.hypothetical.any()), name


def test_hypothetical_strategies_are_labelled_in_every_table_and_sentence(
    comparison: Comparison, scenario: Scenario
) -> None:
    file = io.StringIO()
    print_comparison(Console(file=file, width=80), comparison, scenario)
    lines = file.getvalue().splitlines()
    assert max(len(line) for line in lines) <= 80
    assert "Difference from lease (hypothetical)" in file.getvalue()
    rows = [i for i, line in enumerate(lines) if line.split()[:1] in (["lease"], ["partly"])]
    assert len(rows) >= 5 + 6 + 2, "tables, those of differences among them, and notes"
    assert all("(hypothetical)" in lines[i] + lines[i + 1] for i in rows)
    said = verdicts(comparison)
    assert [name for name, _ in said] == SHOWN
    assert all("that of lease (hypothetical)." in text for _, text in said[1:])


def test_the_page_and_the_legends_label_hypothetical_strategies(comparison: Comparison, scenario: Scenario) -> None:
    text = html_of(comparison_page(comparison, scenario))
    assert '<th scope="row">lease (hypothetical)</th>' in text
    assert '<th scope="row">lease</th>' not in text
    assert "Difference from lease (hypothetical)" in text
    assert all(note in caveats(comparison, scenario) for note in delivery_notes(scenario, comparison.strategies))
    figure = draw_comparison(comparison)
    assert [entry.get_text() for entry in figure.legends[0].get_texts()] == SHOWN
    points = [str(line.get_label()) for line in figure.axes[1].lines]
    assert [label for label in points if label[0] != "_"] == SHOWN


def test_a_figure_drawn_alone_labels_what_it_is_told(comparison: Comparison) -> None:
    axes = Figure().subplots()
    draw_survival(axes, comparison.survival, hypothetical=("cut",))
    assert [line.get_label() for line in axes.lines] == ["lease", "task", "partly", "cut (hypothetical)"]


def test_lines_of_delivery_stand_among_the_notes(comparison: Comparison, scenario: Scenario) -> None:
    notes = caveats(comparison, scenario)
    assert CUT in notes
    assert sum("(hypothetical): vault refuses" in note for note in notes) == 2


def test_each_mix_says_how_many_workloads_follow_it(scenario: Scenario) -> None:
    n = len(scenario.estate.workloads)
    lines = adoption_notes(scenario, ["task", "mixed"])
    assert len(lines) == len(scenario.strategies["mixed"].mix)
    assert all(line.startswith("mixed: ") and f" of {n} workloads follow " in line for line in lines)
