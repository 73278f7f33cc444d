"""Figures: each function draws one table on axes it is given."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nhilab.report.words import marked
from nhilab.study.comparison import Comparison

COLOURS: Final = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8A6D3B", "#7F7F7F",
)  # fmt: skip
"""By order of the strategies; Okabe & Ito's, which colour-blind people can tell apart, less yellow and black."""

STYLES: Final = ("-", "--", "-.", ":")
MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X", "*")
TICKS: Final = {
    1.0: "1s", 10.0: "10s", 60.0: "1m", 600.0: "10m", 3600.0: "1h", 21_600.0: "6h", 86_400.0: "1d",
    604_800.0: "7d", 2_592_000.0: "30d", 31_536_000.0: "1y",
}  # fmt: skip


def colour(position: int) -> str:
    """Colour of the strategy at a position."""
    return COLOURS[position % len(COLOURS)]


def draw_survival(axes: Axes, table: pl.DataFrame, *, hypothetical: Collection[str] = ()) -> None:
    """Share of stolen credentials still honoured against time since theft, one line per strategy.

    Parameters
    ----------
    axes : Axes
    table : DataFrame
        Columns strategy, time_s, share, low, high, as `nhilab.study.survival` makes it; the band is the interval.
    hypothetical : collection of str
        Strategies the legend marks as such.
    """
    for position, name in enumerate(_names(table)):
        rows = table.filter(pl.col("strategy") == name)
        time, share = rows["time_s"].to_numpy(), rows["share"].to_numpy()
        style = STYLES[position // len(COLOURS) % len(STYLES)]
        shown = marked(name, hypothetical=name in hypothetical)
        axes.plot(time, share, drawstyle="steps-post", color=colour(position), linestyle=style, label=shown)
        band = rows.drop_nulls(("low", "high"))
        time, low, high = (band[column].to_numpy() for column in ("time_s", "low", "high"))
        axes.fill_between(time, low, high, step="post", color=colour(position), alpha=0.2, linewidth=0)
    axes.set_xscale("log")
    axes.set_ylim(0, 1.02)
    if len(table):
        times = table["time_s"].to_numpy()
        axes.set_xlim(float(times.min()), float(times.max()))
        axes.legend(frameon=False)
    _time_ticks(axes)
    axes.set_xlabel("time since theft")
    axes.set_ylabel("share still honoured")
    axes.set_title("Stolen credentials")


def draw_windows(axes: Axes, table: pl.DataFrame, *, hypothetical: Collection[str] = ()) -> None:
    """Mean access window and reach of each strategy, with intervals both ways; nearer the corner is better.

    Parameters
    ----------
    axes : Axes
    table : DataFrame
        Columns strategy, metric, mean, low, high, as `Comparison.frame` gives it.
    hypothetical : collection of str
        Strategies the legend marks as such.
    """
    rows = {(r["strategy"], r["metric"]): (r["mean"], r["low"], r["high"]) for r in table.iter_rows(named=True)}
    for position, name in enumerate(_names(table)):
        window, reach = rows[name, "access_window_s"], rows[name, "reach"]
        if window[0] is None or reach[0] is None:
            continue
        axes.errorbar(
            window[0],
            reach[0],
            xerr=_arms(*window),
            yerr=_arms(*reach),
            fmt=MARKERS[position % len(MARKERS)],
            color=colour(position),
            capsize=3,
            label=marked(name, hypothetical=name in hypothetical),
        )
    windows = [row[0] for (_, metric), row in rows.items() if metric == "access_window_s" and row[0] is not None]
    least, most = min(windows, default=0.0), max(windows, default=1.0)
    axes.set_xscale("symlog", linthresh=1.0)
    axes.set_xlim(0 if least < 4 else least / 4, max(2 * most, 4.0))
    axes.set_ylim(bottom=0)
    _time_ticks(axes)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False)
    axes.set_xlabel("access window, mean")
    axes.set_ylabel("resources reached, mean")
    axes.set_title("How long and how far")


def draw_comparison(comparison: Comparison) -> Figure:
    """Both figures side by side."""
    figure = Figure(figsize=(11, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    draw_survival(left, comparison.survival, hypothetical=comparison.hypothetical)
    draw_windows(right, comparison.frame(), hypothetical=comparison.hypothetical)
    return figure


def _names(table: pl.DataFrame) -> list[str]:
    return table["strategy"].unique(maintain_order=True).to_list()


def _arms(mean: float, low: float | None, high: float | None) -> list[list[float]] | None:
    """Lengths of the error bars, or None where there is no interval."""
    return None if low is None or high is None else [[max(mean - low, 0.0)], [max(high - mean, 0.0)]]


def _time_ticks(axes: Axes) -> None:
    low, high = axes.get_xlim()
    shown = {time: text for time, text in TICKS.items() if low <= time <= high}
    axes.set_xticks(list(shown), list(shown.values()))
    axes.set_xticks([], minor=True)
