"""Numbers as cells: what is read, the interval below it, and the number to sort by."""

from __future__ import annotations

import math
from typing import Final

import polars as pl

from nhilab.report.page.section import Cell, Row, Table, Tone
from nhilab.report.sentences.words import NOTHING, interval, number, shown_unit
from nhilab.study.estimates.estimate import Estimate
from nhilab.study.intervals.means import Contrast, Interval

ABOVE: Final = "above the cap"


def estimate_cell(key: str, estimate: Estimate, *, bound: bool = False, before: str = "") -> Cell:
    """An estimate of a metric.

    Parameters
    ----------
    key : str
        The metric's, which decides how it is shown.
    estimate : Estimate
    bound : bool
        The mean is only a lower bound, and marked as such.
    before : str
        A mark before the number.
    """
    return interval_cell(Interval(*estimate[:3]), shown_unit(key, estimate.unit), before=before + "≥ " * bound)


def interval_cell(value: Interval, unit: str, *, before: str = "", tone: Tone = "plain") -> Cell:
    """A number in a unit with its interval.

    Examples
    --------
    >>> interval_cell(Interval(90.0, 60.0, 120.0), "s")
    Cell(text='1m30s', detail='1m to 2m', value=90.0, tone='plain')
    """
    if math.isinf(value.mean):
        return Cell(ABOVE, value=value.mean, tone=tone)
    text = number(value.mean, unit)
    return Cell(text if text == NOTHING else before + text, interval(value.low, value.high, unit), value.mean, tone)


def change_cell(contrast: Contrast | Interval, unit: str, *, more: str = "") -> Cell:
    """A change, with its sign; faint where it cannot be told from 0.

    Parameters
    ----------
    contrast : Contrast or Interval
    unit : str
        In which it is shown.
    more : str
        Said below it as well.
    """
    faint = not (contrast.low > 0 or contrast.high < 0)
    sign = "+" if contrast.mean > 0 else ""
    cell = interval_cell(Interval(*contrast[:3]), unit, before=sign, tone="faint" if faint else "plain")
    return Cell(cell.text, "; ".join(filter(None, (cell.detail, more))), cell.value, cell.tone)


def frame_table(title: str, frame: pl.DataFrame) -> Table:
    """A frame as a table, as it is; rows can be hidden where it has a column strategy, but not sorted.

    Examples
    --------
    >>> frame_table("Lives", pl.DataFrame({"who": ["a"], "n": [2.5]})).rows[0].cells[1]
    Cell(text='2.5', detail='', value=2.5, tone='plain')
    """
    about = frame["strategy"].to_list() if "strategy" in frame.columns else [""] * len(frame)
    rows = tuple(Row(tuple(map(_plain, row)), str(key)) for row, key in zip(frame.rows(), about, strict=True))
    return Table(title, tuple(column.replace("_", " ") for column in frame.columns), rows, sortable=False)


def _plain(value: object) -> Cell:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Cell(number(value, "1"), value=float(value))
    return Cell(NOTHING if value is None else str(value))
