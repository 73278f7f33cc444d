"""What a factorial of controls found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import polars as pl

from nhilab.study.estimates.estimate import Estimate
from nhilab.study.estimates.plain import finite
from nhilab.study.intervals.means import Interval

SCHEMA: Final = "nhilab/factorial/1"
NONE: Final = "none"


class Combination(NamedTuple):
    """Controls that are on together, and what the strategy does then."""

    on: tuple[str, ...]
    estimates: dict[str, Estimate]


@dataclass(frozen=True, eq=False, kw_only=True)
class Effects:
    r"""What controls do to one mean, with jackknife intervals over replications.

    Attributes
    ----------
    metric, unit : str
    total : Interval
        Reduction by all together, :math:`v(\text{none}) - v(\text{all})`.
    alone, last : dict of control to Interval
        Change of the mean by switching it on first, and last.
    bought : dict of control to Interval
        Shapley value: its part of the total reduction.
    shares : dict of control to Interval
        The same over the total; empty where there are none.
    without_shares : str
        Why there are none.
    contrasts : dict of controls to Interval
        Main effects (of one control), interactions (of several), change of the mean; by order, then as listed.
    """

    metric: str
    unit: str
    total: Interval
    alone: dict[str, Interval]
    last: dict[str, Interval]
    bought: dict[str, Interval]
    shares: dict[str, Interval]
    without_shares: str
    contrasts: dict[tuple[str, ...], Interval]


@dataclass(frozen=True, eq=False, kw_only=True)
class Factorial:
    """A strategy under all combinations of controls, on the same demand.

    Attributes
    ----------
    scenario, scenario_digest : str
        Its name, and the digest of all in it that decides the strategy's results with all controls off.
    strategy : str
    seed, replications, campaigns : int
    horizon_s, cap_s : float
    controls : dict of control to dict of key path to value
    idle : tuple of str
        Controls that alone change nothing that could decide this strategy's results.
    combinations : list of Combination
        Numbered by their bits (`nhilab.study.experiments.shapley`).
    effects : dict of metric to Effects
    """

    scenario: str
    scenario_digest: str
    strategy: str
    seed: int
    replications: int
    campaigns: int
    horizon_s: float
    cap_s: float
    controls: dict[str, dict[str, Any]]
    idle: tuple[str, ...]
    combinations: list[Combination]
    effects: dict[str, Effects]

    def __repr__(self) -> str:
        return f"Factorial({self.scenario!r}, {self.strategy}, controls: {', '.join(self.controls)})"

    def frame(self) -> pl.DataFrame:
        """All numbers as a long table.

        Returns
        -------
        DataFrame
            Columns metric, quantity (mean, total, alone, last, bought, share, effect), controls (joined by ``+``;
            ``none``), order, mean, low, high, unit; null where there is no number.
        """
        strings, numbers = dict.fromkeys(("metric", "quantity", "controls"), pl.String), pl.Float64
        schema = {**strings, "order": pl.Int64, "mean": numbers, "low": numbers, "high": numbers, "unit": pl.String}
        return pl.DataFrame(list(self._rows()), schema=schema, orient="row")

    def to_json(self) -> dict[str, Any]:
        """The study as JSON of schema ``nhilab/factorial/1``: finite numbers or null, no elapsed times."""
        return {
            "schema": SCHEMA,
            "scenario": self.scenario,
            "scenario_digest": self.scenario_digest,
            "strategy": self.strategy,
            "seed": self.seed,
            "replications": self.replications,
            "campaigns": self.campaigns,
            "horizon_s": self.horizon_s,
            "cap_s": self.cap_s,
            "controls": self.controls,
            "idle": list(self.idle),
            "combinations": [
                {"on": list(on), "estimates": {key: _plain(value) for key, value in estimates.items()}}
                for on, estimates in self.combinations
            ],
            "effects": {metric: self._effects(metric) for metric in self.effects},
        }

    def _effects(self, metric: str) -> dict[str, Any]:
        found = self.effects[metric]
        return {
            "unit": found.unit,
            "total_reduction": _plain(found.total),
            "alone": {name: _plain(value) for name, value in found.alone.items()},
            "last": {name: _plain(value) for name, value in found.last.items()},
            "shapley": {name: _plain(value) for name, value in found.bought.items()},
            "shapley_share": {name: _plain(value) for name, value in found.shares.items()} or None,
            "why_no_shares": found.without_shares or None,
            "contrasts": [
                {"controls": list(names), "order": len(names), **_plain(value)}
                for names, value in found.contrasts.items()
            ],
        }

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        for metric, found in self.effects.items():
            for on, estimates in self.combinations:
                yield metric, "mean", *_row(on, estimates[metric], found.unit)
            yield metric, "total", *_row(tuple(self.controls), found.total, found.unit)
            named = {"alone": found.alone, "last": found.last, "bought": found.bought, "share": found.shares}
            for quantity, values in named.items():
                unit = "1" if quantity == "share" else found.unit
                yield from ((metric, quantity, *_row((name,), value, unit)) for name, value in values.items())
            yield from ((metric, "effect", *_row(on, value, found.unit)) for on, value in found.contrasts.items())


def _row(on: tuple[str, ...], value: Interval | Estimate, unit: str) -> tuple[Any, ...]:
    return "+".join(on) or NONE, len(on), *(finite(end) for end in value[:3]), unit


def _plain(value: Interval | Estimate) -> dict[str, Any]:
    return {name: finite(part) if isinstance(part, float) else part for name, part in value._asdict().items()}
