"""What functions of the package are asked for: numbers of numpy are numbers, and nonsense is refused, not computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from unit.study.small import small

import nhilab
from nhilab import InputError, Scenario

TTL = {"strategy.task.ttl": ["1m", "15m"]}
WAY = {"strategy": "task", "against": "session"}
FEW: dict[str, Any] = {"seed": 0, "replications": 1, "campaigns": 2}
LIMIT = {"failed_task_share": "1%"}


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return small(tmp_path_factory.mktemp("scenario"))


STUDIES: dict[str, Callable[..., Any]] = {
    "compare": nhilab.compare,
    "sweep": lambda given, **more: nhilab.sweep(given, TTL, **more),
    "break_even": lambda given, **more: nhilab.break_even(given, "strategy.task.ttl=1m..1h", **WAY, **more),
    "check": lambda given, **more: nhilab.check(given, LIMIT, **more),
}


@pytest.mark.parametrize("study", STUDIES)
@pytest.mark.parametrize(("key", "value"), [("seed", -1), ("replications", 0), ("campaigns", 0), ("campaigns", -1)])
def test_a_number_that_says_nothing_is_refused_by_name(study: str, key: str, value: int, scenario: Scenario) -> None:
    with pytest.raises(InputError, match=f"{key}: found {value}; allowed"):
        STUDIES[study](scenario, **{**FEW, key: value})


@pytest.mark.parametrize("study", STUDIES)
def test_no_study_is_made_without_a_seed(study: str, scenario: Scenario) -> None:
    with pytest.raises(TypeError, match="NoneType"):
        STUDIES[study](scenario, **{**FEW, "seed": None})


@pytest.mark.parametrize(
    ("study", "more", "found"),
    [
        ("compare", {"precision": 5}, "precision: found 5; allowed: a share above 0 and below 1"),
        ("compare", {"thieves": "three"}, "thieves: found 'three'; allowed: both or one"),
        ("sweep", {"metrics": ["windows"]}, "metrics: found 'windows'; allowed: one of access_window_s"),
        ("break_even", {"metric": "windows"}, "metrics: found 'windows'; allowed: one of access_window_s"),
        ("break_even", {"tolerance": 0}, "tolerance: found 0; allowed: a share from"),
        ("break_even", {"tolerance": 5}, "tolerance: found 5; allowed: a share from"),
    ],
)
def test_a_setting_out_of_range_is_refused(study: str, more: dict[str, Any], found: str, scenario: Scenario) -> None:
    with pytest.raises(InputError, match=found):
        STUDIES[study](scenario, **FEW, **more)


def test_candidates_are_strategies_or_a_space(scenario: Scenario) -> None:
    with pytest.raises(InputError, match="designs: found 'spaces'; allowed: strategies or space"):
        nhilab.recommend(scenario, designs="spaces", **FEW)  # type: ignore[arg-type]


def test_a_sweep_of_nothing_is_refused(scenario: Scenario) -> None:
    for nothing in ({}, []):
        with pytest.raises(InputError, match="found 'nothing'"):
            nhilab.sweep(scenario, nothing, **FEW)


def test_a_trial_names_the_strategies_there_are_and_wants_no_fewer_than_no_thieves(scenario: Scenario) -> None:
    with pytest.raises(InputError, match=r"small.yaml: strategies: found 'tasks'; allowed: one of .*task"):
        nhilab.try_strategy(scenario, "tasks", seed=0, campaigns=2)
    with pytest.raises(InputError, match="campaigns: found -1; allowed"):
        nhilab.try_strategy(scenario, "task", seed=0, campaigns=-1)


def test_numbers_of_numpy_are_numbers(scenario: Scenario) -> None:
    zero, two = np.int64(0), np.int32(2)
    one = nhilab.try_strategy(scenario, "task", seed=zero, campaigns=two)  # type: ignore[arg-type]
    assert one.ledger.digest() == nhilab.try_strategy(scenario, "task", seed=0, campaigns=2).ledger.digest()
    for values in (np.array([1, 2]), [np.int64(1), np.float64(2.0)]):
        found = nhilab.sweep(scenario, {"issuers.sts.servers": values}, **FEW)
        assert len(found.points) == 2
