"""What a recommendation says: for each class of workloads the candidates, the evidence, and the cheapest that fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from nhilab.study.designs.limits import Judgement, Limit, Verdict
from nhilab.study.estimates.estimate import Estimate
from nhilab.study.estimates.plain import finite

SCHEMA: Final = "nhilab/recommendation/1"
MONEY: Final = "money_per_task"
LOAD: Final = ("issuances_per_task", "added_latency_s")
"""What is cheap where nothing has a price: the first decides, the second between equals."""

Designs = Literal["strategies", "space"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Candidate:
    """A design held to the limits for one class.

    Attributes
    ----------
    name : str
    verdict : ``"met"``, ``"broken"`` or ``"undecided"``
        Over all limits.
    judgements : tuple of Judgement
        One per limit.
    cost : dict of key to Estimate
        What is compared to find the cheapest: money per task, or issuances and latency.
    access_window, theft_probability : Estimate
        The shorter window decides between designs that cost the same.
    hypothetical : bool
        Some issuer refuses it: never recommended.
    """

    name: str
    verdict: Verdict
    judgements: tuple[Judgement, ...]
    cost: dict[str, Estimate]
    access_window: Estimate
    theft_probability: Estimate
    hypothetical: bool


@dataclass(frozen=True, eq=False, kw_only=True)
class Advice:
    """What suits one class.

    Attributes
    ----------
    kind : str
        The class.
    workloads : int
        Instances of it that start work of their own.
    recommended : str
        The cheapest that meets all limits; empty where none does.
    candidates : tuple of Candidate
        Those that meet the limits by cost, then the others.
    """

    kind: str
    workloads: int
    recommended: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Recommendation:
    """Advice for every class of a scenario.

    Attributes
    ----------
    scenario, scenario_digest : str
    designs : ``"strategies"`` or ``"space"``
    limits : tuple of Limit
    currency : str
        Of money per task; empty where nothing has a price.
    seed, replications, campaigns : int
    infeasible : dict of reason to number of designs
    handed : tuple of str
        Classes that only do what others hand them: judged with those.
    advice : tuple of Advice
        By class.
    """

    scenario: str
    scenario_digest: str
    designs: str
    limits: tuple[Limit, ...]
    currency: str
    seed: int
    replications: int
    campaigns: int
    infeasible: dict[str, int]
    handed: tuple[str, ...]
    advice: tuple[Advice, ...]

    def __repr__(self) -> str:
        advised = ", ".join(f"{one.kind}: {one.recommended or 'none'}" for one in self.advice)
        return f"Recommendation({self.scenario!r}, {advised})"

    @property
    def cheap_by(self) -> tuple[str, ...]:
        """Keys of the cost that decide, in order."""
        return (MONEY,) if self.currency else LOAD

    def to_json(self) -> dict[str, Any]:
        """The recommendation as JSON of schema ``nhilab/recommendation/1``: finite numbers or null."""
        named = ("scenario", "scenario_digest", "designs", "seed", "replications", "campaigns", "infeasible")
        return {
            "schema": SCHEMA,
            **{name: getattr(self, name) for name in named},
            "limits": {limit.key: limit.bound for limit in self.limits},
            "currency": self.currency or None,
            "cheapest_by": list(self.cheap_by),
            "handed": list(self.handed),
            "classes": {
                advice.kind: {
                    "workloads": advice.workloads,
                    "recommended": advice.recommended or None,
                    "candidates": [_plain(candidate) for candidate in advice.candidates],
                }
                for advice in self.advice
            },
        }


def _plain(candidate: Candidate) -> dict[str, Any]:
    return {
        "name": candidate.name,
        "verdict": candidate.verdict,
        "hypothetical": candidate.hypothetical,
        "limits": {
            judged.limit.key: {
                "bound": judged.limit.bound,
                "mean": finite(judged.mean),
                "low": finite(judged.low),
                "high": finite(judged.high),
                "verdict": judged.verdict,
                "reason": judged.reason,
            }
            for judged in candidate.judgements
        },
        "cost": {key: _finite(estimate) for key, estimate in candidate.cost.items()},
        "access_window_s": _finite(candidate.access_window),
        "theft_probability": _finite(candidate.theft_probability),
    }


def _finite(estimate: Estimate) -> Mapping[str, Any]:
    return {name: finite(v) if isinstance(v, float) else v for name, v in estimate._asdict().items()}
