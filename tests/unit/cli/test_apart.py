"""Each file that a command is given has one use."""

from __future__ import annotations

from pathlib import Path

import pytest
from unit.study.small import YAML, write

from nhilab.cli.main import run


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert run([str(argument) for argument in arguments]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    return err


@pytest.mark.parametrize("command", ["compare", "explain", "frontier", "check"])
def test_no_output_is_written_over_the_scenario(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, YAML)
    (tmp_path / "other-name.yaml").symlink_to(path)
    for name in (path, tmp_path / "other-name.yaml"):
        assert f"--json: found '{name}'; allowed: another file than that of SCENARIO" in refused(
            capsys, command, path, "--json", name
        )
    assert path.read_text() == YAML


@pytest.mark.parametrize("same", ["numbers", "-"])
def test_two_outputs_are_two_files(
    same: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    said = refused(capsys, "cost", write(tmp_path, YAML), "--json", same, "--csv", same)
    assert f"--csv: found '{same}'; allowed: another file than that of --json" in said
    assert not (tmp_path / same).exists()
