"""Units at the edges: text to microseconds and back."""

from __future__ import annotations

import math
import re
from typing import Final, overload

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
IdArray = NDArray[np.int32]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

NEVER: Final = 2**61
"""The instant that never comes, in µs; sums that reach it stay there (`add`)."""

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

_UNITS: Final = {
    "us": 1, "µs": 1, "ms": 1_000, "s": SECOND, "m": MINUTE, "min": MINUTE,
    "h": HOUR, "d": DAY, "w": 7 * DAY, "y": 365 * DAY,
}  # fmt: skip
_PART: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(us|µs|ms|min|s|m|h|d|w|y)")
_RATE: Final = re.compile(r"^\s*(\d+(?:\.\d+)?(?:e-?\d+)?)\s*/\s*(.+)$")


def parse_duration(text: object) -> int:
    """Length in µs of ``"15m"``, ``"1h30m"``, ``"20ms"``, ``"never"`` or 0.

    Raises
    ------
    ValueError
        If the text is not a non-negative length with a unit.

    Examples
    --------
    >>> parse_duration("1h30m")
    5400000000
    """
    if text == 0 and not isinstance(text, bool):
        return 0
    if isinstance(text, str):
        if text.strip() in ("never", "unlimited"):
            return NEVER
        if text.strip() == "0":
            return 0
        parts = list(_PART.finditer(text))
        if parts and "".join(p.group(0) for p in parts) == text.rstrip():
            lengths = (min(float(p.group(1)) * _UNITS[p.group(2)], NEVER) for p in parts)
            return min(sum(round(length) for length in lengths), NEVER)
    raise ValueError("a length with a unit such as 20ms, 15m, 1h30m or 7d, or never; not negative")


def parse_rate(text: object) -> float:
    """Events per second of ``"3/h"`` or ``"0.5/s"``.

    Raises
    ------
    ValueError
        If the text is not a positive number per unit of time.

    Examples
    --------
    >>> parse_rate("36/h")
    0.01
    """
    if isinstance(text, str) and (match := _RATE.match(text)):
        unit = match.group(2).strip()
        per = _UNITS.get(unit) or parse_duration(unit)
        rate = float(match.group(1)) * SECOND / per if 0 < per < NEVER else 0.0
        if 0 < rate < math.inf:
            return rate
    raise ValueError("a positive rate such as 3/h or 0.5/s")


def format_duration(length: float) -> str:
    """Length in µs as people write it, to two significant units.

    Examples
    --------
    >>> format_duration(5_400_000_000)
    '1h30m'
    """
    if length >= NEVER:
        return "never"
    if length < 999.5 * 1000:
        return f"{length / 1000:.3g}ms" if length else "0"
    if length < MINUTE:
        return f"{length / SECOND:.3g}s"
    units = [("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", SECOND)]
    first = next(i for i, (_, size) in enumerate(units) if length >= size)
    (big, big_size), (small, small_size) = units[first], units[first + 1]
    rounded = round(length / small_size) * small_size
    count, rest = divmod(rounded, big_size)
    return f"{int(count)}{big}" + (f"{int(rest // small_size)}{small}" if rest else "")


@overload
def add(a: int, b: int) -> int: ...
@overload
def add(a: IntArray, b: IntArray | int) -> IntArray: ...
def add(a: IntArray | int, b: IntArray | int) -> IntArray | int:
    """Sum of two instants or lengths in µs, saturating at `NEVER`.

    Examples
    --------
    >>> add(NEVER, 5) == NEVER
    True
    """
    if isinstance(a, int) and isinstance(b, int):
        return min(a + b, NEVER)
    return np.minimum(np.add(a, b, dtype=np.int64), NEVER)


def to_seconds(micros: IntArray) -> FloatArray:
    """Float seconds of instants or lengths in µs; ``inf`` where they are `NEVER`.

    Examples
    --------
    >>> to_seconds(np.array([1_500_000, NEVER]))
    array([1.5, inf])
    """
    seconds: FloatArray = np.asarray(micros, dtype=np.float64) / SECOND
    return np.where(np.asarray(micros) >= NEVER, np.inf, seconds)
