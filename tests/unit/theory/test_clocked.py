"""Ticks, polls and stacked caches, step by step in whole microseconds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from nhilab.base.quantities import SECOND, BoolArray, IntArray
from nhilab.base.streams import stream
from nhilab.theory import caches, clocked

N = 80_000
STEP = SECOND // 2


class Stack:
    """A cache nearest the decision that fetches from one nearest the issuer, in many worlds at once.

    Entries carry the instant their answer left the issuer; refills happen at the instants of requests only.
    """

    def __init__(self, n: int, upstream_ttl: int, downstream_ttl: int) -> None:
        self.ttls = (upstream_ttl, downstream_ttl)
        self.dies_at = np.full((2, n), -1, np.int64)
        self.answered_at = np.full((2, n), -1, np.int64)

    def ask_upstream(self, now: IntArray, asked: BoolArray) -> IntArray:
        missed = asked & (now >= self.dies_at[0])
        self.answered_at[0][missed] = now[missed]
        self.dies_at[0][missed] = now[missed] + self.ttls[0]
        return self.answered_at[0]

    def ask(self, now: IntArray, asked: BoolArray) -> IntArray:
        missed = asked & (now >= self.dies_at[1])
        fetched = self.ask_upstream(now, missed)
        self.answered_at[1][missed] = fetched[missed]
        self.dies_at[1][missed] = now[missed] + self.ttls[1]
        return self.answered_at[1]


def survival_of_stack(seed: int, upstream: float, downstream: float, *, others: bool) -> IntArray:
    """Time until the decision is made on an answer given after the revocation; requests every half second."""
    rng = stream(seed, "stack", round(upstream), round(downstream))
    ttls = round(upstream * SECOND), round(downstream * SECOND)
    stack, both = Stack(N, *ttls), sum(ttls)
    other_at, first_at = rng.integers(0, ttls[0], N), ttls[0] + rng.integers(0, ttls[1], N)
    revoked_at, honoured_until = rng.integers(3 * both, 13 * both, N), np.full(N, -1, np.int64)
    now, offset = first_at % STEP, other_at % STEP
    while np.any(honoured_until < 0):
        if others:
            other_now = (now - offset) // STEP * STEP + offset
            stack.ask_upstream(other_now, other_now >= other_at)
        served = stack.ask(now, now >= first_at)
        turned = (honoured_until < 0) & (served > revoked_at)
        honoured_until[turned] = now[turned]
        now += STEP
    return honoured_until - revoked_at


@pytest.mark.parametrize(("upstream", "downstream"), [(20.0, 12.0), (7.0, 19.0)])
def test_a_cache_on_a_busy_cache_adds_half_of_each(judge, upstream, downstream):
    survival = survival_of_stack(31, upstream, downstream, others=True)
    assert survival.max() <= (upstream + downstream) * SECOND
    judge(survival / SECOND, clocked.two_saturated(upstream, downstream))


@pytest.mark.parametrize(("upstream", "downstream"), [(20.0, 12.0), (7.0, 19.0), (24.0, 8.0)])
def test_one_stream_locks_two_caches_in_step(judge, upstream, downstream):
    survival = survival_of_stack(32, upstream, downstream, others=False)
    assert survival.max() <= (upstream + downstream) * SECOND
    judge(survival / SECOND, clocked.one_saturated_stream(upstream, downstream))


def test_a_multiple_in_decimal_fractions_is_a_multiple():
    assert clocked.one_saturated_stream(1.1, 0.1) == pytest.approx(0.55)


def test_a_polled_list_is_half_a_period_late(judge):
    rng, period = stream(33, "poll"), 3600.0
    revoked_at, fetched_at = rng.uniform(0, 10 * period, N), rng.uniform(-period, 0, N)
    while np.any(early := fetched_at < revoked_at):
        fetched_at[early] += period
    assert (fetched_at - revoked_at).max() <= period
    judge(fetched_at - revoked_at, clocked.poll(period))


def ticking_death(filled_at: float, ttl: int) -> int:
    """First second whose clock reading is past the entry's valid second, as nginx compares them."""
    valid_second, clock = math.floor(filled_at) + ttl, math.floor(filled_at)
    while clock <= valid_second:
        clock += 1
    return clock


def test_whole_ticks_keep_an_entry_half_a_tick_longer(judge):
    filled_at = stream(34, "tick").uniform(0, 1000, N)
    life = np.array([ticking_death(f, 3) for f in filled_at]) - filled_at
    assert life.min() > 3
    assert life.max() <= 4
    judge(life, clocked.ticked(3.0, 1.0))


def test_a_revocation_at_a_random_phase_meets_the_same_mean_in_the_worst_case(judge):
    revoked_at = stream(35, "tick").uniform(0, 1000, N)
    just_before = np.nextafter(revoked_at, 0)
    bound = np.array([ticking_death(f, 3) for f in just_before]) - revoked_at
    assert bound.min() >= 3
    assert bound.max() < 4
    judge(bound, clocked.ticked(3.0, 1.0))


@pytest.mark.parametrize(("rate", "worlds"), [(0.3, 300_000), (2.0, 80_000), (30.0, 80_000)])
def test_a_ticking_cache_is_refilled_early_in_its_tick(judge, rate, worlds):
    rng = stream(36, "ticking", round(rate * 10))
    revoked_at, now, dies_at = rng.uniform(40, 60, worlds), rng.uniform(0, 3, worlds), np.zeros(worlds)
    while np.any(asked := (now := now + rng.exponential(1 / rate, worlds)) < revoked_at):
        missed = asked & (np.floor(now) >= dies_at)
        dies_at = np.where(missed, np.floor(now) + 2 + 1, dies_at)
    judge(np.maximum(dies_at - revoked_at, 0), clocked.ticked_passive(2.0, rate))


@pytest.mark.parametrize("rate", [1e-5, 0.999e-3, 1.001e-3, 0.5, 50.0])
def test_the_phase_of_a_refill_is_a_cut_exponential_at_every_scale(rate):
    weight, life, squared = (
        quad(lambda x, k=k: (11 - x) ** k * math.exp(-rate * x), 0, 1, points=[min(1.0, 5 / rate)])[0]
        for k in (0, 1, 2)
    )
    known = squared / (2 * (life + weight / rate))
    assert clocked.ticked_passive(10.0, rate) == pytest.approx(known, rel=1e-9)


def test_without_ticks_a_ticking_cache_is_a_cache():
    plain = caches.independent_revocation(10.0, 0.2)
    assert clocked.ticked_passive(10.0, 0.2, tick=1e-6) == pytest.approx(plain)
    assert clocked.ticked_passive(10.0, 0.0) == 0.0


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: clocked.two_saturated(0.0, 1.0),
        lambda: clocked.one_saturated_stream(1.0, 1e-7),
        lambda: clocked.poll(-1.0),
        lambda: clocked.ticked(10.5, 1.0),
        lambda: clocked.ticked(10.0, 0.0),
        lambda: clocked.ticked_passive(10.0, math.inf),
    ],
)
def test_arguments_outside_the_formula_are_refused(wrong):
    with pytest.raises(ValueError, match=r"found .*; allowed: "):
        wrong()
