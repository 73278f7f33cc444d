"""The page of a sensitivity study."""

from __future__ import annotations

import math
from typing import Final

from nhilab.report.figures.sensitivity import draw_responses
from nhilab.report.page.cells import interval_cell
from nhilab.report.page.controls import controls_sections
from nhilab.report.page.legend import meanings_of, provenance_of
from nhilab.report.page.page import Meaning, Page, Verdict
from nhilab.report.page.section import Cell, Row, Table
from nhilab.report.pictures.picture import Picture
from nhilab.report.sentences.guards import study_guards
from nhilab.report.sentences.words import NOTHING, shown_unit
from nhilab.report.tables.sensitivity import notes, ordered, sentence, settings_line
from nhilab.report.tables.sweep import heading
from nhilab.scenario.scenario import Scenario
from nhilab.study.experiments.sensitivity import Sensitivity
from nhilab.study.experiments.uncertain import NAMES, Method
from nhilab.study.intervals.means import Interval

_TERMS: Final[dict[Method, tuple[Meaning, ...]]] = {
    "morris": (
        Meaning("mu_star", "Mean size of the elementary effects over the whole range of the input, at four levels."),
        Meaning("mu", "Mean of the effects themselves, with their signs."),
        Meaning("sigma", "Their standard deviation: large where an effect bends, or depends on other inputs."),
    ),
    "sobol": (
        Meaning("S1", "Share of the variance between points that is due to the input alone."),
        Meaning("ST", "Share due to all it does, together with others too."),
    ),
}


def sensitivity_page(study: Sensitivity, scenario: Scenario) -> Page:
    """What a sensitivity study says, as a page.

    Parameters
    ----------
    study : Sensitivity
    scenario : Scenario
        The one studied.
    """
    said = [(metric, sentence(study, metric).removeprefix(f"{metric} of ")) for metric in study.responses]
    limits = [f"{heading(metric)}: {note}" for metric in study.responses for note in notes(study, metric)]
    return Page(
        study="Sensitivity",
        scenario=study.scenario,
        question=scenario.content.question,
        settings=settings_line(study),
        verdicts=tuple(Verdict(text, heading(metric)) for metric, text in said),
        notes=(
            *limits,
            *study_guards(
                scenario,
                (study.strategy, *([] if study.against is None else [study.against])),
                replications=study.replications,
            ),
            "Intervals: bootstrap over the points tried, not over chance in the runs.",
        ),
        pictures=(_picture(study),),
        tables=tuple(_table(study, metric) for metric in study.responses),
        sections=controls_sections(study.responses),
        provenance=provenance_of(scenario),
        meanings=(*_TERMS[study.method], *meanings_of(study.responses)),
        digest=study.scenario_digest,
    )


def _table(study: Sensitivity, metric: str) -> Table:
    response, names = study.responses[metric], NAMES[study.method]
    unit = shown_unit(metric, response.unit)
    rows = [
        Row((Cell(name), *(_cell(found[index], study.method, unit) for index in names)))
        for name, found in ordered(study.method, response)
    ]
    return Table(f"What decides {heading(metric)}", ("input", *names), tuple(rows))


def _cell(value: Interval, method: Method, unit: str) -> Cell:
    """Elementary effects are in the metric's unit, shares of variance are plain."""
    if method == "morris":
        return interval_cell(value, unit)
    if not math.isfinite(value.mean):
        return Cell(NOTHING)
    ends = f"{value.low:.2f} to {value.high:.2f}" if math.isfinite(value.low + value.high) else ""
    return Cell(f"{value.mean:.2f}", ends, value.mean)


def _picture(study: Sensitivity) -> Picture:
    return Picture(
        "responses",
        "Which unknown number decides",
        " ".join(sentence(study, metric) for metric in study.responses),
        "Longer bars decide more. Lines are 95 % intervals.",
        lambda: draw_responses(study),
    )
