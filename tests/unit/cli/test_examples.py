"""Every command's help ends with examples, and every example runs."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

import pytest
from unit.importers.tables.four_tables import write

import nhilab.study.verify.run as verify_module
from nhilab.cli.catalogue import COMMANDS
from nhilab.cli.main import run

ROOT = Path(__file__).parents[3]


def examples(text: str) -> list[list[str]]:
    """Command lines of a help text, as a shell would split them."""
    _, _, lines = text.partition("Examples:\n")
    return [shlex.split(line) for line in lines.replace("\\\n", " ").splitlines() if line.strip()]


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with the scenarios, and what examples take for granted."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NHILAB_CACHE", str(tmp_path / "cells"))
    monkeypatch.setattr(verify_module, "CHECKS", verify_module.reach.CHECKS[:2])
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    write(tmp_path / "my-tables")
    for name in ("my-cells", "their-cells", "my-export/projects/shop/buckets/orders"):
        (tmp_path / name).mkdir(parents=True)
    members = ["serviceAccount:ci@shop.iam.gserviceaccount.com"]
    policy = json.dumps({"bindings": [{"role": "roles/storage.admin", "members": members}]})
    (tmp_path / "my-export/projects/shop/iam.json").write_text(policy)
    (tmp_path / "my-export/projects/shop/buckets/orders/iam.json").write_text(policy)
    (tmp_path / "jobs.csv").write_text(
        "name,cluster,service_account,interval,minimum_interval,cron\n"
        "deploy,build,ci@shop.iam.gserviceaccount.com,1h,,\n"
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_example_in_the_help_of_a_command_runs(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*command.split(), "--help"]) == 0
    text, _ = capsys.readouterr()
    found = examples(text)
    assert found, "the help ends with no example"
    assert max(map(len, text.splitlines())) <= 80
    for line in found:
        assert line[0] == "nhilab"
        status = run(line[1:])
        out, err = capsys.readouterr()
        assert status == 0, (line, err)
        too_long = [shown for shown in out.splitlines() if len(shown) > 80]
        assert "--json" in line or line[1] in ("completion", "schema", "presets") or too_long == [], line
        assert "\x1b" not in out


def test_the_help_of_all_commands_is_whole_and_fits_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["--help"], ["import", "--help"], ["cells", "--help"]):
        assert run(arguments) == 0
        text, _ = capsys.readouterr()
        assert "..." not in text.replace("[ARGS]...", "")
        assert max(map(len, text.splitlines())) <= 80
    assert run(["--help"]) == 0
    text, _ = capsys.readouterr()
    for name, command in COMMANDS.items():
        assert " " in name or (f"  {name} " in text and command.summary in text)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_can_be_quiet_and_say_numbers(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*command.split(), "--help"]) == 0
    text, _ = capsys.readouterr()
    assert "--quiet" in text and "--json FILE" in text


def test_an_example_may_go_on_in_the_next_line() -> None:
    assert examples("x\n  Examples:\n    nhilab a \\\n      --b 1\n    nhilab c\n") == [
        ["nhilab", "a", "--b", "1"], ["nhilab", "c"],
    ]  # fmt: skip
