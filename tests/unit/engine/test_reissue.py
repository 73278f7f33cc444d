"""What happens when a verifier refuses a credential that its client believes in, by hand.

A task of another instance ends at 1 and has all credentials of the identity revoked.
"""

from __future__ import annotations

from typing import Any

from unit.engine.hand import TABLE, Call, Task, previous, ran, seconds, stage

from nhilab.ledger.tables import Status

OTHER = Task(0, [Call()], instance=1)
BY_IDENTITY: dict[str, Any] = {"revocation_unit": "identity"}
ENDED = stage(revoke=["task-end"])
FAILING = stage(revoke=["task-end"], on_expired="fail")
LATE = Task(0, [Call(), Call(4), Call(2)])
"""Calls that are ready at 0, 5 and 8."""


def test_a_refused_call_gets_another_credential_and_arrives_again() -> None:
    ledger = ran([OTHER, LATE], ENDED, sts=BY_IDENTITY)
    assert ledger.calls.credential.tolist() == [0, 1, 2, 2] and not ledger.calls.status.any()
    assert seconds(ledger.calls.arrived_at) == [0, 0, 5, 8]
    assert ledger.calls.n_introspections.tolist() == [1, 1, 2, 1]
    assert seconds(ledger.credentials.superseded_at) == [None, 5, None]
    assert ledger.credentials.call.tolist() == [0, 1, 2]


def test_a_refused_call_waits_for_the_other_credential() -> None:
    """Issued at 2; the other's task ends at 3, the call at 7 is refused and arrives again at 9."""
    ledger = ran([OTHER, Task(0, [Call(), Call(4)])], ENDED, service="2s", sts=BY_IDENTITY | {"servers": 4})
    assert seconds(ledger.calls.ready_at) == [0, 0, 7] and seconds(ledger.calls.arrived_at) == [2, 2, 9]


def test_a_refused_call_of_a_stage_that_does_not_reissue_ends_its_task() -> None:
    ledger = ran([OTHER, LATE], FAILING, sts=BY_IDENTITY)
    assert ledger.calls.status.tolist() == [Status.DONE, Status.DONE, Status.REFUSED, Status.SKIPPED]
    assert seconds(ledger.calls.arrived_at) == [0, 0, 5, None] and seconds(ledger.calls.ended_at) == [1, 1, 5, None]
    assert ledger.tasks.status.tolist() == [Status.DONE, Status.REFUSED] and seconds(ledger.tasks.ended_at) == [1, 5]
    assert ledger.calls.credential.tolist() == [0, 1, 1, -1]


def test_a_verifier_that_never_learns_refuses_nothing() -> None:
    ledger = ran([OTHER, Task(0, [Call(permission=TABLE), Call(4, permission=TABLE)])], FAILING, sts=BY_IDENTITY)
    assert not ledger.calls.status.any() and ledger.calls.credential.tolist() == [0, 1, 1]


def test_what_a_call_owns_is_superseded_by_what_it_gets_instead() -> None:
    judged = {"strategy": {"authorize": {"decision_time": "5s"}}}
    ledger = ran([Task(0, [Call()])], stage(issue_per="call", ttl="3s"), **judged)
    assert ledger.calls.credential.tolist() == [1]
    assert seconds(ledger.credentials.superseded_at) == [5, None]
    assert seconds(ledger.credentials.owner_end) == [6, 6]


def test_a_call_is_tried_again_once() -> None:
    ledger = ran([Task(0, [Call()])], first={"network": "dmz"}, gateway={"accepts_from": "core"})
    assert ledger.calls.status.tolist() == [Status.REFUSED] and len(ledger.credentials) == 2
    assert ledger.calls.credential.tolist() == [1]


def test_a_call_that_cannot_get_another_credential_fails_as_that() -> None:
    away = BY_IDENTITY | {"outages": [{"from": "4s", "for": "1h"}], "timeout": "3s"}
    ledger = ran([OTHER, LATE], ENDED, sts=away)
    assert ledger.tasks.status.tolist() == [Status.DONE, Status.ISSUER_UNAVAILABLE]
    assert seconds(ledger.calls.ended_at) == [1, 1, 8, None]


def test_parents_that_are_dead_at_their_issuer_are_forgotten_too() -> None:
    two = [stage(issue_per="workload"), previous(revoke=["task-end"])]
    ledger = ran([OTHER, Task(0, [Call(), Call(4)])], *two, sts=BY_IDENTITY)
    assert ledger.credentials.stage.tolist() == [0, 1, 0, 1, 0, 1]
    assert ledger.credentials.parent[5] == 4 and seconds(ledger.credentials.issued_at[4:]) == [5, 5]


def test_parents_that_live_are_kept() -> None:
    two = [stage(issuer="login", issue_per="workload"), previous(revoke=["task-end"])]
    ledger = ran([OTHER, Task(0, [Call(), Call(4)])], *two, sts=BY_IDENTITY)
    assert ledger.credentials.stage.tolist() == [0, 1, 0, 1, 1]
    assert ledger.credentials.parent[4] == ledger.credentials.parent[ledger.calls.credential[1]]


def test_a_child_is_not_asked_for_with_a_parent_that_is_dead_whatever_its_client_believes() -> None:
    """The workload's parent is revoked at 1; at 5 a child per call is wanted, and another parent is got first."""
    two = [stage(issue_per="workload"), previous(issue_per="call", revoke=["task-end"])]
    ledger = ran([OTHER, Task(0, [Call(), Call(4)])], *two, sts=BY_IDENTITY)
    mine = ledger.calls.credential[2]
    parent = ledger.credentials.parent[mine]
    assert seconds(ledger.credentials.issued_at[[parent, mine]]) == [5, 5]
    assert seconds(ledger.credentials.revoked_at[[parent, mine]]) == [6, 6]
    assert ledger.calls.n_introspections.tolist() == [1, 1, 1], "nothing was refused"


def test_a_credential_that_expires_while_its_call_is_decided_is_refused_on_arrival() -> None:
    judged = {"strategy": {"authorize": {"decision_time": "5s"}}}
    ledger = ran([Task(0, [Call()])], stage(ttl="3s"), **judged)
    assert seconds(ledger.calls.arrived_at) == [5] and seconds(ledger.credentials.issued_at) == [0, 5]
    assert ledger.calls.n_decisions.tolist() == [1] and ledger.calls.credential.tolist() == [1]
    ledger = ran([Task(0, [Call()])], stage(ttl="3s"), gateway={"leeway": "3s"}, **judged)
    assert seconds(ledger.calls.arrived_at) == [5] and ledger.calls.credential.tolist() == [0]
    ledger = ran([Task(0, [Call()])], stage(ttl="3s", on_expired="fail"), gateway={"leeway": "2s"}, **judged)
    assert ledger.calls.status.tolist() == [Status.REFUSED]


def test_who_shares_a_refused_credential_takes_the_one_got_instead_of_it() -> None:
    """Owner place: after the revocation the call at 5 is refused; the one of the other task at 6 is not."""
    mixed: dict[str, Any] = {"others": {"ending": {"stages": [ENDED]}}}
    mixed["strategy"] = {"mix": [{"strategy": "ending", "kinds": ["batch"]}]}
    tasks = [Task(0, [Call(), Call(4)]), Task(0, [Call(6)], instance=1), Task(0, [Call()], instance=2)]
    ledger = ran(tasks, stage(issue_per="place"), sts=BY_IDENTITY, batch={"kind": "batch"}, **mixed)
    assert ledger.calls.n_introspections.tolist() == [1, 2, 1, 1]
    assert ledger.calls.credential[1] == ledger.calls.credential[2] != ledger.calls.credential[0]
