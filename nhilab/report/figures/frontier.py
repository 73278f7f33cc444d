"""The frontier of a space, drawn: risk against overhead."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nhilab.metrics.catalogue import METRICS
from nhilab.metrics.observation import Metric
from nhilab.report.drawing.palette import colour
from nhilab.report.drawing.ticks import Side, fit_axis
from nhilab.report.sentences.words import shown_unit
from nhilab.report.tables.frontier import heading
from nhilab.study.designs.dominance import non_dominated
from nhilab.study.designs.frontier import Frontier
from nhilab.study.designs.objective import improving

RISKS: Final = 2
"""Rows of panels at most."""

COSTS: Final = 3
"""Columns of panels at most."""

LISTED: Final = 16
"""Designs named beside the panels at most."""

_GREY: Final = "#9a9a9a"
_PALEST: Final = 0.2
_SPOTS: Final = 30
_TOGETHER: Final = 4


def frontier_table(frontier: Frontier, risk: str, cost: str) -> pl.DataFrame:
    """Designs within the limits, as a panel takes them.

    Parameters
    ----------
    frontier : Frontier
    risk, cost : str
        Objectives.

    Returns
    -------
    DataFrame
        Columns place (as in the terminal's table; null for others), design, on_frontier, membership, linked (no
        other is better in these two), risk and cost with their ends.
    """
    places = {row.design.name: place for place, row in enumerate(frontier.distinct, 1)}
    rows = [
        (
            places.get(row.design.name), row.design.name, row.on_frontier, row.membership,
            *row.estimates[risk][:3], *row.estimates[cost][:3],
        )
        for row in frontier.rows
        if row.within_limits
    ]  # fmt: skip
    ends = [f"{axis}{end}" for axis in ("risk", "cost") for end in ("", "_low", "_high")]
    kinds = {"place": pl.Int64, "design": pl.String, "on_frontier": pl.Boolean, "membership": pl.Float64}
    table = pl.DataFrame(rows, schema={**kinds, **dict.fromkeys(ends, pl.Float64)}, orient="row")
    both = table.select("risk", "cost").to_numpy() * improving((risk, cost))
    return table.with_columns(pl.Series("linked", non_dominated(both).tolist(), dtype=pl.Boolean))


def draw_frontier(axes: Axes, table: pl.DataFrame, *, risk: str, cost: str) -> None:
    """Risk against overhead, one dot for each design; nearer the corner is better.

    Those of the frontier in colour, the darker the surer, with intervals; the others grey; those that none beats in
    the two objectives shown linked by a line. Numbers are those of the terminal's table.

    Parameters
    ----------
    axes : Axes
    table : DataFrame
        As `frontier_table` makes it.
    risk, cost : str
        Keys of the axes.
    """
    drawn = table.filter(pl.col("risk").is_finite() & pl.col("cost").is_finite())
    others = drawn.filter(~pl.col("on_frontier"))
    axes.plot(others["cost"], others["risk"], "o", color=_GREY, markersize=4, markeredgewidth=0, alpha=0.6, zorder=1)
    linked = drawn.filter(pl.col("linked")).sort("cost", "risk")
    axes.plot(linked["cost"], linked["risk"], color=colour(0), linewidth=1, alpha=0.5, zorder=2)
    for row in drawn.filter(pl.col("on_frontier")).sort("membership").iter_rows(named=True):
        sure = 1.0 if math.isnan(row["membership"]) else max(row["membership"], _PALEST)
        axes.errorbar(
            row["cost"], row["risk"], xerr=_arms(row, "cost"), yerr=_arms(row, "risk"), fmt="o", color=colour(0),
            alpha=sure, markersize=5, markeredgewidth=0, capsize=2, linewidth=0.8, zorder=3,
        )  # fmt: skip
    axes.set_xlabel(_named(cost))
    axes.set_ylabel(_named(risk))
    _scale(axes, drawn, risk, cost)
    _numbers(axes, drawn.drop_nulls("place"))


def draw_frontiers(frontier: Frontier) -> Figure:
    """Each measure of risk against each overhead, with the names of the designs that are numbered."""
    risks, costs = sides(frontier.objectives)
    figure = Figure(figsize=(3.4 * len(costs) + 3.2, 3.3 * len(risks)), layout="constrained")
    grid = figure.add_gridspec(len(risks), len(costs) + 1, width_ratios=[*[1.0] * len(costs), 0.85])
    lines = [f"{place:>2}  {row.design.name}" for place, row in enumerate(frontier.distinct, 1)]
    for i, risk in enumerate(risks):
        for j, cost in enumerate(costs):
            table = frontier_table(frontier, risk, cost)
            draw_frontier(figure.add_subplot(grid[i, j]), table, risk=risk, cost=cost)
    beside = figure.add_subplot(grid[:, -1])
    beside.set_axis_off()
    more = [f"and {len(lines) - LISTED} more"] if len(lines) > LISTED else []
    text = "\n".join([*lines[:LISTED], *more, "", "blue: on the frontier of all", "objectives, darker if surer"])
    beside.text(0, 1, text, va="top", fontsize=7.5, transform=beside.transAxes)
    return figure


def sides(objectives: Sequence[str]) -> tuple[list[str], list[str]]:
    """Objectives for the vertical and the horizontal axes: risks and costs, or the first and the others.

    Examples
    --------
    >>> sides(["access_window_s_p95", "reach", "issuances_per_task"])
    (['access_window_s_p95', 'reach'], ['issuances_per_task'])
    """
    kind = {key: _metric(key).kind for key in objectives}
    risks = [key for key in objectives if kind[key] == "risk"]
    costs = [key for key in objectives if kind[key] == "cost"]
    return (risks[:RISKS], costs[:COSTS]) if risks and costs else ([objectives[0]], list(objectives[1:])[:COSTS])


def _numbers(axes: Axes, members: pl.DataFrame) -> None:
    """The numbers of members beside their dots; those of dots that would cover each other in one place."""
    spots: dict[tuple[int, int], list[dict[str, float]]] = {}
    for row in members.sort("place").iter_rows(named=True):
        across, up = axes.transLimits.transform(axes.transScale.transform((row["cost"], row["risk"])))
        spots.setdefault((round(across * _SPOTS), round(up * _SPOTS)), []).append(row)
    for rows in spots.values():
        places = [str(row["place"]) for row in rows]
        text = " ".join(places[:_TOGETHER]) + (" …" if len(places) > _TOGETHER else "")
        spot = rows[0]["cost"], rows[0]["risk"]
        axes.annotate(text, spot, (3, 3), textcoords="offset points", fontsize=8)


def _arms(row: dict[str, float], axis: str) -> list[list[float]] | None:
    mean, low, high = row[axis], row[f"{axis}_low"], row[f"{axis}_high"]
    return [[max(mean - low, 0.0)], [max(high - mean, 0.0)]] if math.isfinite(low) and math.isfinite(high) else None


def _scale(axes: Axes, drawn: pl.DataFrame, risk: str, cost: str) -> None:
    """Axes that hold all designs and the intervals of those on the frontier."""
    members = drawn.filter(pl.col("on_frontier"))
    sides: tuple[tuple[Side, str, str], ...] = (("x", cost, "cost"), ("y", risk, "risk"))
    for side, key, column in sides:
        ends = [end for name in ("low", "high") for end in members[f"{column}_{name}"].to_list()]
        fit_axis(axes, side, drawn[column].to_list(), ends, shown_unit(key, _metric(key).unit))


def _metric(key: str) -> Metric:
    return METRICS.get(key) or METRICS[key.rpartition("_p")[0]]


def _named(key: str) -> str:
    unit = {"1": "", "1/task": "", "s": ""}.get(_metric(key).unit, _metric(key).unit)
    return heading(key) + (f" ({unit})" if unit and unit.split()[0] not in heading(key) else "")
