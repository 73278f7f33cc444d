"""Calls that are messages, by hand: queued for ten seconds unless told."""

from __future__ import annotations

from typing import Any

import pytest
from unit.engine.hand import Call, Task, ran, seconds, stage

from nhilab.ledger.tables import Ledger, Owner, Status

ENDED = stage(revoke=["task-end"])
LATER = Call(takes=3, queued=10)


def queued(tasks: list[Task], *stages: dict[str, Any], queue: dict[str, Any] | None = None, **told: Any) -> Ledger:
    """A run in which the first workload's calls are messages."""
    return ran(tasks, *stages, agent={"queue": {"place": "queue", "wait": "0"} | (queue or {})}, **told)


def test_a_queued_call_is_presented_when_it_is_consumed_and_the_task_goes_on_at_once() -> None:
    ledger = queued([Task(0, [LATER, Call(1, queued=2)], tail=4)])
    assert seconds(ledger.calls.enqueued_at) == [0, 1] and seconds(ledger.calls.ready_at) == [0, 1]
    assert seconds(ledger.calls.arrived_at) == [10, 3] == seconds(ledger.calls.began_at)
    assert seconds(ledger.calls.ended_at) == [13, 4] and seconds(ledger.tasks.ended_at) == [5]
    assert seconds(ledger.credentials.purpose_end) == [13]


def test_a_message_is_sent_once_its_credential_is_there() -> None:
    ledger = queued([Task(0, [LATER])], service="2s")
    assert seconds(ledger.calls.enqueued_at) == [2] and seconds(ledger.calls.arrived_at) == [12]


def test_a_call_that_is_not_queued_never_waited() -> None:
    ledger = ran([Task(0, [Call()])])
    assert seconds(ledger.calls.enqueued_at) == [None] == seconds(ledger.calls.began_at)


@pytest.mark.parametrize(("ttl", "credential", "owner"), [
    ("10s", 1, Owner.CALL), ("10000001us", 0, Owner.TASK),
])  # fmt: skip
def test_a_credential_that_expired_in_the_queue_is_replaced_by_one_of_the_calls_own(
    ttl: str, credential: int, owner: Owner
) -> None:
    ledger = queued([Task(0, [LATER])], stage(ttl=ttl))
    assert ledger.calls.credential.tolist() == [credential] and not ledger.tasks.status.any()
    assert ledger.credentials.owner_kind[credential] == owner and ledger.credentials.owner[credential] == 0
    assert seconds(ledger.credentials.owner_end)[-1] == (13 if credential else 0)
    assert seconds(ledger.calls.began_at) == [10]


def test_a_credential_revoked_in_the_queue_is_replaced_by_one_of_the_calls_own() -> None:
    """The task ended at 0 and had its own revoked; the other one is issued at 12."""
    ledger = queued([Task(0, [LATER])], ENDED, service="2s")
    assert ledger.calls.credential.tolist() == [1] and seconds(ledger.credentials.revocation_requested_at)[0] == 2
    assert seconds(ledger.credentials.issued_at) == [2, 14] and seconds(ledger.calls.arrived_at) == [14]
    assert seconds(ledger.calls.ended_at) == [17] == seconds(ledger.credentials.owner_end)[1:]


def test_two_consumers_of_refused_messages_get_a_credential_each() -> None:
    ledger = queued([Task(0, [LATER, LATER])], ENDED)
    assert sorted(ledger.calls.credential.tolist()) == [1, 2]
    assert ledger.credentials.owner_kind.tolist() == [Owner.TASK, Owner.CALL, Owner.CALL]


def test_a_refused_message_of_a_stage_that_does_not_reissue_fails_its_task_after_the_fact() -> None:
    ledger = queued([Task(0, [LATER, Call(2)])], stage(ttl="5s", on_expired="fail"))
    assert ledger.calls.status.tolist() == [Status.REFUSED, Status.DONE]
    assert ledger.tasks.status.tolist() == [Status.REFUSED] and seconds(ledger.tasks.ended_at) == [2]
    assert seconds(ledger.calls.ended_at) == [10, 3] and seconds(ledger.calls.began_at) == [None, 2]


@pytest.mark.parametrize(("consumers", "began"), [(1, [16, 2, 6]), (2, [10, 2, 3]), (None, [10, 2, 3])])
def test_consumers_take_messages_in_the_order_in_which_these_have_waited(
    consumers: int | None, began: list[float]
) -> None:
    """Ripe at 10, 2 and 3; five, four and ten seconds of work."""
    calls = [Call(takes=5, queued=10), Call(takes=4, queued=2), Call(takes=10, queued=3)]
    ledger = queued([Task(0, calls)], queue={"consumers": consumers} if consumers else {})
    assert seconds(ledger.calls.began_at) == began == seconds(ledger.calls.arrived_at)


def test_messages_of_all_instances_of_a_workload_have_the_same_consumers() -> None:
    call = Call(takes=5, queued=1)
    ledger = queued([Task(0, [call]), Task(1, [call], instance=1), Task(20, [call])], queue={"consumers": 1})
    assert seconds(ledger.calls.began_at) == [1, 6, 21]


def test_an_authorisation_is_tested_when_it_is_sent_and_carried_out_whatever_was_revoked_since() -> None:
    ledger = queued([Task(0, [LATER])], ENDED, queue={"carries": "authorisation"})
    assert seconds(ledger.calls.arrived_at) == [0] == seconds(ledger.calls.enqueued_at)
    assert seconds(ledger.calls.began_at) == [10] and seconds(ledger.calls.ended_at) == [13]
    assert seconds(ledger.credentials.revoked_at) == [0] and len(ledger.credentials) == 1
    assert not ledger.calls.status.any()


def test_an_authorisation_outlives_the_expiry_of_its_credential() -> None:
    ledger = queued([Task(0, [LATER])], stage(ttl="5s", on_expired="fail"), queue={"carries": "authorisation"})
    assert seconds(ledger.calls.began_at) == [10] and not ledger.calls.status.any()


def test_an_authorisation_that_is_refused_is_not_sent() -> None:
    ledger = queued([Task(0, [LATER, LATER])], queue={"carries": "authorisation"}, first={"network": "dmz"},
                    gateway={"accepts_from": "core"})  # fmt: skip
    assert ledger.calls.status.tolist() == [Status.REFUSED, Status.SKIPPED]
    assert ledger.tasks.status.tolist() == [Status.REFUSED] and seconds(ledger.calls.began_at) == [None, None]
    assert seconds(ledger.calls.ended_at) == [0, None]


def test_a_task_that_fails_or_crashes_leaves_its_messages() -> None:
    away = {"outages": [{"from": "1s", "for": "1m"}], "timeout": "3s"}
    ledger = queued([Task(0, [LATER, Call(1)])], stage(issue_per="call"), sts=away, gateway={"on_unreachable": "open"})
    assert ledger.calls.status.tolist() == [Status.DONE, Status.ISSUER_UNAVAILABLE]
    assert seconds(ledger.calls.ended_at) == [13, 4]
    ledger = queued([Task(0, [LATER, Call(1)], crash_after=1)], ENDED)
    assert ledger.calls.status.tolist() == [Status.DONE, Status.SKIPPED]
    assert ledger.tasks.status.tolist() == [Status.CRASHED] and seconds(ledger.calls.ended_at) == [13, None]


def test_a_queued_calls_own_credential_ends_with_the_call() -> None:
    ledger = queued([Task(0, [LATER], tail=2)], stage(issue_per="call"))
    assert seconds(ledger.credentials.owner_end) == [13] and seconds(ledger.tasks.ended_at) == [2]


def test_a_queued_call_prints_at_its_end() -> None:
    ledger = queued([Task(0, [LATER])], first={"log": "logs", "logs_token_probability": 1})
    assert ledger.calls.logged.tolist() == [True]
    assert seconds(ledger.copies.from_at[ledger.copies.place == 2]) == [13]
