"""Workloads that hand work on, and workloads whose calls are messages."""

from __future__ import annotations

from typing import Any

import pytest
from unit.scenario.hourly import checked, estate_of, put, with_value

from nhilab.base.estate import Carries
from nhilab.scenario.workload_section import Queue
from scenarios import as_scenario

AGENT = "estate/workloads/agent"
HOURLY = {"every": "1h"}


def working(**told: dict[str, Any]) -> dict[str, Any]:
    """The hourly scenario with these workloads instead of its agent; all run as the robot at the runner."""
    plain = {"identity": "robot", "place": "runner"}
    return with_value("estate/workloads", {name: plain | keys for name, keys in told.items()})


def to(workload: str, **more: Any) -> dict[str, Any]:
    return {"delegates_to": {"workload": workload} | more}


def test_every_call_is_handed_on_unless_a_probability_is_told() -> None:
    content = working(a={"arrivals": HOURLY} | to("c"), b={"arrivals": HOURLY} | to("c", probability=0.25), c={})
    workloads = estate_of(content).workloads
    assert workloads.delegates_to.tolist() == [2, 2, -1]
    assert workloads.delegation_probability.tolist() == [1, 0.25, 0]


def test_a_workload_that_others_delegate_to_needs_no_arrivals_of_its_own() -> None:
    content = working(boss={"arrivals": HOURLY} | to("worker"), worker=to("helper"), helper={})
    assert [a is None for a in as_scenario(content).arrivals] == [False, True, True]


BACK = "a workload whose work does not come back"


@pytest.mark.parametrize(
    ("workloads", "key", "found", "allowed"),
    [
        ({"a": {"arrivals": HOURLY} | to("ghost")}, "a.delegates_to.workload", "ghost", "one of a"),
        ({"a": {"arrivals": HOURLY} | to("a")}, "a.delegates_to.workload", "a", BACK),
        ({"a": {"arrivals": HOURLY} | to("b"), "b": to("c"), "c": to("b")}, "b.delegates_to.workload", "c", BACK),
        ({"a": to("b"), "b": to("a")}, "a.delegates_to.workload", "b", BACK),
        ({"a": {}}, "a.arrivals", "nothing", "arrivals, or another workload that delegates to it"),
        ({"a": {"arrivals": HOURLY} | to("b", probability=2), "b": {}}, "a.delegates_to.probability", "2", "less than"),
        ({"a": {"arrivals": HOURLY, "queue": {"place": "runner", "wait": 0}} | to("b"), "b": {}}, "a.queue", "a queue",
         "no queue where calls are delegated"),
    ],
)  # fmt: skip
def test_work_that_goes_nowhere_or_comes_back_is_refused_by_its_own_key(
    workloads: dict[str, Any], key: str, found: str, allowed: str
) -> None:
    checked(working(**workloads), f"estate.workloads.{key}", found, allowed)


def test_a_queue_is_a_place_with_consumers_and_messages_that_carry_a_credential_unless_told() -> None:
    queue = {"place": "mail", "wait": {"exponential": "5s"}}
    content = working(
        a={"arrivals": HOURLY, "queue": queue},
        b={"arrivals": HOURLY, "queue": queue | {"consumers": 2, "carries": "authorisation"}},
        c={"arrivals": HOURLY},
    )
    scenario = as_scenario(put(content, "estate/places/mail", {"kind": "queue"}))
    workloads = scenario.estate.workloads
    assert workloads.queue.tolist() == [1, 1, -1] and workloads.consumers.tolist() == [-1, 2, -1]
    assert workloads.carries.tolist() == [Carries.CREDENTIAL, Carries.AUTHORISATION, Carries.CREDENTIAL]
    assert [isinstance(q, Queue) for q in scenario.queues] == [True, True, False]


@pytest.mark.parametrize("place", ["mars", "pod"])
def test_the_place_of_a_queue_is_shared(place: str) -> None:
    content = with_value(f"{AGENT}/queue", {"place": place, "wait": "5s"})
    put(content, "estate/places", {"runner": {}, "pod": {"isolation": "slot", "slots": 2}})
    checked(content, "estate.workloads.agent.queue.place", place, "a shared place: runner")


@pytest.mark.parametrize(
    ("told", "key", "found", "allowed"),
    [
        ({"place": "runner"}, "wait", "nothing", "required"),
        ({"place": "runner", "wait": "5s", "consumers": 0}, "consumers", "0", "greater than or equal to 1"),
        ({"place": "runner", "wait": "5s", "carries": "hope"}, "carries", "hope", "'credential' or 'authorisation'"),
    ],
)
def test_a_queue_that_makes_no_sense_is_refused_by_its_own_key(
    told: dict[str, Any], key: str, found: str, allowed: str
) -> None:
    checked(with_value(f"{AGENT}/queue", told), f"estate.workloads.agent.queue.{key}", found, allowed)


@pytest.mark.parametrize("key", ["drift_probability", "crash_probability"])
def test_drift_and_crashes_are_probabilities_of_a_profile_and_zero_unless_told(key: str) -> None:
    assert getattr(as_scenario(with_value(f"profiles/default/{key}", 0.5)).profiles[0], key) == 0.5
    assert getattr(as_scenario(with_value("question", "Plain?")).profiles[0], key) == 0
    checked(with_value(f"profiles/default/{key}", 1.5), f"profiles.default.{key}", "1.5", "less than or equal to 1")


@pytest.mark.parametrize("middle", ["runner", "yard"])
def test_nobody_waits_for_work_that_waits_for_the_waiter_s_slot(middle: str) -> None:
    content = working(a={"arrivals": HOURLY} | to("b"), b={"place": middle} | to("c"), c={})
    content["estate"]["places"] |= {"runner": {"slots": 1}, "yard": {}}
    allowed = "places without slots, or none where work handed on waits for a slot that its own caller holds"
    checked(content, "estate.places.runner.slots", "runner", allowed)


def test_work_may_wait_for_slots_that_no_caller_of_it_holds() -> None:
    content = working(a={"arrivals": HOURLY} | to("b"), b={"place": "yard"})
    content["estate"]["places"] |= {"runner": {"slots": 1}, "yard": {"slots": 1}}
    assert estate_of(content).workloads.delegates_to.tolist() == [1, -1]
