"""What strategies cost in money, as tables that fit 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from nhilab.base.quantities import format_duration
from nhilab.report.sentences.guards import print_guards
from nhilab.report.sentences.words import interval, marked, number, shown_unit
from nhilab.scenario.scenario import Scenario
from nhilab.study.costs.cost import CostStudy, StrategyCost
from nhilab.study.estimates.estimate import Estimate
from nhilab.study.intervals.means import Contrast, Interval

NAME_WIDTH: Final = 14
ITEMS: Final = {
    "issuance": "issuing",
    "decision": "deciding",
    "approval": "approving",
    "failed_task": "failed tasks",
}
"""Items of the breakdown in words."""


def print_cost(console: Console, study: CostStudy, scenario: Scenario) -> None:
    """Print money per task and day, what it is made of, losses where they are priced, and what limits them.

    Parameters
    ----------
    console : Console
        80 columns are enough.
    study : CostStudy
    scenario : Scenario
        The one studied.
    """
    console.print(Text(scenario.content.question, style="bold"))
    console.print(Text(settings_line(study, scenario), style="dim"))
    console.print(_money(study))
    console.print(_bought(study))
    if len(study.strategies) > 1:
        console.print(_differences(study))
    if study.prices.loss is not None:
        console.print(_losses(study))
    said = notes(study)
    for note in said:
        console.print(Text(note, style="yellow"))
    print_guards(console, scenario, tuple(study.strategies), replications=study.replications, said=said)


def notes(study: CostStudy) -> list[str]:
    """What a reader must know beside the money, in sentences."""
    said = []
    unfailing = [n for n, cost in study.strategies.items() if cost.items["failed_task"].mean == 0]
    if unfailing and study.prices.failed_task:
        said.append(
            f"Under {', '.join(unfailing)} no task failed. A failure too rare to have been seen is within the interval"
            " of failed tasks, but not within those of the sums per day and per task."
        )
    if endless := [n for n, cost in study.strategies.items() if cost.risk["unbounded_share"].mean > 0]:
        said.append(f"Under {', '.join(endless)} some access never ends: access windows are lower bounds.")
    if study.prices.loss is not None:
        said.append(
            "Losses are those of campaigns as simulated, observed for the follow-up only; incidents per year are an"
            " input, the same for every strategy."
        )
    if study.replications == 1:
        said.append("One replication: there are no intervals.")
    return said


def settings_line(study: CostStudy, scenario: Scenario) -> str:
    """How the numbers were made."""
    several = "s" if study.replications > 1 else ""
    horizon = format_duration(scenario.content.horizon)
    return (
        f"{study.replications} replication{several} of {horizon}, {study.campaigns} campaigns each, seed {study.seed};"
        f" money in {study.prices.currency}"
    )


def _table(study: CostStudy, title: str, headings: Sequence[str]) -> Table:
    table = Table(
        title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold", padding=(0, 1, 0, 0), pad_edge=False
    )
    width = max(len(line) for name in study.strategies for line in _name(study, name).splitlines())
    table.add_column("strategy", overflow="fold", min_width=max(width, 8))
    for heading in headings:
        table.add_column(heading, justify="right", overflow="fold")
    return table


def _name(study: CostStudy, strategy: str) -> str:
    return "\n".join(textwrap.wrap(marked(strategy, hypothetical=strategy in study.hypothetical), NAME_WIDTH))


def _money(study: CostStudy) -> Table:
    items = [i for i in ITEMS if any(cost.items[i].high > 0 or cost.items[i].mean > 0 for cost in _each(study))]
    table = _table(study, "Money", ["per day", "per task", *(f"of it {ITEMS[i]}" for i in items)])
    for name, cost in study.strategies.items():
        cells = [cost.per_day, cost.per_task, *(cost.items[i] for i in items)]
        table.add_row(_name(study, name), *(_cell(each) for each in cells))
    return table


def _bought(study: CostStudy) -> Table:
    table = _table(study, "What it buys", ["access window", "weighted reach"])
    for name, cost in study.strategies.items():
        window = _cell(cost.risk["access_window_s"], "access_window_s")
        if cost.risk["unbounded_share"].mean > 0:
            window = Text("≥ ") + window
        table.add_row(_name(study, name), window, _cell(cost.risk["reach_weighted"]))
    return table


def _differences(study: CostStudy) -> Table:
    first = next(iter(study.strategies))
    losses = study.prices.loss is not None
    headings = ["per day", "per task", *(["expected loss a year"] if losses else [])]
    table = _table(study, f"Difference from {marked(first, hypothetical=first in study.hypothetical)}", headings)
    for name, cost in list(study.strategies.items())[1:]:
        contrasts = (cost.difference_per_day, cost.difference, cost.loss_difference)
        table.add_row(_name(study, name), *(_change(contrast) for contrast in contrasts if contrast is not None))
    return table


def _losses(study: CostStudy) -> Table:
    headings = ["incidents that cost", "median of these", "expected", "median", "1 year in 10", "1 year in 100"]
    table = _table(study, "What thieves cost in a year", headings)
    for name, cost in study.strategies.items():
        if (annual := cost.loss) is not None:
            frequency = annual.incidents_per_year * annual.vulnerability.mean
            yearly = [annual.mean.interval(), *(annual.quantiles[q] for q in ("p50", "p90", "p99"))]
            single = [number(frequency, ""), number(annual.magnitude["p50"], "")]
            table.add_row(_name(study, name), *single, *(_cell(each) for each in yearly))
    return table


def _each(study: CostStudy) -> list[StrategyCost]:
    return list(study.strategies.values())


def _cell(value: Estimate | Interval, key: str = "") -> Text:
    unit = shown_unit(key, "s") if key.endswith("_s") else ""
    ends = interval(max(value.low, 0.0), value.high, unit)
    return Text(number(value.mean, unit)) + Text(f"\n{ends}" if ends else "", style="dim")


def _change(contrast: Contrast) -> Text:
    text = Text(("+" if contrast.mean > 0 else "") + number(contrast.mean, ""))
    ends = interval(contrast.low, contrast.high, "")
    text += Text(f"\n{ends}" if ends else "", style="dim")
    if contrast.low <= 0 <= contrast.high:
        text.stylize("dim")
    return text
