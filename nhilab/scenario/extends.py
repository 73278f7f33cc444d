"""Scenario files that extend others: the other file's content under this one's, each number with its own origin.

Mappings merge key by key; everything else, lists and distributions too, is replaced; ``null`` removes a key of what
lies under it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from nhilab.base.errors import InputError
from nhilab.base.files import read_text
from nhilab.scenario.distributions import KINDS
from nhilab.scenario.provenance import Origin, Provenance, read_provenance

GONE: Final = object()
"""Stands where ``null`` removed a key, so that a preset does not give it back."""


class Content(NamedTuple):
    """Content without its tags, and the origin of its numbers by key path."""

    plain: Any
    origins: Mapping[str, Origin]


def read_extended(path: Path) -> tuple[dict[Any, Any], Provenance]:
    """Content of a scenario file over that of the files it extends.

    Parameters
    ----------
    path : Path
        The file. ``extends`` at its top names another one, relative to it. A folder of CSV tables is relative to the
        file that names it.

    Returns
    -------
    tuple of dict and Provenance
        The content, in which keys removed by ``null`` may still be marked (``without_gone``), and the origins.

    Raises
    ------
    InputError
        If a file cannot be read, is not plain YAML, gives a key twice, or extends itself.
    """
    whole = _read_chain(path, Path(), ())
    return whole.plain, Provenance(dict(whole.origins))


def over(base: Content, top: Content, path: tuple[str, ...] = ()) -> Content:
    """Content of `top` merged over that of `base`; both lie at `path`, where their origins are named from the root.

    Examples
    --------
    >>> base = Content({"ttl": "1h", "renew": {"ahead": 0.5}}, {"ttl": Origin("cited", "RFC")})
    >>> merged = over(base, Content({"ttl": "5m", "renew": None}, {"ttl": Origin("chosen", "")}))
    >>> without_gone(merged.plain), merged.origins["ttl"].tag
    ({'ttl': '5m'}, 'chosen')
    """
    origins: dict[str, Origin] = {}
    return Content(_merge(base, top, path, origins), origins)


def without_gone(plain: Any) -> Any:
    """The same content without the keys that ``null`` removed."""
    if isinstance(plain, dict):
        return {key: without_gone(value) for key, value in plain.items() if value is not GONE}
    return [without_gone(value) for value in plain] if isinstance(plain, list) else plain


def _merge(base: Content, top: Content, path: tuple[str, ...], origins: dict[str, Origin]) -> Any:
    replaced = _is_distribution(base.plain) and _is_distribution(top.plain)
    if replaced or not (isinstance(base.plain, dict) and isinstance(top.plain, dict)):
        return _keep(top, path, origins)
    both: dict[Any, Any] = {}
    for key in base.plain | top.plain:
        here = (*path, str(key))
        below, above = Content(base.plain.get(key), base.origins), Content(top.plain.get(key), top.origins)
        if key not in top.plain:
            both[key] = _keep(below, here, origins)
        elif key not in base.plain:
            both[key] = _keep(above, here, origins)
        else:
            both[key] = GONE if above.plain is None else _merge(below, above, here, origins)
    return both


def _is_distribution(plain: Any) -> bool:
    """Whether this is a distribution, of which there is one kind at a time."""
    return isinstance(plain, dict) and len(plain) == 1 and next(iter(plain)) in KINDS


def _keep(content: Content, path: tuple[str, ...], origins: dict[str, Origin]) -> Any:
    """Content as it is; the origins of its numbers come along."""
    plain = content.plain
    parts = plain.items() if isinstance(plain, dict) else enumerate(plain) if isinstance(plain, list) else ()
    for key, value in parts:
        _keep(Content(value, content.origins), (*path, str(key)), origins)
    name = ".".join(path)
    if name in content.origins:
        origins[name] = content.origins[name]
    return plain


def _read_chain(path: Path, place: Path, above: tuple[Path, ...]) -> Content:
    """Content of a file that lies in `place`, seen from the loaded file, and is extended by those `above`."""
    file, raw = str(path), _mapping(path)
    other = raw.pop("extends", None)
    try:
        plain, provenance = read_provenance(raw, file)
    except RecursionError as error:
        raise InputError(file, "", "a part of the file that holds itself", "plain YAML") from error
    estate = plain.get("estate")
    if above and isinstance(estate, dict) and isinstance(estate.get("tables"), str):
        estate["tables"] = str(place / estate["tables"])
    own = Content(plain, provenance.origins)
    if other is None:
        return own
    if not isinstance(other, str) or not (path.parent / other).is_file():
        raise InputError(file, "extends", other, "a scenario file, named relative to this one")
    chain = (*above, path.resolve())
    if (path.parent / other).resolve() in chain:
        raise InputError(file, "extends", other, "a file that does not, by way of others, extend itself")
    return over(_read_chain(path.parent / other, (place / other).parent, chain), own)


class _OnceLoader(yaml.SafeLoader):
    """Plain YAML in which no key is given twice: the first one would be lost without a word."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise yaml.MarkedYAMLError(problem=f"{key.value} twice", problem_mark=key.start_mark)
                seen.add(key.value)
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except ValueError as error:  # a date such as 2026-02-30
            raise yaml.MarkedYAMLError(problem=str(error), problem_mark=node.start_mark) from error


def _mapping(path: Path) -> dict[Any, Any]:
    text = read_text(path)
    try:
        raw = yaml.load(text, _OnceLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = (mark.line + 1, mark.column + 1) if mark else None
        raise InputError(path, "", error.problem or "", "plain YAML, each key once", at=at) from error
    except (yaml.YAMLError, ValueError) as error:
        raise InputError(path, "", str(error), "plain YAML") from error
    if not isinstance(raw, dict):
        raise InputError(path, "", type(raw).__name__, "a mapping with question, estate, strategies, threat, …")
    return raw
