"""Who belongs to whom in a ledger: owners, slots of credentials, parents, chains. Rules look these up."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from nhilab.base.quantities import NEVER, BoolArray, IdArray, IntArray
from nhilab.ledger.tables import Ledger, Owner, ScopePermissions, Source

Column = TypeVar("Column", IdArray, IntArray, BoolArray)


def of_stage(ledger: Ledger, column: Column, otherwise: int | bool) -> Column:
    """A column of the stages for each credential; `otherwise` where no strategy manages it."""
    found: Column = np.append(column, np.asarray(otherwise, column.dtype))[ledger.credentials.stage]
    return found


def managed(ledger: Ledger) -> BoolArray:
    """Credentials that a stage of the strategy made."""
    return ledger.credentials.stage >= 0


def place_of_task(ledger: Ledger) -> IdArray:
    """Place each task runs at; shape (tasks,), int32."""
    return ledger.estate.workloads.place[ledger.tasks.workload]


def identity_of_task(ledger: Ledger) -> IdArray:
    """What each task authenticates as; shape (tasks,), int32."""
    return ledger.estate.workloads.identity[ledger.tasks.workload]


def queued(ledger: Ledger) -> BoolArray:
    """Calls that were put in a queue."""
    return ledger.calls.enqueued_at < NEVER


def wanted_owner(ledger: Ledger, call: IntArray | IdArray, kind: IdArray) -> IntArray:
    """Owner that a credential of a kind of owner has if it serves a call; shape of `call`, int64.

    Notes
    -----
    The owner of kind PLACE is an (identity, place), numbered identity · places + place.
    """
    task = ledger.calls.task[call].astype(np.int64)
    identity = identity_of_task(ledger)[task].astype(np.int64)
    owners = {
        Owner.CALL: call, Owner.TASK: task, Owner.WORKLOAD: ledger.tasks.instance[task],
        Owner.PLACE: identity * len(ledger.estate.places) + place_of_task(ledger)[task], Owner.IDENTITY: identity,
    }  # fmt: skip
    return np.select([kind == k for k in owners], list(owners.values()), -1)


def task_of_owner(ledger: Ledger) -> IntArray:
    """Task that each credential belongs to, itself or by its call; -1 for lasting owners; int64."""
    c = ledger.credentials
    found = np.full(len(c), -1, np.int64)
    found[c.owner_kind == Owner.TASK] = c.owner[c.owner_kind == Owner.TASK]
    found[c.owner_kind == Owner.CALL] = ledger.calls.task[c.owner[c.owner_kind == Owner.CALL]]
    return found


def given_credential(ledger: Ledger) -> IntArray:
    """Credential of the parent call of each task, -1 where no call handed it on; int64."""
    parent = ledger.tasks.parent_call.astype(np.int64)
    return np.append(ledger.calls.credential, -1)[parent].astype(np.int64)


def same_slot(ledger: Ledger) -> list[IntArray]:
    """Rows of the credentials of each slot (owner, stage and scope), in order of issue."""
    c = ledger.credentials
    rows = np.flatnonzero(managed(ledger))
    order = rows[np.lexsort((rows, c.scope[rows], c.owner[rows], c.owner_kind[rows], c.stage[rows]))]
    changes = np.zeros(max(0, len(order) - 1), np.bool_)
    for column in (c.scope, c.owner, c.owner_kind, c.stage):
        changes |= np.diff(column[order]) != 0
    return [part.astype(np.int64) for part in np.split(order, np.flatnonzero(changes) + 1)]


def replacements(ledger: Ledger) -> BoolArray:
    """Credentials that took the place of a single-use one from which a child was issued: it is their parent."""
    c = ledger.credentials
    again = (c.parent >= 0) & (c.stage[c.parent] == c.stage)
    found: BoolArray = again & of_stage(ledger, ledger.stages.single_use, False)
    return found


def exchanged(ledger: Ledger) -> BoolArray:
    """Credentials issued from the credential of another task's call, their scope cut to its."""
    found: BoolArray = ledger.scopes.within[ledger.credentials.scope] >= 0
    return found


def dies_with_parent(ledger: Ledger) -> BoolArray:
    """Children of a parent whose issuer cascades."""
    c = ledger.credentials
    cascades: BoolArray = of_stage(ledger, ledger.stages.cascades, False)[c.parent]
    return (c.parent >= 0) & cascades & ~replacements(ledger)


def consumed_at(ledger: Ledger) -> IntArray:
    """When a child was issued from each single-use credential, `NEVER` for others; int64, µs."""
    c = ledger.credentials
    found = np.full(len(c), NEVER, np.int64)
    child = np.flatnonzero((c.parent >= 0) & ~replacements(ledger))
    child = child[of_stage(ledger, ledger.stages.single_use, False)[c.parent[child]]]
    np.minimum.at(found, c.parent[child], c.issued_at[child])
    return found


def provisioned(ledger: Ledger) -> BoolArray:
    """Standing credentials that were there at time 0."""
    c = ledger.credentials
    stands = of_stage(ledger, ledger.stages.source, -1) == Source.STANDING
    found: BoolArray = stands & (c.call < 0) & (c.issued_at == 0)
    return found


def last_stages(ledger: Ledger) -> BoolArray:
    """Stages that have no next one; shape (stages,)."""
    found = np.ones(len(ledger.stages), np.bool_)
    found[:-1] = ledger.stages.source[1:] != Source.PREVIOUS
    return found


def is_managed_by(ledger: Ledger, identity: IdArray, stage: IdArray) -> BoolArray:
    """Whether each identity gets credentials from the stage beside it."""
    span = np.int64(len(ledger.stages) + 1)
    pairs = ledger.managed.identity * span + ledger.managed.stage
    return np.isin(identity * span + stage, pairs) & (stage >= 0)


def holds(held: ScopePermissions, scope: IdArray, permission: IdArray) -> BoolArray:
    """Whether each scope holds the permission beside it."""
    span = np.int64(max(int(held.permission.max(initial=0)), int(permission.max(initial=0))) + 1)
    return np.isin(scope * span + permission, held.scope * span + held.permission)


def chains_presented(ledger: Ledger) -> dict[int, set[int]]:
    """Stages of what the calls of each workload present as their own, not as handed on by another task's call."""
    calls = ledger.calls
    own = np.flatnonzero((calls.credential >= 0) & (calls.credential != given_credential(ledger)[calls.task]))
    found: dict[int, set[int]] = {}
    stage = ledger.credentials.stage[calls.credential[own]]
    workload = ledger.tasks.workload[calls.task[own]]
    for w, k in set(zip(workload.tolist(), stage.tolist(), strict=True)):
        found.setdefault(w, set()).add(k)
    return found


def chain_of_workload(ledger: Ledger) -> IntArray:
    """Chain each workload follows, -1 where the ledger does not tell: several for its identity, nothing presented."""
    chain, workloads = ledger.stages.chain, ledger.estate.workloads
    found = np.full(len(workloads), -1, np.int64)
    seen = chains_presented(ledger)
    for workload, identity in enumerate(workloads.identity.tolist()):
        of_identity = np.unique(chain[ledger.managed.stage[ledger.managed.identity == identity]])
        if len(of_identity) == 1:
            found[workload] = of_identity[0]
        elif workload in seen:
            found[workload] = chain[min(seen[workload])]
    return found
