"""One class of workloads alone."""

from __future__ import annotations

import yaml
from unit.study.small import YAML

from nhilab.base.tables import digest_of
from nhilab.demand.sample import sample
from nhilab.lab import try_strategy
from nhilab.scenario.scenario import Scenario
from nhilab.study.designs.classes import alone, classes_of, handed
from scenarios import as_scenario


def mixed() -> Scenario:
    """Agents that hand work to a service which also has some of its own, a batch, and a pipeline only handed to."""
    content = yaml.safe_load(YAML)
    del content["estate"]["places"]["runner"]["slots"]
    content["estate"]["places"]["runner"]["isolation"] = "shared"
    job = content["estate"]["workloads"]["job"]
    content["estate"]["workloads"] = {
        "agent": {**job, "kind": "agent", "delegates_to": {"workload": "tool", "probability": 0.5}},
        "tool": {**job, "kind": "service"},
        "night": {**job, "kind": "batch", "delegates_to": {"workload": "checks", "probability": 0.5}},
        "checks": {**{k: v for k, v in job.items() if k != "arrivals"}, "kind": "pipeline"},
    }
    content["threat"]["entries"]["nightly"] = {"timing": "at-task", "workloads": ["night"], "technique": "T1195.001"}
    return as_scenario(content)


def kinds_at_work(scenario: Scenario) -> set[str]:
    tasks = sample(scenario, seed=0).tasks
    return set(scenario.estate.workloads.kind[tasks.workload].tolist())


def test_classes_are_those_that_start_work_of_their_own() -> None:
    assert classes_of(mixed()) == ("agent", "batch", "service")
    assert handed(mixed()) == ("pipeline",)


def test_only_the_class_and_those_it_hands_work_to_are_at_work() -> None:
    found = {kind: kinds_at_work(alone(mixed(), kind)) for kind in classes_of(mixed())}
    assert found == {"agent": {"agent", "service"}, "batch": {"batch", "pipeline"}, "service": {"service"}}


def test_what_is_handed_to_the_class_by_others_does_not_arrive() -> None:
    tasks = sample(alone(mixed(), "service"), seed=0).tasks
    assert (tasks.parent_call == -1).all()


def test_estate_and_thieves_are_left_as_they_are() -> None:
    whole, part = mixed(), alone(mixed(), "agent")
    assert part.threat == whole.threat
    for name, table in whole.estate.tables().items():
        assert digest_of(part.estate.tables()[name]) == digest_of(table), name
    assert part.digest_of("task") != whole.digest_of("task")


def test_a_class_that_is_all_there_is_is_left_as_it_is() -> None:
    scenario = as_scenario(YAML)
    (kind,) = classes_of(scenario)
    assert alone(scenario, kind).digest() == scenario.digest()


def test_a_way_in_through_tasks_of_another_class_leads_nowhere() -> None:
    trial = try_strategy(alone(mixed(), "agent"), "task", seed=0, campaigns=60)
    reached = trial.by_entry["nightly"]["theft_probability"]
    assert reached.denominator > 0
    assert reached.value == 0
    assert trial.by_entry["dependency"]["theft_probability"].value > 0
