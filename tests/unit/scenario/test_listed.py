"""Openings of a listed estate: one by one, or many by a pattern."""

from __future__ import annotations

from unit.scenario.hourly import checked, put, with_value

from nhilab.base.estate import Estate
from scenarios import as_scenario


def opening(*patterns: str, **operation: object) -> dict[str, object]:
    content = with_value("estate/identities", {
        "robot": {"grants": [{"resources": ["bucket"]}]}, "deploy-a": {}, "deploy-b": {}, "other": {},
    })  # fmt: skip
    told = {"opens_identities": list(patterns)} | operation
    return put(content, "estate/resources/bucket/operations", {"read": {}, "admin": told})


def opened(estate: Estate) -> list[str]:
    return estate.identities.name[estate.openings.identity].tolist()


def test_a_pattern_opens_every_identity_whose_name_matches() -> None:
    assert opened(as_scenario(opening("deploy-*")).estate) == ["deploy-a", "deploy-b"]
    assert opened(as_scenario(opening("*")).estate) == ["robot", "deploy-a", "deploy-b", "other"]
    assert opened(as_scenario(opening("deploy-?", "other")).estate) == ["deploy-a", "deploy-b", "other"]


def test_a_plain_name_opens_that_identity_alone() -> None:
    assert opened(as_scenario(opening("other")).estate) == ["other"]


def test_a_pattern_that_matches_no_identity_is_refused() -> None:
    checked(opening("ghost-*"), "estate.resources.bucket.operations.admin", "ghost-*", "robot, deploy-a")


def test_alike_resources_each_open_what_the_pattern_matches() -> None:
    content = put(opening("deploy-*"), "estate/resources/bucket/count", 2)
    estate = as_scenario(content).estate
    assert opened(estate) == ["deploy-a", "deploy-b"] * 2
    resources = estate.resources.name[estate.permissions.resource[estate.openings.permission]].tolist()
    assert resources == ["bucket-1", "bucket-1", "bucket-2", "bucket-2"]
