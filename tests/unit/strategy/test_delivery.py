"""What an issuer delivers of what a stage asks."""

from __future__ import annotations

from typing import Any

import pytest

from nhilab.base.quantities import DAY, HOUR, MINUTE, NEVER, SECOND
from nhilab.scenario.issuer_section import DIMENSIONS, Issuer
from nhilab.scenario.strategy_section import Stage
from nhilab.strategy.delivery import Delivery, deliver

STS = {"ttl_range": ["900s", "12h"]}


def delivered(asked: dict[str, Any], **can: Any) -> Delivery:
    stage = {"issuer": "sts", "from": "attested", "issue_per": "task", "ttl": "1h"} | asked
    return deliver(Stage.model_validate(stage), Issuer.model_validate({"service_time": "1s"} | can))


def test_an_issuer_of_which_nothing_is_said_delivers_whatever_is_asked() -> None:
    for ttl in ("1s", "never"):
        found = delivered({"ttl": ttl, "scope": list(DIMENSIONS), "revoke": ["task-end"]})
        assert found.ttl == (SECOND if ttl == "1s" else NEVER) and not found.hypothetical
        assert found.narrowed() == found.dimensions("any") == DIMENSIONS and found.revoke == ("task-end",)


@pytest.mark.parametrize(
    ("asked", "given"),
    [("5m", 15 * MINUTE), ("15m", 15 * MINUTE), ("1h", HOUR), ("13h", 12 * HOUR), ("never", 12 * HOUR)],
)
def test_a_clamping_issuer_moves_the_lifetime_into_its_range(asked: str, given: int) -> None:
    found = delivered({"ttl": asked}, **STS, out_of_range="clamp")
    assert found.ttl == given and not found.hypothetical


@pytest.mark.parametrize(("asked", "hypothetical"), [("5m", True), ("15m", False), ("12h", False), ("13h", True)])
def test_a_refusing_issuer_leaves_what_was_asked_in_force_and_hypothetical(asked: str, hypothetical: bool) -> None:
    found = delivered({"ttl": asked}, **STS, out_of_range="reject")
    assert found.ttl == {"5m": 5 * MINUTE, "15m": 15 * MINUTE, "12h": 12 * HOUR, "13h": 13 * HOUR}[asked]
    assert found.hypothetical is hypothetical


@pytest.mark.parametrize("out_of_range", ["clamp", "reject"])
def test_the_range_of_lifetimes_does_not_bind_a_standing_secret(out_of_range: str) -> None:
    for ttl, length in (("never", NEVER), ("90d", 90 * DAY), ("1m", MINUTE)):
        secret = {"from": "standing", "issue_per": "identity", "ttl": ttl}
        found = delivered(secret, **STS, out_of_range=out_of_range)
        assert found.ttl == length and not found.hypothetical


def test_an_issuer_narrows_by_the_class_of_the_resource() -> None:
    narrows = {"default": ["environment"], "object-store": ["environment", "resource"], "database": []}
    found = delivered({"scope": ["resource", "environment", "operation"]}, narrows=narrows)
    assert found.dimensions("object-store") == ("resource", "environment")
    assert found.dimensions("database") == () and found.dimensions("secret-store") == ("environment",)
    assert found.narrowed() == ("environment", "resource"), "operation is dropped for every class"


def test_a_class_that_is_not_named_is_narrowed_in_full_where_no_default_is_said() -> None:
    found = delivered({"scope": ["resource"]}, narrows={"database": []})
    assert found.dimensions("database") == () and found.dimensions("object-store") == ("resource",)


def test_a_refusing_issuer_that_cannot_narrow_as_asked_leaves_the_whole_scope_in_force() -> None:
    narrows = {"default": ["resource"], "database": []}
    found = delivered({"scope": ["resource"]}, narrows=narrows, out_of_range="reject")
    assert found.hypothetical and found.dimensions("database") == ("resource",) == found.narrowed()
    for scope in ([], ["resource"]):
        can = {"default": ["resource", "environment"]}
        assert not delivered({"scope": scope}, narrows=can, out_of_range="reject").hypothetical


def test_an_issuer_without_a_unit_of_revocation_drops_the_revocation() -> None:
    asked = {"revoke": ["task-end"]}
    assert delivered(asked, revocation_unit="none").revoke == ()
    for unit in ("credential", "subtree", "identity"):
        assert delivered(asked, revocation_unit=unit).revoke == ("task-end",)


def test_a_refusing_issuer_without_a_unit_of_revocation_makes_the_stage_hypothetical() -> None:
    found = delivered({"revoke": ["task-end"]}, revocation_unit="none", out_of_range="reject")
    assert found.hypothetical and found.revoke == ("task-end",)
    assert not delivered({}, revocation_unit="none", out_of_range="reject").hypothetical


def test_one_thing_refused_keeps_everything_as_asked() -> None:
    asked = {"ttl": "5m", "scope": ["resource", "operation"], "revoke": ["task-end"]}
    can = STS | {"narrows": {"default": ["resource"]}, "revocation_unit": "none"}
    kept = delivered(asked, **can, out_of_range="reject")
    assert (kept.ttl, kept.dimensions("any"), kept.revoke) == (5 * MINUTE, ("resource", "operation"), ("task-end",))
    cut = delivered(asked, **can, out_of_range="clamp")
    assert (cut.ttl, cut.dimensions("any"), cut.revoke) == (15 * MINUTE, ("resource",), ())
    assert kept.hypothetical and not cut.hypothetical
