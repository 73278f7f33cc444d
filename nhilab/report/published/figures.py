"""Figures of the published answers."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from nhilab.report.drawing.drawing import Draw
from nhilab.report.drawing.ticks import label_ticks
from nhilab.report.figures.comparison import draw_comparison
from nhilab.report.figures.factorial import draw_factorial
from nhilab.report.figures.sweep import curves, draw_sweep
from nhilab.report.tables.sweep import heading
from nhilab.study.published.answers import SHOWN, Answers, Lifetime


def draw_answers(answers: Answers) -> tuple[Draw, Draw, Draw]:
    """What draws the figures of the controls, the session and the lifetimes."""
    return (
        lambda: draw_factorial(answers.controls),
        lambda: draw_comparison(answers.session),
        lambda: draw_lifetimes(answers.lifetimes),
    )


def draw_lifetimes(lifetimes: Sequence[Lifetime]) -> Figure:
    """A column for each form of work: what its access window and its failed tasks do as the lifetime grows."""
    figure = Figure(figsize=(4.0 * len(lifetimes), 6.4), layout="constrained")
    panels = figure.subplots(len(SHOWN), len(lifetimes), squeeze=False)
    for row, key in zip(panels, SHOWN, strict=True):
        for axes, lifetime in zip(row, lifetimes, strict=True):
            draw_sweep(axes, curves(lifetime.sweep, key))
            axes.set_title(f"{lifetime.scenario.name}: {heading(key)}", fontsize="medium")
            axes.set_xlabel("lifetime")
            if key.endswith("_share"):  # the same scale for all forms of work, so that they compare
                axes.set_yscale("linear")
                axes.set_ylim(-0.02, 1.05)
                label_ticks(axes, "y", "%", logarithmic=False)
    return figure
