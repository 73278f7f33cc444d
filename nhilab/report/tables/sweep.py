"""A sweep as tables that fit 80 columns."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from nhilab.base.quantities import format_duration
from nhilab.report.sentences.delivered import delivery_notes
from nhilab.report.sentences.guards import print_guards
from nhilab.report.sentences.notes import at_least
from nhilab.report.sentences.words import NOTHING, interval, marked, number, shown_unit
from nhilab.scenario.edit import edited
from nhilab.scenario.scenario import Scenario
from nhilab.study.experiments.sweep import Sweep

_WIDTH: Final = 80
_FIRST: Final = 12
_CELL: Final = 13
_MAX_NOTES: Final = 8
_NOTED_POINTS: Final = 200
_HEADINGS: Final = {
    "failed_task_share": "failed tasks", "reach": "resources reached", "reach_weighted": "weighted reach",
    "unbounded_share": "never ends", "theft_probability": "theft", "outlived_share": "outlive their task",
}  # fmt: skip


class _Column(NamedTuple):
    heading: str
    strategy: str
    key: str


def print_sweep(console: Console, sweep: Sweep, scenario: Scenario) -> None:
    """Print what was found at each point, by strategy or, with several, by metric.

    Parameters
    ----------
    console : Console
        80 columns are enough.
    sweep : Sweep
    scenario : Scenario
        The one swept.
    """
    console.print(Text(scenario.content.question, style="bold"))
    console.print(Text(settings_line(sweep, scenario), style="dim"))
    for name, axis in zip(short_names(axis.path for axis in sweep.axes), sweep.axes, strict=True):
        console.print(Text(f"{name}: {axis.path}", style="dim"))
    for title, columns in _tables(sweep):
        console.print(_table(title, columns, sweep))
    said = notes(sweep, scenario)
    for note in said:
        console.print(Text(note, style="yellow"))
    print_guards(console, scenario, tuple(sweep.estimates), replications=sweep.replications, said=said)


def heading(key: str) -> str:
    """A key as the heading of a column.

    Examples
    --------
    >>> heading("access_window_s"), heading("added_latency_s_p99"), heading("failed_task_share")
    ('access window', 'added latency p99', 'failed tasks')
    """
    return _HEADINGS.get(key) or key.replace("_s_p", "_p").removesuffix("_s").replace("_", " ")


def short_names(paths: Iterable[str]) -> list[str]:
    """The last parts of key paths, as many as tell them apart and begin with a name.

    Examples
    --------
    >>> short_names(["strategy.jit.ttl", "verifier.gateway.layers.0.ttl", "threat.hop_time"])
    ['jit.ttl', 'layers.0.ttl', 'hop_time']
    """
    parted = [path.split(".") for path in paths]
    names = []
    for i, parts in enumerate(parted):
        others = parted[:i] + parted[i + 1 :]
        ends = (n for n in range(1, len(parts)) if not any(parts[-n:] == other[-n:] for other in others))
        taken = next((n for n in ends if not parts[-n].isdecimal()), len(parts))
        names.append(".".join(parts[-taken:]))
    return names


def settings_line(sweep: Sweep, scenario: Scenario) -> str:
    """How the numbers were made."""
    n = sweep.replications
    return (
        f"{len(sweep.points)} points, {n} replication{'s' if n > 1 else ''} of"
        f" {format_duration(scenario.content.horizon)}, {sweep.campaigns} campaigns each, seed {sweep.seed};"
        f" {sweep.cells:,} cells{'; 95 % intervals' if n > 1 else ''}"
    )


def _tables(sweep: Sweep) -> list[tuple[str, list[_Column]]]:
    """Titles and columns: metrics beside each other for one strategy, strategies for one metric of several."""
    names = {name: marked(name, hypothetical=name in sweep.hypothetical) for name in sweep.estimates}
    if len(names) == 1:
        name, title = next(iter(names.items()))
        whole = [(title, [_Column(heading(key), name, key) for key in sweep.metrics])]
    else:
        whole = [(heading(key), [_Column(names[n], n, key) for n in names]) for key in sweep.metrics]
    most = max(1, (_WIDTH - _FIRST * len(sweep.axes)) // _CELL)
    apart = []
    for title, columns in whole:
        n = math.ceil(len(columns) / math.ceil(len(columns) / most))
        apart += [(title, columns[i : i + n]) for i in range(0, len(columns), n)]
    return apart


def _table(title: str, columns: Sequence[_Column], sweep: Sweep) -> Table:
    table = Table(
        title=title[:1].upper() + title[1:] if len(sweep.estimates) > 1 else title, title_justify="left",
        title_style="bold", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False,
    )  # fmt: skip
    for name in short_names(axis.path for axis in sweep.axes):
        table.add_column(name, overflow="fold", min_width=6)
    for column in columns:
        table.add_column("\n".join(textwrap.wrap(column.heading, _CELL - 1)), justify="right", overflow="fold")
    for i, point in enumerate(sweep.points):
        table.add_row(*(Text(value) for value in point), *(_cell(sweep, column, i) for column in columns))
    return table


def _cell(sweep: Sweep, column: _Column, i: int) -> Text:
    found, key = sweep.estimates[column.strategy][i], column.key
    estimate, difference = found[key], sweep.differences[column.strategy][i][key]
    unit = shown_unit(key, estimate.unit)
    if math.isinf(estimate.mean):
        return Text("above the cap")
    text = number(estimate.mean, unit)
    alike = i and sweep.replications > 1 and difference.low <= 0 <= difference.high
    before = ("≈ " if alike else "") + ("≥ " if at_least(found, key) else "")
    ends = interval(estimate.low, estimate.high, unit)
    return Text(text if text == NOTHING else before + text) + Text(f"\n{ends}" if ends else "", style="dim")


def notes(sweep: Sweep, scenario: Scenario) -> list[str]:
    """What a reader must know beside the table."""
    said = []
    if sweep.replications > 1 and len(sweep.points) > 1:
        said.append("≈: cannot be told from the first row, paired by replication.")
    else:
        said += ["One replication: there are no intervals."] * (sweep.replications == 1)
    if any(at_least(found, key) for points in sweep.estimates.values() for found in points for key in sweep.metrics):
        said.append("≥: windows are cut at the cap; the mean is a lower bound, and no ratio with it means anything.")
    delivered = _delivered(sweep, scenario)
    return (
        said
        + delivered[:_MAX_NOTES]
        + [f"And {len(delivered) - _MAX_NOTES} more like these."] * (len(delivered) > _MAX_NOTES)
    )


def _delivered(sweep: Sweep, scenario: Scenario) -> list[str]:
    """What issuers do not deliver as asked, at some point."""
    notes: dict[str, None] = {}
    for number_of_point in range(min(len(sweep.points), _NOTED_POINTS)):
        point = edited(scenario, sweep.changes(number_of_point))
        notes.update(dict.fromkeys(delivery_notes(point, tuple(sweep.estimates))))
    return list(notes)
