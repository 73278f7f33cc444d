"""Checks of how late verifiers learn of a revocation on average: lists, pushes, ticking caches, caches kept warm."""

from __future__ import annotations

import dataclasses
import math
from functools import cache
from typing import Any, Final

import numpy as np

from nhilab.base.quantities import SECOND, FloatArray, to_seconds
from nhilab.ledger.acceptance import accept_until
from nhilab.ledger.passive import passive_until
from nhilab.ledger.tables import Ledger
from nhilab.study.verify.caches import survivals
from nhilab.study.verify.check import Check, Evidence, Size
from nhilab.study.verify.world import REPLICATIONS, build, grid, ledgers, length, stage
from nhilab.theory import caches, clocked

_TICK: Final = 1.0
_TICKING: Final = 5.0


def _lasting(*layers: dict[str, Any], every: float, horizon: float) -> dict[str, Any]:
    """One secret for ever, presented at regular instants."""
    return {
        "stages": [stage(math.inf, source="standing", issue_per="identity")],
        "verifiers": {"verifier": {"layers": list(layers)}}, "workload": {"arrivals": {"every": length(every)}},
        "horizon": horizon + 2_000.0, "warm_up": 1_000.0, "follow_up": 1_000.0,
    }  # fmt: skip


def _revoked_any_time(ledger: Ledger, step: float, *, seed: int, replication: int) -> float:
    """Mean passive survival of revocations a step apart, s."""
    return float(survivals(ledger, grid(ledger, step, seed=seed, replication=replication)).mean())


def polled(size: Size, seed: int) -> Evidence:
    """Revocations at 144 phases spread evenly over the period."""
    period = 600.0
    world = _lasting({"poll": {"period": length(period), "phase": "7s"}}, every=3_600.0, horizon=89 * period)
    values = [
        _revoked_any_time(ledger, period * 89 / 144, seed=seed, replication=replication)
        for replication, ledger in enumerate(ledgers(build(**world), REPLICATIONS[size] // 2, seed))
    ]
    return Evidence(clocked.poll(period), np.array(values))


def saturated(size: Size, seed: int) -> Evidence:
    """A list that is always as new as its last fetch is a first layer that others keep full.

    A call every 60 s, of which the cache's lifetime is a multiple, refills it the instant it expires. Its phase
    against the fetches takes 7 values 60 s apart, of which the first is uniform: their deviation is the control.
    """
    period, ttl, gap = 660.0, 420.0, 60.0
    layers = ({"poll": {"period": length(period)}}, {"cache": {"ttl": length(ttl)}})
    scenario = build(**_lasting(*layers, every=gap, horizon=period * ttl / gap))
    values, phases = [], []
    for replication, ledger in enumerate(ledgers(scenario, REPLICATIONS[size] // 2, seed)):
        values.append(_revoked_any_time(ledger, period * ttl / gap / 89, seed=seed, replication=replication))
        phases.append(int(ledger.calls.arrived_at[0]) / SECOND % gap - gap / 2)
    return Evidence(clocked.two_saturated(period, ttl), np.array(values), controls=np.array(phases)[:, None])


def pushed(size: Size, seed: int) -> Evidence:
    """Tasks of 100 s with credentials of 1000 s: a lost push leaves 900 s, any other the delay."""
    ttl, duration, every, delay, loss = 1_000.0, 100.0, 60.0, 700.0, 0.4
    scenario = build(
        stages=[stage(ttl, revoke=["task-end"])], workload={"arrivals": {"every": length(every)}},
        verifiers={"verifier": {"layers": [{"push": {"delay": length(delay), "loss_probability": loss}}]}},
        profile={"calls": 1, "call_time": length(duration), "think_time": 0},
        horizon=130 * every, warm_up=0.0, follow_up=1_000.0,
    )  # fmt: skip
    left = [
        to_seconds(accept_until(ledger)[:, 0] - ledger.credentials.revoked_at).mean()
        for ledger in ledgers(scenario, REPLICATIONS[size], seed)
    ]
    return Evidence(loss * (ttl - duration) + (1 - loss) * delay, np.array(left))


@cache
def _ticking(size: Size, seed: int) -> tuple[tuple[FloatArray, FloatArray], ...]:
    """Tasks of one call fill a cache each, at a random phase of its tick, and are revoked a microsecond later.

    Returns
    -------
    tuple of (passive, adversarial)
        Time from the revocation to the end of acceptance, per replication, s.
    """
    cached = {"cache": {"ttl": length(_TICKING), "tick": length(_TICK)}}
    scenario = build(
        stages=[stage(86_400.0)], workload={"arrivals": {"rate": "2/s"}},
        verifiers={"verifier": {"layers": [cached]}}, horizon=60.0, warm_up=0.0, follow_up=1.0,
    )  # fmt: skip
    found = []
    for ledger in ledgers(scenario, REPLICATIONS[size], seed):
        revoked = _revoked_after_use(ledger)
        at = revoked.credentials.revoked_at
        found.append((to_seconds(passive_until(revoked)[:, 0] - at), to_seconds(accept_until(revoked)[:, 0] - at)))
    return tuple(found)


def _revoked_after_use(ledger: Ledger) -> Ledger:
    """The same with each credential revoked a microsecond after its first use."""
    used, first = np.unique(ledger.calls.credential, return_index=True)
    revoked_at = ledger.credentials.revoked_at.copy()
    revoked_at[used] = ledger.calls.arrived_at[first] + 1
    return dataclasses.replace(ledger, credentials=dataclasses.replace(ledger.credentials, revoked_at=revoked_at))


def ticked_fill(size: Size, seed: int) -> Evidence:
    """Passively, the entry of the one use lives on."""
    found = [passive for passive, _ in _ticking(size, seed)]
    return Evidence(clocked.ticked(_TICKING, _TICK), np.array([x.sum() for x in found]), _counts(found))


def ticked_bound(size: Size, seed: int) -> Evidence:
    """Adversarially, it is filled again at the last instant."""
    found = [adversarial for _, adversarial in _ticking(size, seed)]
    return Evidence(clocked.ticked(_TICKING, _TICK), np.array([x.sum() for x in found]), _counts(found))


def _counts(found: list[FloatArray]) -> FloatArray:
    return np.array([len(x) for x in found], np.float64)


def ticked_steadily(size: Size, seed: int) -> Evidence:
    r"""A call a tick, at phase φ of it, refills the cache φ after each end: E[(c + τ − φ)²]/(2(c + τ)), φ uniform.

    .. math:: E[W] = \frac{(c + \tau)^3 - c^3}{6\,\tau\,(c + \tau)}

    An entry lives for c + τ − φ of each c + τ and is met at a uniform point of it. The squared life less its
    expectation is the control.
    """
    longest = _TICKING + _TICK
    squared = (longest**3 - _TICKING**3) / (3 * _TICK)
    world = _lasting({"cache": {"ttl": length(_TICKING), "tick": length(_TICK)}}, every=_TICK, horizon=0.0)
    world |= {"horizon": 90.0, "warm_up": 20.0, "follow_up": 10.0}
    values, controls = [], []
    for replication, ledger in enumerate(ledgers(build(**world), REPLICATIONS[size] // 2, seed)):
        values.append(_revoked_any_time(ledger, 10 * longest / 97, seed=seed, replication=replication))
        phase = int(ledger.calls.arrived_at[0]) / SECOND % _TICK
        controls.append([(longest - phase) ** 2 - squared])
    return Evidence(squared / (2 * longest), np.array(values), controls=np.array(controls))


def kept_warm(size: Size, seed: int) -> Evidence:
    """Seven Poisson uses each, the first just before the revocation; a cache nearly always forgets in between.

    The first two gaps are known in law: they are the controls.
    """
    ttl, rate, every = 60.0, 0.25 / 60.0, 60.0
    scenario = build(
        stages=[stage(1e6)], workload={"arrivals": {"every": length(every)}},
        verifiers={"verifier": {"layers": [{"cache": {"ttl": length(ttl), "expiry": "access"}}]}},
        profile={"calls": 7, "call_time": 0, "think_time": {"exponential": length(1 / rate)}},
        horizon=55 * every, warm_up=0.0, follow_up=1.0,
    )  # fmt: skip
    values, controls = [], []
    soon = -math.expm1(-rate * ttl)
    for ledger in ledgers(scenario, REPLICATIONS[size], seed):
        revoked = _revoked_after_use(ledger)
        values.append(to_seconds(passive_until(revoked)[:, 0] - revoked.credentials.revoked_at).mean())
        gaps = np.diff(ledger.calls.arrived_at.reshape(-1, 7)[:, :3]) / SECOND
        both = (gaps < ttl).all(axis=1)
        controls.append([
            (gaps[:, 0] < ttl).mean() - soon, np.minimum(gaps[:, 0], ttl).mean() - soon / rate,
            both.mean() - soon**2,
        ])  # fmt: skip
    return Evidence(caches.access_expiry(ttl, rate), np.array(values), controls=np.array(controls))


CHECKS: Final = (
    Check("polled list", "A polled list is half a period late: P/2.", "s", polled),
    Check("two layers, first saturated", "A saturated cache behind a list adds half of each: (P + c)/2.", "s",
          saturated),
    Check("push with loss", "A push is late by its delay, or for ever: loss·rest + (1 − loss)·delay.", "s", pushed),
    Check("ticking cache, one fill", "A fill at a random phase lives uniformly on (c, c + τ].", "s", ticked_fill),
    Check("ticking cache, refilled", "Adversarially, whole ticks add half a tick to c.", "s", ticked_bound),
    Check("ticking cache, a call a tick", "Refilled at one phase of each tick, it lives as ((c+τ)³ − c³)/6τ(c+τ).",
          "s", ticked_steadily),
    Check("cache kept warm by use", "Legitimate use keeps a revoked credential alive: (e^λc − 1)/λ.", "s", kept_warm),
)  # fmt: skip
