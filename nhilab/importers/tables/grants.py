"""Grants with wildcards become grants of single operations on single resources, and what those open."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from nhilab.importers.tables.cells import name, words
from nhilab.importers.tables.estate import ACCOUNT, Listed, Resource
from nhilab.importers.tables.findings import Finding, finding
from nhilab.importers.tables.reading import Row, Table

LIMIT: Final = 2_000_000
"""Single grants that an import may come to."""

OPENS: Final = frozenset(
    {
        "mint", "mint-token", "mint-key", "act-as", "run-as", "impersonate", "assume", "assume-role", "sts:assumerole",
        "create-token", "admin",
    }
)  # fmt: skip
"""Operations on a service account that let one work in its name, in small letters with hyphens."""

DEFAULT: Final = ("read", "write")
"""Operations of a resource for which neither its row nor a grant names any."""

MINT: Final = "mint"
"""Operation that a service account without a list of operations always has."""

Grant = tuple[str, str, str]
"""Identity, resource, operation."""

Opening = tuple[str, str, str]
"""Resource, operation, identity opened."""


@dataclass(frozen=True)
class Access:
    """Single grants and openings, sorted, each once."""

    grants: tuple[Grant, ...]
    openings: tuple[Opening, ...]
    findings: tuple[Finding, ...]


class _Asked(NamedTuple):
    """What a row of grants gives: resources by name or pattern, operations."""

    resources: str
    operations: tuple[str, ...]


@dataclass(frozen=True)
class _Names:
    """Resources' names, to be found by name or pattern."""

    resources: Mapping[str, Resource]

    @cached_property
    def ordered(self) -> list[str]:
        return sorted(self.resources)

    def fitting(self, text: str) -> Sequence[str]:
        """Names that a name or pattern fits; among those that begin as it does, in order."""
        if text in self.resources:
            return (text,)
        if not _is_pattern(text):
            return ()
        begin = re.split(r"[*?]", text, maxsplit=1)[0]
        fits = _pattern(text)
        low = bisect_left(self.ordered, begin)
        high = bisect_left(self.ordered, True, low, key=lambda one: not one.startswith(begin))
        return [one for one in self.ordered[low:high] if fits.fullmatch(one)]


def read_access(table: Table, listed: Listed) -> Access:
    """Expand the rows of grants.csv.

    A resource is named, or all are meant that a pattern fits; ``*`` stands for any characters, ``?`` for one, in
    operations too. The operations of a resource are those of its row; where its row has none, those that grants name
    for it, or else read and write; a service account's always include mint. A grant that names one resource adds the
    operations it names to it. A grant of an unknown identity, on no resource or of no operation is left out.

    Raises
    ------
    InputError
        If a cell is empty, or all comes to more than `LIMIT` single grants.

    Notes
    -----
    Checked by ``tests/unit/importers/tables/test_grants.py``.
    """
    names = _Names(listed.resources)
    fitting: dict[str, Sequence[str]] = {}
    holders: dict[_Asked, dict[str, Row]] = defaultdict(dict)
    strangers: list[str] = []
    nowhere: list[str] = []
    for row in table.rows:
        identity, resources = name(table, row, "identity"), name(table, row, "resource")
        operations = words(table, row, "operations")
        if not operations:
            raise table.refusal(row, "operations", "operations such as read|write, or * for all")
        if resources not in fitting:
            fitting[resources] = names.fitting(resources)
        if identity not in listed.identities:
            strangers.append(f"row {row.number}: {identity}")
        elif not fitting[resources]:
            nowhere.append(f"row {row.number}: {resources}")
        else:
            holders[_Asked(resources, operations)].setdefault(identity, row)
    known, added = _operations(holders, fitting, listed.resources)
    grants, empty = _expanded(table, holders, fitting, known)
    openings = _openings(grants, listed)
    return Access(
        grants=tuple(sorted(grants)),
        openings=openings,
        findings=(
            *finding("left out", "grants", "rows whose identity is not in identities.csv", strangers),
            *finding("left out", "grants", "rows whose resource is not in resources.csv, or fits none", nowhere),
            *finding("left out", "grants", "rows with an operation that no resource they name has", empty),
            *finding("inferred", "grants", "operations added to a resource whose row does not list them", added),
            *_accounts(grants, openings, listed),
        ),
    )


def _is_pattern(text: str) -> bool:
    return "*" in text or "?" in text


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(part, re.escape(part)) for part in re.split(r"([*?])", text)))


def _meant(operation: str, known: tuple[str, ...]) -> Sequence[str]:
    """Those among the operations of a resource that a name or pattern fits."""
    if operation == "*":
        return known
    if not _is_pattern(operation):
        return (operation,) if operation in known else ()
    fits = _pattern(operation)
    return [one for one in known if fits.fullmatch(one)]


def _operations(
    holders: Mapping[_Asked, Mapping[str, Row]], fitting: Mapping[str, Sequence[str]], resources: Mapping[str, Resource]
) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Operations of each resource, sorted, and those that a grant added to a row's list."""
    named: dict[str, set[str]] = defaultdict(set)
    added: set[str] = set()
    for asked in holders:
        spoken = {operation for operation in asked.operations if not _is_pattern(operation)}
        for one in fitting[asked.resources] if spoken else ():
            own = resources[one].operations
            if not own or one == asked.resources:
                named[one] |= spoken
            if own and one == asked.resources:
                added |= {f"{one}: {operation}" for operation in spoken - set(own)}
    known = {one: tuple(sorted({*resource.operations, *named[one]})) for one, resource in resources.items()}
    for one, resource in resources.items():
        if not resource.operations:
            account = resource.resource_class == ACCOUNT
            known[one] = tuple(sorted({MINT, *known[one]})) if account else known[one] or DEFAULT
    return known, sorted(added)


def _expanded(
    table: Table,
    holders: Mapping[_Asked, Mapping[str, Row]],
    fitting: Mapping[str, Sequence[str]],
    known: Mapping[str, tuple[str, ...]],
) -> tuple[set[Grant], list[str]]:
    grants: set[Grant] = set()
    empty: list[tuple[int, str]] = []
    for asked, rows in holders.items():
        given: list[tuple[str, str]] = []
        for operation in asked.operations:
            found = [(r, one) for r in fitting[asked.resources] for one in _meant(operation, known[r])]
            given += found
            if not found:
                empty += [(row.number, operation) for row in rows.values()]
        for identity, row in rows.items():
            grants.update((identity, *permission) for permission in given)
            if len(grants) > LIMIT:
                raise table.refusal(row, "resource", f"grants that come to at most {LIMIT:,} operations on resources")
    return grants, [f"row {number}: {operation}" for number, operation in sorted(empty)]


def _openings(grants: set[Grant], listed: Listed) -> tuple[Opening, ...]:
    """Held operations on service accounts that are identities, which let the holder work in their name."""
    accounts = _of_accounts(listed)
    held = {(resource, operation) for _, resource, operation in grants if resource in accounts}
    return tuple(sorted((r, o, r) for r, o in held if r in listed.identities and o.lower().replace("_", "-") in OPENS))


def _of_accounts(listed: Listed) -> frozenset[str]:
    return frozenset(one for one, resource in listed.resources.items() if resource.resource_class == ACCOUNT)


def _accounts(grants: set[Grant], openings: tuple[Opening, ...], listed: Listed) -> tuple[Finding, ...]:
    opened = {(resource, operation) for resource, operation, _ in openings}
    accounts = _of_accounts(listed)
    held = [grant for grant in grants if grant[1] in accounts]
    edges = sorted({(i, r) for i, r, o in held if (r, o) in opened})
    alone = sorted(accounts - listed.identities.keys())
    idle = sorted({f"{r}: {o}" for _, r, o in held if (r, o) not in opened})
    apart = [f"{i} may work as itself" for i, r in edges if i == r]
    return (
        *finding("inferred", "grants", "impersonations, who may work as whom", (f"{i} as {r}" for i, r in edges)),
        *finding("to know", "resources", "service accounts that are no identity, so that nothing opens them", alone),
        *finding("to know", "grants", "granted operations on service accounts that open nothing", idle),
        *finding("to know", "grants", "identities that may impersonate themselves", apart),
    )
