"""The designs of a scenario's space: every way to choose one value at each of its key paths."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nhilab.base.errors import InputError
from nhilab.scenario.edit import edited
from nhilab.scenario.keypath import find
from nhilab.scenario.scenario import Scenario
from nhilab.strategy.delivery import deliver

Point = tuple[int, ...]
"""Which value is chosen at each path."""


@dataclass(frozen=True, eq=False)
class Design:
    """A scenario with one value chosen at each path.

    Attributes
    ----------
    name : str
        The values, in short: ``ttl=15m scope=class``.
    values : dict of key path to value
    scenario : Scenario
        The one in which the values are in force.
    """

    name: str
    values: Mapping[str, Any]
    scenario: Scenario


@dataclass(frozen=True)
class Infeasible:
    """A design that cannot be had, and why."""

    name: str
    reason: str


@dataclass(frozen=True, eq=False)
class Space:
    """Designs of one strategy.

    Attributes
    ----------
    scenario : Scenario
        The one whose values are changed.
    strategy : str
        The one that is tried in every design.
    values : dict of key path to tuple of values
        As ``space`` of the scenario file says.
    """

    scenario: Scenario
    strategy: str
    values: Mapping[str, tuple[Any, ...]]

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many values each path has."""
        return tuple(map(len, self.values.values()))

    def __len__(self) -> int:
        return math.prod(self.sizes)

    def points(self) -> Iterator[Point]:
        """All designs, the last path changing fastest."""
        return itertools.product(*map(range, self.sizes))

    def chosen(self, point: Point) -> dict[str, Any]:
        """The values of a design."""
        return {path: values[i] for (path, values), i in zip(self.values.items(), point, strict=True)}

    def name(self, point: Point) -> str:
        """The values of a design in short; a path with one value is not worth saying."""
        said = short_paths(tuple(self.values))
        several = [path for path, values in self.values.items() if len(values) > 1]
        return " ".join(f"{said[path]}={value_words(self.chosen(point)[path])}" for path in several) or "the only one"

    def design(self, point: Point) -> Design | Infeasible:
        """The design at a point, or why there is none: the file cannot say it, or an issuer refuses it."""
        name, values = self.name(point), self.chosen(point)
        try:
            scenario = edited(self.scenario, values, within="space")
        except InputError as error:
            return Infeasible(name, f"{error.key}: {error.allowed}")
        if refused(scenario, self.strategy):
            return Infeasible(name, "an issuer refuses it")
        return Design(name, values, scenario)


def space_of(scenario: Scenario, strategy: str | None = None) -> Space:
    """The space of a scenario.

    Parameters
    ----------
    scenario : Scenario
    strategy : str, optional
        The one to try; else the one that the paths change, or the first where they change none.

    Returns
    -------
    Space

    Raises
    ------
    InputError
        If there is none, a path leads nowhere, or the paths change several strategies and none is named.

    Notes
    -----
    Checked by ``tests/unit/study/designs/test_space.py``.
    """
    file, paths = scenario.written.file, scenario.content.space
    if not paths:
        raise InputError(file, "space", "nothing", "values to choose from, by key path: {strategy.NAME.ttl: [1m, 15m]}")
    ways = [find(scenario.written.content, path, file=file, within="space") for path in paths]
    touched = list(dict.fromkeys(str(way[1]) for way in ways if way[0] == "strategies" and len(way) > 1))
    if strategy is None and len(touched) > 1:
        raise InputError(file, "space", ", ".join(touched), "one strategy changed, or the one to try named with -s")
    return Space(scenario, strategy or next(iter(touched), next(iter(scenario.strategies))), paths)


def refused(scenario: Scenario, strategy: str) -> bool:
    """Whether some issuer refuses a stage of a strategy, its own or of one it mixes in: it is hypothetical.

    Notes
    -----
    As the ledger of a run says it, without the run. Checked by ``tests/unit/study/designs/test_space.py``.
    """
    named = [strategy, *(mix.strategy for mix in scenario.strategies[strategy].mix)]
    stages = [stage for name in named for stage in scenario.strategies[name].stages]
    return any(deliver(stage, scenario.issuers[stage.issuer]).hypothetical for stage in stages)


def short_paths(paths: Sequence[str]) -> dict[str, str]:
    """The shortest ends of paths that tell them apart.

    Examples
    --------
    >>> short_paths(["strategy.jit.ttl", "strategy.jit.scope"])
    {'strategy.jit.ttl': 'ttl', 'strategy.jit.scope': 'scope'}
    >>> short_paths(["verifier.a.leeway", "verifier.b.leeway"])
    {'verifier.a.leeway': 'a.leeway', 'verifier.b.leeway': 'b.leeway'}
    """
    parts = {path: path.split(".") for path in paths}
    length = 1
    while len({tuple(p[-length:]) for p in parts.values()}) < len(parts):
        length += 1
    return {path: ".".join(p[-length:]) for path, p in parts.items()}


def value_words(value: Any) -> str:
    """A value of a scenario file in short.

    Examples
    --------
    >>> value_words("15m"), value_words(["class", "operation"]), value_words([]), value_words({"ahead": 0.5})
    ('15m', 'class+operation', 'none', '{"ahead":0.5}')
    """
    if value is None or value in ([], ()):
        return "none"
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and all(isinstance(part, str) for part in value):
        return "+".join(value)
    return json.dumps(value, separators=(",", ":"), default=str)
