"""The page of a factorial."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from nhilab.report.page.cells import change_cell, estimate_cell, interval_cell
from nhilab.report.page.controls import controls_sections
from nhilab.report.page.legend import meanings_of, provenance_of
from nhilab.report.page.page import Meaning, Page, Verdict
from nhilab.report.page.section import Cell, Row, Table
from nhilab.report.pictures.pictures import factorial_pictures
from nhilab.report.sentences.guards import study_guards
from nhilab.report.sentences.words import NOTHING, shown_unit
from nhilab.report.tables.factorial import sentence, settings_line
from nhilab.report.tables.sweep import heading
from nhilab.scenario.scenario import Scenario
from nhilab.study.experiments.effects import Effects, Factorial
from nhilab.study.intervals.means import Interval

_TERMS: Final = (
    Meaning("alone", "Change by switching the control on first, all others off."),
    Meaning("last", "Change by switching it on last, all others on."),
    Meaning("on average", "Change over all settings of the others."),
    Meaning("bought", "Shapley value: the reduction averaged over all orders; these add to the total."),
    Meaning(
        "interaction",
        "Half of what the effect of the one changes by the other; below 0 they gain by each other.",
    ),
)


def factorial_page(study: Factorial, scenario: Scenario) -> Page:
    """What a factorial says, as a page.

    Parameters
    ----------
    study : Factorial
    scenario : Scenario
        The one studied.
    """
    idle = [f"{name} alone changes nothing that {study.strategy} depends on." for name in study.idle]
    unshared = [
        f"No shares of {heading(metric)}: {found.without_shares}."
        for metric, found in study.effects.items()
        if found.without_shares
    ]
    said = [(metric, sentence(study, metric).removeprefix(f"{metric}: ")) for metric in study.effects]
    by_metric = [table for found in study.effects.values() for table in _tables(found, several=len(study.controls) > 1)]
    return Page(
        study="Factorial",
        scenario=study.scenario,
        question=scenario.content.question,
        settings=settings_line(study),
        verdicts=tuple(Verdict(text, heading(metric)) for metric, text in said),
        notes=(*idle, *unshared, *study_guards(scenario, (study.strategy,), replications=study.replications)),
        pictures=factorial_pictures(study),
        tables=(*by_metric, _combinations(study)),
        sections=controls_sections(study.effects),
        provenance=provenance_of(scenario),
        meanings=(*_TERMS, *meanings_of(study.effects)),
        digest=study.scenario_digest,
    )


def _tables(found: Effects, *, several: bool) -> list[Table]:
    return [_controls(found), _interactions(found)] if several else [_controls(found)]


def _controls(found: Effects) -> Table:
    unit, rows = shown_unit(found.metric, found.unit), []
    for name, bought in found.bought.items():
        changes = (found.alone[name], found.last[name], found.contrasts[name,])
        share = found.shares.get(name)
        cells = [*(change_cell(value, unit) for value in changes), interval_cell(bought, unit)]
        rows.append(Row((Cell(name), *cells, Cell(NOTHING) if share is None else interval_cell(share, "%"))))
    headings = ("control", "alone", "last", "on average", "bought", "share")
    return Table(f"What each control does to {heading(found.metric)}", headings, tuple(rows))


def _interactions(found: Effects) -> Table:
    """The largest first; of two, also what the effect of the first is without and with the second."""
    unit, rows = shown_unit(found.metric, found.unit), []
    for names, value in found.contrasts.items():
        if len(names) > 1:
            main = found.contrasts[names[:1]].mean
            apart = [main - value.mean, main + value.mean] if len(names) == 2 else [math.nan, math.nan]
            cells = [change_cell(value, unit), *(interval_cell(Interval(x, math.nan, math.nan), unit) for x in apart)]
            rows.append(Row((Cell(" × ".join(names)), *cells)))
    by_size = sorted(rows, key=lambda row: -_size(row.cells[1].value))
    headings = ("controls", "interaction", "first if second off", "first if second on")
    return Table(f"Interactions in {heading(found.metric)}", headings, tuple(by_size))


def _size(value: float | None) -> float:
    return -1.0 if value is None or math.isnan(value) else abs(value)


def _combinations(study: Factorial) -> Table:
    rows = [
        Row((Cell(_named(on)), *(estimate_cell(metric, estimates[metric]) for metric in study.effects)))
        for on, estimates in study.combinations
    ]
    return Table("Every combination", ("controls that are on", *map(heading, study.effects)), tuple(rows))


def _named(controls: Sequence[str]) -> str:
    return " + ".join(controls) or "none"
