"""What every ledger must keep of revocation: who asks, when it takes effect, and what dies along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from nhilab.base.quantities import NEVER, BoolArray, IntArray, add
from nhilab.ledger.kinship import (
    consumed_at,
    dies_with_parent,
    managed,
    of_stage,
    place_of_task,
    queued,
    replacements,
    same_slot,
    task_of_owner,
)
from nhilab.ledger.tables import Ledger, Owner, Status, Unit


def _unit(ledger: Ledger) -> IntArray:
    """What one revocation of each credential ends; none for those of no strategy."""
    return of_stage(ledger, ledger.stages.revocation_unit, int(Unit.NONE)).astype(np.int64)


def _revoked_at_renewal(ledger: Ledger) -> BoolArray:
    asked = np.array(["renewal" in text.split(",") for text in ledger.stages.effective_revoke.tolist()], np.bool_)
    return of_stage(ledger, asked, False)


def _family(ledger: Ledger) -> list[tuple[str, int]]:
    """Issuer and identity of each credential."""
    issuer = np.append(ledger.stages.issuer, "")[ledger.credentials.stage]
    identity = ledger.scopes.identity[ledger.credentials.scope]
    return list(zip(issuer.tolist(), identity.tolist(), strict=True))


def _ends_of_owner(ledger: Ledger) -> tuple[IntArray, IntArray]:
    """End of each credential's task, and the later of it and of its queued call; `NEVER` for lasting owners."""
    c, task = ledger.credentials, task_of_owner(ledger)
    ended = np.append(ledger.tasks.ended_at, NEVER)[task]
    late = np.flatnonzero(c.owner_kind == Owner.CALL)
    late = late[queued(ledger)[c.owner[late]]]
    let_go = ended.copy()
    let_go[late] = np.maximum(ended[late], ledger.calls.ended_at[c.owner[late]])
    return ended, let_go


def _scans(ledger: Ledger) -> set[tuple[int, int]]:
    """(credential, instant) at which a scanner found it in a log."""
    calls, places = ledger.calls, ledger.estate.places
    rows = np.flatnonzero(calls.logged)
    log = places.log[place_of_task(ledger)[calls.task[rows]]]
    found = add(calls.ended_at[rows], places.scanner_delay[log])
    return set(zip(calls.credential[rows].tolist(), found.tolist(), strict=True))


def _requests(ledger: Ledger) -> set[tuple[int, int]]:
    """(credential, instant) at which somebody may have asked for its end; not everybody had to.

    Whether an issuer revokes what lost its owner the ledger does not say: the end of an owner always counts.
    """
    c, unit = ledger.credentials, _unit(ledger)
    ended, let_go = _ends_of_owner(ledger)
    rows = np.arange(len(c)).tolist()
    found, renewed = _scans(ledger), _revoked_at_renewal(ledger)
    for slot in same_slot(ledger):
        issued_at = c.issued_at[slot[1:]][c.call[slot[1:]] < 0].tolist()
        found |= {(old, at) for old in slot[renewed[slot]].tolist() for at in issued_at if c.issued_at[old] < at}
    for instants in (ended, let_go, c.owner_end):
        found |= set(zip(rows, instants.tolist(), strict=True))
    return {(row, at) for row, at in found if at < NEVER and unit[row] != Unit.NONE}


def _out_of_order(ledger: Ledger) -> BoolArray:
    """Out of order; what is issued of a parent that died while it was in service is dead from its issue on."""
    c = ledger.credentials
    asked, done = c.revocation_requested_at < NEVER, c.revoked_at < NEVER
    early = c.revocation_requested_at < c.issued_at
    early &= ~(dies_with_parent(ledger) & (c.revoked_at[c.parent] <= c.revoked_at))
    broken: BoolArray = (asked != done) | (asked & (early | (c.revoked_at < c.revocation_requested_at)))
    return broken | (c.revoked_at < c.issued_at)


def _without_reason(ledger: Ledger) -> BoolArray:
    """Revoked though nobody asks at that instant: neither for it, nor for what it dies along with.

    It dies with its ancestors as far as their issuers cascade, also through one that was used up before.
    """
    c, family, unit = ledger.credentials, _family(ledger), _unit(ledger)
    requests = _requests(ledger)
    of_family = {(family[row], at) for row, at in requests if unit[row] == Unit.IDENTITY}
    with_parent, consumed = dies_with_parent(ledger), consumed_at(ledger)
    broken = np.zeros(len(c), np.bool_)
    for row in np.flatnonzero(c.revocation_requested_at < NEVER).tolist():
        at, elder, inherited = int(c.revocation_requested_at[row]), row, False
        while with_parent[elder] and not inherited:
            elder = int(c.parent[elder])
            inherited = at == c.revocation_requested_at[elder] or (elder, at) in requests
        own = (row, at) in requests or at == consumed[row]
        along = unit[row] == Unit.IDENTITY and (family[row], at) in of_family
        broken[row] = not (own or along or inherited)
    return broken


def _survived_its_task(ledger: Ledger) -> BoolArray:
    """Nobody asked by the end of a task that had to, of what had not expired then.

    A queued call's own credential may wait for the end of that call. Of two requests the ledger shows the one that
    took effect first, which may be the later one where one request ends several credentials.
    """
    c, task = ledger.credentials, task_of_owner(ledger)
    told = of_stage(ledger, ledger.stages.revoked_at_task_end, False) & (_unit(ledger) != Unit.NONE)
    crashed = np.append(ledger.tasks.status == Status.CRASHED, True)[task]
    end = np.maximum(_ends_of_owner(ledger)[1], c.issued_at)
    along = (_unit(ledger) == Unit.IDENTITY) | dies_with_parent(ledger)
    asked = (c.revocation_requested_at <= end) | (along & (c.revoked_at < c.expires_at))
    broken: BoolArray = told & ~crashed & (end < c.expires_at) & ~asked
    return broken


def _survived_its_renewal(ledger: Ledger) -> BoolArray:
    """Nobody asked when a renewal took its place and was to have it revoked; not once its owner had ended.

    As at a task's end, a later request that ends several credentials may take effect first and stand in the row.
    """
    c = ledger.credentials
    along = ((_unit(ledger) == Unit.IDENTITY) | dies_with_parent(ledger)) & (c.revoked_at < c.expires_at)
    told = _revoked_at_renewal(ledger) & (_unit(ledger) != Unit.NONE)
    ended, broken = _ends_of_owner(ledger)[0], np.zeros(len(c), np.bool_)
    for rows in same_slot(ledger):
        old, new = rows[:-1], rows[1:]
        renewed = (c.call[new] < 0) & (c.superseded_at[old] == c.issued_at[new]) & (c.issued_at[new] < ended[old])
        lives = (c.expires_at[old] > c.issued_at[new]) & (c.revocation_requested_at[old] > c.issued_at[new])
        broken[old] = told[old] & renewed & lives & ~along[old]
    return broken


def _revoked_after_crash(ledger: Ledger) -> BoolArray:
    """Revoked at the end of a crashed task, though its issuer does not revoke all that loses its owner.

    If it does, it does so always: then everything of that issuer whose owner ended must be revoked.
    """
    c, task = ledger.credentials, task_of_owner(ledger)
    crashed = np.append(ledger.tasks.status == Status.CRASHED, False)[task]
    crashed &= c.revocation_requested_at >= np.append(ledger.tasks.ended_at, NEVER)[task]
    others = _scans(ledger) | set(zip(range(len(c)), consumed_at(ledger).tolist(), strict=True))
    asked_at = c.revocation_requested_at
    alone = (_unit(ledger) != Unit.IDENTITY) & ~dies_with_parent(ledger) & ~_revoked_at_renewal(ledger)
    by_nobody_else = np.array([pair not in others for pair in zip(range(len(c)), asked_at.tolist(), strict=True)])
    cleaned = crashed & (asked_at == c.owner_end) & (asked_at < NEVER) & alone & by_nobody_else.astype(np.bool_)
    issuer = np.append(ledger.stages.issuer, "")[c.stage]
    kept = (c.owner_end < c.expires_at) & (asked_at > c.owner_end) & (_unit(ledger) != Unit.NONE)
    inconsistent: BoolArray = cleaned & np.isin(issuer, issuer[kept & managed(ledger)])
    return inconsistent


def _outlived_its_parent(ledger: Ledger) -> BoolArray:
    """Children that live on after their parent was revoked, by a request and not by issuing them."""
    c = ledger.credentials
    died = np.maximum(c.revoked_at[c.parent], c.issued_at)
    used_up = c.issued_at == consumed_at(ledger)[c.parent]
    by_request = ~used_up | (c.revoked_at[c.parent] < c.issued_at)
    lives = (died < c.expires_at) & (died < c.revoked_at)
    found: BoolArray = dies_with_parent(ledger) & by_request & lives
    return found


def _outlived_its_identity(ledger: Ledger) -> BoolArray:
    """Credentials issued before a request that ends all of their identity, and not dead when it takes effect."""
    c, family, broken = ledger.credentials, _family(ledger), np.zeros(len(ledger.credentials), np.bool_)
    whole = _unit(ledger) == Unit.IDENTITY
    inherited = _inherited(ledger)
    asked = whole & (c.revocation_requested_at < NEVER) & ~inherited
    asked &= ~of_stage(ledger, ledger.stages.single_use, False)
    members: dict[tuple[str, int], list[int]] = {}
    for row in np.flatnonzero(whole).tolist():
        members.setdefault(family[row], []).append(row)
    for row in np.flatnonzero(asked).tolist():
        others = np.array(members[family[row]])
        others = others[c.issued_at[others] < c.revocation_requested_at[row]]
        end = c.revoked_at[row]
        broken[others[(c.revoked_at[others] > end) & (c.expires_at[others] > end)]] = True
    return broken


def _inherited(ledger: Ledger) -> BoolArray:
    """Credentials whose request is that of an ancestor, through issuers that cascade."""
    c, dies = ledger.credentials, dies_with_parent(ledger)
    found, ancestor, through = np.zeros(len(c), np.bool_), c.parent.copy(), dies.copy()
    while through.any():
        found |= through & (c.revocation_requested_at[ancestor] == c.revocation_requested_at)
        through &= dies[ancestor]
        ancestor = np.where(through, c.parent[ancestor], ancestor)
    return found


def _used_twice(ledger: Ledger) -> BoolArray:
    """Single-use credentials with two children, or alive after one, or not replaced at once."""
    c, consumed, again = ledger.credentials, consumed_at(ledger), replacements(ledger)
    n = len(c)
    born = np.flatnonzero((c.parent >= 0) & ~again)
    children = np.bincount(c.parent[born], minlength=n)
    timely = again & (c.issued_at == consumed[c.parent])
    replaced = np.bincount(c.parent[timely], minlength=n)
    used = of_stage(ledger, ledger.stages.single_use, False) & (consumed < NEVER)
    broken: BoolArray = used & ((children > 1) | (c.revoked_at > consumed) | (replaced != 1))
    found: BoolArray = broken | (again & ~timely)
    return found


DEATHS: Final[tuple[tuple[str, Callable[[Ledger], BoolArray]], ...]] = (
    ("a revocation is requested after the issue and done after the request", _out_of_order),
    ("what is revoked has a reason: its owner's end, a renewal, a scanner, its use, its parent or its identity",
     _without_reason),
    ("what a task or call owns is revoked at the task's end if the stage says so and it lives", _survived_its_task),
    ("what is renewed is revoked then if the stage says so and it lives", _survived_its_renewal),
    ("after a crash nothing is revoked but by an issuer that revokes all that has lost its owner",
     _revoked_after_crash),
    ("where an issuer cascades a child is revoked with its parent", _outlived_its_parent),
    ("where an issuer revokes identities all that was issued before the request dies", _outlived_its_identity),
    ("a single-use credential has one child, dies of it and is replaced", _used_twice),
)  # fmt: skip
"""Rules of revocation."""
