"""Checks of how long caches honour a credential that its issuer has revoked."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import numpy as np

from nhilab.base.quantities import FloatArray, IntArray, to_seconds
from nhilab.campaign.replay import replay
from nhilab.ledger.passive import passive_until
from nhilab.ledger.tables import Ledger
from nhilab.metrics.observation import Observation
from nhilab.scenario.scenario import Scenario
from nhilab.study.verify.check import Check, Evidence, Size
from nhilab.study.verify.world import GOLDEN, REPLICATIONS, build, grid, ledgers, length, stage
from nhilab.theory import caches, clocked

_TTL: Final = 60.0
_RATE: Final = 0.05
_REPLICAS: Final = 3


def survivals(ledger: Ledger, instants: IntArray) -> FloatArray:
    """Passive survival at every verifier, had each credential been revoked at each instant.

    The uses stay what they were, as for campaigns: a revocation unrelated to use is put on the finished ledger.

    Returns
    -------
    ndarray, shape (instants, credentials, verifiers), float64, s
    """
    found = []
    for instant in instants.tolist():
        revoked_at = np.full(len(ledger.credentials), instant, np.int64)
        revoked = dataclasses.replace(ledger.credentials, revoked_at=revoked_at)
        found.append(passive_until(dataclasses.replace(ledger, credentials=revoked)) - instant)
    return to_seconds(np.array(found, np.int64))


def _served(*ttls: float) -> dict[str, Any]:
    return {"layers": [{"cache": {"ttl": length(ttl)}} for ttl in ttls]}


@cache
def _replicas(size: Size, seed: int) -> tuple[FloatArray, ...]:
    """Survivals in three caches of their own, each asked at the rate of `_RATE`, per replication.

    Poisson calls choose one of three resources; each has a verifier with a cache that nothing else fills.
    """
    scenario = build(
        stages=[stage(math.inf, source="standing", issue_per="workload")],
        estate={
            "resources": {f"resource-{i}": {"class": "database", "verifier": f"verifier-{i}"} for i in range(_REPLICAS)}
        },
        verifiers={f"verifier-{i}": _served(_TTL) for i in range(_REPLICAS)},
        workload={"count": 6, "arrivals": {"rate": f"{_RATE * _REPLICAS}/s"}, "targets": [{"resources": ["*"]}]},
        horizon=4_600.0, warm_up=1_000.0, follow_up=100.0,
    )  # fmt: skip
    return tuple(
        survivals(ledger, grid(ledger, _TTL * (1 + GOLDEN) / 2, seed=seed, replication=replication))
        for replication, ledger in enumerate(ledgers(scenario, REPLICATIONS[size], seed))
    )


def independent_revocation(size: Size, seed: int) -> Evidence:
    """The mean over the three caches, whose verdict is there for a share p of the time."""
    found = _replicas(size, seed)
    return Evidence(caches.independent_revocation(_TTL, _RATE), np.array([s.mean() for s in found]))


def stalest_replica(size: Size, seed: int) -> Evidence:
    """The largest over the three caches."""
    theory = caches.stalest_replica(_TTL, _RATE, n_replicas=_REPLICAS)
    return Evidence(theory, np.array([s.max(axis=2).mean() for s in _replicas(size, seed)]))


def after_last_use(size: Size, seed: int) -> Evidence:
    """The task ends, and the issuer revokes, a microsecond after its last of seven uses.

    Seven uses at a rate of 1/c make the cache forget that it began empty (to 5e-5).
    """
    rate = 1 / _TTL
    scenario = build(
        stages=[stage(86_400.0, revoke=["task-end"])], verifiers={"verifier": _served(_TTL)},
        workload={"arrivals": {"rate": "1/m"}},
        profile={"calls": 7, "call_time": "1us", "think_time": {"exponential": length(1 / rate)}},
        horizon=55_000.0, warm_up=0.0, follow_up=1_000.0,
    )  # fmt: skip
    observations = []
    for ledger in ledgers(scenario, REPLICATIONS[size], seed):
        survived = passive_until(ledger)[:, 0] - ledger.credentials.revoked_at
        observations.append(Observation.mean(to_seconds(survived)))
    return Evidence.of(caches.after_last_use(_TTL, rate), observations)


def one_stream(size: Size, seed: int) -> Evidence:
    """A call every 5 s, of which both lifetimes are multiples, refills the nearer cache the instant it expires."""
    farther, nearer = 60.0, 50.0
    scenario = build(
        stages=[stage(math.inf, source="standing", issue_per="identity")],
        verifiers={"verifier": _served(farther, nearer)}, workload={"arrivals": {"every": "5s"}},
        horizon=4_000.0, warm_up=300.0, follow_up=200.0,
    )  # fmt: skip
    observed = [
        survivals(ledger, grid(ledger, 100 * GOLDEN, seed=seed, replication=replication)).mean()
        for replication, ledger in enumerate(ledgers(scenario, REPLICATIONS[size], seed))
    ]
    return Evidence(clocked.one_saturated_stream(farther, nearer), np.array(observed))


def _bound(*ttls: float) -> Callable[[Size, int], Evidence]:
    def observe(size: Size, seed: int) -> Evidence:
        """Thieves in the task's unit from its start take its credential; it is revoked at the task's end."""
        scenario = build(
            stages=[stage(86_400.0, revoke=["task-end"])],
            verifiers={"verifier": _served(*ttls)}, place={"isolation": "task"},
            workload={"arrivals": {"rate": "1/m"}},
            profile={"calls": {"geometric": 3}, "call_time": "5s", "think_time": {"exponential": "20s"}},
            issuers={"issuer": {"service_time": {"exponential": "1s"}, "revocation_time": {"exponential": "20s"}}},
            entry={"timing": "at-task", "workloads": ["*"], "dwell": "1h"},
            horizon=30_000.0, warm_up=0.0, follow_up=7_200.0,
        )  # fmt: skip
        return Evidence(sum(ttls), _after_revocation(scenario, 8 if size == "ci" else 64, seed), resolution=1e-6)

    return observe


def _after_revocation(scenario: Scenario, n: int, seed: int) -> FloatArray:
    """Time from revocation until each credential taken is dead, s."""
    values = []
    for replication, ledger in enumerate(ledgers(scenario, n, seed)):
        taken = replay(ledger, scenario.threat, campaigns=100, seed=seed, replication=replication).taken
        values.append(to_seconds(taken.honoured_until - ledger.credentials.revoked_at[taken.credential]))
    return np.concatenate(values)


CHECKS: Final = (
    Check("one cache, revoked any time", "Passively, a revoked credential lives on for pc/2.", "s",
          independent_revocation),
    Check("one cache, revoked after use", "Passively, it lives on for c(1 − p/2) after its last use.", "s",
          after_last_use),
    Check("stalest of 3 replicas", "Passively, the stalest of R caches lives as the maximum of R.", "s",
          stalest_replica),
    Check("two caches, one stream", "Passively, one dense stream locks two caches: ⌈c₁/c₂⌉c₂/2.", "s", one_stream),
    Check("one cache, bound", "Adversarially, one cache adds exactly c.", "s", _bound(_TTL)),
    Check("two caches, bound", "Adversarially, two caches add exactly c₁ + c₂.", "s", _bound(60.0, 50.0)),
)  # fmt: skip
