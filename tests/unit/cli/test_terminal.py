"""Numbers for programs on standard output alone; plain text where colours are not wanted; starts that are quick."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from unit.study.small import write

from nhilab.cli.main import run

ROOT = Path(__file__).parents[3]
FAST = ("--replications", "1", "--campaigns", "5", "--workers", "1")
HEAVY = ("matplotlib", "scipy", "optuna", "SALib", "distributed", "polars", "simpy")


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NHILAB_CACHE", str(tmp_path / "cells"))


@pytest.mark.parametrize(
    ("command", "more", "key"),
    [
        ("compare", FAST, "strategies"),
        ("check", (*FAST, "--max-replications", "1", "--limit", "reach=100"), "strategies"),
        ("sweep", (*FAST, "--vary", "strategy.task.ttl=1m,15m"), "axes"),
        ("paths", FAST[:4], "choke_points"),
        ("explain", (), "warnings"),
        ("run", ("-s", "task", "--out", "{out}"), "digest"),
    ],
)
def test_json_on_standard_output_is_all_that_stands_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, more: Any, key: str
) -> None:
    told = [part.format(out=tmp_path / "out") for part in more]
    assert run([command, str(write(tmp_path)), *told, "--json", "-"]) == 0
    out, err = capsys.readouterr()
    assert key in json.loads(out)
    assert err == ""


def test_json_to_a_file_says_the_same_as_to_standard_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["presets", "aws-sts"], ["schema"], ["cells", "list"], ["explain", str(write(tmp_path))]):
        assert run([*command, "--json", "-"]) == 0
        out, _ = capsys.readouterr()
        assert run([*command, "--json", str(tmp_path / "x.json"), "--quiet"]) == 0
        assert capsys.readouterr() == ("", "")
        assert (tmp_path / "x.json").read_text(encoding="utf-8") == out


def test_a_quiet_command_prints_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(write(tmp_path))
    for command in (
        ["presets"], ["presets", "aws-sts"], ["schema"], ["cells", "list"], ["cells", "prune"], ["completion", "zsh"],
        ["explain", path], ["new", str(tmp_path / "new.yaml")], ["compare", path, *FAST], ["paths", path, *FAST[:4]],
        ["run", path, "-s", "task", "--out", str(tmp_path / "run")], ["audit", str(tmp_path / "run")],
    ):  # fmt: skip
        assert run([*command, "--quiet"]) == 0
        assert capsys.readouterr() == ("", ""), command


def test_json_on_standard_output_is_not_mixed_with_annotations(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    limits = ("--limit", "reach=0", "--max-replications", "2", "--replications", "2", "--campaigns", "50")
    assert run(["check", str(write(tmp_path)), *limits, "--workers", "1", "--json", "-"]) == 1
    out, _ = capsys.readouterr()
    assert json.loads(out)["schema"].startswith("nhilab/check/")


def test_a_number_file_that_cannot_be_written_is_refused_before_anything_is_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (["verify"], ["paths", str(write(tmp_path))], ["reproduce", "--results", str(tmp_path / "r")]):
        assert run([*command, "--json", str(tmp_path)]) == 2
        out, err = capsys.readouterr()
        assert out == "" and "found 'a folder'" in err


def shown(arguments: list[str], **environment: str) -> str:
    """What a command shows on a terminal."""
    leader, follower = pty.openpty()
    told = {"PYTHONPATH": str(ROOT), "COLUMNS": "80", "TERM": "xterm-256color", **environment}
    kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    process = subprocess.Popen(
        [sys.executable, "-m", "nhilab", *arguments], stdout=follower, stderr=subprocess.PIPE, env=kept | told
    )
    os.close(follower)
    text = b""
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:
            break
        if not part:
            break
        text += part
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    return text.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="terminals of POSIX")
def test_no_color_means_no_escape_codes_on_a_terminal_either(tmp_path: Path) -> None:
    command = ["compare", str(write(tmp_path)), *FAST]
    assert "\x1b" in shown(command)
    assert "\x1b" not in shown(command, NO_COLOR="1")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["cells", "--help"]])
def test_help_and_version_import_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys; from nhilab.cli.main import run; status = run(sys.argv[1:]); "
        f"sys.stderr.write(' '.join(name for name in {HEAVY!r} if name in sys.modules)); sys.exit(status)"
    )
    command = [sys.executable, "-c", code, *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("command", [["schema", "--quiet"], ["new", "-"]])
def test_what_only_reads_scenarios_needs_no_science(command: list[str]) -> None:
    code = (
        "import sys; from nhilab.cli.main import run; status = run(sys.argv[1:]); "
        "sys.stderr.write(' '.join(n for n in ('matplotlib', 'scipy', 'optuna', 'SALib') if n in sys.modules))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, *command], capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, "")
