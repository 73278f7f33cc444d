"""Where a key path leads in the content of a scenario file, and that content with another value there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from nhilab.base.errors import InputError
from nhilab.scenario.strategy_section import Stage, Strategy

Way = tuple[str | int, ...]
"""Keys of mappings and positions in lists, from the top."""

_SECTIONS: Final = {
    "strategy": "strategies", "issuer": "issuers", "verifier": "verifiers", "profile": "profiles",
}  # fmt: skip
_OF_A_STAGE: Final = (
    frozenset(name for name, field in Stage.model_fields.items()) | {"from"}
) - Strategy.model_fields.keys()


def find(content: Mapping[Any, Any], path: str, *, file: str, within: str = "") -> Way:
    """The way a key path leads.

    Parameters
    ----------
    content : mapping
        Of a scenario file, tags and presets resolved.
    path : str
        Keys and positions, joined by dots. ``strategy``, ``issuer``, ``verifier`` and ``profile`` may be said for the
        sections; ``stages.0`` of a strategy with one stage, and the kind of a layer, may be left out. The last key may
        be one that the file does not give.
    file, within : str
        Named in errors: the file, and the section that holds the path.

    Returns
    -------
    tuple of str and int

    Raises
    ------
    InputError
        If it leads nowhere.

    Examples
    --------
    >>> find({"strategies": {"jit": {"stages": [{"ttl": "1h"}]}}}, "strategy.jit.ttl", file="x.yaml")
    ('strategies', 'jit', 'stages', 0, 'ttl')
    >>> find({"verifiers": {"gw": {"layers": [{"cache": {"ttl": "1m"}}]}}}, "verifier.gw.layers.0.ttl", file="x.yaml")
    ('verifiers', 'gw', 'layers', 0, 'cache', 'ttl')
    """
    parts = path.split(".")
    parts[0] = _SECTIONS.get(parts[0], parts[0]) if len(parts) > 1 else parts[0]
    way: Way = ()
    here: Any = content
    while parts:
        step = _step(here, parts, way)
        if step is None:
            allowed = _allowed(here)
            raise InputError(file, within or "key path", path, f"after {_shown(way)}: {allowed}" if way else allowed)
        way += step[0]
        here, parts = step[1], parts[step[2] :]
    return way


def replaced(content: Any, way: Way, value: Any) -> Any:
    """The same content with another value at the end of a way; None removes the key.

    Examples
    --------
    >>> replaced({"a": [{"b": 1}, 2]}, ("a", 0, "b"), 3)
    {'a': [{'b': 3}, 2]}
    """
    if not way:
        return value
    first, rest = way[0], way[1:]
    if isinstance(content, Mapping):
        if not rest and value is None:
            return {key: part for key, part in content.items() if key != first}
        return {**content, first: replaced(content.get(first), rest, value)}
    return [replaced(part, rest, value) if i == first else part for i, part in enumerate(content)]


def _step(here: Any, parts: Sequence[str], way: Way) -> tuple[Way, Any, int] | None:
    """The next keys, what is there, and how many parts of the path they take; None where there is no such way."""
    if isinstance(here, list):
        if parts[0].isdecimal() and int(parts[0]) < len(here):
            return (int(parts[0]),), here[int(parts[0])], 1
        return None
    if not isinstance(here, Mapping):
        return None
    for taken in range(len(parts), 0, -1):  # a name may hold dots
        if (key := ".".join(parts[:taken])) in here:
            return (key,), here[key], taken
    return _shortened(here, parts, way)


def _shortened(here: Mapping[Any, Any], parts: Sequence[str], way: Way) -> tuple[Way, Any, int] | None:
    """The same where something was left out, or where the last key is one the file does not give."""
    stages = here.get("stages")
    if len(way) == 2 and way[0] == "strategies" and parts[0] in _OF_A_STAGE:
        return (("stages", 0), stages[0], 0) if isinstance(stages, list) and len(stages) == 1 else None
    if len(here) == 1 and way and isinstance(way[-1], int):
        kind, inside = next(iter(here.items()))
        if isinstance(inside, Mapping):
            return (kind,), inside, 0
    return ((parts[0],), None, 1) if len(parts) == 1 else None


def _shown(way: Way) -> str:
    return ".".join(map(str, way))


def _allowed(here: Any) -> str:
    if isinstance(here, list):
        return f"a position from 0 to {len(here) - 1}" if here else "nothing, the list is empty"
    if not isinstance(here, Mapping):
        return f"nothing, it is {here!r}"
    stages = here.get("stages")
    if isinstance(stages, list) and len(stages) > 1:
        return f"stages.0 to stages.{len(stages) - 1}, since it has several stages"
    return "one of " + ", ".join(map(str, here))
