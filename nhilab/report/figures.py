"""Figures of a comparison: each function draws one table on axes it is given."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nhilab.report.palette import Look, looks_of
from nhilab.report.ticks import fit_axis, time_ticks
from nhilab.report.whiskers import arms
from nhilab.report.words import marked
from nhilab.study.comparison import Comparison


def draw_survival(
    axes: Axes, table: pl.DataFrame, *, looks: Mapping[str, Look] | None = None, hypothetical: Collection[str] = ()
) -> None:
    """Share of stolen credentials still honoured against time since theft, one line per strategy.

    Parameters
    ----------
    axes : Axes
    table : DataFrame
        Columns strategy, time_s, share, low, high, as `nhilab.study.survival` makes it; the band is the interval.
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
        axes.plot(time, share, drawstyle="steps-post", color=look.colour, linestyle=look.line, label=shown)
        band = rows.drop_nulls(("low", "high"))
        time, low, high = (band[column].to_numpy() for column in ("time_s", "low", "high"))
        axes.fill_between(time, low, high, step="post", color=look.colour, alpha=0.2, linewidth=0)
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
    axes: Axes, table: pl.DataFrame, *, looks: Mapping[str, Look] | None = None, hypothetical: Collection[str] = ()
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
    """
    rows = {(r["strategy"], r["metric"]): (r["mean"], r["low"], r["high"]) for r in table.iter_rows(named=True)}
    names = names_of(table)
    looks = looks or looks_of(names)
    shown = [(n, rows[n, "access_window_s"], rows[n, "reach"]) for n in names]
    for name, window, reach in shown:
        if window[0] is None or reach[0] is None:
            continue
        axes.errorbar(
            window[0], reach[0], xerr=arms(*window), yerr=arms(*reach), fmt=looks[name].marker,
            color=looks[name].colour, capsize=3, label=marked(name, hypothetical=name in hypothetical),
        )  # fmt: skip
    fit_axis(axes, "x", [v for _, window, _ in shown for v in window], "s")
    fit_axis(axes, "y", [v for _, _, reach in shown for v in reach], "resources")
    axes.set_ylim(bottom=0 if axes.get_yscale() == "linear" else None)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False)
    axes.set_xlabel("access window, mean")
    axes.set_ylabel("resources reached, mean")
    axes.set_title("How long and how far")


def draw_comparison(comparison: Comparison, looks: Mapping[str, Look] | None = None) -> Figure:
    """Both figures side by side."""
    looks = looks or looks_of(comparison.strategies)
    figure = Figure(figsize=(11, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    draw_survival(left, comparison.survival, looks=looks, hypothetical=comparison.hypothetical)
    draw_windows(right, comparison.frame(), looks=looks, hypothetical=comparison.hypothetical)
    return figure


def names_of(table: pl.DataFrame) -> list[str]:
    """Strategies of a table, each once, in its order."""
    return table["strategy"].unique(maintain_order=True).to_list()
