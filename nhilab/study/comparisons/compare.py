"""Compare strategies on one scenario: the same demand for all, intervals over replications."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from typing import Final, get_args

from nhilab.base.errors import InputError
from nhilab.base.quantities import SECOND
from nhilab.metrics.catalogue import CAMPAIGN_METRICS, METRICS
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.cell import Finding
from nhilab.study.cells.executor import Executor
from nhilab.study.cells.job import Progress
from nhilab.study.cells.store import CellStore
from nhilab.study.comparisons.comparison import Comparison
from nhilab.study.comparisons.examined import unexamined
from nhilab.study.comparisons.survival import survival
from nhilab.study.comparisons.thieves import Shown, Thieves, both_thieves, other_thief, thief_of
from nhilab.study.estimates.estimate import Parts, gather
from nhilab.study.estimates.precision import MAX_REPLICATIONS, Precision, known_keys, replicate
from nhilab.study.estimates.trials import Arm, Outcomes, Trials
from nhilab.study.intervals.means import resamples

REPLICATIONS: Final = 8
CAMPAIGNS: Final = 200


def compare(
    scenario: Scenario,
    *,
    seed: int,
    strategies: Sequence[str] = (),
    replications: int = REPLICATIONS,
    precision: float | None = None,
    precise: Sequence[str] = (),
    max_replications: int = MAX_REPLICATIONS,
    campaigns: int = CAMPAIGNS,
    thieves: Shown = "both",
    workers: int = 1,
    store: CellStore | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
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
        Add replications until the half-widths of the keys named are at most this share of their values, for every
        strategy, or there are the most allowed (`nhilab.study.estimates.precision`).
    precise : sequence of str
        Keys that the precision is about; empty for access window, reach and issuances per task.
    max_replications : int
        With a precision, most replications.
    campaigns : int
        Thieves replayed on each replication's ledger.
    thieves : ``"both"`` or ``"one"``
        Whether thieves of the other kind are replayed on it, too (`nhilab.study.comparisons.thieves`).
    workers : int
        Processes. The result does not depend on it.
    store : CellStore, optional
        Where finished cells are kept; a repeated comparison takes them from there.
    progress : callable, optional
        Told of each finished cell.
    executor : Executor, optional
        What computes, instead of one made of workers, store and progress.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        If a strategy or key is unknown or a number out of range.
    """
    names, keys = chosen(scenario, strategies), known_keys(precise, scenario.name, "precise")
    numbers = {"replications": replications, "max_replications": max_replications, "campaigns": campaigns}
    for key, value in (numbers | {"workers": workers}).items():
        if value < 1:
            raise InputError(scenario.name, key, value, "at least 1")
    if precision is not None and not 0 < precision < 1:
        raise InputError(scenario.name, "precision", precision, "a share above 0 and below 1, such as 0.05")
    if thieves not in get_args(Shown):
        raise InputError(scenario.name, "thieves", thieves, "both or one")
    arms = [Arm(name, scenario, name) for name in names]
    with nullcontext(executor) if executor else Executor(workers, store, progress) as at_work:
        others = (other_thief(thief_of(scenario)).hop_time,) if thieves == "both" else ()
        trials = Trials(arms, seed=seed, campaigns=campaigns, executor=at_work, thieves=others)
        if precision is None:
            trials.extend(replications)
            return _comparison(scenario, trials, None)
        trials.extend(min(replications, max_replications))
        reached = replicate(trials, precision=precision, keys=keys, max_replications=max_replications)
        return _comparison(scenario, trials, reached)


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


def _comparison(scenario: Scenario, study: Trials, precision: Precision | None) -> Comparison:
    outcomes = study.outcomes
    times = resamples(study.n, seed=study.seed)
    parts = {name: gather([o.findings for o in found], METRICS, times) for name, found in outcomes.items()}
    first = next(iter(outcomes))
    cap_s = scenario.content.cap / SECOND
    hypothetical = tuple(name for name, found in outcomes.items() if any(o.hypothetical for o in found))
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
        hypothetical=hypothetical,
        survival=survival(_findings(outcomes), cap_s=cap_s),
        ledgers={name: tuple(o.ledger for o in found) for name, found in outcomes.items()},
        compromises={name: tuple(o.compromises for o in found) for name, found in outcomes.items()},
        thief=thief_of(scenario),
        thieves=_other_thief(scenario, parts, study),
        assumptions=unexamined(scenario, parts, [name for name in outcomes if name not in hypothetical]),
        precision=precision,
    )


def _other_thief(scenario: Scenario, parts: Mapping[str, Parts], study: Trials) -> Thieves | None:
    if not study.thieves:
        return None
    return both_thieves(scenario, parts, study.outcomes, campaigns=study.campaigns, seed=study.seed)


def _findings(outcomes: Outcomes) -> Mapping[str, Sequence[Mapping[str, Finding]]]:
    return {name: [outcome.findings for outcome in found] for name, found in outcomes.items()}
