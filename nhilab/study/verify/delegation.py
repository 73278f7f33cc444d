"""Checks of what work that is handed on carries with it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from nhilab.base.quantities import IntArray, to_seconds
from nhilab.campaign.replay import replay
from nhilab.ledger.tables import Ledger, Status
from nhilab.scenario.scenario import Scenario
from nhilab.study.verify.check import Check, Evidence, Size
from nhilab.study.verify.world import build, grid, one_ledger, stage, steal_at

_CALLER: Final = frozenset("abcdef")
_HELPER: Final = frozenset("efghi")
"""Resources that each of the two identities may use."""


def _handed_on(delegation: str, **more: Any) -> Scenario:
    """Each call of a task is handed to a helper elsewhere, who works for 50 s; both mean to use resource e."""
    granted = {"identity": _CALLER, "helping": _HELPER}
    works = {"targets": [{"resources": ["e"]}]}
    return build(
        stages=[stage(900.0)], strategy={"delegation": delegation},
        estate={
            "resources": {name: {"class": "database", "verifier": "verifier", "operations": {"read": {}}}
                          for name in sorted(_CALLER | _HELPER)},
            "identities": {name: {"grants": [{"resources": sorted(r)}], "mintable_from": ["metadata"]}
                           for name, r in granted.items()},
            "places": {"place": {}, "there": {}, "metadata": {}},
            "workloads": {
                "caller": {"identity": "identity", "place": "place", "arrivals": {"rate": "1/m"}, **works,
                           "delegates_to": {"workload": "helper"}},
                "helper": {"identity": "helping", "place": "there", "profile": "helping", **works},
            },
        },
        more={"profiles": {
            "default": {"calls": 2, "call_time": "1s", "think_time": "20s"},
            "helping": {"calls": 2, "call_time": "25s", "think_time": 0},
        }},
        horizon=5_000.0, warm_up=0.0, follow_up=1_000.0, **more,
    )  # fmt: skip


def scopes(size: Size, seed: int) -> Evidence:
    """Reach of a thief who is there when a helper starts: the helper's own, the caller's, or what both may do."""
    entry = {"timing": "at-task", "workloads": ["helper"], "dwell": "10s"}
    ways = (("own", _HELPER), ("forward", _CALLER), ("exchange", _CALLER & _HELPER))
    found = []
    for delegation, _ in ways:
        scenario = _handed_on(delegation, entry=entry)
        found.append(replay(one_ledger(scenario, seed), scenario.threat, campaigns=25, seed=seed).campaigns.reach)
    known = np.repeat([len(resources) for _, resources in ways], [len(x) for x in found])
    return Evidence.exact(known, np.concatenate(found), step=1.0)


def _helping(ledger: Ledger, instants: IntArray) -> IntArray:
    """Callers one of whose helpers is at work at each instant."""
    helpers = np.flatnonzero(ledger.tasks.workload == 1)
    begin, end = ledger.tasks.started_at[helpers], ledger.tasks.ended_at[helpers]
    caller = ledger.calls.task[ledger.tasks.parent_call[helpers]]
    return np.array([len(np.unique(caller[(begin <= t) & (t < end)])) for t in instants])


def forwarded(size: Size, seed: int) -> Evidence:
    """Downstream lie the credentials of all callers whose helpers are at work, for as long as they are."""
    ledger = one_ledger(_handed_on("forward"), seed)
    instants = grid(ledger, 31.0, seed=seed, replication=0)
    found = steal_at(ledger, instants, place="there").campaigns.n_taken
    return Evidence.exact(_helping(ledger, instants), found, step=1.0)


def lasting(size: Size, seed: int) -> Evidence:
    """A caller waits for its helpers: two calls, each after 20 s, and as long as two calls of 25 s."""
    ledger = one_ledger(_handed_on("exchange"), seed)
    callers = ledger.tasks.workload == 0
    found = (ledger.tasks.ended_at - ledger.tasks.started_at)[callers]
    assert (ledger.calls.status == Status.DONE).all()
    return Evidence.exact(2 * (20.0 + 2 * 25.0), to_seconds(found))


CHECKS: Final = (
    Check("delegation, scope", "Own, forwarded, exchanged: the helper's grants, the caller's, what both hold.",
          "resources", scopes),
    Check("delegation, presence", "A forwarded credential lies downstream while work for its owner is done there.",
          "credentials", forwarded),
    Check("delegation, time", "A call that is handed on lasts as long as the work it hands on.", "s", lasting),
)  # fmt: skip
