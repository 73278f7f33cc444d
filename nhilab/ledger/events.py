"""The events of a ledger: issue, use, refusal, revocation, expiry, each as the component that saw it logs it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

import numpy as np

from nhilab.base.quantities import NEVER, BoolArray, IdArray, IntArray, add
from nhilab.base.tables import Table, column, joined
from nhilab.ledger.acceptance import accept_until, honoured_until
from nhilab.ledger.bounds import last_verifier
from nhilab.ledger.kinship import identity_of_task, task_of_owner
from nhilab.ledger.refusals import Reason, denial_reasons, guard, refusal_reasons, turned_away
from nhilab.ledger.tables import Calls, Credentials, Ledger, Status


class Kind(IntEnum):
    """What happened; events of one instant stand in this order."""

    TASK_STARTED = 0
    REQUESTED = 1
    ISSUED = 2
    USED = 3
    CARRIED_OUT = 4
    REFUSED = 5
    DENIED = 6
    SUPERSEDED = 7
    UNAVAILABLE = 8
    TASK_ENDED = 9
    REVOCATION_REQUESTED = 10
    REVOKED = 11
    EXPIRED = 12
    LAST_HONOURED = 13


class Log(IntEnum):
    """Whose log an event stands in; `BOUND` is no log: it follows from the rules of the verifiers."""

    ISSUER = 0
    VERIFIER = 1
    WORKLOAD = 2
    DECISION = 3
    BOUND = 4


LOG_OF: Final[dict[Kind, Log]] = {
    Kind.TASK_STARTED: Log.WORKLOAD, Kind.REQUESTED: Log.ISSUER, Kind.ISSUED: Log.ISSUER, Kind.USED: Log.VERIFIER,
    Kind.CARRIED_OUT: Log.WORKLOAD, Kind.REFUSED: Log.VERIFIER, Kind.DENIED: Log.VERIFIER,
    Kind.SUPERSEDED: Log.WORKLOAD, Kind.UNAVAILABLE: Log.WORKLOAD, Kind.TASK_ENDED: Log.WORKLOAD,
    Kind.REVOCATION_REQUESTED: Log.ISSUER, Kind.REVOKED: Log.ISSUER, Kind.EXPIRED: Log.ISSUER,
    Kind.LAST_HONOURED: Log.BOUND,
}  # fmt: skip
"""Whose log holds which kind; a denial without a look at the credential is the decision point's."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Events(Table):
    """One row per event, by instant, then kind, credential, call and task."""

    at: IntArray = column("i8", "when it happened", "µs")
    kind: IdArray = column("i4", "0 task started … 13 last honoured, see Kind")
    source: IdArray = column("i4", "log: 0 issuer, 1 verifier, 2 workload, 3 decision point, 4 none")
    reason: IdArray = column("i4", "why it was turned away, 0 if it was not, see Reason", neutral=0)
    credential: IdArray = column("i4", "whose life it belongs to, -1 if none", neutral=-1)
    call: IdArray = column("i4", "call that did it, or asked for the credential, -1 if none", neutral=-1)
    task: IdArray = column("i4", "task of the call, or that owns the credential, -1 if none", neutral=-1)
    identity: IdArray = column("i4", "who authenticates")
    stage: IdArray = column("i4", "stage of the credential, -1 if none", neutral=-1)
    verifier: IdArray = column("i4", "who decided, or honours it longest, -1 if none", neutral=-1)
    permission: IdArray = column("i4", "what the call asked for, -1 if none", neutral=-1)
    parent: IdArray = column("i4", "credential it was issued from, -1 if none", neutral=-1)
    lineage: IdArray = column("i4", "first ancestor of the credential, itself if it has none, -1 if none", neutral=-1)


def events_of(ledger: Ledger) -> Events:
    """Every event of a run that its ledger tells.

    Parameters
    ----------
    ledger : Ledger
        Of a run, or rebuilt from audit logs.

    Returns
    -------
    Events
        Nothing is there twice, and what never happens (`NEVER`) is not there. Not told by a ledger, and so not
        here: the first refusal of a call that was accepted with another credential, and single questions to the
        issuer.

    Notes
    -----
    Definition: MODEL.md, "Events". Checked by ``tests/unit/ledger/test_events.py``.
    """
    every = joined([*_of_credentials(ledger), *_of_calls(ledger), *_of_tasks(ledger)])
    order = np.lexsort((every.task, every.call, every.credential, every.kind, every.at))
    return _at(every, order)


def selected(events: Events, rows: BoolArray) -> Events:
    """The events of some rows, in their order."""
    return _at(events, np.flatnonzero(rows))


def lineage(credentials: Credentials) -> IdArray:
    """First ancestor of each credential, itself if it was issued from none; shape (credentials,), int32."""
    own = np.arange(len(credentials), dtype=np.int32)
    root = np.where(credentials.parent >= 0, credentials.parent, own)
    while not np.array_equal(root, root[root]):
        root = root[root]
    return root.astype(np.int32)


def _at(events: Events, rows: IntArray) -> Events:
    return Events(**{name: values[rows] for name, values in events.columns().items()})


def _made(kind: Kind, at: IntArray, rows: IntArray, every: dict[str, Any], **more: Any) -> Events:
    """Events of one kind: `at` of the rows given, and what holds of them in every column."""
    columns: dict[str, Any] = {"source": np.full(len(rows), LOG_OF[kind])}
    columns |= {name: values[rows] for name, values in every.items()} | more
    return Events.of(at=at[rows], kind=np.full(len(rows), kind), **columns)


def _of_credentials(ledger: Ledger) -> list[Events]:
    c = ledger.credentials
    every: dict[str, Any] = {
        "credential": np.arange(len(c)), "task": task_of_owner(ledger), "stage": c.stage, "parent": c.parent,
        "identity": ledger.scopes.identity[c.scope], "lineage": lineage(c),
    }  # fmt: skip
    asked_by = np.append(ledger.calls.task, -1)[c.call]
    asking = every | {"call": c.call, "task": np.where(every["task"] >= 0, every["task"], asked_by)}
    until = add(accept_until(ledger), ledger.estate.verifiers.session_time[None, :])
    bound = every | {"verifier": last_verifier(ledger, until)}
    # A revocation that takes effect after the expiry is in the log, and ends nothing.
    revoked = every | {"reason": np.where(c.revoked_at > c.expires_at, Reason.DEAD_ALREADY, Reason.NONE)}
    rows = np.arange(len(c))
    found = [_made(Kind.REQUESTED, c.requested_at, rows, asking), _made(Kind.ISSUED, c.issued_at, rows, asking)]
    for kind, at, columns in (
        (Kind.SUPERSEDED, c.superseded_at, every),
        (Kind.REVOCATION_REQUESTED, c.revocation_requested_at, every),
        (Kind.REVOKED, c.revoked_at, revoked),
        (Kind.EXPIRED, np.where(c.revoked_at <= c.expires_at, NEVER, c.expires_at), every),
        (Kind.LAST_HONOURED, honoured_until(ledger), bound),
    ):
        found.append(_made(kind, at, np.flatnonzero(at < NEVER), columns))
    return found


def _of_calls(ledger: Ledger) -> list[Events]:
    calls, c = ledger.calls, ledger.credentials
    scope = np.append(c.scope, -1)[calls.credential]
    every: dict[str, Any] = {
        "call": np.arange(len(calls)), "task": calls.task, "permission": calls.permission,
        "credential": calls.credential, "stage": np.append(c.stage, -1)[calls.credential],
        "parent": np.append(c.parent, -1)[calls.credential], "lineage": np.append(lineage(c), -1)[calls.credential],
        "identity": np.where(scope >= 0, ledger.scopes.identity[scope], identity_of_task(ledger)[calls.task]),
    }  # fmt: skip
    seen = every | {"verifier": guard(ledger)}
    used = np.flatnonzero((calls.status == Status.DONE) & (calls.credential >= 0))
    later = used[(calls.began_at[used] < NEVER) & (calls.began_at[used] != calls.arrived_at[used])]
    refused = np.flatnonzero(turned_away(ledger))
    return [
        _made(Kind.USED, calls.arrived_at, used, seen),
        _made(Kind.CARRIED_OUT, calls.began_at, later, every),
        _made(Kind.REFUSED, calls.arrived_at, refused, seen, reason=refusal_reasons(ledger, refused)),
        *_denials(ledger, every, seen),
        _unavailable(calls, every),
    ]


def _denials(ledger: Ledger, every: dict[str, Any], seen: dict[str, Any]) -> list[Events]:
    """Calls denied by the verifier, which saw their credential, or before by the decision point."""
    calls = ledger.calls
    denied = calls.status == Status.DENIED
    by_verifier = np.flatnonzero(denied & (calls.credential >= 0))
    before = np.flatnonzero(denied & (calls.credential < 0))
    reasons = [denial_reasons(ledger, rows) for rows in (by_verifier, before)]
    decided = np.full(len(before), Log.DECISION)
    return [
        _made(Kind.DENIED, calls.arrived_at, by_verifier, seen, reason=reasons[0]),
        _made(Kind.DENIED, calls.ended_at, before, every, reason=reasons[1], source=decided),
    ]


def _unavailable(calls: Calls, every: dict[str, Any]) -> Events:
    """Calls that gave up on an issuer; the credential refused before, if any, has an event of its own."""
    rows = np.flatnonzero(calls.status == Status.ISSUER_UNAVAILABLE)
    none = np.full(len(rows), -1)
    gone = dict.fromkeys(("credential", "stage", "parent", "lineage"), none)
    return _made(Kind.UNAVAILABLE, calls.ended_at, rows, every, reason=np.full(len(rows), Reason.NOT_ISSUED), **gone)


def _of_tasks(ledger: Ledger) -> list[Events]:
    tasks = ledger.tasks
    every = {"task": np.arange(len(tasks)), "identity": identity_of_task(ledger)}
    instants = ((Kind.TASK_STARTED, tasks.started_at), (Kind.TASK_ENDED, tasks.ended_at))
    return [_made(kind, at, np.flatnonzero(at < NEVER), every) for kind, at in instants]
