"""What controls bought and how they need each other, as figures."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from nhilab.report.drawing.palette import GREY, colour, ink_on
from nhilab.report.drawing.scale import scale_of
from nhilab.report.drawing.whiskers import whisker
from nhilab.study.experiments.effects import Factorial


def draw_shapley(axes: Axes, table: pl.DataFrame) -> None:
    """What each control bought of one metric's reduction, with its interval.

    Parameters
    ----------
    axes : Axes
    table : DataFrame
        Rows of one metric of `Factorial.frame`.
    """
    rows = table.filter(pl.col("quantity") == "bought").to_dicts()
    scale, unit = scale_of(rows)
    for position, row in enumerate(rows):
        if row["mean"] is None:
            continue
        axes.barh(position, row["mean"] / scale, color=colour(position), height=0.6)
        if row["low"] is not None and row["high"] is not None:
            whisker(axes, row["low"] / scale, row["high"] / scale, position)
    axes.set_yticks(range(len(rows)), [row["controls"] for row in rows])
    axes.invert_yaxis()
    axes.axvline(0, color=GREY, linewidth=0.8)
    axes.set_xlabel(f"bought of the reduction, {unit}")
    axes.set_title(table["metric"][0])
    axes.spines[["top", "right"]].set_visible(False)


def draw_interactions(axes: Axes, table: pl.DataFrame) -> None:
    """Main effects on the diagonal and two-way interactions beside it, of one metric; what lowers it is blue.

    Parameters
    ----------
    axes : Axes
    table : DataFrame
        Rows of one metric of `Factorial.frame`.
    """
    rows = table.filter((pl.col("quantity") == "effect") & (pl.col("order") <= 2)).to_dicts()
    names = [row["controls"] for row in rows if row["order"] == 1]
    scale, unit = scale_of(rows)
    pairs = [(i, j) for i in range(len(names)) for j in range(i + 1, len(names))]
    cells = dict(zip([(i, i) for i in range(len(names))] + pairs, rows, strict=True))
    known = {cell: row["mean"] / scale for cell, row in cells.items() if row["mean"] is not None}
    most = max(map(abs, known.values()), default=0.0) or 1.0
    digits = max(0, 1 - math.floor(math.log10(most)))
    norm, shades = Normalize(-1.2 * most, 1.2 * most), colormaps["RdBu_r"]
    grid = np.full((len(names), len(names)), np.nan)
    for (i, j), value in known.items():
        low, high = cells[i, j]["low"], cells[i, j]["high"]
        text = f"{round(value, digits) + 0.0:.{digits}f}"
        shown = text if low is not None and not low <= 0 <= high else f"({text})"
        grid[j, i] = value
        axes.text(i, j, shown, ha="center", va="center", fontsize=9, color=ink_on(shades(float(norm(value)))))
    axes.imshow(np.ma.masked_invalid(grid), cmap=shades, norm=norm, aspect="auto")
    axes.set_xticks(range(len(names)), names, rotation=20, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.spines[:].set_visible(False)
    axes.set_xlabel(f"{unit}; in brackets: not told from 0")
    axes.set_title("effects, and interactions of two")


def draw_factorial(study: Factorial) -> Figure:
    """Both figures of every metric, one metric below the other.

    Parameters
    ----------
    study : Factorial

    Returns
    -------
    Figure
    """
    table, metrics = study.frame(), list(study.effects)
    height = (1.6 + 0.45 * len(study.controls)) * len(metrics)
    figure = Figure(figsize=(11, max(height, 3.0)), layout="constrained")
    grid = figure.subplots(len(metrics), 2, squeeze=False)
    for (left, right), metric in zip(grid, metrics, strict=True):
        rows = table.filter(pl.col("metric") == metric)
        draw_shapley(left, rows)
        draw_interactions(right, rows)
    return figure
