"""Checks of calls that wait in a queue: what their messages carry, and who takes them."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from nhilab.base.quantities import SECOND, FloatArray, to_seconds
from nhilab.ledger.tables import Calls, Ledger, Status
from nhilab.metrics.proof import uses_after_revocation
from nhilab.metrics.reading import Reading
from nhilab.scenario.scenario import Scenario
from nhilab.study.verify.check import Check, Evidence, Size
from nhilab.study.verify.world import (
    REPLICATIONS,
    at_once,
    build,
    grid,
    ledgers,
    length,
    one_ledger,
    stage,
    steal_at,
)

_N: Final = 10
_HOURS: Final = 3
_CALLS: Final = 5
_WAIT: Final = 400.0


def _queued(queue: dict[str, Any], **more: Any) -> Scenario:
    """A workload whose calls are messages in a queue."""
    workload = {**more.pop("workload"), "queue": {"place": "queue", **queue}}
    return build(
        estate={"places": {"place": {}, "metadata": {}, "queue": {}}}, workload=workload, warm_up=0.0, follow_up=1.0,
        **more,
    )  # fmt: skip


def _waits(calls: Calls) -> FloatArray:
    """From queue to consumer, shortest first in each hour; s."""
    return to_seconds(np.sort((calls.began_at - calls.enqueued_at).reshape(_HOURS, _N), axis=1).ravel())


def consumers(size: Size, seed: int) -> Evidence:
    """Ten messages at once, ready after 10 s: of c consumers, busy for 5 s each, the k-th waits ⌊(k − 1)/c⌋·5 s more.

    Without a limit nobody waits for a consumer.
    """
    found, known = [], []
    for c in (1, 3, None):
        queue = {"wait": "10s", **({"consumers": c} if c else {})}
        scenario = _queued(
            queue, stages=[stage(900.0)], workload=at_once(_N),
            profile={"calls": 1, "call_time": "5s", "think_time": 0}, horizon=_HOURS * 3_600.0,
        )  # fmt: skip
        found.append(_waits(one_ledger(scenario, seed).calls))
        known.append(np.tile(10.0 + 5.0 * (np.arange(_N) // (c or _N)), _HOURS))
    return Evidence.exact(np.concatenate(known), np.concatenate(found))


def expired_on_arrival(size: Size, seed: int) -> Evidence:
    """A message carries a credential of 50 s that was issued as it was sent, and waits 1000 s on average."""
    ttl, mean = 50.0, 1_000.0
    scenario = _queued(
        {"wait": {"exponential": length(mean)}}, stages=[stage(ttl, issue_per="call", on_expired="fail")],
        workload={"arrivals": {"every": "10s"}}, horizon=3_000.0,
    )  # fmt: skip
    shares = [(x.calls.status == Status.REFUSED).mean() for x in ledgers(scenario, REPLICATIONS[size], seed)]
    return Evidence(math.exp(-ttl / mean), np.array(shares))


def _carrying(what: str, seed: int) -> Ledger:
    """Tasks that queue five calls and end, which revokes their credential a minute before the first is consumed."""
    scenario = _queued(
        {"wait": "1m", "carries": what}, stages=[stage(900.0, revoke=["task-end"], on_expired="fail")],
        verifiers={"verifier": {"self_contained": False}}, workload={"arrivals": {"every": "10m"}},
        profile={"calls": _CALLS, "call_time": "1s", "think_time": "1s"}, horizon=7_200.0,
    )  # fmt: skip
    return one_ledger(scenario, seed)


def carried_out_late(size: Size, seed: int) -> Evidence:
    """With an authorisation all calls are carried out after the revocation, with the credential none."""
    found, known = [], []
    for what, each in (("authorisation", _CALLS), ("credential", 0)):
        ledger = _carrying(what, seed)
        late = uses_after_revocation(Reading(ledger, steal_at(ledger, np.empty(0, np.int64))))
        found.append(late.numerator)
        known.append(each * len(ledger.tasks))
    return Evidence.exact(known, np.array(found), step=1.0)


def lying_in_queue(size: Size, seed: int) -> Evidence:
    """At t those messages lie there that were sent after t − 400 s, and not after t: each a credential of its own."""
    scenario = _queued(
        {"wait": length(_WAIT)}, stages=[stage(900.0, issue_per="call")], workload={"arrivals": {"rate": "72/h"}},
        horizon=6_000.0,
    )  # fmt: skip
    ledger = one_ledger(scenario, seed)
    instants, sent_at = grid(ledger, 61.0, seed=seed, replication=0), ledger.calls.ready_at
    known = [np.count_nonzero((sent_at <= t) & (t < sent_at + round(_WAIT * SECOND))) for t in instants]
    return Evidence.exact(known, steal_at(ledger, instants, place="queue").campaigns.n_taken, step=1.0)


CHECKS: Final = (
    Check("consumers", "Of n messages at once the k-th waits ⌊(k − 1)/c⌋ times as long as one takes.", "s", consumers),
    Check("expired in the queue", "A message outlives its credential with probability exp(−T/mean wait).", "1",
          expired_on_arrival),
    Check("carried out late", "What carries an authorisation is carried out after the revocation; else it is refused.",
          "calls", carried_out_late),
    Check("lying in a queue", "A message's credential lies in the queue until it is consumed.", "credentials",
          lying_in_queue),
)  # fmt: skip
