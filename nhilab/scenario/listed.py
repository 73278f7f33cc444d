"""Rows of an estate that is listed in the scenario file."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from nhilab.base.errors import InputError
from nhilab.scenario.estate_section import EstateSection, Grant
from nhilab.scenario.rows import (
    AttestationRow,
    EstateRows,
    GrantRow,
    IdentityRow,
    OpeningRow,
    ResourceRow,
    WorkloadRow,
)


def _copies(name: str, count: int) -> list[str]:
    return [name] if count == 1 else [f"{name}-{i}" for i in range(1, count + 1)]


def _granted(section: EstateSection, grant: Grant, key: str, file: str) -> Iterator[tuple[str, str]]:
    matched = False
    for name, resource in section.resources.items():
        for copy in _copies(name, resource.count):
            if any(fnmatchcase(copy, pattern) or pattern == name for pattern in grant.resources):
                for operation in resource.operations:
                    if any(fnmatchcase(operation, pattern) for pattern in grant.operations):
                        matched = True
                        yield copy, operation
    if not matched:
        found = f"{', '.join(grant.resources)}: {', '.join(grant.operations)}"
        raise InputError(file, key, found, f"patterns matching one of {', '.join(section.resources)}")


def _openings(section: EstateSection) -> Iterator[OpeningRow]:
    for name, resource in section.resources.items():
        for copy in _copies(name, resource.count):
            for operation, opened in resource.operations.items():
                for patterns, plants in ((opened.opens_identities, False), (opened.plants, True)):
                    for pattern in patterns:
                        for identity in [i for i in section.identities if fnmatchcase(i, pattern)] or [pattern]:
                            yield OpeningRow(copy, operation, identity, "", opened.when, plants)
                for place in opened.opens_places:
                    yield OpeningRow(copy, operation, "", place, opened.when)


def listed_rows(section: EstateSection, file: str) -> EstateRows:
    """Rows of the resources, identities and workloads listed in `section` of `file`."""
    resources = [
        ResourceRow(copy, r.resource_class, r.environment, r.sensitivity, r.crown_jewel, r.verifier, r.place or "")
        for name, r in section.resources.items()
        for copy in _copies(name, r.count)
    ]
    origins = {
        "resources": [f"estate.resources.{n}" for n, r in section.resources.items() for _ in range(r.count)],
        "identities": [f"estate.identities.{n}" for n in section.identities],
        "workloads": [f"estate.workloads.{n}" for n in section.workloads],
    }
    grants = [
        GrantRow(name, resource, operation)
        for name, identity in section.identities.items()
        for i, grant in enumerate(identity.grants)
        for resource, operation in _granted(section, grant, f"estate.identities.{name}.grants.{i}", file)
    ]
    openings = list(_openings(section))
    attestations = [AttestationRow(n, place) for n, i in section.identities.items() for place in i.mintable_from or ()]
    origins["openings"] = [f"estate.resources.{o.resource}.operations.{o.operation}" for o in openings]
    origins["attestations"] = [f"estate.identities.{a.identity}.mintable_from" for a in attestations]
    origins["grants"] = [f"estate.identities.{g.identity}.grants" for g in grants]
    return EstateRows(
        resources=resources,
        operations=[(c, op) for n, r in section.resources.items() for c in _copies(n, r.count) for op in r.operations],
        identities=[IdentityRow(n, i.visible, i.owner) for n, i in section.identities.items()],
        grants=grants,
        openings=openings,
        attestations=attestations,
        workloads=[
            WorkloadRow(
                name=n,
                **{key: getattr(w, key) for key in WorkloadRow._fields if key not in ("name", "instances")},
                instances=w.count * section.scale,
            )
            for n, w in section.workloads.items()
        ],
        origin=lambda kind, row: (file, origins[kind][row]),
        trusting_nowhere=frozenset(n for n, i in section.identities.items() if i.mintable_from == ()),
    )
