"""A recommendation in the terminal: for each class what suits it, and the evidence."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import Final

import polars as pl
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from nhilab.base.quantities import format_duration
from nhilab.report.sentences.guards import print_guards
from nhilab.report.sentences.words import NOTHING, interval, marked, number, shown_unit
from nhilab.report.tables.check import STYLES, bound_words
from nhilab.scenario.scenario import Scenario
from nhilab.study.designs.limits import Judgement
from nhilab.study.designs.recommendation import LOAD, MONEY, Advice, Candidate, Recommendation
from nhilab.study.estimates.estimate import Estimate

SHOWN: Final = 12
NAMED: Final = 4
"""Candidates of which what they lack is said."""
NAME_WIDTH: Final = 18
_VERDICT: Final = 9
_COSTS: Final = {MONEY: "money per task", LOAD[0]: "issued per task", LOAD[1]: "added latency"}


def print_recommendation(console: Console, recommendation: Recommendation, scenario: Scenario) -> None:
    """Print for each class the cheapest candidate that meets the limits, and what each one was held to.

    Parameters
    ----------
    console : Console
        80 columns are enough.
    recommendation : Recommendation
    scenario : Scenario
        The one it is about.
    """
    console.print(Text(scenario.content.question, style="bold"))
    console.print(Text(settings_line(recommendation, scenario), style="dim"))
    for advice in recommendation.advice:
        console.print(_table(recommendation, advice))
        if len(advice.candidates) > SHOWN:
            console.print(Text(f"And {len(advice.candidates) - SHOWN} more candidates."))
    for note in notes(recommendation):
        console.print(Text(note, style="yellow"))
    studied = tuple(scenario.strategies) if recommendation.designs == "strategies" else ()
    print_guards(console, scenario, studied, replications=recommendation.replications)
    for sentence in verdicts(recommendation):
        console.print(Text(sentence, style="bold"))


def verdicts(recommendation: Recommendation) -> list[str]:
    """One sentence for each class: what is recommended, or what each candidate lacks."""
    told = []
    for advice in recommendation.advice:
        if advice.recommended:
            best = advice.candidates[0]
            cost = ", ".join(_cost_words(key, best.cost[key]) for key in recommendation.cheap_by)
            fit = sum(c.verdict == "met" and not c.hypothetical for c in advice.candidates)
            among = f"cheapest of {fit} that meet" if fit > 1 else "the only one that meets"
            cheaper = cheaper_undecided(advice)
            rest = f" Cheaper, but undecided: {', '.join(cheaper)}." if cheaper else ""
            told.append(f"{advice.kind}: {advice.recommended}, {among} the limits ({cost}).{rest}")
        else:
            told.append(f"{advice.kind}: {none_meets(advice.candidates)} {lacks(advice.candidates)}")
    return told


def cheaper_undecided(advice: Advice) -> list[str]:
    """Candidates that would be recommended if more replications found that they meet the limits."""
    least = next(iter(advice.candidates[0].cost.values())).mean
    return [
        candidate.name
        for candidate in advice.candidates
        if candidate.verdict == "undecided"
        and not candidate.hypothetical
        and next(iter(candidate.cost.values())).mean < least
    ]


def none_meets(candidates: Sequence[Candidate]) -> str:
    """That no candidate meets the limits, or none that is known to."""
    undecided = sum(candidate.verdict == "undecided" and not candidate.hypothetical for candidate in candidates)
    if not undecided:
        return f"none of {len(candidates)} meets the limits."
    are = "is" if undecided == 1 else "are"
    return (
        f"none of {len(candidates)} is known to meet the limits; {undecided} {are} undecided, which more replications"
        " may decide."
    )


def lacks(candidates: Sequence[Candidate]) -> str:
    """What candidates lack, those named that lack least: limits missed and by how much, limits undecided."""
    told = []
    for candidate in candidates[:NAMED]:
        missed = [f"{j.limit.key} {_miss(j)}" for j in candidate.judgements if j.verdict != "met"]
        refused = ["hypothetical"] if candidate.hypothetical else []
        told.append(f"{candidate.name}: {', '.join([*missed, *refused])}.")
    return " ".join(told)


def notes(recommendation: Recommendation) -> list[str]:
    """What a reader must know beside the tables."""
    by = "money per task" if recommendation.currency else "issuances per task, then added latency (nothing has a price)"
    told = [
        f"Cheapest: by {by}; of equals the one with the shorter access window. Met and broken: at 95 % confidence,"
        " bounds one-sided."
    ]
    told += [
        f"{advice.kind}: no thief gets anything, whatever the design; limits on thieves say nothing."
        for advice in recommendation.advice
        if all(candidate.theft_probability.mean == 0 for candidate in advice.candidates)
    ]
    if recommendation.handed:
        handed = ", ".join(recommendation.handed)
        told.append(f"Only do what others hand them, and are judged with those: {handed}.")
    if any(candidate.hypothetical for advice in recommendation.advice for candidate in advice.candidates):
        told.append("Hypothetical: an issuer refuses it, so it is not recommended.")
    told += [f"Cannot be had: {n} designs: {reason}." for reason, n in recommendation.infeasible.items()]
    return told


def recommendation_table(recommendation: Recommendation, key: str) -> pl.DataFrame:
    """Candidates as the figure takes them: class, design, verdict, recommended, and a limit's value and bounds."""
    rows = [
        (
            advice.kind, candidate.name, judged.verdict, candidate.name == advice.recommended,
            judged.mean, judged.low, judged.high, *candidate.cost[recommendation.cheap_by[0]][:3],
        )
        for advice in recommendation.advice
        for candidate in advice.candidates
        for judged in candidate.judgements
        if judged.limit.key == key
    ]  # fmt: skip
    words = dict.fromkeys(("class", "design", "verdict"), pl.String)
    numbers = dict.fromkeys(("value", "low", "high", "cost", "cost_low", "cost_high"), pl.Float64)
    return pl.DataFrame(rows, schema={**words, "recommended": pl.Boolean, **numbers}, orient="row")


def settings_line(recommendation: Recommendation, scenario: Scenario) -> str:
    """How the numbers were made."""
    limits = ", ".join(f"{limit.key} {bound_words(limit)}" for limit in recommendation.limits)
    return (
        f"{recommendation.replications} replications of {format_duration(scenario.content.horizon)},"
        f" {recommendation.campaigns} campaigns each, seed {recommendation.seed}; limits: {limits}"
    )


def _table(recommendation: Recommendation, advice: Advice) -> Table:
    several = "s" if advice.workloads > 1 else ""
    table = Table(
        title=f"{advice.kind} ({advice.workloads} workload{several})", box=box.SIMPLE_HEAD, title_justify="left",
        title_style="bold", padding=0, show_edge=False,
    )  # fmt: skip
    table.add_column("design", width=NAME_WIDTH, overflow="fold")
    table.add_column("limits", no_wrap=True, width=_VERDICT)
    width = min((81 - NAME_WIDTH - _VERDICT - 2) // (len(recommendation.limits) + len(recommendation.cheap_by)) - 1, 16)
    for limit in recommendation.limits:
        heading = f"{limit.key.replace('_', ' ')} {bound_words(limit)}"
        table.add_column(heading, justify="right", overflow="fold", width=width)
    for key in recommendation.cheap_by:
        table.add_column(_COSTS[key], justify="right", overflow="fold", width=width)
    for candidate in advice.candidates[:SHOWN]:
        name = _lines(marked(candidate.name, hypothetical=candidate.hypothetical))
        chosen = candidate.name == advice.recommended
        cost = [_estimate(key, candidate.cost[key]) for key in recommendation.cheap_by]
        verdict = Text(candidate.verdict, style=STYLES[candidate.verdict])
        limits = [_judged(judgement) for judgement in candidate.judgements]
        table.add_row(
            Text(name + ("\n→ recommended" if chosen else ""), "bold" if chosen else ""), verdict, *limits, *cost
        )
    return table


def _lines(name: str) -> str:
    return "\n".join(part for value in name.split(" ") for part in textwrap.wrap(value, NAME_WIDTH))


def _judged(judgement: Judgement) -> Text:
    unit = shown_unit(judgement.limit.key, judgement.limit.unit)
    value = "above the cap" if math.isinf(judgement.mean) else number(judgement.mean, unit)
    ends = interval(judgement.low, judgement.high, unit) if math.isfinite(judgement.high) else ""
    return Text(value, style=STYLES[judgement.verdict]) + Text(f"\n{ends}" if ends else "", style="dim")


def _miss(judgement: Judgement) -> str:
    unit = shown_unit(judgement.limit.key, judgement.limit.unit)
    if judgement.verdict == "undecided":
        return "undecided"
    if not math.isfinite(judgement.mean):
        return "above the cap" if math.isinf(judgement.mean) else NOTHING
    apart, side = judgement.mean - judgement.limit.bound, "over" if judgement.limit.upper else "under"
    return f"{number(abs(apart), unit)} {side}"


def _estimate(key: str, estimate: Estimate) -> Text:
    unit = "" if key == MONEY else shown_unit(key, estimate.unit)
    ends = interval(estimate.low, estimate.high, unit)
    return Text(number(estimate.mean, unit)) + Text(f"\n{ends}" if ends else "", style="dim")


def _cost_words(key: str, estimate: Estimate) -> str:
    if key == MONEY:
        return f"{number(estimate.mean, '')} {estimate.unit.replace('/', ' a ')}"
    return f"{_COSTS[key]} {number(estimate.mean, shown_unit(key, estimate.unit))}"
