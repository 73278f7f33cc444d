"""Draws that every generated scenario is made of: chances, lengths and distributions, as a file says them."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from nhilab.base.quantities import SECOND, parse_duration

Row = dict[str, Any]
"""A mapping as a scenario file holds it."""

DIMENSIONS: Final = ("environment", "class", "resource", "operation")
OWNERS: Final = ("call", "task", "workload", "place", "identity")
BINDINGS: Final = ("bearer", "bearer", "exportable-key", "non-exportable", "brokered")
NETWORKS: Final = ("", "", "inner")


def durations(low: str, high: str) -> SearchStrategy[str]:
    """Lengths in whole seconds between two, both included, as a file says them.

    Parameters
    ----------
    low, high : str
        Such as ``"1m"`` and ``"1h30m"``, finite.

    Returns
    -------
    SearchStrategy of str
        Shrinks to the shortest.

    Raises
    ------
    ValueError
        If one is no length, or no whole second lies between them.

    Notes
    -----
    Checked by ``tests/unit/testing/test_variation.py``.
    """
    least, most = -(-parse_duration(low) // SECOND), parse_duration(high) // SECOND
    if most < least:
        raise ValueError(f"no whole second between {low} and {high}")
    return st.integers(least, most).map(lambda n: f"{n}s")


def often(draw: DrawFn, percent: int) -> bool:
    """True about so often; shrinks to False."""
    return bool(draw(st.integers(0, 99)) >= 100 - percent)


def seconds(draw: DrawFn, low: int, high: int) -> str:
    """Whole seconds, as a file says them."""
    return f"{draw(st.integers(low, high))}s"


def length(draw: DrawFn, high: int) -> Any:
    """A distribution of lengths up to about `high` seconds; whole seconds half of the time, so ties are frequent."""
    kind = draw(st.sampled_from(["constant", "constant", "exponential", "uniform", "lognormal", "quantiles"]))
    if kind == "constant":
        return seconds(draw, 0, high)
    if kind == "lognormal":
        return {"lognormal": {"median": seconds(draw, 1, high), "sigma": draw(st.sampled_from([0.0, 0.5, 1.0]))}}
    if kind == "exponential":
        return {"exponential": seconds(draw, 0, high)}
    values = sorted(draw(st.lists(st.integers(0, high), min_size=2, max_size=2 if kind == "uniform" else 4)))
    return {kind: [f"{v}s" for v in values]}
