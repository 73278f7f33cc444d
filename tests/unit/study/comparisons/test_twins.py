"""Two strategies that are the same, and one asked about twice: what is shared is shared exactly."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from unit.study.small import YAML, small, write

from nhilab.lab import load_scenario, try_strategy
from nhilab.metrics.catalogue import CAMPAIGN_METRICS
from nhilab.scenario.scenario import Scenario
from nhilab.study.comparisons.compare import compare


def with_a_twin(folder: Path) -> Scenario:
    """Strategy `task`, and `twin`, which is the same under another name."""
    task = next(line for line in YAML.splitlines() if line.startswith("  task:"))
    twin = task.replace("  task:", "  twin:")
    return load_scenario(write(folder, YAML.replace(task, f"{task}\n{twin}")))


def test_a_strategy_differs_from_its_twin_by_nothing_at_all(tmp_path: Path) -> None:
    comparison = compare(with_a_twin(tmp_path), seed=3, strategies=("task", "twin"), replications=4, campaigns=20)
    assert comparison.ledgers["task"] == comparison.ledgers["twin"]
    assert comparison.compromises["task"] == comparison.compromises["twin"]
    for key, contrast in comparison.difference("twin").items():
        estimate = comparison.strategies["task"][key]
        ends = estimate.low, estimate.high
        if all(math.isfinite(value) for value in (estimate.mean, *ends)):
            assert contrast[:3] == (0.0, 0.0, 0.0), key
            assert contrast.variance_ratio == 0.0 or math.isnan(contrast.variance_ratio), key


def test_the_seed_and_the_number_of_the_replication_decide_every_cell(tmp_path: Path) -> None:
    found = {seed: compare(small(tmp_path), seed=seed, replications=3, campaigns=5) for seed in (0, 1)}
    ledgers = {digest for each in found.values() for digests in each.ledgers.values() for digest in digests}
    assert len(ledgers) == 2 * 3 * 3


def test_a_way_in_is_estimated_from_its_own_campaigns(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    found = compare(scenario, seed=0, strategies=("task",), replications=3, campaigns=20).entries["task"]
    trials = [try_strategy(scenario, "task", seed=0, campaigns=20, replication=r).by_entry for r in range(3)]
    for entry, estimates in found.items():
        for name in CAMPAIGN_METRICS:
            numerator = math.fsum(t[entry][name].numerator for t in trials)
            denominator = math.fsum(t[entry][name].denominator for t in trials)
            expected = numerator / denominator if denominator else math.nan
            assert estimates[name].mean == pytest.approx(expected, nan_ok=True)
    assert found["runner"]["theft_probability"].mean != found["dependency"]["theft_probability"].mean
