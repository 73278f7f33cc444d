"""From the engine's lists to a frozen ledger."""

from __future__ import annotations

import numpy as np

from nhilab.base.quantities import IdArray, IntArray
from nhilab.demand.demand import Demand
from nhilab.engine.copies import find_copies
from nhilab.engine.world import World
from nhilab.ledger.tables import Calls, Credentials, Ledger, Outages, Status, Tasks
from nhilab.scenario.file import ScenarioFile


def close(world: World, demand: Demand, content: ScenarioFile) -> Ledger:
    """The ledger of a finished run."""
    calls = _calls(world, demand)
    tasks = _tasks(world, demand, calls)
    credentials = _credentials(world, tasks, calls)
    made = calls.status == Status.DONE
    scopes, scope_permissions = world.scopes.tables(credentials.scope[calls.credential[made]])
    return Ledger(
        estate=world.estate,
        stages=world.plan.stages,
        tasks=tasks,
        calls=calls,
        credentials=credentials,
        copies=find_copies(world, tasks, calls, credentials),
        scopes=scopes,
        scope_permissions=scope_permissions,
        managed=world.plan.managed,
        outages=_outages(world),
        horizon=content.horizon,
        warm_up=content.warm_up,
        follow_up=content.follow_up,
        cap=content.cap,
        proof_tolerance=content.proof_tolerance,
    )


def _outages(world: World) -> Outages:
    rows = [(stage, begin, end) for stage, spans in enumerate(world.outages) for begin, end in spans]
    stage, begin, end = np.array(rows, np.int64).reshape(-1, 3).T
    return Outages.of(stage=stage, from_at=begin, until_at=end)


def _tasks(world: World, demand: Demand, calls: Calls) -> Tasks:
    """Tasks as they went; one whose message was refused after its end has failed by that."""
    records = world.records
    status = np.asarray(records.task_status, np.int64)
    lost = np.isin(calls.status, (Status.ISSUER_UNAVAILABLE, Status.REFUSED))
    late = np.zeros(len(status), np.int64)
    late[calls.task[lost]] = calls.status[lost]
    return Tasks.of(
        workload=demand.tasks.workload,
        instance=demand.tasks.instance,
        slot=records.task_slot,
        arrived_at=records.task_arrived_at,
        started_at=records.task_started_at,
        ended_at=records.task_ended_at,
        status=np.where(status == Status.DONE, late, status),
        parent_call=demand.tasks.parent_call,
        first_call=demand.tasks.first_call,
        n_calls=demand.tasks.n_calls,
    )


def _calls(world: World, demand: Demand) -> Calls:
    records = world.records
    return Calls.of(
        task=demand.calls.task,
        permission=demand.calls.permission,
        credential=records.call_credential,
        ready_at=records.call_ready_at,
        arrived_at=records.call_arrived_at,
        ended_at=records.call_ended_at,
        status=records.call_status,
        n_introspections=records.call_introspections,
        n_decisions=records.call_decisions,
        in_intent=demand.calls.in_intent,
        logged=records.call_logged,
        escalated=records.call_escalated,
        enqueued_at=records.call_enqueued_at,
        began_at=records.call_began_at,
        replica_draw=world.replica_draw,
    )


def _credentials(world: World, tasks: Tasks, calls: Calls) -> Credentials:
    lists = world.records.credentials
    issued_at = np.asarray(lists.issued_at, np.int64)
    parent = np.asarray(lists.parent, np.int32)
    used, used_by = uses(calls, np.asarray(lists.call, np.int32), parent)
    purpose_end = issued_at.copy()
    np.maximum.at(purpose_end, used, tasks.ended_at[calls.task[used_by]])
    sent = np.asarray(world.records.call_sent, np.int64)
    np.maximum.at(purpose_end, sent[sent >= 0], tasks.ended_at[calls.task[sent >= 0]])
    ended = (calls.credential >= 0) & (calls.status == Status.DONE)
    np.maximum.at(purpose_end, calls.credential[ended], calls.ended_at[ended])
    return Credentials.of(
        scope=lists.scope,
        stage=lists.stage,
        owner_kind=lists.owner_kind,
        owner=lists.owner,
        parent=parent,
        call=lists.call,
        binding=lists.binding,
        requested_at=lists.requested_at,
        issued_at=issued_at,
        service_time=lists.service_time,
        expires_at=lists.expires_at,
        revocation_requested_at=lists.revocation_requested_at,
        revoked_at=lists.revoked_at,
        owner_end=lists.owner_end,
        purpose_end=purpose_end,
        superseded_at=lists.superseded_at,
        lost_pushes=lists.lost_pushes,
        n_uses=np.bincount(calls.credential[calls.credential >= 0], minlength=len(issued_at)),
    )


def uses(calls: Calls, asked_by: IdArray, parent: IdArray) -> tuple[IdArray, IdArray]:
    """Every use of a credential: presented by a call, or as the parent of an issuance a call asked for."""
    presented: IntArray = np.flatnonzero(calls.credential >= 0)
    children: IntArray = np.flatnonzero((parent >= 0) & (asked_by >= 0))
    credential = np.concatenate([calls.credential[presented], parent[children]])
    call = np.concatenate([presented.astype(np.int32), asked_by[children]])
    return credential, call
