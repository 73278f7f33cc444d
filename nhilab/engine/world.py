"""Everything a running task looks up: the demand as lists, the strategy's plan, stations, gates, records."""

from __future__ import annotations

from array import array
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import simpy

from nhilab.base.estate import LayerKind
from nhilab.base.quantities import NEVER, BoolArray, IdArray, IntArray
from nhilab.base.streams import keyed_uniform
from nhilab.demand.demand import Demand
from nhilab.engine.events import Instant, Kind
from nhilab.engine.gate import make_gates
from nhilab.engine.records import Records
from nhilab.engine.scopes import ScopeBook
from nhilab.engine.stations import FifoStation, Outages, Slots, issuance_desk, revocation_desk
from nhilab.ledger.tables import Owner, Source, Unit
from nhilab.scenario.distributions import TimeDistribution
from nhilab.scenario.scenario import Scenario
from nhilab.strategy.plan import Plan

REVOCATION, PRINTING, REPLICA, DECISION, VERDICT, APPROVAL, APPROVED = 64, 128, 129, 130, 131, 132, 133
"""Purposes of a call's variates; the stage's number for an issuance, 64 + stage for a revocation."""
LOST_PUSH, RENEWAL_JITTER, RENEWAL_SERVICE, NEXT_KEY = 256, 512, 1024, 2048
"""Purposes of a credential's variates; 256 + layer for a lost push, 2048 + stage for the key of what follows."""


@dataclass
class CredentialSlot:
    """The current credential of one (owner, bucket), and the issuance under way if there is one."""

    credential: int = -1
    pending: simpy.Event | None = None
    closed: bool = False

    def holds(self, credential: int) -> bool:
        """Whether a credential is still the current one, and its owner has not ended."""
        return not self.closed and self.credential == credential


def service_times(distribution: TimeDistribution, demand: Demand, purpose: int) -> IntArray:
    """Service time belonging to each call; shape (calls,), int64, µs."""
    return np.rint(distribution.quantile(keyed_uniform(demand.calls.key, purpose))).astype(np.int64)


def one_time(distribution: TimeDistribution, u: float) -> int:
    """The length of a distribution at probability u, in µs."""
    return int(np.rint(distribution.quantile(np.array([u]))[0]))


def compact(column: IdArray | IntArray | BoolArray) -> array[int]:
    """A column whose single elements are quick to read, at 8 bytes each."""
    return array("q", np.ascontiguousarray(column, np.int64).tobytes())


class World:
    """State of one run; single elements are what a process reads."""

    def __init__(
        self, scenario: Scenario, plan: Plan, demand: Demand, environment: simpy.Environment | None = None
    ) -> None:
        self.environment = environment or simpy.Environment()
        self.estate, self.plan, self.strategy = plan.estate, plan, plan.strategy
        self.records, self.scopes = Records(demand), ScopeBook(plan)
        self.renewed_until = scenario.content.horizon + scenario.content.follow_up
        self._read_tasks(demand)
        self._read_calls(demand)
        self._read_places()
        self._read_stages(scenario, demand)
        self.held: list[dict[tuple[int, int, int], CredentialSlot]] = [{} for _ in self.ttl]
        self.children: defaultdict[int, list[int]] = defaultdict(list)
        self.asked_to_revoke: set[int] = set()
        self.of_identity: defaultdict[tuple[str, int], list[int]] = defaultdict(list)

    def _read_tasks(self, demand: Demand) -> None:
        tasks, workloads = demand.tasks, self.estate.workloads
        self.instance = tasks.instance.tolist()
        self.arrived_at = tasks.arrived_at.tolist()
        self.tail_time = tasks.tail_time.tolist()
        self.first_call = tasks.first_call.tolist()
        self.n_calls = tasks.n_calls.tolist()
        self.crash_after = tasks.crash_after.tolist()
        self.parent_call = tasks.parent_call.tolist()
        self.workload = tasks.workload.tolist()
        self.identity = workloads.identity[tasks.workload].tolist()
        self.place = workloads.place[tasks.workload].tolist()
        self.last_stage = self.plan.last_stage[tasks.workload].tolist()
        self.queue = workloads.queue.tolist()
        self.carries = workloads.carries.tolist()
        self.handed_on: defaultdict[int, list[int]] = defaultdict(list)
        for task in np.flatnonzero(tasks.parent_call >= 0).tolist():
            self.handed_on[int(tasks.parent_call[task])].append(task)
        unlimited = max(1, len(demand.calls))
        self.consumers = [FifoStation(n if n > 0 else unlimited) if q >= 0 else None for q, n in zip(
            workloads.queue.tolist(), workloads.consumers.tolist(), strict=True)]  # fmt: skip

    def _read_calls(self, demand: Demand) -> None:
        calls, estate = demand.calls, self.estate
        self.think_time = compact(calls.think_time)
        self.call_time = compact(calls.call_time)
        self.queued_time = compact(calls.queued_time)
        self.in_intent = compact(calls.in_intent)
        self.permission = compact(calls.permission)
        self.key = array("Q", np.ascontiguousarray(calls.key, np.uint64).tobytes())
        self.first_key = self.key[0] if self.key else 0
        self.verifier = compact(estate.resources.verifier[estate.permissions.resource[calls.permission]])
        self.bucket = [compact(of_stage[calls.permission]) for of_stage in self.plan.bucket_of]
        replicated = bool((estate.layers.kind == LayerKind.REPLICA).any())
        draws = keyed_uniform(calls.key, REPLICA) if replicated else np.zeros(len(calls))
        self.replica_draw = array("d", draws.tobytes())
        self.checks_scope = self.strategy.delegation != "own" or self.strategy.grants == "used"
        at = estate.workloads.place[demand.tasks.workload[calls.task]]
        chance = estate.places.logs_token_probability[at]
        self.printed = compact(keyed_uniform(calls.key, PRINTING) < chance) if chance.any() else None

    def _read_places(self) -> None:
        places, verifiers = self.estate.places, self.estate.verifiers
        self.gates = make_gates(self.estate)
        self.slots = [Slots(self.environment, int(limit)) for limit in places.slots]
        self.log = places.log.tolist()
        self.scanner_delay = places.scanner_delay.tolist()
        accepted = (verifiers.accepts_from == "") | (verifiers.accepts_from == places.network[:, None])
        self.in_network: list[list[bool]] = accepted.tolist()
        layers = self.estate.layers
        pushes = (layers.kind == LayerKind.PUSH) & (layers.loss_probability > 0)
        self.lossy = [(int(row), float(layers.loss_probability[row])) for row in np.flatnonzero(pushes)]

    def _read_stages(self, scenario: Scenario, demand: Demand) -> None:
        stages, until = self.plan.stages, scenario.content.horizon + scenario.content.follow_up
        names = stages.issuer.tolist()
        self.issuer = [scenario.issuers[name] for name in names]
        self.issuer_name = names
        desks = {name: issuance_desk(scenario.issuers[name], until) for name in names}
        revocations = {name: revocation_desk(scenario.issuers[name], until) for name in names}
        self.outages = [Outages(issuer.outages, until).spans for issuer in self.issuer]
        self.desk: list[FifoStation] = [desks[name] for name in names]
        self.revocation_desk = [revocations[name] for name in names]
        self.issuance_time = [
            compact(service_times(issuer.service_time, demand, k)) for k, issuer in enumerate(self.issuer)
        ]
        self.revocation_time = [
            compact(service_times(i.revocation_time, demand, REVOCATION + k)) for k, i in enumerate(self.issuer)
        ]
        self.ttl: list[int] = stages.effective_ttl.tolist()
        self.issue_per = [Owner(i) for i in stages.issue_per.tolist()]
        self.source: list[int] = stages.source.tolist()
        self.binding: list[int] = stages.binding.tolist()
        self.single_use: list[bool] = stages.single_use.tolist()
        self.cascades: list[bool] = stages.cascades.tolist()
        self.by_identity = (stages.revocation_unit == Unit.IDENTITY).tolist()
        self.irrevocable = (stages.revocation_unit == Unit.NONE).tolist()
        self.revoked_at_task_end: list[bool] = stages.revoked_at_task_end.tolist()
        self.asked_once = [
            source != Source.PREVIOUS and issuer.attempts == 1
            for source, issuer in zip(self.source, self.issuer, strict=True)
        ]
        self.has_kin = any(self.cascades) or any(self.by_identity)
        self.keyed = any(self.plan.renewals) or any(self.single_use) or bool(self.lossy)
        self.rotated = [rule is not None and rule.every is not None for rule in self.plan.renewals]
        self.revoked_at_renewal = ["renewal" in asked.split(",") for asked in stages.effective_revoke.tolist()]

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

    def live_at_issuer(self, credential: int) -> bool:
        """Whether the issuer would mint from it now."""
        credentials = self.records.credentials
        end = min(credentials.expires_at[credential], credentials.revoked_at[credential])
        return self.now() < min(end, NEVER)
