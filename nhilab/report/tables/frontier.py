"""The frontier of a space in the terminal, and as comma-separated values."""

from __future__ import annotations

import csv
import io
import math
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from nhilab.base.files import write_text
from nhilab.base.quantities import SECOND, format_duration
from nhilab.report.sentences.guards import print_guards
from nhilab.report.sentences.words import interval, number, shown_unit
from nhilab.scenario.scenario import Scenario
from nhilab.study.designs.dominance import TOLERANCE
from nhilab.study.designs.frontier import Frontier, Row
from nhilab.study.designs.stability import Ranking, Stability
from nhilab.study.estimates.estimate import CAPPED, Estimate

SHOWN: Final = 20
WORLD_WIDTH: Final = 30
NAME_WIDTH: Final = 19
HEADINGS: Final = {
    "access_window_s": "access window", "reach_weighted": "weighted reach", "added_latency_s": "added latency",
    "issuances_per_task": "issued per task", "failed_task_share": "failed tasks",
}  # fmt: skip
_LEFT: Final = 81 - NAME_WIDTH - 10
_WIDEST: Final = 16
_RANKED: Final = {"access_window_s": "access window", "reach_weighted": "weighted reach"}


def heading(key: str) -> str:
    """A key as a heading: the words of it that can be broken.

    Examples
    --------
    >>> heading("reach_weighted"), heading("access_window_s_p95")
    ('weighted reach', 'access window s p95')
    """
    return HEADINGS.get(key, key.replace("_", " "))


def print_frontier(console: Console, frontier: Frontier, scenario: Scenario, stability: Stability | None) -> None:
    """Print the designs of the frontier, how sure each is, and whether their ranks hold in other worlds.

    Parameters
    ----------
    console : Console
        80 columns are enough.
    frontier : Frontier
    scenario : Scenario
        The one whose space it is.
    stability : Stability, optional
    """
    console.print(Text(scenario.content.question, style="bold"))
    console.print(Text(settings_line(frontier, scenario), style="dim"))
    console.print(_table(frontier))
    if len(frontier.distinct) > SHOWN:
        console.print(Text(f"And {len(frontier.distinct) - SHOWN} more on the frontier."))
    for note in notes(frontier):
        console.print(Text(note, style="yellow"))
    print_guards(console, scenario, (frontier.strategy,), replications=frontier.replications)
    if stability is not None:
        console.print(_worlds(stability))
        for sentence in verdicts(stability):
            console.print(Text(sentence))


def notes(frontier: Frontier) -> list[str]:
    """What a reader must know beside the table."""
    told = [
        f"Sure: share of resamples of the {frontier.replications} replications in which no other design is as good in"
        f" all and better in something. Almost alike: within {number(TOLERANCE, '%')} of each other in everything."
        " Hardly worth it: clearly worse than the design with that number in something, and clearly better in nothing."
    ]
    clear = sum(bool(row.dominated_by) and not row.on_frontier for row in frontier.rows)
    rest = [row for row in frontier.rows if not row.on_frontier and row.within_limits and not row.dominated_by]
    beyond = sum(not row.within_limits for row in frontier.rows)
    told.append(f"Clearly worse than one on the frontier: {_designs(clear)}; not on it, but not clearly: {len(rest)}.")
    if beyond:
        told.append(f"Not within the limits at 95 % confidence, and left out: {_designs(beyond)}.")
    if not frontier.members:
        told.append("No design is on the frontier.")
    told += [f"Cannot be had: {_designs(n)}: {reason}." for reason, n in frontier.infeasible.items()]
    if any(at_least(row.estimates, key) for row in frontier.members for key in frontier.objectives):
        told.append(f"≥: access never ends for some; windows are cut at {format_duration(frontier.cap_s * SECOND)}.")
    if frontier.replications == 1:
        told.append("One replication: no intervals, and nothing is sure.")
    return told


def at_least(estimates: Mapping[str, Estimate], key: str) -> bool:
    """Whether a mean is of lengths cut at the cap."""
    return key in CAPPED and estimates["unbounded_share"].mean > 0


def verdicts(stability: Stability) -> list[str]:
    """For each metric: whether the best design stays the best."""
    told = []
    for key, best in stability.best.items():
        rankings = [ranking for ranking in stability.rankings if ranking.key == key]
        others = [ranking for ranking in rankings if not ranking.same]
        named = " = ".join(best[:3]) + (f" and {len(best) - 3} more" if len(best) > 3 else "")
        start = f"Least {_RANKED[key]}: {named}"
        if not others:
            told.append(f"{start}, in all {len(rankings)} other worlds too.")
            continue
        names = ", ".join(ranking.world + ("" if ranking.apart else " (not beyond chance)") for ranking in others)
        told.append(f"{start}; another one in {len(others)} of {len(rankings)} other worlds: {names}.")
    return told


def write_designs(path: Path, frontier: Frontier) -> None:
    """Write all designs tried as comma-separated values.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    paths = list(frontier.rows[0].design.values)
    ends = [f"{key}{end}" for key in frontier.objectives for end in ("", "_low", "_high")]
    writer.writerow(["design", *paths, "on_frontier", "membership", "within_limits", "same_as", *ends])
    for row in frontier.rows:
        numbers = [x for key in frontier.objectives for x in row.estimates[key][:3]]
        writer.writerow([
            row.design.name, *row.design.values.values(), int(row.on_frontier), _plain(row.membership),
            int(row.within_limits), row.same_as, *map(_plain, numbers),
        ])  # fmt: skip
    write_text(path, text.getvalue())


def _plain(value: float) -> str:
    return repr(value) if math.isfinite(value) else ""


def _designs(n: int) -> str:
    return f"{n} design" if n == 1 else f"{n} designs"


def settings_line(frontier: Frontier, scenario: Scenario) -> str:
    """How the numbers were made."""
    tried = f"all {frontier.size}" if frontier.how == "grid" else f"{frontier.n_tried} of {frontier.size}"
    return (
        f"{frontier.strategy}: {tried} designs, {frontier.replications} replications of"
        f" {format_duration(scenario.content.horizon)}, {frontier.campaigns} campaigns each, seed {frontier.seed}"
    )


def _bare(title: str) -> Table:
    return Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold", padding=0, show_edge=False)


def _table(frontier: Frontier) -> Table:
    table = _bare(f"The frontier ({len(frontier.members)} of {_designs(frontier.n_tried)})")
    table.add_column("", justify="right", no_wrap=True, min_width=2)
    table.add_column("sure", justify="right", no_wrap=True, min_width=5)
    table.add_column("design", width=NAME_WIDTH, overflow="fold")
    width = min((_LEFT // len(frontier.objectives)) - 1, _WIDEST)
    for key in frontier.objectives:
        table.add_column(heading(key), justify="right", overflow="fold", width=width)
    place = {row.design.name: str(place) for place, row in enumerate(frontier.distinct, 1)}
    for row in frontier.distinct[:SHOWN]:
        cells = [_cell(row.estimates, key) for key in frontier.objectives]
        name = _name(row, place, alike=sum(other.same_as == row.design.name for other in frontier.members))
        table.add_row(place[row.design.name], number(row.membership, "%"), name, *cells)
    return table


def _name(row: Row, place: Mapping[str, str], *, alike: int) -> Text:
    lines = [part for value in row.design.name.split(" ") for part in textwrap.wrap(value, NAME_WIDTH)]
    better = next((place[other] for other in row.dominated_by if other in place), "")
    said = [f"and {alike} almost alike"] * bool(alike) + [f"hardly worth it: see {better}"] * bool(better)
    return Text("\n".join(lines)) + Text("".join(f"\n{line}" for line in said), style="dim")


def _cell(estimates: Mapping[str, Estimate], key: str) -> Text:
    value = estimates[key]
    unit = shown_unit(key, value.unit)
    if math.isinf(value.mean):
        return Text("above the cap")
    ends = interval(value.low, value.high, unit)
    before = "≥ " if at_least(estimates, key) else ""
    return Text(before + number(value.mean, unit)) + Text(f"\n{ends}" if ends else "", style="dim")


def _worlds(stability: Stability) -> Table:
    table = _bare(f"Ranks of {_designs(len(stability.designs))} in other worlds")
    table.add_column("world", overflow="fold", width=30)
    for key in stability.best:
        table.add_column(f"{_RANKED[key]}: τ", justify="right", overflow="fold", width=9)
        table.add_column("best", overflow="fold", width=13)
    by_world: dict[str, list[Ranking]] = {}
    for ranking in stability.rankings:
        by_world.setdefault(ranking.world, []).append(ranking)
    for world, rankings in by_world.items():
        cells = [cell for ranking in rankings for cell in (number(ranking.tau, "1"), _changed(ranking))]
        what = "".join(f"\n{line}" for line in textwrap.wrap(rankings[0].what, WORLD_WIDTH))
        table.add_row(Text(world) + Text(what, style="dim"), *cells)
    return table


def _changed(ranking: Ranking) -> str:
    return "the same" if ranking.same else ranking.best[0].replace(" ", "\n")
