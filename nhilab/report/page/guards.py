"""What guards a comparison against being read for more than it says: both thieves, assumed numbers, controls."""

from __future__ import annotations

import math

from nhilab.report.page.cells import estimate_cell
from nhilab.report.page.controls import controls_sections
from nhilab.report.page.section import Cell, Row, Section, Table
from nhilab.report.sentences.assumptions import assumed_rows, assumption_notes
from nhilab.report.sentences.findings import findings_of
from nhilab.report.sentences.notes import at_least, label
from nhilab.report.sentences.thieves import thief_line, thief_words, thieves_notes
from nhilab.report.tables.comparison import WORST, sections
from nhilab.scenario.scenario import Scenario
from nhilab.study.comparisons.comparison import Comparison
from nhilab.study.comparisons.examined import Assumptions
from nhilab.study.comparisons.thieves import Thieves


def guard_sections(comparison: Comparison, scenario: Scenario) -> tuple[Section, ...]:
    """Sections for the page of a comparison.

    Parameters
    ----------
    comparison : Comparison
    scenario : Scenario
        The one compared on.

    Notes
    -----
    Checked by ``tests/unit/report/page/test_guard_sections.py``.
    """
    both, assumptions = comparison.thieves, comparison.assumptions
    thieves = Section(
        "Automated and manual thief",
        (thief_line(comparison), *thieves_notes(comparison)),
        (_thieves_table(comparison, both),) if both is not None else (),
    )
    notes = assumption_notes(comparison, scenario)
    examined = assumptions is not None and bool(assumptions.examined)
    assumed = Section(
        "The verdict and what is assumed",
        tuple(notes),
        (_assumed_table(assumptions),) if assumptions is not None and examined else (),
    )
    shown = [column.key for _, columns in sections(comparison) for column in columns]
    return (
        thieves,
        *((assumed,) if notes else ()),
        *controls_sections([*shown, *findings_of(comparison, scenario)]),
    )


def _thieves_table(comparison: Comparison, both: Thieves) -> Table:
    headings = [f"{thief_words(thief)}: {c.heading}" for thief in (both.own, both.other) for c in WORST]
    rows = []
    for name, found in comparison.strategies.items():
        cells = [
            estimate_cell(c.key, of[c.key], bound=at_least(of, c.key))
            for of in (found, both.strategies[name])
            for c in WORST
        ]
        rows.append(Row((Cell(label(comparison, name)), *cells), name))
    title = f"Both thieves, {both.campaigns} campaigns of the {both.other.kind} one in each replication"
    return Table(title, ("strategy", *headings), tuple(rows))


def _assumed_table(assumptions: Assumptions) -> Table:
    rows = []
    for assumed, half, double, elasticity in assumed_rows(assumptions):
        value = float(elasticity) if elasticity else math.nan
        rows.append(Row((Cell(assumed.name, assumed.reason), Cell(half), Cell(double), Cell(elasticity, value=value))))
    headings = ("assumed number", "verdict when halved", "when doubled", "% of access window for each % of it")
    return Table("Assumed numbers, each alone", headings, tuple(rows))
