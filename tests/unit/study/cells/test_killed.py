"""Killed workers and killed studies: what is finished is kept, nothing counts twice, the end has the same bytes."""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from unit.study.small import cell, small, write

import nhilab.study.cells.executor as executor_module
from nhilab.base.errors import WorkerError
from nhilab.base.streams import stream
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.cell import Cell, Outcome, compute
from nhilab.study.cells.executor import Executor
from nhilab.study.cells.job import Job
from nhilab.study.cells.store import CellStore
from nhilab.study.cells.worker import Worker

N = 160  # so many that a busy machine, on which kills come late, does not end the study before the last kill
KILLS = [signal.SIGKILL] * 16 + [signal.SIGTERM, signal.SIGINT] * 2

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


class Deadly:
    """Kills whoever unpacks it."""

    def __reduce__(self) -> tuple[Callable[[int], object], tuple[int]]:
        return os._exit, (9,)


def wanted(scenario: Scenario, n: int) -> list[Cell]:
    return [cell(scenario, replication=r) for r in range(n)]


def workers() -> set[int]:
    return {process.pid or 0 for process in multiprocessing.active_children()}


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.cell")}


def test_cells_of_killed_workers_are_computed_again_and_none_counts_twice(tmp_path: Path) -> None:
    scenario, told = small(tmp_path), []

    def kill(done: int, found: int, total: int) -> None:
        told.append((done, found, total))
        if done in (3, 9):
            os.kill(min(workers()), signal.SIGKILL)

    executor = Executor(2, CellStore(tmp_path / "cells"), kill)
    outcomes = executor.run({scenario.digest_of("task"): scenario}, wanted(scenario, 20))
    assert told == [(done, 0, 20) for done in range(21)]
    assert workers() == set()
    alone = CellStore(tmp_path / "alone")
    for each in wanted(scenario, 20):
        alone.save(each, compute(scenario, each))
    assert list(outcomes) == wanted(scenario, 20)
    assert files(tmp_path / "cells") == files(alone.folder)


@pytest.mark.parametrize("kept", [True, False])
def test_a_cell_that_kills_three_workers_is_named_and_the_others_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    scenario, store = small(tmp_path), CellStore(tmp_path / "cells")
    deadly = dataclasses.replace(cell(scenario, replication=7), scenario="deadly")
    monkeypatch.setattr(executor_module, "pack", lambda packed: pickle.dumps(packed))
    given = {scenario.digest_of("task"): scenario, "deadly": Deadly()}
    executor = Executor(2, store)
    if kept:
        executor.__enter__()
    line = "a worker process was killed over strategy task, replication 7, 3 times, perhaps for want of memory; "
    with pytest.raises(WorkerError, match=line):
        executor.run(given, [*wanted(scenario, 6), deadly])  # type: ignore[arg-type]
    assert workers() == set()
    assert all(store.load(each) is not None for each in wanted(scenario, 6)[:4])
    again = executor.run(given, wanted(scenario, 6))  # type: ignore[arg-type]
    assert len(again) == 6
    executor.__exit__(None, None, None)
    assert workers() == set()


def test_workers_are_kept_between_runs_and_no_more_are_started_than_cells_are_missing(tmp_path: Path) -> None:
    scenario, seen = small(tmp_path), []
    given = {scenario.digest_of("task"): scenario}
    with Executor(3, CellStore(tmp_path / "cells"), lambda *_: seen.append(workers())) as executor:
        executor.run(given, wanted(scenario, 2))
        assert len(set().union(*seen)) == 2
        first = workers()
        assert len(first) == 2
        executor.run(given, wanted(scenario, 6))
        assert first < workers()
        assert len(workers()) == 3
    assert workers() == set()
    Executor(2, None, lambda *_: seen.append(workers())).run(given, wanted(scenario, 2))
    assert len(seen[-1]) == 2
    assert workers() == set()


def test_what_a_cell_raises_is_raised_here_and_says_where(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    wrong = dataclasses.replace(cell(scenario), seed="no number")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="integer") as raised:
        Executor(2).run({scenario.digest_of("task"): scenario}, [cell(scenario), wrong])
    assert "in compute" in raised.value.__notes__[0]
    assert workers() == set()


def test_a_scenario_is_sent_to_a_worker_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[bool] = []
    given: set[Worker] = set()
    replace, give = Job._replace, Worker.give
    monkeypatch.setattr(Worker, "give", lambda worker, job: (given.add(worker), give(worker, job))[1])
    monkeypatch.setattr(Job, "_replace", lambda job, **change: (sent.append(True), replace(job, **change))[1])
    scenario = small(tmp_path)
    outcomes = Executor(2).run({scenario.digest_of("task"): scenario}, wanted(scenario, 12))
    assert 1 <= len(given) <= 2, "one may be done with all before the other has started"
    assert len(sent) == 12 - len(given)
    assert all(isinstance(outcome, Outcome) for outcome in outcomes.values())


def start(folder: Path, name: str, *, workers: int) -> subprocess.Popen[bytes]:
    """A comparison in its own process group."""
    command = [sys.executable, "-m", "nhilab", "compare", str(folder / "small.yaml"), "-s", "task", "--quiet"]
    settings = ["--replications", str(N), "--campaigns", "30", "--seed", "0", "--workers", str(workers)]
    out = ["--out", str(folder / name)]
    return subprocess.Popen([*command, *settings, *out], stderr=subprocess.DEVNULL, start_new_session=True)


def kill_after(process: subprocess.Popen[bytes], cells: Path, *, more: int, delay_s: float, number: int) -> None:
    """Wait until there are some more cells, and a little; then send a signal to all of its processes."""
    goal, deadline = len(files(cells)) + more, time.monotonic() + 240
    while len(list(cells.glob("*.cell"))) < goal:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.002)
    time.sleep(delay_s)
    os.killpg(process.pid, number)
    process.wait(timeout=240)


def test_a_study_killed_twenty_times_ends_with_the_bytes_of_one_left_alone(tmp_path: Path) -> None:
    write(tmp_path)
    chance, ended = stream(0, "kills"), []
    for number in chance.permutation(KILLS).tolist():
        process = start(tmp_path, "killed", workers=int(chance.integers(1, 3)))
        more, delay_s = int(chance.integers(1, 4)), float(chance.uniform(0, 0.06))
        kill_after(process, tmp_path / "killed/cells", more=more, delay_s=delay_s, number=number)
        ended.append(process.returncode)
        assert not (tmp_path / "killed/comparison.json").exists()
    expected = {signal.SIGKILL: -9, signal.SIGTERM: 143, signal.SIGINT: 130}
    assert sorted(ended) == sorted(expected[number] for number in KILLS), "all of them fell in mid-study"
    assert 20 <= len(files(tmp_path / "killed/cells")) < N
    last, alone = start(tmp_path, "killed", workers=1), start(tmp_path, "alone", workers=1)
    assert [last.wait(timeout=480), alone.wait(timeout=480)] == [0, 0]
    for name in ("comparison.json",):
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "alone" / name).read_bytes()
    assert files(tmp_path / "killed/cells") == files(tmp_path / "alone/cells")
    assert len(files(tmp_path / "alone/cells")) == N
