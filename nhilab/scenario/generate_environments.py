"""Environments and accounts of a generated estate: what exists, before anyone may do anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nhilab.base.errors import InputError
from nhilab.base.streams import stream
from nhilab.scenario.generated_section import Account, Environments, GeneratedEstate

KEY = "estate.generated"
"""Key path of the section, for errors."""


@dataclass(frozen=True)
class Environment:
    """One environment: its resources by class, itself among them; accounts are added as they are made."""

    name: str
    kind: str
    place: str
    resources: dict[str, list[str]]


@dataclass(frozen=True)
class Drawn:
    """One service account, its sort and its home."""

    name: str
    sort: str
    account: Account
    home: Environment


def drawn_environments(estate: GeneratedEstate, file: str) -> list[Environment]:
    """Environments with their resources; how many each one holds is drawn.

    Raises
    ------
    InputError
        If more environments hold resources than there are.
    """
    return [found for kind, listed in estate.environments.items() for found in _of_kind(estate, kind, listed, file)]


def _of_kind(estate: GeneratedEstate, kind: str, listed: Environments, file: str) -> Iterator[Environment]:
    held = {}
    for name, number_of in listed.resources.items():
        if sum(number_of.values()) > listed.count:
            key = f"{KEY}.environments.{kind}.resources.{name}"
            raise InputError(file, key, sum(number_of.values()), f"at most {listed.count} environments in all")
        numbers = np.repeat([*number_of], [*number_of.values()])
        padded = np.pad(numbers.astype(np.int64), (0, listed.count - len(numbers)))
        held[name] = stream(estate.seed, "generated", kind, name).permutation(padded)
    for i in range(listed.count):
        name = kind if listed.count == 1 else f"{kind}-{i + 1}"
        resources = {estate.environment_class: [name]}
        for resource_class, numbers in held.items():
            more = [f"{name}/{resource_class}-{j + 1}" for j in range(numbers[i])]
            resources[resource_class] = resources.get(resource_class, []) + more
        yield Environment(name, kind, listed.place or "", resources)


def drawn_accounts(estate: GeneratedEstate, environments: list[Environment], file: str) -> list[Drawn]:
    """Accounts in their homes; a managed one becomes a resource of its home.

    Raises
    ------
    InputError
        If a home is not a kind of environments, or there are not so many.
    """
    found = []
    for sort, account in estate.accounts.items():
        for home in _homes(estate, sort, account, environments, file):
            for i in range(account.each):
                name = f"{home.name}/{sort}" if account.each == 1 else f"{home.name}/{sort}-{i + 1}"
                found.append(Drawn(name, sort, account, home))
                if account.managed:
                    home.resources.setdefault(estate.account_class, []).append(name)
    return found


def _homes(
    estate: GeneratedEstate, sort: str, account: Account, environments: list[Environment], file: str
) -> Iterator[Environment]:
    for kind, (first, last) in account.homes.items():
        key = f"{KEY}.accounts.{sort}.homes.{kind}"
        if kind not in estate.environments:
            raise InputError(file, key, kind, f"one of {', '.join(estate.environments)}")
        count = estate.environments[kind].count
        if (last or first) > count:
            raise InputError(file, key, last or first, f"at most {count}, as there are")
        yield from [e for e in environments if e.kind == kind][first - 1 : last]
