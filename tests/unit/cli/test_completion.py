"""What a shell is told could stand next."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from unit.study.small import write

from nhilab.cli.catalogue import COMMANDS, GROUPS
from nhilab.cli.complete import limit_names, metric_names, preset_names, scenario_files, strategy_names
from nhilab.cli.late import VARIABLE
from nhilab.cli.main import run

ROOT = Path(__file__).parents[3]


def asked(words: list[str], folder: Path) -> list[str]:
    """Completions of the last word, as bash asks for them."""
    told = {VARIABLE: "complete_bash", "COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}
    environment = os.environ | told | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "nhilab"]
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert ended.stderr == ""
    return ended.stdout.split()


def test_commands_files_strategies_and_metrics_are_completed(tmp_path: Path) -> None:
    path = write(tmp_path)
    begin = {name for name in (*COMMANDS, *GROUPS) if name.startswith("c") and " " not in name}
    assert {"compare", "check", "cells"} <= begin == set(asked(["nhilab", "c"], tmp_path))
    assert asked(["nhilab", "compare", path.name[:2]], tmp_path) == [path.name]
    assert asked(["nhilab", "compare", path.name, "-s", "s"], tmp_path) == ["static", "session"]
    assert asked(["nhilab", "check", path.name, "--limit", "unb"], tmp_path) == ["unbounded_share="]
    assert "--json" in asked(["nhilab", "explain", "--"], tmp_path)
    assert asked(["nhilab", "presets", "aws-sts-d"], tmp_path) == ["aws-sts-default-role"]


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
def test_the_script_for_bash_is_one_that_bash_takes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", "bash"]) == 0
    script, _ = capsys.readouterr()
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)
    assert VARIABLE in script and "nhilab" in script


@pytest.mark.parametrize("shell", ["zsh", "fish", "powershell"])
def test_other_shells_have_a_script_of_their_own(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", shell]) == 0
    script, _ = capsys.readouterr()
    assert VARIABLE in script
    assert run(["completion", "csh"]) == 2


def test_scenario_files_are_yaml_files_and_folders_that_begin_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "some" / "deep").mkdir(parents=True)
    for name in ("some/a.yaml", "some/b.yml", "some/c.txt", "some/.hidden.yaml", "solo.yaml"):
        (tmp_path / name).touch()
    assert scenario_files("so") == ["some/", "solo.yaml"]
    assert scenario_files("some/") == ["some/deep/", "some/a.yaml", "some/b.yml"]
    assert scenario_files("some/.") == ["some/.hidden.yaml"]
    assert scenario_files("nowhere/") == []


def test_strategies_come_from_the_scenario_named_and_those_it_extends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = write(tmp_path)
    top = tmp_path / "top.yaml"
    top.write_text(f"extends: {base.name}\nstrategies: {{task: null, more: {{}}}}\n", encoding="utf-8")
    monkeypatch.setenv("COMP_WORDS", f"nhilab run -s x {top}")
    assert strategy_names("") == ["static", "session", "more"]
    monkeypatch.setenv("COMP_WORDS", f"nhilab run {tmp_path}/absent.yaml -s x")
    assert strategy_names("") == []


def test_metrics_limits_and_presets_are_completed_by_their_beginning() -> None:
    assert "access_window_s_p95" in metric_names("access") and "reach" not in metric_names("access")
    assert limit_names("reach_p") == ["reach_p95="]
    assert all(name.startswith("vault-") for name in preset_names("vault-")) and preset_names("zzz") == []
