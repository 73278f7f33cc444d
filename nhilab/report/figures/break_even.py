"""Figure of a break-even: the difference of two strategies, and where it is nought."""

from __future__ import annotations

import math

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nhilab.report.drawing.palette import GREY, colour
from nhilab.report.drawing.ticks import label_ticks, round_lengths
from nhilab.report.sentences.words import number, shown_unit
from nhilab.report.tables.sweep import heading, short_names
from nhilab.study.experiments.break_even import BreakEven


def draw_difference(found: BreakEven) -> Figure:
    """The difference of two strategies against what was varied, and where it is nought."""
    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.subplots()
    draw_break_even(axes, found.frame(), logarithmic=found.logarithmic, unit=found.unit)
    crossing = found.crossing
    if crossing.value is not None:
        axes.axvline(crossing.value, color=colour(1), linestyle="--", linewidth=1.2, label="break-even")
        if not math.isnan(found.tried[0].difference.low):
            low = found.lowest if crossing.low is None else crossing.low
            high = found.highest if crossing.high is None else crossing.high
            axes.axvspan(low, high, color=colour(1), alpha=0.15, linewidth=0, label="cannot be told from 0")
    axes.set_xlabel(short_names([found.path])[0])
    axes.set_ylabel(f"{heading(found.metric)}: {found.strategy} − {found.against}")
    label_ticks(axes, "y", shown_unit(found.metric, found.metric_unit))
    axes.legend(frameon=False, fontsize="small")
    return figure


def draw_break_even(axes: Axes, table: pl.DataFrame, *, logarithmic: bool = True, unit: str = "s") -> None:
    """Differences against the values tried, with the band of their intervals.

    Parameters
    ----------
    axes : Axes
    table : DataFrame
        Columns value, difference, difference_low, difference_high, as `BreakEven.frame` gives it.
    logarithmic : bool
        Values by their logarithms.
    unit : str
        Of the values: ``"s"`` for lengths.
    """
    rows = table.drop_nulls("difference")
    band = rows.drop_nulls(("difference_low", "difference_high"))
    low, high = (band[f"difference_{end}"].to_numpy() for end in ("low", "high"))
    axes.fill_between(band["value"].to_numpy(), low, high, color=colour(0), alpha=0.2, linewidth=0)
    axes.plot(rows["value"].to_numpy(), rows["difference"].to_numpy(), "-o", color=colour(0), markersize=3.5,
              linewidth=1.2, label="difference, 95 % interval")  # fmt: skip
    axes.axhline(0, color=GREY, linewidth=0.8)
    if logarithmic:
        axes.set_xscale("log")
        if unit == "s":
            ticks = round_lengths(table["value"].to_list()[0], table["value"].to_list()[-1])
            axes.set_xticks(ticks, [number(t, "s") for t in ticks])
            axes.set_xticks([], minor=True)
