"""Verdicts as JUnit XML: what test reports read."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from unit.report.verdicts import checked, judgement

from nhilab.report.files.junit import junit, write_junit

THREE = checked(
    {
        "a": (judgement("met"), judgement("broken", key="hops")),
        "b": (judgement("undecided", reason="no such case was seen"),),
    }
)


def counts(element: ElementTree.Element) -> list[str | None]:
    return [element.get(name) for name in ("tests", "failures", "skipped", "errors")]


def test_there_is_a_suite_for_each_strategy_and_a_case_for_each_limit_and_they_are_counted() -> None:
    root = ElementTree.fromstring(junit(THREE, file="estate.yaml"))
    suites = root.findall("testsuite")
    assert [suite.get("name") for suite in suites] == ["estate: a", "estate: b"]
    assert [counts(element) for element in (root, *suites)] == [
        ["3", "1", "1", "0"],
        ["2", "1", "0", "0"],
        ["1", "0", "1", "0"],
    ]
    assert {case.get("file") for case in root.iter("testcase")} == {"estate.yaml"}
    names = [case.get("name") for case in root.iter("testcase")]
    assert names == ["reach at most 3", "hops at most 3", "reach at most 3"]


def test_a_broken_limit_is_a_failure_that_says_what_was_found() -> None:
    (failure,) = ElementTree.fromstring(junit(THREE, file="estate.yaml")).iter("failure")
    assert failure.get("message") == "hops at most 3: found 4 (3.5 to 4.5) in 8 replications"
    assert failure.text == "Strategy a breaks the limit hops at most 3: found 4 (3.5 to 4.5) in 8 replications."


@pytest.mark.parametrize(("strict", "kind"), [(False, "skipped"), (True, "failure")])
def test_an_undecided_limit_is_skipped_or_if_strict_a_failure(strict: bool, kind: str) -> None:
    suite = ElementTree.fromstring(junit(THREE, file="estate.yaml", strict=strict)).findall("testsuite")[1]
    (found,) = suite.iter(kind)
    assert found.get("message", "").startswith("undecided: no such case was seen; found 4")


def test_names_with_marks_of_xml_and_with_what_it_cannot_hold_are_read_back() -> None:
    text = junit(checked({'<a> & "b"\x00': (judgement("broken"),)}, name="x<y\ud800"), file="a&b.yaml")
    root = ElementTree.fromstring(text.encode("utf-8"))
    (case,) = root.iter("testcase")
    assert case.get("classname") == 'nhilab.x<y?.<a> & "b"?'
    assert case.get("file") == "a&b.yaml"


def test_a_file_says_nothing_of_when_it_was_written(tmp_path: Path) -> None:
    write_junit(tmp_path / "a.xml", THREE, file="estate.yaml")
    text = (tmp_path / "a.xml").read_text(encoding="utf-8")
    assert text == junit(THREE, file="estate.yaml")
    assert "timestamp" not in text
    assert {element.get("time") for element in ElementTree.fromstring(text).iter() if element.get("time")} == {"0"}
