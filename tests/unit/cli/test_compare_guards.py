"""``nhilab compare``: which thieves are shown, and which assumed numbers are examined."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from unit.study.comparisons.test_assumptions import RANGE, scenario_of

from nhilab.cli.main import run

FEW = ("-s", "cut", "-s", "fixed", "--campaigns", "10", "--workers", "1")


@pytest.fixture
def file(tmp_path: Path) -> str:
    return scenario_of(tmp_path).written.file


@pytest.mark.parametrize("option", ["--thieves", "--assumptions"])
def test_a_value_there_is_not_is_one_line_that_names_those_there_are(
    file: str, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["compare", file, option, "three"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "three" in error


def numbers(file: str, folder: Path, *options: str) -> dict[str, dict[str, object]]:
    out = folder / "numbers.json"
    assert run(["compare", file, *FEW, *options, "--json", str(out), "--quiet"]) == 0
    content: dict[str, dict[str, object]] = json.loads(out.read_text(encoding="utf-8"))
    return content


def test_what_costs_more_than_the_comparison_is_examined_only_if_asked(file: str, tmp_path: Path) -> None:
    few = numbers(file, tmp_path, "--replications", "2")
    assert not few["assumptions"]["examined"]
    assert few["assumptions"]["not_examined"] == {RANGE: "not asked for"}
    asked = numbers(file, tmp_path, "--replications", "2", "--assumptions", "all")
    assert set(asked["assumptions"]["examined"]) == {RANGE}


def test_what_costs_no_more_than_the_comparison_is_examined_unless_forbidden(file: str, tmp_path: Path) -> None:
    assert numbers(file, tmp_path, "--replications", "4")["assumptions"]["examined"]
    assert not numbers(file, tmp_path, "--replications", "4", "--assumptions", "none")["assumptions"]["examined"]


def test_one_thief_changes_no_number(file: str, tmp_path: Path) -> None:
    both, one = (numbers(file, tmp_path, "--replications", "2", "--thieves", what) for what in ("both", "one"))
    assert one["thieves"]["other"] is None
    assert both["strategies"] == one["strategies"]
