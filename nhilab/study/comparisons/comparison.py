"""What a comparison of strategies found."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from nhilab.study.comparisons.examined import Assumptions
from nhilab.study.comparisons.thieves import Thief, Thieves
from nhilab.study.estimates.estimate import Estimate
from nhilab.study.estimates.plain import finite as finite  # many studies look for it here
from nhilab.study.estimates.plain import plain
from nhilab.study.estimates.precision import Precision
from nhilab.study.intervals.means import Contrast

SCHEMA: Final = "nhilab/comparison/1"


@dataclass(frozen=True, eq=False, kw_only=True)
class Comparison:
    """Strategies side by side on the same demand.

    Attributes
    ----------
    scenario, scenario_digest : str
        Its name, and the digest of all in it that decides results.
    seed, replications, campaigns : int
        Settings; campaigns per replication.
    horizon_s, cap_s : float
        Length of a replication; longest window told apart from an endless one.
    strategies : dict of strategy to dict of key to Estimate
        In the order they were named.
    differences : dict of ``"A - B"`` to dict of key to Contrast
        Each strategy A against the first named, B.
    entries : dict of strategy to dict of way in to dict of key to Estimate
        The metrics that read campaigns, by way in.
    hypothetical : tuple of str
        Strategies of which some issuer refuses a stage, of their own or of one they mix in.
    survival : DataFrame
        Share of stolen credentials still honoured against time (`nhilab.study.comparisons.survival`).
    ledgers, compromises : dict of strategy to tuple of str
        Digests of what is behind it, by replication.
    thief : Thief
        The scenario's own, whose the numbers above are.
    thieves : Thieves, optional
        What the thief of the other kind finds; None where it was not replayed.
    assumptions : Assumptions, optional
        The verdict, and which assumed numbers move it where that was examined.
    precision : Precision, optional
        What was asked of the intervals and what was reached, where a precision was asked for.
    """

    scenario: str
    scenario_digest: str
    seed: int
    replications: int
    campaigns: int
    horizon_s: float
    cap_s: float
    strategies: dict[str, dict[str, Estimate]]
    differences: dict[str, dict[str, Contrast]]
    entries: dict[str, dict[str, dict[str, Estimate]]]
    hypothetical: tuple[str, ...]
    survival: pl.DataFrame
    ledgers: dict[str, tuple[str, ...]]
    compromises: dict[str, tuple[str, ...]]
    thief: Thief
    thieves: Thieves | None = None
    assumptions: Assumptions | None = None
    precision: Precision | None = None

    def __repr__(self) -> str:
        return f"Comparison({self.scenario!r}, {self.replications} replications: {', '.join(self.strategies)})"

    @property
    def first(self) -> str:
        """The strategy the others are compared with."""
        return next(iter(self.strategies))

    def difference(self, strategy: str) -> dict[str, Contrast]:
        """Differences of a strategy from the first."""
        return self.differences[f"{strategy} - {self.first}"]

    def unresolved(self, strategy: str) -> tuple[str, ...]:
        """Keys whose difference from the first strategy has an interval that holds 0, or none.

        A difference that is 0 in every replication is not among them, nor one without a value.
        """
        return tuple(
            key
            for key, contrast in self.difference(strategy).items()
            if not (contrast.resolved or math.isnan(contrast.mean) or contrast.low == contrast.mean == contrast.high)
        )

    def frame(self) -> pl.DataFrame:
        """Estimates as a long table: strategy, metric, mean, low, high, unit, n; null where there is no number."""
        rows = [
            (strategy, key, finite(e.mean), finite(e.low), finite(e.high), e.unit, e.n)
            for strategy, estimates in self.strategies.items()
            for key, e in estimates.items()
        ]
        schema = {"strategy": pl.String, "metric": pl.String}
        numbers = dict.fromkeys(("mean", "low", "high"), pl.Float64)
        return pl.DataFrame(rows, schema={**schema, **numbers, "unit": pl.String, "n": pl.Int64}, orient="row")

    def to_json(self) -> dict[str, Any]:
        """The comparison as JSON of schema ``nhilab/comparison/1``: finite numbers or null, no elapsed times.

        With the key ``precision`` where one was asked for. ``thieves`` has ``own``, the thief of all other numbers, and
        ``other``, null where only one was replayed.
        """
        content = {
            "schema": SCHEMA,
            "scenario": self.scenario,
            "scenario_digest": self.scenario_digest,
            "seed": self.seed,
            "replications": self.replications,
            "campaigns": self.campaigns,
            "horizon_s": self.horizon_s,
            "cap_s": self.cap_s,
            "strategies": {name: plain(estimates) for name, estimates in self.strategies.items()},
            "differences": {name: plain(contrasts) for name, contrasts in self.differences.items()},
            "entries": {
                name: {entry: plain(estimates) for entry, estimates in by_entry.items()}
                for name, by_entry in self.entries.items()
            },
            "hypothetical": list(self.hypothetical),
            "thieves": self.thieves.to_json() if self.thieves else {"own": self.thief.to_json(), "other": None},
            "assumptions": self.assumptions and self.assumptions.to_json(),
        }
        return content if self.precision is None else {**content, "precision": self.precision.to_json()}
