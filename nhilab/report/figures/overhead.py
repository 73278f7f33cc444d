"""Risk against overhead: what each strategy buys for what it costs."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Final

import numpy as np
import polars as pl
from matplotlib.axes import Axes

from nhilab.report.drawing.palette import GREY, Look, looks_of
from nhilab.report.drawing.points import Point, draw_points
from nhilab.report.figures.comparison import names_of
from nhilab.report.sentences.words import shown_unit
from nhilab.report.tables.sweep import heading
from nhilab.study.designs.dominance import non_dominated

OVERHEADS: Final = ("issuances_per_task", "added_latency_s", "failed_task_share")
"""Metrics of cost that risk is drawn against, one figure each."""


def draw_overhead(
    axes: Axes,
    table: pl.DataFrame,
    *,
    cost: str,
    risk: str = "access_window_s",
    looks: Mapping[str, Look] | None = None,
    hypothetical: Collection[str] = (),
    bounds: Collection[str] = (),
) -> None:
    """Each strategy as a point with both intervals; the line joins those that none beats in both; the corner is best.

    Parameters
    ----------
    axes : Axes
    table : DataFrame
        Columns strategy, metric, mean, low, high, unit, as `Comparison.frame` gives it.
    cost, risk : str
        Metrics of the level and of the upright axis.
    looks : dict of strategy to Look, optional
        By the table's order where none are given.
    hypothetical : collection of str
        Strategies marked as such.
    bounds : collection of str
        Strategies whose risk is a lower bound: an open triangle points upwards.
    """
    names = names_of(table)
    rows = {(r["strategy"], r["metric"]): r for r in table.iter_rows(named=True)}
    drawn = [n for n in names if rows[n, cost]["mean"] is not None and rows[n, risk]["mean"] is not None]

    def unit(key: str) -> str:
        return shown_unit(key, rows[drawn[0], key]["unit"]) if drawn else ""

    joined = frontier_of(table, cost=cost, risk=risk)
    line = sorted((rows[n, cost]["mean"], rows[n, risk]["mean"]) for n in joined)
    axes.plot([x for x, _ in line], [y for _, y in line], color=GREY, linewidth=1, zorder=1, label="_not beaten")
    draw_points(
        axes, [Point(name, rows[name, cost], rows[name, risk]) for name in drawn], looks=looks or looks_of(names),
        units=(unit(cost), unit(risk)), hypothetical=hypothetical, bounds=bounds,
    )  # fmt: skip
    axes.set_xlabel(f"{heading(cost)}, mean")
    axes.set_ylabel(f"{heading(risk)}, mean")
    axes.set_title("Risk against overhead")


def frontier_of(table: pl.DataFrame, *, cost: str, risk: str = "access_window_s") -> list[str]:
    """Strategies that no other is at least as good as in both, and better in one."""
    means = {(r["strategy"], r["metric"]): r["mean"] for r in table.iter_rows(named=True)}
    names = names_of(table)
    values = [[math.nan if means[n, key] is None else means[n, key] for key in (cost, risk)] for n in names]
    best = non_dominated(np.array(values, np.float64).reshape(len(names), 2))
    return [name for name, good in zip(names, best.tolist(), strict=True) if good]
