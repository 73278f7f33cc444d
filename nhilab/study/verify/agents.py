"""Checks of calls that are judged one by one: who is denied, who is asked, how often, for how long."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from nhilab.base.quantities import to_seconds
from nhilab.ledger.tables import Ledger, Status
from nhilab.metrics.cost import denied_call_share
from nhilab.metrics.reading import Reading
from nhilab.scenario.scenario import Scenario
from nhilab.study.verify.check import Check, Evidence, Size
from nhilab.study.verify.world import REPLICATIONS, build, ledgers, one_ledger, stage, steal_at

_EVERY: Final = 600.0


def _judged(authorize: dict[str, Any], *, drift: float, calls: int = 10, n_tasks: int = 10) -> Scenario:
    """A secret for ever, calls 10 s apart for one permission, of which the share `drift` is out of plan."""
    return build(
        stages=[stage(math.inf, source="standing", issue_per="identity")], strategy={"authorize": authorize},
        workload={"arrivals": {"every": "10m"}, "kind": "agent"},
        estate={"resources": {"resource": {"class": "database", "verifier": "verifier", "operations": {"read": {}}}}},
        profile={"calls": calls, "call_time": 0, "think_time": "10s", "drift_probability": drift},
        horizon=n_tasks * _EVERY, warm_up=0.0, follow_up=1.0,
    )  # fmt: skip


def _reading(ledger: Ledger) -> Reading:
    """The ledger without thieves."""
    return Reading(ledger, steal_at(ledger, np.empty(0, np.int64)))


def denied(size: Size, seed: int) -> Evidence:
    """Out of plan with probability d, and not falsely allowed; in plan, and falsely denied.

    The share of calls out of plan less d is the control.
    """
    drift, allowed, refused = 0.5, 0.03, 0.01
    scenario = _judged({"false_allow_probability": allowed, "false_deny_probability": refused}, drift=drift, calls=50)
    values, controls = [], []
    for ledger in ledgers(scenario, REPLICATIONS[size], seed):
        values.append(denied_call_share(_reading(ledger)).value)
        controls.append([1 - ledger.calls.in_intent.mean() - drift])
    theory = drift * (1 - allowed) + (1 - drift) * refused
    return Evidence(theory, np.array(values), controls=np.array(controls))


def wrongly_approved(size: Size, seed: int) -> Evidence:
    """All out of plan: carried out if falsely allowed, or else if the person who is asked approves: a + (1 − a)·w."""
    allowed, wrong = 0.5, 0.9
    escalation = {"approval_time": "1s", "wrong_approval_probability": wrong}
    scenario = _judged({"false_allow_probability": allowed, "escalation": escalation}, drift=1.0, calls=40)
    done = [(x.calls.status == Status.DONE).mean() for x in ledgers(scenario, REPLICATIONS[size], seed)]
    return Evidence(allowed + (1 - allowed) * wrong, np.array(done))


def cached_verdicts(size: Size, seed: int) -> Evidence:
    """Of 17 calls 10 s apart, a verdict serves itself and those of the next 35, 30 or 0 s: ⌈17/(⌊c/10⌋ + 1)⌉."""
    calls, found, known = 17, [], []
    for kept in (35.0, 30.0, 0.0):
        ledger = one_ledger(_judged({"cache": f"{kept}s"}, drift=0.0, calls=calls), seed)
        found.append(np.bincount(ledger.calls.task, ledger.calls.n_decisions))
        known.append(np.full(len(ledger.tasks), -(-calls // (kept // 10 + 1))))
    return Evidence.exact(np.concatenate(known), np.concatenate(found), step=1.0)


def escalated(size: Size, seed: int) -> Evidence:
    """Each call takes a decision of 5 s; if it is always denied also an approval of 2 min, given to what is in plan."""
    found, known = [], []
    for deny, wait in ((0.0, 5.0), (1.0, 125.0)):
        rule = {"decision_time": "5s", "false_deny_probability": deny, "escalation": {"approval_time": "2m"}}
        calls = one_ledger(_judged(rule, drift=0.0), seed).calls
        found.append(to_seconds(calls.arrived_at - calls.ready_at))
        known.append(np.full(len(calls), wait))
    return Evidence.exact(np.concatenate(known), np.concatenate(found))


def stopped(size: Size, seed: int) -> Evidence:
    """All out of plan and denied: a task of ten calls makes three, or without a limit all ten."""
    found, known = [], []
    for rule, made in (({"max_denials": 3}, 3), ({}, 10)):
        ledger = one_ledger(_judged(rule, drift=1.0), seed)
        found.append(np.bincount(ledger.calls.task, ledger.calls.status != Status.SKIPPED))
        known.append(np.full(len(ledger.tasks), made))
    return Evidence.exact(np.concatenate(known), np.concatenate(found), step=1.0)


CHECKS: Final = (
    Check("denied calls", "Of the calls d(1 − false allow) + (1 − d)·false deny are denied.", "1", denied),
    Check("wrong approvals", "Out of plan, a + (1 − a)·w are carried out.", "1", wrongly_approved),
    Check("verdicts kept", "A verdict kept for c spares the next ⌊c/gap⌋ calls theirs.", "decisions", cached_verdicts),
    Check("approvals, how long", "Who is sent to a person waits for the decision and the approval.", "s", escalated),
    Check("denials, how many", "A task is stopped at its last permitted denial.", "calls", stopped),
)  # fmt: skip
