"""From the engine's lists to a frozen ledger."""

from __future__ import annotations

import numpy as np

from nhilab.base.quantities import IdArray, IntArray
from nhilab.demand.demand import Demand
from nhilab.engine.copies import find_copies
from nhilab.engine.records import Records
from nhilab.engine.world import World
from nhilab.ledger.tables import Calls, Credentials, Ledger, ScopePermissions, Scopes, Status, Tasks
from nhilab.scenario.file import ScenarioFile
from nhilab.strategy.plan import permissions_in


def close(world: World, demand: Demand, content: ScenarioFile) -> Ledger:
    """The ledger of a finished run."""
    tasks, calls = _tasks(world.records, demand), _calls(world.records, demand)
    scopes, scope_permissions, scope = _scopes(world, tasks, calls)
    credentials = _credentials(world, tasks, calls, scope)
    return Ledger(
        estate=world.estate,
        stages=world.plan.stages,
        tasks=tasks,
        calls=calls,
        credentials=credentials,
        copies=find_copies(world.estate, world.plan.stages, tasks, calls, credentials, demand.calls.key),
        scopes=scopes,
        scope_permissions=scope_permissions,
        horizon=content.horizon,
        warm_up=content.warm_up,
        follow_up=content.follow_up,
        cap=content.cap,
        proof_tolerance=content.proof_tolerance,
    )


def _tasks(records: Records, demand: Demand) -> Tasks:
    return Tasks.of(
        workload=demand.tasks.workload,
        instance=demand.tasks.instance,
        slot=records.task_slot,
        arrived_at=demand.tasks.arrived_at,
        started_at=records.task_started_at,
        ended_at=records.task_ended_at,
        status=records.task_status,
        first_call=demand.tasks.first_call,
        n_calls=demand.tasks.n_calls,
    )


def _calls(records: Records, demand: Demand) -> Calls:
    return Calls.of(
        task=demand.calls.task,
        permission=demand.calls.permission,
        credential=records.call_credential,
        ready_at=records.call_ready_at,
        arrived_at=records.call_arrived_at,
        ended_at=records.call_ended_at,
        status=records.call_status,
        n_introspections=records.call_introspections,
        in_intent=demand.calls.in_intent,
    )


def _scopes(world: World, tasks: Tasks, calls: Calls) -> tuple[Scopes, ScopePermissions, IdArray]:
    """Scopes in use, each identity's all grants first; and the scope of every credential."""
    lists, plan, estate = world.records.credentials, world.plan, world.estate
    n_buckets, n_identities = len(plan.buckets), len(estate.identities)
    code = np.asarray(lists.identity, np.int64) * n_buckets + np.asarray(lists.bucket, np.int64)
    narrow = np.unique(code[np.asarray(lists.bucket, np.int64) > 0])
    codes = np.concatenate([np.arange(n_identities, dtype=np.int64) * n_buckets, narrow])
    row_of = {int(c): row for row, c in enumerate(codes)}
    scope = np.array([row_of[c] for c in code.tolist()], np.int32)
    identity, number = codes // n_buckets, codes % n_buckets
    buckets = [plan.buckets[b] for b in number.tolist()]
    held = [permissions_in(b, estate.granted(i), estate) for b, i in zip(buckets, identity.tolist(), strict=True)]
    made = calls.status == Status.DONE
    of_call = scope[calls.credential[made]]
    scopes = Scopes.of(
        identity=identity,
        environment=np.array([b.environment for b in buckets], np.str_),
        resource_class=np.array([b.resource_class for b in buckets], np.str_),
        resource=[b.resource for b in buckets],
        operation=np.array([b.operation for b in buckets], np.str_),
        n_calls=np.bincount(of_call, minlength=len(codes)),
    )
    permissions = ScopePermissions.of(
        scope=np.repeat(np.arange(len(codes)), [len(p) for p in held]),
        permission=np.concatenate(held) if held else np.empty(0, np.int32),
    )
    return scopes, permissions, scope


def _credentials(world: World, tasks: Tasks, calls: Calls, scope: IdArray) -> Credentials:
    lists, stages = world.records.credentials, world.plan.stages
    stage = np.asarray(lists.stage, np.int32)
    issued_at = np.asarray(lists.issued_at, np.int64)
    parent = np.asarray(lists.parent, np.int32)
    used, used_by = uses(calls, np.asarray(lists.call, np.int32), parent)
    purpose_end = issued_at.copy()
    np.maximum.at(purpose_end, used, tasks.ended_at[calls.task[used_by]])
    return Credentials.of(
        scope=scope,
        stage=stage,
        owner_kind=stages.issue_per[stage],
        owner=lists.owner,
        parent=parent,
        call=lists.call,
        binding=stages.binding[stage],
        requested_at=lists.requested_at,
        issued_at=issued_at,
        service_time=lists.service_time,
        expires_at=lists.expires_at,
        revocation_requested_at=lists.revocation_requested_at,
        revoked_at=lists.revoked_at,
        owner_end=lists.owner_end,
        purpose_end=purpose_end,
        n_uses=np.bincount(calls.credential[calls.credential >= 0], minlength=len(stage)),
    )


def uses(calls: Calls, asked_by: IdArray, parent: IdArray) -> tuple[IdArray, IdArray]:
    """Every use of a credential: presented by a call, or as the parent of an issuance a call asked for."""
    presented: IntArray = np.flatnonzero(calls.credential >= 0)
    children: IntArray = np.flatnonzero(parent >= 0)
    credential = np.concatenate([calls.credential[presented], parent[children]])
    call = np.concatenate([presented.astype(np.int32), asked_by[children]])
    return credential, call


