"""Who asks for a revocation, and what it ends, by hand."""

from __future__ import annotations

from typing import Any

import pytest
from unit.engine.hand import Call, Task, previous, ran, seconds, stage

from nhilab.ledger.tables import Status, Unit

ENDED = stage(revoke=["task-end"])
BY_IDENTITY: dict[str, Any] = {"revocation_unit": "identity", "revocation_time": "3s"}
GONE: dict[str, Any] = {"revokes_when_owner_gone": True}
PRINTS: dict[str, Any] = {"log": "logs", "logs_token_probability": 1}


def test_an_issuer_that_cannot_revoke_is_not_asked() -> None:
    ledger = ran([Task(0, [Call()])], ENDED, sts={"revocation_unit": "none"})
    assert seconds(ledger.credentials.revocation_requested_at) == [None]
    assert ledger.stages.effective_revoke.tolist() == [""] and not ledger.stages.hypothetical.any()


def test_a_stage_that_an_issuer_without_revocation_refuses_ends_one_credential_and_is_hypothetical() -> None:
    refusing = {"revocation_unit": "none", "out_of_range": "reject"}
    ledger = ran([Task(0, [Call()]), Task(0, [Call(9)])], ENDED, sts=refusing)
    assert seconds(ledger.credentials.revoked_at) == [1, 10]
    assert ledger.stages.hypothetical.all() and ledger.stages.revocation_unit.tolist() == [Unit.CREDENTIAL]


def test_one_credential_is_revoked_alone() -> None:
    tasks = [Task(0, [Call(takes=5)]), Task(2, [Call(takes=20)], instance=1)]
    ledger = ran(tasks, ENDED, sts={"revocation_time": "3s"})
    assert seconds(ledger.credentials.revocation_requested_at) == [5, 22]
    assert seconds(ledger.credentials.revoked_at) == [8, 25]


def test_revoking_an_identity_ends_what_its_issuer_gave_it_before_the_request() -> None:
    """Asked at 5 and effective at 8: the one issued at 5 lives on, and so does another identity's."""
    tasks = [Task(0, [Call(takes=5)]), Task(4.999999, [Call(takes=60)]), Task(5, [Call(takes=60)], instance=1),
             Task(2, [Call(takes=60)], instance=2)]  # fmt: skip
    ledger = ran(sorted(tasks, key=lambda task: task.at or 0), ENDED, sts=BY_IDENTITY, second_identity="other")
    assert seconds(ledger.credentials.issued_at) == [0, 2, 4.999999, 5]
    assert seconds(ledger.credentials.revocation_requested_at)[:3] == [5, 62, 5]
    assert seconds(ledger.credentials.revoked_at) == [8, 65, 8, 68]


def test_revoking_an_identity_ends_nothing_of_another_issuer() -> None:
    two = [stage(issuer="login", issue_per="workload"), previous(revoke=["task-end"])]
    ledger = ran([Task(0, [Call()])], *two, sts=BY_IDENTITY)
    assert seconds(ledger.credentials.revoked_at) == [None, 4]
    two[0]["issuer"] = "sts"
    ledger = ran([Task(0, [Call(1)])], *two, sts=BY_IDENTITY)
    assert seconds(ledger.credentials.revoked_at) == [5, 5]


def test_what_will_be_dead_already_is_not_revoked_again() -> None:
    """The second's own request, at 6, comes while the first's of 5 is being worked on."""
    ledger = ran([Task(0, [Call(takes=5)]), Task(0, [Call(takes=6)], instance=1)], ENDED, sts=BY_IDENTITY)
    assert seconds(ledger.credentials.revocation_requested_at) == [5, 5]
    assert seconds(ledger.credentials.revoked_at) == [8, 8]


@pytest.mark.parametrize("crash_after", [-1, 1, 2])
def test_the_platform_revokes_what_a_task_owned_at_its_end_crashed_or_not(crash_after: int) -> None:
    ledger = ran([Task(0, [Call(), Call(3)], crash_after=crash_after)], sts=GONE)
    end = 1 if crash_after == 1 else 5
    assert seconds(ledger.credentials.revocation_requested_at) == [end] == seconds(ledger.tasks.ended_at)


def test_the_platform_revokes_what_a_call_owned_at_its_end_and_nothing_of_lasting_owners() -> None:
    ledger = ran([Task(0, [Call(0, 2), Call(3, 1)], tail=9)], stage(issue_per="call"), sts=GONE)
    assert seconds(ledger.credentials.revocation_requested_at) == [2, 6]
    ledger = ran([Task(0, [Call(0, 2)])], stage(issue_per="workload"), sts=GONE)
    assert seconds(ledger.credentials.revocation_requested_at) == [None]


@pytest.mark.parametrize(("crash_after", "end", "calls"), [
    (1, 1, [Status.DONE, Status.SKIPPED]), (2, 5, [Status.DONE, Status.DONE]),
])  # fmt: skip
def test_a_crash_revokes_nothing_and_leaves_out_the_rest(crash_after: int, end: float, calls: list[Status]) -> None:
    ledger = ran([Task(0, [Call(), Call(3)], tail=4, crash_after=crash_after)], ENDED)
    assert ledger.tasks.status.tolist() == [Status.CRASHED] and ledger.calls.status.tolist() == calls
    assert seconds(ledger.tasks.ended_at) == [end] == seconds(ledger.credentials.owner_end)
    assert seconds(ledger.credentials.revocation_requested_at) == [None]


def test_a_crash_before_which_the_issuer_could_not_be_had_is_no_crash() -> None:
    away = {"outages": [{"from": "0", "for": "1m"}], "timeout": "3s"}
    ledger = ran([Task(0, [Call(), Call()], crash_after=1)], ENDED, sts=away)
    assert ledger.tasks.status.tolist() == [Status.ISSUER_UNAVAILABLE]


def test_a_scanner_has_what_was_printed_revoked_after_its_delay() -> None:
    ledger = ran([Task(0, [Call(2, 3)])], first=PRINTS, logs={"scanner_delay": "30s"}, sts={"revocation_time": "2s"})
    assert seconds(ledger.credentials.revocation_requested_at) == [35]
    assert seconds(ledger.credentials.revoked_at) == [37]


@pytest.mark.parametrize(("ttl", "asked"), [("31s", None), ("31001ms", 31)])
def test_a_scanner_does_nothing_about_what_is_dead(ttl: str, asked: float | None) -> None:
    ledger = ran([Task(0, [Call()])], stage(ttl=ttl), first=PRINTS, logs={"scanner_delay": "30s"})
    assert seconds(ledger.credentials.revocation_requested_at) == [asked]


def test_a_request_that_is_served_only_after_the_expiry_was_made_all_the_same() -> None:
    """Asked at 1, while the issuer is away until 60; the credential ends at 30."""
    away = {"outages": [{"from": "500ms", "for": "59500ms"}]}
    ledger = ran([Task(0, [Call()])], stage(ttl="30s", revoke=["task-end"]), sts=away)
    assert seconds(ledger.credentials.revocation_requested_at) == [1]


def test_of_two_prints_the_first_is_found_and_without_a_scanner_none() -> None:
    calls = [Call(), Call(5)]
    ledger = ran([Task(0, calls)], first=PRINTS, logs={"scanner_delay": "30s"})
    assert ledger.calls.logged.tolist() == [True, True]
    assert seconds(ledger.credentials.revocation_requested_at) == [31]
    assert seconds(ran([Task(0, calls)], first=PRINTS).credentials.revocation_requested_at) == [None]


def test_a_scanner_that_revokes_by_identity_ends_the_printers_others_too() -> None:
    tasks = [Task(0, [Call()]), Task(0, [Call(takes=60)], instance=2)]
    ledger = ran(tasks, first=PRINTS, logs={"scanner_delay": "30s"}, sts=BY_IDENTITY)
    assert ledger.calls.logged.tolist() == [True, False]
    assert seconds(ledger.credentials.revoked_at) == [34, 34]
