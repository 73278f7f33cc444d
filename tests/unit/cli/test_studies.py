"""What all commands of studies have in common: their exit statuses, and one line where something is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from unit.study.small import YAML, write

from nhilab.cli.main import run
from nhilab.study.cells.executor import Executor
from nhilab.study.cells.local import WorkerError

SECTIONS = """
limits: {failed_task_share: 50%}
prices: {issuance: 1}
space: {strategy.task.ttl: [5m, 15m]}
uncertain: {strategy.session.ttl: {uniform: [10m, 1h]}}
controls: {short: {strategy.session.ttl: 5m}}
"""
COMMANDS = {
    "compare": (),
    "sweep": ("--vary", "strategy.session.ttl=5m,15m"),
    "break-even": ("--vary", "strategy.session.ttl=5m..1h", "--against", "task"),
    "factorial": (),
    "sensitivity": ("--samples", "2"),
    "frontier": (),
    "recommend": (),
    "check": ("--max-replications", "2"),
    "cost": (),
}
FAST = ("--replications", "2", "--campaigns", "2", "--workers", "1", "--quiet")
EACH = pytest.mark.parametrize("command", COMMANDS)


@pytest.fixture(autouse=True)
def apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NHILAB_CACHE", str(tmp_path / "cells"))


def status(command: str, folder: Path, *more: str, text: str = YAML + SECTIONS) -> int:
    return run([command, str(write(folder, text)), *COMMANDS[command], *FAST, *more])


@EACH
def test_a_study_that_is_done_is_0_quietly_and_again_with_seed_0(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed in ("3", "0"):
        assert status(command, tmp_path, "--seed", seed, "--json", str(tmp_path / f"{seed}.json")) == 0
    assert capsys.readouterr() == ("", "")
    assert (tmp_path / "3.json").read_bytes() != (tmp_path / "0.json").read_bytes()


@EACH
@pytest.mark.parametrize(
    "more",
    [("--no-such-option",), ("--replications", "0"), ("--seed", "-1"), ("--cluster", "nobody"), ("--json", "/")],
    ids=" ".join,
)
def test_bad_input_is_2_in_one_line(
    command: str, more: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status(command, tmp_path, *more) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n"), err.startswith("nhilab: ")) == ("", 1, True)


@EACH
def test_a_scenario_with_an_unknown_key_is_2_and_named(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status(command, tmp_path, text=YAML + SECTIONS + "horizons: 3\n") == 2
    err = capsys.readouterr().err
    assert ("small.yaml" in err, "horizons" in err, err.count("\n")) == (True, True, 1)


@EACH
@pytest.mark.parametrize(("raised", "expected"), [(KeyboardInterrupt(), 130), (WorkerError("killed"), 1)])
def test_an_interrupt_is_130_and_a_killed_worker_1(
    command: str, raised: BaseException, expected: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(Executor, "run", fail)
    assert status(command, tmp_path, "--json", str(tmp_path / "found.json")) == expected
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "found.json").exists()
