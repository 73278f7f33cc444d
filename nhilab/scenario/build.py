"""From rows by name to estate tables: names become row numbers, references are checked."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

import numpy as np

from nhilab.base import estate as tables
from nhilab.base.errors import InputError
from nhilab.base.estate import Estate
from nhilab.base.quantities import IdArray
from nhilab.base.streams import stream
from nhilab.scenario.estate_section import Place, Profile
from nhilab.scenario.file import ScenarioFile
from nhilab.scenario.rows import EstateRows, WorkloadRow

_ISOLATION = {name.name.lower(): int(name) for name in tables.Isolation}


class _Names:
    """Row numbers by name; an unknown or repeated name is the user's mistake."""

    def __init__(self, rows: EstateRows, kind: str, names: Iterable[str]) -> None:
        self.rows, self.kind, self.number = rows, kind, {}  # type: ignore[var-annotated]
        for row, name in enumerate(names):
            if name in self.number:
                raise InputError(*rows.origin(kind, row), name, f"{kind} with distinct names")
            self.number[name] = row

    def ids(self, wanted: Iterable[str], kind: str, noun: str) -> IdArray:
        """Row numbers of `wanted`, which stand in the rows of `kind`; an empty name is -1."""
        found = []
        for row, name in enumerate(wanted):
            number = self.number.get(name, -1)
            if number < 0 and name:
                raise InputError(*self.rows.origin(kind, row), name, f"the name of a {noun}")
            found.append(number)
        return np.asarray(found, dtype=np.int32)


def _places(places: dict[str, Place], file: str) -> tables.Places:
    order = list(places)
    for name, place in places.items():
        if place.log is not None and place.log not in places:
            raise InputError(file, f"estate.places.{name}.log", place.log, f"one of {', '.join(order)}")
        if place.logs_token_probability and place.log is None:
            raise InputError(file, f"estate.places.{name}.log", None, "a place, where logs_token_probability is set")
    values = list(places.values())
    return tables.Places.of(
        name=np.array(order, dtype=np.str_),
        kind=np.array([p.kind for p in values], dtype=np.str_),
        isolation=[_ISOLATION[p.isolation] for p in values],
        slots=[p.slots or -1 for p in values],
        residue=[p.residue for p in values],
        logs_token_probability=[p.logs_token_probability for p in values],
        log=[order.index(p.log) if p.log else -1 for p in values],
    )


def _verifiers(content: ScenarioFile) -> tuple[tables.Verifiers, tables.Layers]:
    values = list(content.verifiers.values())
    verifiers = tables.Verifiers.of(
        name=np.array(list(content.verifiers), dtype=np.str_),
        self_contained=[v.self_contained for v in values],
        leeway=[v.leeway for v in values],
    )
    layers = [(i, layer.cache.ttl) for i, v in enumerate(values) for layer in v.layers]
    return verifiers, tables.Layers.of(verifier=[i for i, _ in layers], ttl=[t for _, t in layers])


def _picked(row: WorkloadRow, granted: IdArray, profile: Profile, seed: int) -> list[tuple[int, float]]:
    chance = stream(seed, "targets", row.name)
    n = min(profile.targets.n, len(granted))
    chosen = chance.choice(granted, size=n, replace=False)
    return [(int(p), 1.0 / (rank + 1) ** profile.targets.skew) for rank, p in enumerate(chosen)]


def _listed(row: WorkloadRow, granted: IdArray, names: list[tuple[str, str]]) -> list[tuple[int, float]]:
    weights: dict[int, float] = {}
    for target in row.targets or ():
        for permission in granted.tolist():
            resource, operation = names[permission]
            if any(fnmatchcase(resource, p) for p in target.resources) and any(
                fnmatchcase(operation, p) for p in target.operations
            ):
                weights[permission] = weights.get(permission, 0.0) + target.weight
    return list(weights.items())


def _targets(
    rows: EstateRows, content: ScenarioFile, grants: tables.Grants, openings: IdArray, names: list[tuple[str, str]]
) -> tables.Targets:
    identity_of = {row.name: i for i, row in enumerate(rows.identities)}
    found: list[tuple[int, int, float]] = []
    for number, row in enumerate(rows.workloads):
        file, key = rows.origin("workloads", number)
        if row.profile not in content.profiles:
            raise InputError(file, f"{key}.profile", row.profile, f"one of {', '.join(content.profiles)}")
        identity = identity_of[row.identity]
        low, high = np.searchsorted(grants.identity, [identity, identity + 1])
        granted = grants.permission[low:high]
        if row.targets is not None:
            targets = _listed(row, granted, names)
        else:
            usable = granted[~np.isin(granted, openings)]
            targets = _picked(row, usable, content.profiles[row.profile], content.seed)
        if not targets:
            raise InputError(file, key, row.identity, "an identity with a grant that a call can use")
        found += [(number, permission, weight) for permission, weight in targets]
    return tables.Targets.of(
        workload=[w for w, _, _ in found], permission=[p for _, p, _ in found], weight=[x for _, _, x in found]
    )


def build_estate(rows: EstateRows, content: ScenarioFile, file: str) -> Estate:
    """Estate tables of named rows.

    Raises
    ------
    InputError
        If a name is unknown or used twice, or the estate is empty.
    """
    for kind in ("resources", "identities", "workloads"):
        if not getattr(rows, kind):
            raise InputError(file, f"estate.{kind}", "nothing", "at least one")
    resource = _Names(rows, "resources", (r.name for r in rows.resources))
    identity = _Names(rows, "identities", (r.name for r in rows.identities))
    workload = _Names(rows, "workloads", (r.name for r in rows.workloads))
    place = _Names(rows, "places", content.estate.places)
    verifier = _Names(rows, "verifiers", content.verifiers)
    r, g, o, w = rows.resources, rows.grants, rows.openings, rows.workloads
    g_resource = resource.ids((x.resource for x in g), "grants", "resource")
    o_resource = resource.ids((x.resource for x in o), "openings", "resource")
    pairs = {(int(i), x.operation) for i, x in zip(g_resource, g, strict=True)}
    pairs |= {(int(i), x.operation) for i, x in zip(o_resource, o, strict=True)}
    pairs |= {(resource.number[name], operation) for name, operation in rows.operations}
    ordered = sorted(pairs)
    permission = {pair: n for n, pair in enumerate(ordered)}
    held = sorted(
        {
            (int(i), permission[int(res), x.operation])
            for i, res, x in zip(identity.ids((x.identity for x in g), "grants", "identity"), g_resource, g, strict=True)
        }
    )
    grants = tables.Grants.of(identity=[i for i, _ in held], permission=[p for _, p in held])
    openings = tables.Openings.of(
        permission=[permission[int(i), x.operation] for i, x in zip(o_resource, o, strict=True)],
        place=place.ids((x.place for x in o), "openings", "place"),
        identity=identity.ids((x.identity for x in o), "openings", "identity"),
        when=[int(x.when == "next-task") for x in o],
    )
    workloads = tables.Workloads.of(
        name=np.array(list(workload.number), dtype=np.str_),
        kind=np.array([x.kind for x in w], dtype=np.str_),
        identity=identity.ids((x.identity for x in w), "workloads", "identity"),
        place=place.ids((x.place for x in w), "workloads", "place"),
        count=[x.instances for x in w],
    )
    a = rows.attestations
    verifiers, layers = _verifiers(content)
    names = [(r[i].name, operation) for i, operation in ordered]
    return Estate(
        resources=tables.Resources.of(
            name=np.array([x.name for x in r], dtype=np.str_),
            resource_class=np.array([x.resource_class for x in r], dtype=np.str_),
            environment=np.array([x.environment for x in r], dtype=np.str_),
            sensitivity=[x.sensitivity for x in r],
            crown_jewel=[x.crown_jewel for x in r],
            verifier=verifier.ids((x.verifier for x in r), "resources", "verifier"),
        ),
        permissions=tables.Permissions.of(
            resource=[i for i, _ in ordered], operation=np.array([op for _, op in ordered], dtype=np.str_)
        ),
        identities=tables.Identities.of(
            name=np.array(list(identity.number), dtype=np.str_),
            visible=[x.visible for x in rows.identities],
            owner=np.array([x.owner for x in rows.identities], dtype=np.str_),
        ),
        grants=grants,
        openings=openings,
        attestations=tables.Attestations.of(
            identity=identity.ids((x.identity for x in a), "attestations", "identity"),
            place=place.ids((x.place for x in a), "attestations", "place"),
        ),
        places=_places(content.estate.places, file),
        workloads=workloads,
        targets=_targets(rows, content, grants, openings.permission, names),
        verifiers=verifiers,
        layers=layers,
    )
