"""When tasks arrive: the three rules, jitter, and the order of the rows."""

from __future__ import annotations

import numpy as np
import pytest

from nhilab.base.errors import InputError
from nhilab.base.quantities import HOUR, MINUTE
from nhilab.demand.arrivals import sample_arrivals
from nhilab.demand.sample import sample
from nhilab.scenario.scenario import Scenario
from scenarios import HOURLY, as_content, as_scenario


def with_arrivals(rule: dict[str, str], *, count: int = 1, **top: str) -> Scenario:
    content = as_content(HOURLY) | top
    content["estate"]["workloads"]["agent"] |= {"arrivals": rule, "count": count}
    return as_scenario(content)


def instants(scenario: Scenario, seed: int = 0) -> list[int]:
    return sample_arrivals(scenario, seed=seed, replication=0)[2].tolist()


def test_cron_counts_from_midnight_of_the_day_the_scenario_starts_on() -> None:
    assert instants(with_arrivals({"cron": "0 * * * *"})) == [hour * HOUR for hour in range(6)]
    assert instants(with_arrivals({"cron": "30 1 * * TUE"}, starts_on="2026-01-06")) == [90 * MINUTE]


def test_periodic_tasks_begin_at_a_random_phase_of_the_first_period() -> None:
    first = [instants(with_arrivals({"every": "50m"}), seed)[0] for seed in range(20)]
    assert len(set(first)) == 20 and max(first) < 50 * MINUTE
    at = np.array(instants(with_arrivals({"every": "50m"})))
    assert (np.diff(at) == 50 * MINUTE).all() and len(at) in (7, 8) and at[-1] < 6 * HOUR


def test_instances_have_phases_of_their_own() -> None:
    workload, instance, at = sample_arrivals(with_arrivals({"every": "6h"}, count=5), seed=0, replication=0)
    assert sorted(instance.tolist()) == [0, 1, 2, 3, 4] and set(workload.tolist()) == {0}
    assert len(set(at.tolist())) == 5 and (np.diff(at) > 0).all()


def test_ties_are_in_order_of_instance() -> None:
    _, instance, at = sample_arrivals(with_arrivals({"cron": "0 */3 * * *"}, count=3), seed=0, replication=0)
    assert instance.tolist() == [0, 1, 2, 0, 1, 2] and at.tolist() == [0] * 3 + [3 * HOUR] * 3


def test_jitter_never_moves_a_task_past_the_horizon() -> None:
    late = with_arrivals({"cron": "59 5 * * *", "jitter": "10m"}, count=200)
    at = np.array(instants(late))
    assert 5 < len(at) < 60, "a tenth stays"
    assert at.min() >= 6 * HOUR - MINUTE and at.max() < 6 * HOUR


def test_an_estate_in_which_nothing_arrives_is_refused() -> None:
    with pytest.raises(InputError, match="no arrival before the horizon"):
        sample(with_arrivals({"cron": "0 0 1 2 *"}), seed=0)
