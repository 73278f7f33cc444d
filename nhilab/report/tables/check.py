"""Strategies held to limits, as a table that fits 80 columns."""

from __future__ import annotations

import math
import textwrap
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from nhilab.base.quantities import format_duration
from nhilab.report.sentences.guards import print_guards
from nhilab.report.sentences.words import NOTHING, interval, marked, number, shown_unit
from nhilab.scenario.scenario import Scenario
from nhilab.study.designs.check import Check
from nhilab.study.designs.limits import Judgement, Limit

NAME_WIDTH: Final = 16
STYLES: Final = {"met": "green", "broken": "bold red", "undecided": "yellow"}


def print_check(console: Console, check: Check, scenario: Scenario) -> None:
    """Print each limit of each strategy with its value, bounds and verdict, and how many are broken.

    Parameters
    ----------
    console : Console
        80 columns are enough.
    check : Check
    scenario : Scenario
        The one checked.
    """
    console.print(Text(scenario.content.question, style="bold"))
    console.print(Text(settings_line(check, scenario), style="dim"))
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for heading in ("strategy", "limit"):
        table.add_column(heading, overflow="fold")
    for heading in ("value", "runs"):
        table.add_column(heading, justify="right", overflow="fold")
    table.add_column("verdict", no_wrap=True)
    for name, found in check.strategies.items():
        shown = "\n".join(textwrap.wrap(marked(name, hypothetical=name in check.hypothetical), NAME_WIDTH))
        for position, judgement in enumerate(found):
            verdict = Text(judgement.verdict, style=STYLES[judgement.verdict])
            limit = f"{judgement.limit.key}\n{bound_words(judgement.limit)}"
            table.add_row("" if position else shown, limit, _value(judgement), str(judgement.n), verdict)
    console.print(table)
    for line in undecided_lines(check):
        console.print(Text(line, style="yellow"))
    print_guards(console, scenario, tuple(check.strategies), replications=max(check.looks))
    console.print(Text(summary(check)))


def bound_words(limit: Limit) -> str:
    """A limit's bound in words.

    Examples
    --------
    >>> bound_words(Limit(key="access_window_s_p95", bound=900.0, unit="s"))
    'at most 15m'
    """
    return f"{'at most' if limit.upper else 'at least'} {number(limit.bound, shown_unit(limit.key, limit.unit))}"


def found_words(judgement: Judgement) -> str:
    """What was found, in words: the value with its bounds.

    Examples
    --------
    >>> limit = Limit(key="reach", bound=3.0, unit="resources")
    >>> found_words(Judgement(limit=limit, mean=4.0, low=3.5, high=4.5, n=8, verdict="broken"))
    '4 (3.5 to 4.5) in 8 replications'
    """
    ends = _ends(judgement)
    several = "s" if judgement.n > 1 else ""
    return f"{_mean(judgement)}{f' ({ends})' if ends else ''} in {judgement.n} replication{several}"


def undecided_lines(check: Check) -> list[str]:
    """One sentence for each verdict that is still open."""
    return [
        f"{name}: {judgement.limit.key} {bound_words(judgement.limit)} is undecided: {judgement.reason}."
        for name, found in check.strategies.items()
        for judgement in found
        if judgement.verdict == "undecided"
    ]


def summary(check: Check) -> str:
    """How many limits are met, broken and undecided."""
    return f"{check.count('met')} met, {check.count('broken')} broken, {check.count('undecided')} undecided."


def settings_line(check: Check, scenario: Scenario) -> str:
    """How the numbers were made."""
    looks = ", ".join(map(str, check.looks))
    each = f" looked at up to {len(check.looks)} times, after {looks}" if len(check.looks) > 1 else f": {looks}"
    horizon = format_duration(scenario.content.horizon)
    return (
        f"replications of {horizon}{each}; {check.campaigns} campaigns each, seed {check.seed}; each verdict at"
        f" {100 * check.confidence:g} % confidence, bounds one-sided at {100 * check.bound_confidence:g} %"
    )


def _mean(judgement: Judgement) -> str:
    unit = shown_unit(judgement.limit.key, judgement.limit.unit)
    return "above the cap" if math.isinf(judgement.mean) else number(judgement.mean, unit)


def _ends(judgement: Judgement) -> str:
    unit = shown_unit(judgement.limit.key, judgement.limit.unit)
    if math.isinf(judgement.high) and math.isfinite(judgement.low):
        return f"at least {number(judgement.low, unit)}"
    return "" if math.isinf(judgement.low) else interval(judgement.low, judgement.high, unit)


def _value(judgement: Judgement) -> Text:
    ends = _ends(judgement)
    return Text(_mean(judgement) or NOTHING) + Text(f"\n{ends}" if ends else "", style="dim")
