"""What every ledger must keep, whoever wrote it: a sentence and a function each. A breach is a bug, not a user's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from nhilab.base.quantities import NEVER, BoolArray, IdArray, IntArray
from nhilab.ledger.acceptance import accept_until
from nhilab.ledger.holdings import HOLDINGS
from nhilab.ledger.lifetimes import LIFETIMES, out_of_order, wanted_owner
from nhilab.ledger.tables import Ledger, Owner, ScopePermissions, Status

_REFERENCES: Final = {
    "resources": {"verifier": "verifiers"},
    "permissions": {"resource": "resources"},
    "grants": {"identity": "identities", "permission": "permissions"},
    "openings": {"permission": "permissions", "place": "places?", "identity": "identities?"},
    "attestations": {"identity": "identities", "place": "places"},
    "places": {"log": "places?"},
    "workloads": {"identity": "identities", "place": "places"},
    "targets": {"workload": "workloads", "permission": "permissions"},
    "layers": {"verifier": "verifiers"},
    "tasks": {"workload": "workloads"},
    "calls": {"task": "tasks", "permission": "permissions", "credential": "credentials?"},
    "credentials": {"scope": "scopes", "stage": "stages?", "parent": "credentials?", "call": "calls?"},
    "copies": {"credential": "credentials", "place": "places"},
    "scopes": {"identity": "identities"},
    "scope_permissions": {"scope": "scopes", "permission": "permissions"},
}
"""Which table each id points into; a question mark where -1 (none) is allowed too."""


def violations(ledger: Ledger) -> list[str]:
    """What a ledger breaks of the rules every ledger keeps; empty for a sound one.

    Returns
    -------
    list of str
        One sentence per broken rule with the rows that break it. Dangling ids are reported alone: no other rule
        can be looked at while they are there.

    Notes
    -----
    Definition: MODEL.md §2, §4 and §6. Checked by ``tests/properties/test_run.py`` on runs, and by
    ``tests/properties/test_invariants.py`` on runs with one value spoilt.
    """
    dangling = _dangling(ledger)
    if dangling:
        return dangling
    found = []
    for sentence, broken_by in (*WORK, *LIFETIMES, *HOLDINGS):
        rows = np.flatnonzero(broken_by(ledger))
        if len(rows):
            shown = ", ".join(map(str, rows[:5].tolist())) + (", …" if len(rows) > 5 else "")
            found.append(f"not so: {sentence} ({len(rows)} rows: {shown})")
    return found


def _dangling(ledger: Ledger) -> list[str]:
    """Ids that point beyond their table."""
    tables, found = ledger.tables(), []
    for name, columns in _REFERENCES.items():
        for column, target in columns.items():
            ids = getattr(tables[name], column)
            least = -1 if target.endswith("?") else 0
            wrong = np.flatnonzero((ids < least) | (ids >= len(tables[target.rstrip("?")])))
            if len(wrong):
                found.append(f"not so: each {column} in {name} is a row of {target} (row {wrong[0]}: {ids[wrong[0]]})")
    sizes = {
        Owner.CALL: len(ledger.calls), Owner.TASK: len(ledger.tasks),
        Owner.WORKLOAD: int(ledger.estate.workloads.count.sum()),
        Owner.PLACE: len(ledger.estate.identities) * len(ledger.estate.places),
        Owner.IDENTITY: len(ledger.estate.identities),
    }  # fmt: skip
    owner, kind = ledger.credentials.owner, ledger.credentials.owner_kind
    size = np.array([sizes[k] for k in Owner])[np.clip(kind, 0, len(sizes) - 1)]
    if (wrong := np.flatnonzero((kind < 0) | (kind >= len(sizes)) | (owner < 0) | (owner >= size))).size:
        found.append(f"not so: each owner exists (credential {wrong[0]}: {owner[wrong[0]]} of kind {kind[wrong[0]]})")
    return found


def place_of_task(ledger: Ledger) -> IdArray:
    """Place each task runs at; shape (tasks,), int32."""
    return ledger.estate.workloads.place[ledger.tasks.workload]


def _tasks_out_of_order(ledger: Ledger) -> BoolArray:
    tasks = ledger.tasks
    return (tasks.arrived_at > tasks.started_at) | (tasks.started_at > tasks.ended_at) | (tasks.ended_at >= NEVER)


def _calls_elsewhere(ledger: Ledger) -> BoolArray:
    """Tasks whose calls are not the rows they say."""
    tasks = ledger.tasks
    first = np.cumsum(tasks.n_calls.astype(np.int64)) - tasks.n_calls
    counts = np.bincount(ledger.calls.task, minlength=len(tasks))
    disordered = bool((np.diff(ledger.calls.task) < 0).any())
    broken: BoolArray = (tasks.first_call != first) | (tasks.n_calls != counts) | disordered
    return broken


def _slots_shared(ledger: Ledger) -> BoolArray:
    """Tasks that begin in a slot before the one before them left it, or in a slot that does not exist."""
    tasks, place = ledger.tasks, place_of_task(ledger)
    limit = ledger.estate.places.slots[place]
    broken: BoolArray = (tasks.slot < 0) | ((limit >= 0) & (tasks.slot >= limit))
    order = np.lexsort((tasks.ended_at, tasks.started_at, tasks.slot, place))
    same = (np.diff(place[order]) == 0) & (np.diff(tasks.slot[order]) == 0)
    broken[order[1:][same & (tasks.started_at[order[1:]] < tasks.ended_at[order[:-1]])]] = True
    return broken


def _queue_jumped(ledger: Ledger) -> BoolArray:
    """Tasks that start before one that arrived earlier at their place."""
    place = place_of_task(ledger)
    return out_of_order(place, ledger.tasks.arrived_at, ledger.tasks.started_at)


def _waited_in_vain(ledger: Ledger) -> BoolArray:
    """Tasks that did not start although a slot was free the instant before."""
    tasks, place = ledger.tasks, place_of_task(ledger)
    slots = ledger.estate.places.slots[place]
    broken: BoolArray = (slots < 0) & (tasks.started_at > tasks.arrived_at)
    for p in np.flatnonzero(ledger.estate.places.slots >= 0):
        here = np.flatnonzero(place == p)
        late = here[tasks.started_at[here] > tasks.arrived_at[here]]
        before = tasks.started_at[late] - 1
        begun = np.searchsorted(np.sort(tasks.started_at[here]), before, side="right")
        ended = np.searchsorted(np.sort(tasks.ended_at[here]), before, side="right")
        broken[late[begun - ended < ledger.estate.places.slots[p]]] = True
    return broken


def _calls_out_of_order(ledger: Ledger) -> BoolArray:
    calls = ledger.calls
    skipped = calls.status == Status.SKIPPED
    ordered = (calls.ready_at <= calls.arrived_at) & (calls.arrived_at <= calls.ended_at) & (calls.ended_at < NEVER)
    left = (calls.ready_at >= NEVER) & (calls.arrived_at >= NEVER) & (calls.ended_at >= NEVER)
    return np.where(skipped, ~left | (calls.credential >= 0), ~ordered)


def _calls_overlap(ledger: Ledger) -> BoolArray:
    """Calls that are ready before the previous one of their task ended, or before the task started."""
    calls, tasks = ledger.calls, ledger.tasks
    since: IntArray = tasks.started_at[calls.task].copy()
    same = np.flatnonzero(np.diff(calls.task) == 0) + 1
    since[same] = calls.ended_at[same - 1]
    late = (calls.ended_at > tasks.ended_at[calls.task]) & (calls.status != Status.SKIPPED)
    broken: BoolArray = (calls.ready_at < since) | late
    return broken


def _accepted_wrongly(ledger: Ledger) -> BoolArray:
    """Calls accepted with a credential that was not there yet, or that no rule lets the verifier accept still.

    A revocation asked for at the instant of the call may come after it: the ledger cannot tell.
    """
    calls, credentials = ledger.calls, ledger.credentials
    done: BoolArray = calls.status == Status.DONE
    if not len(credentials):
        return done
    verifier = ledger.estate.resources.verifier[ledger.estate.permissions.resource[calls.permission]]
    early = calls.arrived_at < credentials.issued_at[calls.credential]
    dead = calls.arrived_at >= accept_until(ledger)[calls.credential, verifier]
    dead &= calls.arrived_at != credentials.revocation_requested_at[calls.credential]
    broken: BoolArray = done & ((calls.credential < 0) | early | dead)
    return broken


def _presented_wrongly(ledger: Ledger) -> BoolArray:
    """Calls that present a credential of another owner, identity or stage, or one whose scope is too narrow."""
    calls, credentials = ledger.calls, ledger.credentials
    presented: BoolArray = calls.credential >= 0
    if not presented.any():
        return presented
    credential = np.where(presented, calls.credential, 0)
    rows = np.arange(len(calls))
    wrong = credentials.owner[credential] != wanted_owner(ledger, rows, credentials.owner_kind[credential])
    wrong |= credentials.stage[credential] != len(ledger.stages) - 1
    identity = ledger.estate.workloads.identity[ledger.tasks.workload[calls.task]]
    wrong |= ledger.scopes.identity[credentials.scope[credential]] != identity
    wrong |= ~_holds(ledger.scope_permissions, credentials.scope[credential], calls.permission)
    broken: BoolArray = presented & wrong
    return broken


def _holds(held: ScopePermissions, scope: IdArray, permission: IdArray) -> BoolArray:
    """Whether each scope holds the permission beside it."""
    span = np.int64(max(int(held.permission.max(initial=0)), int(permission.max(initial=0))) + 1)
    return np.isin(scope * span + permission, held.scope * span + held.permission)


def _asked_beyond_scope(ledger: Ledger) -> BoolArray:
    """Credentials asked for by a call that they do not permit, or that is not their owner's."""
    credentials, calls = ledger.credentials, ledger.calls
    asked: BoolArray = credentials.call >= 0
    if not asked.any():
        return asked
    call = np.where(asked, credentials.call, 0)
    wrong = ~_holds(ledger.scope_permissions, credentials.scope, calls.permission[call])
    wrong |= credentials.owner != wanted_owner(ledger, call, credentials.owner_kind)
    wrong |= (credentials.requested_at < calls.ready_at[call]) | (credentials.issued_at > calls.arrived_at[call])
    return asked & wrong


WORK: Final[tuple[tuple[str, Callable[[Ledger], BoolArray]], ...]] = (
    ("a task arrives, starts and ends in this order", _tasks_out_of_order),
    ("the calls of tasks are consecutive rows, task by task, as many as planned", _calls_elsewhere),
    ("tasks in one slot never overlap, and slots are below the place's limit", _slots_shared),
    ("who arrives at a place earlier starts no later", _queue_jumped),
    ("a task waits only while every slot of its place is taken", _waited_in_vain),
    ("a call is ready, arrives and ends in this order; a skipped one never", _calls_out_of_order),
    ("the calls of a task follow one another between its start and its end", _calls_overlap),
    ("an accepted call presents a credential that is issued and that its verifier may accept", _accepted_wrongly),
    ("a call presents a last-stage credential of its owner and identity that permits it", _presented_wrongly),
    ("a credential permits the call that asked for it, and is issued between its readiness and arrival",
     _asked_beyond_scope),
)  # fmt: skip
"""Rules of tasks and calls; the others are in `lifetimes` and `holdings`."""
