"""Caches: every request goes through a cache that remembers which answer of the issuer it holds."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pytest
from scipy.integrate import quad

from nhilab.base.quantities import FloatArray
from nhilab.base.streams import stream
from nhilab.theory import caches

N = 200_000


@dataclass
class Caches:
    """Independent caches asked side by side; an entry is the instant its answer left the issuer."""

    n: int
    ttl: float
    after_access: bool = False
    dies_at: FloatArray = field(init=False)
    answered_at: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        self.dies_at, self.answered_at = np.full(self.n, -np.inf), np.full(self.n, -np.inf)

    def ask(self, now: FloatArray, asked: np.ndarray) -> None:
        missed = asked & (now >= self.dies_at)
        self.answered_at = np.where(missed, now, self.answered_at)
        counted = asked if self.after_access else missed
        self.dies_at = np.where(counted, now + self.ttl, self.dies_at)


def use_until(cache: Caches, rng: np.random.Generator, rate: float, end_at: FloatArray) -> None:
    """Ask each cache at Poisson instants before its end."""
    now = rng.exponential(1 / rate, cache.n)
    while np.any(asked := now < end_at):
        cache.ask(now, asked)
        now += rng.exponential(1 / rate, cache.n)


def survival(cache: Caches, revoked_at: FloatArray) -> FloatArray:
    """For how long an answer given before the revocation is still served."""
    old = (cache.answered_at <= revoked_at) & (cache.dies_at > revoked_at)
    return np.where(old, cache.dies_at - revoked_at, 0.0)


@pytest.mark.parametrize("rate", [0.02, 0.15])
def test_a_cache_holds_the_verdict_for_its_share_of_time(judge, rate):
    rng, cache = stream(21, "share", round(1 / rate)), Caches(N, 30.0)
    asked_at = rng.uniform(600, 700, N)
    use_until(cache, rng, rate, asked_at)
    judge(cache.dies_at > asked_at, caches.cached_probability(30.0, rate))


@pytest.mark.parametrize("rate", [0.02, 0.15])
def test_a_cache_outlives_a_revocation_unrelated_to_use(judge, rate):
    rng, cache = stream(22, "independent", round(1 / rate)), Caches(2 * N, 30.0)
    revoked_at = rng.uniform(600, 700, 2 * N)
    use_until(cache, rng, rate, revoked_at)
    judge(survival(cache, revoked_at), caches.independent_revocation(30.0, rate))


def test_revoking_after_the_last_use_leaves_it_warm(judge):
    rng, cache, rate = stream(23, "last"), Caches(N, 30.0), 0.05
    now = np.zeros(N)
    for _ in range(60):
        now += rng.exponential(1 / rate, N)
        cache.ask(now, np.ones(N, bool))
    judge(survival(cache, now), caches.after_last_use(30.0, rate))


@pytest.mark.parametrize("n_replicas", [2, 5])
def test_the_stalest_replica_outlives_the_others(judge, n_replicas):
    rng, cache, rate = stream(24, "replicas", n_replicas), Caches(n_replicas * N, 30.0), 0.03
    revoked_at = np.repeat(rng.uniform(600, 700, N), n_replicas)
    use_until(cache, rng, rate, revoked_at)
    stalest = survival(cache, revoked_at).reshape(N, n_replicas).max(axis=1)
    judge(stalest, caches.stalest_replica(30.0, rate, n_replicas=n_replicas))


@pytest.mark.parametrize("rate", [1e-12, 1e-7, 1e-3, 1.0, 1e6])
@pytest.mark.parametrize("n_replicas", [1, 3, 40])
def test_the_stalest_replica_is_its_integral_at_every_scale(rate, n_replicas):
    p = caches.cached_probability(30.0, rate)
    integral, _ = quad(lambda x: -math.expm1(n_replicas * math.log1p(-p * x)), 0, 1, epsabs=0)
    known = caches.stalest_replica(30.0, rate, n_replicas=n_replicas)
    assert known == pytest.approx(30.0 * integral, rel=1e-9)


def test_use_keeps_a_revoked_credential_alive(judge):
    rng, cache, rate = stream(25, "access"), Caches(N, 30.0, after_access=True), 0.05
    now = np.zeros(N)
    cache.ask(now, np.ones(N, bool))
    revoked_at = now.copy()
    while np.any(alive := now < cache.dies_at):
        now = np.where(alive, now + rng.exponential(1 / rate, N), now)
        cache.ask(now, alive & (now < cache.dies_at))
    judge(survival(cache, revoked_at), caches.access_expiry(30.0, rate))


def test_a_credential_nobody_uses_is_cached_nowhere_but_after_its_last_use():
    assert caches.independent_revocation(30.0, 0.0) == 0.0
    assert caches.stalest_replica(30.0, 0.0, n_replicas=4) == 0.0
    assert caches.after_last_use(30.0, 0.0) == caches.access_expiry(30.0, 0.0) == 30.0


def test_an_access_cache_under_heavy_use_never_forgets():
    assert caches.access_expiry(3600.0, 10.0) == math.inf
    assert caches.access_expiry(30.0, 1e-15) == pytest.approx(30.0)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: caches.cached_probability(0.0, 1.0),
        lambda: caches.independent_revocation(30.0, -1.0),
        lambda: caches.after_last_use(math.inf, 1.0),
        lambda: caches.stalest_replica(30.0, 1.0, n_replicas=0),
        lambda: caches.stalest_replica(30.0, 1.0, n_replicas=True),
        lambda: caches.access_expiry(30.0, math.nan),
    ],
)
def test_arguments_outside_the_formula_are_refused(wrong):
    with pytest.raises(ValueError, match=r"found .*; allowed: "):
        wrong()
