"""The life of one credential of each strategy, on one axis of time."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

import polars as pl
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.patheffects import Normal, Stroke

from nhilab.report.drawing.belonging import belongs
from nhilab.report.drawing.labels import strategy_label
from nhilab.report.drawing.palette import CORE, GREY, HALO, Look, looks_of
from nhilab.report.drawing.ticks import SPREAD, label_ticks
from nhilab.report.figures.comparison import names_of
from nhilab.report.sentences.words import number
from nhilab.study.closeups.life import DONE, EXPIRES, HONOURED, ISSUED, LOST, MINTED, REVOKED, TAKEN, USED

ENDLESS: Final = "for ever"
MARKS: Final = {USED: "|", MINTED: ".", TAKEN: "v", LOST: "^", REVOKED: "X", EXPIRES: "D"}
"""How events are marked on the bars."""

_HEIGHT: Final = 0.5
_CLEAR: Final = 0.012
_NAMED: Final = 2
_BEYOND: Final = 2.0


class Lane(NamedTuple):
    """One credential at verifiers that honour it equally long; lengths in s since its issue, None for never."""

    strategy: str
    verifiers: tuple[str, ...]
    purpose_end: float
    honoured_until: float | None
    marks: tuple[tuple[str, float], ...]


def lanes(table: pl.DataFrame) -> list[Lane]:
    """What `draw_life` draws, one below the other.

    Parameters
    ----------
    table : DataFrame
        As `nhilab.study.closeups.life.life_table` makes it, of several strategies.
    """
    found = []
    for name in names_of(table):
        rows = table.filter(pl.col("strategy") == name).rows(named=True)
        purpose_end = next(row["after_s"] for row in rows if row["event"] == DONE)
        ends: dict[float | None, list[str]] = {}
        for row in rows:
            if row["event"] == HONOURED:
                ends.setdefault(row["after_s"], []).append(row["verifier"])
        for until, verifiers in ends.items():
            marks = [
                (row["event"], row["after_s"])
                for row in rows
                if row["event"] in MARKS and row["after_s"] is not None and row["verifier"] in (None, *verifiers)
            ]
            found.append(Lane(name, tuple(verifiers), purpose_end, until, tuple(marks)))
    return found


def draw_life(
    axes: Axes, table: pl.DataFrame, *, looks: Mapping[str, Look] | None = None, hypothetical: Collection[str] = ()
) -> None:
    """One credential of each strategy from its issue until it is honoured no more; shaded what outlives its purpose.

    Parameters
    ----------
    axes : Axes
    table : DataFrame
        As `nhilab.study.closeups.life.life_table` makes it, of several strategies.
    looks : dict of strategy to Look, optional
        By the table's order where none are given.
    hypothetical : collection of str
        Strategies marked as such.
    """
    drawn = lanes(table)
    looks = looks or looks_of(names_of(table))
    most = _fit(axes, drawn)
    for place, lane in enumerate(drawn):
        colour = looks[lane.strategy].colour
        end = most if lane.honoured_until is None else lane.honoured_until
        _bar(axes, lane, place, end, colour)
        for event in MARKS:
            _mark(axes, event, lane, place)
        said = axes.annotate(
            _outlives(lane), (1.0, place), (6, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
            va="center", annotation_clip=False,
        )  # fmt: skip
        belongs(lane.strategy, said)
    axes.set_yticks(range(len(drawn)), _labels(drawn, hypothetical))
    for lane, label in zip(drawn, axes.get_yticklabels(), strict=True):
        belongs(lane.strategy, label)
    axes.set_ylim(max(len(drawn), 1) - 0.5, -0.5)
    axes.annotate(
        "outlives its\npurpose by", (1.0, 1.0), (6, 4), xycoords="axes fraction", textcoords="offset points",
        va="bottom", annotation_clip=False, fontsize="small",
    )  # fmt: skip
    axes.set_xlabel("time since issue")
    axes.set_title("The life of one credential")
    if drawn:
        axes.legend(handles=_legend(drawn), frameon=False)


def _outlives(lane: Lane) -> str:
    if lane.honoured_until is None:
        return ENDLESS
    after = lane.honoured_until - lane.purpose_end
    return number(after, "s") if after > 0 else "not at all"


def _labels(drawn: list[Lane], hypothetical: Collection[str]) -> list[str]:
    """The strategy at its first lane, and the verifiers where they differ."""
    labels: list[str] = []
    for place, lane in enumerate(drawn):
        first = place == 0 or drawn[place - 1].strategy != lane.strategy
        several = sum(other.strategy == lane.strategy for other in drawn) > 1
        names = ", ".join(lane.verifiers) if len(lane.verifiers) <= _NAMED else f"{len(lane.verifiers)} verifiers"
        name = strategy_label(lane.strategy, hypothetical=lane.strategy in hypothetical) if first else ""
        labels.append("\n".join(filter(None, (name, f"at {names}" if several else ""))))
    return labels


def _fit(axes: Axes, drawn: list[Lane]) -> float:
    """Fit the axis of time, and say how far it goes."""
    ends = [e for lane in drawn for e in (lane.purpose_end, lane.honoured_until, *(at for _, at in lane.marks)) if e]
    positive = [end for end in ends if end > 0]
    least = max(min((lane.purpose_end for lane in drawn if lane.purpose_end > 0), default=1.0), 0.1)
    longest = max(positive, default=1.0)
    endless = any(lane.honoured_until is None for lane in drawn)
    wide = longest > SPREAD * least
    most = longest * ((_BEYOND if wide else 1.2) if endless else (1.3 if wide else 1.05))
    if wide:
        axes.set_xscale("symlog", linthresh=least, linscale=0.4)
    axes.set_xlim(0, most)
    label_ticks(axes, "x", "s", logarithmic=wide)
    return most


def _bar(axes: Axes, lane: Lane, place: float, end: float, colour: str) -> None:
    """In use until the purpose ends, shaded until it is honoured no more."""
    belongs(lane.strategy, axes.barh(place, min(lane.purpose_end, end), height=_HEIGHT, color=colour, label="_in use"))
    if end <= lane.purpose_end:
        return
    for paint in ({"facecolor": (colour, 0.22)}, {"facecolor": "none", "edgecolor": colour, "hatch": "////"}):
        corner, length = (lane.purpose_end, place - _HEIGHT / 2), end - lane.purpose_end
        shade = Rectangle(corner, length, _HEIGHT, label="_outlives its purpose", **paint)
        belongs(lane.strategy, axes.add_patch(shade))


def _mark(axes: Axes, event: str, lane: Lane, place: float) -> None:
    """Mark the instants of one event on a lane; of many that would cover each other, some."""
    after = [at for what, at in lane.marks if what == event]
    if not after:
        return
    size = 5.0 if MARKS[event] == "|" else 7.0
    width = 0.8 if MARKS[event] == "|" else 0.6
    effects = [Stroke(linewidth=width + 1.2, foreground=HALO), Normal()]
    across = axes.transLimits.transform(axes.transScale.transform([(at, 0.0) for at in after]))[:, 0]
    shown = [at for at, first in zip(after, _first_ones(across.tolist()), strict=True) if first]
    height = place - _HEIGHT / 2 - 0.09 if event in (TAKEN, LOST) else place
    marks = axes.plot(
        shown, [height] * len(shown), MARKS[event], color=CORE, markersize=size, markeredgewidth=width,
        path_effects=effects, label=f"_{event}", zorder=4, clip_on=False,
    )  # fmt: skip
    belongs(lane.strategy, *marks)


def _first_ones(spots: list[float]) -> list[bool]:
    """Whether each lies clear of the last one that does."""
    shown, last = [], -math.inf
    for spot in spots:
        shown.append(spot - last >= _CLEAR)
        last = spot if shown[-1] else last
    return shown


def _legend(drawn: list[Lane]) -> list[Line2D | Patch]:
    """One entry for each thing that is drawn."""
    there = {event for lane in drawn for event, _ in lane.marks}
    said = {
        USED: "used",
        MINTED: "next stage issued",
        TAKEN: "taken by a thief",
        LOST: LOST,
        REVOKED: REVOKED,
        EXPIRES: EXPIRES,
    }
    entries: list[Line2D | Patch] = [
        Patch(facecolor=GREY, label=f"{ISSUED} to {DONE}"),
        Patch(facecolor="none", edgecolor=GREY, hatch="////", label="still honoured, no purpose"),
    ]
    for event, text in said.items():
        if event in there:
            entries.append(Line2D([], [], color=CORE, marker=MARKS[event], linestyle="", label=text,
                                  path_effects=[Stroke(linewidth=2.4, foreground=HALO), Normal()]))  # fmt: skip
    return entries
