"""Sensitivity indices as figures."""

from __future__ import annotations

from typing import Any, Final

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nhilab.report.drawing.palette import CORE, GREY, HALO, HATCHES, colour
from nhilab.report.drawing.scale import scale_of
from nhilab.report.drawing.whiskers import whisker
from nhilab.study.experiments.sensitivity import Sensitivity

BARS: Final = {"mu_star": "mu_star, mean size of the effect", "S1": "S1, alone", "ST": "ST, with interactions"}
"""Indices drawn as bars, and how the legend names them."""


def draw_sensitivity(axes: Axes, table: pl.DataFrame) -> None:
    """Bars of the indices of one metric with their intervals, inputs in the table's order; sigma of Morris as dots.

    Parameters
    ----------
    axes : Axes
    table : DataFrame
        Rows of one metric of `Sensitivity.frame`.
    """
    inputs = table["input"].unique(maintain_order=True).to_list()
    scale, unit = scale_of(table.to_dicts())
    found = {(row["input"], row["index"]): _scaled(row, scale) for row in table.to_dicts()}
    shown = [index for index in BARS if (inputs[0], index) in found]
    height = 0.7 / len(shown)
    for position, index in enumerate(shown):
        places = [i + (position - (len(shown) - 1) / 2) * height for i in range(len(inputs))]
        rows = [found[name, index] for name in inputs]
        axes.barh(
            places, [row["mean"] or 0.0 for row in rows], height, color=colour(position), hatch=HATCHES[position],
            edgecolor=HALO, linewidth=0, label=BARS[index],
        )  # fmt: skip
        for place, row in zip(places, rows, strict=True):
            whisker(axes, row["low"], row["high"], place)
    sigmas = [(i, found[name, "sigma"]["mean"]) for i, name in enumerate(inputs) if (name, "sigma") in found]
    known = [(i, sigma) for i, sigma in sigmas if sigma is not None]
    if known:
        axes.plot(
            [s for _, s in known], [i for i, _ in known], "D", color=CORE, markeredgecolor=HALO, zorder=5,
            label="sigma, its spread",
        )  # fmt: skip
    axes.set_yticks(range(len(inputs)), [_two_lines(name) for name in inputs], fontsize=8)
    axes.invert_yaxis()
    axes.axvline(0, color=GREY, linewidth=0.8)
    axes.legend(frameon=False, fontsize=8)
    axes.set_xlabel("share of variance" if "ST" in shown else f"effect over the whole range, {unit}")
    axes.set_title(table["metric"][0])
    axes.spines[["top", "right"]].set_visible(False)


def draw_responses(study: Sensitivity) -> Figure:
    """The indices of every metric, side by side.

    Parameters
    ----------
    study : Sensitivity

    Returns
    -------
    Figure
    """
    table, metrics = study.frame(), list(study.responses)
    figure = Figure(figsize=(5.5 * max(len(metrics), 1) + 1, 1.6 + 0.6 * len(study.inputs)), layout="constrained")
    for axes, metric in zip(figure.subplots(1, len(metrics), squeeze=False)[0], metrics, strict=True):
        draw_sensitivity(axes, table.filter(pl.col("metric") == metric))
    return figure


def _scaled(row: dict[str, Any], scale: float) -> dict[str, Any]:
    return {name: None if row[name] is None else row[name] / scale for name in ("mean", "low", "high")}


def _two_lines(name: str) -> str:
    """A key path in two lines, if it is long."""
    before, _, after = name.rpartition(".")
    return f"{before}.\n{after}" if len(name) > 24 and before else name
