"""What would be reached if time played no part."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeVar

import numpy as np

from nhilab.base.estate import Isolation
from nhilab.ledger.tables import Ledger

Key = TypeVar("Key")
Value = TypeVar("Value")
Place = tuple[int, int]
"""A unit of a place."""


class Ways(NamedTuple):
    """What leads where on a ledger, whenever: by unit, place, scope or permission."""

    lying: dict[Place, set[int]]
    units: dict[int, set[Place]]
    inner: dict[int, set[int]]
    attested: dict[int, set[int]]
    permitted: dict[int, set[int]]
    opened: dict[int, list[tuple[int, int]]]
    resource: list[int]


def ways_of(ledger: Ledger) -> Ways:
    """Everything that ever lay, ran, was trusted or is opened on a ledger.

    Parameters
    ----------
    ledger : Ledger

    Returns
    -------
    Ways
    """
    estate, copies, held = ledger.estate, ledger.copies, ledger.scope_permissions
    stays = list(zip(copies.place.tolist(), copies.unit.tolist(), strict=True))
    opened: dict[int, list[tuple[int, int]]] = {}
    rows = zip(*(getattr(estate.openings, c).tolist() for c in ("permission", "place", "identity")), strict=True)
    for permission, place, identity in rows:
        opened.setdefault(permission, []).append((place, identity))
    return Ways(
        lying=_grouped(stays, ledger.credentials.scope[copies.credential].tolist()),
        units=_units(ledger, stays),
        inner=_grouped(estate.places.inside.tolist(), range(len(estate.places))),
        attested=_grouped(estate.attestations.place.tolist(), estate.attestations.identity.tolist()),
        permitted=_grouped(held.scope.tolist(), held.permission.tolist()),
        opened=opened,
        resource=estate.permissions.resource.tolist(),
    )


def closure(ways: Ways, units: Iterable[Place], scopes: Iterable[int]) -> set[int]:
    """Resources within reach of footholds and scopes in hand, if everything that ever was were there at once.

    Parameters
    ----------
    ways : Ways
    units : iterable of (place, unit)
        Footholds.
    scopes : iterable of int
        Rows of scopes in hand; the first ones are the full grants of identities.

    Returns
    -------
    set of int
        Rows of resources.

    Notes
    -----
    Source: ours. Written once more for the tests, in ``tests/properties/test_closure.py``.
    Checked by ``tests/unit/testing/test_campaign.py``.
    """
    footholds: set[Place] = set()
    held: set[int] = set()
    performed: set[int] = set()
    waiting_units, waiting_scopes = list(units), list(scopes)
    while waiting_units or waiting_scopes:
        if waiting_units:
            unit = waiting_units.pop()
            if unit not in footholds:
                footholds.add(unit)
                waiting_scopes += [*ways.lying.get(unit, ()), *ways.attested.get(unit[0], ())]
                waiting_units += [u for place in ways.inner.get(unit[0], ()) for u in ways.units.get(place, ())]
            continue
        scope = waiting_scopes.pop()
        if scope not in held:
            held.add(scope)
            performed |= ways.permitted.get(scope, set())
            for place, identity in [o for p in ways.permitted.get(scope, ()) for o in ways.opened.get(p, ())]:
                waiting_scopes += [identity] if identity >= 0 else []
                waiting_units += ways.units.get(place, ()) if place >= 0 else ()
    return {ways.resource[permission] for permission in performed}


def _units(ledger: Ledger, stays: list[Place]) -> dict[int, set[Place]]:
    """Units of each place in which anything ever ran or lay."""
    places, tasks = ledger.estate.places, ledger.tasks
    at = ledger.estate.workloads.place[tasks.workload]
    isolation = places.isolation[at]
    unit = np.select(
        [isolation == Isolation.SHARED, isolation == Isolation.SLOT], [0, tasks.slot], np.arange(len(tasks))
    )
    found = {(place, 0) for place in np.flatnonzero(places.isolation == Isolation.SHARED).tolist()} | set(stays)
    found |= set(zip(at.tolist(), unit.tolist(), strict=True))
    return _grouped([place for place, _ in found], found)


def _grouped(keys: Iterable[Key], values: Iterable[Value]) -> dict[Key, set[Value]]:
    grouped: dict[Key, set[Value]] = {}
    for key, value in zip(keys, values, strict=True):
        grouped.setdefault(key, set()).add(value)
    return grouped
