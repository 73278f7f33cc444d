"""The page of a frontier."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from nhilab.report.page.cells import ABOVE, estimate_cell, interval_cell
from nhilab.report.page.controls import controls_sections
from nhilab.report.page.legend import meanings_of, provenance_of
from nhilab.report.page.page import Meaning, Page, Verdict
from nhilab.report.page.section import Cell, Row, Table
from nhilab.report.pictures.pictures import frontier_pictures
from nhilab.report.sentences.guards import study_guards
from nhilab.report.sentences.words import number, shown_unit
from nhilab.report.tables.frontier import at_least, notes, settings_line, verdicts
from nhilab.report.tables.sweep import heading
from nhilab.scenario.scenario import Scenario
from nhilab.study.designs.frontier import Frontier
from nhilab.study.designs.frontier import Row as Design
from nhilab.study.designs.stability import Ranking, Stability
from nhilab.study.intervals.means import Interval

MOST: Final = 300
"""Designs in the table of all that were tried."""

_TERMS: Final = (
    Meaning("frontier", "Designs that no other beats: as good in all that counts, and better in something."),
    Meaning("sure", "Share of resamples of the replications in which the design is on the frontier."),
    Meaning("τ", "Kendall's rank correlation of the designs there with those here: 1 if none changes its place."),
)


def frontier_page(frontier: Frontier, scenario: Scenario, stability: Stability | None = None) -> Page:
    """What a frontier says, as a page.

    Parameters
    ----------
    frontier : Frontier
    scenario : Scenario
        The one whose space it is.
    stability : Stability, optional
    """
    worlds = [_worlds(stability)] if stability is not None else []
    steady = verdicts(stability) if stability is not None else []
    return Page(
        study="Frontier",
        scenario=frontier.scenario,
        question=scenario.content.question,
        settings=settings_line(frontier, scenario),
        lead=sentence(frontier),
        verdicts=(*_bests(frontier), *(Verdict(said, "In other worlds") for said in steady)),
        notes=(*notes(frontier), *study_guards(scenario, (frontier.strategy,), replications=frontier.replications)),
        pictures=frontier_pictures(frontier) if len(frontier.objectives) > 1 else (),
        tables=(_members(frontier), _tried(frontier), *worlds),
        sections=controls_sections(frontier.objectives),
        provenance=provenance_of(scenario),
        meanings=(*_TERMS, *meanings_of(frontier.objectives)),
        digest=frontier.scenario_digest,
    )


def sentence(frontier: Frontier) -> str:
    """How many designs are worth having, in words."""
    n, tried = len(frontier.distinct), frontier.n_tried
    counted = ", ".join(map(heading, frontier.objectives))
    if not n:
        return f"None of {tried} designs is on the frontier."
    which = "One design is" if n == 1 else f"{n} designs are"
    return (
        f"{which} worth having, of {tried} tried: no other is as good in all that counts ({counted}) and better in one."
    )


def _bests(frontier: Frontier) -> list[Verdict]:
    """For each objective the design of the frontier that has least of it."""
    told = []
    for key in frontier.objectives:
        known = [row for row in frontier.distinct if not math.isnan(row.estimates[key].mean)]
        if known:
            best = min(known, key=lambda row: row.estimates[key].mean)
            told.append(Verdict(f"{_shown(best, key)}, under {best.design.name}.", f"Least {heading(key)}"))
    return told


def _shown(row: Design, key: str) -> str:
    estimate = row.estimates[key]
    if math.isinf(estimate.mean):
        return ABOVE
    bound = "at least " if at_least(row.estimates, key) else ""
    return bound + number(estimate.mean, shown_unit(key, estimate.unit))


def _members(frontier: Frontier) -> Table:
    place = {row.design.name: str(place) for place, row in enumerate(frontier.distinct, 1)}
    rows = [
        Row((
            Cell(row.design.name, _beside(frontier, row, place)), Cell(place[row.design.name], value=i),
            interval_cell(_alone(row.membership), "%"), *_objectives(frontier, row),
        ))
        for i, row in enumerate(frontier.distinct, 1)
    ]  # fmt: skip
    return Table("The frontier", ("design", "number", "sure", *map(heading, frontier.objectives)), tuple(rows))


def _beside(frontier: Frontier, row: Design, place: Mapping[str, str]) -> str:
    alike = sum(other.same_as == row.design.name for other in frontier.members)
    better = next((place[other] for other in row.dominated_by if other in place), "")
    said = [f"and {alike} almost alike"] * bool(alike) + [f"hardly worth it: {better}"] * bool(better)
    return ", ".join(said)


def _tried(frontier: Frontier) -> Table:
    rows = [
        Row((
            Cell(row.design.name), Cell(_place(row), tone="plain" if row.on_frontier else "faint"),
            interval_cell(_alone(row.membership), "%"), *_objectives(frontier, row),
        ))
        for row in frontier.rows[:MOST]
    ]  # fmt: skip
    title = "All designs tried" if len(frontier.rows) <= MOST else f"The first {MOST} of {len(frontier.rows)} tried"
    return Table(title, ("design", "frontier", "sure", *map(heading, frontier.objectives)), tuple(rows))


def _place(row: Design) -> str:
    if row.on_frontier:
        return "on it"
    return "beaten" if row.within_limits else "not within limits"


def _alone(value: float) -> Interval:
    return Interval(value, math.nan, math.nan)


def _objectives(frontier: Frontier, row: Design) -> list[Cell]:
    found = row.estimates
    return [estimate_cell(key, found[key], bound=at_least(found, key)) for key in frontier.objectives]


def _worlds(stability: Stability) -> Table:
    by_world: dict[str, list[Ranking]] = {}
    for ranking in stability.rankings:
        by_world.setdefault(ranking.world, []).append(ranking)
    rows = [
        Row((Cell(world, rankings[0].what), *(cell for ranking in rankings for cell in _ranked(ranking))))
        for world, rankings in by_world.items()
    ]
    titles = [title for key in stability.best for title in (f"{heading(key)}: τ", f"{heading(key)}: best")]
    return Table("Ranks in other worlds", ("world", *titles), tuple(rows))


def _ranked(ranking: Ranking) -> list[Cell]:
    chance = "" if ranking.same or ranking.apart else "not beyond chance"
    best = Cell("the same" if ranking.same else ranking.best[0], chance, tone="faint" if ranking.same else "plain")
    return [interval_cell(_alone(ranking.tau), "1"), best]
