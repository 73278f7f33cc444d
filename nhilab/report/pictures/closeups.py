"""Pictures of strategies looked at closely: the reach map, and the life of one credential of each."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any, Final

import polars as pl

from nhilab.report.drawing.frames import alone
from nhilab.report.drawing.palette import Look
from nhilab.report.figures.life import draw_life, lanes
from nhilab.report.figures.reach import COLUMNS, draw_reach, reach_rows
from nhilab.report.pictures.picture import Picture
from nhilab.report.pictures.words import LISTED
from nhilab.report.sentences.words import interval, marked, number
from nhilab.study.closeups.closeup import Closeup
from nhilab.study.closeups.life import MEDIAN_OVERHANG

_ROW: Final = 0.55
_CLASS: Final = 0.32
_HEAD: Final = 0.75
_LANE: Final = 0.42


def closeup_pictures(
    closeup: Closeup, looks: Mapping[str, Look], *, hypothetical: Collection[str] = ()
) -> list[Picture]:
    """The reach map, in several pictures where there are many strategies, and the lives.

    Parameters
    ----------
    closeup : Closeup
    looks : dict of strategy to Look
    hypothetical : collection of str
        Strategies marked as such.
    """
    pictures = []
    rows = reach_rows(closeup.reach)
    parts = math.ceil(len(closeup.strategies) / COLUMNS)
    columns = math.ceil(len(closeup.strategies) / parts)
    for number_of, first in enumerate(range(0, len(closeup.strategies) if len(rows) else 0, columns), 1):
        names = closeup.strategies[first : first + columns]
        part = f"-{number_of}" if parts > 1 else ""
        pictures.append(_reach(closeup, rows.filter(pl.col("strategy").is_in(names)), part, hypothetical))
    if len(closeup.lives):
        pictures.append(_lives(closeup, looks, hypothetical))
    return pictures


def _reach(closeup: Closeup, rows: pl.DataFrame, part: str, hypothetical: Collection[str]) -> Picture:
    draw = partial(draw_reach, table=rows, hypothetical=hypothetical)
    n_rows, n_classes = rows["resource"].n_unique(), rows["class"].n_unique()
    fell = closeup.reach.filter(pl.col("campaigns") > 0)["resource"].n_unique()
    shown = rows.unique("resource")["resources"].sum()
    rest = f" {fell - shown:,} more that fall weigh less and are left out." if fell > shown else ""
    return Picture(
        key=f"reach-map{part}",
        title="Which resources fall, how often and how fast" + part.replace("-", ", part "),
        alt=_reach_alt(rows),
        caption="Share of campaigns that reach a resource, its 95 % interval, and the median time after entry;"
        f" darker falls more often. Of one replication with {closeup.campaigns} campaigns."
        f" Resources are ordered by what thieves win by them; those that always fall alike stand in one row.{rest}",
        draw=lambda: alone(draw, height=_HEAD + _ROW * n_rows + _CLASS * n_classes),
        table=_reach_behind(rows),
    )


def _reach_alt(rows: pl.DataFrame) -> str:
    """The resource that falls most often, and by which path; the one that falls least."""
    ordered = rows.sort(["share", "sensitivity"], descending=True, maintain_order=True).rows(named=True)
    most, least = ordered[0], ordered[-1]
    after = f", half of them within {number(most['median_s'], 's')}" if most["median_s"] is not None else ""
    by = f" Most take this path: {most['path']}." if most["path"] else ""
    return (
        f"Most often falls {_with_others(most)} under {most['strategy']}: to {number(most['share'], '%')} of"
        f" campaigns{after}; least often {_with_others(least)} under {least['strategy']}:"
        f" to {number(least['share'], '%')}.{by}"
    )


def _with_others(row: dict[str, Any]) -> str:
    """A resource, and how many always fall as it does."""
    more = row["resources"] - 1
    return str(row["resource"]) + (f" and {more:,} more" if more else "")


def _reach_behind(rows: pl.DataFrame) -> pl.DataFrame:
    """The map as a table for people, with the commonest paths."""
    told = [
        {
            "resource": _with_others(row),
            "class": row["class"],
            "environment": row["environment"],
            "strategy": row["strategy"],
            "reached by": _with(row["share"], row["share_low"], row["share_high"], "%"),
            "median time": _with(row["median_s"], row["median_low_s"], row["median_high_s"], "s"),
            "commonest path": row["path"] or "",
            "taken by": number(row["path_share"], "%") if row["path_share"] is not None else "",
        }
        for row in rows.iter_rows(named=True)
    ]
    return pl.DataFrame(told)


def _with(mean: float | None, low: float | None, high: float | None, unit: str) -> str:
    if mean is None:
        return ""
    ends = interval(low, high, unit) if low is not None and high is not None else ""
    return number(mean, unit) + (f" ({ends})" if ends else "")


def _lives(closeup: Closeup, looks: Mapping[str, Look], hypothetical: Collection[str]) -> Picture:
    draw = partial(draw_life, table=closeup.lives, looks=looks, hypothetical=hypothetical)
    untaken = closeup.lives.filter(pl.col("chosen") == MEDIAN_OVERHANG)["strategy"].unique(maintain_order=True)
    without = f" (nothing was taken under {', '.join(untaken)}: the one with the median overhang)"
    return Picture(
        key="life-of-a-credential",
        title="The life of one credential",
        alt=_lives_alt(closeup.lives, hypothetical),
        caption="Shaded: honoured although its work is done. Of all thefts of one replication the one whose credential"
        f" is honoured for the median time afterwards{without if len(untaken) else ''}.",
        draw=lambda: alone(draw, height=0.8 + _LANE * len(lanes(closeup.lives))),
        table=_lives_behind(closeup.lives),
    )


def _lives_alt(table: pl.DataFrame, hypothetical: Collection[str]) -> str:
    told: dict[str, str] = {}
    for lane in lanes(table):
        name = marked(lane.strategy, hypothetical=lane.strategy in hypothetical)
        use = f"{name} has work for {number(lane.purpose_end, 's')} and is honoured"
        over = None if lane.honoured_until is None else lane.honoured_until - lane.purpose_end
        rest = "for ever" if over is None else f"for {number(over, 's')} more" if over > 0 else "no longer"
        told.setdefault(lane.strategy, f"under {use} {rest}")
    shown = list(told.values())
    some = f" ({LISTED} of {len(shown)} strategies)" if len(shown) > LISTED else ""
    return f"One credential of each strategy{some}: {'; '.join(shown[:LISTED])}."


def _lives_behind(table: pl.DataFrame) -> pl.DataFrame:
    """The lives as a table for people: of uses at one verifier the first and the last, and how many there are."""
    times = table.group_by("strategy", "event", "verifier", maintain_order=True).agg(
        pl.col("credential", "identity").first(), pl.len(),
        pl.col("after_s").first().alias("first"), pl.col("after_s").last().alias("last"),
    )  # fmt: skip
    told = [
        {
            "strategy": row["strategy"],
            "credential": f"credential-{row['credential']} of {row['identity']}",
            "event": row["event"] + (f", {row['len']:,} times" if row["len"] > 1 else ""),
            "after its issue": _span(row["first"], row["last"]),
            "verifier": row["verifier"] or "",
        }
        for row in times.iter_rows(named=True)
    ]
    return pl.DataFrame(told)


def _span(first: float | None, last: float | None) -> str:
    if first is None or last is None:
        return "never"
    return number(first, "s") if first == last else f"{number(first, 's')} to {number(last, 's')}"
