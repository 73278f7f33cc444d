"""Identities and resources of the tables."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from nhilab.base.errors import InputError
from nhilab.importers.tables.cells import RESERVED, flag, line, name, number, word, words
from nhilab.importers.tables.findings import Finding, finding
from nhilab.importers.tables.reading import Row, Table

ACCOUNT: Final = "service-account"
"""Class of resources that are identities: a grant on one may be impersonation."""

VERIFIERS: Final = 20
"""Verifiers that may be named; a scenario holds 63 layers in all."""


@dataclass(frozen=True)
class Identity:
    """An identity."""

    name: str
    owner: str
    visible: bool


@dataclass(frozen=True)
class Resource:
    """A resource; without `operations` it has those that grants name."""

    name: str
    resource_class: str
    environment: str
    sensitivity: float
    crown_jewel: bool
    operations: tuple[str, ...]


@dataclass(frozen=True)
class Listed:
    """Identities and resources by name, in the order of the tables, and the verifier of each class that names one."""

    identities: Mapping[str, Identity]
    resources: Mapping[str, Resource]
    verifier_of_class: Mapping[str, str]
    findings: tuple[Finding, ...]


_Noun = TypeVar("_Noun", Identity, Resource)


def read_estate(identities: Table, resources: Table) -> Listed:
    """Identities and resources.

    A name may be given twice in the same words, which counts once. A class has one verifier; resources of it that name
    none have it too.

    Raises
    ------
    InputError
        If a table has no rows, a name is given twice with different words, or a cell holds what is not allowed.

    Notes
    -----
    Checked by ``tests/unit/importers/tables/test_estate.py``.
    """
    people = _once(identities, [_identity(identities, row) for row in identities.rows])
    things = _once(resources, [_resource(resources, row) for row in resources.rows])
    return Listed(people, things, _verifiers(resources), _unsaid(identities, resources))


def _identity(table: Table, row: Row) -> Identity:
    return Identity(
        name(table, row, "name"), line(table, row, "owner", "an owner"), flag(table, row, "visible", default=True)
    )


def _resource(table: Table, row: Row) -> Resource:
    weight = number(
        table, row, "sensitivity", least=math.ulp(0.0), most=1e9, allowed="a number above 0 with a decimal point"
    )
    return Resource(
        name=name(table, row, "name"),
        resource_class=_class(table, row),
        environment=line(table, row, "environment", "an environment") or "default",
        sensitivity=1.0 if weight is None else weight,
        crown_jewel=flag(table, row, "crown_jewel", default=False),
        operations=words(table, row, "operations"),
    )


def _class(table: Table, row: Row) -> str:
    """Class of a resource; that of service accounts however it is written."""
    found = word(table, row, "class", reserved=frozenset({"default"}))
    if not found:
        raise table.refusal(row, "class", "a class such as database or service-account")
    return ACCOUNT if found.lower().replace("_", "-") in (ACCOUNT, "serviceaccount") else found


def _once(table: Table, nouns: list[_Noun]) -> dict[str, _Noun]:
    if not nouns:
        raise InputError(table.path, "", "no rows", "a header and at least one row")
    first: dict[str, tuple[_Noun, int]] = {}
    for row, noun in zip(table.rows, nouns, strict=True):
        earlier, number = first.setdefault(noun.name, (noun, row.number))
        if earlier != noun:
            raise table.refusal(row, "name", f"a name given once; row {number} says otherwise of it")
    return {given: noun for given, (noun, _) in first.items()}


def _verifiers(table: Table) -> dict[str, str]:
    found: dict[str, tuple[str, int]] = {}
    for row in table.rows:
        verifier = word(table, row, "verifier", reserved=RESERVED)
        if verifier:
            kind = _class(table, row)
            other, number = found.setdefault(kind, (verifier, row.number))
            if other != verifier:
                raise table.refusal(row, "verifier", f"{other}, as in row {number}: one verifier for class {kind}")
            if len({one for one, _ in found.values()}) > VERIFIERS:
                raise table.refusal(row, "verifier", f"at most {VERIFIERS} verifiers in all")
    return {kind: verifier for kind, (verifier, _) in sorted(found.items())}


def _unsaid(identities: Table, resources: Table) -> tuple[Finding, ...]:
    """What was taken for cells that say nothing."""
    taken = (
        (identities, "visible", "identities without visible, taken as visible"),
        (resources, "environment", "resources without an environment, taken as default"),
        (resources, "sensitivity", "resources without a sensitivity, taken as 1"),
        (resources, "crown_jewel", "resources without crown_jewel, taken as none"),
    )
    found: list[Finding] = []
    for table, column, what in taken:
        empty = [row.cells["name"] for row in table.rows if not row.cells.get(column)]
        found += finding("inferred", table.name, what, empty)
    return tuple(found)
