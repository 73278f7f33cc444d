"""Whose a part of a figure is, so that a page can hide one strategy's parts."""

from __future__ import annotations

from typing import Final

from matplotlib.axes import Axes
from matplotlib.legend import Legend
from matplotlib.offsetbox import DrawingArea

STRATEGY: Final = "strategy:"
"""Begins the group id of artists that belong to a strategy."""

COMMON: Final = "common"
"""Group id of artists that belong to none."""


def belongs(axes: Axes, strategy: str) -> None:
    """Say that all that was drawn on the axes and belongs to nobody yet belongs to a strategy.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = Figure().subplots()
    >>> for name in ("static", "task"):
    ...     line = axes.plot([1, 2])
    ...     belongs(axes, name)
    >>> [line.get_gid() for line in axes.lines]
    ['strategy:static', 'strategy:task']
    """
    for artist in (*axes.lines, *axes.collections, *axes.patches, *axes.texts):
        if artist.get_gid() is None:
            artist.set_gid(STRATEGY + strategy)


def claim_legend(axes: Axes, legend: Legend) -> None:
    """Say of the entries of a legend that they belong to whom the artists of that name on the axes do."""
    drawn = [(artist.get_label(), artist) for artist in (*axes.lines, *axes.collections, *axes.patches)]
    drawn += [(found.get_label(), part) for found in axes.containers for part in found.get_children()[:1]]
    owners = {label: artist.get_gid() for label, artist in reversed(drawn)}
    for text, area in zip(legend.get_texts(), legend.findobj(DrawingArea), strict=True):
        for part in (text, *area.get_children()):
            part.set_gid(owners.get(text.get_text()))
