"""A comparison as tables that fit 80 columns."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from nhilab.base.quantities import format_duration
from nhilab.report.sentences.assumptions import assumption_notes
from nhilab.report.sentences.notes import (
    CHANGED,
    at_least,
    caveats,
    change,
    label,
    precision_line,
    provenance_line,
    settings_line,
    times_shorter,
    worst_entry,
)
from nhilab.report.sentences.thieves import flipped, thief_line, thieves_notes
from nhilab.report.sentences.words import NOTHING, interval, number, shown_unit
from nhilab.scenario.scenario import Scenario
from nhilab.study.comparisons.comparison import Comparison
from nhilab.study.comparisons.thieves import Thieves
from nhilab.study.estimates.estimate import Estimate
from nhilab.study.intervals.means import Contrast


class Column(NamedTuple):
    """A column of a table: its heading and the key it shows."""

    heading: str
    key: str


RISK: Final = (
    Column("access window", "access_window_s"),
    Column("95th percentile", "access_window_s_p95"),
    Column("exposure window", "exposure_window_s"),
    Column("never ends", "unbounded_share"),
)
REACH: Final = (
    Column("theft", "theft_probability"),
    Column("resources reached", "reach"),
    Column("weighted reach", "reach_weighted"),
    Column("outlive their task", "outlived_share"),
)
COST: Final = (
    Column("issuances per task", "issuances_per_task"),
    Column("added latency", "added_latency_s"),
    Column("99th percentile", "added_latency_s_p99"),
    Column("failed tasks", "failed_task_share"),
)
JUDGED: Final = (
    Column("denied calls", "denied_call_share"),
    Column("decisions per call", "decisions_per_call"),
    Column("escalations per task", "escalations_per_task"),
)
PARTS: Final = (
    Column("detect", "detect_s"),
    Column("triage", "triage_s"),
    Column("respond", "respond_s"),
    Column("propagate", "propagate_s"),
    Column("cache or session", "cache_or_session_s"),
    Column("residual lifetime", "residual_lifetime_s"),
)
BROKEN: Final = (
    Column("calls broken by responses", "collateral_calls"),
    Column("benign alerts a day", "benign_alerts_per_day"),
)
CHANGES: Final = tuple(Column(heading, key) for key, heading in CHANGED.items())
WORST: Final = (Column("access window", "access_window_s"), Column("resources reached", "reach"))

NAME_WIDTH: Final = 14


def print_comparison(console: Console, comparison: Comparison, scenario: Scenario) -> None:
    """Print risk, cost, differences, the worst way in, and what limits them.

    Parameters
    ----------
    console : Console
        80 columns are enough.
    comparison : Comparison
    scenario : Scenario
        The one compared on.
    """
    console.print(Text(scenario.content.question, style="bold"))
    console.print(Text(settings_line(comparison), style="dim"))
    console.print(Text(thief_line(comparison), style="dim"))
    if line := precision_line(comparison):
        console.print(Text(line, style="dim"))
    for title, columns in sections(comparison):
        console.print(_by_strategy(title, columns, comparison))
    if comparison.differences:
        console.print(_differences(comparison))
    console.print(_worst(comparison, scenario))
    if comparison.thieves is not None:
        console.print(_both_thieves(comparison, comparison.thieves))
    for note in thieves_notes(comparison):
        console.print(Text(note, style="bold yellow" if flipped(comparison) else ""))
    for note in assumption_notes(comparison, scenario):
        console.print(Text(note))
    for note in caveats(comparison, scenario):
        console.print(Text(note, style="yellow"))
    console.print(Text(f"Numbers written in the scenario file: {provenance_line(scenario)}."))


def sections(comparison: Comparison) -> list[tuple[str, tuple[Column, ...]]]:
    """Tables by strategy: title and columns; of what is judged and denied only the columns with something in them."""
    found = comparison.strategies.values()
    judged = tuple(c for c in JUDGED if any(math.isfinite(m := e[c.key].mean) and m for e in found))
    always: list[tuple[str, tuple[Column, ...]]] = [
        ("How long a thief stays in", RISK),
        ("How far", REACH),
        ("What it costs", COST),
    ]
    if judged:
        always.append(("What is judged and denied", judged))
    if any(math.isfinite(e["benign_alerts_per_day"].mean) for e in found):
        always += [("What the window is made of", PARTS), ("What answering thieves costs", BROKEN)]
    return always


def _table(title: str, first: str, headings: Sequence[str]) -> Table:
    table = Table(
        title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold", padding=(0, 1, 0, 0), pad_edge=False
    )
    table.add_column(first, overflow="fold", min_width=8)
    for heading in headings:
        table.add_column(heading, justify="right", overflow="fold")
    return table


def _name(comparison: Comparison, strategy: str) -> str:
    """Label of a strategy, broken where words end rather than anywhere."""
    return "\n".join(textwrap.wrap(label(comparison, strategy), NAME_WIDTH))


def _by_strategy(title: str, columns: Sequence[Column], comparison: Comparison) -> Table:
    table = _table(title, "strategy", [c.heading for c in columns])
    for name, found in comparison.strategies.items():
        table.add_row(_name(comparison, name), *_cells(found, columns))
    return table


def _cells(found: Mapping[str, Estimate], columns: Sequence[Column]) -> list[Text]:
    return [_cell(found[c.key], c.key, found[c.key].unit, "≥ " if at_least(found, c.key) else "") for c in columns]


def _cell(value: Estimate | Contrast, key: str, unit: str, before: str = "") -> Text:
    shown = shown_unit(key, unit)
    if math.isinf(value.mean):
        return Text("above the cap")
    text = Text(number(value.mean, shown))
    text = Text(before) + text if text.plain != NOTHING else text
    ends = interval(value.low, value.high, shown)
    return text + Text(f"\n{ends}", style="dim") if ends else text


def _differences(comparison: Comparison) -> Table:
    title = f"Difference from {label(comparison, comparison.first)}"
    table = _table(title, "strategy", [c.heading for c in CHANGES])
    units = {key: estimate.unit for key, estimate in comparison.strategies[comparison.first].items()}
    for name in list(comparison.strategies)[1:]:
        cells = [_change(comparison.difference(name)[c.key], c.key, units[c.key]) for c in CHANGES]
        times, contrast = times_shorter(comparison, name), comparison.difference(name)["access_window_s"]
        if math.isfinite(times) and contrast.resolved:
            cells[0] += Text(f"\n{change(times)}")
        table.add_row(_name(comparison, name), *cells)
    return table


def _change(contrast: Contrast, key: str, unit: str) -> Text:
    text = _cell(contrast, key, unit, "+" if contrast.mean > 0 else "")
    if not contrast.resolved:
        text.stylize("dim")
    return text


def _both_thieves(comparison: Comparison, thieves: Thieves) -> Table:
    """What matters most under the thief of all other tables and under the other one."""
    kinds = [f"{thief.kind} {format_duration(thief.hop_time)}: " for thief in (thieves.own, thieves.other)]
    title = f"Both thieves ({thieves.campaigns} campaigns of the {thieves.other.kind} one in each replication)"
    table = _table(title, "strategy", [f"{kind}{c.heading}" for kind in kinds for c in WORST])
    for name, found in comparison.strategies.items():
        other = thieves.strategies.get(name)
        table.add_row(_name(comparison, name), *_cells(found, WORST), *(_cells(other, WORST) if other else ()))
    return table


def _worst(comparison: Comparison, scenario: Scenario) -> Table:
    table = _table("Worst way in", "strategy", ["way in", "technique", *(c.heading for c in WORST)])
    for name in comparison.strategies:
        entry = worst_entry(comparison, name)
        if entry is None:
            table.add_row(_name(comparison, name), NOTHING)
            continue
        found = comparison.entries[name][entry]
        table.add_row(_name(comparison, name), entry, scenario.threat.entries[entry].technique, *_cells(found, WORST))
    return table
