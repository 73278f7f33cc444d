"""What is reached in time lies within what would be reached if time played no part."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from properties.cases import Case, cases

from nhilab.base.estate import Isolation
from nhilab.base.quantities import NEVER
from nhilab.ledger.compromises import Compromises
from nhilab.ledger.tables import Ledger
from scenarios import share


def closure(ledger: Ledger, place: int, unit: int, copy: int) -> set[int]:
    """Resources reached if time played no part: everything that ever lay, ran or opened counts at once."""
    estate, copies = ledger.estate, ledger.copies
    held: dict[int, set[int]] = {}
    for scope, permission in zip(ledger.scope_permissions.scope, ledger.scope_permissions.permission, strict=True):
        held.setdefault(int(scope), set()).add(int(permission))
    scopes = {int(ledger.credentials.scope[copies.credential[copy]])} if copy >= 0 else set()
    units = {(place, unit)} if place >= 0 else set()
    while True:
        before = len(scopes), len(units)
        units |= _inside(ledger, units)
        for c, q, u in zip(copies.credential.tolist(), copies.place.tolist(), copies.unit.tolist(), strict=True):
            if (q, u) in units:
                scopes.add(int(ledger.credentials.scope[c]))
        for identity, q in zip(estate.attestations.identity.tolist(), estate.attestations.place.tolist(), strict=True):
            if q in {q for q, _ in units}:
                scopes.add(identity)
        performed = {p for scope in scopes for p in held.get(scope, ())}
        for row, permission in enumerate(estate.openings.permission.tolist()):
            if permission in performed:
                q, identity = int(estate.openings.place[row]), int(estate.openings.identity[row])
                if identity >= 0:
                    scopes.add(identity)
                units |= {(q, u) for u in _units_at(ledger, q)}
        if (len(scopes), len(units)) == before:
            return {int(estate.permissions.resource[p]) for p in performed}


def _inside(ledger: Ledger, units: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Units that lie in places right inside the places of these."""
    outer = {q for q, _ in units}
    copies, inside = ledger.copies, ledger.estate.places.inside.tolist()
    inner = {q for q, around in enumerate(inside) if around in outer}
    filled = set(zip(copies.place.tolist(), copies.unit.tolist(), strict=True))
    return {(q, u) for q in inner for u in _units_at(ledger, q)} | {(q, u) for q, u in filled if q in inner}


def _units_at(ledger: Ledger, place: int) -> set[int]:
    """Units of a place in which anything ever ran."""
    if place < 0 or ledger.estate.places.isolation[place] == Isolation.SHARED:
        return {0} if place >= 0 else set()
    ran = np.flatnonzero(ledger.estate.workloads.place[ledger.tasks.workload] == place)
    slot = ledger.estate.places.isolation[place] == Isolation.SLOT
    return set((ledger.tasks.slot[ran] if slot else ran).tolist())


@share(40)
@given(cases())
def test_what_is_reached_in_time_lies_within_the_closure_that_ignores_time(case: Case) -> None:
    assert_within_closure(case, case.replayed())


def assert_within_closure(case: Case, found: Compromises) -> None:
    ways = case.entrances
    for campaign in range(len(ways)):
        mine = set(found.reached.resource[found.reached.campaign == campaign].tolist())
        if ways.entered_at[campaign] < NEVER:
            where = int(ways.place[campaign]), int(ways.unit[campaign]), int(ways.copy[campaign])
            assert mine <= closure(case.ledger, *where)
        else:
            assert not mine
