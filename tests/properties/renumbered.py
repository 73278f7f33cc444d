"""The same world and thief, later or under other row numbers."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from properties.cases import Case, changed

from nhilab.base.estate import Estate, Isolation
from nhilab.base.quantities import NEVER, IntArray
from nhilab.ledger.tables import Ledger


def moved(table: Any, delay: int) -> Any:
    """The table with all its instants later; what never comes still never comes."""
    instants = {}
    for field in dataclasses.fields(table):
        is_length = field.name.endswith("_time") or field.name in ("dwell", "dormancy")
        if field.metadata["unit"] == "µs" and not is_length:
            values = getattr(table, field.name)
            instants[field.name] = np.where(values < NEVER, values + delay, NEVER)
    return changed(table, **instants)


def permuted(table: Any, order: IntArray) -> Any:
    """Row `order[i]` of the table becomes row i."""
    return type(table)(**{name: values[order] for name, values in table.columns().items()})


def renamed(ids: Any, order: IntArray) -> IntArray:
    """Ids after their table was permuted; -1 stays -1."""
    new = np.empty(len(order) + 1, np.int64)
    new[order] = np.arange(len(order))
    new[-1] = -1
    return new[ids]


@dataclass(frozen=True)
class Orders:
    """A permutation of the rows of each table."""

    credentials: IntArray
    copies: IntArray
    tasks: IntArray
    resources: IntArray
    places: IntArray
    identities: IntArray


def relabelled(case: Case, by: Orders) -> Case:
    """The same world and thief under other row numbers; permissions keep theirs, as ties go to the least."""
    old = case.ledger
    unit_of = _renamed_unit(old.estate.places.isolation, by)
    calls = _renamed(old.calls, task=by.tasks, credential=by.credentials)
    copies = _renamed(old.copies, credential=by.credentials, place=by.places)
    copies = changed(copies, unit=unit_of(old.copies.place, old.copies.unit))
    ledger = dataclasses.replace(
        old,
        estate=_relabelled_estate(old.estate, by),
        tasks=permuted(old.tasks, by.tasks),
        calls=calls,
        copies=permuted(copies, by.copies),
        **_relabelled_scopes(old, by),
    )
    ways = _renamed(case.entrances, place=by.places, copy=by.copies)
    ways = changed(ways, unit=unit_of(case.entrances.place, case.entrances.unit))
    return Case(ledger, ways, case.hop_time)


def _renamed(table: Any, **orders: IntArray) -> Any:
    """The table with ids in these columns as after the tables they point to were permuted."""
    return changed(table, **{name: renamed(getattr(table, name), order) for name, order in orders.items()})


def _relabelled_estate(estate: Estate, by: Orders) -> Estate:
    grants = _renamed(estate.grants, identity=by.identities)
    here, who = by.places, by.identities
    return dataclasses.replace(
        estate,
        resources=permuted(_renamed(estate.resources, place=here), by.resources),
        permissions=_renamed(estate.permissions, resource=by.resources),
        identities=permuted(estate.identities, who),
        grants=permuted(grants, np.lexsort((grants.permission, grants.identity))),
        openings=_renamed(estate.openings, place=here, identity=who),
        attestations=_renamed(estate.attestations, place=here, identity=who),
        places=permuted(_renamed(estate.places, log=here, inside=here), here),
        workloads=_renamed(estate.workloads, place=here, queue=here, identity=who),
        copies_to=_renamed(estate.copies_to, place=here),
        standing=_renamed(estate.standing, place=here, identity=who),
    )


def _relabelled_scopes(old: Ledger, by: Orders) -> dict[str, Any]:
    """Credentials, scopes and what is managed; the full scope of an identity keeps the identity's number."""
    order = np.concatenate([by.identities, np.arange(len(by.identities), len(old.scopes))]).astype(np.int64)
    held = _renamed(old.scope_permissions, scope=order)
    managed = _renamed(old.managed, identity=by.identities)
    credentials = _renamed(old.credentials, scope=order, parent=by.credentials)
    return {
        "credentials": permuted(credentials, by.credentials),
        "scopes": permuted(_renamed(old.scopes, identity=by.identities), order),
        "scope_permissions": permuted(held, np.lexsort((held.permission, held.scope))),
        "managed": permuted(managed, np.lexsort((managed.stage, managed.identity))),
    }


def _renamed_unit(isolation: Any, by: Orders) -> Any:
    def unit_of(place: Any, unit: Any) -> IntArray:
        a_task = (place >= 0) & (isolation[place] == Isolation.TASK)
        return np.where(a_task, renamed(np.where(a_task, unit, -1), by.tasks), unit)

    return unit_of
