"""The page of a break-even."""

from __future__ import annotations

from nhilab.report.figures.break_even import draw_difference
from nhilab.report.page.cells import change_cell, interval_cell
from nhilab.report.page.controls import controls_sections
from nhilab.report.page.legend import meanings_of, provenance_of
from nhilab.report.page.page import Meaning, Page
from nhilab.report.page.section import Cell, Row, Table
from nhilab.report.pictures.picture import Picture
from nhilab.report.sentences.guards import study_guards
from nhilab.report.sentences.words import shown_unit
from nhilab.report.tables.break_even import notes, sentence, settings_line, shown
from nhilab.report.tables.sweep import heading, short_names
from nhilab.scenario.scenario import Scenario
from nhilab.study.experiments.break_even import BreakEven, Tried
from nhilab.study.intervals.means import Interval


def break_even_page(found: BreakEven, scenario: Scenario) -> Page:
    """What a break-even says, as a page.

    Parameters
    ----------
    found : BreakEven
    scenario : Scenario
        The one studied.
    """
    varied = short_names([found.path])[0]
    told = notes(found, scenario)
    return Page(
        study="Break-even",
        scenario=found.scenario,
        question=scenario.content.question,
        settings=settings_line(found, scenario),
        lead=sentence(found),
        verdicts=(),
        notes=(
            *told,
            *study_guards(scenario, (found.strategy, found.against), replications=found.replications, said=told),
        ),
        pictures=(_picture(found),),
        tables=(_table(found, varied),),
        sections=controls_sections([found.metric]),
        provenance=provenance_of(scenario),
        meanings=(Meaning(varied, "What is varied.", found.path), *meanings_of([found.metric])),
        digest=found.scenario_digest,
    )


def _table(found: BreakEven, varied: str) -> Table:
    unit = shown_unit(found.metric, found.metric_unit)
    rows = tuple(_row(found, one, unit) for one in found.tried)
    return Table(
        f"{heading(found.metric)} at the values tried", (varied, found.strategy, found.against, "difference"), rows
    )


def _row(found: BreakEven, one: Tried, unit: str) -> Row:
    bound = "≥ " if one.capped else ""
    both = [interval_cell(Interval(*estimate[:3]), unit, before=bound) for estimate in (one.varied, one.against)]
    here = "equal here" if one.value == found.crossing.value else ""
    return Row((Cell(shown(found, one.value), here, one.value), *both, change_cell(one.difference, unit)))


def _picture(found: BreakEven) -> Picture:
    return Picture(
        "difference",
        f"{found.strategy} against {found.against}",
        sentence(found),
        "Where the line crosses 0 they are equal; the band is the 95 % interval.",
        lambda: draw_difference(found),
    )
