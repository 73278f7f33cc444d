"""Cells on a real Dask cluster, a scheduler and two workers on loopback: the same bytes, nothing lost or done twice."""

from __future__ import annotations

import dataclasses
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import dask.config
import distributed
import pytest
from unit.study.small import cell, small, write

import nhilab.study.cells.executor as executor_module
from nhilab.base.errors import InputError, WorkerError
from nhilab.base.files import write_json
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.cell import Cell, Outcome
from nhilab.study.cells.executor import Executor
from nhilab.study.cells.scheduler import address_of
from nhilab.study.cells.store import CellStore

N = 24

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="process groups of POSIX")


class Deadly:
    """Kills whoever unpacks it."""

    def __reduce__(self) -> tuple[Callable[[int], object], tuple[int]]:
        return os._exit, (9,)


@contextmanager
def running(folder: Path, *, workers: int) -> Iterator[tuple[Path, subprocess.Popen[bytes]]]:
    """A scheduler's file and process, with workers that are started again when they die.

    A cell is blamed when it dies with its worker a second time, innocent or not: a test here kills both workers.
    """
    file, quiet = folder / "scheduler.json", {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    own = ["--scheduler-file", str(file), "--no-dashboard", "--host", "127.0.0.1"]
    python = [sys.executable, "-m"]
    processes = [
        subprocess.Popen(  # type: ignore[call-overload]
            [*python, "distributed.cli.dask_scheduler", *own, "--port", "0"],
            **quiet, env={**os.environ, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"},
        ),
        subprocess.Popen(  # type: ignore[call-overload]
            [*python, "distributed.cli.dask_worker", *own, "--nworkers", str(workers), "--nthreads", "1"],
            **quiet, cwd=folder, start_new_session=True,
        ),
    ]  # fmt: skip
    try:
        wait_until(file.exists)
        yield file, processes[0]
    finally:
        os.killpg(processes[1].pid, signal.SIGKILL)
        processes[0].kill()
        for process in processes:
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a scheduler with two workers."""
    with running(tmp_path_factory.mktemp("cluster"), workers=2) as (file, _):
        with distributed.Client(scheduler_file=str(file), set_as_default=False) as client:
            client.wait_for_workers(2)
        yield str(file)


def processes(cluster: str) -> list[int]:
    with distributed.Client(scheduler_file=cluster, set_as_default=False) as client:
        found: dict[str, int] = client.run(os.getpid)
    return list(found.values())


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 240  # a busy machine takes a minute to start a process
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def wanted(scenario: Scenario, n: int = N) -> list[Cell]:
    return [cell(scenario, replication=r, strategy=s) for r in range(n // 2) for s in ("static", "task")]


def scenarios(scenario: Scenario) -> dict[str, Scenario]:
    return {scenario.digest_of(strategy): scenario for strategy in ("static", "task")}


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Files of the cells, computed in this process."""
    folder = tmp_path_factory.mktemp("alone")
    scenario = small(folder)
    Executor(1, CellStore(folder / "cells")).run(scenarios(scenario), wanted(scenario))
    return files(folder / "cells")


def test_a_cluster_finds_and_stores_the_same_bytes_and_is_kept_for_the_next_run(
    tmp_path: Path, cluster: str, alone: dict[str, bytes]
) -> None:
    scenario, store = small(tmp_path), CellStore(tmp_path / "cells")
    told: list[int] = []
    with Executor(1, store, lambda done, *_: told.append(done), cluster=cluster) as executor:
        first = executor.run(scenarios(scenario), wanted(scenario, 4))
        crew = executor._crew
        executor.run(scenarios(scenario), wanted(scenario))
        assert executor._crew is crew
    assert told == [*range(5), *range(4, N + 1)]
    assert files(store.folder) == alone
    assert all(isinstance(outcome, Outcome) for outcome in first.values())


def test_a_worker_killed_in_the_middle_loses_nothing_and_nothing_counts_twice(
    tmp_path: Path, cluster: str, alone: dict[str, bytes]
) -> None:
    scenario, store, victims = small(tmp_path), CellStore(tmp_path / "cells"), processes(cluster)
    assert len(victims) == 2
    told: list[int] = []

    def kill(done: int, found: int, total: int) -> None:
        told.append(done)
        if done == 5:
            os.kill(victims[0], signal.SIGKILL)

    outcomes = Executor(1, store, kill, cluster=cluster).run(scenarios(scenario), wanted(scenario))
    assert not Path(f"/proc/{victims[0]}/cmdline").exists() or sys.platform != "linux"
    assert told == list(range(N + 1))
    assert list(outcomes) == wanted(scenario)
    assert files(store.folder) == alone


def test_outcomes_that_die_with_their_worker_before_they_are_fetched_are_computed_again(
    tmp_path: Path, cluster: str, alone: dict[str, bytes]
) -> None:
    scenario, store, told = small(tmp_path), CellStore(tmp_path / "cells"), []

    def kill(done: int, found: int, total: int) -> None:
        told.append(done)
        if done == 1:
            assert executor._crew is not None
            states = executor._crew._client.futures  # type: ignore[attr-defined]
            wait_until(lambda: sum(state.status == "finished" for state in states.values()) >= N // 2)
            for victim in processes(cluster):
                os.kill(victim, signal.SIGKILL)
            wait_until(lambda: any(state.status == "lost" for state in states.values()))

    executor = Executor(1, store, kill, cluster=cluster)
    executor.run(scenarios(scenario), wanted(scenario))
    assert told == list(range(N + 1))
    assert files(store.folder) == alone


def restart(cluster: str, _: distributed.Client) -> None:
    with distributed.Client(scheduler_file=cluster, set_as_default=False) as other:
        other.restart(wait_for_workers=False)


def disconnect(_: str, client: distributed.Client) -> None:
    client.loop.add_callback(client.scheduler_comm.comm.abort)


@pytest.mark.parametrize("forget", [restart, disconnect])
def test_what_a_living_scheduler_forgot_is_asked_for_again(
    tmp_path: Path, cluster: str, alone: dict[str, bytes], forget: Callable[[str, distributed.Client], None]
) -> None:
    scenario, store, told = small(tmp_path), CellStore(tmp_path / "cells"), []

    def interfere(done: int, found: int, total: int) -> None:
        told.append(done)
        if done == 3:
            assert executor._crew is not None
            forget(cluster, executor._crew._client)  # type: ignore[attr-defined]

    executor = Executor(1, store, interfere, cluster=cluster)
    executor.run(scenarios(scenario), wanted(scenario))
    assert told == list(range(N + 1))
    assert files(store.folder) == alone


def test_a_cell_that_kills_worker_after_worker_is_named_and_the_others_are_kept(
    tmp_path: Path, cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario, store = small(tmp_path), CellStore(tmp_path / "cells")
    deadly = dataclasses.replace(cell(scenario, replication=7), scenario="deadly")
    monkeypatch.setattr(executor_module, "pack", lambda packed: pickle.dumps(packed))
    given = {**scenarios(scenario), "deadly": Deadly()}
    others = wanted(scenario, 6)
    with pytest.raises(WorkerError, match="over strategy task, replication 7"):
        Executor(1, store, cluster=cluster).run(given, [*others[:2], deadly, *others[2:]])  # type: ignore[arg-type]
    assert set(files(store.folder)) == {f"{other.key()}.cell" for other in others}


@pytest.fixture
def default_handler() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("default_handler")
def test_ctrl_c_keeps_what_the_cluster_has_finished_and_the_rest_is_forgotten(
    tmp_path: Path, cluster: str, alone: dict[str, bytes]
) -> None:
    scenario, store = small(tmp_path), CellStore(tmp_path / "cells")

    def interrupt(done: int, found: int, total: int) -> None:
        if done == 3:
            signal.raise_signal(signal.SIGINT)

    with (
        Executor(1, store, interrupt, cluster=cluster) as executor,
        pytest.raises(KeyboardInterrupt),
    ):
        executor.run(scenarios(scenario), wanted(scenario))
    kept = files(store.folder)
    assert 3 <= len(kept) < N
    assert kept.items() <= alone.items()
    with distributed.Client(scheduler_file=cluster, set_as_default=False) as client:
        wait_until(lambda: client.run_on_scheduler(lambda dask_scheduler: not dask_scheduler.tasks))
    Executor(1, store, cluster=cluster).run(scenarios(scenario), wanted(scenario))
    assert files(store.folder) == alone


def test_a_study_killed_while_a_cluster_computes_ends_with_the_bytes_of_one_left_alone(
    tmp_path: Path, cluster: str
) -> None:
    write(tmp_path)
    command = [sys.executable, "-m", "nhilab", "compare", str(tmp_path / "small.yaml"), "-s", "task", "--quiet"]
    command += ["--replications", "120", "--campaigns", "20", "--seed", "0"]
    killed, ended = tmp_path / "killed", []
    for number in (signal.SIGKILL, signal.SIGINT, signal.SIGKILL):
        there = len(list(killed.glob("cells/*.cell")))
        study = subprocess.Popen([*command, "--cluster", cluster, "--out", str(killed)], stderr=subprocess.DEVNULL)
        wait_until(lambda there=there: len(list(killed.glob("cells/*.cell"))) > there)  # type: ignore[misc]
        study.send_signal(number)
        ended.append(study.wait(timeout=240))
    assert ended == [-signal.SIGKILL, 130, -signal.SIGKILL], "all of them fell in mid-study"
    for where, out in (["--cluster", cluster], killed), (["--workers", "1"], tmp_path / "alone"):
        subprocess.run([*command, *where, "--out", str(out)], check=True, timeout=240)
    assert (killed / "comparison.json").read_bytes() == (tmp_path / "alone" / "comparison.json").read_bytes()
    assert files(killed / "cells") == files(tmp_path / "alone" / "cells")
    assert len(files(killed / "cells")) == 120


def test_workers_that_run_other_code_are_refused(tmp_path: Path, cluster: str) -> None:
    scenario, store = small(tmp_path), CellStore(tmp_path / "cells")
    other = dataclasses.replace(cell(scenario), code="0" * 64)
    with pytest.raises(InputError, match=r"code of a worker: found .* allowed: 000000000000, the same versions"):
        Executor(1, store, cluster=cluster).run(scenarios(scenario), [other])
    assert not store.folder.exists()


def test_a_scheduler_that_dies_in_the_middle_is_one_line_and_finished_cells_are_kept(tmp_path: Path) -> None:
    scenario, store = small(tmp_path), CellStore(tmp_path / "cells")
    with running(tmp_path, workers=1) as (file, scheduler):
        executor = Executor(1, store, lambda done, *_: scheduler.kill() if done == 3 else None, cluster=str(file))
        began = time.monotonic()
        with pytest.raises(WorkerError, match="scheduler is gone; finished cells are kept"):
            executor.run(scenarios(scenario), wanted(scenario, 200))
    assert len(files(store.folder)) >= 3
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("where", ["tcp://127.0.0.1:1", "nowhere://127.0.0.1"])
def test_without_a_scheduler_there_is_one_line_within_seconds(tmp_path: Path, where: str) -> None:
    scenario, began = small(tmp_path), time.monotonic()
    with pytest.raises(InputError) as raised:
        Executor(1, cluster=where).run(scenarios(scenario), wanted(scenario))
    assert str(raised.value) == f"--cluster: found '{where}'; allowed: the address of a Dask scheduler that answers"
    assert time.monotonic() - began < 15


def test_names_are_those_of_dasks_configuration(tmp_path: Path) -> None:
    write_json(tmp_path / "scheduler.json", {"address": "tcp://10.0.0.5:8786"})
    named = {"lab": "tls://lab:8786", "queue": str(tmp_path / "scheduler.json"), "loop": "loop"}
    with dask.config.set({"nhilab.clusters": named}):
        assert address_of("lab") == "tls://lab:8786"
        assert address_of("queue") == "tcp://10.0.0.5:8786"
        for wrong in ("loop", "other"):
            with pytest.raises(
                InputError, match=r"a name: local, lab, queue, loop \(nhilab.clusters of Dask's settings"
            ):
                address_of(wrong)
    with pytest.raises(InputError, match="or a name: local"):
        address_of("lab")
    write_json(tmp_path / "scheduler.json", {})
    for file in ("scheduler.json", "missing.json"):
        with pytest.raises(InputError, match=file):
            address_of(str(tmp_path / file))


def test_without_distributed_one_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = small(tmp_path)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"pip install 'nhilab\[cluster\]'"):
        Executor(1, cluster="local").run(scenarios(scenario), wanted(scenario))
