"""The figures of a comparison as a file."""

from __future__ import annotations

from pathlib import Path

from nhilab.report.drawing import write_figure
from nhilab.report.figures import draw_comparison
from nhilab.study.comparison import Comparison


def write_svg(path: Path, comparison: Comparison) -> None:
    """Write the figures as an SVG file: the same bytes for the same comparison.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    write_figure(path, lambda: draw_comparison(comparison))
