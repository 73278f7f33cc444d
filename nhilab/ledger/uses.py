"""What every ledger must keep of calls: what they present, who lets them in, how they wait and end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from nhilab.base.estate import Carries
from nhilab.base.quantities import NEVER, BoolArray
from nhilab.ledger.acceptance import accept_until
from nhilab.ledger.kinship import (
    chains_presented,
    given_credential,
    holds,
    identity_of_task,
    is_managed_by,
    last_stages,
    of_stage,
    place_of_task,
    queued,
    wanted_owner,
)
from nhilab.ledger.tables import Ledger, Owner, Status


def _calls_out_of_order(ledger: Ledger) -> BoolArray:
    """Calls out of order; skipped ones with an instant; credentials presented that never arrived, or the reverse."""
    calls = ledger.calls
    instants = (calls.ready_at, calls.arrived_at, calls.ended_at, calls.enqueued_at, calls.began_at)
    never = np.minimum.reduce(instants) >= NEVER
    arrived = calls.arrived_at < NEVER
    ordered = (calls.ready_at <= calls.ended_at) & (calls.ended_at < NEVER)
    ordered &= ~arrived | ((calls.ready_at <= calls.arrived_at) & (calls.arrived_at <= calls.ended_at))
    ordered &= (arrived == (calls.credential >= 0)) & (arrived | (calls.status != Status.DONE))
    skipped = calls.status == Status.SKIPPED
    return np.where(skipped, ~never | (calls.credential >= 0), ~ordered)


def _queued_wrongly(ledger: Ledger) -> BoolArray:
    """Calls in a queue their workload does not have; queued ones out of order, or not carried out as they carry."""
    calls, workloads = ledger.calls, ledger.estate.workloads
    workload = ledger.tasks.workload[calls.task]
    has_queue, waits, done = workloads.queue[workload] >= 0, queued(ledger), calls.status == Status.DONE
    wrong: BoolArray = (waits & ~has_queue) | (done & has_queue & ~waits)
    wrong |= (calls.began_at < NEVER) != (waits & done)
    early = (calls.enqueued_at < calls.ready_at) | (calls.enqueued_at > np.minimum(calls.arrived_at, calls.ended_at))
    at_once = (workloads.carries[workload] == Carries.CREDENTIAL) & (calls.began_at != calls.arrived_at)
    outside = (calls.began_at < calls.arrived_at) | (calls.began_at > calls.ended_at) | at_once
    found: BoolArray = wrong | (waits & early) | (waits & done & outside)
    return found


def _too_many_consumed(ledger: Ledger) -> BoolArray:
    """Messages carried out while all their workload's consumers were at others.

    A message presented with another credential than it came with (one issued since) is left out: its consumer was
    busy from the message's consumption on, which the ledger does not say. Nor does it tell in which order messages
    were due.
    """
    calls, workloads = ledger.calls, ledger.estate.workloads
    broken = np.zeros(len(calls), np.bool_)
    workload = ledger.tasks.workload[calls.task]
    issued_at = np.append(ledger.credentials.issued_at, 0)[calls.credential]
    counted = queued(ledger) & (calls.began_at < calls.ended_at) & (calls.status == Status.DONE)
    as_sent = (workloads.carries[workload] == Carries.AUTHORISATION) | (issued_at <= calls.enqueued_at)
    for w in np.flatnonzero(workloads.consumers >= 0):
        rows = np.flatnonzero(counted & as_sent & (workload == w))
        at_once = np.searchsorted(np.sort(calls.began_at[rows]), calls.began_at[rows], side="right")
        at_once -= np.searchsorted(np.sort(calls.ended_at[rows]), calls.began_at[rows], side="right")
        broken[rows[at_once > workloads.consumers[w]]] = True
    return broken


def _accepted_wrongly(ledger: Ledger) -> BoolArray:
    """Calls accepted with a credential that was not there yet, or that no rule lets the verifier accept still.

    A revocation asked for at the instant of the call may come after it: the ledger cannot tell. What a queued
    authorisation carries out later was tested when it arrived.
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


def _from_elsewhere(ledger: Ledger) -> BoolArray:
    """Calls accepted from a network that their verifier does not accept."""
    calls, estate = ledger.calls, ledger.estate
    verifier = estate.resources.verifier[estate.permissions.resource[calls.permission]]
    wanted = estate.verifiers.accepts_from[verifier]
    stands_in = estate.places.network[place_of_task(ledger)[calls.task]]
    broken: BoolArray = (calls.status == Status.DONE) & (wanted != "") & (wanted != stands_in)
    return broken


def _presented_wrongly(ledger: Ledger) -> BoolArray:
    """Calls that present a credential of another owner, identity or stage than their own last one.

    A task that was handed on may present what its parent call presented instead; whether the strategy forwards,
    the ledger does not say.
    """
    calls, credentials = ledger.calls, ledger.credentials
    presented: BoolArray = calls.credential >= 0
    if not presented.any():
        return presented
    credential = np.where(presented, calls.credential, 0)
    stage = credentials.stage[credential]
    wrong = credentials.owner[credential] != wanted_owner(
        ledger, np.arange(len(calls)), credentials.owner_kind[credential]
    )
    identity = identity_of_task(ledger)[calls.task]
    wrong |= ~of_stage(ledger, last_stages(ledger), False)[credential] | ~is_managed_by(ledger, identity, stage)
    wrong |= ledger.scopes.identity[credentials.scope[credential]] != identity
    forwarded = calls.credential == given_credential(ledger)[calls.task]
    found: BoolArray = presented & wrong & ~forwarded
    return found


def _exchanged_wrongly(ledger: Ledger) -> BoolArray:
    """Calls whose scope is not cut to what their parent call presented, or is cut though nobody handed them on.

    One exchange in a ledger means that its strategy exchanges: then every task that was handed on does.
    """
    calls, scopes = ledger.calls, ledger.scopes
    presented: BoolArray = calls.credential >= 0
    if not presented.any() or not (scopes.within >= 0).any():
        return np.zeros(len(calls), np.bool_)
    scope_of = np.append(ledger.credentials.scope, -1)
    given = given_credential(ledger)[calls.task]
    broken: BoolArray = presented & (scopes.within[scope_of[calls.credential]] != scope_of[given])
    return broken


def _permitted_wrongly(ledger: Ledger) -> BoolArray:
    """Calls that present what does not hold their permission and are not denied, or are though it does."""
    calls = ledger.calls
    presented: BoolArray = calls.credential >= 0
    if not presented.any():
        return presented
    scope = ledger.credentials.scope[np.where(presented, calls.credential, 0)]
    held = holds(ledger.scope_permissions, scope, calls.permission)
    found: BoolArray = presented & (held == (calls.status == Status.DENIED))
    return found


def _judged_wrongly(ledger: Ledger) -> BoolArray:
    """Calls denied without a decision, or after a person saw that they are in intent; more than one decision a call."""
    calls = ledger.calls
    left_out = (calls.status == Status.DENIED) & (calls.credential < 0)
    wrong = left_out & ((calls.n_decisions == 0) | (calls.escalated & calls.in_intent))
    wrong |= (calls.n_decisions < 0) | (calls.n_decisions > 1) | (calls.escalated & (calls.n_decisions == 0))
    found: BoolArray = wrong | ((calls.status == Status.SKIPPED) & (calls.n_decisions > 0))
    return found


def _chains_mixed(ledger: Ledger) -> BoolArray:
    """Workloads whose calls present credentials of several stages; shape (workloads,)."""
    broken = np.zeros(len(ledger.estate.workloads), np.bool_)
    broken[[w for w, stages in chains_presented(ledger).items() if len(stages) > 1]] = True
    return broken


def _asked_beyond_need(ledger: Ledger) -> BoolArray:
    """Credentials asked for by a call that they do not permit, before it was ready or after it was answered.

    What no scope of its identity holds any more (grants of identities per workload, exchanges) is asked for all the
    same: such a call is denied, unless it fails before. A consumer asks for its message's call.
    """
    c, calls = ledger.credentials, ledger.calls
    asked: BoolArray = c.call >= 0
    if not asked.any():
        return asked
    call = np.where(asked, c.call, 0)
    status = calls.status[call]
    wrong = ~holds(ledger.scope_permissions, c.scope, calls.permission[call])
    wrong &= ~np.isin(status, [Status.DENIED, Status.ISSUER_UNAVAILABLE])
    wrong |= c.owner != wanted_owner(ledger, call, c.owner_kind)
    by = np.where(status == Status.DONE, calls.arrived_at[call], calls.ended_at[call])
    wrong |= (c.requested_at < calls.ready_at[call]) | (c.issued_at > by)
    own = c.owner_kind == Owner.CALL
    found: BoolArray = asked & (wrong | (own & (c.owner != call)))
    return found


USES: Final[tuple[tuple[str, Callable[[Ledger], BoolArray]], ...]] = (
    ("a call is ready, arrives and ends in this order; a skipped one never", _calls_out_of_order),
    ("a queued call is enqueued, tested and carried out in this order, as its message says", _queued_wrongly),
    ("consumers carry out no more at once than there are", _too_many_consumed),
    ("an accepted call presents a credential that is issued and that its verifier may accept", _accepted_wrongly),
    ("a verifier accepts calls from its network alone", _from_elsewhere),
    ("a call presents a last-stage credential of its owner and identity, or what its parent call did",
     _presented_wrongly),
    ("what is exchanged is cut to the scope of what the parent call presented", _exchanged_wrongly),
    ("a call is denied if what it presents does not permit it, and only then", _permitted_wrongly),
    ("who denies a call without a look at its credential has decided so", _judged_wrongly),
    ("the calls of a workload present credentials of one stage", _chains_mixed),
    ("a credential permits the call that asked for it, and is issued between its readiness and arrival",
     _asked_beyond_need),
)  # fmt: skip
"""Rules of calls."""
