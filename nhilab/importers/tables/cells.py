"""What a cell says: names, flags, numbers, lengths. A cell that is not there or empty says nothing."""

from __future__ import annotations

import math
import re
from typing import Final

from nhilab.base.quantities import NEVER, parse_duration
from nhilab.importers.tables.reading import Row, Table

LONGEST: Final = 500
"""Characters a name may have."""

RESERVED: Final = frozenset({"measured", "cited", "assumed", "value", "source", "default", "build-logs"})
"""Words that mean something in a scenario file and cannot name a place or a verifier."""

_FLAGS: Final = {"true": True, "yes": True, "y": True, "1": True, "false": False, "no": False, "n": False, "0": False}
_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_WORD: Final = re.compile(r"[^\s*?]+")
_SECONDS: Final = re.compile(r"\d+(\.\d+)?")
_LIST: Final = re.compile(r"[|;,\s]+")


def said(row: Row, column: str) -> str:
    """Text of a cell; empty if the column is not there."""
    return row.cells.get(column, "")


def line(table: Table, row: Row, column: str, allowed: str = "a text") -> str:
    """Text of a cell that must be on one line, without control characters, and not too long.

    Raises
    ------
    InputError
        If it is not.
    """
    text = said(row, column)
    if len(text) > LONGEST or (not text.isprintable() and _BREAKS.search(text)):
        raise table.refusal(row, column, f"{allowed} on one line, of at most {LONGEST} characters")
    return text


def name(table: Table, row: Row, column: str) -> str:
    """Name in a cell that must not be empty.

    Raises
    ------
    InputError
        If it is empty or not on one line.
    """
    text = line(table, row, column, "a name")
    if not text:
        raise table.refusal(row, column, "a name")
    return text


def word(table: Table, row: Row, column: str, *, reserved: frozenset[str] = frozenset()) -> str:
    """A name without blanks, ``*`` and ``?``, or nothing.

    Raises
    ------
    InputError
        If it is none, or a reserved one.
    """
    text = line(table, row, column, "a name")
    if text and (not _WORD.fullmatch(text) or text in reserved):
        but = f", and none of {', '.join(sorted(reserved))}" if text in reserved else ""
        raise table.refusal(row, column, f"a name without blanks, * and ?{but}")
    return text


def words(table: Table, row: Row, column: str) -> tuple[str, ...]:
    """Operations in a cell, separated by ``|``, ``;``, ``,`` or blanks; each once, in order."""
    text = line(table, row, column, "operations")
    return tuple(dict.fromkeys(part for part in _LIST.split(text) if part))


def flag(table: Table, row: Row, column: str, *, default: bool) -> bool:
    """Truth of a cell.

    Raises
    ------
    InputError
        If it says neither true nor false.
    """
    text = said(row, column)
    if not text:
        return default
    if text.lower() not in _FLAGS:
        raise table.refusal(row, column, "true or false (also yes, no, 1, 0)")
    return _FLAGS[text.lower()]


def number(table: Table, row: Row, column: str, *, least: float, most: float, allowed: str) -> float | None:
    """Number in a cell, from `least` to `most`; None if it is empty.

    Raises
    ------
    InputError
        If it is no such number.
    """
    text = said(row, column)
    if not text:
        return None
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not least <= found <= most:
        raise table.refusal(row, column, allowed)
    return found


def length(table: Table, row: Row, column: str) -> int | None:
    """Length in a cell, µs; None if it is empty.

    Raises
    ------
    InputError
        If it is no finite length above zero, or has no unit in a column whose heading does not say seconds.
    """
    text = said(row, column)
    if not text:
        return None
    seconds = table.in_seconds(column)
    allowed = "seconds above zero, such as 90" if seconds else (
        "a length above zero with its unit, such as 90s, 15m or 1h30m; or seconds in a column "
        f"{column}_s"
    )  # fmt: skip
    try:
        found = parse_duration(f"{text}s" if seconds and _SECONDS.fullmatch(text) else text)
    except ValueError as error:
        raise table.refusal(row, column, allowed) from error
    if not 0 < found < NEVER:
        raise table.refusal(row, column, allowed)
    return found
