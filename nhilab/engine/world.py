"""Everything a running task looks up: the demand as lists, the strategy's plan, stations, gates, records."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import numpy as np
import simpy

from nhilab.base.estate import Estate
from nhilab.base.quantities import IdArray, IntArray
from nhilab.base.streams import keyed_uniform
from nhilab.demand.demand import Demand
from nhilab.engine.events import Instant, Kind
from nhilab.engine.gate import make_gates
from nhilab.engine.records import Records
from nhilab.engine.stations import FifoStation, Slots
from nhilab.ledger.tables import Owner
from nhilab.scenario.distributions import TimeDistribution
from nhilab.scenario.file import Issuer
from nhilab.strategy.plan import Plan

REVOCATION = 64
"""Purposes of a call's variates: the stage number for issuance, 64 + stage for revocation, 128 for printing."""
PRINTING = 128


@dataclass
class CredentialSlot:
    """The current credential of one (owner, bucket), and the issuance under way if there is one."""

    credential: int = -1
    pending: simpy.Event | None = None


def service_times(distribution: TimeDistribution, demand: Demand, purpose: int) -> IntArray:
    """Service time belonging to each call; shape (calls,), int64, µs."""
    return np.rint(distribution.quantile(keyed_uniform(demand.calls.key, purpose))).astype(np.int64)


def compact(column: IdArray | IntArray) -> array[int]:
    """A column whose single elements are quick to read, at 8 bytes each."""
    return array("q", np.ascontiguousarray(column, np.int64).tobytes())


class World:
    """State of one run; single elements are what a process reads."""

    def __init__(self, estate: Estate, plan: Plan, demand: Demand, issuers: dict[str, Issuer]) -> None:
        self.environment = simpy.Environment()
        self.plan, self.estate, self.records = plan, estate, Records(demand)
        tasks, calls, workloads = demand.tasks, demand.calls, estate.workloads
        self.instance = tasks.instance.tolist()
        self.arrived_at = tasks.arrived_at.tolist()
        self.tail_time = tasks.tail_time.tolist()
        self.first_call = tasks.first_call.tolist()
        self.n_calls = tasks.n_calls.tolist()
        self.identity = workloads.identity[tasks.workload].tolist()
        self.place = workloads.place[tasks.workload].tolist()
        self.think_time = compact(calls.think_time)
        self.call_time = compact(calls.call_time)
        self.verifier = compact(estate.resources.verifier[estate.permissions.resource[calls.permission]])
        self.bucket = [compact(of_stage[calls.permission]) for of_stage in plan.bucket_of]
        self.gates = make_gates(estate)
        self.slots = [Slots(self.environment, int(limit)) for limit in estate.places.slots]
        self._make_issuers(demand, issuers)
        self.held: list[dict[tuple[int, int], CredentialSlot]] = [{} for _ in range(len(plan.stages))]

    def _make_issuers(self, demand: Demand, issuers: dict[str, Issuer]) -> None:
        names = self.plan.stages.issuer.tolist()
        desks = {name: FifoStation(issuers[name].servers) for name in names}
        revocations = {name: FifoStation(issuers[name].revocation_servers) for name in names}
        self.desk = [desks[name] for name in names]
        self.revocation_desk = [revocations[name] for name in names]
        self.issuance_time = [
            compact(service_times(issuers[n].service_time, demand, k)) for k, n in enumerate(names)
        ]
        self.revocation_time = [
            compact(service_times(issuers[n].revocation_time, demand, REVOCATION + k)) for k, n in enumerate(names)
        ]
        stages = self.plan.stages
        self.ttl = stages.effective_ttl.tolist()
        self.issue_per = [Owner(i) for i in stages.issue_per.tolist()]
        self.source = stages.source.tolist()
        self.revoked_at_task_end = stages.revoked_at_task_end.tolist()

    def now(self) -> int:
        """The current instant in µs."""
        return int(self.environment.now)

    def after(self, delay: int, kind: Kind, id: int) -> Instant:
        """An instant from now, in the canonical order."""
        return Instant(self.environment, delay, kind, id)

    def owner(self, stage: int, task: int, call: int) -> int:
        """Row of whoever owns a credential of this stage issued for this call."""
        kind = self.issue_per[stage]
        if kind is Owner.CALL:
            return call
        if kind is Owner.TASK:
            return task
        if kind is Owner.WORKLOAD:
            return int(self.instance[task])
        if kind is Owner.PLACE:
            return int(self.identity[task]) * len(self.estate.places) + int(self.place[task])
        return int(self.identity[task])
