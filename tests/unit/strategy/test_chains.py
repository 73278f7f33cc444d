"""Who follows which chain of stages: selectors in order, and shares that grow."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from nhilab.scenario.scenario import Scenario
from nhilab.scenario.strategy_section import Mix
from nhilab.strategy.chains import chain_of_workloads, fits
from scenarios import HOURLY, as_content, as_scenario


def crowd(*mix: dict[str, Any], n: int = 40, first: int = 0) -> Scenario:
    """Many workloads, every fourth a batch, and a strategy with this mix."""
    content = as_content(HOURLY)
    agent = content["estate"]["workloads"].pop("agent")
    for i in range(first, n):
        kind = "agent" if i % 4 else "batch"
        content["estate"]["workloads"][f"{kind}-{i}"] = agent | {"kind": kind}
    content["strategies"]["jit"]["mix"] = list(mix)
    return as_scenario(content)


def chains(scenario: Scenario, seed: int = 1) -> list[int]:
    found = chain_of_workloads(scenario.strategies["jit"], scenario.estate, seed)
    assert found.dtype.name == "int32" and len(found) == len(scenario.estate.workloads)
    return [int(chain) for chain in found]


def adopters(share: float, seed: int = 1) -> set[int]:
    return {w for w, chain in enumerate(chains(crowd({"strategy": "static", "share": share}), seed)) if chain == 1}


def test_without_a_mix_every_workload_follows_the_strategys_own_stages() -> None:
    assert set(chains(crowd())) == {0}


def test_a_larger_share_of_adopters_contains_the_smaller_one() -> None:
    shares = [0.0, 0.1, 0.3, 0.5, 0.9, 1.0]
    grown = [adopters(share) for share in shares]
    assert all(a <= b for a, b in pairwise(grown))
    assert len(grown[0]) == 0 and len(grown[-1]) == 40
    assert len({len(group) for group in grown}) == len(shares), "each larger one has more of forty workloads"


def test_about_the_share_adopts() -> None:
    found = sum(chain == 1 for chain in chains(crowd({"strategy": "static", "share": 0.3}, n=1000)))
    assert abs(found - 300) < 5 * (1000 * 0.3 * 0.7) ** 0.5


def test_who_adopts_depends_on_the_seed_and_the_workloads_name_alone() -> None:
    assert adopters(0.5, seed=1) != adopters(0.5, seed=2)
    few = chains(crowd({"strategy": "static", "share": 0.5}, first=10, n=30))
    assert chains(crowd({"strategy": "static", "share": 0.5}))[10:30] == few


def test_a_mix_selects_workloads_by_kind_and_by_pattern_both() -> None:
    mix = {"strategy": "static", "kinds": ["batch"], "workloads": ["*-4", "agent-*", "batch-1?"]}
    scenario = crowd(mix)
    names = scenario.estate.workloads.name.tolist()
    assert [n for n, c in zip(names, chains(scenario), strict=True) if c] == ["batch-4", "batch-12", "batch-16"]


def test_the_first_mix_that_fits_a_workload_wins() -> None:
    scenario = crowd({"strategy": "static", "kinds": ["batch"]}, {"strategy": "static"}, n=8)
    assert chains(scenario) == [1, 2, 2, 2, 1, 2, 2, 2]
    scenario = crowd({"strategy": "static"}, {"strategy": "static", "kinds": ["batch"]}, n=8)
    assert chains(scenario) == [1] * 8


def test_who_does_not_adopt_the_first_mix_that_fits_is_left_to_the_strategys_own_stages() -> None:
    batches = {"strategy": "static", "kinds": ["batch"]}
    found = chains(crowd(batches | {"share": 0}, {"strategy": "static"}, n=8))
    assert found == [0, 2, 2, 2, 0, 2, 2, 2]
    shared = chains(crowd(batches | {"share": 0.5}, {"strategy": "static"}))
    assert {chain for w, chain in enumerate(shared) if w % 4 == 0} == {0, 1}


@pytest.mark.parametrize(
    ("told", "name", "kind", "fitting"),
    [
        ({}, "any", "service", True),
        ({"workloads": ["nightly-*"]}, "nightly-1", "batch", True),
        ({"workloads": ["nightly-*"]}, "Nightly-1", "batch", False),
        ({"workloads": ["nightly"]}, "nightly-1", "batch", False),
        ({"kinds": ["agent", "batch"]}, "any", "pipeline", False),
        ({"workloads": []}, "any", "agent", False),
    ],
)
def test_a_mix_fits_by_whole_names_and_case(told: dict[str, Any], name: str, kind: str, fitting: bool) -> None:
    assert fits(Mix(strategy="static", **told), name, kind) is fitting
