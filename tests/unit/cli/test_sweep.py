"""The commands that vary values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from unit.study.small import write

from nhilab.cli.main import run

FAST = ("--replications", "2", "--campaigns", "10", "--workers", "1")
VARY = ("--vary", "strategy.task.ttl=1m,15m")
SEARCH = ("--vary", "strategy.session.ttl=5m..8h", "--against", "task", "--tolerance", "10%")


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NHILAB_CACHE", str(tmp_path / "cells"))


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command, which must fail as bad input; its one line on standard error."""

    def refuse(*arguments: object) -> str:
        assert run([*map(str, arguments)]) == 2
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1)
        return err

    return refuse


def test_a_sweep_is_printed_in_80_columns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sweep", str(write(tmp_path)), *FAST, *VARY]) == 0
    out = capsys.readouterr().out
    assert "2 points, 2 replications of 4h, 10 campaigns each, seed 7; 4 cells" in out.replace("\n", " ")
    assert "ttl: strategy.task.ttl" in out
    assert max(map(len, out.splitlines())) <= 80


def test_a_quiet_sweep_writes_its_files_and_prints_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, files = str(write(tmp_path)), {}
    for folder in ("a", "b"):
        out = {kind: tmp_path / folder / f"sweep.{kind}" for kind in ("json", "csv", "svg")}
        arguments = ["--json", str(out["json"]), "--csv", str(out["csv"]), "--figure", str(out["svg"])]
        assert run(["sweep", path, *FAST, *VARY, "--metric", "reach", *arguments, "--quiet"]) == 0
        files[folder] = {kind: file.read_bytes() for kind, file in out.items()}
    assert capsys.readouterr() == ("", "")
    assert files["a"] == files["b"]
    assert json.loads(files["a"]["json"])["metrics"] == ["reach"]
    assert pl.read_csv(files["a"]["csv"])["strategy.task.ttl"].to_list() == ["1m", "15m"]


def test_a_break_even_is_a_sentence_and_a_table_in_80_columns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figure, numbers = tmp_path / "even.svg", tmp_path / "even.json"
    arguments = ["--figure", str(figure), "--json", str(numbers)]
    assert run(["break-even", str(write(tmp_path)), *FAST, *SEARCH, *arguments]) == 0
    out = capsys.readouterr().out
    assert "The access window of session equals that of task at ttl = " in out.replace("\n", " ")
    assert max(map(len, out.splitlines())) <= 80
    assert figure.read_text().count("<svg") == 1
    assert json.loads(numbers.read_text())["schema"] == "nhilab/break-even/1"


def test_no_break_even_in_range_is_said_and_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    search = ["--vary", "strategy.session.ttl=4h..8h", "--against", "task", "--tolerance", "10%"]
    assert run(["break-even", str(write(tmp_path)), *FAST, *search]) == 0
    assert "None in range: the access window of session lies above that of task" in capsys.readouterr().out.replace(
        "\n", " "
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sweep", "--vary", "strategy.task.ttl"], "a key path and values"),
        (["sweep", "--vary", "strategy.task.ttl=1m,5 bananas"], "strategies.task.stages.0.ttl: found '5 bananas'"),
        (["sweep", "--vary", "strategy.nobody.ttl=1m"], "one of static, session, task"),
        (["sweep", *VARY, "--metric", "nosuch"], "--metric"),
        (["sweep", *VARY, "-s", "nosuch"], "one of static, session, task"),
        (["sweep", *VARY, "--figure", "x.gif"], ".svg or .png"),
        (["sweep"], "--vary"),
        (["break-even", *SEARCH[:2]], "--against"),
        (["break-even", *SEARCH[:2], "--against", "nosuch"], "one of static, session, task"),
        (["break-even", *SEARCH[:2], "--against", "session"], "another strategy than session"),
        (["break-even", *SEARCH[:4], "--tolerance", "0"], "a share from 0.01% to 50%"),
        (["break-even", "--vary", "threat.hop_time=1s..1m", "--against", "task"], "--strategy"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, refused: Any, arguments: list[str], said: str) -> None:
    assert said in refused(arguments[0], write(tmp_path), *arguments[1:])
