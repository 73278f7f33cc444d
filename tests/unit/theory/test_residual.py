"""Residual life: thefts at random instants on chains and crowds of credentials."""

from __future__ import annotations

import numpy as np
import pytest

from nhilab.base.quantities import FloatArray
from nhilab.base.streams import stream
from nhilab.theory import residual

N = 200_000


def taken_from_crowd(
    issued_at: FloatArray, presence: FloatArray, *, ttl: FloatArray, theft_at: float
) -> tuple[FloatArray, FloatArray]:
    """Sum of residual lives and number of what a theft finds in each world (worlds in rows)."""
    present = (issued_at <= theft_at) & (theft_at < issued_at + presence)
    left = np.where(present, issued_at + ttl - theft_at, 0.0)
    return left.sum(axis=1), present.sum(axis=1).astype(float)


def crowd(rng: np.random.Generator, rate: float, until: float, worlds: int) -> FloatArray:
    """Poisson issue instants on [0, until) of independent worlds, in rows; those beyond are never met."""
    gaps = rng.exponential(1 / rate, (worlds, int(rate * until + 8 * np.sqrt(rate * until) + 20)))
    issued_at = gaps.cumsum(axis=1)
    assert issued_at[:, -1].min() > until
    return issued_at


def newest_before(intervals: FloatArray, theft_at: FloatArray) -> FloatArray:
    """Instant of the last renewal before each world's theft, renewals starting at 0."""
    renewed_at = np.hstack([np.zeros((len(intervals), 1)), intervals.cumsum(axis=1)])
    assert np.all(renewed_at[:, -1] > theft_at)
    return np.where(renewed_at <= theft_at[:, None], renewed_at, 0.0).max(axis=1)


def test_a_theft_at_uniform_phase_leaves_half_the_life(judge):
    rng, ttl = stream(1, "uniform"), 900.0
    first_at, theft_at = rng.uniform(0, ttl, N), rng.uniform(2000, 2000 + 10 * ttl, N)
    issued_at = first_at.copy()
    while np.any(late := issued_at + ttl <= theft_at):
        issued_at[late] += ttl
    judge(issued_at + ttl - theft_at, residual.uniform_phase(ttl))


def test_a_copy_that_ends_with_its_task_is_taken_young(judge):
    rng, ttl, rate, worlds = stream(2, "task"), 100.0, 0.05, 20_000
    issued_at = crowd(rng, rate, 150.0, worlds)
    presence = ttl * rng.beta(1.0, 1.5, issued_at.shape)
    left, taken = taken_from_crowd(issued_at, presence, ttl=np.full_like(presence, ttl), theft_at=120.0)
    mean, second = ttl / 2.5, ttl**2 * (1.0 * 2.0) / (2.5 * 3.5)
    judge(left, residual.task_owned(ttl, mean, second_moment=second), per=taken)


def test_a_task_of_no_length_leaves_the_whole_life_and_one_of_full_length_half_of_it():
    assert residual.task_owned(900.0, 1e-6, second_moment=1e-12) == pytest.approx(900.0)
    assert residual.task_owned(900.0, 900.0, second_moment=900.0**2) == residual.uniform_phase(900.0)


def test_a_credential_taken_at_issue_has_its_whole_life_left():
    rng, ttl = stream(3, "issue"), 900.0
    issued_at = rng.integers(0, 10**6, 1000).astype(float)
    ended_at = issued_at + rng.uniform(0, ttl, 1000)
    theft_at = issued_at
    assert np.all(theft_at < ended_at)
    assert np.all(issued_at + ttl - theft_at == residual.at_first_issuance(ttl))


def test_the_newest_of_a_chain_renewed_ahead_is_young(judge):
    rng, ttl, fraction = stream(4, "renewed"), 900.0, 0.7
    issued_at = rng.uniform(-ttl, 0, N)
    theft_at = rng.uniform(0, 40 * ttl * fraction, N)
    while np.any(due := issued_at + fraction * ttl <= theft_at):
        issued_at[due] += fraction * ttl
    judge(issued_at + ttl - theft_at, residual.renewed_ahead(ttl, fraction))


def test_taking_old_copies_too_brings_the_mean_per_credential_back_to_half_a_life(judge):
    rng, ttl, fraction, worlds = stream(5, "copies"), 900.0, 0.4, 50_000
    issued_at = rng.uniform(0, fraction * ttl, (worlds, 1)) + fraction * ttl * np.arange(12)
    always = np.full_like(issued_at, ttl)
    left, taken = taken_from_crowd(issued_at, always, ttl=always, theft_at=3 * ttl)
    judge(left, residual.uniform_phase(ttl), per=taken)


def test_jitter_of_the_renewal_ages_the_newest(judge):
    rng, ttl, worlds = stream(6, "jitter"), 900.0, 60_000
    low, high = 0.2 * ttl, 1.0 * ttl
    theft_at = rng.uniform(20 * ttl, 25 * ttl, worlds)
    newest_at = newest_before(rng.uniform(low, high, (worlds, 80)), theft_at)
    mean, second = (low + high) / 2, (low**2 + low * high + high**2) / 3
    judge(newest_at + ttl - theft_at, residual.renewed_ahead_jittered(ttl, mean, second_moment=second))


def test_constant_intervals_are_renewal_without_jitter():
    jittered = residual.renewed_ahead_jittered(900.0, 630.0, second_moment=630.0**2)
    assert jittered == pytest.approx(residual.renewed_ahead(900.0, 0.7), rel=1e-12)


def test_a_theft_meets_long_lives_more_often(judge):
    rng, rate, worlds = stream(7, "length"), 0.05, 60_000
    issued_at = crowd(rng, rate, 230.0, worlds)
    ttl = np.where(rng.random(issued_at.shape) < 0.6, 20.0, rng.uniform(100.0, 200.0, issued_at.shape))
    left, taken = taken_from_crowd(issued_at, ttl, ttl=ttl, theft_at=220.0)
    mean = 0.6 * 20.0 + 0.4 * 150.0
    second = 0.6 * 400.0 + 0.4 * (100.0**2 + 100.0 * 200.0 + 200.0**2) / 3
    judge(left, residual.length_biased(mean, second), per=taken)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: residual.uniform_phase(0.0),
        lambda: residual.uniform_phase(float("nan")),
        lambda: residual.at_first_issuance(float("inf")),
        lambda: residual.task_owned(100.0, 60.0, second_moment=3599.0),
        lambda: residual.task_owned(100.0, 90.0, second_moment=9001.0),
        lambda: residual.renewed_ahead(900.0, 1.01),
        lambda: residual.renewed_ahead(900.0, 0.0),
        lambda: residual.renewed_ahead_jittered(900.0, 1000.0, second_moment=1e6),
        lambda: residual.length_biased(-1.0, 1.0),
    ],
)
def test_arguments_outside_the_formula_are_refused(wrong):
    with pytest.raises(ValueError, match=r"found .*; allowed: "):
        wrong()
