"""The judge of simulated against known values.

Hypothesis: the mean of independent worlds (or the ratio of two sums over worlds) is the known answer. With
fewer than 60 such checks, each refused beyond 4.8 standard errors, false alarms over all of them stay under
1e-4. A check with the answer moved by 2 % either way must be refused, or it has no teeth.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import ArrayLike

LIMIT = 4.8
Judge = Callable[..., None]


def z_score(top: ArrayLike, bottom: ArrayLike, theory: float) -> float:
    """Standard errors between sum(top) / sum(bottom) and theory, worlds being independent."""
    a, b = np.asarray(top, float), np.asarray(bottom, float)
    ratio = a.sum() / b.sum()
    error = np.std(a - ratio * b, ddof=1) / np.sqrt(len(a)) / b.mean()
    return float((ratio - theory) / error)


@pytest.fixture
def judge() -> Judge:
    def check(top: ArrayLike, theory: float, per: ArrayLike | None = None) -> None:
        bottom = np.ones(len(np.asarray(top))) if per is None else per
        assert abs(z_score(top, bottom, theory)) < LIMIT
        for factor in (0.98, 1.02):
            assert abs(z_score(top, bottom, factor * theory)) > LIMIT

    return check
