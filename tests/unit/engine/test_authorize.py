"""Per-request authorisation, by hand: a decision of two seconds before each call."""

from __future__ import annotations

from typing import Any

import pytest
from unit.engine.hand import BUCKET, VAULT, Call, Task, ran, seconds, stage

from nhilab.ledger.tables import Ledger, Status

STRAY = Call(in_intent=False)
DENIED, DONE, SKIPPED = Status.DENIED, Status.DONE, Status.SKIPPED


def judged(calls: list[Call], *stages: dict[str, Any], tail: float = 0, **rule: Any) -> Ledger:
    told = {"strategy": {"authorize": {"decision_time": "2s"} | rule}}
    return ran([Task(0, calls, tail=tail)], *stages, **told)


def test_a_call_waits_for_its_decision_after_it_has_its_credential() -> None:
    ledger = judged([Call(takes=3), Call(1)])
    assert seconds(ledger.calls.ready_at) == [0, 6] and seconds(ledger.calls.arrived_at) == [2, 8]
    assert ledger.calls.n_decisions.tolist() == [1, 1] and seconds(ledger.credentials.issued_at) == [0]


@pytest.mark.parametrize(("think", "decisions"), [(8, [1, 0]), (9, [1, 0]), (9.000001, [1, 1])])
def test_what_was_allowed_at_most_the_caches_length_ago_is_not_decided_again(
    think: float, decisions: list[int]
) -> None:
    """Allowed at 2, ended at 3; the cache is 10 s long."""
    ledger = judged([Call(), Call(think)], cache="10s")
    assert ledger.calls.n_decisions.tolist() == decisions
    ready = 3 + think
    assert seconds(ledger.calls.arrived_at) == [2, ready + 2 * decisions[1]]


def test_another_permission_and_another_task_are_decided_by_themselves() -> None:
    assert judged([Call(), Call(permission=VAULT), Call()], cache="1m").calls.n_decisions.tolist() == [1, 1, 0]
    told = {"strategy": {"authorize": {"cache": "1m"}}}
    assert ran([Task(0, [Call()]), Task(5, [Call()])], **told).calls.n_decisions.tolist() == [1, 1]


def test_a_denial_is_not_remembered() -> None:
    assert judged([STRAY, STRAY, Call()], cache="1m").calls.n_decisions.tolist() == [1, 1, 1]


def test_a_denied_call_is_left_out_and_the_task_goes_on() -> None:
    ledger = judged([Call(), STRAY, Call(1)])
    assert ledger.calls.status.tolist() == [DONE, DENIED, DONE] and ledger.tasks.status.tolist() == [DONE]
    assert seconds(ledger.calls.arrived_at) == [2, None, 8] and seconds(ledger.calls.ended_at) == [3, 5, 9]
    assert ledger.calls.credential.tolist() == [0, -1, 0]


@pytest.mark.parametrize(("call", "rule", "status"), [
    (Call(), {"false_deny_probability": 1}, DENIED), (Call(), {"false_allow_probability": 1}, DONE),
    (STRAY, {"false_allow_probability": 1}, DONE), (STRAY, {"false_deny_probability": 1}, DENIED),
])  # fmt: skip
def test_who_is_wrongly_denied_is_in_intent_and_who_is_wrongly_allowed_is_not(
    call: Call, rule: dict[str, Any], status: Status
) -> None:
    assert judged([call], **rule).calls.status.tolist() == [status]


@pytest.mark.parametrize(("wrong", "status"), [(0, [DONE, DENIED]), (1, [DONE, DONE])])
def test_a_denied_call_goes_to_a_person_who_approves_what_is_in_intent_and_the_rest_by_mistake(
    wrong: float, status: list[Status]
) -> None:
    """Denied at 2, approved at 32, ended at 33; the second is denied at 35 and answered at 65."""
    person = {"approval_time": "30s", "wrong_approval_probability": wrong}
    ledger = judged([Call(), STRAY], false_deny_probability=1, escalation=person)
    assert ledger.calls.status.tolist() == status and ledger.calls.escalated.tolist() == [True, True]
    assert seconds(ledger.calls.arrived_at) == [32, 65 if wrong else None]
    assert seconds(ledger.calls.ended_at) == [33, 66 if wrong else 65]
    assert ledger.calls.n_decisions.tolist() == [1, 1]


def test_what_is_allowed_goes_to_nobody_and_an_approval_is_remembered_like_a_decision() -> None:
    person = {"approval_time": "30s"}
    assert judged([Call()], escalation=person).calls.escalated.tolist() == [False]
    ledger = judged([Call(), Call(9), Call(1)], false_deny_probability=1, escalation=person, cache="10s")
    assert seconds(ledger.calls.arrived_at) == [32, 42, 44 + 32]
    assert ledger.calls.escalated.tolist() == [True, False, True]


@pytest.mark.parametrize(("most", "statuses"), [
    (1, [DENIED, SKIPPED, SKIPPED, SKIPPED]), (2, [DENIED, DONE, DENIED, SKIPPED]), (3, [DENIED, DONE, DENIED, DONE]),
    (None, [DENIED, DONE, DENIED, DONE]),
])  # fmt: skip
def test_a_task_ends_as_denied_with_as_many_denials_as_it_may_meet(most: int | None, statuses: list[Status]) -> None:
    ledger = judged([STRAY, Call(), STRAY, Call()], stage(revoke=["task-end"]), tail=7, max_denials=most)
    assert ledger.calls.status.tolist() == statuses
    stopped = SKIPPED in statuses
    assert ledger.tasks.status.tolist() == [DENIED if stopped else DONE]
    end = {1: 2, 2: 7}.get(most or 9, 17)
    assert seconds(ledger.tasks.ended_at) == [end] == seconds(ledger.credentials.revocation_requested_at)


def test_a_call_that_is_denied_uses_no_credential() -> None:
    ledger = judged([STRAY])
    assert ledger.credentials.n_uses.tolist() == [0] and ledger.calls.permission.tolist() == [BUCKET]
    assert ledger.calls.n_introspections.tolist() == [0]
