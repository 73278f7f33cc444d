"""Issuers: what they say of outages, limits and revocation, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from unit.scenario.hourly import checked, with_value

from nhilab.base.quantities import HOUR, MINUTE, NEVER, SECOND
from nhilab.scenario.issuer_section import DIMENSIONS, Issuer
from scenarios import as_scenario

STS = "issuers/sts"


def issuer(**told: Any) -> Issuer:
    return as_scenario(with_value(STS, {"service_time": "1s"} | told)).issuers["sts"]


def test_an_issuer_of_which_little_is_said_is_never_away_and_delivers_everything() -> None:
    plain = issuer()
    assert plain.outages == () and plain.rate_limit is None and plain.ttl_range is None
    assert plain.narrows == {"default": DIMENSIONS} and plain.revocation_unit == "credential"
    assert (plain.timeout, plain.attempts, plain.backoff) == (NEVER, 1, 0) and not plain.cascades


def test_outages_and_limits_are_read_with_their_units() -> None:
    told = issuer(
        rate_limit={"rate": "30/m", "burst": 5}, timeout="10s", attempts=3, backoff="2s", ttl_range=["15m", "never"],
        outages=[{"from": "1h", "for": "5m"}, {"from": 0, "for": "1s", "every": "1h"}],
    )  # fmt: skip
    assert told.rate_limit is not None and (told.rate_limit.rate, told.rate_limit.burst) == (0.5, 5)
    assert [(o.begin, o.length, o.every) for o in told.outages] == [(HOUR, 5 * MINUTE, None), (0, SECOND, HOUR)]
    assert (told.timeout, told.attempts, told.backoff) == (10 * SECOND, 3, 2 * SECOND)
    assert told.ttl_range == (15 * MINUTE, NEVER)


@pytest.mark.parametrize(
    ("told", "cascades"),
    [({"cascade": True}, True), ({"revocation_unit": "subtree"}, True), ({"revocation_unit": "identity"}, False)],
)
def test_children_die_with_their_parents_where_the_issuer_cascades_or_revokes_subtrees(
    told: dict[str, Any], cascades: bool
) -> None:
    assert issuer(**told).cascades is cascades


RANGE, NONE = "the shorter lifetime first, above 0", "one other than none"
BAD = [
    # what is told, key path below the issuer, value shown, what is allowed
    ({"outages": [{"from": "1h"}]}, ".outages.0.for", "nothing", "required"),
    ({"outages": [{"for": "1h"}]}, ".outages.0.from", "nothing", "required"),
    ({"outages": [{"from": "1h", "for": 0}]}, ".outages.0.for", "0", "greater than 0"),
    ({"outages": [{"from": "never", "for": "1h"}]}, ".outages.0.from", "never", "a finite length"),
    ({"outages": [{"from": "1h", "for": "never"}]}, ".outages.0.for", "never", "a finite length"),
    ({"outages": [{"from": "1h", "for": "1h", "every": "1h"}]}, ".outages.0.every", "1h", "a length above"),
    ({"rate_limit": {"rate": 5}}, ".rate_limit.rate", "5", "a positive rate"),
    ({"rate_limit": {"rate": "5/s", "burst": 0}}, ".rate_limit.burst", "0", "greater than or equal to 1"),
    ({"timeout": 0}, ".timeout", "0", "greater than 0"),
    ({"attempts": 0}, ".attempts", "0", "greater than or equal to 1"),
    ({"backoff": "never"}, ".backoff", "never", "a finite length"),
    ({"ttl_range": ["15m"]}, ".ttl_range.1", "nothing", "required"),
    ({"ttl_range": ["12h", "15m"]}, ".ttl_range", "12h", RANGE),
    ({"ttl_range": [0, "15m"]}, ".ttl_range", "15m", RANGE),
    ({"narrows": {"default": ["colour"]}}, ".narrows.default.0", "colour", "'environment', 'class', 'resource' or"),
    ({"out_of_range": "refuse"}, ".out_of_range", "refuse", "'clamp' or 'reject'"),
    ({"revocation_unit": "session"}, ".revocation_unit", "session", "'none', 'credential', 'subtree' or 'identity'"),
    ({"revocation_unit": "none", "cascade": True}, ".revocation_unit", "none", NONE),
    ({"revocation_unit": "none", "revokes_when_owner_gone": True}, ".revocation_unit", "none", NONE),
]


@pytest.mark.parametrize(("told", "key", "found", "allowed"), BAD)
def test_an_issuer_that_makes_no_sense_is_refused_by_its_own_key(
    told: dict[str, Any], key: str, found: str, allowed: str
) -> None:
    checked(with_value(STS, {"service_time": "1s"} | told), f"issuers.sts{key}", found, allowed)
