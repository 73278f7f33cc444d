"""Axes that people read: round lengths of time, per cent, and a logarithm only where values spread widely."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final, Literal

from matplotlib.axes import Axes
from matplotlib.axis import Axis

from nhilab.report.sentences.words import number

TICKS: Final = {
    1.0: "1s", 10.0: "10s", 60.0: "1m", 600.0: "10m", 3600.0: "1h", 21_600.0: "6h", 86_400.0: "1d",
    604_800.0: "7d", 2_592_000.0: "30d", 31_536_000.0: "1y",
}  # fmt: skip
ROUND: Final = (
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
    10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000, 31_536_000,
)  # fmt: skip
"""Round lengths, in s."""
SPREAD: Final = 20.0
"""Ratio from which values are drawn on a logarithmic axis."""
ROOM: Final = 0.09
"""How far apart the logarithms of ticks are at least, as a share of the axis."""
_FROM_NOUGHT: Final = 0.13
_FEWEST: Final = 6
_BEYOND: Final = 1.8

Side = Literal["x", "y"]


def fit_axis(axes: Axes, side: Side, means: Iterable[float | None], ends: Iterable[float | None], unit: str) -> None:
    """Fit one axis to what it shows, all of it at or above nought.

    Linear from nought; where positive means spread over more than a factor of 20, by their logarithm, with nought at
    its lower end if any mean is nought.

    Parameters
    ----------
    axes : Axes
    side : str
        ``"x"`` or ``"y"``.
    means, ends : iterable of float or None
        What decides about the logarithm, and ends of intervals, which may reach below a logarithmic axis.
    unit : str
        As `shown_unit` gives it.
    """
    known, outer = _finite(means), _finite(ends)
    positive = [value for value in known if value > 0]
    most = max([*known, *outer], default=0.0)
    if not positive or max(positive) <= SPREAD * min(positive):
        axes.set(**{f"{side}scale": "linear", f"{side}lim": (0.0, 1.12 * most if most > 0 else 1.0)})
        label_ticks(axes, side, unit)
        return
    least = min(positive)
    if min(known) > 0:
        lowest = min([least, *(end for end in outer if end > least / SPREAD)])
        axes.set(**{f"{side}scale": "log", f"{side}lim": (lowest / _BEYOND, most * _BEYOND)})
    else:
        change = axes.set_xscale if side == "x" else axes.set_yscale
        change("symlog", linthresh=least, linscale=0.5)
        axes.set(**{f"{side}lim": (-0.15 * least, most * _BEYOND)})
    label_ticks(axes, side, unit, logarithmic=True)


def _finite(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None and math.isfinite(value)]


def label_ticks(axes: Axes, side: Side, unit: str, *, logarithmic: bool = False) -> None:
    """Write the values of an axis as people read them: round lengths, per cent, or numbers."""
    axis = axes.xaxis if side == "x" else axes.yaxis
    low, high = axes.get_xlim() if side == "x" else axes.get_ylim()
    ticks: list[float] = []
    if unit == "s" and logarithmic:
        ticks = round_lengths(low, high) if low > 0 else _from_nought(axis, high)
    elif unit == "s":
        step = next((s for s in ROUND if (high - low) / s <= _FEWEST), ROUND[-1])
        ticks = [k * step for k in range(math.ceil(low / step), math.floor(high / step) + 1)]
    if len(ticks) > 1:
        axis.set_ticks(ticks, [number(tick, unit) for tick in ticks])
        axis.set_ticks([], minor=True)
    elif unit != "s":
        axis.set_major_formatter(lambda value, _: number(value, unit))


def _from_nought(axis: Axis, high: float) -> list[float]:
    """Nought and round lengths on an axis that becomes logarithmic further on, as many as have room."""
    place = axis.get_transform().transform
    shown = [0.0]
    for length in ROUND:
        if length <= high and place(length) - place(shown[-1]) >= _FROM_NOUGHT * place(high):
            shown.append(length)
    return shown


def time_ticks(axes: Axes, side: Side) -> None:
    """Well-known lengths of time on an axis, where at least two lie on it."""
    axis = axes.xaxis if side == "x" else axes.yaxis
    low, high = axes.get_xlim() if side == "x" else axes.get_ylim()
    shown = {time: text for time, text in TICKS.items() if low <= time <= high}
    if len(shown) > 1:
        axis.set_ticks(list(shown), list(shown.values()))
        axis.set_ticks([], minor=True)


def round_lengths(low: float, high: float) -> list[float]:
    """Round lengths (s) between two, as many as have room on a logarithmic axis.

    Examples
    --------
    >>> round_lengths(50.0, 4000.0)
    [60, 120, 300, 600, 900, 1800, 3600]
    """
    shown: list[float] = []
    for length in ROUND:
        if low <= length <= high and (not shown or math.log(length / shown[-1]) >= ROOM * math.log(high / low)):
            shown.append(length)
    return shown
