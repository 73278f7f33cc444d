"""Figures of a comparison: each function draws one table on axes it is given."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nhilab.base.quantities import FloatArray
from nhilab.report.drawing.belonging import belongs
from nhilab.report.drawing.palette import Look, looks_of
from nhilab.report.drawing.points import Point, draw_points
from nhilab.report.drawing.ticks import time_ticks
from nhilab.report.sentences.words import marked
from nhilab.study.comparisons.comparison import Comparison

_EVERY: Final = 24
_APART: Final = 7
"""Points from one marker of a line to its next, and from one line's to the next line's."""


def draw_survival(
    axes: Axes, table: pl.DataFrame, *, looks: Mapping[str, Look] | None = None, hypothetical: Collection[str] = ()
) -> None:
    """Share of stolen credentials still honoured against time since theft, one line per strategy.

    Parameters
    ----------
    axes : Axes
    table : DataFrame
        Columns strategy, time_s, share, low, high, as `nhilab.study.comparisons.survival` makes it; the band is the
        interval.
    looks : dict of strategy to Look, optional
        By the table's order where none are given.
    hypothetical : collection of str
        Strategies the legend marks as such.
    """
    names = names_of(table)
    looks = looks or looks_of(names)
    for name in names:
        rows, look = table.filter(pl.col("strategy") == name), looks[name]
        time, share = rows["time_s"].to_numpy(), rows["share"].to_numpy()
        shown = marked(name, hypothetical=name in hypothetical)
        drawn = axes.plot(
            time, share, drawstyle="steps-post", color=look.colour, linestyle=look.line, label=shown,
            marker=look.marker, markersize=4.5, markevery=_marked(share, names.index(name)),
        )  # fmt: skip
        band = rows.drop_nulls(("low", "high"))
        time, low, high = (band[column].to_numpy() for column in ("time_s", "low", "high"))
        shade = axes.fill_between(time, low, high, step="post", color=look.colour, alpha=0.2, linewidth=0)
        belongs(name, *drawn, shade)
    axes.set_xscale("log")
    axes.set_ylim(0, 1.02)
    if len(table):
        times = table["time_s"].to_numpy()
        axes.set_xlim(float(times.min()), float(times.max()))
        axes.legend(frameon=False)
    time_ticks(axes, "x")
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    axes.set_xlabel("time since theft")
    axes.set_ylabel("share still honoured")
    axes.set_title("Stolen credentials")


def draw_windows(
    axes: Axes,
    table: pl.DataFrame,
    *,
    looks: Mapping[str, Look] | None = None,
    hypothetical: Collection[str] = (),
    bounds: Collection[str] = (),
) -> None:
    """Mean access window and reach of each strategy, with intervals both ways; nearer the corner is better.

    Parameters
    ----------
    axes : Axes
    table : DataFrame
        Columns strategy, metric, mean, low, high, as `Comparison.frame` gives it.
    looks : dict of strategy to Look, optional
        By the table's order where none are given.
    hypothetical : collection of str
        Strategies the legend marks as such.
    bounds : collection of str
        Strategies whose window is a lower bound: an open triangle points to the right.
    """
    rows = {(r["strategy"], r["metric"]): r for r in table.iter_rows(named=True)}
    names = names_of(table)
    points = [Point(name, rows[name, "access_window_s"], rows[name, "reach"]) for name in names]
    draw_points(
        axes, points, looks=looks or looks_of(names), units=("s", "resources"), hypothetical=hypothetical,
        bounds=bounds, towards=">",
    )  # fmt: skip
    axes.set_xlabel("access window, mean")
    axes.set_ylabel("resources reached, mean")
    axes.set_title("How long and how far")


def draw_comparison(comparison: Comparison, looks: Mapping[str, Look] | None = None) -> Figure:
    """Both figures side by side, with one legend below."""
    looks = looks or looks_of(comparison.strategies)
    figure = Figure(figsize=(11, 4.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    draw_survival(left, comparison.survival, looks=looks, hypothetical=comparison.hypothetical)
    draw_windows(right, comparison.frame(), looks=looks, hypothetical=comparison.hypothetical)
    both = [*zip(*right.get_legend_handles_labels(), strict=True), *zip(*left.get_legend_handles_labels(), strict=True)]
    named = {label: handle for handle, label in both}
    for axes in (left, right):
        if (own := axes.get_legend()) is not None:
            own.remove()
    if named:
        figure.legend(list(named.values()), list(named), frameon=False, loc="outside lower center", ncols=4)
    return figure


def _marked(share: FloatArray, position: int) -> list[int]:
    """Points of a line that carry a marker: a few, not those of the next line, and none once nothing is left."""
    return [k for k in range(position * _APART % _EVERY, len(share), _EVERY) if share[k] > 0]


def names_of(table: pl.DataFrame) -> list[str]:
    """Strategies of a table, each once, in its order."""
    return table["strategy"].unique(maintain_order=True).to_list()
