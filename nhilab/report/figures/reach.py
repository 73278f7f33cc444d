"""The reach map: which resources fall under which strategy, how often and how fast."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

import polars as pl
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from nhilab.report.drawing.belonging import belongs
from nhilab.report.drawing.labels import shortened, strategy_label
from nhilab.report.drawing.palette import COLOURS, ink_on
from nhilab.report.sentences.words import NOTHING, interval, number

TOP: Final = 10
"""Rows of a map at most."""

COLUMNS: Final = 6
"""Strategies of a map at most."""

RAMP: Final = LinearSegmentedColormap.from_list("reach", ["#F4F4F6", "#E9C9B4", COLOURS[1], "#7A2E00"])

_OVER: Final = 10
_BESIDE: Final = 17
"""Letters of a line over a column, and beside a row."""

Row = dict[str, Any]


def reach_rows(table: pl.DataFrame, *, top: int = TOP) -> pl.DataFrame:
    """What a reach map draws: the resources that thieves win most by, those that always fall alike in one row.

    Parameters
    ----------
    table : DataFrame
        As `nhilab.study.closeups.reach.reach_table` makes it, of several strategies.
    top : int
        Rows of resources.

    Returns
    -------
    DataFrame
        Its columns with, for each strategy, the resources that weigh most: sensitivity times share, over all resources
        of the row and the mean over the strategies; grouped by class, the heaviest class first. ``resources`` counts
        those of the row; ``resource`` names the first of them. Resources that never fall are not there.
    """
    if not len(table):
        return table.with_columns(resources=pl.lit(1, pl.UInt32), weight=pl.lit(0.0))
    known = ("class", "environment", "sensitivity")
    alike = table.group_by("resource", maintain_order=True).agg(
        *(pl.col(name).first() for name in known), pl.col("campaigns"), pl.col("median_s"),
        (pl.col("share") * pl.col("sensitivity")).mean().alias("weight"),
    )  # fmt: skip
    groups = (
        alike.group_by("class", "sensitivity", "campaigns", "median_s", maintain_order=True)
        .agg(pl.col("resource").first(), pl.len().alias("resources"), pl.col("weight").sum())
        .filter(pl.col("weight") > 0)
        .sort("weight", descending=True, maintain_order=True)
        .head(top)
        .with_columns(pl.col("weight").sum().over("class").alias("of_class"))
        .sort(["of_class", "class", "weight"], descending=[True, False, True], maintain_order=True)
    )
    return groups.select("resource", "resources", "weight").join(table, on="resource", maintain_order="left")


def draw_reach(axes: Axes, table: pl.DataFrame, *, hypothetical: Collection[str] = ()) -> None:
    """A cell for each resource and strategy: share of campaigns that reach it, its interval, median time to it.

    Parameters
    ----------
    axes : Axes
    table : DataFrame
        As `reach_rows` makes it.
    hypothetical : collection of str
        Strategies marked as such.
    """
    strategies = table["strategy"].unique(maintain_order=True).to_list()
    resources = table["resource"].unique(maintain_order=True).to_list()
    rows: dict[tuple[str, str], Row] = {(r["resource"], r["strategy"]): r for r in table.iter_rows(named=True)}
    places = _places([rows[name, strategies[0]] for name in resources])
    for name in resources:
        for column, strategy in enumerate(strategies):
            _cell(axes, rows[name, strategy], column, places[name])
    firsts = [rows[name, strategies[0]] for name in resources]
    heads = {row["class"]: places[row["resource"]] - 0.78 for row in reversed(firsts)}
    axes.set_yticks([*heads.values(), *places.values()], [*heads, *map(_named, firsts)])
    for label in axes.get_yticklabels()[: len(heads)]:
        label.set_fontweight("bold")
    axes.set_xticks(
        range(len(strategies)), [strategy_label(s, hypothetical=s in hypothetical, letters=_OVER) for s in strategies]
    )
    axes.xaxis.tick_top()
    for strategy, label in zip(strategies, axes.get_xticklabels(), strict=True):
        belongs(strategy, label)
    axes.tick_params(length=0)
    axes.set_xlim(-0.5, max(len(strategies), 1) - 0.5)
    axes.set_ylim(max(places.values(), default=0.0) + 0.5, -1.1)
    axes.spines[:].set_visible(False)
    axes.set_title("Which resources fall")


def _places(rows: Sequence[Row]) -> dict[str, float]:
    """Where each resource lies; each class begins with room for its name."""
    places: dict[str, float] = {}
    at, kind = -1.0, None
    for row in rows:
        at += 1.0 if row["class"] == kind else (1.55 if kind is not None else 1.0)
        places[row["resource"]], kind = at, row["class"]
    return places


def _named(row: Row) -> str:
    more = row["resources"] - 1
    name = shortened(row["resource"], _BESIDE)
    return f"{name}\nand {more:,} more" if more else name


def _cell(axes: Axes, row: Row, column: int, place: float) -> None:
    shade = RAMP(float(row["share"]))
    cell = axes.barh(place, 0.94, left=column - 0.47, height=0.92, color=shade, linewidth=0, label="_cell")
    ends = interval(row["share_low"], row["share_high"], "%")
    after = f"after {number(row['median_s'], 's')}" if row["median_s"] is not None else NOTHING
    middle: dict[str, Any] = {"ha": "center", "va": "center", "color": ink_on(shade)}
    share = axes.text(column, place - 0.2, number(row["share"], "%"), fontweight="bold", **middle)
    rest = axes.text(column, place + 0.17, f"{ends}\n{after}", fontsize=8, linespacing=1.1, **middle)
    belongs(row["strategy"], cell, share, rest)
