"""What the slow engine knows: the plan, rows of tasks, calls and credentials, slots of credentials."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from reference.slow_run_clock import Clock, Signal
from reference.slow_run_station import Station

from nhilab.base.estate import LayerKind
from nhilab.base.quantities import NEVER
from nhilab.base.streams import one_uniform
from nhilab.base.tables import Table
from nhilab.demand.demand import Demand
from nhilab.ledger.tables import Owner, Source, Status
from nhilab.scenario.distributions import TimeDistribution
from nhilab.scenario.scenario import Scenario
from nhilab.strategy.plan import make_plan, permissions_in

Row = dict[str, Any]


def rows_of(table: Table) -> list[Row]:
    """A table as dictionaries of plain values."""
    columns = {name: values.tolist() for name, values in table.columns().items()}
    return [{name: values[i] for name, values in columns.items()} for i in range(len(table))]


def later(instant: int, length: int) -> int:
    """`instant` + `length`, and NEVER once that is reached."""
    return min(instant + length, NEVER)


@dataclass(frozen=True)
class Scope:
    """All grants of an identity that agree with a bucket, and lie in another scope if it was exchanged."""

    identity: int
    bucket: Any
    within: Scope | None = None


@dataclass
class Slot:
    """A slot of credentials: whose, what it holds, and what is on its way to it."""

    stage: int
    owner_kind: int
    owner: int
    scope: Scope
    maker: Row
    held: Row | None = None
    pending: Signal | None = None
    waits: int = field(default=0)


class World(Clock):
    """Everything at once, in dictionaries."""

    def __init__(self, scenario: Scenario, strategy: str, demand: Demand) -> None:
        super().__init__()
        content = scenario.content
        self.plan = make_plan(scenario.strategies, strategy, scenario.estate, scenario.issuers, seed=content.seed)
        self.estate, self.strategy, self.issuers = self.plan.estate, self.plan.strategy, scenario.issuers
        self.renewed_until = content.horizon + content.follow_up
        self.stages = rows_of(self.plan.stages)
        self.places, self.workloads = rows_of(self.estate.places), rows_of(self.estate.workloads)
        self.permissions, self.resources = rows_of(self.estate.permissions), rows_of(self.estate.resources)
        self.verifiers, self.layers = rows_of(self.estate.verifiers), rows_of(self.estate.layers)
        self.has_replicas = any(layer["kind"] == LayerKind.REPLICA for layer in self.layers)
        self.asked_tasks, self.asked_calls = rows_of(demand.tasks), rows_of(demand.calls)
        self.stations = {
            name: Station(issuer, self.renewed_until, revokes=False) for name, issuer in self.issuers.items()
        }
        self.desks = {name: Station(issuer, self.renewed_until, revokes=True) for name, issuer in self.issuers.items()}
        self.tasks = [self.new_task(t) for t in range(len(demand.tasks))]
        self.calls = [self.new_call(c) for c in range(len(demand.calls))]
        self.credentials: list[Row] = []
        self.slots: dict[Any, Slot] = {}
        self.child_of = {t["parent_call"]: i for i, t in enumerate(self.asked_tasks) if t["parent_call"] >= 0}
        self.taken: dict[int, set[int]] = {place: set() for place in range(len(self.places))}
        self.queues: dict[int, list[Any]] = {place: [] for place in range(len(self.places))}
        self.consumers: dict[int, Any] = {}
        self.allowed: dict[tuple[int, int], int] = {}
        self.denials: dict[int, int] = {}
        self.failed_messages: dict[int, int] = {}

    def new_task(self, t: int) -> Row:
        asked = self.asked_tasks[t]
        same = {name: asked[name] for name in ("workload", "instance", "parent_call", "first_call", "n_calls")}
        never = {"arrived_at": NEVER, "started_at": NEVER, "ended_at": NEVER}
        return same | never | {"slot": -1, "status": int(Status.SKIPPED)}

    def new_call(self, c: int) -> Row:
        asked = self.asked_calls[c]
        never = dict.fromkeys(("ready_at", "arrived_at", "ended_at", "enqueued_at", "began_at"), NEVER)
        return never | {
            "task": asked["task"], "permission": asked["permission"], "in_intent": asked["in_intent"], "credential": -1,
            "status": int(Status.SKIPPED), "n_introspections": 0, "n_decisions": 0, "logged": False,
            "escalated": False, "replica_draw": self.chance(c, 129) if self.has_replicas else 0.0,
        }  # fmt: skip

    # Small questions -------------------------------------------------------------------------------------

    def chance(self, c: int, purpose: int) -> float:
        """A call's variate."""
        return one_uniform(self.asked_calls[c]["key"], purpose)

    def length(self, distribution: TimeDistribution, u: float) -> int:
        """A length drawn at u, whole µs."""
        return int(np.rint(distribution.quantile(np.array([u])))[0])

    def workload_of(self, t: int) -> Row:
        return self.workloads[self.tasks[t]["workload"]]

    def issuer_of(self, stage: int) -> Any:
        return self.issuers[self.stages[stage]["issuer"]]

    def cascades(self, stage: int) -> bool:
        return stage >= 0 and bool(self.stages[stage]["cascades"])

    def permitted(self, scope: Scope) -> set[int]:
        """Permissions of a scope."""
        bucket = self.plan.buckets[0] if scope.bucket is None else scope.bucket
        own = set(permissions_in(bucket, self.estate.granted(scope.identity), self.estate).tolist())
        return own if scope.within is None else own & self.permitted(scope.within)

    def owner_of(self, stage: int, t: int, c: int) -> int:
        """Whose credential of a stage it is that a call wants."""
        workload = self.workload_of(t)
        kind = self.stages[stage]["issue_per"]
        if kind == Owner.CALL:
            return c
        if kind == Owner.TASK:
            return t
        if kind == Owner.WORKLOAD:
            return int(self.tasks[t]["instance"])
        if kind == Owner.PLACE:
            return int(workload["identity"] * len(self.places) + workload["place"])
        return int(workload["identity"])

    def from_previous(self, stage: int) -> bool:
        return bool(self.stages[stage]["source"] == Source.PREVIOUS)
