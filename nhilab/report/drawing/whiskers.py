"""Intervals as figures draw them: arms of a point in its colour, or a line over a bar that shows on any ground."""

from __future__ import annotations

from typing import Final

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patheffects import Normal, Stroke

from nhilab.report.drawing.palette import CORE, HALO

Arms = list[list[float]]

_WIDTH: Final = 1.1


def arms(mean: float, low: float | None, high: float | None) -> Arms | None:
    """Lengths of the error bars of one point, or None where it has no interval.

    Examples
    --------
    >>> arms(3.0, 2.0, 5.0), arms(3.0, None, None)
    ([[1.0], [2.0]], None)
    """
    return None if low is None or high is None else [[max(mean - low, 0.0)], [max(high - mean, 0.0)]]


def whisker(axes: Axes, low: float | None, high: float | None, place: float, *, size: float = 5.0) -> list[Line2D]:
    """Draw an interval as a level line with ends over a bar; nothing where there is none.

    Parameters
    ----------
    axes : Axes
    low, high : float or None
        Its ends.
    place : float
        Height at which it lies.
    size : float, points
        Height of its ends.

    Returns
    -------
    list of Line2D
    """
    if low is None or high is None:
        return []
    effects = [Stroke(linewidth=_WIDTH + 1.8, foreground=HALO), Normal()]
    return axes.plot(
        [low, high], [place, place], color=CORE, linewidth=_WIDTH, marker="|", markersize=size,
        markeredgewidth=_WIDTH, path_effects=effects, zorder=4, label="_interval", clip_on=False,
    )  # fmt: skip
