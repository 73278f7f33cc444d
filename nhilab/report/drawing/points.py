"""Strategies as points with an interval in both directions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from nhilab.report.drawing.belonging import belongs
from nhilab.report.drawing.palette import Look
from nhilab.report.drawing.ticks import fit_axis
from nhilab.report.drawing.whiskers import arms
from nhilab.report.sentences.words import marked

Row = Mapping[str, Any]
"""With mean, low and high, each a number or None."""

ENDS: Final = ("low", "high")
_SIZE: Final = 7.0
_RIM: Final = 4.5
_NEAR: Final = 0.015


class Point(NamedTuple):
    """A strategy and where it lies."""

    strategy: str
    across: Row
    up: Row


def draw_points(
    axes: Axes,
    points: Sequence[Point],
    *,
    looks: Mapping[str, Look],
    units: tuple[str, str],
    hypothetical: Collection[str] = (),
    bounds: Collection[str] = (),
    towards: str = "^",
) -> None:
    """Draw strategies that have both values; fit the axes to all of them and their intervals.

    Parameters
    ----------
    axes : Axes
    points : sequence of Point
    looks : dict of strategy to Look
    units : tuple of str
        Of the level and of the upright axis.
    hypothetical : collection of str
        Strategies the legend marks as such.
    bounds : collection of str
        Strategies of which one value is a lower bound: they stand in an open triangle.
    towards : str
        Where that points: ``"^"`` or ``">"``.
    """
    shown = [p for p in points if p.across["mean"] is not None and p.up["mean"] is not None]
    across, up = [p.across for p in shown], [p.up for p in shown]
    fit_axis(axes, "x", [row["mean"] for row in across], [row[end] for row in across for end in ENDS], units[0])
    fit_axis(axes, "y", [row["mean"] for row in up], [row[end] for row in up for end in ENDS], units[1])
    for (name, level, upright), below in zip(shown, _below(axes, shown), strict=True):
        look, label, size = looks[name], marked(name, hypothetical=name in hypothetical), _SIZE + _RIM * below
        x, y = level["mean"], upright["mean"]
        cross = axes.errorbar(
            x, y, xerr=_arms(level), yerr=_arms(upright), fmt="none", ecolor=look.colour, elinewidth=1.2, capsize=3,
            zorder=2,
        )  # fmt: skip
        point = axes.plot(
            x, y, look.marker, color=look.colour, markersize=size, markeredgecolor="white", markeredgewidth=0.6,
            label=label, zorder=3, clip_on=False,
        )  # fmt: skip
        belongs(name, cross, *point)
        if name in bounds:
            bound = axes.plot(
                x, y, towards, color=look.colour, fillstyle="none", markersize=size + _RIM, label="_bound", zorder=3,
                clip_on=False,
            )  # fmt: skip
            belongs(name, *bound)
    if shown:
        axes.legend(frameon=False)
        for handle in (h for h in _handles(axes) if isinstance(h, Line2D)):
            handle.set_markersize(_SIZE)


def _handles(axes: Axes) -> list[Any]:
    legend = axes.get_legend()
    return [] if legend is None else list(legend.legend_handles)


def _below(axes: Axes, points: Sequence[Point]) -> list[int]:
    """How many later points would cover each: it is drawn so much larger that it shows round them."""
    spots = np.array([(p.across["mean"], p.up["mean"]) for p in points], np.float64).reshape(-1, 2)
    at = axes.transLimits.transform(axes.transScale.transform(spots))
    return [int((np.hypot(*(at[i + 1 :] - at[i]).T) < _NEAR).sum()) for i in range(len(at))]


def _arms(row: Row) -> list[list[float]] | None:
    return arms(row["mean"], row["low"], row["high"])
