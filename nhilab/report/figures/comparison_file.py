"""The figures of a comparison as a file."""

from __future__ import annotations

from pathlib import Path

from nhilab.report.drawing.drawing import write_figure
from nhilab.report.figures.comparison import draw_comparison
from nhilab.study.comparisons.comparison import Comparison


def write_svg(path: Path, comparison: Comparison) -> None:
    """Write the figures as an SVG file: the same bytes for the same comparison.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    write_figure(path, lambda: draw_comparison(comparison))
