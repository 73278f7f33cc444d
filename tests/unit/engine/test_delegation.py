"""Work that calls hand on, by hand: the first workload's call 0 to the second."""

from __future__ import annotations

from typing import Any

import pytest
from unit.engine.hand import BUCKET, TABLE, VAULT, Call, Task, previous, ran, seconds, stage

from nhilab.ledger.tables import Ledger, Owner, Status

CHILD = Task(None, [Call(1, 5)], instance=2, parent=0, tail=3)
"""Arrives with its call's admission, calls a second later for five, lasts three more."""


def handed(tasks: list[Task], *stages: dict[str, Any], delegation: str = "own", **told: Any) -> Ledger:
    to = {"delegates_to": {"workload": "batch"}}
    return ran(tasks, *stages, agent=to, strategy={"delegation": delegation}, **told)


@pytest.mark.parametrize(("takes", "ended"), [(2, 11), (9, 11), (20, 22)])
def test_a_call_ends_when_its_own_time_and_its_child_are_over(takes: float, ended: float) -> None:
    """Issued at 2; the child begins then, has its own credential at 5, and ends at 13 or sooner."""
    ledger = handed([Task(0, [Call(2, takes)]), CHILD])
    assert seconds(ledger.tasks.arrived_at) == [0, 2] == [0, *seconds(ledger.calls.arrived_at[:1])]
    assert seconds(ledger.tasks.started_at) == [0, 2] and seconds(ledger.calls.arrived_at) == [2, 3]
    assert seconds(ledger.tasks.ended_at) == [ended, 11] and seconds(ledger.calls.ended_at) == [ended, 8]


def test_a_child_waits_for_a_slot_of_its_place() -> None:
    busy = Task(0, [Call(takes=30)], instance=2)
    ledger = handed([Task(0, [Call(2, 2)]), busy, CHILD], second={"slots": 1})
    assert seconds(ledger.tasks.arrived_at) == [0, 0, 2] and seconds(ledger.tasks.started_at) == [0, 0, 30]
    assert seconds(ledger.calls.ended_at) == [39, 30, 36]


def test_a_child_on_its_own_authenticates_as_itself() -> None:
    ledger = handed([Task(0, [Call()]), CHILD], second_identity="other")
    assert ledger.calls.credential.tolist() == [0, 1] and ledger.credentials.owner.tolist() == [0, 1]
    assert ledger.scopes.identity[ledger.credentials.scope].tolist() == [0, 1]
    assert ledger.credentials.parent.tolist() == [-1, -1]


def test_a_child_to_whom_its_calls_credential_is_forwarded_presents_that() -> None:
    ledger = handed([Task(0, [Call()]), CHILD], delegation="forward", second_identity="other")
    assert ledger.calls.credential.tolist() == [0, 0] and len(ledger.credentials) == 1
    assert ledger.credentials.n_uses.tolist() == [2] and ledger.credentials.owner.tolist() == [0]
    assert seconds(ledger.credentials.purpose_end) == [9]


def test_a_forwarded_credential_that_is_refused_is_not_replaced() -> None:
    late = Task(None, [Call(20)], instance=2, parent=0)
    ledger = handed([Task(0, [Call()]), late], stage(ttl="10s"), delegation="forward")
    assert ledger.calls.status.tolist() == [Status.DONE, Status.REFUSED] and len(ledger.credentials) == 1
    assert ledger.tasks.status.tolist() == [Status.DONE, Status.REFUSED]


def test_a_forwarded_credential_that_died_in_the_childs_queue_is_not_replaced_either() -> None:
    child = Task(None, [Call(1, queued=20)], instance=2, parent=0)
    ledger = handed([Task(0, [Call()]), child], stage(ttl="10s"), delegation="forward",
                    batch={"queue": {"place": "queue", "wait": "0"}})  # fmt: skip
    assert ledger.calls.status.tolist() == [Status.DONE, Status.REFUSED] and len(ledger.credentials) == 1


@pytest.mark.parametrize("delegation", ["forward", "exchange"])
def test_a_call_beyond_the_scope_it_has_is_denied_and_its_task_goes_on(delegation: str) -> None:
    child = Task(None, [Call(1, permission=VAULT), Call(1), Call(0, permission=TABLE)], instance=2, parent=0)
    ledger = handed([Task(0, [Call()]), child], stage(scope=["resource"]), delegation=delegation)
    assert ledger.calls.status.tolist() == [Status.DONE, Status.DENIED, Status.DONE, Status.DENIED]
    assert not ledger.tasks.status.any()
    assert seconds(ledger.calls.ended_at[1:]) == [1, 3, 3], "a denied call takes no time"


def test_an_exchanged_credential_has_what_the_calls_and_the_childs_own_have_in_common() -> None:
    """The call's is for dev, bucket and table; the child's own grants are bucket and vault."""
    some = {"grants": [{"resources": ["bucket", "vault"]}]}
    child = Task(None, [Call(1, permission=BUCKET), Call(1, permission=VAULT)], instance=2, parent=0)
    told: dict[str, Any] = {"delegation": "exchange", "second_identity": "other", "other": some}
    ledger = handed([Task(0, [Call()]), child], stage(scope=["environment"]), **told)
    assert ledger.calls.status.tolist() == [Status.DONE, Status.DONE, Status.DENIED]
    scope = ledger.credentials.scope[1]
    held = ledger.scope_permissions.permission[ledger.scope_permissions.scope == scope]
    assert held.tolist() == [BUCKET] and ledger.scopes.identity[scope] == 1
    assert ledger.scopes.within[scope] == ledger.credentials.scope[0]


def test_an_exchange_needs_no_earlier_stage() -> None:
    two = [stage(issuer="login"), previous()]
    ledger = handed([Task(0, [Call()]), CHILD], *two, delegation="exchange", service="1s")
    assert ledger.credentials.stage.tolist() == [0, 1, 1] and ledger.credentials.parent.tolist() == [-1, 0, 1]
    assert seconds(ledger.credentials.issued_at) == [1, 2, 4] and ledger.credentials.owner.tolist() == [0, 0, 1]


def test_what_is_exchanged_for_a_lasting_owner_is_kept_apart_by_what_it_was_exchanged_for() -> None:
    """Two parents of one scope share the child's slot; the instance's own credential is another."""
    tasks = [Task(0, [Call(takes=30)]), Task(10, [Call(takes=30)]), Task(20, [Call()], instance=2),
             Task(None, [Call(1)], instance=2, parent=0), Task(None, [Call(1)], instance=2, parent=1)]  # fmt: skip
    ledger = handed(tasks, stage(issue_per="workload"), delegation="exchange")
    first, second, own, child, other_child = ledger.calls.credential.tolist()
    assert first == second != own and child == other_child and child not in (first, own)
    assert ledger.credentials.parent[child] == first and ledger.credentials.owner_kind[child] == Owner.WORKLOAD


def test_an_exchange_of_what_is_dead_fails() -> None:
    late = Task(None, [Call(20)], instance=2, parent=0)
    ledger = handed([Task(0, [Call()]), late], stage(ttl="10s"), delegation="exchange")
    assert ledger.calls.status.tolist() == [Status.DONE, Status.ISSUER_UNAVAILABLE]


def test_an_exchanged_credential_dies_with_its_parent_where_the_issuer_cascades() -> None:
    ledger = handed([Task(0, [Call()]), CHILD], stage(ttl="30s"), delegation="exchange", sts={"cascade": True})
    assert seconds(ledger.credentials.expires_at) == [30, 30]


@pytest.mark.parametrize("delegation", ["own", "forward", "exchange"])
def test_a_child_whose_call_is_refused_or_never_made_is_left_out(delegation: str) -> None:
    out = {"first": {"network": "dmz"}, "gateway": {"accepts_from": "core"}, "second": {"network": "core"}}
    ledger = handed([Task(0, [Call()]), CHILD], delegation=delegation, **out)
    assert ledger.calls.status.tolist() == [Status.REFUSED, Status.SKIPPED]
    assert ledger.tasks.status.tolist() == [Status.REFUSED, Status.SKIPPED]
    assert seconds(ledger.tasks.started_at) == [0, None] == seconds(ledger.tasks.ended_at)
    later = CHILD._replace(parent=1)
    ledger = handed([Task(0, [Call(), Call()], crash_after=1), later], delegation=delegation)
    assert ledger.tasks.status.tolist() == [Status.CRASHED, Status.SKIPPED]


def test_what_a_left_out_child_would_have_handed_on_is_left_out_too() -> None:
    further: dict[str, Any] = {"far": {"identity": "robot", "place": "second"},
                               "batch": {"delegates_to": {"workload": "far"}}}  # fmt: skip
    grandchild = CHILD._replace(instance=3, parent=2)
    ledger = handed([Task(0, [Call(), Call()], crash_after=1), CHILD._replace(parent=1), grandchild], **further)
    assert ledger.tasks.status.tolist() == [Status.CRASHED, Status.SKIPPED, Status.SKIPPED]
    assert ledger.calls.status.tolist() == [Status.DONE, Status.SKIPPED, Status.SKIPPED, Status.SKIPPED]


def test_a_call_waits_for_the_children_of_its_child() -> None:
    """Each begins with the admission of its call: at 0, 1 and 2; the last ends at 10, the one before 3 s after it."""
    further: dict[str, Any] = {"far": {"identity": "robot", "place": "second"},
                               "batch": {"delegates_to": {"workload": "far"}}}  # fmt: skip
    ledger = handed([Task(0, [Call()]), CHILD, CHILD._replace(instance=3, parent=1)], **further)
    assert seconds(ledger.tasks.started_at) == [0, 0, 1] and seconds(ledger.tasks.ended_at) == [13, 13, 10]
    assert seconds(ledger.calls.ended_at) == [13, 10, 7]


def test_a_child_that_fails_does_not_fail_its_call() -> None:
    out = {"second": {"network": "dmz"}, "gateway": {"accepts_from": "core"}, "first": {"network": "core"}}
    ledger = handed([Task(0, [Call(takes=0)]), CHILD], **out)
    assert ledger.calls.status.tolist() == [Status.DONE, Status.REFUSED]
    assert ledger.tasks.status.tolist() == [Status.DONE, Status.REFUSED]
