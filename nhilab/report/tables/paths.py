"""Paths, choke points and persistence cycles as tables that fit 80 columns."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Final, TypeVar

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from nhilab.base.quantities import SECOND, format_duration
from nhilab.metrics.chokepoints import PartName
from nhilab.metrics.frequent import FrequentPath
from nhilab.metrics.nodes import CREDENTIAL
from nhilab.metrics.paths import Move
from nhilab.metrics.persistence import Cycle, PersistenceCycle
from nhilab.metrics.phrases import named, phrase
from nhilab.report.sentences.words import number
from nhilab.scenario.scenario import Scenario
from nhilab.study.closeups.paths import PathStudy

CLASSES: Final = 3

Kind = TypeVar("Kind")


def print_paths(console: Console, study: PathStudy, scenario: Scenario, *, top: int) -> None:
    """Print the most frequent paths, the choke points and the persistence cycles of one strategy.

    Parameters
    ----------
    console : Console
        80 columns are enough.
    study : PathStudy
    scenario : Scenario
        The one studied.
    top : int
        Rows of each table.
    """
    console.print(Text(scenario.content.question, style="bold"))
    console.print(Text(_settings(study, scenario), style="dim"))
    if not study.paths:
        console.print(Text("No campaign reached any resource.", style="yellow"))
        return
    console.print(_frequent(study, top))
    console.print(_choke_points(study))
    console.print(
        Text(
            "Carries: weighted reach per campaign of what falls at the end of this path, or by paths that lead through"
            " this. Only the earliest path to each resource is recorded; others may lead there too, and things first"
            " come by otherwise may rest on it later. Lost: what the same thieves no longer reach on the same runs"
            " without it; what two parts share counts for both. After: median time from entry.",
            style="dim",
        )
    )
    console.print(_cycles(study, top) if study.cycles else Text(_without_cycles(study)))


def _settings(study: PathStudy, scenario: Scenario) -> str:
    horizon = format_duration(scenario.content.horizon)
    several = "s" if study.replications > 1 else ""
    return (
        f"{study.strategy}: {study.replications} replication{several} of {horizon}, {study.campaigns} campaigns each,"
        f" seed {study.seed}; {number(study.weighted_reach, '')} weighted resources reached per campaign"
    )


def _table(title: str, headings: Sequence[str], last: str) -> Table:
    table = Table(
        title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold", padding=(0, 1, 0, 0), pad_edge=False
    )
    for heading in headings:
        table.add_column(heading, justify="right", overflow="fold")
    table.add_column(last, overflow="fold", ratio=1)
    return table


def _counted(shown: int, of: int) -> str:
    return f"{shown} of {of}" if shown < of else str(of)


def _frequent(study: PathStudy, top: int) -> Table:
    shown = ending_alike(study.paths)[:top]
    title = f"Most frequent paths ({_counted(sum(map(len, shown)), len(study.paths))})"
    table = _table(title, ["of campaigns", "carries", "after", "openings"], "path")
    for group in shown:
        first = group[0]
        others = f"\nand {len(group) - 1} more that end alike" if len(group) > 1 else ""
        table.add_row(
            number(first.campaign_share, "%"),
            number(first.weighted_reach, ""),
            format_duration(first.median_first_s * SECOND),
            number(first.median_openings, ""),
            _path(first) + others,
        )
    return table


def _path(row: FrequentPath) -> str:
    moves = [phrase(move) for move in row.path]
    more = ", …" if len(row.classes) > CLASSES else ""
    many = "resource" if row.resources == 1 else "resources"
    end = f"reaches {number(row.resources, '')} {many} ({', '.join(row.classes[:CLASSES])}{more})"
    return "\n".join([moves[0], *(f"→ {move}" for move in (*moves[1:], end))])


def _choke_points(study: PathStudy) -> Table:
    shown = study.choke_points
    title = f"Choke points ({_counted(len(shown), study.n_parts)})"
    table = _table(title, ["of campaigns", "carries", "lost", "share lost"], "without this")
    for row in shown:
        table.add_row(
            number(row.campaign_share, "%"),
            number(row.on_paths, ""),
            number(row.lost, ""),
            number(row.lost_share, "%"),
            part_words(row.name),
        )
    return table


def part_words(name: PartName) -> str:
    """A part of the estate in words.

    Examples
    --------
    >>> from nhilab.metrics.nodes import Node
    >>> part_words(PartName("opening", Node("place", "runner"), "cluster:exec"))
    'cluster:exec opening place runner'
    """
    if name.node.kind == CREDENTIAL and name.operation:
        return f"{name.operation} opening identity {name.node.name}"
    if name.node.kind == CREDENTIAL:
        return f"all credentials of {name.node.name} ({name.node.stage})"
    return f"{name.operation} opening place {name.node.name}" if name.operation else f"place {name.node.name}"


def _cycles(study: PathStudy, top: int) -> Table:
    shown = alike(study.cycles)[:top]
    share = number(study.persistent / (study.replications * study.campaigns), "%")
    title = f"Persistence cycles ({_counted(sum(map(len, shown)), len(study.cycles))}); {share} of campaigns persist"
    table = _table(title, ["of campaigns", "length"], "what keeps itself alive")
    for group in shown:
        others = f"\nand {len(group) - 1} more like it" if len(group) > 1 else ""
        first = group[0]
        table.add_row(number(first.campaign_share, "%"), str(len(first.cycle)), _cycle(first.cycle) + others)
    return table


def alike(cycles: Iterable[PersistenceCycle]) -> list[list[PersistenceCycle]]:
    """Cycles in groups of those that go round by the same operations, of whatever resources, in as many campaigns."""
    return _grouped(cycles, lambda one: (one.campaigns, *map(_manner, one.cycle)))


def ending_alike(paths: Iterable[FrequentPath]) -> list[list[FrequentPath]]:
    """Paths in groups of those that differ in the name of their last step alone, in as many campaigns."""
    return _grouped(paths, lambda one: (one.campaigns, one.path[:-1], _manner(one.path[-1])))


def _manner(move: Move) -> tuple[str, ...]:
    """A move without the names of what it is about."""
    return move.verb, move.operation.rpartition(":")[2], move.node.kind, move.node.stage


def _grouped(items: Iterable[Kind], key: Callable[[Kind], Hashable]) -> list[list[Kind]]:
    groups: dict[Hashable, list[Kind]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return list(groups.values())


def _cycle(cycle: Cycle) -> str:
    return "\n".join([named(cycle[-1].node), *(f"→ {phrase(move)}" for move in cycle)])


def _without_cycles(study: PathStudy) -> str:
    return (
        "No campaign keeps itself alive by a minting cycle."
        if not study.persistent
        else "No cycle was found in the campaigns that persist."
    )
