"""Finished cells: kept, found again, never trusted when damaged."""

from __future__ import annotations

import dataclasses
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from unit.study.small import cell, small, write

import nhilab
import nhilab.study.cells.executor as executor_module
from nhilab.base.errors import InputError
from nhilab.cli.main import run
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.cell import MAX_POOL, Cell, Outcome, code_digest, compute, computing_files, thinned
from nhilab.study.cells.executor import Executor
from nhilab.study.cells.local import default_workers
from nhilab.study.cells.store import CellStore, Merged, cache_folder
from nhilab.study.comparisons.compare import compare


def same(a: Outcome, b: Outcome) -> bool:
    rows = [(a.findings, b.findings), *((a.by_entry[e], b.by_entry[e]) for e in a.by_entry)]
    return (
        list(a.by_entry) == list(b.by_entry)
        and (a.ledger, a.compromises, a.hypothetical) == (b.ledger, b.compromises, b.hypothetical)
        and all(
            list(x) == list(y)
            and x[m].numerator == y[m].numerator
            and x[m].denominator == y[m].denominator
            and x[m].pool.weight == y[m].pool.weight
            and np.array_equal(x[m].pool.values, y[m].pool.values)
            for x, y in rows
            for m in x
        )
    )


HOP = 1_800_000_000


def with_thieves(plain: Cell) -> Cell:
    """The cell, with a thief who takes half an hour a hop besides."""
    return dataclasses.replace(plain, thieves=(HOP,))


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[Cell]:
    """Cells computed in this process, as they come."""
    computed: list[Cell] = []

    def count(scenario: Scenario, wanted: Cell) -> Outcome:
        computed.append(wanted)
        return compute(scenario, wanted)

    monkeypatch.setattr(executor_module, "compute", count)
    return computed


def test_a_cell_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    store, wanted = CellStore(tmp_path / "cells"), cell(scenario)
    outcome = compute(scenario, wanted)
    store.save(wanted, outcome)
    found = store.load(wanted)
    assert found is not None
    assert same(found, outcome)


def test_a_saved_cell_has_the_same_bytes_each_time(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    stores = [CellStore(tmp_path / name) for name in ("a", "b")]
    for store in stores:
        store.save(cell(scenario), compute(scenario, cell(scenario)))
    assert stores[0].path(cell(scenario)).read_bytes() == stores[1].path(cell(scenario)).read_bytes()


@pytest.mark.parametrize(
    "change",
    [{"scenario": "other"}, {"strategy": "static"}, {"seed": 1}, {"replication": 1}, {"campaigns": 21}, {"code": "x"}],
)
def test_whatever_decides_a_result_is_in_its_name(tmp_path: Path, change: dict[str, object]) -> None:
    wanted = cell(small(tmp_path))
    assert dataclasses.replace(wanted, **change).key() != wanted.key()  # type: ignore[arg-type]


def test_the_digest_of_the_code_is_stable_within_a_process() -> None:
    assert code_digest() == code_digest()
    assert len(code_digest()) == 64


def test_the_digest_of_the_code_is_of_all_that_computes_cells_and_of_nothing_above() -> None:
    package = Path(nhilab.__file__).parent
    files = [path.relative_to(package).as_posix() for path in computing_files()]
    assert {"lab.py", "engine/run.py", "campaign/replay.py", "metrics/catalogue.py", "base/streams.py"} <= set(files)
    assert len(files) == len(set(files))
    assert [name for name in files if name.split("/")[0] in ("study", "report", "cli")] == ["study/cells/cell.py"]


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "other", "folder"])
def test_a_damaged_cell_counts_as_absent(tmp_path: Path, damage: str) -> None:
    scenario = small(tmp_path)
    store, wanted = CellStore(tmp_path / "cells"), cell(scenario)
    store.save(wanted, compute(scenario, wanted))
    path = store.path(wanted)
    content = path.read_bytes()
    middle = len(content) // 2
    if damage == "folder":
        path.unlink()
        path.mkdir()
    elif damage == "other":
        path.rename(store.path(cell(scenario, replication=1)))
        wanted = cell(scenario, replication=1)
    else:
        flipped = content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :]
        path.write_bytes({"cut": content[:middle], "flip": flipped, "empty": b""}[damage])
    assert store.load(wanted) is None


def test_only_what_is_missing_or_damaged_is_computed_again(tmp_path: Path, counted: list[Cell]) -> None:
    scenario, store = small(tmp_path), CellStore(tmp_path / "cells")
    first = compare(scenario, seed=0, replications=2, campaigns=20, store=store)
    assert len(counted) == 6
    store.path(cell(scenario, replication=1)).unlink()
    store.path(cell(scenario, replication=0)).write_bytes(b"not a cell")
    counted.clear()
    again = compare(scenario, seed=0, replications=2, campaigns=20, store=store)
    assert [one.key() for one in counted] == [cell(scenario, replication=r).key() for r in (0, 1)]
    assert again.to_json() == first.to_json()
    counted.clear()
    compare(scenario, seed=0, replications=2, campaigns=20, store=store)
    assert counted == []


def test_what_was_finished_before_a_ctrl_c_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario, store = small(tmp_path), CellStore(tmp_path / "cells")

    def interrupted(given: Scenario, wanted: Cell) -> Outcome:
        if wanted.replication == 1:
            raise KeyboardInterrupt
        return compute(given, wanted)

    monkeypatch.setattr(executor_module, "compute", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Executor(store=store).run(
            {scenario.digest_of("task"): scenario}, [cell(scenario, replication=r) for r in range(3)]
        )
    assert store.load(cell(scenario, replication=0)) is not None
    assert store.load(cell(scenario, replication=1)) is None


def test_progress_is_told_of_each_cell_and_of_those_found(tmp_path: Path) -> None:
    scenario, store = small(tmp_path), CellStore(tmp_path / "cells")
    found = with_thieves(cell(scenario))
    store.save(found, compute(scenario, found))
    told: list[tuple[int, int, int]] = []
    compare(
        scenario, seed=0, strategies=("task",), replications=3, campaigns=20, store=store,
        progress=lambda *state: told.append(state),
    )  # fmt: skip
    assert told == [(1, 1, 3), (2, 1, 3), (3, 1, 3)]


def test_a_cell_with_another_thief_answers_for_one_without_but_not_the_other_way_round(tmp_path: Path) -> None:
    scenario, store = small(tmp_path), CellStore(tmp_path / "cells")
    plain, more = cell(scenario), with_thieves(cell(scenario))
    store.save(plain, compute(scenario, plain))
    assert store.load(more) is None
    whole = compute(scenario, more)
    store.save(more, whole)
    found = store.load(plain)
    assert found is not None
    assert store.load(more) is not None
    assert found.compromises == compute(scenario, plain).compromises
    theirs = [outcome.others[HOP]["access_window_s"].pool.values.tolist() for outcome in (found, whole)]
    assert theirs[0] == theirs[1]


@pytest.mark.parametrize("richer", [True, False])
def test_a_merge_takes_a_cell_with_more_thieves_and_leaves_one_with_fewer(tmp_path: Path, richer: bool) -> None:
    scenario, mine, other = small(tmp_path), CellStore(tmp_path / "mine"), CellStore(tmp_path / "other")
    plain, more = cell(scenario), with_thieves(cell(scenario))
    for store, kept in ((mine, plain), (other, more)) if richer else ((mine, more), (other, plain)):
        store.save(kept, compute(scenario, kept))
    assert mine.merge([other]).taken == int(richer)
    assert mine.load(more) is not None


def test_a_store_that_cannot_be_written_is_a_one_line_error(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    (tmp_path / "cells").write_text("a file")
    with pytest.raises(InputError, match="can be written"):
        compare(scenario, seed=0, replications=1, campaigns=2, store=CellStore(tmp_path / "cells"))


def test_a_long_sample_is_thinned_to_its_quantiles() -> None:
    sample = np.append(np.arange(3 * MAX_POOL - 2.0)[::-1], [math.inf, math.inf])
    pool = thinned(sample)
    assert len(pool.values) == MAX_POOL
    assert pool.weight == 3.0
    assert pool.values[0] == 1.0
    assert math.isinf(pool.values[-1])
    assert np.quantile(pool.values, 0.5, method="inverted_cdf") == pytest.approx(np.quantile(sample, 0.5), abs=2)


def test_the_cache_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NHILAB_CACHE", str(tmp_path / "own"))
    assert cache_folder() == tmp_path / "own"
    monkeypatch.delenv("NHILAB_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "nhilab" / "cells"


def test_there_is_at_least_one_worker_by_default() -> None:
    assert default_workers() >= 1


def filled(folder: Path, scenario: Scenario, replications: range) -> CellStore:
    """A store of a few cells."""
    store = CellStore(folder)
    for wanted in (cell(scenario, replication=r) for r in replications):
        store.save(wanted, compute(scenario, wanted))
    return store


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_merging_takes_what_is_missing_or_damaged_here_and_leaves_what_is_damaged_there(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    whole = filled(tmp_path / "whole", scenario, range(5))
    mine = filled(tmp_path / "mine", scenario, range(2))
    theirs = filled(tmp_path / "theirs", scenario, range(1, 4))
    more = filled(tmp_path / "more", scenario, range(3, 5))
    mine.path(cell(scenario, replication=1)).write_bytes(b"damaged here")
    theirs.path(cell(scenario, replication=2)).write_bytes(b"damaged there")
    untouched = mine.path(cell(scenario, replication=0)).stat().st_mtime_ns
    assert mine.merge([theirs, more]) == Merged(taken=3, present=1, damaged=1)
    missing = whole.path(cell(scenario, replication=2)).name
    assert files(mine.folder) == {name: content for name, content in files(whole.folder).items() if name != missing}
    assert mine.merge([whole]) == Merged(taken=1, present=4, damaged=0)
    assert files(mine.folder) == files(whole.folder)
    assert mine.path(cell(scenario, replication=0)).stat().st_mtime_ns == untouched


def test_a_cell_under_the_name_of_another_is_not_merged(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    theirs = filled(tmp_path / "theirs", scenario, range(1))
    theirs.path(cell(scenario)).rename(theirs.path(cell(scenario, replication=1)))
    assert CellStore(tmp_path / "mine").merge([theirs]) == Merged(taken=0, present=0, damaged=1)


def test_the_command_line_lists_merges_and_prunes_cells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = small(tmp_path)
    theirs = filled(tmp_path / "theirs", scenario, range(2))
    old = dataclasses.replace(cell(scenario), code="0" * 64)
    theirs.save(old, compute(scenario, cell(scenario)))
    mine = tmp_path / "mine"
    assert run(["cells", "merge", str(mine), str(theirs.folder)]) == 0
    assert capsys.readouterr().out == "3 cells taken, 0 already there, 0 damaged files left\n"
    (mine / f".{'0' * 64}.cell.1.part").write_bytes(b"half")
    os.utime(mine / f".{'0' * 64}.cell.1.part", (0, 0))
    (mine / f".{'1' * 64}.cell.1.part").write_bytes(b"being written")
    assert run(["cells", "list", str(mine)]) == 0
    listed = capsys.readouterr().out
    assert "3 cells, 0 damaged files" in listed
    assert "this" in listed
    assert "00000000" in listed
    assert max(map(len, listed.splitlines())) <= 80
    beside = {kept.name: kept.with_suffix(".losses") for kept in mine.glob("*.cell")}
    for path in beside.values():
        path.write_bytes(b"sampled again")
    assert run(["cells", "prune", str(mine)]) == 0
    assert capsys.readouterr().out == "3 files removed\n"
    assert not beside[theirs.path(old).name].exists()
    assert {path.name for path in mine.glob("*.cell")} == {theirs.path(cell(scenario, r)).name for r in range(2)}
    assert len(list(mine.iterdir())) == 5
    assert run(["cells", "merge", str(mine), str(tmp_path / "nowhere")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_two_studies_may_write_into_one_store_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-m", "nhilab", "compare", str(write(tmp_path)), "--quiet"]
    settings = ["--replications", "8", "--campaigns", "20", "--seed", "0", "--workers", "1"]
    studies = [
        subprocess.Popen(
            [*command, *settings, "--json", str(tmp_path / f"{name}.json")],
            env={**os.environ, "NHILAB_CACHE": str(tmp_path / "cells")},
            stderr=subprocess.PIPE,
        )
        for name in ("a", "b")
    ]
    assert [(study.communicate(timeout=120)[1], study.returncode) for study in studies] == [(b"", 0)] * 2
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    store = CellStore(tmp_path / "cells")
    assert [kept.cell is None for kept in store.kept()] == [False] * 24
    assert len(list(store.folder.iterdir())) == 24
