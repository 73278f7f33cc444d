"""How fast, as ratios within one run; run with `--benchmark-enable --benchmark-only -n 0`.

With benchmarks off these tests run each measured function once and assert only counts, never times.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from benchmarks.bare_simpy import mm3
from pytest_benchmark.fixture import BenchmarkFixture

from nhilab.lab import replay, run, sample
from nhilab.scenario.load import assemble
from nhilab.scenario.provenance import read_provenance
from nhilab.scenario.scenario import Scenario

SCENARIO = Path(__file__).parents[2] / "scenarios" / "ci-estate.yaml"
STRATEGY = "per-task-15m"


def scaled(scale: int) -> Scenario:
    """The shipped scenario with every workload's instances multiplied."""
    raw = yaml.safe_load(SCENARIO.read_text(encoding="utf-8"))
    raw["estate"]["scale"] = scale
    content, provenance = read_provenance(raw, str(SCENARIO))
    return assemble(content, file=str(SCENARIO), provenance=provenance)


def fastest(function: Callable[[], Any], *, rounds: int = 3) -> float:
    """Seconds of the fastest of a few rounds."""
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        function()
        times.append(time.perf_counter() - begin)
    return min(times)


@pytest.fixture(scope="module")
def one_day() -> Scenario:
    return scaled(1)


def test_a_simulated_call_against_a_bare_simpy_customer(
    benchmark: BenchmarkFixture, one_day: Scenario, report: Callable[[str], None]
) -> None:
    demand = sample(one_day, seed=0)
    ledger = benchmark.pedantic(run, args=(one_day, STRATEGY, demand), rounds=3 if benchmark.enabled else 1)
    assert len(ledger.calls) == len(demand.calls)
    if benchmark.enabled:
        bare = 200_000 / fastest(lambda: mm3(200_000), rounds=1)
        calls = len(demand.calls) / benchmark.stats["min"]
        report(f"calls simulated per bare SimPy M/M/3 customer served, per second: {calls / bare:.2f}")


def test_campaigns_replayed_against_the_run_they_replay(
    benchmark: BenchmarkFixture, one_day: Scenario, report: Callable[[str], None]
) -> None:
    ledger = run(one_day, STRATEGY, sample(one_day, seed=0))
    n = 200 if benchmark.enabled else 5
    found = benchmark.pedantic(
        replay, args=(ledger, one_day.threat), kwargs={"campaigns": n, "seed": 0}, rounds=3 if benchmark.enabled else 1
    )
    assert len(found.campaigns) == n
    if benchmark.enabled:
        one_run = fastest(lambda: run(one_day, STRATEGY, sample(one_day, seed=0)))
        report(f"campaigns replayed in the time of one run: {n * one_run / benchmark.stats['min']:.0f}")


@pytest.mark.parametrize("scale", [3, 10])
def test_cost_grows_in_proportion_to_demand(
    benchmark: BenchmarkFixture, one_day: Scenario, report: Callable[[str], None], scale: int
) -> None:
    small, large = sample(one_day, seed=0), sample(scaled(scale), seed=0)
    big = scaled(scale)
    growth = len(large.calls) / len(small.calls)
    assert growth == pytest.approx(scale, rel=0.15)
    if benchmark.enabled:
        benchmark.pedantic(run, args=(big, STRATEGY, large), rounds=3)
        cost = benchmark.stats["min"] / fastest(lambda: run(one_day, STRATEGY, small))
        report(f"{scale} times the instances: {growth:.2f} times the calls cost {cost:.2f} times the time")
    else:
        benchmark.pedantic(sample, args=(one_day,), kwargs={"seed": 0}, rounds=1)


def test_memory_grows_in_proportion_to_demand(
    benchmark: BenchmarkFixture, one_day: Scenario, report: Callable[[str], None]
) -> None:
    demand = sample(one_day, seed=0)
    tracemalloc.start()
    ledger = benchmark.pedantic(run, args=(one_day, STRATEGY, demand), rounds=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    kept = sum(column.nbytes for table in ledger.tables().values() for column in table.columns().values())
    assert kept < peak
    report(f"peak memory of a run: {peak / len(demand.calls):.0f} MB per million calls, {peak / kept:.1f} ledgers")
