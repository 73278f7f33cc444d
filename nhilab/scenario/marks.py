"""Where in a scenario file, or in one that it extends, a key stands; looked for only where somebody is to be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import yaml

from nhilab.base.errors import InputError
from nhilab.scenario.provenance import TAGS

_MERGE: Final = "tag:yaml.org,2002:merge"
_SCENARIOS: Final = (".yaml", ".yml")


class Position(NamedTuple):
    """A place in a text file; lines and columns count from 1."""

    file: Path
    line: int
    column: int


class _Found(NamedTuple):
    """A node, and where the key or the list position that holds it stands."""

    file: Path
    mark: yaml.Mark
    node: yaml.Node


def line_of(file: Path, keys: Sequence[str]) -> int | None:
    """Line of a key, from 1; None where it is not in the file itself, such as in one that it extends.

    Parameters
    ----------
    file : Path
    keys : sequence of str
        From the top, mappings only.

    Notes
    -----
    Checked by ``tests/unit/scenario/test_marks.py``.
    """
    node, line = _composed(file), None
    for key in keys:
        if not isinstance(node, yaml.MappingNode):
            return None
        found = next(((k, v) for k, v in node.value if k.value == key), None)
        if found is None:
            return None
        line, node = found[0].start_mark.line + 1, found[1]
    return line


def located(error: InputError) -> InputError:
    """The same error with the line and column of its key path, where a scenario file holds that.

    Parameters
    ----------
    error : InputError

    Returns
    -------
    InputError
        Naming the file that holds the key, which may be one that the error's file extends.

    Notes
    -----
    Checked by ``tests/unit/scenario/test_marks.py``.
    """
    if error.at is not None or not error.key or not error.file.endswith(_SCENARIOS):
        return error
    found = position_of(Path(error.file), error.key, of_key=error.found == error.key.split(".")[-1])
    if found is None:
        return error
    return InputError(found.file, error.key, error.found, error.allowed, at=(found.line, found.column))


def position_of(file: Path, key: str, *, of_key: bool = False) -> Position | None:
    """Where a key path stands: its value if that is one word, else its key; the nearest key above it if it is absent.

    Parameters
    ----------
    file : Path
        A scenario file; what it does not say is looked for in those it extends.
    key : str
        Keys and positions in lists, joined by dots; keys may hold dots themselves.
    of_key : bool
        The key itself is what is wrong.

    Returns
    -------
    Position or None
        None where not even the first key is found. Merge keys and aliases lead to where the value is written.
    """
    here = list(_chain(file))
    parts: list[str] = key.split(".")
    last: _Found | None = None
    while parts:
        for taken in range(len(parts), 0, -1):
            inside = list(_inside(here, ".".join(parts[:taken])))
            if inside:
                here, parts, last = inside, parts[taken:], inside[0]
                break
        else:
            break
    if last is None:
        return None
    one_word = not (parts or of_key) and isinstance(last.node, yaml.ScalarNode)
    mark = last.node.start_mark if one_word else last.mark
    return Position(last.file, mark.line + 1, mark.column + 1)


def _chain(file: Path) -> Iterator[_Found]:
    """The top of a file, then those of the files under it, as far as they can be read."""
    seen: set[Path] = set()
    while file.resolve() not in seen and (node := _composed(file)) is not None:
        seen.add(file.resolve())
        yield _Found(file, node.start_mark, node)
        other = next((found.node for found in _within(_Found(file, node.start_mark, node), "extends")), None)
        if not isinstance(other, yaml.ScalarNode):
            return
        file = file.parent / other.value


def _inside(here: Sequence[_Found], key: str) -> Iterator[_Found]:
    """What stands at a key of parts that lie over one another, the uppermost first; what they hide is left out."""
    for part in here:
        for found in _within(part, key):
            yield found
            if not isinstance(found.node, yaml.MappingNode):
                return


def _within(part: _Found, key: str) -> Iterator[_Found]:
    """What stands at a key of one part: its own, in a tagged part of it, or merged into it."""
    node = part.node
    if isinstance(node, yaml.SequenceNode):
        if key.isdecimal() and int(key) < len(node.value):
            item = node.value[int(key)]
            yield _Found(part.file, item.start_mark, item)
        return
    if not isinstance(node, yaml.MappingNode):
        return
    for name, value in node.value:
        if name.value == key:
            yield _Found(part.file, name.start_mark, _plain(value))
    for name, value in node.value:
        if name.value in TAGS and isinstance(value, yaml.MappingNode):
            yield from _within(_Found(part.file, name.start_mark, value), key)
        elif name.tag == _MERGE:
            merged = value.value if isinstance(value, yaml.SequenceNode) else [value]
            for other in merged:
                yield from _within(_Found(part.file, name.start_mark, other), key)


def _plain(node: yaml.Node) -> yaml.Node:
    """The value of a number that is tagged by itself."""
    if isinstance(node, yaml.MappingNode) and {name.value for name, _ in node.value} <= {"value", *TAGS}:
        return next((value for name, value in node.value if name.value == "value"), node)
    return node


def _composed(file: Path) -> yaml.Node | None:
    """Nodes of a file; None where it cannot be read."""
    try:
        node: yaml.Node | None = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return None
    return node
