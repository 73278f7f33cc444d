"""Differences that cannot be told from none are named, beside the numbers."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from unit.study.small import compared, small

from nhilab.report.sentences.notes import caveats, precision_line, unresolved
from nhilab.study.intervals.means import Contrast


def test_the_differences_shown_that_are_not_resolved_are_named_with_their_strategies(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    comparison = compared(scenario)
    clear, unclear, none = Contrast(2.0, 1.0, 3.0, 1.0), Contrast(2.0, -1.0, 5.0, 1.0), Contrast(0.0, 0.0, 0.0, 1.0)
    differences = {
        "session - static": {"access_window_s": unclear, "reach": unclear, "issuances_per_task": clear},
        "task - static": {"access_window_s": clear, "reach": unclear, "issuances_per_task": none, "hops": unclear},
    }
    said = dataclasses.replace(comparison, differences=differences)
    sentence = (
        "Differences from static not resolved at 95 %: access window of session; resources reached of session and task."
    )
    assert unresolved(said) == [sentence]
    assert sentence in caveats(said, scenario)


def test_where_all_differences_are_resolved_nothing_is_said(tmp_path: Path) -> None:
    comparison = compared(small(tmp_path), ("static", "task"))
    clear = {key: Contrast(2.0, 1.0, 3.0, 1.0) for key in comparison.difference("task")}
    assert unresolved(dataclasses.replace(comparison, differences={"task - static": clear})) == []


def test_without_a_precision_asked_for_nothing_is_said_of_it(tmp_path: Path) -> None:
    assert precision_line(compared(small(tmp_path))) == ""
