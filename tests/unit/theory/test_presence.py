"""Presence: tokens issued at Poisson instants, each counted while it lies at the place."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chisquare

from nhilab.base.streams import stream
from nhilab.theory import presence

WORLDS, RATE, MEAN, LONGEST = 120_000, 0.01, 300.0, 600.0


def present_at_a_theft(seed: int) -> np.ndarray:
    """Number found in each world by a theft long after the start; lives are uniform on (0, 600 s)."""
    rng = stream(seed, "present")
    issued_at = rng.exponential(1 / RATE, (WORLDS, 45)).cumsum(axis=1)
    life, theft_at = rng.uniform(0, LONGEST, issued_at.shape), 1300.0
    assert issued_at[:, -1].min() > theft_at
    return ((issued_at <= theft_at) & (theft_at < issued_at + life)).sum(axis=1)


def test_tokens_lying_at_a_place_are_poisson(judge):
    found = present_at_a_theft(51)
    judge(found, presence.mean_present(RATE, MEAN))
    observed = np.bincount(np.minimum(found, 10), minlength=11)
    for mean, accepted in ((MEAN, True), (1.02 * MEAN, False)):
        law = [presence.present_probability(n, RATE, mean=mean) for n in range(10)]
        expected = WORLDS * np.array([*law, 1 - sum(law)])
        assert bool(chisquare(observed, expected).pvalue > 1.6e-6) is accepted


def test_a_theft_finds_something_unless_the_place_is_empty(judge):
    judge(present_at_a_theft(52) > 0, 1 - presence.present_probability(0, RATE, mean=MEAN))


def test_nothing_lies_where_nothing_is_issued():
    assert presence.present_probability(0, 0.0, mean=300.0) == 1.0
    assert presence.present_probability(1, 0.0, mean=300.0) == 0.0


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: presence.mean_present(-1.0, 300.0),
        lambda: presence.mean_present(1.0, 0.0),
        lambda: presence.present_probability(-1, 1.0, mean=1.0),
        lambda: presence.present_probability(1.5, 1.0, mean=1.0),
    ],
)
def test_arguments_outside_the_formula_are_refused(wrong):
    with pytest.raises(ValueError, match=r"found .*; allowed: "):
        wrong()
