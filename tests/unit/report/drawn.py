"""Tables that figures draw, small enough to be seen through, and what was drawn of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from nhilab.report.figures.decomposition import PARTS

Triple = tuple[float | None, float | None, float | None]
NOTHING: Triple = (None, None, None)
UNITS = {"reach": "resources", "issuances_per_task": "1/task", "failed_task_share": "1"}


def estimates(found: Mapping[str, Mapping[str, Triple]]) -> pl.DataFrame:
    """A table as `Comparison.frame` gives it, from strategy to metric to mean, low and high."""
    rows = [
        (strategy, metric, *values, UNITS.get(metric, "s"))
        for strategy, metrics in found.items()
        for metric, values in metrics.items()
    ]
    schema = {"strategy": pl.String, "metric": pl.String, **dict.fromkeys(("mean", "low", "high"), pl.Float64)}
    return pl.DataFrame(rows, schema={**schema, "unit": pl.String}, orient="row")


def parts(*lengths: float, around: float | None = 1.0) -> dict[str, Triple]:
    """The parts of a window and the whole, each with an interval of so much around it."""
    named = dict(zip(PARTS, lengths, strict=True)) | {"access_window_s": sum(lengths)}
    return {key: (v, *((v - around, v + around) if around is not None else (None, None))) for key, v in named.items()}


def lines(axes: Axes, label: str) -> list[tuple[list[float], list[float]]]:
    """Where the lines of one label run."""
    found = [line for line in axes.lines if line.get_label() == label]
    return [(np.asarray(line.get_xdata()).tolist(), np.asarray(line.get_ydata()).tolist()) for line in found]


def bars(axes: Axes, label: str) -> list[Rectangle]:
    """The bars of one label."""
    inside = [c for c in axes.containers if c.get_label() == label]
    alone = [p for p in axes.patches if isinstance(p, Rectangle) and p.get_label() == label]
    return [bar for container in inside for bar in container if isinstance(bar, Rectangle)] + alone


def ticks(axes: Axes, side: str) -> list[str]:
    """What is written at the ticks of an axis."""
    labels = axes.get_xticklabels() if side == "x" else axes.get_yticklabels()
    return [label.get_text() for label in labels]


def legend(axes: Axes) -> Sequence[str]:
    """What the legend says."""
    found = axes.get_legend()
    return [] if found is None else [text.get_text() for text in found.get_texts()]
