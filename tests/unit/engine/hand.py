"""Runs small enough to count by hand: a demand written task by task, in seconds."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from nhilab.base.quantities import NEVER, SECOND
from nhilab.demand.demand import Demand, DemandCalls, DemandTasks
from nhilab.engine.run import run
from nhilab.ledger.invariants import violations
from nhilab.ledger.tables import Ledger
from nhilab.scenario.presets import with_presets
from nhilab.scenario.provenance import Provenance
from scenarios import as_scenario, micros

BUCKET, VAULT, TABLE = 0, 1, 2
"""Permissions: bucket (dev) and vault (prod) behind the gateway, table (dev) behind a signature check."""
FIRST, SECOND_PLACE, LOGS, QUEUE = 0, 1, 2, 3
"""Places."""
WORKLOAD = (0, 0, 1, 2)
"""Workload of each instance."""


class Call(NamedTuple):
    """A call `think` seconds after the previous one, `takes` seconds long; `queued` if it waits in a queue."""

    think: float = 0
    takes: float = 1
    permission: int = BUCKET
    queued: float = 0
    in_intent: bool = True


class Task(NamedTuple):
    """A task: 0 and 1 are instances of workload 0 at the first place, 2 one of workload 1 at the second, 3 of `far`.

    `parent` is the row of the call that hands it on; such tasks come last.
    """

    at: float | None
    calls: list[Call]
    instance: int = 0
    tail: float = 0
    crash_after: int = -1
    parent: int = -1


def stage(**keys: Any) -> dict[str, Any]:
    """An attested credential per task, ten minutes long, unless told."""
    return {"issuer": "sts", "from": "attested", "issue_per": "task", "ttl": "10m"} | keys


def previous(**keys: Any) -> dict[str, Any]:
    """The same from the stage before."""
    return stage(**{"from": "previous"} | keys)


def standing(**keys: Any) -> dict[str, Any]:
    """A standing secret per identity that never expires, unless told."""
    return stage(**{"from": "standing", "issue_per": "identity", "ttl": "never"} | keys)


def _estate(told: dict[str, Any]) -> dict[str, Any]:
    resource = {"operations": {"read": {}}, "environment": "dev", "verifier": "gateway", "class": "store"}
    places = {
        "first": told.get("first", {}), "second": told.get("second", {}),
        "logs": {"kind": "log", "residue": "5m"} | told.get("logs", {}), "queue": {"kind": "queue"},
    }  # fmt: skip
    all_grants = {"grants": [{"resources": ["*"]}]}
    rarely = {"arrivals": {"every": "1h"}}
    return {
        "resources": {
            "bucket": resource | told.get("bucket", {}),
            "vault": resource | {"environment": "prod", "class": "safe"},
            "table": resource | {"verifier": "signature"},
        },
        "identities": {"robot": all_grants | told.get("robot", {}), "other": all_grants | told.get("other", {})},
        "workloads": {
            "agent": {"identity": "robot", "place": "first", "count": 2} | rarely | told.get("agent", {}),
            "batch": {"identity": told.get("second_identity", "robot"), "place": "second"}
            | rarely | told.get("batch", {}),
        }
        | ({"far": told["far"]} if "far" in told else {}),
        "places": places, "standing": told.get("standing", {}),
    }  # fmt: skip


def content(*stages: dict[str, Any], **told: Any) -> dict[str, Any]:
    """Content with one strategy.

    `service` is all issuers' service time; `sts`, `login`, `gateway`, `signature`, `bucket`, `robot`, `other`, `agent`,
    `batch`, `first`, `second` and `logs` lie over what has that name, `strategy` over the strategy; `others` are more
    strategies and `far` is a third workload.
    """
    served = {"service_time": told.get("service", "0")}
    return {
        "question": "By hand?", "horizon": "1h", "warm_up": "1m", "follow_up": "10m",
        "estate": _estate(told),
        "profiles": {"default": {"calls": 1, "call_time": "1s", "think_time": "0"}},
        "issuers": {"sts": served | told.get("sts", {}), "login": served | told.get("login", {})},
        "verifiers": {
            "gateway": told.get("gateway", {}), "signature": {"self_contained": True} | told.get("signature", {}),
        },
        "strategies": {"tried": {"stages": list(stages) or [stage()]} | told.get("strategy", {})}
        | told.get("others", {}),
        "threat": {"hop_time": "1s", "entries": {"t": {"timing": "at-task", "technique": "T1552.001"}}},
    }  # fmt: skip


def demand(tasks: list[Task]) -> Demand:
    calls = [(n, call) for n, task in enumerate(tasks) for call in task.calls]
    counts = np.array([len(task.calls) for task in tasks])
    arrived_at = [NEVER if task.at is None else micros(task.at)[0] for task in tasks]
    return Demand(
        tasks=DemandTasks.of(
            workload=[WORKLOAD[task.instance] for task in tasks], instance=[task.instance for task in tasks],
            arrived_at=arrived_at, tail_time=micros(*(task.tail for task in tasks)),
            crash_after=[task.crash_after for task in tasks], parent_call=[task.parent for task in tasks],
            first_call=np.cumsum(counts) - counts, n_calls=counts,
        ),
        calls=DemandCalls.of(
            task=[n for n, _ in calls], permission=[call.permission for _, call in calls],
            think_time=micros(*(call.think for _, call in calls)), call_time=micros(*(call.takes for _, call in calls)),
            queued_time=micros(*(call.queued for _, call in calls)), in_intent=[call.in_intent for _, call in calls],
            key=np.arange(len(calls)).astype(np.uint64),
        ),
    )  # fmt: skip


def filled(raw: dict[str, Any]) -> dict[str, Any]:
    """Content in which presets are spelt out."""
    return with_presets(raw, Provenance({}), "by hand")[0]


def ran(tasks: list[Task], *stages: dict[str, Any], **told: Any) -> Ledger:
    """The ledger of these tasks, which breaks no invariant."""
    ledger = run(as_scenario(filled(content(*stages, **told))), "tried", demand(tasks))
    assert violations(ledger) == []
    return ledger


def seconds(instants: Any) -> list[float | None]:
    """Instants in seconds, None for never."""
    return [None if at >= NEVER else at / SECOND for at in np.asarray(instants).tolist()]


def stays(ledger: Ledger) -> list[tuple[Any, ...]]:
    """(credential, place, unit, from, until) of every copy."""
    c = ledger.copies
    rows = zip(c.credential.tolist(), c.place.tolist(), c.unit.tolist(), strict=True)
    return [(*row, a, b) for row, a, b in zip(rows, seconds(c.from_at), seconds(c.until_at), strict=True)]
