"""What a check is, and how it is judged: one false-alarm budget over all checks."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from nhilab.base.quantities import FloatArray
from nhilab.metrics.observation import Observation

Size = Literal["ci", "full"]

FALSE_ALARMS: Final = 1e-4
"""Chance that any check of a correct lab is refused, shared out evenly (Bonferroni)."""
OFF: Final = 0.02
"""Every statistical check must refuse a theory this far off, either way."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the lab measured, and what theory says.

    Parameters
    ----------
    theory : float or ndarray, shape (n,), float64
        The known answer, from ``nhilab.theory``; an exact check may have one per value.
    numerators, denominators : ndarray, shape (n,), float64
        One per replication; the estimate is the ratio of their sums. Without denominators they are 1.
    controls : ndarray, shape (n, k), float64
        Quantities of each replication whose expectation is known to be 0 (sampled less expected service time,
        …); the estimate is read where they are all 0. None for none.
    resolution : float
        0 for a statistical check; else all numerators must equal theory to less than half of this (1e-6 s, one
        resource), and theories this much off must be refused.
    """

    theory: float | FloatArray
    numerators: FloatArray
    denominators: FloatArray | None = None
    controls: FloatArray | None = None
    resolution: float = 0.0

    @classmethod
    def of(cls, theory: float, observations: list[Observation]) -> Evidence:
        """Evidence of a metric's observations, one per replication."""
        parts = [[o.numerator for o in observations], [o.denominator for o in observations]]
        return cls(theory, *np.array(parts, np.float64))

    @classmethod
    def exact(cls, theory: ArrayLike, values: ArrayLike, *, step: float = 1e-6) -> Evidence:
        """Evidence counted by hand: each value must be its own known answer, or all must be the one there is.

        `step` is 1e-6 s, or 1 of what is counted. Another number of values than of answers agrees with nothing.
        """
        known, found = np.asarray(theory, np.float64), np.asarray(values, np.float64)
        if known.ndim and known.shape != found.shape:
            return cls(known, np.full(known.shape, np.nan), resolution=step)
        return cls(np.broadcast_to(known, found.shape), found, resolution=step)

    def estimate(self) -> tuple[float, float, int]:
        r"""Estimate, its standard error and degrees of freedom.

        .. math:: \hat r = \sum N_i / \sum D_i, \quad y_i = \hat r + (N_i - \hat r D_i)/\bar D - b_{(-i)} \cdot c_i

        the mean of :math:`y` and its standard error, with controls :math:`c` and slopes :math:`b_{(-i)}` fitted to
        the other replications: independent of :math:`c_i`, they leave no bias (control variates with splitting,
        Nelson 1990; fitted to all, the bias is of the order of the standard error here).

        Returns
        -------
        estimate, standard_error : float
        degrees_of_freedom : int
            Replications less one, less the number of controls.
        """
        n = len(self.numerators)
        below = np.ones(n) if self.denominators is None else self.denominators
        ratio = self.numerators.sum() / below.sum()
        y = ratio + (self.numerators - ratio * below) / below.mean()
        n_controls = 0 if self.controls is None else self.controls.shape[1]
        if self.controls is not None:
            y = y - _explained(y, self.controls / np.sqrt(np.mean(self.controls**2, axis=0)))
        return float(y.mean()), float(y.std(ddof=1) / math.sqrt(n)), n - 1 - n_controls


def _explained(y: FloatArray, controls: FloatArray) -> FloatArray:
    """Part of each value that its controls explain, by slopes fitted to the other values."""
    explained = np.empty(len(y))
    for i in range(len(y)):
        x = np.delete(controls, i, axis=0)
        slopes = np.linalg.lstsq(x - x.mean(axis=0), np.delete(y, i), rcond=None)[0]
        explained[i] = controls[i] @ slopes
    return explained


@dataclass(frozen=True)
class Check:
    """One known answer to be tested.

    Parameters
    ----------
    name : str
        Row of the table of known answers.
    claim : str
        The hypothesis, a sentence that could be false.
    unit : str
        Of theory and estimate.
    observe : callable
        From size and seed to `Evidence`, through the lab from scenario to measured quantity.
    """

    name: str
    claim: str
    unit: str
    observe: Callable[[Size, int], Evidence]


@dataclass(frozen=True)
class CheckResult:
    """A check with its verdict.

    Parameters
    ----------
    name, claim, unit : str
        As in the check.
    theory, estimate, standard_error : float
        In the check's unit; for an exact check means over its values, and no error.
    n : int
        Replications, or values compared by an exact check.
    z : float
        (estimate − theory)/standard error; 0 or ``inf`` for an exact check.
    limit : float
        \\|z\\| beyond which theory is refused, from Student's t.
    z_low, z_high : float
        z against a theory 2 % lower and higher; for an exact check against one step lower and higher.
    exact : bool
    seconds : float
        Time it took.
    """

    name: str
    claim: str
    unit: str
    theory: float
    estimate: float
    standard_error: float
    n: int
    z: float
    limit: float
    z_low: float
    z_high: float
    exact: bool
    seconds: float = field(default=0.0, compare=False)

    @property
    def agrees(self) -> bool:
        """The lab agrees with theory."""
        return abs(self.z) <= self.limit

    @property
    def sharp(self) -> bool:
        """A theory slightly off is refused, either way."""
        return min(abs(self.z_low), abs(self.z_high)) > self.limit

    @property
    def passed(self) -> bool:
        """Both: a check that cannot fail shows nothing."""
        return self.agrees and self.sharp

    @property
    def verdict(self) -> str:
        """In a word: ``agrees``, ``differs``, or ``too weak``."""
        return "agrees" if self.passed else "too weak" if self.agrees else "differs"


def judge(check: Check, evidence: Evidence, *, n_checks: int, seconds: float = 0.0) -> CheckResult:
    """Compare evidence with theory, `n_checks` statistical checks sharing the false-alarm budget."""
    if evidence.resolution:
        return _judge_exactly(check, evidence, seconds)
    return _judge(check, evidence, n_checks, seconds)


def _judge(check: Check, evidence: Evidence, n_checks: int, seconds: float) -> CheckResult:
    estimate, error, freedom = evidence.estimate()
    theory = float(evidence.theory)
    gaps = (estimate - theory * factor for factor in (1.0, 1 - OFF, 1 + OFF))
    z, z_low, z_high = (gap / error if error else math.copysign(math.inf, gap) if gap else 0.0 for gap in gaps)
    return CheckResult(
        check.name, check.claim, check.unit, theory, estimate, error, len(evidence.numerators),
        z, float(stdtrit(freedom, 1 - FALSE_ALARMS / (2 * n_checks))), z_low, z_high, False, seconds,
    )  # fmt: skip


def _means(theory: FloatArray, values: FloatArray) -> tuple[float, float]:
    return (float(theory.mean()), float(values.mean())) if len(values) else (math.nan, math.nan)


def _judge_exactly(check: Check, evidence: Evidence, seconds: float) -> CheckResult:
    values, step = evidence.numerators, evidence.resolution
    theory = np.broadcast_to(np.asarray(evidence.theory, np.float64), values.shape)
    endless = np.isinf(theory)
    gap = np.where(endless, np.where(values == theory, 0.0, np.inf), values - np.where(endless, 0.0, theory))
    z, z_low, z_high = (
        0.0 if len(values) and bool((np.abs(gap - np.where(endless, 0.0, shift)) < step / 2).all()) else math.inf
        for shift in (0.0, -step, step)
    )
    return CheckResult(
        check.name, check.claim, check.unit, *_means(theory, values), 0.0, len(values),
        z, 0.0, z_low, z_high, True, seconds,
    )  # fmt: skip
