"""Places and what lies in them besides what runs there, as tables: copies and standing credentials."""

from __future__ import annotations

from typing import Final

import numpy as np

from nhilab.base import estate as tables
from nhilab.base.errors import InputError
from nhilab.scenario.estate_section import Place, Standing
from nhilab.scenario.rows import EstateRows

_ISOLATION: Final = {name.name.lower(): int(name) for name in tables.Isolation}
_BINDINGS: Final = ("bearer", "exportable-key", "non-exportable", "brokered")


def build_places(places: dict[str, Place], file: str) -> tables.Places:
    """Table of the places.

    Raises
    ------
    InputError
        If a place names a log or an outer place that does not exist or is not shared.
    """
    order = list(places)
    for name, place in places.items():
        key = f"estate.places.{name}"
        if place.log is not None:
            shared_place(place.log, places, file, f"{key}.log")
        if place.logs_token_probability and place.log is None:
            raise InputError(file, f"{key}.log", None, "a place, where logs_token_probability is set")
        if place.inside is not None:
            shared_place(place.inside, places, file, f"{key}.inside")
        if name in _around(name, places):
            raise InputError(file, f"{key}.inside", place.inside, "a place that does not lie inside this one")
    values = list(places.values())
    return tables.Places.of(
        name=np.array(order, dtype=np.str_),
        kind=np.array([p.kind for p in values], dtype=np.str_),
        isolation=[_ISOLATION[p.isolation] for p in values],
        slots=[p.slots or -1 for p in values],
        inside=[order.index(p.inside) if p.inside else -1 for p in values],
        residue=[p.residue for p in values],
        logs_token_probability=[p.logs_token_probability for p in values],
        log=[order.index(p.log) if p.log else -1 for p in values],
        network=np.array([p.network for p in values], dtype=np.str_),
        scanner_delay=[p.scanner_delay for p in values],
    )


def _around(name: str, places: dict[str, Place]) -> list[str]:
    """Places around one, the nearest first; each once, where they lie in a circle."""
    found: list[str] = []
    outer = places[name].inside
    while outer in places and outer not in found:
        found.append(outer)
        outer = places[outer].inside
    return found


def shared_place(name: str, places: dict[str, Place], file: str, key: str) -> None:
    """Check that a place exists and is shared.

    Raises
    ------
    InputError
        If it does not exist, or is a place of slots or tasks.
    """
    shared = [n for n, p in places.items() if p.isolation == "shared"]
    if name not in shared:
        raise InputError(file, key, name, f"a shared place: {', '.join(shared) or 'none'}")


def build_copies_to(rows: EstateRows, places: dict[str, Place]) -> tables.CopiesTo:
    """Places that received a copy of workloads' credentials."""
    order = list(places)
    found = []
    for number, row in enumerate(rows.workloads):
        for i, copy in enumerate(row.copies_to):
            if copy.place not in places:
                file, key = rows.origin("workloads", number)
                raise InputError(file, f"{key}.copies_to.{i}.place", copy.place, f"one of {', '.join(order)}")
            found.append((number, order.index(copy.place), copy.rotated))
    return tables.CopiesTo.of(
        workload=[w for w, _, _ in found], place=[p for _, p, _ in found], rotated=[r for _, _, r in found]
    )


def build_standing(
    standing: dict[str, Standing], identities: dict[str, int], places: dict[str, Place], file: str
) -> tables.Standing:
    """Credentials that no strategy manages, one row per place."""
    order = list(places)
    for name, one in standing.items():
        if one.identity not in identities:
            raise InputError(file, f"estate.standing.{name}.identity", one.identity, "an identity of the estate")
        for i, place in enumerate(one.places):
            if place not in places:
                raise InputError(file, f"estate.standing.{name}.places.{i}", place, f"one of {', '.join(order)}")
    rows = [(name, one, place) for name, one in standing.items() for place in one.places]
    return tables.Standing.of(
        name=np.array([name for name, _, _ in rows], dtype=np.str_),
        identity=[identities[one.identity] for _, one, _ in rows],
        place=[order.index(place) for _, _, place in rows],
        expires_at=[one.ttl for _, one, _ in rows],
        binding=[_BINDINGS.index(one.binding) for _, one, _ in rows],
    )
