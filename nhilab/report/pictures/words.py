"""What pictures show, in a sentence or two, from the same numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

import polars as pl

from nhilab.report.figures.decomposition import PARTS
from nhilab.report.figures.overhead import frontier_of
from nhilab.report.sentences.notes import at_least, label
from nhilab.report.sentences.words import interval, number, shown_unit
from nhilab.report.tables.sweep import heading
from nhilab.study.comparisons.comparison import Comparison

LISTED: Final = 6
"""Strategies told one by one at most; of more, the least and the greatest."""


def listed(items: Sequence[str]) -> str:
    """Words joined by commas and one and.

    Examples
    --------
    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1]


def value_words(comparison: Comparison, name: str, key: str) -> str:
    """A mean with its interval, and whether it is only a lower bound."""
    found = comparison.strategies[name]
    unit = shown_unit(key, found[key].unit)
    ends = interval(found[key].low, found[key].high, unit)
    bound = "at least " if at_least(found, key) else ""
    return bound + number(found[key].mean, unit) + (f" ({ends})" if ends else "")


def windows_alt(comparison: Comparison) -> str:
    """Access window and reach of each strategy."""
    told = [
        f"{label(comparison, name)}: {value_words(comparison, name, 'access_window_s')} and"
        f" {value_words(comparison, name, 'reach')} resources"
        for name in _chosen(comparison, "access_window_s")
    ]
    return f"Mean access window and resources reached{_some(comparison)}. {'; '.join(told)}."


def overhead_alt(comparison: Comparison, cost: str) -> str:
    """Which strategies none beats, and what they cost and leave."""
    joined = frontier_of(comparison.frame(), cost=cost)
    joined.sort(key=lambda name: comparison.strategies[name][cost].mean)
    told = [
        f"{label(comparison, name)} ({value_words(comparison, name, cost)} for"
        f" {value_words(comparison, name, 'access_window_s')} of access)"
        for name in (joined if len(joined) <= LISTED else [joined[0], joined[-1]])
    ]
    many = "" if len(joined) <= LISTED else f"; the cheapest and the safest of {len(joined)} are named"
    both = f"{heading(cost)} and access window"
    return f"Of {len(comparison.strategies)} strategies none beats {listed(told)} in {both}{many}."


def survival_alt(comparison: Comparison) -> str:
    """Shares still honoured when they differ most."""
    table = comparison.survival
    spread = table.group_by("time_s").agg((pl.col("share").max() - pl.col("share").min()).alias("spread"))
    time = spread.sort(["spread", "time_s"], descending=[True, False])["time_s"][0]
    rows = {row["strategy"]: row for row in table.filter(pl.col("time_s") == time).iter_rows(named=True)}
    names = list(rows) if len(rows) <= LISTED else [_most(rows, 1), _most(rows, -1)]
    told = [f"{number(rows[n]['share'], '%')}{_ends(rows[n])} under {label(comparison, n)}" for n in names]
    return f"{number(time, 's')} after the theft, still honoured are {listed(told)}{_some(comparison)}."


def decomposition_alt(comparison: Comparison) -> str:
    """The longest part of each strategy's window."""
    told = []
    for name in _chosen(comparison, "access_window_s"):
        found = comparison.strategies[name]
        part = max(PARTS, key=lambda key: -math.inf if math.isnan(found[key].mean) else found[key].mean)
        window = found["access_window_s"].mean
        share = f", {number(found[part].mean / window, '%')} of it {PARTS[part]}" if window > 0 else ""
        told.append(f"{label(comparison, name)}: {value_words(comparison, name, 'access_window_s')}{share}")
    return f"Mean access window and the longest of its parts{_some(comparison)}. {'; '.join(told)}."


def _most(rows: dict[str, dict[str, float]], sign: int) -> str:
    return max(rows, key=lambda name: sign * rows[name]["share"])


def _ends(row: dict[str, float | None]) -> str:
    if row["low"] is None or row["high"] is None:
        return ""
    ends = interval(row["low"], row["high"], "%")
    return f" ({ends})" if ends else ""


def _chosen(comparison: Comparison, key: str) -> Iterable[str]:
    """All strategies of a few; of many, those with the greatest and the least mean."""
    found = comparison.strategies
    names = [name for name in found if not math.isnan(found[name][key].mean)]
    if len(names) <= LISTED:
        return names
    return [max(names, key=lambda n: found[n][key].mean), min(names, key=lambda n: found[n][key].mean)]


def _some(comparison: Comparison) -> str:
    many = len(comparison.strategies)
    return "" if many <= LISTED else f" (of {many} strategies the greatest and the least)"
