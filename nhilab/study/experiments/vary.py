"""What a study varies, as written on the command line: values of a key path, or a range of it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import yaml

from nhilab.base.errors import InputError
from nhilab.base.quantities import NEVER, parse_duration
from nhilab.scenario.keypath import Way, find
from nhilab.scenario.scenario import Scenario
from nhilab.scenario.study_section import STUDIES

OPTION: Final = "--vary"
_FORM: Final = "a key path and values, such as strategy.jit.ttl=1m,5m,15m"
_RANGE: Final = "a key path and two ends, such as strategy.jit.ttl=1m..12h, lengths or numbers, the lower one first"
_CLOSING: Final = {"[": "]", "{": "}"}
_IDLE: Final = frozenset({"question", "seed", *STUDIES})
"""Sections that say nothing about what happens in a run; which chance is an option of each study."""


@dataclass(frozen=True)
class Axis:
    """A key path and the values it takes.

    Attributes
    ----------
    path : str
    written : tuple of str
        The values as written.
    values : tuple
        The same as a scenario file reads them.
    """

    path: str
    written: tuple[str, ...]
    values: tuple[Any, ...]

    def lengths(self) -> tuple[int, ...] | None:
        """The values in µs, `NEVER` among them; None where they are not all lengths of time."""
        lengths = tuple(map(_length, self.values))
        known = tuple(length for length in lengths if length is not None)
        return known if len(known) == len(lengths) and any(isinstance(v, str) for v in self.values) else None

    def numbers(self) -> tuple[float, ...] | None:
        """The values as numbers; None where they are not all numbers."""
        numbers = [v for v in self.values if isinstance(v, int | float) and not isinstance(v, bool)]
        return tuple(map(float, numbers)) if len(numbers) == len(self.values) else None


@dataclass(frozen=True)
class Range:
    """A key path and the two ends between which it is varied.

    Attributes
    ----------
    path : str
    low, high : float
        The ends; lengths in µs.
    is_length, whole : bool
        A length of time; whole numbers only, as both ends are.
    """

    path: str
    low: float
    high: float
    is_length: bool
    whole: bool


def read_axis(text: str) -> Axis:
    """Values of a key path from ``strategy.jit.ttl=1m,5m``: apart at commas outside brackets, each read as YAML.

    Raises
    ------
    InputError
        If it is not of that form, or has a value twice.

    Examples
    --------
    >>> read_axis("strategy.jit.scope=[],[class, resource],null").values
    ([], ['class', 'resource'], None)
    """
    path, rest = _parted(text, _FORM)
    written = _apart(rest)
    if not all(written):
        raise InputError(OPTION, path, rest, "a value before, between and after the commas")
    axis = Axis(path, written, tuple(_read(one, path) for one in written))
    kept: list[Any] = []
    for one, value in zip(written, map(_alike, axis.values), strict=True):
        if value in kept:
            raise InputError(OPTION, path, one, "each value once")
        kept.append(value)
    return axis


def axes_of(varied: Mapping[str, Sequence[Any]] | Sequence[Axis]) -> tuple[Axis, ...]:
    """Axes of key paths and their values as a file could hold them; axes are left as they are.

    Raises
    ------
    InputError
        If a path has no values, or one twice, or one that no file could hold.

    Examples
    --------
    >>> axes_of({"strategy.jit.ttl": ["1m", "1h"]})
    (Axis(path='strategy.jit.ttl', written=('1m', '1h'), values=('1m', '1h')),)
    """
    if not varied:
        raise InputError(OPTION, "", "nothing", _FORM)
    if not isinstance(varied, Mapping):
        return tuple(varied)
    return tuple(read_axis(f"{path}={_as_written(path, values)}") for path, values in varied.items())


def _as_written(path: str, values: Sequence[Any]) -> str:
    try:
        listed = [values] if isinstance(values, str) else [_plain(value) for value in values]
        return yaml.safe_dump(listed, default_flow_style=True, width=math.inf).strip()[1:-1]
    except (yaml.YAMLError, TypeError) as error:
        raise InputError(OPTION, path, values, "a list of values as a scenario file writes them") from error


def _plain(value: Any) -> Any:
    """A number of numpy as one of Python, which a file can hold."""
    return value.item() if isinstance(value, np.generic) else value


def read_range(text: str) -> Range:
    """A range of a key path from ``strategy.jit.ttl=1m..12h``: two finite lengths, or two numbers.

    Raises
    ------
    InputError
        If it is not of that form.

    Examples
    --------
    >>> read_range("estate.workloads.job.count=1..16")
    Range(path='estate.workloads.job.count', low=1.0, high=16.0, is_length=False, whole=True)
    """
    path, rest = _parted(text, _RANGE)
    ends = [_read(one, path) for one in re.split(r"\.\.(?=[^.])", rest.strip(), maxsplit=1)]
    axis = Axis(path, tuple(map(str, ends)), tuple(ends))
    found = axis.lengths() or axis.numbers()
    if found is None or len(found) != 2 or not all(map(math.isfinite, found)) or max(found) >= NEVER:
        raise InputError(OPTION, path, rest, _RANGE)
    if not found[0] < found[1]:
        raise InputError(OPTION, path, rest, _RANGE)
    whole = all(isinstance(end, int) for end in ends)
    return Range(path, float(found[0]), float(found[1]), is_length=not axis.numbers(), whole=whole)


def ways_of(scenario: Scenario, paths: Sequence[str]) -> list[Way]:
    """Where varied key paths lead.

    Raises
    ------
    InputError
        If one leads nowhere, to what changes no run, or into another.
    """
    ways: list[Way] = []
    for path in paths:
        way = find(scenario.written.content, path, file=scenario.written.file, within=OPTION)
        if way[0] in _IDLE:
            raise InputError(OPTION, "", path, "a key path to what decides a run; --seed says which chance")
        for other, known in zip(paths, ways, strict=False):
            if way[: len(known)] == known or known[: len(way)] == way:
                raise InputError(OPTION, "", path, f"a key path apart from {other}")
        ways.append(way)
    return ways


def touched(scenario: Scenario, ways: Iterable[Way]) -> tuple[str, ...]:
    """Strategies that a change at these places changes: those named by them and those that mix them in, or all."""
    names: set[str] = set()
    for way in ways:
        if way[0] != "strategies" or len(way) < 2:
            return tuple(scenario.strategies)
        names.add(str(way[1]))
    return tuple(name for name in scenario.strategies if names & _mixed(scenario, name))


def _mixed(scenario: Scenario, strategy: str) -> set[str]:
    """A strategy and all it mixes in."""
    mixed, waiting = set[str](), [strategy]
    while waiting:
        if (name := waiting.pop()) not in mixed:
            mixed.add(name)
            waiting += [mix.strategy for mix in scenario.strategies[name].mix]
    return mixed


def _parted(text: str, form: str) -> tuple[str, str]:
    path, equals, rest = text.partition("=")
    path = path.strip()
    if not equals or not path or re.search(r"\s", path):
        raise InputError(OPTION, "", text, form)
    return path, rest


def _apart(text: str) -> tuple[str, ...]:
    """Parts of a text between the commas outside brackets and quotes; what is left open is YAML's to refuse."""
    parts, waiting, quote = [""], list[str](), ""
    for sign in text:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in _CLOSING:
            waiting.append(_CLOSING[sign])
        elif waiting and sign == waiting[-1]:
            waiting.pop()
        elif sign == "," and not waiting:
            parts.append("")
            continue
        parts[-1] += sign
    return tuple(part.strip() for part in parts)


def _read(text: str, path: str) -> Any:
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        raise InputError(OPTION, path, text, "values as a scenario file writes them") from error


def _length(value: Any) -> int | None:
    try:
        return parse_duration(value)
    except ValueError:
        return None


def _alike(value: Any) -> Any:
    """Equal for values that say the same: lengths by how long they are."""
    length = _length(value) if isinstance(value, str) else None
    return (type(value).__name__, value) if length is None else ("length", length)
