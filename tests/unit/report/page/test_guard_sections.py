"""The guards of a comparison's page: both thieves, what is assumed, controls."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from unit.study.comparisons.test_assumptions import examined, scenario_of
from unit.study.small import compared, small

from nhilab.report.page.comparison import comparison_page
from nhilab.report.page.guards import guard_sections
from nhilab.report.page.html import html_of
from nhilab.report.page.section import Section
from nhilab.study.comparisons.compare import compare


def titled(found: tuple[Section, ...], title: str) -> Section:
    return next(section for section in found if section.title == title)


def test_both_thieves_have_a_row_for_each_strategy_with_numbers(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    comparison = dataclasses.replace(compared(scenario), hypothetical=("task",))
    section = titled(guard_sections(comparison, scenario), "Automated and manual thief")
    (table,) = section.tables
    assert [row.cells[0].text for row in table.rows] == ["static", "session", "task (hypothetical)"]
    assert [row.strategy for row in table.rows] == ["static", "session", "task"]
    assert table.rows[0].cells[1].text.startswith("≥ ")
    assert "manual thief (30m a hop): access window" in table.headings


def test_a_thief_that_was_not_replayed_leaves_words_and_no_table(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    one = compare(scenario, seed=0, replications=2, campaigns=10, thieves="one")
    section = titled(guard_sections(one, scenario), "Automated and manual thief")
    assert not section.tables
    assert any("was not replayed" in text for text in section.paragraphs)


def test_what_was_examined_is_a_table_and_what_was_not_a_sentence(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path)
    comparison = compared(scenario, ("cut", "fixed"))
    title = "The verdict and what is assumed"
    section = titled(guard_sections(comparison, scenario), title)
    assert not section.tables
    assert any(text.startswith("Not examined") for text in section.paragraphs)
    found = dataclasses.replace(comparison, assumptions=examined(tmp_path, ("cut", "fixed")))
    (table,) = titled(guard_sections(found, scenario), title).tables
    (row,) = table.rows
    assert [cell.text for cell in row.cells[:3]] == ["issuers.sts.ttl_range", "stays", "fixed is best"]
    assert row.cells[0].detail == "a guess"
    assert row.cells[3].value == pytest.approx(1.0, abs=0.02)


def test_the_controls_are_those_of_the_numbers_and_findings_shown(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    section = titled(guard_sections(compared(scenario), scenario), "Controls")
    spoken = {row.cells[0].text: row.cells[2].text for table in section.tables for row in table.rows}
    assert "unbounded_share" in spoken["NHI7:2025"]
    assert "endless-access" in spoken["NHI7:2025"]
    assert "access_window_s_p95" not in spoken["NHI7:2025"]
    assert "benign_alerts_per_day" not in "".join(spoken.values())
    assert [table.title.split()[0] for table in section.tables] == ["OWASP", "OWASP", "OWASP", "NIST", "NIST"]
    assert "no certification" in section.paragraphs[0]


def test_the_page_of_a_comparison_shows_all_three(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    text = html_of(comparison_page(compared(scenario), scenario))
    for title in ("Automated and manual thief", "The verdict and what is assumed", "Controls"):
        assert f">{title}</" in text
