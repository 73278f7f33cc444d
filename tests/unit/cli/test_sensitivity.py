"""The command that varies what is not known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from unit.study.small import YAML, write

from nhilab.cli.main import run

FAST = ("--samples", "2", "--replications", "2", "--campaigns", "5", "--workers", "1")
UNCERTAIN = "uncertain: {strategy.session.ttl: {uniform: [10m, 1h]}, threat.hop_time: {loguniform: [1s, 1m]}}\n"


@pytest.fixture(autouse=True)
def apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NHILAB_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(write(tmp_path, YAML + UNCERTAIN))


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run the command, which must fail as bad input; its one line on standard error."""

    def refuse(*arguments: str) -> str:
        assert run(["sensitivity", *arguments]) == 2
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1)
        return err

    return refuse


def test_effects_are_screened_unless_shares_of_variance_are_asked_for(
    path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["sensitivity", path, *FAST, "-s", "session"]) == 0
    assert "session: morris with 2 trajectories, 6 points of 2" in " ".join(capsys.readouterr().out.split())
    assert run(["sensitivity", path, *FAST, "-s", "session", "--against", "task", "--method", "sobol"]) == 0
    assert "session - task: sobol with 2 base points, 8 points of 2" in " ".join(capsys.readouterr().out.split())


def test_the_same_command_writes_the_same_bytes_and_prints_nothing_when_quiet(
    path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in "ab":
        files = ["--json", str(tmp_path / f"{name}.json"), "--figure", str(tmp_path / f"{name}.svg")]
        assert run(["sensitivity", path, *FAST, "-s", "session", "--seed", "0", *files, "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    assert all((tmp_path / f"a{end}").read_bytes() == (tmp_path / f"b{end}").read_bytes() for end in (".json", ".svg"))
    assert json.loads((tmp_path / "a.json").read_text())["seed"] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-s", "nobody"), "one of static, session, task"),
        (("--against", "nobody"), "one of static, session, task"),
        (("--metric", "nothing"), "one of access_window_s"),
        (("--method", "guess"), "morris"),
        (("--method", "sobol", "--samples", "6"), "a power of two"),
    ],
)
def test_what_it_does_not_know_is_one_line_with_what_it_does(
    path: str, refused: Any, arguments: tuple[str, ...], said: str
) -> None:
    assert said in refused(path, *arguments)


def test_a_scenario_that_knows_everything_is_refused(tmp_path: Path, refused: Any) -> None:
    assert "a section uncertain" in refused(str(write(tmp_path)))
