"""What the access window is made of, as stacked bars."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import numpy as np
import polars as pl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.container import Container

from nhilab.report.drawing.belonging import belongs
from nhilab.report.drawing.labels import strategy_label
from nhilab.report.drawing.palette import COLOURS
from nhilab.report.drawing.ticks import SPREAD, label_ticks
from nhilab.report.drawing.whiskers import whisker
from nhilab.report.figures.comparison import names_of
from nhilab.report.sentences.words import number

PARTS: Final = {
    "detect_s": "until noticed",
    "triage_s": "triage",
    "respond_s": "response",
    "propagate_s": "revocation at the issuer",
    "cache_or_session_s": "caches and sessions",
    "residual_lifetime_s": "lifetime nobody shortened",
}
"""Metrics that add up to the access window, in order of time, and how the legend names them."""

ANSWERED: Final = tuple(PARTS)[:-1]
"""Those that are only there where thieves are noticed and answered."""

WHOLE: Final = "access_window_s"

LOOKS: Final = tuple(zip((COLOURS[1], COLOURS[4], COLOURS[2], COLOURS[3], COLOURS[5], COLOURS[0]),
                         ("", "////", "||||", "xxxx", "\\\\\\\\", ""), strict=True))  # fmt: skip
"""Colour and hatch of each part."""

_SHORTEST: Final = 0.008
"""Share of the axis below which the interval of a part would be no wider than its own line."""
_HEIGHT: Final = 0.56
_ROOM: Final = 1.22

Row = dict[str, Any]


def draw_decomposition(
    axes: Axes, table: pl.DataFrame, *, hypothetical: Collection[str] = (), bounds: Collection[str] = ()
) -> None:
    """Access window of each strategy, a bar of its parts, each with its interval; the whole's below the bar.

    In lengths of time; where the windows differ more than twentyfold, in shares of each. The whole is written beside.

    Parameters
    ----------
    axes : Axes
    table : DataFrame
        Columns strategy, metric, mean, low, high, as `Comparison.frame` gives it.
    hypothetical : collection of str
        Strategies marked as such.
    bounds : collection of str
        Strategies whose window is a lower bound.
    """
    rows: dict[tuple[str, str], Row] = {(r["strategy"], r["metric"]): r for r in table.iter_rows(named=True)}
    names = [n for n in names_of(table) if all(rows[n, key]["mean"] is not None for key in (*PARTS, WHOLE))]
    whole = {name: rows[name, WHOLE]["mean"] for name in names}
    positive = [value for value in whole.values() if value > 0]
    shares = bool(positive) and max(positive) > SPREAD * min(positive)
    size = {name: (whole[name] or 1.0) if shares else 1.0 for name in names}
    all_of_it = {name: _over(rows[name, WHOLE], size[name]) for name in names}
    ends = {name: max(row["high"] or 0.0, row["mean"]) for name, row in all_of_it.items()}
    most = max(ends.values(), default=0.0) or 1.0
    for place, name in enumerate(names):
        drawn = _bar(axes, [_over(rows[name, part], size[name]) for part in PARTS], place, most * _SHORTEST)
        drawn += whisker(axes, all_of_it[name]["low"], all_of_it[name]["high"], place + _HEIGHT / 2 + 0.1, size=4)
        text = ("≥ " if name in bounds else "") + number(whole[name], "s")
        said = axes.annotate(text, (ends[name], place), (6, 0), textcoords="offset points", va="center")
        belongs(name, said, *drawn)
    axes.set_yticks(range(len(names)), [strategy_label(n, hypothetical=n in hypothetical) for n in names])
    for name, label in zip(names, axes.get_yticklabels(), strict=True):
        belongs(name, label)
    axes.set_ylim(max(len(names), 1) - 0.45, -0.55)
    axes.set_xlim(0, _ROOM * most)
    label_ticks(axes, "x", "%" if shares else "s")
    if shares:
        axes.set_xticks(np.linspace(0.0, 1.0, 5))
    axes.set_xlabel("share of the mean access window, written beside" if shares else "access window, mean")
    _legend(axes)
    axes.set_title("What the access window is made of")


def _over(row: Row, size: float) -> Row:
    return {end: None if row[end] is None else row[end] / size for end in ("mean", "low", "high")}


def _bar(axes: Axes, parts: list[Row], place: float, shortest: float) -> list[Artist | Container]:
    """One bar; the parts' intervals one below the other, or neighbours would hide each other."""
    left, drawn = 0.0, list[Artist | Container]()
    for position, (row, label) in enumerate(zip(parts, PARTS.values(), strict=True)):
        if row["mean"] > 0:
            colour, hatch = LOOKS[position]
            bar = axes.barh(
                place, row["mean"], left=left, height=_HEIGHT, color=colour, hatch=hatch, edgecolor="white",
                linewidth=0.4, label=label,
            )  # fmt: skip
            drawn.append(bar)
            at = place + _HEIGHT * ((position + 0.5) / len(PARTS) - 0.5)
            low, high = row["low"], row["high"]
            if low is not None and high is not None and high - low > shortest:
                drawn += whisker(axes, left + low, left + high, at, size=3)
        left += row["mean"]
    return drawn


def _legend(axes: Axes) -> None:
    """What the bars are made of, in order of time."""
    found = dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
    if found:
        shown = [label for label in PARTS.values() if label in found]
        axes.legend([found[label] for label in shown], shown, frameon=False)
