"""The command that follows thieves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from unit.study.small import write

from nhilab.cli.main import run

FAST = ("--replications", "1", "--campaigns", "5", "--top", "2")
FILES = {"paths.csv", "chokepoints.csv", "cycles.csv", "edges.csv"}


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run the command, which must fail as bad input; its one line on standard error."""

    def refuse(*arguments: object) -> str:
        assert run(["paths", *map(str, arguments)]) == 2
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1)
        return err

    return refuse


def test_the_first_strategy_is_followed_unless_another_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(write(tmp_path))
    assert run(["paths", path, *FAST]) == 0
    assert "static: 1 replication of 4h, 5 campaigns each, seed 7" in capsys.readouterr().out
    assert run(["paths", path, *FAST, "-s", "task", "--seed", "0"]) == 0
    assert "task: 1 replication of 4h, 5 campaigns each, seed 0" in capsys.readouterr().out


def test_a_quiet_run_writes_its_files_and_prints_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["paths", str(write(tmp_path)), *FAST, "--out", str(tmp_path / "out"), "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES


def test_the_same_command_writes_the_same_bytes(tmp_path: Path) -> None:
    path = str(write(tmp_path))
    for folder in ("a", "b"):
        assert run(["paths", path, *FAST, "--out", str(tmp_path / folder), "--quiet"]) == 0
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in FILES)


def test_an_unknown_strategy_is_one_line_with_the_allowed_ones(tmp_path: Path, refused: Any) -> None:
    assert "found 'nosuch'; allowed: one of static, session, task" in refused(write(tmp_path), "-s", "nosuch")


def test_a_folder_that_cannot_be_written_is_refused_before_anything_is_computed(tmp_path: Path, refused: Any) -> None:
    (tmp_path / "file").write_text("")
    assert "a folder that can be written" in refused(write(tmp_path), "--out", tmp_path / "file" / "out")


def test_no_rows_at_all_are_refused(tmp_path: Path, refused: Any) -> None:
    assert "--top" in refused(write(tmp_path), "--top", "0")
