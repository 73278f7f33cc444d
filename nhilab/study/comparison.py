"""What a comparison of strategies found."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from nhilab.study.estimate import Estimate
from nhilab.study.intervals import Contrast
from nhilab.study.precision import Precision

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
        Share of stolen credentials still honoured against time (`nhilab.study.survival`).
    ledgers, compromises : dict of strategy to tuple of str
        Digests of what is behind it, by replication.
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

        With the key ``precision`` where one was asked for.
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
            "strategies": {name: _plain(estimates) for name, estimates in self.strategies.items()},
            "differences": {name: _plain(contrasts) for name, contrasts in self.differences.items()},
            "entries": {
                name: {entry: _plain(estimates) for entry, estimates in by_entry.items()}
                for name, by_entry in self.entries.items()
            },
            "hypothetical": list(self.hypothetical),
        }
        return content if self.precision is None else {**content, "precision": self.precision.to_json()}


def finite(value: float) -> float | None:
    """The value, or None where it is not finite.

    Examples
    --------
    >>> finite(math.inf) is None
    True
    """
    return value if math.isfinite(value) else None


def _plain(by_key: dict[str, Estimate] | dict[str, Contrast]) -> dict[str, dict[str, Any]]:
    return {
        key: {name: finite(v) if isinstance(v, float) else v for name, v in value._asdict().items()}
        for key, value in by_key.items()
    }
