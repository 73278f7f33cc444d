"""What every ledger must keep of credentials: their instants, owners, parents and issuers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from nhilab.base.quantities import NEVER, BoolArray, IdArray, IntArray, add
from nhilab.ledger.tables import Ledger, Owner, Source


def wanted_owner(ledger: Ledger, call: IntArray | IdArray, kind: IdArray) -> IntArray:
    """Owner that a credential of a kind of owner has if it serves a call; shape of `call`, int64.

    Notes
    -----
    The owner of kind PLACE is an (identity, place), numbered identity · places + place.
    """
    task = ledger.calls.task[call].astype(np.int64)
    workload = ledger.tasks.workload[task]
    identity = ledger.estate.workloads.identity[workload].astype(np.int64)
    place = ledger.estate.workloads.place[workload]
    owners = {
        Owner.CALL: call, Owner.TASK: task, Owner.WORKLOAD: ledger.tasks.instance[task],
        Owner.PLACE: identity * len(ledger.estate.places) + place, Owner.IDENTITY: identity,
    }  # fmt: skip
    return np.select([kind == k for k in owners], list(owners.values()), -1)


def out_of_order(group: IntArray | IdArray, asked_at: IntArray, served_at: IntArray) -> BoolArray:
    """Rows served before one of their group that asked strictly earlier; bool."""
    order = np.lexsort((served_at, asked_at, group))
    broken = np.zeros(len(order), np.bool_)
    for rows in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        latest = np.maximum.accumulate(np.append(0, served_at[rows]))[:-1]
        broken[rows] = served_at[rows] < latest
    return broken


def _managed(ledger: Ledger) -> BoolArray:
    return ledger.credentials.stage >= 0


def _source(ledger: Ledger) -> IdArray:
    """Source of each credential's stage, -1 where no strategy manages it."""
    source: IdArray = np.append(ledger.stages.source, np.int32(-1))[ledger.credentials.stage]
    return source


def _out_of_order(ledger: Ledger) -> BoolArray:
    c = ledger.credentials
    return (c.requested_at > c.issued_at) | (c.issued_at > c.expires_at) | (c.requested_at < 0)


def _not_in_order_of_issuance(ledger: Ledger) -> BoolArray:
    return np.diff(ledger.credentials.issued_at, prepend=0) < 0


def _lifetime_wrong(ledger: Ledger) -> BoolArray:
    c = ledger.credentials
    ttl = np.append(ledger.stages.effective_ttl, NEVER)[c.stage]
    broken: BoolArray = _managed(ledger) & (c.expires_at != add(c.issued_at, ttl))
    return broken


def _not_as_staged(ledger: Ledger) -> BoolArray:
    c = ledger.credentials
    kind, binding = (np.append(column, 0)[c.stage] for column in (ledger.stages.issue_per, ledger.stages.binding))
    broken: BoolArray = _managed(ledger) & ((c.owner_kind != kind) | (c.binding != binding))
    return broken


def _service_too_long(ledger: Ledger) -> BoolArray:
    c = ledger.credentials
    return (c.service_time < 0) | (c.service_time > c.issued_at - c.requested_at)


def _revocation_out_of_order(ledger: Ledger) -> BoolArray:
    c = ledger.credentials
    asked, done = c.revocation_requested_at < NEVER, c.revoked_at < NEVER
    early = (c.revoked_at < c.revocation_requested_at) | (c.revocation_requested_at < c.issued_at)
    broken: BoolArray = (asked != done) | (asked & early)
    return broken


def _revocation_wrong(ledger: Ledger) -> BoolArray:
    """The issuer is told at the end of the task, of what is not expired then, if the stage says so."""
    c = ledger.credentials
    told = np.append(ledger.stages.revoked_at_task_end, False)[c.stage]
    ended = np.full(len(c), NEVER, np.int64)
    for kind, task_of in ((Owner.TASK, np.arange(len(ledger.tasks))), (Owner.CALL, ledger.calls.task)):
        rows = c.owner_kind == kind
        ended[rows] = ledger.tasks.ended_at[task_of[c.owner[rows]]]
    wanted = np.where(told & (ended < c.expires_at), ended, NEVER)
    broken: BoolArray = _managed(ledger) & (c.revocation_requested_at != wanted)
    return broken


def _standing_wrong(ledger: Ledger) -> BoolArray:
    """Credentials nobody asked for that are not standing from 0; and owners that lack theirs, counted on row 0."""
    c, workloads, source = ledger.credentials, ledger.estate.workloads, _source(ledger)
    unasked = _managed(ledger) & (c.call < 0)
    broken: BoolArray = unasked & ((source != Source.STANDING) | (c.issued_at != 0) | (c.service_time != 0))
    identity = workloads.identity.astype(np.int64)
    owners = {
        Owner.WORKLOAD: np.arange(int(workloads.count.sum())),
        Owner.PLACE: identity * len(ledger.estate.places) + workloads.place,
        Owner.IDENTITY: identity,
    }
    for stage in np.flatnonzero(ledger.stages.source == Source.STANDING):
        wanted = np.unique(owners.get(Owner(int(ledger.stages.issue_per[stage])), np.empty(0, np.int64)))
        provisioned = np.sort(c.owner[unasked & (c.stage == stage)])
        broken[:1] |= not np.array_equal(provisioned, wanted)
    return broken


def _two_at_once(ledger: Ledger) -> BoolArray:
    """Credentials asked for while their owner still had a live one of the same stage and scope."""
    c = ledger.credentials
    order = np.lexsort((c.issued_at, c.scope, c.owner, c.stage))
    same = (np.diff(c.stage[order]) == 0) & (np.diff(c.owner[order]) == 0) & (np.diff(c.scope[order]) == 0)
    early = c.requested_at[order[1:]] < c.expires_at[order[:-1]]
    broken = np.zeros(len(c), np.bool_)
    broken[order[1:][same & early]] = True
    return broken & _managed(ledger)


def _parent_wrong(ledger: Ledger) -> BoolArray:
    """Children of a parent that was not live when they were asked for, or of another stage or identity.

    A revocation asked for at the same instant may come after it: the ledger cannot tell.
    """
    c = ledger.credentials
    needs = _source(ledger) == Source.PREVIOUS
    parent = np.where(c.parent >= 0, c.parent, 0)
    revoked = (c.requested_at >= c.revoked_at[parent]) & (c.requested_at != c.revocation_requested_at[parent])
    dead = (c.requested_at < c.issued_at[parent]) | (c.requested_at >= c.expires_at[parent]) | revoked
    identity = ledger.scopes.identity[c.scope]
    strange = (c.stage[parent] != c.stage - 1) | (identity[parent] != identity)
    return np.where(needs, (c.parent < 0) | dead | strange, c.parent >= 0)


def _uses_miscounted(ledger: Ledger) -> BoolArray:
    presented = ledger.calls.credential[ledger.calls.credential >= 0]
    wrong: BoolArray = np.bincount(presented, minlength=len(ledger.credentials)) != ledger.credentials.n_uses
    return wrong


def _owner_end_wrong(ledger: Ledger) -> BoolArray:
    c = ledger.credentials
    wanted = np.full(len(c), NEVER, np.int64)
    for kind, ended_at in ((Owner.CALL, ledger.calls.ended_at), (Owner.TASK, ledger.tasks.ended_at)):
        rows = c.owner_kind == kind
        wanted[rows] = ended_at[c.owner[rows]]
    wrong: BoolArray = c.owner_end != wanted
    return wrong


def _purpose_end_wrong(ledger: Ledger) -> BoolArray:
    c, calls = ledger.credentials, ledger.calls
    wanted = c.issued_at.copy()
    presented, children = np.flatnonzero(calls.credential >= 0), np.flatnonzero((c.parent >= 0) & (c.call >= 0))
    np.maximum.at(wanted, calls.credential[presented], ledger.tasks.ended_at[calls.task[presented]])
    np.maximum.at(wanted, c.parent[children], ledger.tasks.ended_at[calls.task[c.call[children]]])
    broken: BoolArray = wanted != c.purpose_end
    return broken


def _by_issuer(ledger: Ledger) -> list[tuple[IntArray, int]]:
    """Rows of the credentials each issuer served, and how many servers it has."""
    c, stages = ledger.credentials, ledger.stages
    issuer = np.append(stages.issuer, "")[c.stage]
    served = _managed(ledger) & (c.call >= 0)
    return [
        (np.flatnonzero(served & (issuer == name)), int(stages.servers[stages.issuer == name][0]))
        for name in np.unique(stages.issuer)
    ]


def _begun(ledger: Ledger) -> IntArray:
    """Beginning of each credential's service, µs."""
    begun: IntArray = ledger.credentials.issued_at - ledger.credentials.service_time
    return begun


def _too_many_served(ledger: Ledger) -> BoolArray:
    broken = np.zeros(len(ledger.credentials), np.bool_)
    begun, ended = _begun(ledger), ledger.credentials.issued_at
    for rows, servers in _by_issuer(ledger):
        busy = rows[begun[rows] < ended[rows]]
        at_once = np.searchsorted(np.sort(begun[busy]), begun[busy], side="right")
        at_once -= np.searchsorted(np.sort(ended[busy]), begun[busy], side="right")
        broken[busy[at_once > servers]] = True
    return broken


def _served_out_of_turn(ledger: Ledger) -> BoolArray:
    """Requests served before an earlier one of their issuer, or kept waiting though a server was free."""
    broken = np.zeros(len(ledger.credentials), np.bool_)
    begun, c = _begun(ledger), ledger.credentials
    for rows, servers in _by_issuer(ledger):
        broken[rows] |= out_of_order(np.zeros(len(rows), np.int64), c.requested_at[rows], begun[rows])
        late = rows[begun[rows] > c.requested_at[rows]]
        busy = np.searchsorted(np.sort(begun[rows]), begun[late] - 1, side="right")
        busy -= np.searchsorted(np.sort(c.issued_at[rows]), begun[late] - 1, side="right")
        broken[late[busy < servers]] = True
    return broken


LIFETIMES: Final[tuple[tuple[str, Callable[[Ledger], BoolArray]], ...]] = (
    ("a credential is requested, issued and expires in this order", _out_of_order),
    ("credentials are in order of issuance", _not_in_order_of_issuance),
    ("a credential lives for the lifetime its issuer gives from its issue on", _lifetime_wrong),
    ("owner kind and binding are those of the stage", _not_as_staged),
    ("service fits between request and issue", _service_too_long),
    ("a revocation is requested after the issue and done after the request", _revocation_out_of_order),
    ("what a task or call owns is revoked at the task's end if the stage says so and it lives, else nothing is",
     _revocation_wrong),
    ("what nobody asked for stands from 0, once for each owner that has a workload", _standing_wrong),
    ("an owner has one live credential of a stage and scope at a time", _two_at_once),
    ("a child is asked for with a live parent of the previous stage and the same identity", _parent_wrong),
    ("n_uses counts the calls that present a credential", _uses_miscounted),
    ("owner_end is the end of the owning call or task, or never", _owner_end_wrong),
    ("purpose_end is the end of the last task that used a credential, or its issue", _purpose_end_wrong),
    ("an issuer serves no more at once than it has servers", _too_many_served),
    ("an issuer serves in order of asking, and nobody waits while a server is free", _served_out_of_turn),
)  # fmt: skip
"""Rules of credentials and issuers."""
