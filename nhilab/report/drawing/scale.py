"""Lengths in figures: in seconds, minutes, hours or days, whichever makes small numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

SIZES: Final = {"d": 86_400.0, "h": 3600.0, "m": 60.0, "s": 1.0}


def scale_of(rows: Sequence[Mapping[str, Any]]) -> tuple[float, str]:
    """What to divide by, and the unit the numbers then have.

    Parameters
    ----------
    rows : sequence of dict
        With ``mean``, or None, and one ``unit``; only lengths in ``s`` are scaled.

    Returns
    -------
    tuple of float and str

    Examples
    --------
    >>> scale_of([{"mean": -7200.0, "unit": "s"}, {"mean": None, "unit": "s"}])
    (3600.0, 'h')
    """
    unit = str(rows[0]["unit"])
    if unit != "s":
        return 1.0, unit
    most = max((abs(row["mean"]) for row in rows if row["mean"] is not None), default=0.0)
    return next(((size, name) for name, size in SIZES.items() if most >= size), (1.0, "s"))
