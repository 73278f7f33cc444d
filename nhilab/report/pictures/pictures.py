"""The pictures of each study."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from nhilab.report.drawing.frames import alone
from nhilab.report.drawing.palette import Look, looks_of
from nhilab.report.figures.comparison import draw_survival, draw_windows
from nhilab.report.figures.decomposition import ANSWERED, draw_decomposition
from nhilab.report.figures.overhead import OVERHEADS, draw_overhead
from nhilab.report.pictures import words
from nhilab.report.pictures.closeups import closeup_pictures
from nhilab.report.pictures.picture import Picture, write_pictures
from nhilab.report.pictures.studies import factorial_pictures, frontier_pictures, sweep_pictures
from nhilab.report.sentences.notes import at_least
from nhilab.report.tables.sweep import heading
from nhilab.scenario.scenario import Scenario
from nhilab.study.closeups.closeup import Closeup
from nhilab.study.comparisons.comparison import Comparison

__all__ = [
    "Picture", "comparison_pictures", "factorial_pictures", "frontier_pictures", "sweep_pictures", "write_pictures",
]  # fmt: skip

_TRIANGLES: Final = " Open triangles: the mean is a lower bound."


def comparison_pictures(
    comparison: Comparison, scenario: Scenario, closeup: Closeup | None = None
) -> tuple[Picture, ...]:
    """The pictures of a comparison, headline first.

    Parameters
    ----------
    comparison : Comparison
    scenario : Scenario
        The one compared on; the order of its strategies decides their colours.
    closeup : Closeup, optional
        Of the same strategies; without one there is neither a reach map nor a life.

    Returns
    -------
    tuple of Picture
        Those that would show nothing are left out.
    """
    looks = looks_of([*scenario.strategies, *comparison.strategies])
    pictures = [_windows(comparison, looks), _survival(comparison, looks), _decomposition(comparison)]
    pictures += _overheads(comparison, looks)
    if closeup is not None:
        pictures += closeup_pictures(closeup, looks, hypothetical=comparison.hypothetical)
    return tuple(picture for picture in pictures if picture is not None)


def _bounds(comparison: Comparison) -> tuple[str, ...]:
    return tuple(n for n, found in comparison.strategies.items() if at_least(found, "access_window_s"))


def _intervals(comparison: Comparison, said: str = "Bars are 95 % intervals") -> str:
    return f" {said}." if comparison.replications > 1 else " One replication: there are no intervals."


def _survival(comparison: Comparison, looks: Mapping[str, Look]) -> Picture | None:
    table, hypothetical = comparison.survival, comparison.hypothetical
    if not len(table):
        return None
    draw = partial(draw_survival, table=table, looks=looks, hypothetical=hypothetical)
    return Picture(
        key="survival",
        title="How the worth of stolen credentials fades",
        alt=words.survival_alt(comparison),
        caption="Each line falls as stolen credentials die; the further left, the less a theft is worth."
        + _intervals(comparison, "Bands are 95 % intervals"),
        draw=lambda: alone(draw, height=3.3),
    )


def _windows(comparison: Comparison, looks: Mapping[str, Look]) -> Picture | None:
    table, bounds = comparison.frame(), _bounds(comparison)
    draw = partial(draw_windows, table=table, looks=looks, hypothetical=comparison.hypothetical, bounds=bounds)
    return Picture(
        key="how-long-and-how-far",
        title="How long a thief stays in, and how far he gets",
        alt=words.windows_alt(comparison),
        caption="Nearer the lower left corner is better." + _intervals(comparison) + (_TRIANGLES if bounds else ""),
        draw=lambda: alone(draw, height=3.3),
    )


def _overheads(comparison: Comparison, looks: Mapping[str, Look]) -> list[Picture]:
    return [
        _overhead(comparison, looks, cost)
        for cost in OVERHEADS
        if any(found[cost].mean > 0 for found in comparison.strategies.values())
    ]


def _overhead(comparison: Comparison, looks: Mapping[str, Look], cost: str) -> Picture:
    table, bounds = comparison.frame(), _bounds(comparison)
    draw = partial(
        draw_overhead, table=table, cost=cost, looks=looks, hypothetical=comparison.hypothetical, bounds=bounds
    )
    return Picture(
        key=f"risk-against-{heading(cost).replace(' ', '-')}",
        title=f"Risk against {heading(cost)}",
        alt=words.overhead_alt(comparison, cost),
        caption="The line joins strategies that none beats in both; what lies above it pays more for less."
        + _intervals(comparison)
        + (_TRIANGLES if bounds else ""),
        draw=lambda: alone(draw, height=3.3),
    )


def _decomposition(comparison: Comparison) -> Picture | None:
    if not any(found[part].mean > 0 for found in comparison.strategies.values() for part in ANSWERED):
        return None
    table, bounds = comparison.frame(), _bounds(comparison)
    draw = partial(draw_decomposition, table=table, hypothetical=comparison.hypothetical, bounds=bounds)
    return Picture(
        key="what-the-window-is-made-of",
        title="What the access window is made of",
        alt=words.decomposition_alt(comparison),
        caption="A long part is where to work: watch better, answer faster, shorten caches or lifetimes."
        + _intervals(comparison, "Lines are 95 % intervals, the whole's below its bar"),
        draw=lambda: alone(draw, height=0.7 + 0.5 * len(comparison.strategies)),
    )
