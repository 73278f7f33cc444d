"""Which of the numbers that are not known decide the result."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from nhilab.base.errors import InputError
from nhilab.base.quantities import SECOND, FloatArray
from nhilab.metrics.catalogue import METRICS
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.executor import Executor
from nhilab.study.comparisons.compare import CAMPAIGNS, chosen
from nhilab.study.estimates.plain import finite
from nhilab.study.experiments.factorial import SHOWN
from nhilab.study.experiments.simulations import Simulations, key_parts
from nhilab.study.experiments.uncertain import Indices, Method, Problem, indices, n_points

SCHEMA: Final = "nhilab/sensitivity/1"
SAMPLES: Final[dict[Method, int]] = {"morris": 10, "sobol": 64}
REPLICATIONS: Final = 4


@dataclass(frozen=True, eq=False, kw_only=True)
class Response:
    """How one metric responds to what is not known.

    Attributes
    ----------
    unit : str
    mean, least, most : float
        Over the points tried.
    noise_share : float
        Mean squared standard error of a point over the variance between points; NaN where there is none.
    cut_points : int
        Points at which some access never ends, so that a mean window is cut at the cap.
    indices : dict of input to dict of name to Interval
    """

    unit: str
    mean: float
    least: float
    most: float
    noise_share: float
    cut_points: int
    indices: Indices


@dataclass(frozen=True, eq=False, kw_only=True)
class Sensitivity:
    """Sensitivity indices of a strategy's means, or of what it has more than another.

    Attributes
    ----------
    scenario, scenario_digest, strategy : str
    against : str or None
        The strategy subtracted.
    method : "morris" or "sobol"
    samples, points : int
        Trajectories or base points, and points tried in all.
    seed, replications, campaigns : int
        Replications at each point; the same chance at all.
    horizon_s, cap_s : float
    inputs : dict of key path to dict
        What is not known, as written.
    responses : dict of metric to Response
    """

    scenario: str
    scenario_digest: str
    strategy: str
    against: str | None
    method: Method
    samples: int
    points: int
    seed: int
    replications: int
    campaigns: int
    horizon_s: float
    cap_s: float
    inputs: dict[str, dict[str, Any]]
    responses: dict[str, Response]

    def frame(self) -> pl.DataFrame:
        """Indices as a long table: metric, input, index, mean, low, high, unit; null where there is no number."""
        rows = [
            (metric, name, index, *map(finite, value), response.unit if self.method == "morris" else "1")
            for metric, response in self.responses.items()
            for name, found in response.indices.items()
            for index, value in found.items()
        ]
        strings, numbers = ("metric", "input", "index"), ("mean", "low", "high")
        schema = {**dict.fromkeys(strings, pl.String), **dict.fromkeys(numbers, pl.Float64), "unit": pl.String}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def to_json(self) -> dict[str, Any]:
        """The study as JSON of schema ``nhilab/sensitivity/1``: finite numbers or null, no elapsed times."""
        plain = {name: value for name, value in vars(self).items() if name != "responses"}
        return {"schema": SCHEMA, **plain, "responses": {name: _plain(one) for name, one in self.responses.items()}}


def sensitivity(
    scenario: Scenario,
    *,
    method: Method,
    seed: int,
    executor: Executor,
    strategy: str | None = None,
    against: str | None = None,
    samples: int | None = None,
    metrics: Sequence[str] = SHOWN,
    replications: int = REPLICATIONS,
    campaigns: int = CAMPAIGNS,
) -> Sensitivity:
    """Vary what a scenario says is not known, and see what decides the result.

    Parameters
    ----------
    scenario : Scenario
        Its section `uncertain` says what is not known.
    method : "morris" or "sobol"
    seed : int
        Which points, and the chance at each: the same at all.
    executor : Executor
    strategy : str, optional
        By default the first.
    against : str, optional
        Study what the strategy has more than this one.
    samples : int, optional
        Trajectories (10) or base points (64, a power of two).
    metrics : sequence of str
        Keys of the report; means or quantiles.
    replications, campaigns : int
        At each point; indices are those of the mean over the replications.

    Returns
    -------
    Sensitivity

    Raises
    ------
    InputError
        If nothing is uncertain, a name is unknown, or a number out of range.

    Notes
    -----
    Checked by ``tests/unit/study/experiments/test_sensitivity.py``.
    """
    samples = SAMPLES[method] if samples is None else samples
    _check(scenario, method, samples)
    names = (chosen(scenario, [strategy] if strategy else [])[0], *(chosen(scenario, [against]) if against else ()))
    problem = Problem(scenario.content.uncertain)
    simulations = Simulations(
        scenario,
        problem,
        names,
        metrics=tuple(dict.fromkeys(metrics)),
        seed=seed,
        replications=replications,
        campaigns=campaigns,
        executor=executor,
    )
    found = indices(problem, method, samples=samples, seed=seed, evaluate=simulations)
    return Sensitivity(
        scenario=scenario.name,
        scenario_digest=scenario.digest(),
        strategy=names[0],
        against=against,
        method=method,
        samples=samples,
        points=n_points(problem, method, samples=samples),
        seed=seed,
        replications=replications,
        campaigns=campaigns,
        horizon_s=scenario.content.horizon / SECOND,
        cap_s=scenario.content.cap / SECOND,
        inputs={name: one.model_dump(exclude_defaults=True, mode="json") for name, one in problem.inputs.items()},
        responses={metric: _response(metric, simulations, i, found[i]) for i, metric in enumerate(simulations.metrics)},
    )


def _check(scenario: Scenario, method: Method, samples: int) -> None:
    if not scenario.content.uncertain:
        allowed = "a section uncertain: {KEY_PATH: {uniform: [LEAST, MOST]}}"
        raise InputError(scenario.written.file, "uncertain", "none", allowed)
    if method == "morris" and samples < 2:
        raise InputError("--samples", "", samples, "at least 2 trajectories")
    if method == "sobol" and (samples < 2 or samples & (samples - 1)):
        raise InputError("--samples", "", samples, "a power of two, at least 2")


def _response(metric: str, simulations: Simulations, position: int, found: Indices) -> Response:
    values, errors = simulations.values[:, position], simulations.errors[:, position]
    return Response(
        unit=METRICS[key_parts(metric)[0]].unit,
        mean=_finite_mean(values),
        least=float(values.min()),
        most=float(values.max()),
        noise_share=_noise_share(values, errors),
        cut_points=int(simulations.cut.sum()),
        indices=found,
    )


def _finite_mean(values: FloatArray) -> float:
    return float(values.mean()) if np.isfinite(values).all() else math.nan


def _noise_share(values: FloatArray, errors: FloatArray) -> float:
    if not (np.isfinite(values).all() and np.isfinite(errors).all()) or not np.ptp(values):
        return math.nan
    return float((errors**2).mean() / values.var(ddof=1))


def _plain(response: Response) -> dict[str, Any]:
    numbers = {
        name: finite(v) if isinstance(v, float) else v for name, v in vars(response).items() if name != "indices"
    }
    found = {
        name: {index: {part: finite(v) for part, v in value._asdict().items()} for index, value in own.items()}
        for name, own in response.indices.items()
    }
    return {**numbers, "indices": found}
