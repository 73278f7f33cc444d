"""Figure of a sweep: curves with their intervals."""

from __future__ import annotations

import itertools
import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nhilab.base.quantities import NEVER, SECOND
from nhilab.report.drawing.belonging import belongs
from nhilab.report.drawing.palette import Look, looks_of
from nhilab.report.drawing.ticks import SPREAD, label_ticks
from nhilab.report.sentences.notes import at_least
from nhilab.report.sentences.words import marked, shown_unit
from nhilab.report.tables.sweep import heading, short_names
from nhilab.study.experiments.sweep import Sweep
from nhilab.study.experiments.vary import Axis

_GAP: Final = 0.15
"""How far nought and never lie from the other values, as a share of these."""
_SIGN: Final = 0.028
_LABEL: Final = 12
"""Width of a letter, as a share of the axis, and letters in a line below it."""
_ASIDE: Final = 0.008
"""How far one line is drawn beside the other, as a share of the axis."""


def draw_curves(sweep: Sweep) -> Figure:
    """A panel for each metric; a line for each strategy at each value of all paths but the first."""
    n = len(sweep.metrics)
    columns = min(n, 3)
    rows = math.ceil(n / columns)
    figure = Figure(figsize=(max(4.0 * columns, 5.0), 3.3 * rows + 0.5), layout="constrained")
    panels: list[Axes] = list(figure.subplots(rows, columns, squeeze=False).flat)
    for panel, key in itertools.zip_longest(panels, sweep.metrics):
        if key is None:
            panel.set_axis_off()
            continue
        draw_sweep(panel, curves(sweep, key))
        panel.set_xlabel(short_names(axis.path for axis in sweep.axes)[0])
        panel.set_title(heading(key))
    handles, labels = panels[0].get_legend_handles_labels()
    beside = panels[n] if n < len(panels) else None
    if beside is not None:
        beside.legend(handles, labels, frameon=False, loc="center left", fontsize="small")
    else:
        figure.legend(handles, labels, frameon=False, loc="outside lower center", ncols=3, fontsize="small")
    return figure


def curves(sweep: Sweep, key: str) -> pl.DataFrame:
    """What `draw_sweep` draws of one metric.

    Parameters
    ----------
    sweep : Sweep
    key : str

    Returns
    -------
    DataFrame
        Columns line, value (as written), x (where it is drawn), joined (whether it lies on a scale with the others),
        mean, low, high, bound (the mean is a lower bound), unit, strategy.
    """
    first, rest = sweep.axes[0], short_names(axis.path for axis in sweep.axes)[1:]
    where = places(first)
    rows: list[tuple[Any, ...]] = []
    for name, found in sweep.estimates.items():
        for point, by_key in zip(sweep.points, found, strict=True):
            others = ", ".join(f"{axis} = {value}" for axis, value in zip(rest, point[1:], strict=True))
            strategy = marked(name, hypothetical=name in sweep.hypothetical)
            line = others if others and len(sweep.estimates) == 1 else ", ".join(filter(None, (strategy, others)))
            estimate, (x, joined) = by_key[key], where[first.written.index(point[0])]
            numbers = (v if math.isfinite(v) else None for v in estimate[:3])
            unit = shown_unit(key, estimate.unit)
            rows.append((line, point[0], x, joined, *numbers, at_least(by_key, key), unit, name))
    names = ("x", "mean", "low", "high")
    schema = {"line": pl.String, "value": pl.String, "x": pl.Float64, "joined": pl.Boolean}
    return pl.DataFrame(
        rows, schema={**schema, **dict.fromkeys(names[1:], pl.Float64), "bound": pl.Boolean, "unit": pl.String,
                      "strategy": pl.String},
        orient="row",
    )  # fmt: skip


def places(axis: Axis) -> list[tuple[float, bool]]:
    """Where values are drawn, and whether on a scale: lengths and wide numbers by their logarithms, others in order.

    Nought lies before all others, never after them; neither is on the scale.

    Examples
    --------
    >>> places(Axis("ttl", ("1s", "10s", "100s", "never"), ("1s", "10s", "100s", "never")))
    [(0.0, True), (1.0, True), (2.0, True), (2.3, False)]
    """
    lengths, numbers = axis.lengths(), axis.numbers()
    values = [value / SECOND for value in lengths] if lengths is not None else list(numbers or ())
    finite = [value for value in values if 0 < value < NEVER / SECOND]
    wide = lengths is not None or (finite and min(values) >= 0 and max(finite) / min(finite) >= SPREAD)
    if not values or not finite:
        return [(float(i), False) for i in range(len(axis.values))]
    if not wide:
        return [(value, True) for value in values]
    low, high = math.log10(min(finite)), math.log10(max(finite))
    gap = max(_GAP * (high - low), 0.1)
    return [
        (low - gap, False) if value <= 0 else (high + gap, False) if value >= NEVER / SECOND
        else (math.log10(value), True)
        for value in values
    ]  # fmt: skip


def draw_sweep(axes: Axes, table: pl.DataFrame, *, looks: Mapping[str, Look] | None = None) -> None:
    """One metric against what was varied, a line for each strategy, each point with its interval.

    Parameters
    ----------
    axes : Axes
    table : DataFrame
        As `curves` makes it. Values on no common scale are not joined; a mean that is a lower bound points upwards.
    looks : dict of line to Look, optional
        By the table's order where none are given.
    """
    wide = _wide(table["mean"].drop_nulls().to_list())
    names = table["line"].unique(maintain_order=True).to_list()
    looks = looks or looks_of(names)
    across = _number(table["x"].max()) - _number(table["x"].min())
    apart = _ASIDE * across if table["joined"].any() else 0.5 / len(names)
    for position, name in enumerate(names):
        aside = (position - (len(names) - 1) / 2) * apart  # or equal lines would hide each other
        rows = table.filter(pl.col("line") == name).drop_nulls("mean").sort("x").with_columns(pl.col("x") + aside)
        joined = rows.filter(pl.col("joined"))
        look = looks[name]
        line = axes.plot(
            joined["x"].to_numpy(), joined["mean"].to_numpy(), linewidth=1.2, color=look.colour, linestyle=look.line
        )
        points = axes.errorbar(
            rows["x"].to_numpy(), rows["mean"].to_numpy(), yerr=_arms(rows), fmt=look.marker, color=look.colour,
            capsize=3, markersize=4, label=name,
        )  # fmt: skip
        bounds = rows.filter(pl.col("bound"))
        open_ones = axes.plot(
            bounds["x"].to_numpy(), bounds["mean"].to_numpy(), "^", color=look.colour, fillstyle="none", markersize=9
        )
        for strategy in rows["strategy"].unique():
            belongs(strategy, points, *line, *open_ones)
    if wide:
        axes.set_yscale("log")
    elif _number(table["mean"].min()) >= 0 and _number(table["high"].fill_null(table["mean"]).max()) > 0:
        axes.set_ylim(bottom=0)
    _ticks(axes, table)
    label_ticks(axes, "y", table["unit"][0], logarithmic=wide)


def _wide(means: Sequence[float]) -> bool:
    return bool(means) and min(means) > 0 and max(means) / min(means) >= SPREAD


def _number(value: object) -> float:
    """A number of a column's summary; NaN of an empty one."""
    return float(value) if isinstance(value, int | float) else math.nan


def _arms(rows: pl.DataFrame) -> list[list[float]]:
    """Lengths of the error bars; 0 where there is no interval."""
    means = rows["mean"].to_list()
    lows, highs = (rows[end].fill_null(rows["mean"]).to_list() for end in ("low", "high"))
    return [[max(m - low, 0.0) for m, low in zip(means, lows, strict=True)],
            [max(high - m, 0.0) for m, high in zip(means, highs, strict=True)]]  # fmt: skip


def _ticks(axes: Axes, table: pl.DataFrame) -> None:
    """A tick at each value, without those that would run into the one before."""
    values = table.select("x", "value").unique(maintain_order=True).sort("x").rows()
    across = values[-1][0] - values[0][0]
    shown: list[tuple[float, str]] = []
    for x, text in values:
        signs = min(len(text), _LABEL) + min(len(shown[-1][1]), _LABEL) if shown else 0
        if x - (shown[-1][0] if shown else -math.inf) >= across * _SIGN * signs / 2:
            shown.append((x, text))
    axes.set_xticks([x for x, _ in shown], [textwrap.fill(text, _LABEL) for _, text in shown])
    axes.set_xticks([], minor=True)
