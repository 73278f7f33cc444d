"""The command line as a process: interrupts, killed workers, terminals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from unit.study.small import cell, small, write

import nhilab.study.cells.executor as executor_module
from nhilab.base.files import write_json
from nhilab.lab import load_scenario
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.cell import Cell, Outcome, compute
from nhilab.study.cells.executor import Executor
from nhilab.study.cells.interrupts import hearing
from nhilab.study.cells.store import CellStore
from nhilab.study.comparisons.compare import compare

N = 48


def start(folder: Path, *arguments: str, workers: int = 2) -> subprocess.Popen[str]:
    """A comparison in its own process group, as a terminal starts it."""
    command = [sys.executable, "-W", "error", "-m", "nhilab", "compare", str(write(folder)), "-s", "task"]
    settings = ["--replications", str(N), "--campaigns", "100", "--seed", "0", "--workers", str(workers)]
    return subprocess.Popen(
        [*command, *settings, "--quiet", "--json", str(folder / "c.json"), *arguments],
        env={**os.environ, "NHILAB_CACHE": str(folder / "cells")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finished(folder: Path) -> set[Path]:
    return set((folder / "cells").glob("*.cell"))


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)


def children(process: subprocess.Popen[str]) -> list[int]:
    """Processes a process started that compute."""
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(p) for p in listed if "spawn_main" in Path(f"/proc/{p}/cmdline").read_text()]


@pytest.mark.skipif(sys.platform == "win32", reason="process groups of POSIX")
@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_keeps_finished_cells_and_the_same_command_resumes(tmp_path: Path, workers: int) -> None:
    process = start(tmp_path, workers=workers)
    wait_for(lambda: len(finished(tmp_path)) >= 2, process)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert (out, err) == ("", "nhilab: interrupted; what is finished is kept, the same command resumes\n")
    kept = {path: path.stat().st_mtime_ns for path in finished(tmp_path)}
    assert 2 <= len(kept) < N
    assert not (tmp_path / "c.json").exists()
    assert set((tmp_path / "cells").iterdir()) == set(kept)

    again = start(tmp_path, workers=workers)
    out, err = again.communicate(timeout=300)
    assert (again.returncode, out, err) == (0, "", "")
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    whole = compare(load_scenario(tmp_path / "small.yaml"), seed=0, strategies=("task",), replications=N, campaigns=100)
    write_json(tmp_path / "whole.json", whole.to_json())
    assert (tmp_path / "c.json").read_bytes() == (tmp_path / "whole.json").read_bytes()


@pytest.fixture
def default_handler() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def swallowed(given: Scenario, wanted: Cell) -> Outcome:
    """A cell in whose middle Ctrl-C is pressed and dropped, as numpy drops what a look-up raises."""
    if wanted.replication == 1:
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    return compute(given, wanted)


@pytest.mark.usefixtures("default_handler")
def test_a_swallowed_ctrl_c_is_heard_before_the_cell_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario, store = small(tmp_path), CellStore(tmp_path / "cells")
    monkeypatch.setattr(executor_module, "compute", swallowed)
    with pytest.raises(KeyboardInterrupt):
        Executor(store=store).run(
            {scenario.digest_of("task"): scenario}, [cell(scenario, replication=r) for r in range(3)]
        )
    assert [store.load(cell(scenario, replication=r)) is not None for r in range(3)] == [True, False, False]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.usefixtures("default_handler")
def test_a_held_ctrl_c_is_raised_when_it_may_be_and_a_second_one_lets_the_first_tidy_up() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), hearing() as interrupts:
        with interrupts.held():
            signal.raise_signal(signal.SIGINT)
            done.append("inside")
        done.append("after")
    assert done == ["inside"]
    with hearing() as interrupts:
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        assert interrupts.noted


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("started", [1, 2])
def test_ctrl_c_while_workers_start_is_one_line(tmp_path: Path, started: int) -> None:
    process = start(tmp_path)
    wait_for(lambda: len(children(process)) >= started, process)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err == "nhilab: interrupted; what is finished is kept, the same command resumes\n"


PRESSED = """
import signal, sys
import nhilab.__main__

class Press:
    def find_spec(self, name, *_):
        if name == module:
            signal.raise_signal(int(number))

_, module, number = sys.argv
sys.meta_path.insert(0, Press())
sys.argv[1:] = ["verify", "--help"]
nhilab.__main__.main()
"""
"""Loads the command line and one command, and signals itself as a module is looked for."""


@pytest.mark.parametrize("module", ["nhilab.cli.main", "typer", "nhilab.cli.verify", "nhilab.cli.options"])
@pytest.mark.parametrize(
    ("number", "status", "said"), [(signal.SIGINT, 130, "nhilab: interrupted\n"), (signal.SIGTERM, 143, "")]
)
def test_a_signal_while_the_command_line_loads_is_one_line_at_most(
    module: str, number: int, status: int, said: str
) -> None:
    command = [sys.executable, "-W", "error", "-c", PRESSED, module, str(int(number))]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (status, "", said)


@pytest.mark.skipif(sys.platform == "win32", reason="process groups of POSIX")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_command_asked_to_end_keeps_finished_cells_and_leaves_no_process(tmp_path: Path, workers: int) -> None:
    process = start(tmp_path, workers=workers)
    wait_for(lambda: len(finished(tmp_path)) >= 2, process)
    process.terminate()
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (143, "", "")
    assert 2 <= len(finished(tmp_path)) < N
    assert set((tmp_path / "cells").iterdir()) == finished(tmp_path)
    deadline = time.monotonic() + 10
    with pytest.raises(ProcessLookupError):
        while time.monotonic() < deadline:
            os.killpg(process.pid, 0)
            time.sleep(0.02)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_no_worker_outlives_a_killed_command(tmp_path: Path) -> None:
    process = start(tmp_path)
    wait_for(lambda: len(finished(tmp_path)) >= 2, process)
    workers = children(process)
    assert len(workers) == 2
    process.kill()
    process.communicate(timeout=60)
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{p}/cmdline").exists() and Path(f"/proc/{p}/cmdline").read_text() for p in workers):
        assert time.monotonic() < deadline
        time.sleep(0.05)
