"""A scenario simulated at many points: only what is asked for is kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from nhilab.base.quantities import FloatArray
from nhilab.metrics.catalogue import METRICS
from nhilab.scenario.edit import edited
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.cell import Cell, Outcome, code_digest
from nhilab.study.cells.executor import Executor
from nhilab.study.experiments.uncertain import Problem
from nhilab.study.intervals.means import pooled_quantiles, pseudo_values, ratio

BATCH: Final = 256
"""Cells computed together; their outcomes are then let go."""


class Simulations:
    """Values of metrics at points, on the same chance at all of them.

    Parameters
    ----------
    scenario : Scenario
    problem : Problem
        What differs between points; its names are key paths.
    strategies : sequence of str
        One, or the one and the other that is subtracted.
    metrics : tuple of str
        Keys of the report.
    seed, replications, campaigns : int
    executor : Executor

    Attributes
    ----------
    values, errors : ndarray, shape (points, metrics), float64
        At the last points; standard errors by the jackknife over replications, NaN for quantiles.
    cut : ndarray, shape (points,), bool
        Where some access never ends under one of the strategies.
    """

    def __init__(
        self,
        scenario: Scenario,
        problem: Problem,
        strategies: Sequence[str],
        *,
        metrics: tuple[str, ...],
        seed: int,
        replications: int,
        campaigns: int,
        executor: Executor,
    ) -> None:
        self.scenario, self.problem, self.strategies, self.metrics = scenario, problem, tuple(strategies), metrics
        self.seed, self.replications, self.campaigns, self.executor = seed, replications, campaigns, executor
        self.values, self.errors = np.empty((0, len(metrics))), np.empty((0, len(metrics)))
        self.cut = np.empty(0, np.bool_)

    def __call__(self, points: FloatArray) -> FloatArray:
        """Values at points, shape (n, inputs): shape (n, metrics)."""
        n, m = len(points), len(self.metrics)
        self.values, self.errors, self.cut = np.empty((n, m)), np.empty((n, m)), np.zeros(n, np.bool_)
        each = len(self.strategies) * self.replications
        together = max(1, BATCH // each)
        for start in range(0, n, together):
            rows = range(start, min(start + together, n))
            for row, found in zip(rows, self._outcomes(points[rows], start * each, n * each), strict=True):
                for column, metric in enumerate(self.metrics):
                    self.values[row, column], self.errors[row, column] = _measured(found, metric)
                self.cut[row] = any(o.findings["unbounded_share"].numerator > 0 for own in found for o in own)
        return self.values

    def _outcomes(self, points: FloatArray, before: int, total: int) -> list[list[list[Outcome]]]:
        """Outcomes by point, strategy and replication."""
        scenarios: dict[str, Scenario] = {}
        cells: list[list[list[Cell]]] = []
        for point in points:
            changed = edited(self.scenario, self.problem.changes(point), within="uncertain")
            cells.append([self._cells(changed, strategy, scenarios) for strategy in self.strategies])
        tell = self.executor.progress
        shifted = tell and (lambda done, found, _: tell(min(before + done, total), before + found, total))
        flat = [cell for point in cells for own in point for cell in own]
        outcomes = self.executor.run(scenarios, flat, progress=shifted)
        if tell is not None:
            tell(before + len(flat), before, total)  # points alike are computed once
        return [[[outcomes[cell] for cell in own] for own in point] for point in cells]

    def _cells(self, scenario: Scenario, strategy: str, scenarios: dict[str, Scenario]) -> list[Cell]:
        digest = scenario.digest_of(strategy)
        scenarios[digest] = scenario
        return [
            Cell(
                scenario=digest,
                strategy=strategy,
                seed=self.seed,
                replication=replication,
                campaigns=self.campaigns,
                code=code_digest(),
            )
            for replication in range(self.replications)
        ]


def key_parts(key: str) -> tuple[str, float | None]:
    """Metric of a key of the report, and which quantile of it, if one.

    Examples
    --------
    >>> key_parts("access_window_s_p95"), key_parts("reach")
    (('access_window_s', 0.95), ('reach', None))
    """
    named = {f"{name}_p{round(100 * q)}": (name, q) for name, metric in METRICS.items() for q in metric.quantiles}
    return named.get(key, (key, None))


def _measured(found: Sequence[Sequence[Outcome]], key: str) -> tuple[float, float]:
    """Value of a key under the first strategy, minus that under the second, with its standard error."""
    name, q = key_parts(key)
    findings = [[outcome.findings[name] for outcome in own] for own in found]
    signs = (1.0, -1.0)
    if q is not None:
        once = np.ones((1, len(findings[0])), np.int64)
        quantiles = [float(pooled_quantiles([f.pool for f in own], q, once)[0]) for own in findings]
        value = sum(sign * one for sign, one in zip(signs, quantiles, strict=False))
        return value, math.nan
    arrays = [np.array([(f.numerator, f.denominator) for f in own]) for own in findings]
    value = sum(sign * ratio(own[:, 0], own[:, 1]) for sign, own in zip(signs, arrays, strict=False))
    pseudo = sum(sign * pseudo_values(own[:, 0], own[:, 1]) for sign, own in zip(signs, arrays, strict=False))
    return value, _standard_error(np.asarray(pseudo))


def _standard_error(values: FloatArray) -> float:
    n = len(values)
    return math.nan if n < 2 or not np.isfinite(values).all() else float(values.std(ddof=1)) / math.sqrt(n)
