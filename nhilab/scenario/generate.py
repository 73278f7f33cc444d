"""Rows of an estate drawn from figures measured on a real one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from nhilab.base.errors import InputError
from nhilab.base.streams import stream
from nhilab.scenario.estate_section import EstateSection
from nhilab.scenario.generate_environments import KEY, Drawn, Environment, drawn_accounts, drawn_environments
from nhilab.scenario.generate_schedule import drawn_schedules
from nhilab.scenario.generated_section import Access, GeneratedEstate, ResourceClass
from nhilab.scenario.rows import (
    AttestationRow,
    EstateRows,
    GrantRow,
    IdentityRow,
    OpeningRow,
    ResourceRow,
    WorkloadRow,
)


def generated_rows(section: EstateSection, file: str) -> EstateRows:
    """Rows drawn from the figures in `section` of `file`: the same for the same seed of the section.

    Raises
    ------
    InputError
        If it names a kind of environments, a role, an account or a verifier that it does not describe, or asks for
        more environments than there are.

    Notes
    -----
    Chance decides only which: how many resources each environment holds, which environments and resources a
    partial grant reaches, and the schedules. Checked by ``tests/unit/scenario/test_generate.py``, and against an
    imported estate by ``tests/reference/test_ci_estate.py``.
    """
    estate = section.generated
    if estate is None:
        raise InputError(file, KEY, "nothing", "a generated estate")
    environments = drawn_environments(estate, file)
    accounts = drawn_accounts(estate, environments, file)
    grants = [grant for account in accounts for grant in _grants(estate, account, environments, file)]
    openings = _openings(estate, environments, accounts, {(g.resource, g.operation) for g in grants})
    workloads = [row for group in estate.workloads for row in _workloads(section, estate, group, accounts, file)]
    origins = {"identities": [f"accounts.{a.sort}" for a in accounts]}
    attestations = []
    for key, row in _attestations(accounts, workloads, file):
        origins.setdefault("attestations", []).append(key)
        attestations.append(row)
    origins["workloads"] = [f"workloads.{row.name.rpartition('-')[0]}" for row in workloads]
    return EstateRows(
        resources=list(_resources(section, estate, environments, file)),
        operations=[],
        identities=[IdentityRow(a.name, a.account.managed, _owner(a)) for a in accounts],
        grants=grants,
        openings=openings,
        attestations=attestations,
        workloads=workloads,
        origin=lambda kind, row: (file, f"{KEY}.{origins[kind][row] if kind in origins else kind}"),
    )


def _owner(drawn: Drawn) -> str:
    return drawn.home.name if drawn.account.owner == "own" else drawn.account.owner


def _resources(
    section: EstateSection, estate: GeneratedEstate, environments: list[Environment], file: str
) -> Iterator[ResourceRow]:
    for environment in environments:
        for resource_class, names in environment.resources.items():
            verifier = section.verifier_by_class.get(resource_class) or section.verifier_by_class.get("default")
            if verifier is None:
                allowed = "a verifier for this class, or for default"
                raise InputError(file, "estate.verifier_by_class", resource_class, allowed)
            worth = estate.classes.get(resource_class, ResourceClass())
            for name in names:
                yield ResourceRow(
                    name, resource_class, environment.name, worth.sensitivity, worth.crown_jewel, verifier
                )


def _grants(estate: GeneratedEstate, drawn: Drawn, environments: list[Environment], file: str) -> Iterator[GrantRow]:
    rows: dict[GrantRow, None] = {}
    for i, access in enumerate(drawn.account.grants):
        key = f"{KEY}.accounts.{drawn.sort}.grants.{i}"
        if access.role not in estate.roles:
            raise InputError(file, f"{key}.role", access.role, f"one of {', '.join(estate.roles)}")
        chance = stream(estate.seed, "generated", "grants", drawn.name, i)
        for environment in _reached(access, drawn, environments, chance, file, key):
            for resource_class, operations in estate.roles[access.role].items():
                names = _some(environment.resources.get(resource_class, []), access.at_most, chance)
                rows.update({GrantRow(drawn.name, name, operation): None for name in names for operation in operations})
    yield from rows


def _reached(
    access: Access, drawn: Drawn, environments: list[Environment], chance: np.random.Generator, file: str, key: str
) -> list[Environment]:
    if access.environments == "own":
        return [drawn.home]
    found = environments
    if access.environments != "all":
        found = [e for e in environments if e.kind == access.environments]
    if not found:
        kinds = ", ".join(dict.fromkeys(e.kind for e in environments))
        raise InputError(file, f"{key}.in", access.environments, f"own, all, or one of {kinds}")
    if access.of is not None and access.of > len(found):
        raise InputError(file, f"{key}.of", access.of, f"at most {len(found)}, as there are")
    return [found[i] for i in _chosen(len(found), access.of, chance)]


def _some(names: list[str], at_most: int | None, chance: np.random.Generator) -> list[str]:
    return [names[i] for i in _chosen(len(names), at_most, chance)]


def _chosen(n: int, at_most: int | None, chance: np.random.Generator) -> list[int]:
    if at_most is None or at_most >= n:
        return list(range(n))
    return sorted(chance.choice(n, size=at_most, replace=False).tolist())


def _openings(
    estate: GeneratedEstate, environments: list[Environment], accounts: list[Drawn], held: set[tuple[str, str]]
) -> list[OpeningRow]:
    """Openings by permissions that somebody holds."""
    rows = [
        OpeningRow(account.name, operation, account.name, "", "now")
        for account in accounts
        for operation in estate.opens_account
        if account.account.managed and (account.name, operation) in held
    ]
    return rows + [
        OpeningRow(environment.name, operation, "", environment.place, "now")
        for environment in environments
        for operation in estate.opens_place
        if environment.place and (environment.name, operation) in held
    ]


def _workloads(
    section: EstateSection, estate: GeneratedEstate, group: str, accounts: list[Drawn], file: str
) -> Iterator[WorkloadRow]:
    listed = estate.workloads[group]
    names = [a.name for a in accounts if a.sort == listed.account]
    if not names:
        raise InputError(
            file, f"{KEY}.workloads.{group}.account", listed.account, f"one of {', '.join(estate.accounts)}"
        )
    schedules = drawn_schedules(listed, stream(estate.seed, "generated", "schedules", group))
    for i, arrivals in enumerate(schedules):
        identity = names[i % len(names)]
        yield WorkloadRow(
            f"{group}-{i + 1}", listed.kind, identity, listed.place, section.scale, arrivals, listed.profile, None
        )


def _attestations(
    accounts: list[Drawn], workloads: list[WorkloadRow], file: str
) -> Iterator[tuple[str, AttestationRow]]:
    running: dict[str, list[str]] = defaultdict(list)
    for row in workloads:
        running[row.identity].append(row.place)
    for drawn in accounts:
        key = f"accounts.{drawn.sort}.mintable_from"
        named = [drawn.home.place if place == "own" else place for place in drawn.account.mintable_from]
        if "" in named:
            raise InputError(file, f"{KEY}.{key}", "own", f"a place; {drawn.home.kind} has none")
        for place in dict.fromkeys(named + running[drawn.name]):
            yield key, AttestationRow(drawn.name, place)
