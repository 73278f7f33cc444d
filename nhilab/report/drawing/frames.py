"""One width for all pictures, so that their letters are read on a page, on a telephone and on a slide."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure

from nhilab.report.drawing.belonging import OF_STRATEGY, legend_belongs

WIDTH: Final = 5.6
"""Inches: letters of 10 points are 9 pixels high on a screen 390 pixels wide, 17 in a column of 700 pixels."""

_LETTERS: Final = 72
_BESIDE: Final = 6
_LINE: Final = 0.2
_MOST_COLUMNS: Final = 4


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
    if (own := axes.get_legend()) is None:
        return
    bars: dict[object, object] = {c.get_label(): c for c in axes.containers if isinstance(c, ErrorbarContainer)}
    shown = zip((text.get_text() for text in own.get_texts()), own.legend_handles, strict=True)
    named: dict[str, Any] = {text: bars.get(text, handle) for text, handle in shown}
    own.remove()
    labels = list(named)
    columns = min(_MOST_COLUMNS, len(labels), max(1, _LETTERS // (max(map(len, labels)) + _BESIDE)))
    width, height = figure.get_size_inches()
    figure.set_size_inches(width, height + _LINE * math.ceil(len(labels) / columns))
    figure.legend(
        list(named.values()), labels, frameon=False, loc="outside lower center", ncols=columns, borderaxespad=0
    )
    legend_belongs(figure, _strategies(axes))


def _strategies(axes: Axes) -> dict[str, str]:
    """The strategy that each labelled thing belongs to, by its label."""
    artists = {str(artist.get_label()): str(artist.get_gid() or "") for artist in axes.get_children()}
    for container in axes.containers:
        artists |= {str(container.get_label()): str(artist.get_gid() or "") for artist in container.get_children()}
    return {label: gid.removeprefix(OF_STRATEGY) for label, gid in artists.items() if gid.startswith(OF_STRATEGY)}
