"""Break-even: the value at which one strategy is as good as another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from nhilab.study.estimates.estimate import Estimate
from nhilab.study.estimates.plain import finite
from nhilab.study.experiments.sweep import plain
from nhilab.study.intervals.crossing import Crossing
from nhilab.study.intervals.means import Contrast

SCHEMA: Final = "nhilab/break-even/1"


@dataclass(frozen=True, eq=False)
class Tried:
    """Both strategies at one value.

    Attributes
    ----------
    value : float
        Lengths in s.
    varied, against : Estimate
    difference : Contrast
        The varied strategy minus the other, paired by replication.
    capped : bool
        Some access under one of them never ends: a mean window is cut at the cap, a lower bound.
    """

    value: float
    varied: Estimate
    against: Estimate
    difference: Contrast
    capped: bool


@dataclass(frozen=True, eq=False, kw_only=True)
class BreakEven:
    """The value at which one strategy equals another.

    Attributes
    ----------
    scenario, scenario_digest : str
        Its name, and the digest of all in it that decides results, before anything was varied.
    seed, replications, campaigns : int
        Settings; campaigns per replication.
    path : str
        What was varied.
    lowest, highest : float
        The range; lengths in s.
    unit : str
        Of the values: ``"s"``, or ``"1"`` for numbers.
    logarithmic : bool
        Searched by the values' logarithms.
    strategy, against : str
        Which equals which.
    metric, metric_unit : str
    tolerance : float
        How well the value is wanted.
    crossing : Crossing
        The answer, in the unit of the values.
    tried : tuple of Tried
        All that was tried, in ascending order of the value.
    """

    scenario: str
    scenario_digest: str
    seed: int
    replications: int
    campaigns: int
    path: str
    lowest: float
    highest: float
    unit: str
    logarithmic: bool
    strategy: str
    against: str
    metric: str
    metric_unit: str
    tolerance: float
    crossing: Crossing
    tried: tuple[Tried, ...]

    def __repr__(self) -> str:
        found = f"{self.crossing.kind}, {self.path} = {self.crossing.value} {self.unit}"
        return f"BreakEven({self.scenario!r}, {self.metric} of {self.strategy} and {self.against}: {found})"

    @property
    def capped(self) -> bool:
        """At some value tried, some mean is cut at the cap."""
        return any(one.capped for one in self.tried)

    def frame(self) -> pl.DataFrame:
        """Values tried: value, the means of both, the difference with its ends, whether resolved; null for none."""
        rows = [
            (t.value, finite(t.varied.mean), finite(t.against.mean), *map(finite, t.difference[:3]),
             t.difference.resolved, t.capped)
            for t in self.tried
        ]  # fmt: skip
        numbers = ("value", "varied", "against", "difference", "difference_low", "difference_high")
        flags = dict.fromkeys(("resolved", "capped"), pl.Boolean)
        return pl.DataFrame(rows, schema={**dict.fromkeys(numbers, pl.Float64), **flags}, orient="row")

    def to_json(self) -> dict[str, Any]:
        """The break-even as JSON of schema ``nhilab/break-even/1``: finite numbers or null; lengths in s."""
        settings = ("scenario", "scenario_digest", "seed", "replications", "campaigns", "path", "unit", "strategy",
                    "against", "metric", "metric_unit", "tolerance")  # fmt: skip
        return {
            "schema": SCHEMA,
            **{name: getattr(self, name) for name in settings},
            "range": [self.lowest, self.highest],
            "answer": self.crossing.kind,
            "value": self.crossing.value,
            "low": self.crossing.low,
            "high": self.crossing.high,
            "crossings": self.crossing.crossings,
            "capped": self.capped,
            "evaluations": [
                {
                    "value": t.value, "varied": plain(t.varied), "against": plain(t.against),
                    "difference": plain(t.difference) | {"resolved": t.difference.resolved}, "capped": t.capped,
                }
                for t in self.tried
            ],
        }  # fmt: skip
