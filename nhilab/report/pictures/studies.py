"""Pictures of sweeps, factorials and frontiers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Final

import polars as pl
from matplotlib.axes import Axes

from nhilab.report.drawing.frames import alone
from nhilab.report.drawing.palette import Look, looks_of
from nhilab.report.figures.factorial import draw_interactions, draw_shapley
from nhilab.report.figures.frontier import draw_frontier, frontier_table, sides
from nhilab.report.figures.sweep import curves, draw_sweep
from nhilab.report.pictures.picture import Picture
from nhilab.report.pictures.words import listed
from nhilab.report.sentences.words import interval, marked, number
from nhilab.report.tables.factorial import sentence
from nhilab.report.tables.sweep import heading, short_names
from nhilab.study.designs.frontier import Frontier
from nhilab.study.experiments.effects import Factorial
from nhilab.study.experiments.sweep import Sweep

_LINES: Final = 4
"""Lines of a sweep told one by one at most."""


def sweep_pictures(sweep: Sweep, strategies: Iterable[str] = ()) -> tuple[Picture, ...]:
    """The curves of a sweep, one picture for each metric.

    Parameters
    ----------
    sweep : Sweep
    strategies : iterable of str
        Of the scenario, in its order, where colours are to be those of its other pictures.
    """
    looks = looks_of([*strategies, *sweep.estimates])
    return tuple(picture for key in sweep.metrics if (picture := _curves(sweep, key, looks)) is not None)


def factorial_pictures(factorial: Factorial) -> tuple[Picture, ...]:
    """What each control bought, and how controls need each other: two pictures for each metric."""
    table = factorial.frame()
    pictures = []
    for metric in factorial.effects:
        rows = table.filter(pl.col("metric") == metric)
        if any(row["mean"] is not None for row in rows.filter(pl.col("quantity") == "bought").iter_rows(named=True)):
            pictures += _controls(factorial, metric, rows)
    return tuple(pictures)


def frontier_pictures(frontier: Frontier) -> tuple[Picture, ...]:
    """Each measure of risk against each overhead, with the designs behind the numbers as a table."""
    risks, costs = sides(frontier.objectives)
    return tuple(_frontier(frontier, risk, cost) for risk in risks for cost in costs)


def _key(*words: str) -> str:
    return "-".join(words).replace(" ", "-").lower()


def _curves(sweep: Sweep, key: str, looks: Mapping[str, Look]) -> Picture | None:
    table = curves(sweep, key)
    if table["mean"].null_count() == len(table):
        return None
    what, path = heading(key), short_names(axis.path for axis in sweep.axes)[0]
    shown = {marked(n, hypothetical=n in sweep.hypothetical): look for n, look in looks.items()}
    by_strategy = set(table["line"]) <= shown.keys()

    def draw(axes: Axes) -> None:
        draw_sweep(axes, table, looks=shown if by_strategy else None)
        axes.set_xlabel(path)
        axes.set_ylabel(f"{what}, mean")
        axes.legend(frameon=False)

    return Picture(
        key=_key("sweep", what),
        title=f"{what.capitalize()} against {path}",
        alt=_curves_alt(table, what, path),
        caption="Where a curve bends, a little more buys much. Bars are 95 % intervals; values off the scale stand"
        " apart." + (" Open triangles: the mean is a lower bound." if table["bound"].any() else ""),
        draw=lambda: alone(draw, height=3.3),
    )


def _curves_alt(table: pl.DataFrame, what: str, path: str) -> str:
    told = []
    lines = table["line"].unique(maintain_order=True).to_list()
    for line in lines[:_LINES]:
        rows = table.filter(pl.col("line") == line).drop_nulls("mean").sort("x").rows(named=True)
        if rows:
            ends = [rows[0], rows[-1]] if len(rows) > 1 else rows
            told.append(f"{line}: " + ", ".join(f"{_value(row)} at {row['value']}" for row in ends))
    more = f" {len(lines) - _LINES} more lines are drawn." if len(lines) > _LINES else ""
    return f"Mean {what} as {path} changes. {'; '.join(told)}.{more}"


def _value(row: Mapping[str, float | str | None]) -> str:
    unit, (mean, low, high) = str(row["unit"]), (row[end] for end in ("mean", "low", "high"))
    bound = "at least " if row["bound"] else ""
    ends = interval(float(low), float(high), unit) if low is not None and high is not None else ""
    return bound + (number(float(mean), unit) if mean is not None else "") + (f" ({ends})" if ends else "")


def _controls(factorial: Factorial, metric: str, rows: pl.DataFrame) -> list[Picture]:
    what, n = heading(metric), len(factorial.controls)
    effects = rows.filter((pl.col("quantity") == "effect") & (pl.col("order") == 2)).drop_nulls("mean")
    drawn = [
        Picture(
            key=_key("bought", what),
            title=f"What each control buys of {what}",
            alt=sentence(factorial, metric),
            caption="Shapley values: each control's part of what all buy together, in whatever order they come."
            " Lines are 95 % intervals; one that crosses nought may have bought nothing.",
            draw=lambda: alone(partial(draw_shapley, table=rows), height=1.1 + 0.4 * n),
        )
    ]
    if len(effects):
        drawn.append(
            Picture(
                key=_key("interactions", what),
                title=f"How controls need each other for {what}",
                alt=_interactions_alt(effects, what),
                caption="On the diagonal what a control does alone, beside it what two do together beyond that; blue"
                " lowers the metric. What is in brackets cannot be told from nought.",
                draw=lambda: alone(partial(draw_interactions, table=rows), height=1.4 + 0.5 * n),
            )
        )
    return drawn


def _interactions_alt(effects: pl.DataFrame, what: str) -> str:
    rows = effects.rows(named=True)
    resolved = [r for r in rows if r["low"] is not None and not r["low"] <= 0 <= r["high"]]
    if not resolved:
        return f"No interaction of two controls in {what} can be told from nought."
    most = max(resolved, key=lambda row: abs(row["mean"]))
    return (
        f"Of {len(rows)} interactions of two controls in {what} {len(resolved)} can be told from nought; the largest is"
        f" that of {listed(str(most['controls']).split('+'))}, {number(most['mean'], str(most['unit']))}."
    )


def _frontier(frontier: Frontier, risk: str, cost: str) -> Picture:
    table = frontier_table(frontier, risk, cost)
    both = f"{heading(cost)} and {heading(risk)}"
    return Picture(
        key=_key("frontier", heading(risk), "against", heading(cost)),
        title=f"{heading(risk).capitalize()} against {heading(cost)}",
        alt=_frontier_alt(table, both),
        caption="Coloured: on the frontier of all objectives, the darker the surer, with 95 % intervals; grey: other"
        " designs. The line joins those that none beats in these two. Numbers are those of the table.",
        draw=lambda: alone(partial(draw_frontier, table=table, risk=risk, cost=cost), height=3.6),
        table=_designs(frontier),
    )


def _frontier_alt(table: pl.DataFrame, both: str) -> str:
    best = table.filter(pl.col("linked")).sort("cost")["design"].unique(maintain_order=True).to_list()
    if not best:
        return f"No design has both {both}."
    named = listed(best)
    if len(best) > _LINES:
        named = f"{best[0]} (the cheapest), {best[-1]} (the safest) and {len(best) - 2} more"
    return f"Of {len(table)} designs no other beats {named} in {both}."


def _designs(frontier: Frontier) -> pl.DataFrame:
    rows = [(str(place), row.design.name) for place, row in enumerate(frontier.distinct, 1)]
    return pl.DataFrame(rows, schema={"number": pl.String, "design": pl.String}, orient="row")
