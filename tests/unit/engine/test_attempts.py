"""Clients that give up: time-outs, attempts and backoff, counted by hand."""

from __future__ import annotations

from typing import Any

import pytest
from unit.engine.hand import Call, Task, previous, ran, seconds, stage

from nhilab.ledger.tables import Status

AWAY: dict[str, Any] = {"outages": [{"from": "0", "for": "100s"}], "timeout": "3s"}
WORKLOAD = stage(issue_per="workload")


def test_a_client_gives_up_after_the_time_out_and_asks_again_after_the_backoff() -> None:
    """The second would have its credential at 4: it gives up at 3, asks at 8 and is served until 10."""
    twice = {"timeout": "3s", "attempts": 2, "backoff": "5s"}
    ledger = ran([Task(0, [Call()]), Task(0, [Call()])], service="2s", sts=twice)
    assert seconds(ledger.credentials.issued_at) == [2, 10]
    assert seconds(ledger.credentials.requested_at) == [0, 0]
    assert seconds(ledger.calls.arrived_at) == [2, 10] and not ledger.calls.status.any()


@pytest.mark.parametrize(("service", "status"), [("1500ms", Status.DONE), ("1500001us", Status.ISSUER_UNAVAILABLE)])
def test_an_answer_at_the_very_time_out_is_in_time(service: str, status: Status) -> None:
    ledger = ran([Task(0, [Call()]), Task(0, [Call()])], service=service, sts={"timeout": "3s"})
    assert ledger.calls.status.tolist() == [Status.DONE, status]


def test_a_request_that_is_given_up_is_never_served() -> None:
    """Of three the second gives up at 3; the third, who asks at 2, is served as if it had never been there."""
    tasks = [Task(0, [Call()]), Task(0, [Call()]), Task(2, [Call()])]
    ledger = ran(tasks, service="2s", sts={"timeout": "3s"})
    assert ledger.calls.status.tolist() == [Status.DONE, Status.ISSUER_UNAVAILABLE, Status.DONE]
    assert seconds(ledger.credentials.issued_at) == [2, 4]


def test_a_call_fails_with_its_last_attempt_and_its_task_with_it() -> None:
    """Attempts at 0, 8 and 16 fail at 3, 11 and 19: no backoff after the last."""
    ledger = ran([Task(0, [Call(), Call()], tail=7)], sts=AWAY | {"attempts": 3, "backoff": "5s"})
    assert ledger.calls.status.tolist() == [Status.ISSUER_UNAVAILABLE, Status.SKIPPED]
    assert seconds(ledger.calls.ended_at) == [19, None] and seconds(ledger.calls.arrived_at) == [None, None]
    assert ledger.calls.credential.tolist() == [-1, -1] and len(ledger.credentials) == 0
    assert ledger.tasks.status.tolist() == [Status.ISSUER_UNAVAILABLE] and seconds(ledger.tasks.ended_at) == [19]


def test_a_task_that_fails_later_keeps_what_it_did_before() -> None:
    later = {"outages": [{"from": "5s", "for": "100s"}], "timeout": "3s"}
    ledger = ran([Task(0, [Call(), Call(9), Call()])], stage(issue_per="call"), sts=later)
    assert ledger.calls.status.tolist() == [Status.DONE, Status.ISSUER_UNAVAILABLE, Status.SKIPPED]
    assert seconds(ledger.calls.ready_at) == [0, 10, None] and seconds(ledger.tasks.ended_at) == [13]


def test_a_task_whose_last_stage_fails_cleans_up_what_it_got_before() -> None:
    two = [stage(issuer="login", revoke=["task-end"]), previous()]
    ledger = ran([Task(0, [Call()])], *two, sts=AWAY)
    assert ledger.credentials.stage.tolist() == [0]
    assert seconds(ledger.credentials.revocation_requested_at) == [3]
    assert seconds(ledger.credentials.owner_end) == [3] == seconds(ledger.tasks.ended_at)


def test_a_slot_whose_task_failed_is_free_at_once() -> None:
    ledger = ran([Task(0, [Call()]), Task(1, [Call()])], sts=AWAY, first={"slots": 1})
    assert seconds(ledger.tasks.started_at) == [0, 3] and seconds(ledger.tasks.ended_at) == [3, 6]


def test_who_waited_for_an_issuance_that_failed_asks_for_itself() -> None:
    """All want one slot. Asked at 0, 3 and 6 in vain; at 9 the last asks, and the outage ends at 10."""
    away = {"outages": [{"from": "0", "for": "10s"}], "timeout": "3s"}
    ledger = ran([Task(at, [Call()]) for at in (0, 1, 5, 8)], WORKLOAD, service="1s", sts=away)
    failed = Status.ISSUER_UNAVAILABLE
    assert ledger.calls.status.tolist() == [failed, failed, failed, Status.DONE]
    assert seconds(ledger.calls.ended_at) == [3, 6, 9, 12] and seconds(ledger.credentials.requested_at) == [9]


def test_who_waited_for_an_attempt_that_comes_off_shares_it() -> None:
    away = {"outages": [{"from": "0", "for": "10s"}], "timeout": "3s", "attempts": 2, "backoff": "5s"}
    ledger = ran([Task(at, [Call()]) for at in (0, 1)], WORKLOAD, service="1s", sts=away)
    assert seconds(ledger.credentials.issued_at) == [11] and ledger.calls.credential.tolist() == [0, 0]
