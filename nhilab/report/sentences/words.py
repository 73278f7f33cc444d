"""Numbers as people read them."""

from __future__ import annotations

import math
from typing import Final

from nhilab.base.quantities import SECOND, format_duration

NOTHING: Final = "—"


def number(value: float, unit: str) -> str:
    """A value in its unit: lengths as lengths, shares in per cent where the unit is ``"%"``, else three digits.

    Examples
    --------
    >>> number(5400.0, "s"), number(0.123, "%"), number(-12.345, "resources"), number(math.nan, "s")
    ('1h30m', '12 %', '-12.3', '—')
    """
    if not math.isfinite(value):
        return NOTHING
    if unit == "s":
        return ("-" if value < 0 else "") + format_duration(abs(value) * SECOND)
    if unit == "%":
        return f"{_digits(100 * value, 2)} %"
    return _digits(value, 3)


def interval(low: float, high: float, unit: str) -> str:
    """Both ends of an interval; empty where there is none, or none to be seen at this many digits.

    Examples
    --------
    >>> interval(60.0, 120.0, "s"), interval(math.nan, 1.0, "s"), interval(60.0, math.inf, "s")
    ('1m to 2m', '', '1m or more')
    """
    if math.isnan(low) or math.isnan(high):
        return ""
    if math.isinf(high):
        return f"{number(low, unit)} or more" if math.isfinite(low) else ""
    ends = [number(end, unit) for end in (low, high)]
    if ends[0] == ends[1]:
        return ""
    if unit == "%":
        ends[0] = ends[0].removesuffix(" %")
    return " to ".join(ends)


def marked(strategy: str, *, hypothetical: bool) -> str:
    """Name of a strategy, marked where some issuer refuses to deliver it.

    Examples
    --------
    >>> marked("per-call", hypothetical=True)
    'per-call (hypothetical)'
    """
    return f"{strategy} (hypothetical)" if hypothetical else strategy


def shown_unit(key: str, unit: str) -> str:
    """The unit in which a key is shown: shares and probabilities in per cent.

    Examples
    --------
    >>> shown_unit("theft_probability", "1"), shown_unit("standing_privilege", "1")
    ('%', '1')
    """
    return "%" if key.endswith(("_share", "_probability", "_utilisation")) else unit


def _digits(value: float, digits: int) -> str:
    if abs(value) >= 10**digits - 0.5:
        return f"{value:,.0f}"
    return f"{value:.{digits}g}"
