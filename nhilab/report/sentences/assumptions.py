"""The verdict of a comparison, and which assumed numbers move it, in sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from nhilab.report.sentences.notes import at_least
from nhilab.report.sentences.words import number
from nhilab.scenario.scenario import Scenario
from nhilab.study.comparisons.assumed import Assumed
from nhilab.study.comparisons.comparison import Comparison
from nhilab.study.comparisons.examined import Assumptions, Change, Examined
from nhilab.study.comparisons.thieves import order_of
from nhilab.study.comparisons.verdict import DECIDES

SHOWN: Final = 5
"""Numbers named in a sentence."""

_FACTORS: Final = {0.5: "halved", 2.0: "doubled"}


def assumption_notes(comparison: Comparison, scenario: Scenario) -> list[str]:
    """What is best, and which assumed numbers change that; those that were not examined are named.

    Parameters
    ----------
    comparison : Comparison
    scenario : Scenario
        The one compared on.
    """
    found = comparison.assumptions
    if found is None or len(comparison.strategies) < 2:
        return []
    if not found.verdict.best:
        return ["No strategy can be had as it is asked, so none is best."]
    return [verdict_line(comparison, found), *examined_notes(found), *_missing(found, comparison, scenario)]


def verdict_line(comparison: Comparison, found: Assumptions) -> str:
    """The best strategy of those that can be had, and which cannot be told from it."""
    best = found.verdict.best
    alike = [name for name in found.verdict.order[1:] if _alike(comparison, best, name)]
    among = " of those that can be had" if comparison.hypothetical else ""
    bound = " (a mean that is only a lower bound)" if at_least(comparison.strategies[best], DECIDES[0]) else ""
    line = f"Verdict: {best} leaves thieves the least access window{among}{bound}"
    return f"{line}; {', '.join(alike)} cannot be told from it." if alike else f"{line}."


def examined_notes(found: Assumptions) -> list[str]:
    """Which of the numbers examined move the verdict, for certain, perhaps, or not at all."""
    if not found.examined:
        return []
    moves = [f"{one.name} {_FACTORS[change.factor]}: {change.best}" for one, change in found.that("moves")]
    others = [f"{one.name} {_FACTORS[change.factor]}: {_flips(change)}" for one, change in found.that("reorders")]
    untold = [f"{one.name} {_FACTORS[change.factor]}" for one, change in found.that("untold")]
    notes = [f"Assumed numbers that move the verdict, and what is best then: {_few(moves)}."] if moves else []
    notes += [f"Assumed numbers that change the order of others: {_few(others)}."] if others else []
    notes += [f"Whether the verdict stays cannot be told with {_few(untold)}."] if untold else []
    if not notes:
        notes.append("No assumed number that was examined moves the verdict or turns an order round.")
    n = len(found.examined)
    notes.append(
        f"Examined: {n} assumed number{'s' if n > 1 else ''}, each halved and doubled alone, in"
        f" {found.replications} replications of {found.campaigns} campaigns; what raised a doubt there, in all. What"
        " matters only together with another, or beyond half and double, is not seen."
    )
    return [*notes, *_elasticities(found)]


def _elasticities(found: Assumptions) -> list[str]:
    """Which numbers the headline follows most."""
    known = [one for one in found.examined if math.isfinite(one.elasticity) and abs(one.elasticity) >= 0.05]
    if not known:
        return []
    most = sorted(known, key=lambda one: -abs(one.elasticity))[:SHOWN]
    told = ", ".join(f"{one.assumed.name} ({_ratios(one)})" for one in most)
    return [f"The access window of {found.verdict.best} follows most (halved, doubled): {told}."]


def _ratios(one: Examined) -> str:
    return ", ".join(
        f"{'+' if change.headline > 1 else ''}{number(change.headline - 1, '%')}" for change in one.changes
    )


def _missing(found: Assumptions, comparison: Comparison, scenario: Scenario) -> list[str]:
    """What was not examined, why, and how it could be."""
    if not found.not_examined:
        return []
    names = [one.name for one, _ in found.not_examined]
    if found.examined:
        told = [f"{one.name} ({why})" for one, why in found.not_examined]
        return [f"Assumed and not examined: {_few(told)}."]
    cells = len(comparison.strategies) * comparison.replications
    return [
        f"Not examined, so whether they move the verdict is not known: {len(names)} assumed"
        f" number{'s' if len(names) > 1 else ''}: {_few(names)}. To halve and double each:"
        f" nhilab compare {scenario.written.file} --assumptions all ({found.cells:,} cells and more; this comparison"
        f" took {cells:,})."
    ]


def _alike(comparison: Comparison, best: str, name: str) -> bool:
    both = comparison.thieves
    pairs = both.pairs if both is not None else ()
    return any(
        pair.key == DECIDES[0] and {pair.one, pair.other} == {best, name} and order_of(pair.own) in ("untold", "equal")
        for pair in pairs
    )


def _flips(change: Change) -> str:
    return ", ".join(f"{a} and {b}" for a, b in change.flips)


def _few(told: Sequence[str]) -> str:
    rest = f" and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
    return "; ".join(told[:SHOWN]) + rest


def assumed_rows(found: Assumptions) -> list[tuple[Assumed, str, str, str]]:
    """Each assumed number with what its half, its double and both do to the headline and the verdict, in words."""
    rows = []
    for one in found.examined:
        by_factor = {change.factor: change for change in one.changes}
        cells = [_cell(by_factor.get(factor)) for factor in _FACTORS]
        elasticity = f"{one.elasticity:.2f}".replace("-0.00", "0.00") if math.isfinite(one.elasticity) else ""
        rows.append((one.assumed, cells[0], cells[1], elasticity))
    return rows + [(one, why, "", "") for one, why in found.not_examined]


def _cell(change: Change | None) -> str:
    if change is None:
        return "cannot be tried"
    words = {
        "none": "stays",
        "moves": f"{change.best} is best",
        "reorders": f"turns round {_flips(change)}",
        "untold": "cannot be told",
    }
    return words[change.moved]
