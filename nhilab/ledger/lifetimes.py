"""What every ledger must keep of credentials: their instants, owners, slots and parents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from nhilab.base.quantities import NEVER, BoolArray, IntArray, add
from nhilab.ledger.kinship import (
    chain_of_workload,
    dies_with_parent,
    exchanged,
    is_managed_by,
    last_stages,
    managed,
    of_stage,
    provisioned,
    queued,
    replacements,
    same_slot,
    wanted_owner,
)
from nhilab.ledger.tables import Ledger, Owner, Source, Status


def _out_of_order(ledger: Ledger) -> BoolArray:
    c = ledger.credentials
    return (c.requested_at > c.issued_at) | (c.issued_at > c.expires_at) | (c.requested_at < 0)


def _not_in_order_of_issuance(ledger: Ledger) -> BoolArray:
    return np.diff(ledger.credentials.issued_at, prepend=0) < 0


def _lifetime_wrong(ledger: Ledger) -> BoolArray:
    """Another lifetime than its own; a child whose parent expired while it was in service is dead when issued."""
    c = ledger.credentials
    wanted = add(c.issued_at, of_stage(ledger, ledger.stages.effective_ttl, NEVER))
    capped = np.maximum(np.minimum(wanted, c.expires_at[c.parent]), c.issued_at)
    wanted = np.where(dies_with_parent(ledger), capped, wanted)
    broken: BoolArray = managed(ledger) & (c.expires_at != wanted)
    return broken


def _not_as_staged(ledger: Ledger) -> BoolArray:
    """Not of the stage's owner kind or binding; what a message's consumer asks for is its call's own instead."""
    c = ledger.credentials
    kind = of_stage(ledger, ledger.stages.issue_per, 0)
    by_consumer = (c.call >= 0) & (c.owner_kind == Owner.CALL) & (kind == Owner.TASK)
    by_consumer &= np.append(queued(ledger), False)[c.call]
    wrong = ((c.owner_kind != kind) & ~by_consumer) | (c.binding != of_stage(ledger, ledger.stages.binding, 0))
    found: BoolArray = managed(ledger) & wrong
    return found


def _service_too_long(ledger: Ledger) -> BoolArray:
    c = ledger.credentials
    return (c.service_time < 0) | (c.service_time > c.issued_at - c.requested_at)


def _unmanaged_wrong(ledger: Ledger) -> BoolArray:
    """Credentials of no strategy that are not, once each, those the estate lists, from 0 on with all grants."""
    c, standing = ledger.credentials, ledger.estate.standing
    rows = np.flatnonzero(~managed(ledger))
    first = np.unique(standing.name, return_index=True)[1]
    listed = sorted(zip(*(x[first].tolist() for x in (standing.identity, standing.expires_at, standing.binding)),
                        strict=True))  # fmt: skip
    found = sorted(zip(*(x[rows].tolist() for x in (c.scope, c.expires_at, c.binding)), strict=True))
    broken = ~managed(ledger) & ((c.call >= 0) | (c.parent >= 0) | (c.issued_at != 0) | (c.owner != c.scope))
    broken |= ~managed(ledger) & (c.owner_kind != Owner.IDENTITY)
    return np.append(broken, listed != found)


def _standing_wrong(ledger: Ledger) -> BoolArray:
    """Standing credentials at 0 that nobody has a use for, or that wait; and owners that lack theirs (the last row).

    Whose workload follows another chain lacks none; where the ledger does not tell which, nothing is missed.
    """
    c, workloads, places = ledger.credentials, ledger.estate.workloads, len(ledger.estate.places)
    stands, chain = provisioned(ledger), chain_of_workload(ledger)
    broken: BoolArray = stands & ((c.service_time != 0) | (c.requested_at != 0) | (c.parent >= 0))
    broken |= stands & ~is_managed_by(ledger, ledger.scopes.identity[c.scope], c.stage)
    instance_of = np.repeat(np.arange(len(workloads)), workloads.count)
    identity = workloads.identity[instance_of].astype(np.int64)
    owners = {
        Owner.WORKLOAD: np.arange(len(instance_of)), Owner.PLACE: identity * places + workloads.place[instance_of],
        Owner.IDENTITY: identity,
    }  # fmt: skip
    lacking = False
    for stage in np.flatnonzero(ledger.stages.source == Source.STANDING):
        of_kind = owners[Owner(int(ledger.stages.issue_per[stage]))]
        rows = np.flatnonzero(stands & (c.stage == stage))
        needed = of_kind[chain[instance_of] == ledger.stages.chain[stage]]
        maybe = of_kind[(chain[instance_of] == ledger.stages.chain[stage]) | (chain[instance_of] < 0)]
        broken[rows] |= ~np.isin(c.owner[rows], maybe)
        lacking |= not np.isin(needed, c.owner[rows]).all() or len(np.unique(c.owner[rows])) < len(rows)
    return np.append(broken, lacking)


def _renewed_nothing(ledger: Ledger) -> BoolArray:
    """Credentials nobody asked for that neither stand from 0 nor come after another of their slot.

    A renewal may also need a new parent, of a stage that is not the last; its own issuer may fail it then.
    """
    last = of_stage(ledger, last_stages(ledger), False)
    unasked = managed(ledger) & (ledger.credentials.call < 0) & ~provisioned(ledger) & last
    for rows in same_slot(ledger):
        unasked[rows[1:]] = False
    return unasked


def _two_at_once(ledger: Ledger) -> BoolArray:
    """Credentials a call asked for while their slot held a live one; and those not superseded by the next.

    Only a renewal, which no call asks for, may begin while the old one lives. What was dead
    when it was issued took no slot.
    """
    c = ledger.credentials
    broken = np.zeros(len(c), np.bool_)
    alive = np.minimum(c.expires_at, c.revoked_at) > c.issued_at
    for slot in same_slot(ledger):
        rows = slot[alive[slot]]
        old, new = rows[:-1], rows[1:]
        held_until = np.minimum(c.expires_at[old], c.superseded_at[old])
        broken[new] = (c.call[new] >= 0) & (c.requested_at[new] < held_until)
        broken[old] |= c.superseded_at[old] > c.issued_at[new]
    return broken


def _superseded_wrong(ledger: Ledger) -> BoolArray:
    """Superseded at an instant at which no newer one took the slot and nobody can have forgotten it.

    A client forgets what is refused, while its call is under way, and parents that are dead at their issuer. Which
    call was refused the first time the ledger does not say.
    """
    c, calls = ledger.credentials, ledger.calls
    broken = (c.superseded_at < NEVER) & (np.minimum(c.expires_at, c.revoked_at) > c.superseded_at)
    for rows in same_slot(ledger):
        broken[rows] &= ~np.isin(c.superseded_at[rows], c.issued_at[rows[1:]])
    for row in np.flatnonzero(broken):
        at = c.superseded_at[row]
        under_way = np.flatnonzero((calls.ready_at <= at) & (at <= calls.ended_at))
        owner = wanted_owner(ledger, under_way, np.full(len(under_way), c.owner_kind[row]))
        broken[row] = not (owner == c.owner[row]).any()
    return broken | (c.superseded_at < c.issued_at)


def _parent_wrong(ledger: Ledger) -> BoolArray:
    """Children of a parent that was not live when they were asked for, or of another stage or identity.

    A revocation asked for at the same instant may come after it: the ledger cannot tell; nor when a request that was
    turned away was made again, with a parent that came later than the first request. An exchanged one comes from
    the last stage of another identity's chain; a replacement from the single-use one it replaces, at its death.
    """
    c, swapped, again = ledger.credentials, exchanged(ledger), replacements(ledger)
    parent = np.where(c.parent >= 0, c.parent, 0)
    needs = (of_stage(ledger, ledger.stages.source, -1) == Source.PREVIOUS) | swapped
    revoked = (c.requested_at >= c.revoked_at[parent]) & (c.requested_at != c.revocation_requested_at[parent])
    dead = (c.issued_at - c.service_time < c.issued_at[parent]) | (c.requested_at >= c.expires_at[parent]) | revoked
    identity = ledger.scopes.identity[c.scope]
    strange = (c.stage[parent] != c.stage - 1) | (identity[parent] != identity)
    last = of_stage(ledger, last_stages(ledger), False)
    other = ~last | ~last[parent] | (ledger.scopes.within[c.scope] != c.scope[parent])
    strange = np.where(swapped, other, strange)
    unlike = (c.scope[parent] != c.scope) | (c.owner[parent] != c.owner) | (c.owner_kind[parent] != c.owner_kind)
    unlike |= (c.requested_at != c.issued_at) | (c.service_time != 0) | (c.revoked_at[parent] > c.issued_at)
    plain = np.where(needs, (c.parent < 0) | dead | strange, c.parent >= 0)
    return np.where(again, unlike, plain)


def _uses_miscounted(ledger: Ledger) -> BoolArray:
    presented = ledger.calls.credential[ledger.calls.credential >= 0]
    wrong: BoolArray = np.bincount(presented, minlength=len(ledger.credentials)) != ledger.credentials.n_uses
    return wrong


def _owner_end_wrong(ledger: Ledger) -> BoolArray:
    """Not the end of the owning call or task; what a renewal begun before that brings later ends at once."""
    c = ledger.credentials
    wanted = np.full(len(c), NEVER, np.int64)
    for kind, ended_at in ((Owner.CALL, ledger.calls.ended_at), (Owner.TASK, ledger.tasks.ended_at)):
        rows = c.owner_kind == kind
        wanted[rows] = np.maximum(ended_at[c.owner[rows]], c.issued_at[rows])
    wrong: BoolArray = c.owner_end != wanted
    return wrong


def _least_purpose_end(ledger: Ledger) -> IntArray:
    """End of the last task that presented each credential or asked for a child, or of a queued call; or its issue."""
    c, calls = ledger.credentials, ledger.calls
    found = c.issued_at.copy()
    presented, children = np.flatnonzero(calls.credential >= 0), np.flatnonzero((c.parent >= 0) & (c.call >= 0))
    np.maximum.at(found, calls.credential[presented], ledger.tasks.ended_at[calls.task[presented]])
    np.maximum.at(found, c.parent[children], ledger.tasks.ended_at[calls.task[c.call[children]]])
    done = np.flatnonzero(calls.status == Status.DONE)
    np.maximum.at(found, calls.credential[done], calls.ended_at[done])
    return found


def _purpose_end_wrong(ledger: Ledger) -> BoolArray:
    """Not the end of the last use; where messages are queued it may be later, the end of a task that sent one.

    The ledger does not tell with which credential a message left if its consumer presented another.
    """
    least, found = _least_purpose_end(ledger), ledger.credentials.purpose_end
    sent = np.unique(ledger.tasks.ended_at[ledger.calls.task[queued(ledger)]])
    broken: BoolArray = (found != least) & ((found < least) | ~np.isin(found, sent))
    return broken


LIFETIMES: Final[tuple[tuple[str, Callable[[Ledger], BoolArray]], ...]] = (
    ("a credential is requested, issued and expires in this order", _out_of_order),
    ("credentials are in order of issuance", _not_in_order_of_issuance),
    ("a credential lives for the lifetime its issuer gives from its issue on, no longer than a parent that cascades",
     _lifetime_wrong),
    ("owner kind and binding are those of the stage", _not_as_staged),
    ("service fits between request and issue", _service_too_long),
    ("what no strategy manages is what the estate lists, from 0 on", _unmanaged_wrong),
    ("standing credentials are there at 0, once for each owner that has a workload", _standing_wrong),
    ("what nobody asked for renews another, or is a parent of what does", _renewed_nothing),
    ("an owner has one credential of a stage and scope at a time, which the next supersedes", _two_at_once),
    ("a credential is superseded when a newer one takes its slot, or forgotten", _superseded_wrong),
    ("a child is asked for with a live parent of the previous stage and the same identity, or exchanged",
     _parent_wrong),
    ("n_uses counts the calls that present a credential", _uses_miscounted),
    ("owner_end is the end of the owning call or task, or never", _owner_end_wrong),
    ("purpose_end is the end of the last task or call that used a credential, or its issue", _purpose_end_wrong),
)  # fmt: skip
"""Rules of credentials; how they die is in `deaths`."""
