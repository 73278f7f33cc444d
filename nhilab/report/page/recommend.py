"""The page of a recommendation."""

from __future__ import annotations

from typing import Final

from nhilab.report.figures.recommend import draw_recommendations
from nhilab.report.page.cells import estimate_cell, interval_cell
from nhilab.report.page.controls import controls_sections
from nhilab.report.page.judged import TONES, judged_cell
from nhilab.report.page.legend import meanings_of, provenance_of
from nhilab.report.page.page import Page, Verdict
from nhilab.report.page.section import Cell, Row, Table
from nhilab.report.pictures.picture import Picture
from nhilab.report.sentences.guards import study_guards
from nhilab.report.sentences.words import marked
from nhilab.report.tables.check import bound_words
from nhilab.report.tables.recommend import notes, settings_line, verdicts
from nhilab.report.tables.sweep import heading
from nhilab.scenario.scenario import Scenario
from nhilab.study.designs.recommendation import MONEY, Advice, Candidate, Recommendation
from nhilab.study.estimates.estimate import Estimate
from nhilab.study.intervals.means import Interval

MOST: Final = 300
"""Candidates of a class in its table."""


def recommend_page(found: Recommendation, scenario: Scenario) -> Page:
    """What a recommendation says, as a page.

    Parameters
    ----------
    found : Recommendation
    scenario : Scenario
        The one it is about.
    """
    said = zip(found.advice, verdicts(found), strict=True)
    keys = [limit.key for limit in found.limits]
    return Page(
        study="Recommendation",
        scenario=found.scenario,
        question=scenario.content.question,
        settings=settings_line(found, scenario),
        verdicts=tuple(
            Verdict(text.removeprefix(f"{advice.kind}: "), advice.kind, tone="good" if advice.recommended else "bad")
            for advice, text in said
        ),
        notes=(
            *notes(found),
            *study_guards(
                scenario,
                tuple(scenario.strategies) if found.designs == "strategies" else (),
                replications=found.replications,
            ),
        ),
        pictures=(_picture(found),),
        tables=tuple(_table(found, advice) for advice in found.advice),
        sections=controls_sections([*keys, *found.cheap_by]),
        provenance=provenance_of(scenario),
        meanings=meanings_of([*keys, *found.cheap_by]),
        digest=found.scenario_digest,
    )


def _table(found: Recommendation, advice: Advice) -> Table:
    several = "s" if advice.workloads > 1 else ""
    limits = [f"{heading(limit.key)} {bound_words(limit)}" for limit in found.limits]
    costs = ["money per task" if key == MONEY else heading(key) for key in found.cheap_by]
    rows = tuple(_row(found, advice, candidate) for candidate in advice.candidates[:MOST])
    title = f"{advice.kind} ({advice.workloads} workload{several})"
    return Table(title, ("design", "limits", *limits, *costs), rows)


def _row(found: Recommendation, advice: Advice, candidate: Candidate) -> Row:
    name = marked(candidate.name, hypothetical=candidate.hypothetical)
    chosen = "recommended" if candidate.name == advice.recommended else ""
    judged = [judged_cell(judgement) for judgement in candidate.judgements]
    costs = [_cost(key, candidate.cost[key]) for key in found.cheap_by]
    return Row((Cell(name, chosen), Cell(candidate.verdict, tone=TONES[candidate.verdict]), *judged, *costs))


def _cost(key: str, estimate: Estimate) -> Cell:
    return interval_cell(Interval(*estimate[:3]), "") if key == MONEY else estimate_cell(key, estimate)


def _picture(found: Recommendation) -> Picture:
    return Picture(
        "recommendation",
        "What each design costs, and how it keeps each limit",
        " ".join(verdicts(found)),
        "A row for each class, a column for each limit, the dashed line; the recommended design is a diamond.",
        lambda: draw_recommendations(found),
    )
