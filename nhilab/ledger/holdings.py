"""What every ledger must keep of scopes, which hold permissions, and of places, which hold copies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from nhilab.base.estate import Isolation
from nhilab.base.quantities import BoolArray, IntArray, add
from nhilab.ledger.tables import Cause, Ledger, Owner, Status


def _grants_not_first(ledger: Ledger) -> BoolArray:
    """Of the first scopes, one per identity: those that are not all its grants; later ones that are."""
    scopes, n = ledger.scopes, len(ledger.estate.identities)
    whole = (scopes.environment == "") & (scopes.resource_class == "")
    whole &= (scopes.resource < 0) & (scopes.operation == "")
    rows = np.arange(len(scopes))
    broken: BoolArray = np.where(rows < n, ~whole | (scopes.identity != rows), whole)
    return np.append(broken, np.ones(max(0, n - len(scopes)), np.bool_))


def _scopes_wrong(ledger: Ledger) -> BoolArray:
    """Scopes that hold anything but the grants of their identity that agree with their bucket, ascending."""
    scopes, estate, held = ledger.scopes, ledger.estate, ledger.scope_permissions
    permission = estate.grants.permission
    resource = estate.permissions.resource[permission]
    broken = np.zeros(len(scopes), np.bool_)
    for row in range(len(scopes)):
        agrees = estate.grants.identity == scopes.identity[row]
        for value, of_grant in (
            (scopes.environment[row], estate.resources.environment[resource]),
            (scopes.resource_class[row], estate.resources.resource_class[resource]),
            (scopes.operation[row], estate.permissions.operation[permission]),
        ):
            agrees &= (of_grant == value) | (value == "")
        agrees &= (resource == scopes.resource[row]) | (scopes.resource[row] < 0)
        broken[row] = not np.array_equal(held.permission[held.scope == row], np.sort(permission[agrees]))
    return broken


def _permissions_unsorted(ledger: Ledger) -> BoolArray:
    return np.diff(ledger.scope_permissions.scope, prepend=0) < 0


def _calls_miscounted(ledger: Ledger) -> BoolArray:
    done = ledger.calls.credential[ledger.calls.status == Status.DONE]
    counted = np.bincount(ledger.credentials.scope[done], minlength=len(ledger.scopes))
    wrong: BoolArray = counted != ledger.scopes.n_calls
    return wrong


def _copies_out_of_order(ledger: Ledger) -> BoolArray:
    copies = ledger.copies
    early = copies.from_at < ledger.credentials.issued_at[copies.credential]
    return early | (copies.from_at > copies.until_at)


def _stays(ledger: Ledger) -> IntArray:
    """Place, unit, end and start of each task's stay with what lies in its unit: shape (tasks, 4)."""
    tasks, places = ledger.tasks, ledger.estate.places
    place = ledger.estate.workloads.place[tasks.workload]
    unit = np.where(places.isolation[place] == Isolation.TASK, np.arange(len(tasks)), tasks.slot)
    unit = np.where(places.isolation[place] == Isolation.SHARED, 0, unit)
    return np.stack([place, unit, add(tasks.ended_at, places.residue[place]), tasks.started_at], axis=1)


def _units_wrong(ledger: Ledger) -> BoolArray:
    """Copies in a unit that does not exist, or in which nothing ran."""
    copies = ledger.copies
    shared = ledger.estate.places.isolation[copies.place] == Isolation.SHARED
    span = np.int64(max(int(copies.unit.max(initial=0)), len(ledger.tasks)) + 1)
    stays = _stays(ledger)
    ran = np.isin(copies.place * span + copies.unit, stays[:, 0] * span + stays[:, 1])
    return np.where(shared, copies.unit != 0, ~ran)


def _stays_wrong(ledger: Ledger) -> BoolArray:
    """Copies that end with anything but their owner, task or printing call and the place's residue."""
    copies, c, places = ledger.copies, ledger.credentials, ledger.estate.places
    credential, residue = copies.credential, places.residue[copies.place]
    logged = copies.cause == Cause.LOGGED
    with_owner = np.isin(c.owner_kind[credential], [Owner.CALL, Owner.TASK])
    with_owner |= places.isolation[copies.place] == Isolation.SHARED
    until = np.where(logged, add(copies.from_at, residue), add(c.owner_end[credential], residue))
    broken: BoolArray = copies.until_at != until
    broken |= ~logged & with_owner & (copies.from_at != c.issued_at[credential])
    stays = _stays(ledger)
    for row in np.flatnonzero(~logged & ~with_owner):
        same = (stays[:, 0] == copies.place[row]) & (stays[:, 1] == copies.unit[row])
        same &= (stays[:, 2] == copies.until_at[row]) & (stays[:, 3] <= copies.from_at[row])
        broken[row] = not same.any()
    return broken


HOLDINGS: Final[tuple[tuple[str, Callable[[Ledger], BoolArray]], ...]] = (
    ("the first scopes are all grants of each identity, no later one is", _grants_not_first),
    ("a scope holds its identity's grants that agree with its bucket, ascending", _scopes_wrong),
    ("scope permissions are sorted by scope", _permissions_unsorted),
    ("n_calls of a scope counts the calls done with it", _calls_miscounted),
    ("a copy is there from the issue on, and ends after it begins", _copies_out_of_order),
    ("a copy lies in a unit that exists", _units_wrong),
    ("a copy stays as long as its owner, its task or the log keeps it", _stays_wrong),
)
"""Rules of scopes and copies."""
