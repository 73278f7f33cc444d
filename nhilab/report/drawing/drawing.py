"""Figures as files and as elements of a page: one style, the same bytes for the same content."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import matplotlib
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import LogFormatter

from nhilab.base.files import whole_file
from nhilab.report.drawing.belonging import without_belonging
from nhilab.report.drawing.palette import GREY

Draw = Callable[[], Figure]
"""Makes a figure; called with the style in force."""

_STYLE: Final[Any] = {
    "svg.hashsalt": "nhilab",
    "svg.fonttype": "path",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    **dict.fromkeys(
        ("text.color", "axes.labelcolor", "axes.edgecolor", "axes.titlecolor", "xtick.color", "ytick.color"), GREY
    ),
}
_LEAVE_OUT: Final = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>|\sxmlns(:\w+)?=\"[^\"]*\"", re.S)

_PATHS: Final = re.compile(r" d=\"[^\"]*\"")
_FINER: Final = re.compile(r"(\.\d\d)\d+")
"""Digits of coordinates beyond a hundredth of a point."""
_IDS: Final = re.compile(r"(\bid=\"|href=\"#|url\(#)")


def svg_element(draw: Draw, *, name: str = "") -> str:
    """A figure as one SVG element for a page, without references to anything outside; letters have the page's ink.

    Parameters
    ----------
    draw : callable
    name : str
        Goes before every id inside, so that several elements of one page share none.
    """
    with matplotlib.rc_context(_STYLE):
        content = io.StringIO()
        _save(draw(), content, "svg")
    element = _LEAVE_OUT.sub("", content.getvalue()).strip().replace(GREY, "currentColor")
    element = _PATHS.sub(lambda path: _FINER.sub(r"\1", path[0]), element)
    return _IDS.sub(rf"\g<1>{name}-", element) if name else element


def write_figure(path: Path, draw: Draw) -> None:
    """Write a figure as .svg or .png, by the name's ending: the same bytes for the same content.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    kind = path.suffix.lower().removeprefix(".")
    with matplotlib.rc_context(_STYLE), whole_file(path) as beside, beside.open("wb") as file:
        figure = draw()
        without_belonging(figure.findobj())
        _save(figure, file, kind)


def _save(figure: Figure, file: Any, kind: str) -> None:
    _as_written(figure)
    if kind == "svg":
        figure.savefig(file, format=kind, transparent=True, metadata={"Date": None, "Creator": None})
    else:
        figure.savefig(file, format=kind, dpi=160, facecolor="white", metadata={"Software": None})


def _as_written(figure: Figure) -> None:
    """Take dollar signs in names for what they are: only numbers of logarithmic axes are set as formulas."""
    for text in figure.findobj(Text):
        text.set_parse_math("mathdefault" in text.get_text())
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        formulas = isinstance(axis.get_major_formatter(), LogFormatter)
        for tick in axis.get_major_ticks(len(axis.get_majorticklocs())):
            tick.label1.set_parse_math(formulas)
