"""A slider answers within a second; with benchmarks off it only answers."""

from __future__ import annotations

import itertools
from pathlib import Path

from pytest_benchmark.fixture import BenchmarkFixture

from nhilab.report.notebook.explorer import TTLS, explore
from nhilab.scenario.load import load_scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def test_a_new_position_of_a_slider_is_answered(benchmark: BenchmarkFixture) -> None:
    explorer = explore(load_scenario(SCENARIOS / "queued-batch.yaml"), "ttl-1h", seed=1)
    positions = itertools.cycle(TTLS)  # each for the first time

    def move() -> str:
        explorer.ttl.value = next(positions)
        return str(explorer.numbers.value)

    assert "<table>" in benchmark.pedantic(move, rounds=len(TTLS))
