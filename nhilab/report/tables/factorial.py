"""Which control bought the reduction: a sentence and tables that fit 80 columns."""

from __future__ import annotations

import math
import textwrap
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from nhilab.base.quantities import SECOND, format_duration
from nhilab.report.sentences.guards import print_guards
from nhilab.report.sentences.words import NOTHING, interval, number, shown_unit
from nhilab.scenario.scenario import Scenario
from nhilab.study.experiments.effects import Effects, Factorial
from nhilab.study.intervals.means import Interval

TOP: Final = 10
"""Interactions shown."""

SLIGHT: Final = 0.005
"""What is less than this share of the total is next to nothing."""

NAME_WIDTH: Final = 12


def print_factorial(console: Console, study: Factorial, scenario: Scenario) -> None:
    """Print which control bought what of each metric, and which of them need each other.

    Parameters
    ----------
    console : Console
        80 columns are enough.
    study : Factorial
    scenario : Scenario
        The one studied.
    """
    console.print(Text(scenario.content.question, style="bold"))
    console.print(Text(settings_line(study), style="dim"))
    for name in study.idle:
        console.print(Text(f"{name} alone changes nothing that {study.strategy} depends on.", style="yellow"))
    for metric, effects in study.effects.items():
        console.print(Text("\n" + sentence(study, metric), style="bold"))
        console.print(_controls(effects))
        if effects.without_shares:
            console.print(Text(f"No shares: {effects.without_shares}.", style="yellow"))
        if len(study.controls) > 1:
            console.print(
                _interactions(effects) if _told(effects) else Text("No interaction to speak of can be told from 0.")
            )
    console.print(
        Text(
            "Alone: changed first, all others off. Last: all others on. On average: over all settings of the others."
            " Bought: Shapley value, the reduction averaged over all orders; these add to the total. Interaction of"
            " two: half of what the effect of the one changes by the other; below 0 they gain by each other.",
            style="dim",
        )
    )
    print_guards(console, scenario, (study.strategy,), replications=study.replications)


def sentence(study: Factorial, metric: str) -> str:
    """Which control bought the reduction of a metric, in words."""
    found = study.effects[metric]
    none, everything = (study.combinations[c].estimates[metric].mean for c in (0, -1))
    unit = shown_unit(metric, found.unit)
    begin = f"{metric}: {study.strategy} has {number(none, unit)}, with all controls {number(everything, unit)}"
    if not _apart(found.total):
        return f"{begin}; the difference cannot be told from 0."
    low, high = sorted(map(abs, (found.total.low, found.total.high)))
    ends = interval(low, high, unit)
    begin += f", {number(abs(found.total.mean), unit)} {'less' if found.total.mean > 0 else 'more'}"
    begin += f" ({ends})" if ends else ""
    sign = math.copysign(1.0, found.total.mean)
    bought = sorted(found.bought.items(), key=lambda item: -sign * item[1].mean)
    most = [name for name, value in bought if max(sign * value.low, sign * value.high) >= _least(bought[0][1], sign)]
    parts = ", ".join(f"{name} {_part(found, name, unit)}" for name, value in bought if _told_of(value, found))
    tied = "" if len(most) == 1 else f" Which of {', '.join(most)} bought most cannot be told."
    unsure = [name for name, value in bought if not _apart(value) and not _slight(value, found)]
    little = [name for name, value in bought if _slight(value, found)]
    rest = f" Cannot be told from 0: {', '.join(unsure)}." if unsure else ""
    rest += f" Next to nothing: {', '.join(little)}." if little else ""
    return f"{begin}. Of this bought: {parts or 'none, for certain'}.{tied}{rest}"


def settings_line(study: Factorial) -> str:
    """How the numbers were made."""
    several = study.replications > 1
    return (
        f"{study.strategy} under {len(study.combinations)} combinations of {len(study.controls)} controls:"
        f" {study.replications} replication{'s' if several else ''} of {format_duration(study.horizon_s * SECOND)},"
        f" {study.campaigns} campaigns each, seed {study.seed}{'; 95 % intervals' if several else ''}"
    )


def _apart(value: Interval) -> bool:
    """Whether it can be told from 0."""
    return value.low > 0 or value.high < 0


def _slight(value: Interval, found: Effects) -> bool:
    """Whether it is little beside what all controls change: told from 0 but small, or wholly so small."""
    most = abs(value.mean) if _apart(value) else max(abs(value.low), abs(value.high), abs(value.mean))
    return most < SLIGHT * abs(found.total.mean)


def _told_of(value: Interval, found: Effects) -> bool:
    return _apart(value) and not _slight(value, found)


def _least(value: Interval, sign: float) -> float:
    return min(sign * value.low, sign * value.high)


def _part(found: Effects, name: str, unit: str) -> str:
    """What a control bought: its share, or else the amount."""
    value, unit = (found.shares[name], "%") if name in found.shares else (found.bought[name], unit)
    ends = interval(value.low, value.high, unit)
    return number(value.mean, unit) + (f" ({ends})" if ends else "")


def _cell(value: Interval | None, unit: str, *, signed: bool = True) -> Text:
    if value is None or math.isnan(value.mean):
        return Text(NOTHING)
    text = Text(("+" if signed and value.mean > 0 else "") + number(value.mean, unit))
    if ends := interval(value.low, value.high, unit):
        text += Text(f"\n{ends}", style="dim")
    if not _apart(value):
        text.stylize("dim")
    return text


def _broken(name: str) -> str:
    """A name in lines that end where words do."""
    return "\n".join(textwrap.wrap(name, NAME_WIDTH))


def _table(first: str, headings: list[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column(first, overflow="fold", min_width=12)
    for heading in headings:
        table.add_column(heading, justify="right", overflow="fold")
    return table


def _controls(found: Effects) -> Table:
    table, unit = _table("control", ["alone", "last", "on average", "bought", "share"]), found.unit
    unit = shown_unit(found.metric, unit)
    for name, bought in found.bought.items():
        changes = (found.alone[name], found.last[name], found.contrasts[name,])
        share = _cell(found.shares.get(name), "%", signed=False)
        table.add_row(
            _broken(name), *(_cell(value, unit) for value in changes), _cell(bought, unit, signed=False), share
        )
    return table


def _told(found: Effects) -> list[tuple[tuple[str, ...], Interval]]:
    """Interactions that can be told from 0 and are not slight, the largest first."""
    several = [(names, value) for names, value in found.contrasts.items() if len(names) > 1]
    clear = [(names, value) for names, value in several if _told_of(value, found)]
    return sorted(clear, key=lambda item: -abs(item[1].mean))


def _interactions(found: Effects) -> Table:
    """Two of them: what each pair makes of the effect of its first; more: the contrast alone."""
    told, unit = _told(found), shown_unit(found.metric, found.unit)
    counted = f"{TOP} of {len(told)}" if len(told) > TOP else f"{len(told)} to speak of"
    table = _table(f"interactions ({counted})", ["interaction", "first if second off", "first if second on"])
    for names, value in told[:TOP]:
        main = found.contrasts[names[:1]].mean
        apart = [number(main - value.mean, unit), number(main + value.mean, unit)] if len(names) == 2 else ["", ""]
        table.add_row(" × ".join(names), _cell(value, unit), *apart)
    return table
