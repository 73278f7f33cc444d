"""A recommendation drawn: what each design costs and how it keeps each limit, by class."""

from __future__ import annotations

import math
from typing import Final

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nhilab.report.drawing.palette import GREY, colour
from nhilab.report.drawing.ticks import label_ticks, time_ticks
from nhilab.report.tables.check import bound_words
from nhilab.report.tables.recommend import recommendation_table
from nhilab.study.designs.recommendation import Recommendation

COLOURS: Final = {"met": colour(2), "undecided": colour(4), "broken": colour(1)}
FILLS: Final = {"met": "full", "undecided": "left", "broken": "none"}
"""How a verdict shows without colour."""


def draw_recommendation(axes: Axes, table: pl.DataFrame, *, bound: float, length: bool) -> None:
    """One limit of one class: each design's value with its bounds, coloured by verdict; the dashed line is the limit.

    Parameters
    ----------
    axes : Axes
    table : DataFrame
        Rows of one class, as `recommendation_table` makes them; the first is drawn at the top.
    bound : float
        The limit.
    length : bool
        It is one of a length of time.
    """
    names = table["design"].to_list()
    known = [v for v in (*table["value"].to_list(), bound) if v is not None and math.isfinite(v)]
    for place, row in enumerate(table.iter_rows(named=True)):
        value, low, high = row["value"], row["low"], row["high"]
        shade = COLOURS[row["verdict"]]
        if not math.isfinite(value):
            axes.annotate("above the cap", (1.0, place), (-2, 0), xycoords=("axes fraction", "data"),
                          textcoords="offset points", ha="right", va="center", fontsize=7, color=shade)  # fmt: skip
            continue
        ends = [max(low, 0.0) if math.isfinite(low) else value, high if math.isfinite(high) else value]
        axes.plot(ends, [place, place], color=shade, linewidth=2, alpha=0.6)  # cut at the frame: it may be wide
        axes.plot([value], [place], "D" if row["recommended"] else "o", color=shade, markersize=6, clip_on=False,
                  fillstyle=FILLS[row["verdict"]], zorder=3)  # fmt: skip
    axes.axvline(bound, color=GREY, linewidth=1, linestyle="--")
    axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.set_ylim(len(names) - 0.5, -0.5)
    if min(known) > 0 and max(known) > 20 * min(known):
        axes.set_xscale("log")
        axes.set_xlim(min(known) / 2, max(known) * 2)
        if length:
            time_ticks(axes, "x")
    else:
        axes.set_xlim(0, 1.15 * max(known) or 1.0)
        if length:
            label_ticks(axes, "x", "s")


def draw_recommendations(recommendation: Recommendation) -> Figure:
    """A row for each class, a column for each limit; the recommended design is a diamond."""
    rows, columns = len(recommendation.advice), len(recommendation.limits)
    most = max(len(advice.candidates) for advice in recommendation.advice)
    figure = Figure(figsize=(3.4 * columns + 1.6, rows * (0.9 + 0.24 * most)), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False)
    for j, limit in enumerate(recommendation.limits):
        table = recommendation_table(recommendation, limit.key)
        for i, advice in enumerate(recommendation.advice):
            axes = grid[i, j]
            draw_recommendation(
                axes, table.filter(pl.col("class") == advice.kind), bound=limit.bound, length=limit.unit == "s"
            )
            axes.set_title(f"{advice.kind}: {limit.key}, {bound_words(limit)}", fontsize=8)
            if j:
                axes.set_yticklabels([])
    return figure
