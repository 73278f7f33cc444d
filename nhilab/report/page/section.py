"""What a page is made of besides pictures: cells, tables, and sections of sentences and tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Tone = Literal["plain", "faint", "good", "bad", "open"]
"""How a cell looks: faint what cannot be told from nothing; good, bad and open are verdicts."""


@dataclass(frozen=True)
class Cell:
    """One cell of a table.

    Attributes
    ----------
    text : str
        What is read first: a number in its unit, or words.
    detail : str
        What is read below it, smaller: an interval, a reason.
    value : float, optional
        The number by which its column is sorted, in one unit for the whole column; None, or NaN, where there is
        none: these come last. A column without any value is sorted by its text.
    tone : Tone
    """

    text: str
    detail: str = ""
    value: float | None = None
    tone: Tone = "plain"


@dataclass(frozen=True)
class Row:
    """One row of a table; its first cell names it.

    Attributes
    ----------
    cells : tuple of Cell
    strategy : str
        Key of the strategy it is about, by which it can be hidden; empty if it is about none.
    """

    cells: tuple[Cell, ...]
    strategy: str = ""


@dataclass(frozen=True)
class Table:
    """One table: a heading per column, a cell per heading in each row.

    Attributes
    ----------
    title : str
    headings : tuple of str
    rows : tuple of Row
    sortable : bool
        Whether its columns can be sorted: not where numbers are written as words.
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    sortable: bool = True

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row.cells) != len(self.headings):
                raise ValueError(f"{self.title}: {len(row.cells)} cells under {len(self.headings)} headings")

    @property
    def numeric(self) -> tuple[bool, ...]:
        """For each column whether it holds numbers."""
        columns = range(len(self.headings))
        return tuple(any(row.cells[i].value is not None for row in self.rows) for i in columns)


@dataclass(frozen=True)
class Section:
    """A part of a page: a title, sentences, tables.

    Attributes
    ----------
    title : str
    paragraphs : tuple of str
        Plain text; what looks like HTML is shown, not obeyed.
    tables : tuple of Table
    folded : bool
        Each table is opened by its title; open on paper.
    """

    title: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    folded: bool = False


def words(rows: Iterable[Iterable[str]]) -> tuple[Row, ...]:
    """Rows of nothing but words.

    Examples
    --------
    >>> words([["log", "T1552"]])[0].cells[1].text
    'T1552'
    """
    return tuple(Row(tuple(Cell(text) for text in row)) for row in rows)
