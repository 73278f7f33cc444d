"""The cheapest design that meets the limits, for each class of workloads."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import get_args

from nhilab.base.errors import InputError
from nhilab.base.quantities import SECOND
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.executor import Executor
from nhilab.study.comparisons.compare import CAMPAIGNS, REPLICATIONS
from nhilab.study.costs.cost import money_per_task
from nhilab.study.designs.classes import alone, classes_of, handed
from nhilab.study.designs.explore import GRID_LIMIT, Effort, metrics_for
from nhilab.study.designs.limits import Limit, judge, limits_of, overall
from nhilab.study.designs.recommendation import LOAD, MONEY, Advice, Candidate, Designs, Recommendation
from nhilab.study.designs.space import Design, Infeasible, refused, space_of
from nhilab.study.estimates.estimate import Estimate, Parts, gather
from nhilab.study.estimates.trials import Arm, Trials
from nhilab.study.intervals.means import resamples


def recommend(
    scenario: Scenario,
    *,
    seed: int,
    replications: int = REPLICATIONS,
    campaigns: int = CAMPAIGNS,
    designs: Designs = "strategies",
    grid_limit: int = GRID_LIMIT,
    executor: Executor | None = None,
) -> Recommendation:
    """Find the cheapest design that meets the limits for each class.

    Parameters
    ----------
    scenario : Scenario
    seed : int
        Which chance.
    replications, campaigns : int
        Campaigns per replication.
    designs : ``"strategies"`` or ``"space"``
        Candidates: the scenario's strategies, or all designs of its space.
    grid_limit : int
        Most designs of a space to try.
    executor : Executor, optional
        What computes; this process alone if none is given.

    Raises
    ------
    InputError
        If candidates are neither, the scenario has no limits, one of an unknown metric, or a space too large to try.

    Notes
    -----
    Definition: MODEL.md, recommendations. Checked by ``tests/unit/study/designs/test_recommend.py``.
    """
    if designs not in get_args(Designs):
        raise InputError("designs", "", designs, "strategies or space")
    limits = limits_of(scenario)
    if not limits:
        raise InputError(
            scenario.written.file, "limits", "nothing", "limits to meet, by metric: {failed_task_share: 0.1%}"
        )
    effort = Effort(seed=seed, replications=replications, campaigns=campaigns, grid_limit=grid_limit)
    arms, infeasible = _candidates(scenario, designs, effort)
    kinds = classes_of(scenario)
    prices = scenario.content.prices
    trials = Trials(
        [Arm(f"{kind}: {arm.name}", alone(arm.scenario, kind), arm.strategy) for kind in kinds for arm in arms],
        seed=effort.seed,
        campaigns=effort.campaigns,
        executor=executor or Executor(),
    )
    trials.extend(effort.replications)
    return Recommendation(
        scenario=scenario.name,
        scenario_digest=scenario.digest(),
        designs=designs,
        limits=limits,
        currency=prices.currency if prices else "",
        seed=effort.seed,
        replications=trials.n,
        campaigns=effort.campaigns,
        infeasible=infeasible,
        handed=handed(scenario),
        advice=tuple(_advice(scenario, kind, arms, trials, limits) for kind in kinds),
    )


def _candidates(scenario: Scenario, designs: Designs, effort: Effort) -> tuple[list[Arm], dict[str, int]]:
    """Arms to try, and why others are none."""
    if designs == "strategies":
        return [Arm(name, scenario, name) for name in scenario.strategies], {}
    space = space_of(scenario)
    if len(space) > effort.grid_limit:
        allowed = f"at most {effort.grid_limit}; the frontier searches larger spaces"
        raise InputError(scenario.written.file, "space", f"{len(space)} designs", allowed)
    made: list[Design | Infeasible] = [space.design(point) for point in space.points()]
    reasons = [design.reason for design in made if isinstance(design, Infeasible)]
    arms = [Arm(design.name, design.scenario, space.strategy) for design in made if isinstance(design, Design)]
    if not arms:
        raise InputError(scenario.written.file, "space", f"no design that can be had; {reasons[0]}", "another space")
    return arms, {reason: reasons.count(reason) for reason in dict.fromkeys(reasons)}


def _advice(scenario: Scenario, kind: str, arms: Sequence[Arm], trials: Trials, limits: Sequence[Limit]) -> Advice:
    workloads = scenario.estate.workloads
    own = [of == kind and rule is not None for of, rule in zip(workloads.kind.tolist(), scenario.arrivals, strict=True)]
    metrics = metrics_for(limit.key for limit in limits)
    times = resamples(trials.n, seed=trials.seed)
    found = [
        _candidate(arm, gather([o.findings for o in trials.outcomes[f"{kind}: {arm.name}"]], metrics, times), limits)
        for arm in arms
    ]
    ordered = sorted(found, key=_rank)
    fit = [candidate for candidate in ordered if candidate.verdict == "met" and not candidate.hypothetical]
    return Advice(
        kind=kind,
        workloads=int(workloads.count[own].sum()),
        recommended=fit[0].name if fit else "",
        candidates=tuple(ordered),
    )


def _candidate(arm: Arm, parts: Parts, limits: Sequence[Limit]) -> Candidate:
    cap_s, prices = arm.scenario.content.cap / SECOND, arm.scenario.content.prices
    estimates = parts.estimates(cap_s=cap_s)
    cost = {key: estimates[key] for key in LOAD}
    if prices is not None:
        money = money_per_task(parts, prices, arm.scenario.strategies[arm.strategy]).interval()
        cost = {
            MONEY: Estimate(money.mean, max(money.low, 0.0), money.high, f"{prices.currency}/task", parts.n),
            **cost,
        }
    judgements = judge(parts, limits, cap_s=cap_s)
    return Candidate(
        name=arm.name,
        verdict=overall(judgements),
        judgements=judgements,
        cost=cost,
        access_window=estimates["access_window_s"],
        theft_probability=estimates["theft_probability"],
        hypothetical=refused(arm.scenario, arm.strategy),
    )


def _rank(candidate: Candidate) -> tuple[float, ...]:
    """Those that meet the limits first, then undecided ones, hypothetical ones after their like; cheap before dear.

    Of those that cost the same, the one with the shorter access window.
    """
    verdict = ("met", "undecided", "broken").index(candidate.verdict)
    means = [estimate.mean for estimate in (*candidate.cost.values(), candidate.access_window)]
    return (verdict, candidate.hypothetical, *(math.inf if math.isnan(mean) else mean for mean in means))
