"""One width for all pictures, so that their letters are read on a page, on a telephone and on a slide."""

from __future__ import annotations

import math
from collections.abc import Callable

from matplotlib.axes import Axes
from matplotlib.figure import Figure

WIDTH = 6.4
"""Inches: at 10 points the letters are 8 pixels on a screen 390 pixels wide, 16 on a page of 60rem."""

_LETTERS = 84
_BESIDE = 7
_LINE = 0.2
_MOST_COLUMNS = 4


def alone(draw: Callable[[Axes], None], *, height: float) -> Figure:
    """A figure of one pair of axes, without a title of its own, its legend below.

    Parameters
    ----------
    draw : callable
        Draws on the axes.
    height : float
        Inches, without the legend.
    """
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    axes = figure.subplots()
    draw(axes)
    axes.set_title("")
    axes.spines[["top", "right"]].set_visible(False)
    legend_below(figure, axes)
    return figure


def legend_below(figure: Figure, axes: Axes) -> None:
    """Put the legend of axes below the figure, in as many columns as have room, and make the figure taller by it."""
    handles, labels = axes.get_legend_handles_labels()
    if (own := axes.get_legend()) is not None:
        own.remove()
    first = dict(zip(reversed(labels), reversed(handles), strict=True))
    labels = list(dict.fromkeys(labels))
    if not labels:
        return
    columns = min(_MOST_COLUMNS, len(labels), max(1, _LETTERS // (max(map(len, labels)) + _BESIDE)))
    width, height = figure.get_size_inches()
    figure.set_size_inches(width, height + _LINE * math.ceil(len(labels) / columns))
    figure.legend([first[one] for one in labels], labels, frameon=False, loc="outside lower center", ncols=columns)
