"""Checks of credentials that are replaced while they live: renewed ahead, rotated, used once."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from nhilab.base.quantities import SECOND, FloatArray, to_seconds
from nhilab.ledger.acceptance import honoured_until
from nhilab.ledger.tables import Ledger
from nhilab.metrics.windows import access_window_s_given_theft, credential_residual_s
from nhilab.scenario.scenario import Scenario
from nhilab.study.verify.check import Check, Evidence, Size
from nhilab.study.verify.world import GOLDEN, REPLICATIONS, at_once, build, ledgers, length, one_ledger, readings, stage
from nhilab.theory import residual, thief

_TTL: Final = 900.0
_FRACTION: Final = 0.6
_JITTER: Final = 0.3
_INSTANCES: Final = 12
_SERVICE: Final = 3.0


def _renewed(n_cycles: int, **renew: Any) -> Scenario:
    """A workload whose credential is renewed ahead; thieves come over so many mean intervals between renewals."""
    return build(
        stages=[stage(_TTL, issue_per="workload", renew=renew)], workload={"arrivals": {"every": "50m"}},
        horizon=n_cycles * _FRACTION * _TTL + 4_000.0, warm_up=3_000.0, follow_up=1_000.0,
    )  # fmt: skip


def renewed_ahead(size: Size, seed: int) -> Evidence:
    """The old one is gone when the new one is there, so a thief finds the newest."""
    found = readings(_renewed(60, ahead=_FRACTION), _FRACTION * _TTL * (1 + GOLDEN), n=REPLICATIONS[size], seed=seed)
    return Evidence.of(residual.renewed_ahead(_TTL, _FRACTION), [credential_residual_s(r) for r in found])


def renewed_ahead_jittered(size: Size, seed: int) -> Evidence:
    """Intervals are uniform on (r − j, r + j) of the lifetime; the mean over all instants of 150 of them.

    A copy that lies there on [a, b) and is honoured until h leaves ∫ (h − t) dt = (b − a)(h − (a + b)/2).
    """
    mean, half, n = _FRACTION * _TTL, _JITTER * _TTL, 150
    parts = []
    for ledger in ledgers(_renewed(n + 20, ahead=_FRACTION, jitter=_JITTER), REPLICATIONS[size], seed):
        begin, end = (to_seconds(x[1 : n + 1]) for x in (ledger.copies.from_at, ledger.copies.until_at))
        honoured = to_seconds(honoured_until(ledger)[ledger.copies.credential[1 : n + 1]])
        parts.append((((end - begin) * (honoured - (begin + end) / 2)).sum(), (end - begin).sum()))
    theory = residual.renewed_ahead_jittered(_TTL, mean, second_moment=mean**2 + half**2 / 3)
    return Evidence(theory, *np.array(parts).T)


def waits(ledger: Ledger) -> FloatArray:
    """Time from request to service of all credentials that were asked for, in order of request, then of issue; s."""
    made = ledger.credentials
    order = np.lexsort((made.issued_at, made.requested_at))
    order = order[made.issued_at[order] > 0]
    return to_seconds((made.issued_at - made.requested_at - made.service_time)[order])


def rotation_storm(size: Size, seed: int) -> Evidence:
    """Secrets rotated by the clock are all asked for at one instant: the i-th waits i services, (n − 1)s/2 on average.

    Whole multiples of the length know no jitter: it is the same at each rotation.
    """
    scenario = build(
        stages=[stage(math.inf, source="standing", issue_per="workload", renew={"every": "30m"})],
        issuers={"issuer": {"service_time": length(_SERVICE)}}, workload=at_once(_INSTANCES),
        horizon=7_000.0, warm_up=1_000.0, follow_up=1_000.0,
    )  # fmt: skip
    found = waits(one_ledger(scenario, seed))
    known = np.tile(_SERVICE * np.arange(_INSTANCES), 4)  # at 1800, 3600, 5400 and 7200 s
    return Evidence.exact(known, found)


def ahead_storm(size: Size, seed: int) -> Evidence:
    """What was issued one after the other is renewed one after the other: only the first time does anybody wait."""
    scenario = build(
        stages=[stage(3_600.0, issue_per="workload", renew={"ahead": 0.5})],
        issuers={"issuer": {"service_time": length(_SERVICE)}}, workload=at_once(_INSTANCES),
        horizon=20_000.0, warm_up=1_000.0, follow_up=1_000.0,
    )  # fmt: skip
    found = waits(one_ledger(scenario, seed))
    known = np.zeros(len(found))
    known[:_INSTANCES] = _SERVICE * np.arange(_INSTANCES)
    return Evidence.exact(known, found)


def _single_use(interval: float, session: float, n_intervals: int) -> Scenario:
    """A refresh token of a workload, redeemed at each call for a session that vanishes within it."""
    return build(
        stages=[
            stage(1e7, issue_per="workload", single_use=True),
            stage(session, source="previous", issue_per="call"),
        ],
        verifiers={"verifier": {"self_contained": False}}, workload={"arrivals": {"every": length(interval)}},
        horizon=n_intervals * interval + 5_000.0, warm_up=4_000.0, follow_up=1_000.0,
    )  # fmt: skip


def used_once(size: Size, seed: int) -> Evidence:
    """The refresh token dies the instant its session is issued, and its successor begins a whole life then."""
    made = one_ledger(_single_use(600.0, 300.0, 20), seed).credentials
    child = np.flatnonzero(made.stage == 1)
    successor = np.flatnonzero((made.stage == 0) & (made.parent >= 0))
    known = np.concatenate([made.issued_at[child], made.issued_at[child]])
    begun = made.expires_at[successor] - round(1e7 * SECOND)
    return Evidence.exact(to_seconds(known), to_seconds(np.concatenate([made.revoked_at[made.parent[child]], begun])))


def used_once_by_a_thief(size: Size, seed: int) -> Evidence:
    """A thief mints until the workload redeems the token in its turn, then what he minted last dies: I/2 + T₂.

    That is the window of two stages whose first lives for the interval I between redemptions.
    """
    interval, session = 600.0, 300.0
    found = readings(_single_use(interval, session, 60), interval * (1 + GOLDEN), n=REPLICATIONS[size], seed=seed)
    return Evidence.of(thief.two_stages(interval, session), [access_window_s_given_theft(r) for r in found])


CHECKS: Final = (
    Check("renewed ahead", "Renewed at a fraction r of its life, the newest has T(1 − r/2) left.", "s", renewed_ahead),
    Check("renewed ahead, jitter", "Jitter ages the newest: T − E[I²]/2E[I].", "s", renewed_ahead_jittered),
    Check("rotation storm", "Secrets rotated by the clock queue up each time: the i-th waits i·s.", "s",
          rotation_storm),
    Check("renewal after a storm", "Renewal ahead spreads a queue for good: only the first issue waits.", "s",
          ahead_storm),
    Check("used once", "A refresh token dies as its child is issued, and is replaced at that instant.", "s", used_once),
    Check("used once, stolen", "A thief mints until the next redemption: I/2 + T₂.", "s", used_once_by_a_thief),
)  # fmt: skip
