"""What it costs that others compute cells: two workers beside the ideal, half of the time of the cells themselves."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from benchmarks.test_speed import STRATEGY, scaled
from pytest_benchmark.fixture import BenchmarkFixture

from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.cell import Cell, code_digest, compute
from nhilab.study.cells.executor import Executor
from nhilab.study.cells.store import CellStore

WORKERS, STUDY = 2, 6


def cells(scenario: Scenario, replications: range) -> list[Cell]:
    return [
        Cell(
            scenario=scenario.digest_of(STRATEGY),
            strategy=STRATEGY,
            seed=0,
            replication=r,
            campaigns=50,
            code=code_digest(),
        )
        for r in replications
    ]


def own_time(scenario: Scenario, wanted: list[Cell]) -> float:
    """Processor time of the cells alone, s: other processes of a busy machine are not in it."""
    began = time.process_time()
    for cell in wanted:
        compute(scenario, cell)
    return time.process_time() - began


@pytest.mark.parametrize("cluster", [None, "local"])
def test_a_study_on_two_workers_against_half_the_time_of_its_cells(
    benchmark: BenchmarkFixture, tmp_path: Path, report: Callable[[str], None], cluster: str | None
) -> None:
    scenario = scaled(1)
    given, n = {scenario.digest_of(STRATEGY): scenario}, STUDY if benchmark.enabled else 1
    wanted, warm = cells(scenario, range(n)), cells(scenario, range(n, n + (2 * WORKERS if benchmark.enabled else 1)))
    here: list[float] = []
    with Executor(WORKERS, CellStore(tmp_path / "cells"), cluster=cluster) as executor:
        executor.run(given, warm)

        def study() -> int:
            for cell in wanted:
                CellStore(tmp_path / "cells").path(cell).unlink(missing_ok=True)
            began = time.process_time()
            found = executor.run(given, wanted)
            here.append(time.process_time() - began)
            return len(found)

        assert benchmark.pedantic(study, rounds=2 if benchmark.enabled else 1) == n
    if benchmark.enabled:
        own, took, where = own_time(scenario, wanted), benchmark.stats["min"], cluster or "none"
        report(
            f"cluster {where}: {60 / took:.0f} studies of {n} cells a minute, {took * WORKERS / own:.2f} of the ideal"
        )
        report(f"cluster {where}: processor time of the process that asks, per cells' own: {min(here) / own:.3f}")
