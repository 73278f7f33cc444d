"""Runs small enough to count by hand: a demand written task by task, in seconds."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from nhilab.base.quantities import NEVER, SECOND
from nhilab.demand.demand import Demand, DemandCalls, DemandTasks
from nhilab.engine.run import run
from nhilab.ledger.invariants import violations
from nhilab.ledger.tables import Ledger
from scenarios import as_scenario, micros

BUCKET, VAULT, TABLE = 0, 1, 2
"""Permissions: bucket (dev) and vault (prod) behind the gateway, table (dev) behind a signature check."""


class Call(NamedTuple):
    """A call `think` seconds after the previous one, `takes` seconds long."""

    think: float = 0
    takes: float = 1
    permission: int = BUCKET


class Task(NamedTuple):
    """A task: 0 and 1 are instances of workload 0 at the first place, 2 one of workload 1 at the second."""

    at: float
    calls: list[Call]
    instance: int = 0
    tail: float = 0


def stage(**keys: Any) -> dict[str, Any]:
    """An attested credential per task, ten minutes long, unless told."""
    return {"issuer": "sts", "from": "attested", "issue_per": "task", "ttl": "10m"} | keys


def content(*stages: dict[str, Any], **told: Any) -> dict[str, Any]:
    """Content with one strategy; `first` and `second` are places, `service`, `gateway`, `sts` as named."""
    logs = {"kind": "log", "residue": "5m"}
    places = {"first": told.get("first", {}), "second": told.get("second", {}), "logs": logs}
    resource = {"operations": {"read": {}}, "environment": "dev", "verifier": "gateway", "class": "store"}
    return {
        "question": "By hand?", "horizon": "1h", "warm_up": "1m", "follow_up": "10m",
        "estate": {
            "resources": {
                "bucket": resource, "vault": resource | {"environment": "prod", "class": "safe"},
                "table": resource | {"verifier": "signature"},
            },
            "identities": {"robot": {"grants": [{"resources": ["*"]}]}, "other": {"grants": [{"resources": ["*"]}]}},
            "workloads": {
                "agent": {"identity": "robot", "place": "first", "count": 2, "arrivals": {"every": "1h"}},
                "batch": {"identity": told.get("second_identity", "robot"), "place": "second",
                          "arrivals": {"every": "1h"}},
            },
            "places": places,
        },
        "profiles": {"default": {"calls": 1, "call_time": "1s", "think_time": "0"}},
        "issuers": {
            "sts": {"service_time": told.get("service", "0")} | told.get("sts", {}),
            "login": {"service_time": told.get("service", "0")},
        },
        "verifiers": {"gateway": told.get("gateway", {}), "signature": {"self_contained": True}},
        "strategies": {"tried": {"stages": list(stages) or [stage()]}},
        "threat": {"hop_time": "1s", "entries": {"t": {"timing": "at-task", "technique": "T1552.001"}}},
    }  # fmt: skip


def demand(tasks: list[Task]) -> Demand:
    calls = [(n, call) for n, task in enumerate(tasks) for call in task.calls]
    counts = np.array([len(task.calls) for task in tasks])
    return Demand(
        tasks=DemandTasks.of(
            workload=[task.instance // 2 for task in tasks], instance=[task.instance for task in tasks],
            arrived_at=micros(*(task.at for task in tasks)), tail_time=micros(*(task.tail for task in tasks)),
            first_call=np.cumsum(counts) - counts, n_calls=counts,
        ),
        calls=DemandCalls.of(
            task=[n for n, _ in calls], permission=[call.permission for _, call in calls],
            think_time=micros(*(call.think for _, call in calls)), call_time=micros(*(call.takes for _, call in calls)),
            key=np.arange(len(calls)).astype(np.uint64),
        ),
    )  # fmt: skip


def ran(tasks: list[Task], *stages: dict[str, Any], **told: Any) -> Ledger:
    """The ledger of these tasks, which breaks no invariant."""
    ledger = run(as_scenario(content(*stages, **told)), "tried", demand(tasks))
    assert violations(ledger) == []
    return ledger


def seconds(instants: Any) -> list[float | None]:
    """Instants in seconds, None for never."""
    return [None if at >= NEVER else at / SECOND for at in np.asarray(instants).tolist()]
