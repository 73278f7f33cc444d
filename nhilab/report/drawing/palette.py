"""Colours, markers, lines and hatches: what belongs to a strategy is the same in all figures of one report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

COLOURS: Final = (
    "#0072B2", "#D55E00", "#009E73", "#D273A9", "#9E9752", "#8372EF", "#99503B", "#4D6966",
)  # fmt: skip
"""By order of the strategies.

The first three are of Okabe & Ito's; the others are ours, so that all stand out from white and from a dark page by
3 : 1 (WCAG 2.2, 1.4.11), and any two can be told apart with each kind of colour blindness. Checked by
``tests/unit/report/drawing/test_palette.py``.
"""

STYLES: Final = ("-", "--", "-.", ":")
MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X", "<")
HATCHES: Final = ("", "////", "||||", "xxxx", "\\\\", "++++", "----", "//||")

GREY: Final = "#767676"
"""Text and lines that must be read on white and on black."""

CORE: Final = "#222222"
HALO: Final = "#ffffff"
"""A line over bars: dark with a light rim, so that it shows on any bar and on any ground."""

_CORE_LIGHT: Final = 0x22 / 255


class Look(NamedTuple):
    """How one strategy is drawn, wherever it is."""

    colour: str
    marker: str
    line: str
    hatch: str


def ink_on(ground: Sequence[float]) -> str:
    """Dark or white letters, whichever stand out more from a ground; red, green, blue from 0 to 1.

    Notes
    -----
    Contrast as WCAG 2.2 defines it: relative luminances plus 0.05, divided. Checked by
    ``tests/unit/report/drawing/test_palette.py``.

    Examples
    --------
    >>> ink_on((1.0, 1.0, 1.0)), ink_on((0.0, 0.3, 0.1))
    ('#222222', '#ffffff')
    """
    white, here, dark = (_luminance(colour) + 0.05 for colour in ((1.0,) * 3, ground, (_CORE_LIGHT,) * 3))
    return HALO if white / here > here / dark else CORE


def _luminance(colour: Sequence[float]) -> float:
    """Relative luminance, 0 to 1."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def look(position: int) -> Look:
    """Look of the strategy at a position; two of one colour differ in marker, line and hatch.

    Examples
    --------
    >>> look(0)
    Look(colour='#0072B2', marker='o', line='-', hatch='')
    >>> look(8)
    Look(colour='#0072B2', marker='s', line='--', hatch='////')
    """
    turn = position + position // len(COLOURS)
    return Look(
        COLOURS[position % len(COLOURS)],
        MARKERS[turn % len(MARKERS)],
        STYLES[turn % len(STYLES)],
        HATCHES[turn % len(HATCHES)],
    )


def looks_of(names: Iterable[str]) -> dict[str, Look]:
    """Look of each strategy by its position among all of the scenario, those that are not drawn too."""
    return {name: look(position) for position, name in enumerate(dict.fromkeys(names))}


def colour(position: int) -> str:
    """Colour of the strategy at a position."""
    return COLOURS[position % len(COLOURS)]
