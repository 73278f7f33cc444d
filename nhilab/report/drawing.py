"""Figures as files and as elements of a page: one style, the same bytes for the same content."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import matplotlib
from matplotlib.figure import Figure

from nhilab.base.files import whole_file
from nhilab.report.palette import GREY

Draw = Callable[[], Figure]
"""Makes a figure; called with the style in force."""

_STYLE: Final[Any] = {
    "svg.hashsalt": "nhilab",
    "svg.fonttype": "path",
    "font.size": 10,
    **dict.fromkeys(
        ("text.color", "axes.labelcolor", "axes.edgecolor", "axes.titlecolor", "xtick.color", "ytick.color"), GREY
    ),
}
_LEAVE_OUT: Final = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>|\sxmlns(:\w+)?=\"[^\"]*\"", re.S)


def svg_element(draw: Draw) -> str:
    """A figure as one SVG element for a page, without references to anything outside; letters have the page's ink."""
    with matplotlib.rc_context(_STYLE):
        content = io.StringIO()
        _save(draw(), content, "svg")
    return _LEAVE_OUT.sub("", content.getvalue()).strip().replace(GREY, "currentColor")


def write_figure(path: Path, draw: Draw) -> None:
    """Write a figure as .svg or .png, by the name's ending: the same bytes for the same content.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    kind = path.suffix.lower().removeprefix(".")
    with matplotlib.rc_context(_STYLE), whole_file(path) as beside, beside.open("wb") as file:
        _save(draw(), file, kind)


def _save(figure: Figure, file: Any, kind: str) -> None:
    if kind == "svg":
        figure.savefig(file, format=kind, transparent=True, metadata={"Date": None, "Creator": None})
    else:
        figure.savefig(file, format=kind, dpi=160, facecolor="white", metadata={"Software": None})
