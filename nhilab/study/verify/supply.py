"""Checks of issuers that cannot serve at once, or not as asked: limits, outages, impatience, lifetimes, queues."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from nhilab.base.quantities import SECOND, FloatArray, IntArray, to_seconds
from nhilab.ledger.tables import Calls, Ledger, Status
from nhilab.metrics.cost import added_latency_s, failed_task_share
from nhilab.metrics.reading import Reading
from nhilab.scenario.scenario import Scenario
from nhilab.study.verify.check import Check, Evidence, Size
from nhilab.study.verify.world import REPLICATIONS, at_once, build, ledgers, length, one_ledger, stage, steal_at

_N: Final = 12
_HOURS: Final = 3


def _all_at_once(issuer: dict[str, Any], **stage_says: Any) -> Scenario:
    """A dozen calls at each of three full hours, each with a credential of its own."""
    return build(
        stages=[stage(600.0, issue_per="call", **stage_says)], issuers={"issuer": {"service_time": 0, **issuer}},
        workload=at_once(_N), horizon=_HOURS * 3_600.0, warm_up=0.0, follow_up=1.0,
    )  # fmt: skip


def _latencies(calls: Calls) -> FloatArray:
    """From ready to the end of waiting of the calls of each hour, shortest first; s."""
    done = calls.status == Status.DONE
    waited: IntArray = np.where(done, calls.arrived_at, calls.ended_at) - calls.ready_at
    return to_seconds(np.sort(waited.reshape(_HOURS, _N), axis=1).ravel())


def rate_limit(size: Size, seed: int) -> Evidence:
    """A bucket of b = 4 tokens, one more every 10 s: the k-th of a crowd waits max(0, k − b)·10 s."""
    issuer = {"rate_limit": {"rate": "360/h", "burst": 4}}
    known = 10.0 * np.maximum(0, np.arange(1, _N + 1) - 4)
    return Evidence.exact(np.tile(known, _HOURS), _latencies(one_ledger(_all_at_once(issuer), seed).calls))


def burst_served(size: Size, seed: int) -> Evidence:
    """Two servers of 6 s each: the k-th of a crowd has its credential after ⌈k/2⌉·6 s."""
    issuer = {"servers": 2, "service_time": "6s"}
    known = 6.0 * -(-np.arange(1, _N + 1) // 2)
    return Evidence.exact(np.tile(known, _HOURS), _latencies(one_ledger(_all_at_once(issuer), seed).calls))


_IMPATIENT: Final = {"service_time": "2s", "timeout": "8s", "attempts": 2, "backoff": "3s"}


def impatience(size: Size, seed: int) -> Evidence:
    """m = ⌊8 s/2 s⌋ are served at each attempt; the rest ask again 8 + 3 s later, and give up after another 8 s.

    So attempt a (0, 1) gives latencies of 11a + 2, 11a + 4, … s, and those left have waited for 19 s.
    """
    known = [11.0 * a + 2.0 * i for a in (0, 1) for i in range(1, 5)] + [19.0] * (_N - 8)
    return Evidence.exact(np.tile(known, _HOURS), _latencies(one_ledger(_all_at_once(_IMPATIENT), seed).calls))


def given_up(size: Size, seed: int) -> Evidence:
    """Of n at once, attempts × m are served: the share 1 − 2·4/12 of the tasks fails."""
    share = failed_task_share(_reading(one_ledger(_all_at_once(_IMPATIENT), seed)))
    return Evidence.exact((1 - 2 * 4 / _N) * _HOURS * _N, np.array([share.numerator]), step=1.0)


def _reading(ledger: Ledger) -> Reading:
    """The ledger without thieves."""
    return Reading(ledger, steal_at(ledger, np.empty(0, np.int64)))


def outage(size: Size, seed: int) -> Evidence:
    """Away for L = 200 s of every 400 s: who asks at any time waits L/2 with probability L/400.

    Calls every 3 s visit 400 phases of the outage one second apart before they repeat.
    """
    away, period = 200.0, 400.0
    out = {"from": "70s", "for": length(away), "every": length(period)}
    scenario = build(
        stages=[stage(600.0, issue_per="call")], issuers={"issuer": {"service_time": 0, "outages": [out]}},
        workload={"arrivals": {"every": "3s"}}, horizon=3 * period, warm_up=0.0, follow_up=1.0,
    )  # fmt: skip
    found = [added_latency_s(_reading(ledger)) for ledger in ledgers(scenario, REPLICATIONS[size] // 2, seed)]
    return Evidence.of(away / period * away / 2, found)


def outage_begun(size: Size, seed: int) -> Evidence:
    """A service of 5 s under way at the outage's begin is finished; one that would begin in it begins at its end.

    A dozen calls at the full hour; the outage lasts from 4 s to 60 s after it: they end at 5, 65, 70, … s.
    """
    out = {"from": "4s", "for": "56s", "every": "1h"}
    known = np.concatenate([[5.0], 60.0 + 5.0 * np.arange(1, _N)])
    found = _latencies(one_ledger(_all_at_once({"service_time": "5s", "outages": [out]}), seed).calls)
    return Evidence.exact(np.tile(known, _HOURS), found)


_RANGES: Final = (
    (["1s", "5m"], "clamp", 300.0),
    (["15m", "1h"], "clamp", 900.0),
    (["1m", "20m"], "clamp", 600.0),
    (["1s", "5m"], "reject", 600.0),
)
"""What the issuer gives, what it does where ten minutes are asked for, and the lifetime in s that follows."""


def _delivered(seed: int) -> list[Ledger]:
    return [
        one_ledger(_all_at_once({"ttl_range": bounds, "out_of_range": otherwise}), seed)
        for bounds, otherwise, _ in _RANGES
    ]


def lifetimes(size: Size, seed: int) -> Evidence:
    """Lifetimes of the credentials issued."""
    found = [x.credentials.expires_at - x.credentials.issued_at for x in _delivered(seed)]
    known = np.repeat([ttl for *_, ttl in _RANGES], [len(x) for x in found])
    return Evidence.exact(known, to_seconds(np.concatenate(found)))


def refused(size: Size, seed: int) -> Evidence:
    """Stages that cannot be delivered as asked: of the four only the one the issuer refuses."""
    found = np.concatenate([x.stages.hypothetical for x in _delivered(seed)])
    return Evidence.exact([0, 0, 0, 1], found, step=1.0)


def revocation_queue(size: Size, seed: int) -> Evidence:
    """A dozen tasks of a minute end at one instant: the i-th of their credentials dies i·4 s later, at one server."""
    scenario = build(
        stages=[stage(3_000.0, revoke=["task-end"])], workload=at_once(_N),
        issuers={"issuer": {"service_time": 0, "revocation_time": "4s"}},
        profile={"calls": 1, "call_time": "1m", "think_time": 0},
        horizon=_HOURS * 3_600.0, warm_up=0.0, follow_up=1.0,
    )  # fmt: skip
    ledger = one_ledger(scenario, seed)
    made = ledger.credentials
    late = (made.revoked_at - ledger.tasks.ended_at[made.owner]).reshape(_HOURS, _N)
    found = np.sort(late, axis=1).ravel() / SECOND
    return Evidence.exact(np.tile(4.0 * np.arange(1, _N + 1), _HOURS), found)


CHECKS: Final = (
    Check("burst, two servers", "The k-th of a crowd is served after ⌈k/c⌉ services.", "s", burst_served),
    Check("rate limit", "The k-th of a crowd waits for its token: max(0, k − b)/r.", "s", rate_limit),
    Check("time-out, waits", "Impatient clients ask again after time-out and backoff, then give up.", "s", impatience),
    Check("time-out, who fails", "Of n at once, attempts × ⌊time-out/s⌋ are served.", "tasks", given_up),
    Check("outage, mean delay", "Outages of length L, a share q of the time, delay a call by q·L/2.", "s", outage),
    Check("outage, service begun", "A service under way is finished; the rest begin when the outage is over.", "s",
          outage_begun),
    Check("lifetimes delivered", "An issuer moves a lifetime into its range, or refuses it.", "s", lifetimes),
    Check("hypothetical", "Only what an issuer refuses is hypothetical.", "stages", refused),
    Check("mass revocation", "Of n revoked at one instant the i-th is dead i services later.", "s", revocation_queue),
)  # fmt: skip
