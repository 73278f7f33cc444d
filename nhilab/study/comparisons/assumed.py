"""The numbers a scenario file assumes: which there are, and the scenario with some of them halved or doubled."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from nhilab.base.errors import InputError
from nhilab.base.quantities import parse_duration
from nhilab.scenario.edit import edited
from nhilab.scenario.keypath import find
from nhilab.scenario.scenario import Scenario

NAMED: Final = {"profiles": 1, "issuers": 1, "verifiers": 1}
"""Sections whose parts have names of their own, and at which step of a key path the name stands."""

RELATIVE: Final = frozenset({"weight", "sensitivity"})
"""Numbers that count beside each other only: scaled together they would change nothing."""

_UNIT: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(%|/\s*\w+)")


@dataclass(frozen=True)
class Assumed:
    """One number of a scenario file that is assumed, or those that several parts of a kind give for one reason.

    Attributes
    ----------
    name : str
        Its key path, with ``*`` for the names of several parts.
    reason : str
        As the file gives it; empty where it gives none.
    paths : tuple of str
        Key paths of the numbers, those of a list as one.
    """

    name: str
    reason: str
    paths: tuple[str, ...]


def assumed_of(scenario: Scenario) -> tuple[Assumed, ...]:
    """What a scenario file assumes, in its order.

    The same key of several places, workloads and the like counts as one where one reason is given, since nobody doubts
    them apart; weights do not, as together they would cancel out.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for key, origin in scenario.provenance.origins.items():
        if origin.tag == "assumed" and not key.endswith("seed"):  # a seed is no figure of the world
            path = _without_positions(key)
            paths = found.setdefault((_pattern(path), origin.source), [])
            if path not in paths:
                paths.append(path)
    return tuple(
        Assumed(pattern if len(paths) > 1 else paths[0], reason, tuple(paths))
        for (pattern, reason), paths in found.items()
    )


def scaled(scenario: Scenario, assumed: Assumed, factor: float) -> Scenario | str:
    """The scenario with what is assumed multiplied, or why it cannot be.

    Shares are cut at 1 and whole numbers rounded, to 1 at least, where the file could not say more or less. Of several
    parts those that have no half or double (``never``, 0) stay as they are.

    Notes
    -----
    Checked by ``tests/unit/study/comparisons/test_assumed.py``.
    """
    try:
        offers = {path: own for path in assumed.paths if (own := _offers(_value(scenario, path), factor))}
    except InputError as error:
        return str(error)
    refused = "it is not a number that has a half or a double"
    for attempt in range(max(map(len, offers.values()), default=0)):
        changes = {path: own[min(attempt, len(own) - 1)] for path, own in offers.items()}
        try:
            changed = edited(scenario, changes)
        except InputError as error:
            refused = f"the file could not say so: {error.allowed}"
            continue
        if changed.digest() != scenario.digest():
            return changed
        refused = "nothing depends on it"
    return refused


def _value(scenario: Scenario, path: str) -> Any:
    """What the file says at a path."""
    here: Any = scenario.written.content
    for key in find(here, path, file=scenario.written.file):
        here = here[key]
    return here


def _offers(value: Any, factor: float) -> list[Any]:
    """What could stand in the place of a value that is multiplied, the truest first; none if it is not a number."""
    if isinstance(value, list):
        parts = [_offers(part, factor) for part in value]
        return [[own[0] for own in parts]] if parts and all(parts) else []
    if isinstance(value, bool):
        return []
    if isinstance(value, int | float):
        return _numbers(value, factor)
    if isinstance(value, str):
        return _texts(value, factor)
    return []


def _numbers(value: float, factor: float) -> list[Any]:
    if value == 0:
        return []
    exact = value * factor
    whole = isinstance(value, int)
    offers: list[Any] = [int(exact) if whole and float(exact).is_integer() else exact]
    if whole:
        offers.append(max(1, round(exact)))
    if exact > 1 >= value:
        offers.append(1.0)
    return [offer for offer in offers if offer != value]


def _texts(text: str, factor: float) -> list[Any]:
    match = _UNIT.fullmatch(text.strip())
    if match is not None:
        value, unit = float(match[1]) * factor, match[2]
        return [f"{value:.12g}{unit}", *(["100%"] if unit == "%" and value > 100 else [])]
    try:
        length = parse_duration(text)
    except ValueError:
        return []
    return [f"{round(length * factor)}us"] if length and text not in ("never", "unlimited") else []


def _without_positions(key: str) -> str:
    """A key path without the positions at its end: a list of numbers is one input."""
    parts = key.split(".")
    while len(parts) > 1 and parts[-1].isdecimal():
        parts.pop()
    return ".".join(parts)


def _pattern(path: str) -> str:
    """A key path with a star for a name that its section's parts have of their own."""
    parts = path.split(".")
    place = _name_at(parts)
    if place is None or place >= len(parts) - 1 or parts[-1] in RELATIVE:
        return path
    return ".".join([*parts[:place], "*", *parts[place + 1 :]])


def _name_at(parts: list[str]) -> int | None:
    if parts[0] == "estate":
        return 3 if parts[1:2] == ["generated"] else 2
    if parts[:2] == ["threat", "entries"]:
        return 2
    return NAMED.get(parts[0])
