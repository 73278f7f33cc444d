"""Checks of calls that the verifier cannot judge, or will not: issuers away, and other networks."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from nhilab.base.quantities import SECOND, BoolArray, FloatArray, IntArray
from nhilab.ledger.tables import Calls, Status
from nhilab.study.verify.check import Check, Evidence, Size
from nhilab.study.verify.world import build, one_ledger, stage

_OUT: Final = (1_000 * SECOND, 1_600 * SECOND)
_KEPT: Final = 75 * SECOND
_GAP: Final = 10 * SECOND


def _calls(verifier: dict[str, Any], seed: int) -> Calls:
    """A secret for ever is presented every 10 s, also from 1000 to 1600 s, when its issuer is away."""
    scenario = build(
        stages=[stage(math.inf, source="standing", issue_per="identity", on_expired="fail")],
        issuers={"issuer": {"service_time": 0, "outages": [{"from": "1000s", "for": "10m"}]}},
        verifiers={"verifier": verifier}, workload={"arrivals": {"every": "10s"}},
        horizon=3_000.0, warm_up=0.0, follow_up=1.0,
    )  # fmt: skip
    return one_ledger(scenario, seed).calls


def _accepted(calls: Calls) -> FloatArray:
    return np.equal(calls.status, Status.DONE).astype(np.float64)


def _in_outage(at: IntArray) -> BoolArray:
    return (at >= _OUT[0]) & (at < _OUT[1])


def closed(size: Size, seed: int) -> Evidence:
    """The calls of the outage, and no other, are refused."""
    calls = _calls({"on_unreachable": "closed"}, seed)
    return Evidence.exact(~_in_outage(calls.arrived_at), _accepted(calls), step=1.0)


def closed_behind_cache(size: Size, seed: int) -> Evidence:
    """Filled every m = ⌈75 s/10 s⌉ calls, the cache carries the calls up to the next multiple of m into the outage.

    So does one that keeps answers of another kind for another time: none is given here.
    """
    found, known = [], []
    for cache in ({"ttl": "75s"}, {"ttl": "75s", "negative_ttl": "5s"}):
        calls = _calls({"on_unreachable": "closed", "layers": [{"cache": cache}]}, seed)
        out, per_fill = _in_outage(calls.arrived_at), -(-_KEPT // _GAP)
        carried = -(-int(np.argmax(out)) // per_fill) * per_fill
        known.append(~out | (np.arange(len(out)) < carried))
        found.append(_accepted(calls))
    return Evidence.exact(np.concatenate(known), np.concatenate(found), step=1.0)


def open_or_stale(size: Size, seed: int) -> Evidence:
    """Accepted all the same; a stale one has the last answer in its cache."""
    found = [
        _accepted(_calls(verifier, seed))
        for verifier in (
            {"on_unreachable": "open"},
            {"on_unreachable": "stale", "layers": [{"cache": {"ttl": "75s"}}]},
        )
    ]
    return Evidence.exact(1.0, np.concatenate(found), step=1.0)


def networks(size: Size, seed: int) -> Evidence:
    """Two workloads alike, one in the network the verifier accepts."""
    both = {"identity": "identity", "arrivals": {"every": "10s"}}
    scenario = build(
        stages=[stage(900.0)], verifiers={"verifier": {"accepts_from": "inner"}},
        estate={
            "places": {"place": {"network": "inner"}, "outside": {"network": "outer"}, "metadata": {}},
            "workloads": {"a": {**both, "place": "place"}, "b": {**both, "place": "outside"}},
        },
        horizon=500.0, warm_up=0.0, follow_up=1.0,
    )  # fmt: skip
    ledger = one_ledger(scenario, seed)
    return Evidence.exact(ledger.tasks.workload[ledger.calls.task] == 0, _accepted(ledger.calls), step=1.0)


CHECKS: Final = (
    Check("issuer away, closed", "A verifier that fails closed refuses what it has to ask about in an outage.", "1",
          closed),
    Check("issuer away, cached", "A cache carries a call into an outage until its entry ends.", "1",
          closed_behind_cache),
    Check("issuer away, open or stale", "Open, or with the last answer, nothing is refused in an outage.", "1",
          open_or_stale),
    Check("networks", "Calls from another network are refused, all of them.", "1", networks),
)  # fmt: skip
