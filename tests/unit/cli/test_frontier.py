"""The command that finds designs worth having."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from unit.study.hourly_designs import LONG, OBJECTIVES, SHORT, YAML

from nhilab.cli.main import run

COUNTED = [part for key in OBJECTIVES for part in ("--objective", key)]
FAST = ("--replications", "2", "--campaigns", "5", "--workers", "1", *COUNTED)


@pytest.fixture(autouse=True)
def apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NHILAB_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def path(tmp_path: Path) -> str:
    (tmp_path / "hourly.yaml").write_text(YAML, encoding="utf-8")
    return str(tmp_path / "hourly.yaml")


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run the command, which must fail as bad input; its one line on standard error."""

    def refuse(*arguments: object) -> str:
        assert run(["frontier", *map(str, arguments)]) == 2
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1)
        return err

    return refuse


def test_the_frontier_is_printed_within_80_columns(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["frontier", path, *FAST]) == 0
    out = capsys.readouterr().out
    assert "jit: all 6 designs, 2 replications of 6h, 5 campaigns each, seed 1" in out
    assert "The frontier (2 of 6 designs)" in out
    assert f"Least access window: {SHORT}, in all 6 other worlds too." in " ".join(out.split())
    assert max(map(len, out.splitlines())) <= 80


def test_files_hold_the_same_bytes_whatever_the_workers(path: str, tmp_path: Path) -> None:
    names = ("f.json", "f.csv", "f.svg")
    for workers in ("1", "2"):
        files = [str(tmp_path / workers / name) for name in names]
        outputs = ["--json", files[0], "--csv", files[1], "--figure", files[2]]
        assert run(["frontier", path, *FAST, "--no-worlds", "--quiet", *outputs, "--workers", workers]) == 0
    assert all((tmp_path / "1" / n).read_bytes() == (tmp_path / "2" / n).read_bytes() for n in names)


def test_the_files_hold_every_design_and_its_place(
    path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    numbers, table = tmp_path / "f.json", tmp_path / "f.csv"
    assert run(["frontier", path, *FAST, "--quiet", "--json", str(numbers), "--csv", str(table)]) == 0
    assert capsys.readouterr() == ("", "")
    content = json.loads(numbers.read_text())
    assert content["stability"]["designs"] == [SHORT, LONG]
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert [row["design"] for row in rows if row["on_frontier"] == "1"] == [SHORT, LONG]
    assert [row["design"] for row in rows] == [design["name"] for design in content["designs"]]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-s", "nobody"), "found 'nobody'; allowed: one of static, jit"),
        (("--objective", "risk"), "--objective: found 'risk'; allowed: one of access_window_s"),
        (("--within-limits",), "limits: found 'nothing'"),
        (("--figure", "f.pdf"), "a file that ends in .svg or .png"),
        (("--figure", "f.svg", "--objective", "reach"), "two objectives or more"),
        (("--report", "page.pdf"), "a file that ends in .html"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(path: str, refused: Any, arguments: Any, said: str) -> None:
    assert said in refused(path, "--no-worlds", *arguments)


def test_a_world_that_cannot_be_is_refused_before_anything_is_computed(tmp_path: Path, refused: Any) -> None:
    (tmp_path / "odd.yaml").write_text(YAML + "worlds: {odd: {threat.hop_time: 5 bananas}}\n", encoding="utf-8")
    assert "threat.hop_time: found '5 bananas'" in refused(tmp_path / "odd.yaml")
