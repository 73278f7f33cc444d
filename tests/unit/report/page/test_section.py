"""Cells, rows and tables of a page."""

from __future__ import annotations

import math

import polars as pl
import pytest

from nhilab.report.page.cells import change_cell, estimate_cell, frame_table, interval_cell
from nhilab.report.page.section import Cell, Row, Table, words
from nhilab.study.estimates.estimate import Estimate
from nhilab.study.intervals.means import Contrast, Interval


def test_a_table_refuses_a_row_of_another_length() -> None:
    with pytest.raises(ValueError, match="Limits: 1 cells under 2 headings"):
        Table("Limits", ("strategy", "limit"), (Row((Cell("a"),)),))


def test_a_column_is_of_numbers_if_one_of_its_cells_has_one() -> None:
    rows = (Row((Cell("a"), Cell("—"))), Row((Cell("b"), Cell("3", value=3.0))))
    assert Table("T", ("name", "n"), rows).numeric == (False, True)
    assert Table("T", ("name", "n"), words([["a", "b"]])).numeric == (False, False)


def test_what_lies_above_the_cap_has_no_interval_and_sorts_last() -> None:
    cell = estimate_cell("access_window_s_p95", Estimate(math.inf, 60.0, math.inf, "s", 3))
    assert (cell.text, cell.detail, cell.value) == ("above the cap", "", math.inf)


def test_what_has_no_value_is_a_dash_without_a_mark() -> None:
    cell = estimate_cell("access_window_s", Estimate(math.nan, math.nan, math.nan, "s", 3), bound=True)
    assert (cell.text, cell.detail) == ("—", "")


def test_a_lower_bound_is_marked_before_its_number() -> None:
    assert estimate_cell("access_window_s", Estimate(60.0, 50.0, 70.0, "s", 3), bound=True).text == "≥ 1m"
    assert interval_cell(Interval(0.25, 0.2, 0.3), "%", before="≈ ") == Cell("≈ 25 %", "20 to 30 %", 0.25)


@pytest.mark.parametrize(
    ("contrast", "tone", "text"),
    [
        (Contrast(5.0, 1.0, 9.0, 1.0), "plain", "+5"),
        (Contrast(-5.0, -9.0, -1.0, 1.0), "plain", "-5"),
        (Contrast(5.0, -1.0, 11.0, 1.0), "faint", "+5"),
        (Contrast(5.0, math.nan, math.nan, math.nan), "faint", "+5"),
    ],
)
def test_a_change_has_its_sign_and_is_faint_where_it_cannot_be_told_from_nought(
    contrast: Contrast, tone: str, text: str
) -> None:
    cell = change_cell(contrast, "resources")
    assert (cell.tone, cell.text) == (tone, text)


def test_a_frame_is_shown_as_it_is_and_its_strategies_can_be_hidden() -> None:
    frame = pl.DataFrame({"median_time": ["1h", None], "strategy": ["a", "b"]})
    table = frame_table("Lives", frame)
    assert table.headings == ("median time", "strategy")
    assert [row.strategy for row in table.rows] == ["a", "b"]
    assert table.rows[1].cells[0].text == "—"
    assert not table.sortable
