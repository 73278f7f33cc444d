"""What halving and doubling assumed numbers did to the verdict of a comparison."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from nhilab.scenario.scenario import Scenario
from nhilab.study.comparisons.assumed import Assumed, assumed_of
from nhilab.study.comparisons.verdict import Moved, Verdict, verdict_of
from nhilab.study.estimates.estimate import Parts
from nhilab.study.estimates.plain import finite

FACTORS: Final = (0.5, 2.0)
SCREENED: Final = 2
"""Replications of the first look at each assumed number."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Change:
    """What one factor does.

    Attributes
    ----------
    factor : float
    best : str
        The best strategy with it.
    moved : ``"none"``, ``"moves"``, ``"reorders"`` or ``"untold"``
        Looked at again with all replications where the first look raised a doubt.
    flips : tuple of pairs of str
        Strategies whose access windows are the other way round, for certain.
    headline : float
        Access window of the best strategy over that without the change; NaN where some access never ends, or it is 0.
    confirmed : bool
        Found with all replications of the comparison.
    """

    factor: float
    best: str
    moved: Moved
    flips: tuple[tuple[str, str], ...]
    headline: float
    confirmed: bool


@dataclass(frozen=True, eq=False)
class Examined:
    """An assumed number and what its half and its double do; a factor that could not be applied is missing."""

    assumed: Assumed
    changes: tuple[Change, ...]

    @property
    def elasticity(self) -> float:
        """Per cent by which the headline grows for each per cent of the number; NaN where there is no such ratio."""
        ratios = {change.factor: change.headline for change in self.changes}
        low, high = (ratios.get(factor, math.nan) for factor in FACTORS)
        known = math.isfinite(low) and math.isfinite(high) and low > 0 and high > 0
        return math.log(high / low) / math.log(FACTORS[1] / FACTORS[0]) if known else math.nan


@dataclass(frozen=True, eq=False, kw_only=True)
class Assumptions:
    """The verdict, and which assumed numbers move it.

    Attributes
    ----------
    verdict : Verdict
    examined : tuple of Examined
    not_examined : tuple of (Assumed, str)
        With the reason why not.
    replications, campaigns : int
        Of the first look; 0 where there was none.
    cells : int
        What examining all that can be takes at the first look, in cells.
    """

    verdict: Verdict
    examined: tuple[Examined, ...]
    not_examined: tuple[tuple[Assumed, str], ...]
    replications: int
    campaigns: int
    cells: int

    def that(self, change: Moved) -> list[tuple[Assumed, Change]]:
        """Assumed numbers, and the changes of them that do this to the verdict."""
        return [(one.assumed, each) for one in self.examined for each in one.changes if each.moved == change]

    def to_json(self) -> dict[str, Any]:
        """The same as JSON: finite numbers or null."""
        return {
            "best": self.verdict.best,
            "order": list(self.verdict.order),
            "replications": self.replications,
            "campaigns": self.campaigns,
            "examined": {one.assumed.name: _plain(one) for one in self.examined},
            "not_examined": {one.name: why for one, why in self.not_examined},
        }


def planned_cells(scenario: Scenario, strategies: int) -> int:
    """Cells of the first look at everything assumed."""
    return len(FACTORS) * len(assumed_of(scenario)) * strategies * SCREENED


def unexamined(scenario: Scenario, parts: Mapping[str, Parts], delivered: Sequence[str]) -> Assumptions:
    """The verdict, with nothing examined."""
    return Assumptions(
        verdict=verdict_of(parts, delivered),
        examined=(),
        not_examined=tuple((one, "not asked for") for one in assumed_of(scenario)),
        replications=0,
        campaigns=0,
        cells=planned_cells(scenario, len(parts)),
    )


def _plain(examined: Examined) -> dict[str, Any]:
    return {
        "reason": examined.assumed.reason,
        "paths": list(examined.assumed.paths),
        "elasticity": finite(examined.elasticity),
        "changes": [
            {
                "factor": change.factor, "best": change.best, "verdict": change.moved, "confirmed": change.confirmed,
                "flips": [list(pair) for pair in change.flips], "headline_ratio": finite(change.headline),
            }
            for change in examined.changes
        ],
    }  # fmt: skip
