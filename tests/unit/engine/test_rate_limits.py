"""Admission by a token bucket, counted by hand."""

from __future__ import annotations

from typing import Any

import pytest
from unit.engine.hand import Call, Task, ran, seconds, stage

from nhilab.base.quantities import SECOND
from nhilab.engine.stations import FifoStation, TokenBucket
from nhilab.scenario.issuer_section import RateLimit


def admitted(burst: int, *requests: float) -> list[float]:
    """Instants at which requests made at these get their token; one token is made every two seconds."""
    bucket, found = TokenBucket(RateLimit.model_validate({"rate": "30/m", "burst": burst})), []
    for request in requests:
        at, left = bucket.admission(round(request * SECOND))
        bucket.take(at, left)
        found.append(at / SECOND)
    return found


def test_a_full_bucket_admits_its_burst_at_once_and_then_one_request_per_token() -> None:
    assert admitted(2, 0, 0, 0, 0) == [0, 0, 2, 4]


def test_a_request_at_the_instant_its_token_is_there_does_not_wait() -> None:
    assert admitted(1, 0, 2, 4) == [0, 2, 4]
    assert admitted(1, 0, 1.999999, 4) == [0, 2, 4]


def test_a_part_of_a_token_is_waited_for() -> None:
    assert admitted(1, 0, 1, 2.5) == [0, 2, 4]


def test_a_bucket_fills_up_to_its_burst_and_no_further() -> None:
    assert admitted(2, 0, 0, 100, 100, 100) == [0, 0, 100, 100, 102]


def test_nobody_is_admitted_before_whoever_asked_earlier() -> None:
    assert admitted(1, 0, 1, 1, 3) == [0, 2, 4, 6]


def test_a_request_that_is_given_up_takes_no_token() -> None:
    limit = RateLimit.model_validate({"rate": "30/m", "burst": 1})
    station = FifoStation(1, limit=limit, timeout=1 * SECOND)
    asked = [station.serve(round(at * SECOND), 0) for at in (0, 0.5, 1.5)]
    assert asked == [0, -1, 2 * SECOND]


@pytest.mark.parametrize(("service", "servers", "issued"), [
    ("0", 1, [0, 2, 4]), ("1s", 1, [1, 3, 5]), ("3s", 1, [3, 6, 9]), ("3s", 2, [3, 5, 7]),
])  # fmt: skip
def test_a_request_queues_for_a_server_once_it_has_its_token(service: str, servers: int, issued: list[float]) -> None:
    limited: dict[str, Any] = {"rate_limit": {"rate": "30/m"}, "servers": servers}
    ledger = ran([Task(0, [Call()]) for _ in range(3)], service=service, sts=limited)
    assert seconds(ledger.credentials.issued_at) == issued
    assert seconds(ledger.credentials.requested_at) == [0, 0, 0]


def test_revocations_are_not_limited() -> None:
    limited: dict[str, Any] = {"rate_limit": {"rate": "30/m", "burst": 3}}
    ledger = ran([Task(0, [Call()]) for _ in range(3)], stage(revoke=["task-end"]), sts=limited)
    assert seconds(ledger.credentials.revoked_at) == [1, 1, 1]
