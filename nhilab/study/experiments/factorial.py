"""Controls on and off in all combinations: what each changes, what they need each other for, what each bought."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from nhilab.base.errors import InputError
from nhilab.base.quantities import SECOND, FloatArray
from nhilab.metrics.catalogue import CAMPAIGN_METRICS, METRICS
from nhilab.scenario.edit import edited
from nhilab.scenario.keypath import Way, find, replaced
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.executor import Executor
from nhilab.study.comparisons.compare import CAMPAIGNS, REPLICATIONS, chosen
from nhilab.study.estimates.estimate import CAPPED, Estimate, Parts
from nhilab.study.estimates.functionals import functional_intervals
from nhilab.study.estimates.trials import Arm, Trials
from nhilab.study.experiments.effects import Combination, Effects, Factorial
from nhilab.study.experiments.shapley import contrasts, rounded, shapley_values
from nhilab.study.intervals.means import Interval

MAX_CONTROLS: Final = 8
SHOWN: Final = ("access_window_s", "reach_weighted")
"""Metrics decomposed unless others are asked for: the unconditional access window and the weighted reach."""

LENGTHS: Final = ("s", "weighted resources·s")
"""Units of what is cut at the cap where access never ends."""

Changes = Mapping[str, Any]


def factorial(
    scenario: Scenario,
    *,
    seed: int,
    executor: Executor | None = None,
    strategy: str | None = None,
    controls: Sequence[str] = (),
    metrics: Sequence[str] = SHOWN,
    replications: int = REPLICATIONS,
    campaigns: int = CAMPAIGNS,
) -> Factorial:
    """Try a strategy with every combination of a scenario's controls on and off.

    Parameters
    ----------
    scenario : Scenario
        Its section `controls` says what each changes.
    seed : int
        Which chance, the same for all combinations.
    executor : Executor, optional
        What computes; this process alone if none is given.
    strategy : str, optional
        The one studied; by default the first that a control changes, else the first of the scenario.
    controls : sequence of str
        Those tried; by default all.
    metrics : sequence of str
        Means to decompose.
    replications, campaigns : int

    Returns
    -------
    Factorial

    Raises
    ------
    InputError
        If a name is unknown, there are no controls or more than 8, or two of them change one thing differently.

    Notes
    -----
    Checked by ``tests/unit/study/experiments/test_factorial.py``.
    """
    changes = chosen_controls(scenario, controls)
    _check_metrics(metrics)
    _check_together(scenario, changes)
    studied = chosen(scenario, [strategy])[0] if strategy else touched_first(scenario, changes)
    arms = _arms(scenario, studied, changes)
    trials = Trials(arms, seed=seed, campaigns=campaigns, executor=executor or Executor())
    trials.extend(replications)
    parts = list(trials.parts().values())
    cap_s = scenario.content.cap / SECOND
    return Factorial(
        scenario=scenario.name,
        scenario_digest=scenario.digest_of(studied),
        strategy=studied,
        seed=seed,
        replications=replications,
        campaigns=campaigns,
        horizon_s=scenario.content.horizon / SECOND,
        cap_s=cap_s,
        controls={name: dict(own) for name, own in changes.items()},
        idle=tuple(
            name
            for i, name in enumerate(changes)
            if arms[1 << i].scenario.digest_of(studied) == scenario.digest_of(studied)
        ),
        combinations=[
            Combination(_on(changes, c), _kept(own.estimates(cap_s=cap_s), metrics)) for c, own in enumerate(parts)
        ],
        effects={metric: _effects(metric, parts, tuple(changes)) for metric in dict.fromkeys(metrics)},
    )


def chosen_controls(scenario: Scenario, names: Sequence[str]) -> dict[str, Changes]:
    """What the controls asked for change, or all of the scenario's.

    Raises
    ------
    InputError
        If there are none, or too many, or one is unknown.
    """
    file, known = scenario.written.file, scenario.content.controls
    if not known:
        raise InputError(file, "controls", "none", "a section controls: {NAME: {KEY_PATH: VALUE}}")
    for name in names:
        if name not in known:
            raise InputError(file, "controls", name, "one of " + ", ".join(known))
    changes: dict[str, Changes] = {name: known[name] for name in dict.fromkeys(names or known)}
    if len(changes) > MAX_CONTROLS:
        found = f"{len(changes)} controls"
        raise InputError(file, "controls", found, f"at most {MAX_CONTROLS} at a time; name some with --control")
    return changes


def touched_first(scenario: Scenario, controls: Mapping[str, Changes]) -> str:
    """The first strategy that a control changes; the scenario's first where none changes any."""
    for way, _ in itertools.chain.from_iterable(_ways(scenario, own) for own in controls.values()):
        if len(way) > 1 and way[0] == "strategies" and way[1] in scenario.strategies:
            return str(way[1])
    return next(iter(scenario.strategies))


def _ways(scenario: Scenario, changes: Changes) -> list[tuple[Way, Any]]:
    """Where a control's changes lead, one after the other, and what each puts there."""
    content: Any = scenario.written.content
    found: list[tuple[Way, Any]] = []
    for path, value in changes.items():
        way = find(content, path, file=scenario.written.file, within="controls")
        content = replaced(content, way, value)
        found.append((way, value))
    return found


def _check_together(scenario: Scenario, controls: Mapping[str, Changes]) -> None:
    """Refuse controls of which one would undo what another does."""
    ways = {name: _ways(scenario, own) for name, own in controls.items()}
    for (first, those), (second, these) in itertools.combinations(ways.items(), 2):
        for (one, value), (other, otherwise) in itertools.product(those, these):
            inside = one[: len(other)] == other[: len(one)]
            if inside and (one != other or value != otherwise):
                path = ".".join(map(str, one if len(one) > len(other) else other))
                allowed = "the same value in both, or something that only one of them changes"
                raise InputError(scenario.written.file, f"controls.{first} and controls.{second}", path, allowed)


def _check_metrics(names: Iterable[str]) -> None:
    for name in names:
        if name not in METRICS:
            raise InputError("--metric", "", name, "a mean, one of " + ", ".join(METRICS))


def _arms(scenario: Scenario, strategy: str, controls: Mapping[str, Changes]) -> list[Arm]:
    arms = []
    for c in range(2 ** len(controls)):
        on = _on(controls, c)
        changes = {path: value for name in on for path, value in controls[name].items()}
        changed = edited(scenario, changes, within="controls") if changes else scenario
        arms.append(Arm(str(c), changed, strategy))
    return arms


def _on(controls: Iterable[str], combination: int) -> tuple[str, ...]:
    return tuple(name for i, name in enumerate(controls) if combination >> i & 1)


def _kept(estimates: Mapping[str, Estimate], metrics: Sequence[str]) -> dict[str, Estimate]:
    return {key: estimate for key, estimate in estimates.items() if key in (*metrics, "unbounded_share")}


def _effects(metric: str, arms: Sequence[Parts], controls: tuple[str, ...]) -> Effects:
    k, n = len(controls), len(arms)
    found = functional_intervals([arm.means[metric] for arm in arms], _quantities)
    alone, last, bought, shares, terms = (
        found[start:end] for start, end in itertools.pairwise([1, 1 + k, 1 + 2 * k, 1 + 3 * k, 1 + 4 * k, 4 * k + n])
    )
    missing = _without_shares(metric, arms, found[0])
    ordered = sorted(range(1, n), key=lambda c: (c.bit_count(), [i for i in range(k) if c >> i & 1]))
    return Effects(
        metric=metric,
        unit=METRICS[metric].unit,
        total=found[0],
        alone=dict(zip(controls, alone, strict=True)),
        last=dict(zip(controls, last, strict=True)),
        bought=dict(zip(controls, bought, strict=True)),
        shares={} if missing else dict(zip(controls, shares, strict=True)),
        without_shares=missing,
        contrasts={_on(controls, c): terms[c - 1] for c in ordered},
    )


def _quantities(means: FloatArray) -> FloatArray:
    """Total, alone, last, bought, shares and terms, side by side, of the means of all combinations."""
    singles = 1 << np.arange(means.shape[1].bit_length() - 1)
    none, all_on = means[:, :1], means[:, -1:]
    total, bought = rounded(none - all_on, means), shapley_values(-means)
    shares = np.divide(bought, total, out=np.full(bought.shape, np.nan), where=total != 0)
    alone, last = means[:, singles] - none, all_on - means[:, means.shape[1] - 1 - singles]
    return np.hstack([total, rounded(alone, means), rounded(last, means), bought, shares, contrasts(means)[:, 1:]])


def _without_shares(metric: str, arms: Sequence[Parts], total: Interval) -> str:
    """Why no shares of the total are given; empty where they are."""
    lengths = metric in CAMPAIGN_METRICS and METRICS[metric].unit in LENGTHS
    cut = lengths or metric.startswith(CAPPED)
    if cut and any(arm.means["unbounded_share"].interval().mean > 0 for arm in arms):
        return "in some combination access never ends, and a mean cut at the cap has no shares"
    if np.isnan(total.mean):
        return "some combination has no value"
    if np.isnan(total.low):
        return "there is no interval to tell the total from 0"
    return "the total cannot be told from 0" if total.low <= 0 <= total.high else ""
