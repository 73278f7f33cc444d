"""The page of a study of money."""

from __future__ import annotations

from typing import Final

from nhilab.report.figures.cost import draw_cost
from nhilab.report.page.cells import change_cell, estimate_cell, interval_cell
from nhilab.report.page.controls import controls_sections
from nhilab.report.page.legend import meanings_of, provenance_of
from nhilab.report.page.page import Page, Verdict
from nhilab.report.page.section import Cell, Row, Table
from nhilab.report.pictures.picture import Picture
from nhilab.report.sentences.guards import study_guards
from nhilab.report.sentences.words import interval, marked, number
from nhilab.report.tables.cost import ITEMS, notes, settings_line
from nhilab.report.tables.sweep import heading
from nhilab.scenario.scenario import Scenario
from nhilab.study.costs.cost import RISKS, CostStudy, StrategyCost
from nhilab.study.costs.losses import AnnualLoss
from nhilab.study.estimates.estimate import Estimate
from nhilab.study.intervals.means import Interval

_SHOWN: Final = ("access_window_s", "reach_weighted")
"""Metrics beside the money."""


def cost_page(study: CostStudy, scenario: Scenario) -> Page:
    """What strategies cost in money, as a page.

    Parameters
    ----------
    study : CostStudy
    scenario : Scenario
        The one studied.
    """
    names = {name: marked(name, hypothetical=name in study.hypothetical) for name in study.strategies}
    tables = [_money(study, names), _bought(study, names)]
    tables += [_differences(study, names)] if len(names) > 1 else []
    tables += [_losses(study, names)] if study.prices.loss is not None else []
    told = notes(study)
    return Page(
        study="Cost",
        scenario=study.scenario,
        question=scenario.content.question,
        settings=settings_line(study, scenario),
        verdicts=tuple(Verdict(sentence(study, name), shown, name) for name, shown in names.items()),
        notes=(*told, *study_guards(scenario, tuple(study.strategies), replications=study.replications, said=told)),
        pictures=(_picture(study),),
        tables=tuple(tables),
        sections=controls_sections(_SHOWN),
        provenance=provenance_of(scenario),
        meanings=meanings_of(RISKS),
        digest=study.scenario_digest,
        strategies=names,
    )


def sentence(study: CostStudy, strategy: str) -> str:
    """What a strategy costs and buys, in words."""
    cost, currency = study.strategies[strategy], study.prices.currency
    window = cost.risk["access_window_s"]
    bound = "at least " if _endless(cost) else ""
    text = (
        f"Costs {_amount(cost.per_day)} {currency} a day, {number(cost.per_task.mean, '')} a task, and leaves a thief"
        f" {bound}{number(window.mean, 's')} of access on average."
    )
    if cost.loss is None:
        return text
    return f"{text} Thieves are expected to cost {_amount(cost.loss.mean.interval())} {currency} a year."


def _amount(value: Estimate | Interval) -> str:
    ends = interval(max(value.low, 0.0), value.high, "")
    return number(value.mean, "") + (f" ({ends})" if ends else "")


def _endless(cost: StrategyCost) -> bool:
    return cost.risk["unbounded_share"].mean > 0


def _cell(value: Estimate | Interval) -> Cell:
    return interval_cell(Interval(value.mean, max(value.low, 0.0), value.high), "")


def _rows(names: dict[str, str], cells: dict[str, list[Cell]]) -> tuple[Row, ...]:
    return tuple(Row((Cell(names[name]), *found), name) for name, found in cells.items())


def _money(study: CostStudy, names: dict[str, str]) -> Table:
    each = study.strategies.values()
    items = [item for item in ITEMS if any(c.items[item].high > 0 or c.items[item].mean > 0 for c in each)]
    cells = {
        name: [_cell(value) for value in (cost.per_day, cost.per_task, *(cost.items[item] for item in items))]
        for name, cost in study.strategies.items()
    }
    headings = ("strategy", "per day", "per task", *(f"of it {ITEMS[item]}" for item in items))
    return Table(f"Money, {study.prices.currency}", headings, _rows(names, cells))


def _bought(study: CostStudy, names: dict[str, str]) -> Table:
    cells = {
        name: [estimate_cell(key, cost.risk[key], bound=key == "access_window_s" and _endless(cost)) for key in _SHOWN]
        for name, cost in study.strategies.items()
    }
    return Table("What it buys", ("strategy", *map(heading, _SHOWN)), _rows(names, cells))


def _differences(study: CostStudy, names: dict[str, str]) -> Table:
    headings = ["per day", "per task", *(["expected loss a year"] if study.prices.loss is not None else [])]
    cells = {}
    for name, cost in list(study.strategies.items())[1:]:
        contrasts = (cost.difference_per_day, cost.difference, cost.loss_difference)
        cells[name] = [change_cell(contrast, "") for contrast in contrasts if contrast is not None]
    first = next(iter(names.values()))
    return Table(f"Difference from {first}", ("strategy", *headings), _rows(names, cells))


def _losses(study: CostStudy, names: dict[str, str]) -> Table:
    headings = ("incidents that cost", "median of these", "expected", "median", "1 year in 10", "1 year in 100")
    cells = {name: _lost(cost.loss) for name, cost in study.strategies.items() if cost.loss is not None}
    return Table("What thieves cost in a year", ("strategy", *headings), _rows(names, cells))


def _lost(annual: AnnualLoss) -> list[Cell]:
    frequency = annual.incidents_per_year * annual.vulnerability.mean
    single = [Cell(number(value, ""), value=value) for value in (frequency, annual.magnitude["p50"])]
    yearly = [annual.mean.interval(), *(annual.quantiles[q] for q in ("p50", "p90", "p99"))]
    return [*single, *(_cell(value) for value in yearly)]


def _picture(study: CostStudy) -> Picture:
    return Picture(
        "money",
        "What a task costs, and what thieves cost in a year" if study.prices.loss is not None else "What a task costs",
        " ".join(f"{name}: {sentence(study, name)}" for name in study.strategies),
        "Bars and bands are 95 % intervals.",
        lambda: draw_cost(study),
    )
