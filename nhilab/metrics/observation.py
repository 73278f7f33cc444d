"""What one replication says about one metric, and what a metric is."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Self

import numpy as np

from nhilab.base.quantities import BoolArray, FloatArray
from nhilab.metrics.reading import Reading


@dataclass(frozen=True, eq=False)
class Observation:
    r"""One replication's share of a mean; over replications the mean is a ratio of sums.

    .. math:: \bar m = \sum_r \mathrm{numerator}_r \Big/ \sum_r \mathrm{denominator}_r

    Parameters
    ----------
    numerator : float
        Sum over the group, in the metric's unit times that of the denominator.
    denominator : float
        Size of the group; 1 for a count per replication; 0 for an empty group.
    sample : ndarray, shape (n,), float64
        Values to be pooled for quantiles or laws of loss, ``inf`` beyond the cap; empty where neither is asked for.

    Examples
    --------
    >>> Observation.mean(np.array([1.0, 2.0, 6.0])).value
    3.0
    """

    numerator: float
    denominator: float
    sample: FloatArray = field(default_factory=lambda: np.empty(0, np.float64))

    @classmethod
    def mean(cls, values: FloatArray, *, sample: FloatArray | None = None) -> Self:
        """Mean of the values; the sum is correctly rounded, so their order does not matter."""
        total = math.fsum(values.tolist())
        return cls(total, float(len(values))) if sample is None else cls(total, float(len(values)), sample)

    @classmethod
    def share(cls, hits: BoolArray) -> Self:
        """Share of a group for which something holds."""
        return cls(float(np.count_nonzero(hits)), float(len(hits)))

    @classmethod
    def count(cls, n: int) -> Self:
        """Count per replication: never an empty group, 0 where there is nothing."""
        return cls(float(n), 1.0)

    @property
    def value(self) -> float:
        """The metric in this replication alone; NaN for an empty group, never 0."""
        return self.numerator / self.denominator if self.denominator else math.nan


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A question asked of every replication in the same way.

    Parameters
    ----------
    name : str
        Key in every output; a quantile q is reported as ``name_p95`` and the like.
    unit : str
        Of mean and quantiles: ``"s"``, ``"1"`` for shares and ratios, else what is counted.
    function : callable
        From a `Reading` to an `Observation`.
    quantiles : tuple of float
        Quantiles reported, of the pooled samples.
    kind : ``"risk"`` or ``"cost"``
        Side of the comparison it belongs to.
    meaning : str
        One sentence for the reader of a report.
    lower_is_better : bool
        Direction of improvement.
    share : bool
        It counts hits among trials: numerators are hits, denominators trials.
    """

    name: str
    unit: str
    function: Callable[[Reading], Observation]
    kind: Literal["risk", "cost"]
    meaning: str
    quantiles: tuple[float, ...] = ()
    lower_is_better: bool = True
    share: bool = False
