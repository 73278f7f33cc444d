"""A break-even as a sentence and a table that fit 80 columns."""

from __future__ import annotations

import math
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from nhilab.base.quantities import SECOND, format_duration
from nhilab.report.sentences.delivered import delivery_notes
from nhilab.report.sentences.guards import print_guards
from nhilab.report.sentences.words import interval, number, shown_unit
from nhilab.report.tables.sweep import heading, short_names
from nhilab.scenario.edit import edited
from nhilab.scenario.scenario import Scenario
from nhilab.study.experiments.break_even import BreakEven, Tried

_CAPPED: Final = (
    "Some access never ends: windows are cut at the cap of {cap}, so the means are lower bounds, and this is where"
    " windows cut there are equal, on average; no ratio with them means anything."
)


def print_break_even(console: Console, found: BreakEven, scenario: Scenario) -> None:
    """Print the answer, what limits it, and all that was tried.

    Parameters
    ----------
    console : Console
        80 columns are enough.
    found : BreakEven
    scenario : Scenario
        The one studied.
    """
    console.print(Text(scenario.content.question, style="bold"))
    console.print(Text(settings_line(found, scenario), style="dim"))
    console.print(Text(sentence(found)))
    console.print(_table(found))
    said = notes(found, scenario)
    for note in said:
        console.print(Text(note, style="yellow"))
    studied = (found.strategy, found.against)
    print_guards(console, scenario, studied, replications=found.replications, said=said)


def sentence(found: BreakEven) -> str:
    """The answer in words."""
    crossing, name = found.crossing, short_names([found.path])[0]
    what = f"The {heading(found.metric)} of {found.strategy}"
    span = f"between {shown(found, found.lowest)} and {shown(found, found.highest)}"
    if crossing.kind == "undefined":
        return f"{what} or of {found.against} has no value {span}: there is nothing to compare."
    if crossing.kind == "flat":
        difference = found.tried[0].difference.mean
        equal = "equals" if not difference else "never equals"
        return f"{what} {equal} that of {found.against} {span}: the difference is the same at every {name} tried."
    if crossing.value is None:
        above = found.tried[0].difference.mean > 0 or found.tried[-1].difference.mean > 0
        return f"None in range: {_lower(what)} lies {'above' if above else 'below'} that of {found.against} {span}."
    first = "first " if crossing.crossings > 1 else ""
    value = shown(found, crossing.value)
    return f"{what} {first}equals that of {found.against} at {name} = {value}{_ends(found)}."


def shown(found: BreakEven, value: float) -> str:
    """A value of what was varied; lengths as they are written, to the second where they are long."""
    if found.unit != "s":
        return number(value, "1")
    return format_duration(value * SECOND)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _ends(found: BreakEven) -> str:
    crossing = found.crossing
    if crossing.value is None or math.isnan(_nearest(found).difference.low):
        return ", without an interval"
    low, high = crossing.low, crossing.high
    if low is None and high is None:
        return "; but its interval covers the whole range: more replications would narrow it"
    if low is None:
        return f" (up to {shown(found, high or 0.0)}; the lower end lies outside the range)"
    if high is None:
        return f" (from {shown(found, low)} on; the upper end lies outside the range)"
    return f" ({shown(found, low)} to {shown(found, high)})"


def _nearest(found: BreakEven) -> Tried:
    value = found.crossing.value or 0.0
    return min(found.tried, key=lambda one: abs(one.value - value))


def settings_line(found: BreakEven, scenario: Scenario) -> str:
    """How the numbers were made."""
    n = found.replications
    return (
        f"{found.path}, {len(found.tried)} values tried; {n} replication{'s' if n > 1 else ''} of"
        f" {format_duration(scenario.content.horizon)}, {found.campaigns} campaigns each, seed {found.seed}"
        f"{'; 95 % intervals' if n > 1 else ''}"
    )


def _table(found: BreakEven) -> Table:
    title = heading(found.metric)
    table = Table(
        title=title[:1].upper() + title[1:], title_justify="left", title_style="bold", box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0), pad_edge=False,
    )  # fmt: skip
    table.add_column(short_names([found.path])[0], overflow="fold", min_width=8)
    for column in (found.strategy, found.against, "difference"):
        table.add_column(column, justify="right", overflow="fold")
    unit = shown_unit(found.metric, found.metric_unit)
    for one in found.tried:
        bound = "≥ " if one.capped else ""
        cells = [
            Text(before + number(e.mean, unit)) + Text(_below(interval(e.low, e.high, unit)), style="dim")
            for before, e in ((bound, one.varied), (bound, one.against), ("", one.difference))
        ]
        at = one.value == found.crossing.value
        table.add_row(Text(("→ " if at else "  ") + shown(found, one.value)), *cells, style="bold" if at else "")
    return table


def _below(text: str) -> str:
    return f"\n{text}" if text else ""


def notes(found: BreakEven, scenario: Scenario) -> list[str]:
    """What a reader must know beside the table."""
    said = []
    crossing = found.crossing
    if crossing.crossings > 1:
        said.append(f"The difference changes its sign {crossing.crossings} times at the values tried; see the table.")
    if sum(one.difference.mean == 0 for one in found.tried) > 1 and crossing.kind == "found":
        said.append("The difference is exactly 0 at several values: they are equal over a stretch, not at a point.")
    if crossing.kind == "none" and any(not one.difference.resolved for one in (found.tried[0], found.tried[-1])):
        said.append("At an end of the range the difference cannot be told from 0: more replications, or a wider range.")
    if found.replications == 1:
        said.append("One replication: there are no intervals.")
    if found.capped:
        said.append(_CAPPED.format(cap=format_duration(scenario.content.cap)))
    for value in dict.fromkeys((found.lowest, found.highest)):
        written = f"{round(value * SECOND)}us" if found.unit == "s" else value
        whole = int(value) if isinstance(written, float) and value.is_integer() else written
        point = edited(scenario, {found.path: whole})
        said += delivery_notes(point, (found.strategy, found.against))
    return list(dict.fromkeys(said))
