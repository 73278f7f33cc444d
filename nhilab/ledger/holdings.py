"""What every ledger must keep of scopes, which hold permissions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from nhilab.base.quantities import BoolArray
from nhilab.ledger.tables import Ledger, Status


def _grants_not_first(ledger: Ledger) -> BoolArray:
    """Of the first scopes, one per identity: those that are not all its grants; later ones that are."""
    scopes, n = ledger.scopes, len(ledger.estate.identities)
    whole = (scopes.environment == "") & (scopes.resource_class == "") & (scopes.within < 0)
    whole &= (scopes.resource < 0) & (scopes.operation == "")
    rows = np.arange(len(scopes))
    broken: BoolArray = np.where(rows < n, ~whole | (scopes.identity != rows), whole)
    return np.append(broken, np.ones(max(0, n - len(scopes)), np.bool_))


def _scopes_wrong(ledger: Ledger) -> BoolArray:
    """Scopes that hold anything but the grants of their identity that agree with their bucket, ascending.

    One cut by an exchange holds those of them that the scope it is cut to, an earlier one, holds too.
    """
    scopes, estate, held = ledger.scopes, ledger.estate, ledger.scope_permissions
    permission = estate.grants.permission
    resource = estate.permissions.resource[permission]
    broken: BoolArray = scopes.within >= np.arange(len(scopes))
    for row in range(len(scopes)):
        agrees = estate.grants.identity == scopes.identity[row]
        for value, of_grant in (
            (scopes.environment[row], estate.resources.environment[resource]),
            (scopes.resource_class[row], estate.resources.resource_class[resource]),
            (scopes.operation[row], estate.permissions.operation[permission]),
        ):
            agrees &= (of_grant == value) | (value == "")
        agrees &= (resource == scopes.resource[row]) | (scopes.resource[row] < 0)
        if scopes.within[row] >= 0:
            agrees &= np.isin(permission, held.permission[held.scope == scopes.within[row]])
        broken[row] |= not np.array_equal(held.permission[held.scope == row], np.sort(permission[agrees]))
    return broken


def _permissions_unsorted(ledger: Ledger) -> BoolArray:
    return np.diff(ledger.scope_permissions.scope, prepend=0) < 0


def _calls_miscounted(ledger: Ledger) -> BoolArray:
    done = ledger.calls.credential[ledger.calls.status == Status.DONE]
    counted = np.bincount(ledger.credentials.scope[done], minlength=len(ledger.scopes))
    wrong: BoolArray = counted != ledger.scopes.n_calls
    return wrong


HOLDINGS: Final[tuple[tuple[str, Callable[[Ledger], BoolArray]], ...]] = (
    ("the first scopes are all grants of each identity, no later one is", _grants_not_first),
    ("a scope holds its identity's grants that agree with its bucket and what it is cut to, ascending",
     _scopes_wrong),
    ("scope permissions are sorted by scope", _permissions_unsorted),
    ("n_calls of a scope counts the calls done with it", _calls_miscounted),
)  # fmt: skip
"""Rules of scopes; those of copies are in `stays`."""
