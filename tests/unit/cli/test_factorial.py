"""The command that switches controls on and off."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from unit.study.small import YAML, write

from nhilab.cli.main import run

FAST = ("--replications", "2", "--campaigns", "10", "--workers", "1")
CONTROLS = "controls: {short: {strategy.session.ttl: 5m}, narrow: {strategy.session.scope: [class]}}\n"


@pytest.fixture(autouse=True)
def apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NHILAB_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(write(tmp_path, YAML + CONTROLS))


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run the command, which must fail as bad input; its one line on standard error."""

    def refuse(*arguments: str) -> str:
        assert run(["factorial", *arguments]) == 2
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1)
        return err

    return refuse


def test_the_plain_command_studies_what_the_controls_change(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["factorial", path, *FAST]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "session under 4 combinations of 2 controls: 2 replications of 4h, 10 campaigns each, seed 7" in said


def test_a_quiet_run_writes_its_files_and_prints_nothing(
    path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {"json": "a.json", "csv": "a.csv", "figure": "a.svg"}
    files = [part for kind, name in names.items() for part in (f"--{kind}", str(tmp_path / "out" / name))]
    assert run(["factorial", path, *FAST, *files, "--metric", "reach", "--control", "short", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    assert {file.name for file in (tmp_path / "out").iterdir()} == set(names.values())
    content = json.loads((tmp_path / "out" / "a.json").read_text())
    assert (list(content["effects"]), list(content["controls"])) == (["reach"], ["short"])


def test_the_same_command_writes_the_same_bytes(path: str, tmp_path: Path) -> None:
    for name in "ab":
        files = ["--json", str(tmp_path / f"{name}.json"), "--figure", str(tmp_path / f"{name}.png")]
        assert run(["factorial", path, *FAST, *files, "--quiet"]) == 0
    assert all((tmp_path / f"a{end}").read_bytes() == (tmp_path / f"b{end}").read_bytes() for end in (".json", ".png"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-s", "nobody"), "one of static, session, task"),
        (("--control", "nothing"), "one of short, narrow"),
        (("--metric", "access_window_s_p95"), "a mean, one of"),
        (("--figure", "a.gif"), ".svg or .png"),
    ],
)
def test_what_it_does_not_know_is_one_line_with_what_it_does(
    path: str, refused: Any, arguments: tuple[str, str], said: str
) -> None:
    assert said in refused(path, *arguments)


def test_a_scenario_without_controls_is_refused(tmp_path: Path, refused: Any) -> None:
    assert "a section controls" in refused(str(write(tmp_path)))
