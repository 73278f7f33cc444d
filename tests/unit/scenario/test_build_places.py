"""Places inside places, and what lies in them besides what runs there."""

from __future__ import annotations

from typing import Any

import pytest
from unit.scenario.hourly import GONE, checked, estate_of, put, with_value

from nhilab.base.quantities import DAY, HOUR, NEVER
from nhilab.ledger.tables import Binding

AGENT = "estate/workloads/agent"


def placed(**places: dict[str, Any]) -> dict[str, Any]:
    """The hourly scenario with these places beside its shared runner."""
    return with_value("estate/places", {"runner": {}} | places)


def test_a_place_lies_inside_another_one_or_in_none() -> None:
    places = estate_of(placed(pod={"inside": "node", "isolation": "task"}, node={"inside": "cloud"}, cloud={})).places
    assert places.name.tolist() == ["runner", "pod", "node", "cloud"]
    assert places.inside.tolist() == [-1, 2, 3, -1]


def test_a_place_keeps_its_network_and_a_log_its_scanner() -> None:
    told = placed(logs={"kind": "log", "scanner_delay": "1h"}, pod={"network": "inner", "log": "logs"})
    places = estate_of(told).places
    assert places.network.tolist() == ["", "", "inner"] and places.log.tolist() == [-1, -1, 1]
    assert places.scanner_delay.tolist() == [NEVER, HOUR, NEVER]


@pytest.mark.parametrize(
    ("places", "key", "found", "allowed"),
    [
        ({"pod": {"inside": "mars"}}, "pod.inside", "mars", "a shared place: runner, pod"),
        ({"pod": {"inside": "vm"}, "vm": {"isolation": "slot"}}, "pod.inside", "vm", "a shared place: runner, pod"),
        ({"pod": {"inside": "pod"}}, "pod.inside", "pod", "a place that does not lie inside this one"),
        ({"a": {"inside": "b"}, "b": {"inside": "c"}, "c": {"inside": "a"}}, "a.inside", "b", "does not lie inside"),
        ({"a": {"inside": "b"}, "b": {"inside": "b"}}, "b.inside", "b", "a place that does not lie inside this one"),
        ({"a": {"inside": "b"}, "b": {"inside": "mars"}}, "b.inside", "mars", "a shared place: runner, a, b"),
        ({"pod": {"log": "vm"}, "vm": {"isolation": "task"}}, "pod.log", "vm", "a shared place: runner, pod"),
        ({"pod": {"logs_token_probability": 0.5}}, "pod.log", "None", "a place, where logs_token_probability is set"),
        ({"pod": {"scanner_delay": "soon"}}, "pod.scanner_delay", "soon", "a length with a unit"),
    ],
)
def test_a_place_that_cannot_be_is_refused_by_its_own_key(
    places: dict[str, Any], key: str, found: str, allowed: str
) -> None:
    checked(placed(**places), f"estate.places.{key}", found, allowed)


def test_copies_of_a_workloads_credentials_lie_at_places_and_are_rotated_unless_told() -> None:
    content = put(placed(pod={"isolation": "task"}, disk={}), f"{AGENT}/copies_to", [
        {"place": "disk"}, {"place": "pod", "rotated": False},
    ])  # fmt: skip
    copies = estate_of(content).copies_to
    assert copies.workload.tolist() == [0, 0] and copies.place.tolist() == [2, 1]
    assert copies.rotated.tolist() == [True, False]


def test_an_estate_that_says_nothing_of_copies_and_standing_credentials_has_none() -> None:
    estate = estate_of(placed())
    assert len(estate.copies_to) == len(estate.standing) == 0


def test_a_copy_at_a_place_that_is_not_there_is_refused() -> None:
    content = with_value(f"{AGENT}/copies_to", [{"place": "runner"}, {"place": "mars"}])
    checked(content, "estate.workloads.agent.copies_to.1.place", "mars", "one of runner")


def test_a_standing_credential_has_a_row_per_place_and_lives_for_ever_as_a_bearer_unless_told() -> None:
    content = put(placed(vault={}, disk={}), "estate/standing", {
        "orphan": {"identity": "robot", "places": ["disk", "runner"]},
        "vendor": {"identity": "robot", "places": ["vault"], "ttl": "90d", "binding": "exportable-key"},
    })  # fmt: skip
    standing = estate_of(content).standing
    assert standing.name.tolist() == ["orphan", "orphan", "vendor"] and standing.identity.tolist() == [0, 0, 0]
    assert standing.place.tolist() == [2, 0, 1] and standing.expires_at.tolist() == [NEVER, NEVER, 90 * DAY]
    assert standing.binding.tolist() == [Binding.BEARER, Binding.BEARER, Binding.EXPORTABLE_KEY]


@pytest.mark.parametrize(
    ("told", "key", "found", "allowed"),
    [
        ({"identity": "ghost"}, ".identity", "ghost", "an identity of the estate"),
        ({"identity": GONE}, ".identity", "nothing", "required"),
        ({"places": ["runner", "mars"]}, ".places.1", "mars", "one of runner"),
        ({"places": []}, ".places", "[]", "at least 1"),
        ({"binding": "paper"}, ".binding", "paper", "'brokered'"),
    ],
)
def test_a_standing_credential_that_cannot_be_is_refused_by_its_own_key(
    told: dict[str, Any], key: str, found: str, allowed: str
) -> None:
    orphan = {k: v for k, v in ({"identity": "robot", "places": ["runner"]} | told).items() if v is not GONE}
    checked(with_value("estate/standing", {"orphan": orphan}), f"estate.standing.orphan{key}", found, allowed)


def test_what_is_shown_to_a_resource_remains_at_its_own_place() -> None:
    content = put(placed(disk={}), "estate/resources/bucket/place", "disk")
    assert estate_of(content).resources.place.tolist() == [1]
    assert estate_of(placed()).resources.place.tolist() == [-1]


@pytest.mark.parametrize("place", ["mars", "pod"])
def test_the_place_of_a_resource_is_shared(place: str) -> None:
    content = put(placed(pod={"isolation": "task"}), "estate/resources/bucket/place", place)
    checked(content, "estate.resources.bucket.place", place, "a shared place: runner")
