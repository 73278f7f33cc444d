"""What strategies cost in money: each item per task and per day, with intervals, beside what they buy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from nhilab.base.errors import InputError
from nhilab.base.quantities import DAY, MINUTE, SECOND, FloatArray
from nhilab.scenario.scenario import Scenario
from nhilab.scenario.strategy_section import Strategy
from nhilab.scenario.study_section import Prices
from nhilab.study.cells.executor import Executor
from nhilab.study.comparisons.compare import CAMPAIGNS, REPLICATIONS, chosen
from nhilab.study.costs.losses import AnnualLoss, annual_losses
from nhilab.study.estimates.estimate import Estimate, MeanParts, Parts
from nhilab.study.estimates.plain import finite
from nhilab.study.estimates.trials import Arm, Trials
from nhilab.study.intervals.means import Contrast

SCHEMA: Final = "nhilab/cost/1"
RISKS: Final = ("access_window_s", "reach_weighted", "unbounded_share")
"""Metrics shown beside the money."""


@dataclass(frozen=True, eq=False, kw_only=True)
class StrategyCost:
    """What one strategy costs and buys.

    Attributes
    ----------
    per_task, per_day : Estimate
        Money for each task and each day simulated.
    items : dict of item to Estimate
        Parts of `per_task`: ``issuance``, ``decision``, ``approval``, ``failed_task``.
    risk : dict of key to Estimate
    difference, difference_per_day : Contrast or None
        Of money per task and day, from the first strategy; None for the first.
    loss : AnnualLoss or None
        Where losses are priced.
    loss_difference : Contrast or None
        Of the mean annual loss.
    """

    per_task: Estimate
    per_day: Estimate
    items: dict[str, Estimate]
    risk: dict[str, Estimate]
    difference: Contrast | None
    difference_per_day: Contrast | None
    loss: AnnualLoss | None
    loss_difference: Contrast | None


@dataclass(frozen=True, eq=False, kw_only=True)
class CostStudy:
    """Strategies side by side, in money."""

    scenario: str
    scenario_digest: str
    seed: int
    replications: int
    campaigns: int
    prices: Prices
    strategies: dict[str, StrategyCost]
    hypothetical: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The study as JSON of schema ``nhilab/cost/1``: finite numbers or null, no elapsed times."""
        settings = ("scenario", "scenario_digest", "seed", "replications", "campaigns")
        return {
            "schema": SCHEMA,
            **{name: getattr(self, name) for name in settings},
            "currency": self.prices.currency,
            "prices": self.prices.model_dump(mode="json"),
            "strategies": {name: _plain_cost(cost) for name, cost in self.strategies.items()},
            "hypothetical": list(self.hypothetical),
        }


def cost_table(study: CostStudy) -> pl.DataFrame:
    """Money as a long table: strategy, item, mean, low, high, unit; null where there is no number.

    Items are those of `money`, then ``per_task``, ``per_day`` and, where losses are priced, ``annual_loss``.
    """
    rows = []
    for name, cost in study.strategies.items():
        loss = cost.loss.mean.interval() if cost.loss is not None else None
        shown = {**cost.items, "per_task": cost.per_task, "per_day": cost.per_day}
        rows += [(name, item, *map(finite, each[:3]), each.unit) for item, each in shown.items()]
        if loss is not None:
            rows.append((name, "annual_loss", *map(finite, loss), f"{study.prices.currency}/year"))
    names = {"strategy": pl.String, "item": pl.String}
    numbers = dict.fromkeys(("mean", "low", "high"), pl.Float64)
    return pl.DataFrame(rows, schema={**names, **numbers, "unit": pl.String}, orient="row")


def study_cost(
    scenario: Scenario,
    *,
    seed: int,
    executor: Executor,
    strategies: Sequence[str] = (),
    replications: int = REPLICATIONS,
    campaigns: int = CAMPAIGNS,
) -> CostStudy:
    """What strategies cost in money.

    Parameters
    ----------
    scenario : Scenario
        With prices.
    seed : int
        Which chance.
    executor : Executor
    strategies : sequence of str
        The one to compare with first; empty for all.
    replications, campaigns : int
        Independent replications, and thieves replayed on each.

    Raises
    ------
    InputError
        If there are no prices, or a strategy is unknown.
    """
    names = chosen(scenario, strategies)
    prices = scenario.content.prices
    if prices is None:
        raise InputError(scenario.written.file, "prices", "nothing", "prices: {issuance: 0.001, failed_task: 20, ...}")
    trials = Trials([Arm(n, scenario, n) for n in names], seed=seed, campaigns=campaigns, executor=executor)
    trials.extend(replications)
    losses = annual_losses(trials, prices.loss) if prices.loss is not None else {}
    parts = trials.parts()
    return CostStudy(
        scenario=scenario.name,
        scenario_digest=scenario.digest(),
        seed=seed,
        replications=replications,
        campaigns=campaigns,
        prices=prices,
        strategies={n: _cost(n, names[0], parts, scenario, prices, losses) for n in names},
        hypothetical=tuple(n for n in names if any(outcome.hypothetical for outcome in trials.outcomes[n])),
    )


def money(parts: Parts, prices: Prices, strategy: Strategy) -> dict[str, MeanParts]:
    r"""Money for each task, by item.

    .. math:: \Big(p_i n_\mathrm{issued},\; p_d n_\mathrm{decisions},\;
              p_a n_\mathrm{escalated}\, E[A] / 1\,\mathrm{min},\; p_f n_\mathrm{failed}\Big) \Big/ n_\mathrm{tasks}

    with :math:`E[A]` the mean approval time of the strategy asked for; a strategy it mixes in lends its stages only.

    Parameters
    ----------
    parts : Parts
        What the strategy's replications found.
    prices : Prices
    strategy : Strategy

    Returns
    -------
    dict of item to MeanParts
        Over the tasks that came to be; all items with the same denominators, so numerators add up.

    Notes
    -----
    Definition: MODEL.md, money. Source: ours. Checked by hand in ``tests/unit/study/costs/test_cost.py``.
    """
    failed = parts.means["failed_task_share"]
    tasks = failed.denominators
    rule = strategy.authorize
    minutes = rule.escalation.approval_time.moments()[0] / MINUTE if rule and rule.escalation else 0.0
    counts: dict[str, FloatArray] = {
        "issuance": prices.issuance * parts.means["issuances_per_task"].numerators,
        "decision": prices.decision * parts.means["decisions_per_call"].numerators,
        "approval": prices.approval_minute * minutes * parts.means["escalations_per_task"].numerators,
        "failed_task": prices.failed_task * failed.numerators,
    }
    return {item: MeanParts(sums, tasks) for item, sums in counts.items()}


def money_per_task(parts: Parts, prices: Prices, strategy: Strategy) -> MeanParts:
    """Money for each task, all items together."""
    items = list(money(parts, prices, strategy).values())
    return MeanParts(np.sum([item.numerators for item in items], axis=0), items[0].denominators)


def money_per_day(parts: Parts, prices: Prices, strategy: Strategy, *, horizon_s: float) -> MeanParts:
    """Money for each day simulated, all items together: tasks that arrive within the horizon, over its length."""
    total = money_per_task(parts, prices, strategy)
    return MeanParts(total.numerators, np.full(parts.n, horizon_s * SECOND / DAY))


def _cost(
    name: str,
    first: str,
    parts: dict[str, Parts],
    scenario: Scenario,
    prices: Prices,
    losses: dict[str, AnnualLoss],
) -> StrategyCost:
    horizon_s, cap_s = scenario.content.horizon / SECOND, scenario.content.cap / SECOND
    rules = {n: scenario.strategies[n] for n in (first, name)}
    task = {n: money_per_task(parts[n], prices, rules[n]) for n in rules}
    day = {n: money_per_day(parts[n], prices, rules[n], horizon_s=horizon_s) for n in rules}
    estimates = parts[name].estimates(cap_s=cap_s)
    compared, unit = name != first, prices.currency
    return StrategyCost(
        per_task=_estimate(task[name], f"{unit}/task"),
        per_day=_estimate(day[name], f"{unit}/day"),
        items=_items(parts[name], prices, rules[name]),
        risk={key: estimates[key] for key in RISKS},
        difference=task[name].against(task[first]) if compared else None,
        difference_per_day=day[name].against(day[first]) if compared else None,
        loss=losses.get(name),
        loss_difference=losses[name].mean.against(losses[first].mean) if losses and compared else None,
    )


def _items(parts: Parts, prices: Prices, strategy: Strategy) -> dict[str, Estimate]:
    """Items with their intervals; that of failed tasks is of the share, so it is wide where none was seen to fail."""
    unit = f"{prices.currency}/task"
    items = {item: _estimate(mean, unit) for item, mean in money(parts, prices, strategy).items()}
    middle, low, high = (prices.failed_task * end for end in parts.interval("failed_task_share"))
    return items | {"failed_task": Estimate(middle, low, high, unit, parts.n)}


def _estimate(mean: MeanParts, unit: str) -> Estimate:
    middle, low, high = mean.interval()
    return Estimate(middle, max(low, 0.0), high, unit, len(mean.numerators))


def _plain_cost(cost: StrategyCost) -> dict[str, Any]:
    plain: dict[str, Any] = {"per_task": _plain(cost.per_task), "per_day": _plain(cost.per_day)}
    plain["items"] = {item: _plain(estimate) for item, estimate in cost.items.items()}
    plain["risk"] = {key: _plain(estimate) for key, estimate in cost.risk.items()}
    for name in ("difference", "difference_per_day", "loss_difference"):
        contrast: Contrast | None = getattr(cost, name)
        plain[name] = contrast and _plain(contrast)
    plain["loss"] = cost.loss and cost.loss.to_json()
    return plain


def _plain(value: Estimate | Contrast) -> dict[str, Any]:
    return {key: finite(v) if isinstance(v, float) else v for key, v in value._asdict().items()}
