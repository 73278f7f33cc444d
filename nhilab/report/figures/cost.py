"""Figures of money: what a task costs, and the chance that a year's losses exceed so much."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nhilab.report.drawing.belonging import belongs
from nhilab.report.drawing.palette import HALO, HATCHES, Look, colour, looks_of
from nhilab.report.drawing.whiskers import whisker
from nhilab.report.figures.comparison import names_of
from nhilab.report.tables.cost import ITEMS
from nhilab.study.costs.cost import CostStudy, cost_table
from nhilab.study.costs.losses import loss_table


def draw_cost(study: CostStudy) -> Figure:
    """Money per task, and where losses are priced their exceedance beside it."""
    losses = {name: cost.loss for name, cost in study.strategies.items() if cost.loss is not None}
    figure = Figure(figsize=(11 if losses else 6, 4.2), layout="constrained")
    if not losses:
        draw_money(figure.subplots(), cost_table(study))
        return figure
    left, right = figure.subplots(1, 2)
    draw_money(left, cost_table(study))
    looks = looks_of(study.strategies)
    draw_exceedance(right, loss_table(losses, study.prices.currency), looks=looks)
    return figure


def draw_money(axes: Axes, table: pl.DataFrame) -> None:
    """Money per task of each strategy, a bar of its items with the interval of their sum.

    Parameters
    ----------
    axes : Axes
    table : DataFrame
        Columns strategy, item, mean, low, high, unit, as `nhilab.study.costs.cost.cost_table` makes it.
    """
    names = names_of(table)
    rows = {(r["strategy"], r["item"]): r for r in table.iter_rows(named=True)}
    places = range(len(names))
    left = [0.0] * len(names)
    for position, (item, label) in enumerate(ITEMS.items()):
        widths = [rows[name, item]["mean"] or 0.0 for name in names]
        if any(widths):
            axes.barh(places, widths, left=left, height=0.6, color=colour(position), hatch=HATCHES[position],
                      edgecolor=HALO, linewidth=0, label=label)  # fmt: skip
        left = [a + b for a, b in zip(left, widths, strict=True)]
    for place, name in zip(places, names, strict=True):
        whisker(axes, rows[name, "per_task"]["low"], rows[name, "per_task"]["high"], place)
    axes.set_yticks(list(places), names)
    axes.invert_yaxis()
    axes.set_xlim(left=0)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False)
    axes.set_xlabel(rows[names[0], "per_task"]["unit"] if names else "")
    axes.set_title("What a task costs")


def draw_exceedance(axes: Axes, table: pl.DataFrame, *, looks: Mapping[str, Look] | None = None) -> None:
    """Chance that a year's losses exceed so much, one line per strategy; the band is the interval.

    Parameters
    ----------
    axes : Axes
    table : DataFrame
        Columns strategy, loss, probability, low, high, currency, as `nhilab.study.costs.losses.loss_table` makes it.
    looks : dict of strategy to Look, optional
        By the table's order where none are given.
    """
    names = names_of(table)
    looks = looks or looks_of(names)
    for name in names:
        rows, look = table.filter(pl.col("strategy") == name), looks[name]
        loss, probability = rows["loss"].to_numpy(), rows["probability"].to_numpy()
        line = axes.plot(loss, probability, drawstyle="steps-post", color=look.colour, linestyle=look.line, label=name)
        band = rows.drop_nulls(("low", "high"))
        loss, low, high = (band[column].to_numpy() for column in ("loss", "low", "high"))
        shade = axes.fill_between(loss, low, high, step="post", color=look.colour, alpha=0.2, linewidth=0)
        belongs(name, *line, shade)
    if len(table):
        axes.set_xscale("log")
        axes.set_xlim(*_span(table))
        axes.legend(frameon=False, loc="lower left")
        axes.set_xlabel(f"loss in a year, {table['currency'][0]}")
    axes.set_ylim(1e-3, 1.0)  # first: where nothing is ever lost there is nothing to scale by
    axes.set_yscale("log")
    axes.set_ylabel("chance of a greater one")
    axes.set_title("What thieves cost in a year")


def _span(table: pl.DataFrame) -> tuple[float, float]:
    """Losses between which the curves fall, with some room."""
    positive = table.filter(pl.col("loss") > 0)
    if not len(positive):
        return 1.0, 10.0
    falls = positive.filter(pl.col("probability") < 0.999 * pl.col("probability").max().over("strategy"))
    least = (falls if len(falls) else positive)["loss"].to_numpy().min()
    return float(least) / 2, float(positive["loss"].to_numpy().max()) * 1.1
