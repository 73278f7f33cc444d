"""Compare strategies on one scenario: the same demand for all, intervals over replications."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np

from nhilab.base.errors import InputError
from nhilab.base.quantities import SECOND
from nhilab.metrics.catalogue import CAMPAIGN_METRICS, METRICS
from nhilab.scenario.scenario import Scenario
from nhilab.study.cell import Finding, Outcome
from nhilab.study.comparison import Comparison
from nhilab.study.estimate import gather
from nhilab.study.executor import Executor
from nhilab.study.intervals import mean_interval, resamples
from nhilab.study.job import Progress
from nhilab.study.store import CellStore
from nhilab.study.survival import survival
from nhilab.study.trials import Arm, Outcomes, Trials

REPLICATIONS: Final = 8
CAMPAIGNS: Final = 200
MAX_REPLICATIONS: Final = 200
WATCHED: Final = ("access_window_s", "reach", "issuances_per_task")
"""Metrics that `precision` is about."""


def compare(
    scenario: Scenario,
    *,
    seed: int,
    strategies: Sequence[str] = (),
    replications: int = REPLICATIONS,
    precision: float | None = None,
    campaigns: int = CAMPAIGNS,
    workers: int = 1,
    store: CellStore | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Compare strategies of a scenario.

    Parameters
    ----------
    scenario : Scenario
    seed : int
        Which chance.
    strategies : sequence of str
        Names, the one to compare with first; empty for all, in the scenario's order.
    replications : int
        Independent replications; with a precision, at least this many.
    precision : float, optional
        Add replications until the half-widths of access window, reach and issuances per task are at most this share
        of their means, for every strategy, or there are 200.
    campaigns : int
        Thieves replayed on each replication's ledger.
    workers : int
        Processes. The result does not depend on it.
    store : CellStore, optional
        Where finished cells are kept; a repeated comparison takes them from there.
    progress : callable, optional
        Told of each finished cell.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        If a strategy is unknown or a number out of range.
    """
    names = chosen(scenario, strategies)
    for key, value in (("replications", replications), ("campaigns", campaigns), ("workers", workers)):
        if value < 1:
            raise InputError(scenario.name, key, value, "at least 1")
    if precision is not None and not precision > 0:
        raise InputError(scenario.name, "precision", precision, "above 0")
    arms = [Arm(name, scenario, name) for name in names]
    with Executor(workers, store, progress) as executor:
        trials = Trials(arms, seed=seed, campaigns=campaigns, executor=executor)
        trials.extend(replications)
        while precision is not None and (more := _wanted(trials.outcomes, precision)) > trials.n:
            trials.extend(more)
    return _comparison(scenario, trials)


def chosen(scenario: Scenario, strategies: Iterable[str]) -> tuple[str, ...]:
    """Strategies asked for, each once, or all of the scenario.

    Raises
    ------
    InputError
        If one is unknown.
    """
    for name in (names := tuple(dict.fromkeys(strategies))):
        if name not in scenario.strategies:
            raise InputError(scenario.name, "strategies", name, "one of " + ", ".join(scenario.strategies))
    return names or tuple(scenario.strategies)


def _wanted(outcomes: Outcomes, precision: float) -> int:
    """Replications that should reach the precision; the number there is if it is reached or cannot be."""
    n = len(next(iter(outcomes.values())))
    widest = max(_relative_half_width(found, name) for found in outcomes.values() for name in WATCHED)
    if widest <= precision:
        return n
    guess = n * (widest / precision) ** 2 if math.isfinite(widest) else math.inf
    return int(min(max(math.ceil(min(guess, 2 * n)), n + 4), MAX_REPLICATIONS)) if n < MAX_REPLICATIONS else n


def _relative_half_width(found: Sequence[Outcome], name: str) -> float:
    """Half-width over mean; 0 where the mean is 0 or of an empty group, infinite with one replication."""
    parts = [outcome.findings[name] for outcome in found]
    numerators, denominators = np.array([p.numerator for p in parts]), np.array([p.denominator for p in parts])
    mean, _, high = mean_interval(numerators, denominators)
    if not mean or math.isnan(mean):
        return 0.0
    return math.inf if math.isnan(high) else (high - mean) / mean


def _comparison(scenario: Scenario, study: Trials) -> Comparison:
    outcomes = study.outcomes
    times = resamples(study.n, seed=study.seed)
    parts = {name: gather([o.findings for o in found], METRICS, times) for name, found in outcomes.items()}
    first = next(iter(outcomes))
    cap_s = scenario.content.cap / SECOND
    return Comparison(
        scenario=scenario.name,
        scenario_digest=scenario.digest(),
        seed=study.seed,
        replications=study.n,
        campaigns=study.campaigns,
        horizon_s=scenario.content.horizon / SECOND,
        cap_s=cap_s,
        strategies={name: each.estimates(cap_s=cap_s) for name, each in parts.items()},
        differences={f"{name} - {first}": parts[name].against(parts[first]) for name in list(outcomes)[1:]},
        entries={
            name: {
                entry: gather([o.by_entry[entry] for o in found], CAMPAIGN_METRICS, times).estimates(cap_s=cap_s)
                for entry in scenario.threat.entries
            }
            for name, found in outcomes.items()
        },
        hypothetical=tuple(name for name, found in outcomes.items() if any(o.hypothetical for o in found)),
        survival=survival(_findings(outcomes), cap_s=cap_s),
        ledgers={name: tuple(o.ledger for o in found) for name, found in outcomes.items()},
        compromises={name: tuple(o.compromises for o in found) for name, found in outcomes.items()},
    )


def _findings(outcomes: Outcomes) -> Mapping[str, Sequence[Mapping[str, Finding]]]:
    return {name: [outcome.findings for outcome in found] for name, found in outcomes.items()}
