"""Where each number of a scenario file comes from: measured, cited, assumed, or chosen by the strategy's author.

In any mapping, a key `measured`, `cited` or `assumed` with a text tags the numbers beside it; with a mapping, its
content is merged into the mapping around it and tagged (its `source` is the text). `{value: 5m, cited: URL}` tags one
number. The closest tag wins; numbers of strategies, and of what studies are to try, are chosen; any other number
without a tag counts as assumed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from nhilab.base.errors import InputError

TAGS: Final = ("measured", "cited", "assumed")
CHOSEN: Final = frozenset({"strategies", "limits", "controls", "space", "worlds"})
"""Sections whose numbers are somebody's choice."""
_NUMBER: Final = re.compile(r"^\d")


class Origin(NamedTuple):
    """Tag of one number and the source or reason given."""

    tag: str
    source: str


UNTAGGED: Final = Origin("assumed", "")


@dataclass(frozen=True)
class Provenance:
    """Origin of every number of a scenario file, by key path."""

    origins: dict[str, Origin]

    def shares(self) -> dict[str, float]:
        """Share of numbers that are measured, cited, assumed and chosen."""
        counts = dict.fromkeys((*TAGS, "chosen"), 0)
        for origin in self.origins.values():
            counts[origin.tag] += 1
        total = max(1, sum(counts.values()))
        return {tag: count / total for tag, count in counts.items()}


def _is_number(value: object) -> bool:
    if isinstance(value, str):
        return bool(_NUMBER.match(value)) or value in ("never", "unlimited")
    return isinstance(value, int | float) and not isinstance(value, bool)


class _Reader:
    """Walks the raw content once, untagging it and noting each number's origin."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.origins: dict[str, Origin] = {}

    def untag(self, raw: Any, path: tuple[str, ...], origin: Origin) -> Any:
        if isinstance(raw, dict):
            return self._mapping(raw, path, origin)
        if isinstance(raw, list):
            return [self.untag(v, (*path, str(i)), origin) for i, v in enumerate(raw)]
        if _is_number(raw):
            self.origins[".".join(path)] = origin
        return raw

    def _mapping(self, raw: dict[Any, Any], path: tuple[str, ...], origin: Origin) -> Any:
        for tag in TAGS:
            if isinstance(raw.get(tag), str):
                origin = Origin(tag, raw[tag])
        if "value" in raw and set(raw) <= {"value", *TAGS}:
            return self.untag(raw["value"], path, origin)
        plain: dict[Any, Any] = {}
        for key, value in raw.items():
            if key in TAGS and isinstance(value, dict):
                source = str(value.get("source", ""))
                inner = {k: v for k, v in value.items() if k != "source"}
                self._merge(plain, self.untag(inner, path, Origin(key, source)), path)
            elif key not in TAGS:
                here = (*path, str(key))
                chosen = Origin("chosen", "") if path == () and key in CHOSEN else origin
                self._merge(plain, {key: self.untag(value, here, chosen)}, path)
            elif not isinstance(value, str):
                raise InputError(self.file, ".".join((*path, key)), value, "a source or reason, or a mapping")
        return plain

    def _merge(self, into: dict[Any, Any], new: dict[Any, Any], path: tuple[str, ...]) -> None:
        for key, value in new.items():
            if key not in into:
                into[key] = value
            elif isinstance(into[key], dict) and isinstance(value, dict):
                self._merge(into[key], value, (*path, str(key)))
            else:
                raise InputError(self.file, ".".join((*path, str(key))), value, "a key given once")


def read_provenance(raw: dict[Any, Any], file: str) -> tuple[dict[Any, Any], Provenance]:
    """Content without its tags, and the origin of every number.

    Raises
    ------
    InputError
        If two tagged parts give the same key.
    """
    reader = _Reader(file)
    return reader.untag(raw, (), UNTAGGED), Provenance(reader.origins)
