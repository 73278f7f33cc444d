"""Checks of what stands between an issuer and the decision: what each layer adds at most."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from nhilab.base.quantities import SECOND, IntArray, to_seconds
from nhilab.campaign.replay import replay
from nhilab.ledger.tables import Credentials
from nhilab.study.verify.check import Check, Evidence, Size
from nhilab.study.verify.world import build, one_ledger, stage


class Bound(NamedTuple):
    """A verifier, and until when it honours credentials, µs; does that count from expiry, and are they revoked?"""

    name: str
    claim: str
    verifier: dict[str, Any]
    known: Callable[[Credentials], IntArray]
    from_expiry: bool = False
    revoked: bool = True


def _plus(seconds: float) -> Callable[[Credentials], IntArray]:
    return lambda made: made.revoked_at + round(seconds * SECOND)


def _expiry_plus(seconds: float) -> Callable[[Credentials], IntArray]:
    return lambda made: made.expires_at + round(seconds * SECOND)


def _next_fetch(made: Credentials) -> IntArray:
    """The first of 7 s, 97 s, 187 s, … that is not before the revocation."""
    phase, period = 7 * SECOND, 90 * SECOND
    return phase + -(-(made.revoked_at - phase) // period) * period


def _ticked(made: Credentials) -> IntArray:
    """Filled at the last microsecond before the revocation is known: next whole tick of 4 s, and the ttl of 60 s."""
    tick = 4 * SECOND
    return -(-made.revoked_at // tick) * tick + 60 * SECOND


_CACHE: Final = {"cache": {"ttl": "60s"}}
_BOUNDS: Final = (
    Bound("background refresh, bound", "Refreshed in the background, a cache adds c and one stale answer's time.",
          {"layers": [{"cache": {"ttl": "60s", "stale_for": "30s"}}]}, _plus(90.0)),
    Bound("ticking cache, bound", "A clock of whole ticks adds c to the next tick.",
          {"layers": [{"cache": {"ttl": "60s", "tick": "4s"}}]}, _ticked),
    Bound("access expiry, bound", "Kept warm, a cache that counts from the last use goes on until expiry.",
          {"layers": [{"cache": {"ttl": "60s", "expiry": "access"}}]}, _expiry_plus(0.0), True),
    Bound("unchecked expiry, bound", "A cache that does not check expiry honours c past it.",
          {"layers": [{"cache": {"ttl": "60s", "checks_expiry": False}}]}, _expiry_plus(60.0), True,
          revoked=False),
    Bound("polled list, bound", "A polled list learns of a revocation at its next fetch.",
          {"layers": [{"poll": {"period": "90s", "phase": "7s"}}]}, _next_fetch),
    Bound("replicas, bound", "The stalest of three replicas lags by all of the lag.",
          {"layers": [{"replica": {"lag": "45s", "n": 3}}]}, _plus(45.0)),
    Bound("push, bound", "A push that is not lost takes its delay.",
          {"layers": [{"push": {"delay": "20s"}}]}, _plus(20.0)),
    Bound("first of two, bound", "Of a cache and a push side by side the sooner one counts, and the next layer adds.",
          {"layers": [{"first-of": [_CACHE, {"push": {"delay": "20s"}}]}, {"cache": {"ttl": "10s"}}]}, _plus(30.0)),
    Bound("poll before a cache, bound", "Layers add up: the next fetch, then c.",
          {"layers": [{"poll": {"period": "90s", "phase": "7s"}}, _CACHE]},
          lambda made: _next_fetch(made) + 60 * SECOND),
    Bound("session, bound", "Checked at connect only, access outlasts acceptance by the session.",
          {"session": "2m", "layers": [_CACHE]}, _plus(180.0)),
    Bound("leeway, bound", "Leeway is added to the expiry.",
          {"self_contained": True, "leeway": "30s"}, _expiry_plus(30.0), True),
)  # fmt: skip


def _bounded(bound: Bound) -> Callable[[Size, int], Evidence]:
    def observe(size: Size, seed: int) -> Evidence:
        """Thieves in the task's unit from its start take its credential, which is revoked at the task's end, or not."""
        revoke = ["task-end"] if bound.revoked else []
        scenario = build(
            stages=[stage(900.0, revoke=revoke)], verifiers={"verifier": bound.verifier},
            place={"isolation": "task"}, workload={"arrivals": {"rate": "1/m"}},
            profile={"calls": {"geometric": 2}, "call_time": "5s", "think_time": {"exponential": "20s"}},
            issuers={"issuer": {"service_time": {"exponential": "1s"}, "revocation_time": {"exponential": "20s"}}},
            entry={"timing": "at-task", "workloads": ["*"], "dwell": "1h"},
            horizon=3_000.0, warm_up=0.0, follow_up=600.0,
        )  # fmt: skip
        ledger = one_ledger(scenario, seed)
        taken = replay(ledger, scenario.threat, campaigns=25 if size == "ci" else 200, seed=seed).taken
        made = ledger.credentials
        origin = (made.expires_at if bound.from_expiry else made.revoked_at)[taken.credential]
        known = bound.known(made)[taken.credential] - origin
        return Evidence.exact(to_seconds(known), to_seconds(taken.honoured_until - origin))

    return observe


CHECKS: Final = tuple(Check(bound.name, bound.claim, "s", _bounded(bound)) for bound in _BOUNDS)
