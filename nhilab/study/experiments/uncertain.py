"""Numbers that are not known: points to try them at, the values there as a scenario file says them, and indices."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from nhilab.base.quantities import FloatArray
from nhilab.base.streams import stream
from nhilab.scenario.study_section import Uncertain
from nhilab.study.intervals.means import CONFIDENCE, Interval

Method = Literal["morris", "sobol"]
Evaluate = Callable[[FloatArray], FloatArray]
"""From points, shape (n, inputs), to what comes out there, shape (n,) or (n, outputs)."""

Indices = dict[str, dict[str, Interval]]
"""Indices by input and name."""

LEVELS: Final = 4
RESAMPLES: Final = 200
NAMES: Final[dict[Method, tuple[str, ...]]] = {"morris": ("mu_star", "mu", "sigma"), "sobol": ("S1", "ST")}


@dataclass(frozen=True)
class Problem:
    """What is not known, by name; the names of `changes` are key paths."""

    inputs: Mapping[str, Uncertain]

    def at(self, unit: FloatArray) -> FloatArray:
        """Values at points of the unit cube: the quantiles of each input.

        Parameters
        ----------
        unit : ndarray, shape (n, inputs), float64
            In [0, 1].

        Returns
        -------
        ndarray, shape (n, inputs), float64
            Lengths in µs.
        """
        return np.stack([quantiles(one, unit[:, i]) for i, one in enumerate(self.inputs.values())], axis=1)

    def changes(self, point: FloatArray) -> dict[str, Any]:
        """The values of one point as they could stand in a scenario file, by key path."""
        return {name: written(one, float(x)) for (name, one), x in zip(self.inputs.items(), point, strict=True)}


def quantiles(uncertain: Uncertain, share: FloatArray) -> FloatArray:
    r"""Values below which an uncertain number lies with the given probabilities.

    .. math:: a + u(b - a), \quad a (b/a)^u, \quad
              a + \sqrt{u (b - a)(m - a)} \text{ or } b - \sqrt{(1 - u)(b - a)(b - m)}

    Parameters
    ----------
    uncertain : Uncertain
    share : ndarray, shape (n,), float64
        In [0, 1].

    Returns
    -------
    ndarray, shape (n,), float64
        Lengths in µs. Whole numbers: of a uniform one each is as likely, of the others the nearest.

    Notes
    -----
    Oracle: ``scipy.stats``; checked by ``tests/unit/study/experiments/test_sensitivity.py``.

    Examples
    --------
    >>> quantiles(Uncertain(loguniform=(1.0, 100.0)), np.array([0.0, 0.5, 1.0]))
    array([  1.,  10., 100.])
    """
    low, high = uncertain.numbers()[0], uncertain.numbers()[-1]
    first, last = math.ceil(low), math.floor(high)
    if uncertain.uniform is not None and uncertain.whole:
        return np.minimum(np.floor(first + share * (last - first + 1)), last)
    if uncertain.uniform is not None:
        found = low + share * (high - low)
    elif uncertain.loguniform is not None:
        found = low * (high / low) ** share
    else:
        mode = uncertain.numbers()[1]
        rising = low + np.sqrt(share * (high - low) * (mode - low))
        falling = high - np.sqrt((1 - share) * (high - low) * (high - mode))
        found = np.where(share * (high - low) <= mode - low, rising, falling)
    return np.clip(np.rint(found), first, last) if uncertain.whole else np.clip(found, low, high)


def written(uncertain: Uncertain, value: float) -> str | int | float:
    """A value as a scenario file says it.

    Examples
    --------
    >>> written(Uncertain(uniform=("1s", "1m")), 1_500_000.2), written(Uncertain(uniform=(1, 5), whole=True), 3.0)
    ('1500000us', 3)
    """
    if uncertain.is_length:
        return f"{round(value)}us"
    return round(value) if uncertain.whole else value


def n_points(problem: Problem, method: Method, *, samples: int) -> int:
    """How many points `indices` evaluates: N (k + 1) for Morris, N (k + 2) for Sobol.

    Examples
    --------
    >>> n_points(Problem({"a": Uncertain(uniform=(0.0, 1.0))}), "sobol", samples=8)
    24
    """
    return samples * (len(problem.inputs) + (1 if method == "morris" else 2))


def indices(problem: Problem, method: Method, *, samples: int, seed: int, evaluate: Evaluate) -> list[Indices]:
    """Sensitivity indices of what comes out, by output.

    Parameters
    ----------
    problem : Problem
    method : "morris" or "sobol"
        Elementary effects, per whole range of each input: mean of their sizes ``mu_star`` and of themselves ``mu``,
        standard deviation ``sigma``. Or shares of the variance: first-order ``S1``, total ``ST``.
    samples : int
        Trajectories, at least 2; or base points, a power of two.
    seed : int
        Which points and which resamples; 0 is a seed like any other.
    evaluate : callable

    Returns
    -------
    list of dict of input to dict of name to Interval
        95 % intervals by bootstrap over trajectories or base points, none of ``mu`` and ``sigma``. NaN where an output
        is not finite; shares of an output that does not vary are NaN too.

    Notes
    -----
    Source: Morris 1991; Campolongo, Cariboni & Saltelli 2007; Sobol 2001; Saltelli et al. 2010; computed by SALib.
    SALib takes a seed of 0 for none in some places and the global generator where there is none, so its seeds are
    drawn, above 0, from a stream. Checked by ``tests/unit/study/experiments/test_sensitivity.py``.
    """
    drawn = [int(n) for n in stream(seed, "study", "sensitivity", method).integers(1, 2**31, 2)]
    plain = {
        "num_vars": len(problem.inputs),
        "names": list(problem.inputs),
        "bounds": [[0.0, 1.0]] * len(problem.inputs),
    }
    sample = importlib.import_module(f"SALib.sample.{method}")  # a second to import, so only where it is wanted
    options = {"num_levels": LEVELS} if method == "morris" else {"calc_second_order": False}
    unit: FloatArray = sample.sample(plain, samples, seed=drawn[0], **options)
    found = np.asarray(evaluate(problem.at(unit)), dtype=np.float64).reshape(len(unit), -1)
    return [_analyzed(plain, method, unit, output, drawn[1]) for output in found.T]


def _analyzed(plain: dict[str, Any], method: Method, unit: FloatArray, output: FloatArray, seed: int) -> Indices:
    unknown = Interval(math.nan, math.nan, math.nan)
    if not np.isfinite(output).all() or (method == "sobol" and np.ptp(output) == 0):
        return {name: dict.fromkeys(NAMES[method], unknown) for name in plain["names"]}
    analyze = importlib.import_module(f"SALib.analyze.{method}").analyze
    options = {"num_resamples": RESAMPLES, "conf_level": CONFIDENCE, "seed": seed}
    if method == "morris":
        found = analyze(plain, unit, np.ascontiguousarray(output), num_levels=LEVELS, **options)
    else:
        found = analyze(plain, np.ascontiguousarray(output), calc_second_order=False, **options)
    return {
        input_name: {name: _interval(found, name, i) for name in NAMES[method]}
        for i, input_name in enumerate(plain["names"])
    }


def _interval(found: Mapping[str, Any], name: str, position: int) -> Interval:
    mean = float(found[name][position])
    half = float(found[f"{name}_conf"][position]) if f"{name}_conf" in found else math.nan
    low = mean - half
    return Interval(mean, max(low, 0.0) if name == "mu_star" else low, mean + half)
