"""``nhilab check``: what it says, writes and returns."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from unit.study.small import YAML, write

from nhilab.cli.main import run

FAST = ("--replications", "3", "--max-replications", "3", "--campaigns", "10", "--workers", "1", "-s", "task")
KEPT, BROKEN, OPEN = "issuances_per_task=100", "issuances_per_task=0.5", "crown_jewel_probability=10%"


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NHILAB_CACHE", str(tmp_path / "cells"))
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)


@pytest.mark.parametrize(
    ("limit", "options", "status"),
    [(KEPT, (), 0), (BROKEN, (), 1), (OPEN, (), 0), (OPEN, ("--strict",), 1), (KEPT, ("--strict",), 0)],
)
def test_the_status_is_1_where_a_limit_is_broken_or_with_strict_undecided(
    tmp_path: Path, limit: str, options: tuple[str, ...], status: int
) -> None:
    assert run(["check", str(write(tmp_path)), *FAST, "--limit", limit, *options, "--quiet"]) == status


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "limits: found 'nothing'; allowed: limits: {KEY: VALUE}, or --limit KEY=VALUE"),
        (("--limit", "reach"), "--limit: found 'reach'; allowed: KEY=VALUE"),
        (("--limit", "=3"), "--limit: found '=3'; allowed: KEY=VALUE"),
        (("--limit", "rich=3"), "--limit: found 'rich'; allowed: a reported key such as reach"),
        (("--limit", "reach=15m"), "--limit: reach: found '15m'; allowed: a number, in the metric's unit"),
        (("--limit", KEPT, "-s", "nobody"), "strategies: found 'nobody'; allowed: one of static"),
        (("--limit", KEPT, "--junit", "."), ".: found"),
    ],
)
def test_what_cannot_be_checked_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], said: str
) -> None:
    assert run(["check", str(write(tmp_path)), *FAST, *options]) == 2
    out, error = capsys.readouterr()
    assert said in error
    assert (out, error.count("\n")) == ("", 1)


def test_verdicts_are_printed_in_80_columns_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    limits = [argument for limit in (KEPT, OPEN, "access_window_s_p95=1s") for argument in ("--limit", limit)]
    assert run(["check", str(write(tmp_path)), *FAST, *limits]) == 1
    out, error = capsys.readouterr()
    assert max(map(len, out.splitlines())) <= 80
    for said in ("access_window_s_p95", "at most 1s", "broken", "met", "1 met, 1 broken, 1 undecided."):
        assert said in out
    assert "is undecided: no such case was seen." in " ".join(out.split())
    assert error.endswith("1 met, 1 broken, 1 undecided.\n")
    assert "::" not in out


def test_a_limit_of_the_command_line_goes_before_that_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, YAML + "limits: {issuances_per_task: 0.5}\n")
    assert run(["check", str(path), *FAST, "--quiet"]) == 1
    assert run(["check", str(path), *FAST, "--limit", KEPT, "--quiet"]) == 0


def test_annotations_name_the_line_of_the_limit_where_github_runs_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, YAML + "limits:\n  issuances_per_task: 0.5\n")
    line = len(path.read_text().splitlines())
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert run(["check", str(path), *FAST, "--quiet"]) == 1
    assert f"small.yaml,line={line},title=task breaks a limit::task: issuances_per_task" in capsys.readouterr().out
    assert run(["check", str(path), *FAST, "--quiet", "--no-github"]) == 1
    assert capsys.readouterr().out == ""
    assert run(["check", str(path), *FAST, "--quiet", "--github", "--limit", BROKEN]) == 1
    assert "line=" not in capsys.readouterr().out


def test_files_are_written_in_the_same_bytes_each_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, written = str(write(tmp_path)), []
    for folder in ("a", "b"):
        junit, numbers = tmp_path / folder / "j.xml", tmp_path / folder / "c.json"
        files = ["--junit", str(junit), "--json", str(numbers)]
        assert run(["check", path, *FAST, "--limit", KEPT, *files, "--quiet"]) == 0
        written.append((junit.read_bytes(), numbers.read_bytes()))
    assert capsys.readouterr() == ("", "")
    assert written[0] == written[1]
    assert ElementTree.fromstring(written[0][0]).get("tests") == "1"
    assert json.loads(written[0][1])["verdict"] == "met"
