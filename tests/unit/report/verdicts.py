"""Verdicts made up, for the tests of what is written of them."""

from __future__ import annotations

from nhilab.study.designs.check import Check
from nhilab.study.designs.limits import Judgement, Limit, Verdict


def judgement(verdict: Verdict, *, key: str = "reach", reason: str = "") -> Judgement:
    limit = Limit(key=key, bound=3.0, unit="1")
    return Judgement(limit=limit, mean=4.0, low=3.5, high=4.5, n=8, verdict=verdict, reason=reason)


def checked(strategies: dict[str, tuple[Judgement, ...]], name: str = "estate") -> Check:
    return Check(
        scenario=name,
        scenario_digest="0" * 8,
        seed=1,
        campaigns=20,
        looks=(8,),
        confidence=0.95,
        bound_confidence=0.95,
        strategies=strategies,
        hypothetical=(),
    )
