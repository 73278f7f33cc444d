"""Assertions with intervals: limits held, and no worse than a baseline."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nhilab.base.errors import InputError
from nhilab.base.quantities import SECOND
from nhilab.metrics.catalogue import METRICS
from nhilab.scenario.edit import edited
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.executor import Executor
from nhilab.study.comparisons.compare import CAMPAIGNS, REPLICATIONS, chosen
from nhilab.study.comparisons.comparison import SCHEMA
from nhilab.study.designs.check import MAX_REPLICATIONS, check
from nhilab.study.designs.limits import Judgement, limits_of
from nhilab.study.estimates.estimate import CAPPED, Parts
from nhilab.study.estimates.precision import WATCHED
from nhilab.study.estimates.trials import Arm, Trials
from nhilab.study.intervals.means import Contrast, Interval
from nhilab.study.intervals.shares import apart


def assert_limits(
    scenario: Scenario,
    *strategies: str,
    limits: Mapping[str, Any] | None = None,
    strict: bool = False,
    seed: int | None = None,
    replications: int = REPLICATIONS,
    max_replications: int = MAX_REPLICATIONS,
    campaigns: int = CAMPAIGNS,
    workers: int = 1,
) -> None:
    """No strategy breaks a limit: the same test as ``nhilab check``, with intervals over replications.

    Parameters
    ----------
    scenario : Scenario
    *strategies : str
        Names; none for all.
    limits : dict of key to value, optional
        ``{"access_window_s_p95": "15m", "failed_task_share": "0.1%"}``, instead of those of the file.
    strict : bool
        Fail also where a limit is undecided: where it lies within the interval, or there is none.
    seed : int, optional
        Which chance; the scenario's own if none is given.
    replications, max_replications : int
        Of the first look, and of the last.
    campaigns : int
        Thieves per replication.
    workers : int
        Processes; the result does not depend on it.

    Raises
    ------
    AssertionError
        With each limit broken, the value and its one-sided bounds.
    InputError
        If there are no limits, or one is of no metric.

    Notes
    -----
    Definition: `nhilab.study.designs.limits.judge` and `nhilab.study.designs.check.check`. Checked by
    ``tests/unit/testing/test_regression.py``.
    """
    held = scenario if limits is None else edited(scenario, {"limits": dict(limits)})
    wanted = limits_of(held)
    if not wanted:
        raise InputError(scenario.written.file, "limits", "nothing", "limits: {KEY: VALUE}, or limits given")
    with Executor(workers) as executor:
        found = check(
            held,
            wanted,
            seed=scenario.content.seed if seed is None else seed,
            executor=executor,
            strategies=strategies,
            replications=replications,
            max_replications=max_replications,
            campaigns=campaigns,
        )
    refused = {"broken", "undecided"} if strict else {"broken"}
    lines = [
        f"{name}: {_judged(judgement)}"
        for name, judgements in found.strategies.items()
        for judgement in judgements
        if judgement.verdict in refused
    ]
    if lines:
        raise AssertionError("\n  ".join([f"not so: {scenario.name} keeps its limits, seed {found.seed}", *lines]))


def assert_no_worse(
    scenario: Scenario,
    *,
    than: Scenario | str | Path,
    strategy: str,
    metrics: Sequence[str] = WATCHED,
    seed: int | None = None,
    replications: int | None = None,
    campaigns: int | None = None,
    workers: int = 1,
) -> None:
    r"""A strategy is not worse than it was: no difference lies wholly, with its interval, on the worse side of 0.

    .. math:: \text{worse} \iff l > 0 \text{ where less is better}, \quad h < 0 \text{ where more is}

    Against a scenario, :math:`[l, h]` is the interval of the difference paired by replication. Of a stored comparison
    only each value and its interval are known: those of both are combined as if they were independent,

    .. math:: l = d - \sqrt{(m - l_m)^2 + (h_b - b)^2}, \quad h = d + \sqrt{(h_m - m)^2 + (b - l_b)^2}, \quad d = m - b

    which is wider wherever sharing the chance helps.

    Parameters
    ----------
    scenario : Scenario
        As it is now.
    than : Scenario, str or Path
        As it was; or a file written by ``nhilab compare --json``.
    strategy : str
        Its name, in both.
    metrics : sequence of str
        Reported keys, such as ``access_window_s_p95``.
    seed, replications, campaigns : int, optional
        As in the stored comparison if none are given; against a scenario, its own seed, 8 and 200.
    workers : int
        Processes; the result does not depend on it.

    Raises
    ------
    AssertionError
        With each metric that is worse, both values and the difference with its interval.
    InputError
        If the file is no comparison, or lacks the strategy, a metric or its interval, or cuts windows elsewhere.

    Notes
    -----
    95 % intervals, each metric on its own. Source of the combination: Zou & Donner, *Construction of confidence
    limits about effect measures* (2008). Checked by ``tests/unit/testing/test_regression.py``.
    """
    for key in metrics:
        _lower_is_better(key)
    chosen(scenario, (strategy,))
    stored = {} if isinstance(than, Scenario) else _stored(than, strategy, metrics, scenario)
    arms = [Arm("now", scenario, strategy)]
    if isinstance(than, Scenario):
        chosen(than, (strategy,))
        arms.append(Arm("before", than, strategy))
    with Executor(workers) as executor:
        trials = Trials(
            arms,
            seed=stored.get("seed", scenario.content.seed) if seed is None else seed,
            campaigns=campaigns or stored.get("campaigns", CAMPAIGNS),
            executor=executor,
        )
        trials.extend(replications or stored.get("replications", REPLICATIONS))
    parts = trials.parts()
    before = parts.get("before")
    lines = []
    for key in metrics:
        now = parts["now"].interval(key)
        then = _interval(stored["strategies"][strategy][key]) if before is None else before.interval(key)
        gap = apart(now, then) if before is None else parts["now"].contrast(before, key)
        if _is_worse(now, then, gap, lower_is_better=_lower_is_better(key)):
            lines.append(f"{key}: {_shown(now)}, was {_shown(then)}: difference {_shown(gap)}{_cut(parts['now'], key)}")
    if lines:
        was = than.name if isinstance(than, Scenario) else than
        raise AssertionError("\n  ".join([f"not so: {strategy} is no worse than in {was}", *lines]))


def _is_worse(now: Interval, then: Interval, gap: Contrast, *, lower_is_better: bool) -> bool:
    """Whether the difference lies on the worse side; so does a value above the cap, where the one before was not."""
    if math.isnan(now.mean) != math.isnan(then.mean) or (math.isinf(now.mean) and math.isfinite(then.mean)):
        return math.isnan(now.mean) or math.isinf(now.mean) == lower_is_better
    return gap.low > 0 if lower_is_better else gap.high < 0


def _stored(file: str | Path, strategy: str, metrics: Sequence[str], scenario: Scenario) -> dict[str, Any]:
    """A stored comparison that has what is asked of it."""
    try:
        found: Any = json.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(file, "", type(error).__name__, "a file written by nhilab compare --json") from error
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        what = found.get("schema") if isinstance(found, dict) else type(found).__name__
        raise InputError(file, "schema", what, SCHEMA)
    if strategy not in found["strategies"]:
        raise InputError(file, "strategies", strategy, "one of " + ", ".join(found["strategies"]))
    cap_s = scenario.content.cap / SECOND
    for key in metrics:
        where, values = f"strategies.{strategy}.{key}", found["strategies"][strategy].get(key)
        if values is None or values["mean"] is None or values["n"] < 2:
            raise InputError(file, where, values and values["mean"], "a number, of at least two replications")
        if key.startswith(CAPPED) and found["cap_s"] != cap_s:
            raise InputError(file, "cap_s", found["cap_s"], f"the cap of {scenario.name}, {cap_s:.10g}, for {key}")
    return dict(found)


def _lower_is_better(key: str) -> bool:
    """Which way a reported key improves."""
    for name, metric in METRICS.items():
        if key in (name, *(f"{name}_p{round(100 * q)}" for q in metric.quantiles)):
            return metric.lower_is_better
    raise InputError("metrics", "", key, "a reported key such as " + ", ".join(WATCHED))


def _interval(values: Mapping[str, Any]) -> Interval:
    """An estimate of a stored comparison; an end that is not finite there is as far off as it can be."""
    low, high = values["low"], values["high"]
    return Interval(values["mean"], -math.inf if low is None else low, math.inf if high is None else high)


def _judged(judgement: Judgement) -> str:
    limit = judgement.limit
    side = "at most" if limit.upper else "at least"
    value = (
        f"{_shown(Interval(judgement.mean, judgement.low, judgement.high))} {limit.unit}, {judgement.n} replications"
    )
    why = f": {judgement.reason}" if judgement.reason else ""
    return f"{limit.key} {side} {limit.bound:.10g} is {judgement.verdict}{why}; found {value}"


def _shown(value: Interval | Contrast) -> str:
    return f"{value.mean:.4g} [{value.low:.4g}, {value.high:.4g}]"


def _cut(parts: Parts, key: str) -> str:
    """That a mean is cut at the cap, where it is."""
    endless = key.startswith("access_window_s") and parts.means["unbounded_share"].numerators.any()
    return " (cut at the cap, some access never ends)" if endless else ""
