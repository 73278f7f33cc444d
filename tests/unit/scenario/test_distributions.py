"""Moments are those of the quantile function, which never falls."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from nhilab.base.quantities import SECOND
from nhilab.scenario.distributions import CountDistribution, TimeDistribution

TIMES: TypeAdapter[Any] = TypeAdapter(TimeDistribution)
COUNTS: TypeAdapter[Any] = TypeAdapter(CountDistribution)
LENGTHS = [
    "7s", {"constant": "7s"}, {"exponential": "3s"}, {"uniform": ["2s", "8s"]}, {"uniform": ["5s", "5s"]},
    {"lognormal": {"median": "4s", "sigma": 0.8}}, {"lognormal": {"median": "4s", "sigma": 0}},
    {"quantiles": ["0", "1s", "4s", "20s"]}, {"quantiles": ["1s", "1s", "1s"]},
]  # fmt: skip


@pytest.mark.parametrize("given", LENGTHS)
def test_moments_are_integrals_of_the_quantile_function(given: Any) -> None:
    """By the midpoint rule in z = Φ⁻¹(u), where tails are thin."""
    from scipy.special import ndtr

    z = np.linspace(-8, 8, 400_001)[:-1] + 8 / 400_000
    weight = np.exp(-z * z / 2) * (16 / 400_000) / np.sqrt(2 * np.pi)
    x = TIMES.validate_python(given).quantile(ndtr(z))
    first, second = TIMES.validate_python(given).moments()
    assert (x * weight).sum() == pytest.approx(first, rel=1e-5)
    assert (x * x * weight).sum() == pytest.approx(second, rel=1e-4)


@pytest.mark.parametrize("given", LENGTHS)
def test_quantiles_never_fall_and_are_never_negative(given: Any) -> None:
    x = TIMES.validate_python(given).quantile(np.linspace(0.0001, 0.9999, 1001))
    assert (np.diff(x) >= 0).all() and (x >= 0).all()


def test_quantiles_at_known_probabilities_are_in_microseconds() -> None:
    u = np.array([0.0, 0.5, 0.75])
    assert TIMES.validate_python({"uniform": ["2s", "8s"]}).quantile(u).tolist() == [2e6, 5e6, 6.5e6]
    assert TIMES.validate_python({"quantiles": ["0", "2s", "10s"]}).quantile(u).tolist() == [0, 2e6, 6e6]
    assert TIMES.validate_python({"lognormal": {"median": "4s", "sigma": 1}}).quantile(u)[1] == 4 * SECOND
    exponential = TIMES.validate_python({"exponential": "3s"}).quantile(u)
    assert exponential.tolist() == pytest.approx([0, 3e6 * np.log(2), 3e6 * np.log(4)])


def test_a_plain_length_is_a_constant_and_a_plain_number_a_count() -> None:
    assert TIMES.validate_python("7s") == TIMES.validate_python({"constant": "7s"})
    assert TIMES.validate_python(0).moments() == (0, 0)
    assert COUNTS.validate_python(3).quantile(np.array([0.1, 0.9])).tolist() == [3, 3]


@pytest.mark.parametrize("mean", [1.0, 1.5, 3.0, 40.0])
def test_geometric_counts_have_their_mean_and_law(mean: float) -> None:
    u = (np.arange(1_000_000) + 0.5) / 1_000_000
    n = COUNTS.validate_python({"geometric": mean}).quantile(u)
    assert n.min() == 1 and (n == np.round(n)).all() and (np.diff(n) >= 0).all()
    assert n.mean() == pytest.approx(mean, rel=1e-3)
    assert (n == 1).mean() == pytest.approx(1 / mean, abs=2e-6)
    assert (n > 2).mean() == pytest.approx((1 - 1 / mean) ** 2, abs=2e-6)


def test_uniform_counts_are_equally_likely_from_first_to_last() -> None:
    u = (np.arange(40_000) + 0.5) / 40_000
    n = COUNTS.validate_python({"uniform": [2, 5]}).quantile(u)
    assert np.bincount(n.astype(int)).tolist() == [0, 0, 10_000, 10_000, 10_000, 10_000]
