"""Sweep: strategies at every point of a grid of values, on the same demand wherever the values leave it the same."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from nhilab.base.errors import InputError
from nhilab.base.quantities import SECOND
from nhilab.metrics.catalogue import METRICS
from nhilab.scenario.edit import edited
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.cell import Outcome
from nhilab.study.cells.executor import Executor
from nhilab.study.comparisons.compare import CAMPAIGNS, REPLICATIONS, chosen
from nhilab.study.estimates.estimate import Estimate, Parts, gather
from nhilab.study.estimates.plain import finite
from nhilab.study.estimates.precision import known_keys
from nhilab.study.estimates.trials import Arm, Trials
from nhilab.study.experiments.vary import OPTION, Axis, axes_of, touched, ways_of
from nhilab.study.intervals.means import Contrast, resamples

SCHEMA: Final = "nhilab/sweep/1"
MAX_CELLS: Final = 10_000
SHOWN: Final = ("access_window_s", "reach_weighted", "issuances_per_task", "added_latency_s", "failed_task_share")
"""Metrics of a sweep unless others are asked for."""

_BESIDE: Final = {
    "access_window_s": ("unbounded_share", "access_window_s_p95"),
    "exposure_window_s": ("exposure_window_s_p95",),
}
"""What says whether a mean is cut at the cap, always reported with it."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Sweep:
    """Strategies at every point of a grid.

    Attributes
    ----------
    scenario, scenario_digest : str
        Its name, and the digest of all in it that decides results, before anything was varied.
    seed, replications, campaigns : int
        Settings; campaigns per replication.
    cells : int
        Different ones: points that leave a strategy as it is share theirs.
    axes : tuple of Axis
    points : tuple of tuple of str
        Values as written, one of each axis; the last axis fastest.
    metrics : tuple of str
        Keys asked for.
    estimates : dict of strategy to tuple of dict of key to Estimate
        By point; beside the keys asked for also what says whether their means are cut at the cap.
    differences : dict of strategy to tuple of dict of key to Contrast
        By point, against the strategy's own first point, paired by replication.
    hypothetical : tuple of str
        Strategies of which some issuer refuses a stage at some point.
    """

    scenario: str
    scenario_digest: str
    seed: int
    replications: int
    campaigns: int
    cells: int
    axes: tuple[Axis, ...]
    points: tuple[tuple[str, ...], ...]
    metrics: tuple[str, ...]
    estimates: dict[str, tuple[dict[str, Estimate], ...]]
    differences: dict[str, tuple[dict[str, Contrast], ...]]
    hypothetical: tuple[str, ...]

    def __repr__(self) -> str:
        varied = " × ".join(axis.path for axis in self.axes)
        return f"Sweep({self.scenario!r}, {len(self.points)} points of {varied}: {', '.join(self.estimates)})"

    def changes(self, point: int) -> dict[str, Any]:
        """What is otherwise at a point, by key path."""
        values = list(itertools.product(*(axis.values for axis in self.axes)))[point]
        return {axis.path: value for axis, value in zip(self.axes, values, strict=True)}

    def frame(self) -> pl.DataFrame:
        """A long table: strategy, a column for each path, metric, mean, low, high, unit, n, and the difference.

        ``difference`` with its ends is against the strategy's first point; ``resolved`` says whether its interval
        leaves out 0. Null where there is no number.
        """
        rows = [
            (name, *point, key, *map(finite, e[:3]), e.unit, e.n, *map(finite, contrasts[key][:3]),
             contrasts[key].resolved)
            for name, by_point in self.estimates.items()
            for point, found, contrasts in zip(self.points, by_point, self.differences[name], strict=True)
            for key, e in found.items()
        ]  # fmt: skip
        schema: dict[str, Any] = {"strategy": pl.String, **{axis.path: pl.String for axis in self.axes}}
        schema |= {"metric": pl.String, **dict.fromkeys(("mean", "low", "high"), pl.Float64)}
        schema |= {"unit": pl.String, "n": pl.Int64}
        schema |= dict.fromkeys(("difference", "difference_low", "difference_high"), pl.Float64)
        return pl.DataFrame(rows, schema={**schema, "resolved": pl.Boolean}, orient="row")

    def to_json(self) -> dict[str, Any]:
        """The sweep as JSON of schema ``nhilab/sweep/1``: finite numbers or null."""
        return {
            "schema": SCHEMA,
            "scenario": self.scenario,
            "scenario_digest": self.scenario_digest,
            "seed": self.seed,
            "replications": self.replications,
            "campaigns": self.campaigns,
            "cells": self.cells,
            "axes": [{"path": axis.path, "values": list(axis.written)} for axis in self.axes],
            "metrics": list(self.metrics),
            "strategies": {
                name: [
                    {
                        "point": {axis.path: value for axis, value in zip(self.axes, point, strict=True)},
                        "estimates": {key: plain(e) for key, e in found.items()},
                        "differences": {key: plain(c) | {"resolved": c.resolved} for key, c in contrasts.items()},
                    }
                    for point, found, contrasts in zip(self.points, by_point, self.differences[name], strict=True)
                ]
                for name, by_point in self.estimates.items()
            },
            "hypothetical": list(self.hypothetical),
        }


def sweep(
    scenario: Scenario,
    axes: Mapping[str, Sequence[Any]] | Sequence[Axis],
    *,
    seed: int,
    strategies: Sequence[str] = (),
    metrics: Sequence[str] = SHOWN,
    replications: int = REPLICATIONS,
    campaigns: int = CAMPAIGNS,
    executor: Executor | None = None,
) -> Sweep:
    """Try strategies at every point of a grid.

    Parameters
    ----------
    scenario : Scenario
    axes : dict of key path to values, or sequence of Axis
        ``{"strategy.jit.ttl": ["1m", "1h"]}``. Varied together: every combination of their values is a point.
    seed : int
        Which chance; the same at all points.
    strategies : sequence of str
        Empty for those the variation touches.
    metrics : sequence of str
        Keys to be reported.
    replications, campaigns : int
        Campaigns per replication.
    executor : Executor, optional
        What computes; this process alone if none is given.

    Returns
    -------
    Sweep

    Raises
    ------
    InputError
        If a path leads nowhere, the file could not hold a value, a strategy or metric is unknown, or there are over
        10,000 cells; all before anything is computed.

    Notes
    -----
    Checked by ``tests/unit/study/experiments/test_sweep.py``.
    """
    axes, keys = axes_of(axes), reported(metrics)
    names = chosen(scenario, strategies or touched(scenario, ways_of(scenario, [axis.path for axis in axes])))
    points = _points(axes, len(names) * replications)
    scenarios = [edited(scenario, dict(zip([a.path for a in axes], p, strict=True)), within=OPTION) for p in points]
    for name in names:
        if any(name not in point.strategies for point in scenarios):
            raise InputError(OPTION, "", "null", f"values that leave the strategy {name} there, or other strategies")
    arms = {(name, i): Arm(f"{name} @ {i}", point, name) for name in names for i, point in enumerate(scenarios)}
    trials = Trials(list(arms.values()), seed=seed, campaigns=campaigns, executor=executor or Executor())
    trials.extend(replications)
    parts = {at: parts_of(trials, arm.name, keys) for at, arm in arms.items()}
    caps = [point.content.cap / SECOND for point in scenarios]
    return Sweep(
        scenario=scenario.name,
        scenario_digest=scenario.digest(),
        seed=seed,
        replications=replications,
        campaigns=campaigns,
        cells=replications * len({(arm.scenario.digest_of(arm.strategy), arm.strategy) for arm in arms.values()}),
        axes=tuple(axes),
        points=tuple(itertools.product(*(axis.written for axis in axes))),
        metrics=tuple(metrics),
        estimates={
            n: tuple(_kept(parts[n, i].estimates(cap_s=cap), keys) for i, cap in enumerate(caps)) for n in names
        },
        differences={
            n: tuple({k: parts[n, i].contrast(parts[n, 0], k) for k in keys} for i in range(len(points))) for n in names
        },
        hypothetical=tuple(
            n for n in names if any(_refused(trials.outcomes[f"{n} @ {i}"]) for i in range(len(points)))
        ),
    )


def reported(metrics: Sequence[str]) -> tuple[str, ...]:
    """Keys asked for, each once, and with windows what says whether their means are cut at the cap.

    Raises
    ------
    InputError
        If no report has one of them.
    """
    known_keys(metrics, "metrics", "")
    return tuple(dict.fromkeys((*metrics, *(beside for key in metrics for beside in _BESIDE.get(key, ())))))


def parts_of(trials: Trials, arm: str, keys: Sequence[str]) -> Parts:
    """What one arm's replications found of some keys."""
    wanted = {key if key in METRICS else key.rpartition("_p")[0] for key in keys}
    metrics = {name: metric for name, metric in METRICS.items() if name in wanted}
    return gather([o.findings for o in trials.outcomes[arm]], metrics, resamples(trials.n, seed=trials.seed))


def plain(found: Estimate | Contrast) -> dict[str, Any]:
    """An estimate or a difference as JSON: finite numbers or null."""
    return {name: finite(v) if isinstance(v, float) else v for name, v in found._asdict().items()}


def _points(axes: Sequence[Axis], cells_each: int) -> list[tuple[Any, ...]]:
    n = cells_each
    for axis in axes:
        n *= len(axis.values)
    if n > MAX_CELLS:
        raise InputError(OPTION, "", f"{n:,} cells", f"at most {MAX_CELLS:,}: points × strategies × replications")
    return list(itertools.product(*(axis.values for axis in axes)))


def _kept(by_key: Mapping[str, Estimate], keys: Sequence[str]) -> dict[str, Estimate]:
    return {key: by_key[key] for key in keys}


def _refused(outcomes: Sequence[Outcome]) -> bool:
    return any(outcome.hypothetical for outcome in outcomes)
