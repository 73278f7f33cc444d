"""The page of a comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from nhilab.report.drawing.palette import looks_of
from nhilab.report.page.cells import change_cell, estimate_cell
from nhilab.report.page.guards import guard_sections
from nhilab.report.page.html import write_html
from nhilab.report.page.legend import meanings_of, provenance_of
from nhilab.report.page.page import Page, Verdict
from nhilab.report.page.section import Cell, Row, Section, Table
from nhilab.report.pictures.pictures import comparison_pictures
from nhilab.report.sentences.assumptions import verdict_line
from nhilab.report.sentences.notes import (
    at_least,
    caveats,
    change,
    label,
    precision_line,
    settings_line,
    times_shorter,
    verdicts,
    worst_entry,
)
from nhilab.report.sentences.words import NOTHING, shown_unit
from nhilab.report.tables.comparison import CHANGES, WORST, Column, sections
from nhilab.scenario.scenario import Scenario
from nhilab.study.closeups.closeup import Closeup
from nhilab.study.comparisons.comparison import Comparison
from nhilab.study.estimates.estimate import Estimate


def write_page(path: Path, comparison: Comparison, scenario: Scenario, closeup: Closeup | None = None) -> None:
    """Write the page of a comparison; it needs no network and reads well in light and dark.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    write_html(path, comparison_page(comparison, scenario, closeup=closeup))


def comparison_page(
    comparison: Comparison, scenario: Scenario, *, closeup: Closeup | None = None, more: Sequence[Section] = ()
) -> Page:
    """What a comparison says, as a page.

    Parameters
    ----------
    comparison : Comparison
    scenario : Scenario
        The one compared on.
    closeup : Closeup, optional
        Of the same strategies, for the pictures that look at one replication.
    more : sequence of Section
        Said after the tables.
    """
    looks = looks_of([*scenario.strategies, *comparison.strategies])
    shown = {c.key for _, columns in sections(comparison) for c in columns}
    said = zip(comparison.strategies, verdicts(comparison), strict=True)
    return Page(
        study="Comparison",
        scenario=comparison.scenario,
        question=scenario.content.question,
        settings=" ".join(filter(None, (settings_line(comparison), precision_line(comparison).removesuffix(".")))),
        verdicts=tuple(Verdict(sentence, name, key) for key, (name, sentence) in said),
        lead=_lead(comparison),
        notes=tuple(caveats(comparison, scenario)),
        pictures=comparison_pictures(comparison, scenario, closeup),
        tables=tables_of(comparison, scenario),
        sections=(*guard_sections(comparison, scenario), *more),
        provenance=provenance_of(scenario),
        meanings=meanings_of(shown),
        digest=comparison.scenario_digest,
        strategies={key: label(comparison, key) for key in comparison.strategies},
        colours={key: looks[key].colour for key in comparison.strategies},
    )


def _lead(comparison: Comparison) -> str:
    """What is best, where it was asked."""
    found = comparison.assumptions
    if found is None or not found.verdict.best:
        return ""
    return verdict_line(comparison, found).removeprefix("Verdict: ")


def tables_of(comparison: Comparison, scenario: Scenario) -> tuple[Table, ...]:
    """All tables of a comparison: risk, reach, cost, what else there is, differences, the worst way in."""
    apart = [_differences(comparison)] if comparison.differences else []
    return (*(_table(comparison, *section) for section in sections(comparison)), *apart, _worst(comparison, scenario))


def _table(comparison: Comparison, title: str, columns: Sequence[Column]) -> Table:
    rows = [_row(comparison, name, _cells(found, columns)) for name, found in comparison.strategies.items()]
    return Table(title, ("strategy", *(c.heading for c in columns)), tuple(rows))


def _row(comparison: Comparison, strategy: str, cells: Sequence[Cell]) -> Row:
    return Row((Cell(label(comparison, strategy)), *cells), strategy)


def _cells(found: Mapping[str, Estimate], columns: Sequence[Column]) -> list[Cell]:
    return [estimate_cell(c.key, found[c.key], bound=at_least(found, c.key)) for c in columns]


def _differences(comparison: Comparison) -> Table:
    units = {key: estimate.unit for key, estimate in comparison.strategies[comparison.first].items()}
    rows = []
    for name in list(comparison.strategies)[1:]:
        found, times = comparison.difference(name), times_shorter(comparison, name)
        said = change(times) if times > 0 and found["access_window_s"].resolved else ""
        more = {"access_window_s": said}
        cells = [change_cell(found[c.key], shown_unit(c.key, units[c.key]), more=more.get(c.key, "")) for c in CHANGES]
        rows.append(_row(comparison, name, cells))
    title = f"Difference from {label(comparison, comparison.first)}"
    return Table(title, ("strategy", *(c.heading for c in CHANGES)), tuple(rows))


def _worst(comparison: Comparison, scenario: Scenario) -> Table:
    rows = []
    for name in comparison.strategies:
        entry = worst_entry(comparison, name)
        cells = [Cell(NOTHING)] * (1 + len(WORST))
        if entry is not None:
            way = Cell(entry, scenario.threat.entries[entry].technique)
            cells = [way, *_cells(comparison.entries[name][entry], WORST)]
        rows.append(_row(comparison, name, cells))
    return Table("Worst way in", ("strategy", "way in", *(c.heading for c in WORST)), tuple(rows))
