"""One CSV table of an architect: encoding, separator, headings, rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from nhilab.base.errors import InputError
from nhilab.importers.tables.columns import SECONDS, TABLES, allowed, of_heading, plain

SEPARATORS: Final = {",": "comma", ";": "semicolon", "\t": "tab"}
"""Separators a table may have; the one under which most headings are columns is taken, the first of equals."""

_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_UTF_8: Final = "text in UTF-8, as spreadsheets save 'CSV UTF-8'"


class Row(NamedTuple):
    """A row: its number in the file, the header's being 1 as a rule, and its cells by column, trimmed."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """A table as read. `headings` gives the heading of each column that is there."""

    path: Path
    name: str
    separator: str
    headings: Mapping[str, str]
    unread: tuple[str, ...]
    rows: tuple[Row, ...]
    blank: int
    repeated: tuple[int, ...]

    def key(self, row: Row, column: str) -> str:
        """Where a cell stands, as error messages say it."""
        return f"row {row.number}, column {self.headings.get(column, column)}"

    def refusal(self, row: Row, column: str, allowed: str) -> InputError:
        """The error that a cell's value is not allowed."""
        return InputError(self.path, self.key(row, column), row.cells[column], allowed)

    def in_seconds(self, column: str) -> bool:
        """Whether a column's heading says that it holds seconds."""
        return plain(self.headings.get(column, "")).endswith(SECONDS)


def read_table(folder: Path, name: str) -> Table:
    """Read one of the four tables.

    Blank rows and rows that repeat an earlier one in every cell are dropped and counted; cells missing at the end of a
    row are empty.

    Parameters
    ----------
    folder : Path
        Folder that holds ``NAME.csv``.
    name : str
        identities, resources, grants or jobs.

    Raises
    ------
    InputError
        If the file cannot be read, is not UTF-8, lacks a column, has two for one, or has a row that is no CSV.

    Notes
    -----
    Checked by ``tests/unit/importers/tables/test_reading.py``.
    """
    path = folder / f"{name}.csv"
    text = _text(path)
    separator = _separator(text, name)
    reader = _numbered(path, csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True,
                                        skipinitialspace=True))  # fmt: skip
    header = next((cells for _, cells in reader if any(cells)), [])
    headings, places = _columns(path, name, header)
    rows: list[Row] = []
    blank, repeated, seen = 0, [], set[tuple[str, ...]]()
    for number, cells in reader:
        if not any(cells):
            blank += 1
            continue
        if any(cells[len(header) :]):
            raise InputError(path, f"row {number}", f"{len(cells)} cells", f"{len(header)} cells, as the header has")
        whole = tuple(cells[: len(header)]) + ("",) * (len(header) - len(cells))
        if whole in seen:
            repeated.append(number)
            continue
        seen.add(whole)
        rows.append(Row(number, {column: whole[place] for column, place in places.items()}))
    unread = tuple(heading for i, heading in enumerate(header) if heading and i not in places.values())
    return Table(path, name, SEPARATORS[separator], headings, unread, tuple(rows), blank, tuple(repeated))


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(path, "", error.strerror or str(error), "a file that can be read") from error
    if content.startswith(_UTF_16):
        raise InputError(path, "", "UTF-16", _UTF_8)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise InputError(path, f"row {row}", content[error.start : error.start + 1], _UTF_8) from error
    if "\0" in text:
        raise InputError(path, f"row {text.count(chr(10), 0, text.index(chr(0))) + 1}", "\0", _UTF_8)
    return text


def _separator(text: str, name: str) -> str:
    """The separator under which most headings of the first line that holds any are columns of the table."""
    line = next((line for line in io.StringIO(text, newline="") if line.strip(" \t\r\n,;")), "")

    def known(separator: str) -> int:
        return sum(bool(of_heading(name, heading.strip().strip('"'))) for heading in line.split(separator))

    return max(SEPARATORS, key=known)


def _numbered(path: Path, reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Rows with their number, cells trimmed."""
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise InputError(
            path, f"row {number + 1}", str(error), "cells of ordinary size, quotes around whole ones"
        ) from error


def _columns(path: Path, name: str, header: list[str]) -> tuple[dict[str, str], dict[str, int]]:
    """Heading and place of each column. A column's own name comes before its aliases."""
    headings: dict[str, str] = {}
    places: dict[str, int] = {}
    for column in TABLES[name]:
        found = [i for i, heading in enumerate(header) if of_heading(name, heading) == column.name]
        exact = [i for i in found if plain(header[i]) == column.name]
        if len(exact or found) > 1:
            twice = " and ".join(header[i] for i in exact or found)
            raise InputError(path, f"column {column.name}", twice, "one column of that meaning")
        for i in exact or found:
            headings[column.name], places[column.name] = header[i], i
        if column.needed and not found:
            raise InputError(path, f"column {column.name}", ", ".join(header) or "an empty file", allowed(name))
    return headings, places
