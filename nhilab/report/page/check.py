"""The page of a check."""

from __future__ import annotations

from nhilab.report.page.controls import controls_sections
from nhilab.report.page.judged import TONES, judged_cell
from nhilab.report.page.legend import meanings_of, provenance_of
from nhilab.report.page.page import Page, Verdict
from nhilab.report.page.section import Cell, Row, Table
from nhilab.report.sentences.guards import study_guards
from nhilab.report.sentences.words import marked
from nhilab.report.tables.check import bound_words, found_words, settings_line, summary, undecided_lines
from nhilab.report.tables.sweep import heading
from nhilab.scenario.scenario import Scenario
from nhilab.study.designs.check import Check
from nhilab.study.designs.limits import Judgement, overall


def check_page(check: Check, scenario: Scenario) -> Page:
    """What a check says, as a page.

    Parameters
    ----------
    check : Check
    scenario : Scenario
        The one checked.
    """
    names = {name: marked(name, hypothetical=name in check.hypothetical) for name in check.strategies}
    each = [
        Verdict(sentence(found), names[name], name, TONES[overall(found)]) for name, found in check.strategies.items()
    ]
    keys = [judgement.limit.key for found in check.strategies.values() for judgement in found]
    return Page(
        study="Check",
        scenario=check.scenario,
        question=scenario.content.question,
        settings=settings_line(check, scenario),
        lead=f"Limits: {summary(check)}",
        verdicts=tuple(each),
        notes=(
            *undecided_lines(check),
            *study_guards(scenario, tuple(check.strategies), replications=max(check.looks)),
        ),
        tables=(_table(check, names),),
        sections=controls_sections(keys),
        provenance=provenance_of(scenario),
        meanings=meanings_of(keys),
        digest=check.scenario_digest,
        strategies=names,
    )


def sentence(judgements: tuple[Judgement, ...]) -> str:
    """Whether a strategy keeps its limits, in words: first those it breaks."""
    told = [
        f"{verb} {heading(judgement.limit.key)} {bound_words(judgement.limit)}: {found_words(judgement)}."
        for verdict, verb in (("broken", "Breaks"), ("undecided", "Undecided:"))
        for judgement in judgements
        if judgement.verdict == verdict
    ]
    met = sum(judgement.verdict == "met" for judgement in judgements)
    if not told:
        return "Keeps its limit." if met == 1 else f"Keeps all {met} limits."
    return " ".join(told) + (f" Keeps {'the other' if met == 1 else f'{met} others'}." if met else "")


def _table(check: Check, names: dict[str, str]) -> Table:
    rows = [
        Row(
            (
                Cell(names[name]),
                Cell(heading(judgement.limit.key), bound_words(judgement.limit)),
                judged_cell(judgement),
                Cell(str(judgement.n), value=judgement.n),
                Cell(judgement.verdict, judgement.reason, tone=TONES[judgement.verdict]),
            ),
            name,
        )
        for name, found in check.strategies.items()
        for judgement in found
    ]
    return Table("Limits", ("strategy", "limit", "value", "replications", "verdict"), tuple(rows))
