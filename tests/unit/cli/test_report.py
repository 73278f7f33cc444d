"""``--report`` of every study that decides: written whole, the same each time, refused before anything is computed."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser.reports import COMPARISONS, OPTIONS, TEXTS

from nhilab.cli.main import run

FAST = ("--replications", "2", "--campaigns", "10", "--workers", "1")
COMMANDS = tuple(name for name in TEXTS if name not in COMPARISONS)


@pytest.fixture(autouse=True)
def apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NHILAB_CACHE", str(tmp_path / "cache"))


def reported(command: str, folder: Path, file: Path) -> int:
    (folder / "small.yaml").write_text(TEXTS[command], encoding="utf-8")
    return run([command, str(folder / "small.yaml"), *OPTIONS.get(command, ()), *FAST, "--report", str(file)])


@pytest.mark.parametrize("command", COMMANDS)
def test_a_report_asks_its_question_and_is_the_same_each_time(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = [tmp_path / name / "page.html" for name in "ab"]
    assert [reported(command, tmp_path, page) for page in pages] == [int(command == "check")] * 2
    texts = [page.read_text(encoding="utf-8") for page in pages]
    assert texts[0] == texts[1]
    assert texts[0].count("<h1>") == 1
    assert 'class="verdicts"' in texts[0]
    assert ">nan<" not in texts[0]
    assert capsys.readouterr().out


@pytest.mark.parametrize("command", COMMANDS)
def test_a_report_that_cannot_be_written_is_refused_in_one_line_before_anything_is_computed(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert reported(command, tmp_path, tmp_path / "file" / "page.html") == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert str(tmp_path / "file") in err
