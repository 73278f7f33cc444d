"""From rows by name to estate tables: names become row numbers, references are checked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

import numpy as np

from nhilab.base import estate as tables
from nhilab.base.errors import InputError
from nhilab.base.estate import Estate
from nhilab.base.quantities import IdArray
from nhilab.base.streams import stream
from nhilab.base.tables import StrArray
from nhilab.scenario.build_delegation import delegates
from nhilab.scenario.build_places import build_copies_to, build_places, build_standing, shared_place
from nhilab.scenario.build_verifiers import build_verifiers
from nhilab.scenario.estate_section import Place
from nhilab.scenario.file import ScenarioFile
from nhilab.scenario.known_keys import one_of
from nhilab.scenario.rows import EstateRows, WorkloadRow
from nhilab.scenario.workload_section import Profile


class _Numbers:
    """Row numbers by name; an unknown or repeated name is the user's mistake."""

    def __init__(self, rows: EstateRows, kind: str, names: Iterable[str]) -> None:
        self.rows, self.noun = rows, kind
        self.number: dict[str, int] = {}
        for row, name in enumerate(names):
            if not name:
                raise InputError(*rows.origin(kind, row), name, "a name that is not empty")
            if name in self.number:
                raise InputError(*rows.origin(kind, row), name, f"{kind} with distinct names")
            self.number[name] = row

    def ids(self, wanted: Iterable[str], kind: str, *, optional: bool = False) -> IdArray:
        """Row numbers of names that stand in the rows of `kind`; an empty optional one is -1."""
        found = []
        for row, name in enumerate(wanted):
            number = self.number.get(name, -1)
            if number < 0 and (name or not optional):
                allowed = f"a name among {self.noun}: {one_of(name, self.number).removeprefix('one of ')}"
                raise InputError(*self.rows.origin(kind, row), name, allowed)
            found.append(number)
        return np.asarray(found, dtype=np.int32)


def _resources(rows: EstateRows, verifier: _Numbers, place: _Numbers) -> tables.Resources:
    r = rows.resources
    return tables.Resources.of(
        name=_text(x.name for x in r),
        resource_class=_text(x.resource_class for x in r),
        environment=_text(x.environment for x in r),
        sensitivity=[x.sensitivity for x in r],
        crown_jewel=[x.crown_jewel for x in r],
        verifier=verifier.ids((x.verifier for x in r), "resources"),
        place=place.ids((x.place for x in r), "resources", optional=True),
    )


def _text(names: Iterable[str]) -> StrArray:
    return np.array(list(names), dtype=np.str_)


def _openings(
    rows: EstateRows, permission: dict[tuple[int, str], int], resource: _Numbers, place: _Numbers, identity: _Numbers
) -> tables.Openings:
    o = rows.openings
    return tables.Openings.of(
        permission=[permission[resource.number[x.resource], x.operation] for x in o],
        place=place.ids((x.place for x in o), "openings", optional=True),
        identity=identity.ids((x.identity for x in o), "openings", optional=True),
        when=[int(x.when == "next-task") for x in o],
        plants=[x.plants for x in o],
    )


def _workloads(rows: EstateRows, identity: _Numbers, place: _Numbers, places: dict[str, Place]) -> tables.Workloads:
    w = rows.workloads
    queues = [x.queue for x in w]
    return tables.Workloads.of(
        name=_text(x.name for x in w),
        kind=_text(x.kind for x in w),
        identity=identity.ids((x.identity for x in w), "workloads"),
        place=place.ids((x.place for x in w), "workloads"),
        count=[x.instances for x in w],
        delegates_to=delegates(rows, places),
        delegation_probability=[x.delegates_to.probability if x.delegates_to else 0.0 for x in w],
        queue=place.ids((q.place if q else "" for q in queues), "workloads", optional=True),
        consumers=[(q.consumers or -1) if q else -1 for q in queues],
        carries=[int(q is not None and q.carries == "authorisation") for q in queues],
    )


def _picked(row: WorkloadRow, granted: IdArray, profile: Profile, seed: int) -> list[tuple[int, float]]:
    chance = stream(seed, "targets", row.name)
    n = min(profile.targets.n, len(granted))
    chosen = chance.choice(granted, size=n, replace=False)
    return [(int(p), 1.0 / (rank + 1) ** profile.targets.skew) for rank, p in enumerate(chosen)]


def _names(pattern: str, resource: str) -> bool:
    """Whether a pattern fits a resource, or is the name of the counted one it is a copy of."""
    return fnmatchcase(resource, pattern) or bool(re.fullmatch(re.escape(pattern) + r"-\d+", resource))


def _listed(row: WorkloadRow, granted: IdArray, names: list[tuple[str, str]]) -> list[tuple[int, float]]:
    weights: dict[int, float] = {}
    for target in row.targets or ():
        for permission in granted.tolist():
            resource, operation = names[permission]
            if any(_names(p, resource) for p in target.resources) and any(
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
            raise InputError(file, f"{key}.profile", row.profile, one_of(row.profile, content.profiles))
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


def _attestations(
    rows: EstateRows, identity: _Numbers, place: _Numbers, workloads: tables.Workloads
) -> tables.Attestations:
    """Trust policies; an identity without one accepts the places its workloads run at."""
    who = identity.ids((x.identity for x in rows.attestations), "attestations").tolist()
    where = place.ids((x.place for x in rows.attestations), "attestations").tolist()
    own = zip(workloads.identity.tolist(), workloads.place.tolist(), strict=True)
    settled = set(who) | {identity.number[name] for name in rows.trusting_nowhere}
    pairs = set(zip(who, where, strict=True)) | {(i, p) for i, p in own if i not in settled}
    ordered = sorted(pairs)
    return tables.Attestations.of(identity=[i for i, _ in ordered], place=[p for _, p in ordered])


def _permissions(rows: EstateRows, resource: _Numbers) -> list[tuple[int, str]]:
    """All (resource, operation) pairs that are listed, granted or open something, ascending."""
    g_resource = resource.ids((x.resource for x in rows.grants), "grants")
    o_resource = resource.ids((x.resource for x in rows.openings), "openings")
    pairs = {(int(i), x.operation) for i, x in zip(g_resource, rows.grants, strict=True)}
    pairs |= {(int(i), x.operation) for i, x in zip(o_resource, rows.openings, strict=True)}
    pairs |= {(resource.number[name], operation) for name, operation in rows.operations}
    return sorted(pairs)


def _grants(
    rows: EstateRows, permission: dict[tuple[int, str], int], resource: _Numbers, identity: _Numbers
) -> tables.Grants:
    who = identity.ids((x.identity for x in rows.grants), "grants").tolist()
    held = {(i, permission[resource.number[x.resource], x.operation]) for i, x in zip(who, rows.grants, strict=True)}
    ordered = sorted(held)
    return tables.Grants.of(identity=[i for i, _ in ordered], permission=[p for _, p in ordered])


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
    resource = _Numbers(rows, "resources", (r.name for r in rows.resources))
    identity = _Numbers(rows, "identities", (r.name for r in rows.identities))
    _Numbers(rows, "workloads", (r.name for r in rows.workloads))
    place = _Numbers(rows, "places", content.estate.places)
    ordered = _permissions(rows, resource)
    permission = {pair: n for n, pair in enumerate(ordered)}
    grants = _grants(rows, permission, resource, identity)
    openings = _openings(rows, permission, resource, place, identity)
    places = content.estate.places
    for number, row in enumerate(rows.workloads):
        if row.queue is not None:
            shared_place(row.queue.place, places, file, f"{rows.origin('workloads', number)[1]}.queue.place")
    for number, one in enumerate(rows.resources):
        if one.place:
            shared_place(one.place, places, file, f"{rows.origin('resources', number)[1]}.place")
    workloads = _workloads(rows, identity, place, content.estate.places)
    verifiers, layers = build_verifiers(content.verifiers)
    names = [(rows.resources[i].name, operation) for i, operation in ordered]
    return Estate(
        resources=_resources(rows, _Numbers(rows, "verifiers", content.verifiers), place),
        permissions=tables.Permissions.of(resource=[i for i, _ in ordered], operation=_text(op for _, op in ordered)),
        identities=tables.Identities.of(
            name=_text(identity.number),
            visible=[x.visible for x in rows.identities],
            owner=_text(x.owner for x in rows.identities),
        ),
        grants=grants,
        openings=openings,
        attestations=_attestations(rows, identity, place, workloads),
        places=build_places(places, file),
        workloads=workloads,
        targets=_targets(rows, content, grants, openings.permission, names),
        verifiers=verifiers,
        layers=layers,
        copies_to=build_copies_to(rows, places),
        standing=build_standing(content.estate.standing, identity.number, places, file),
    )
