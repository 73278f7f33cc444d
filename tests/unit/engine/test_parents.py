"""Credentials that come from others: cascades, and those that are used once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from unit.engine.hand import Call, Task, previous, ran, seconds, stage

ONCE = stage(issuer="login", issue_per="workload", single_use=True)
ENDED = stage(issuer="login", revoke=["task-end"])
PER_CALL = previous(issue_per="call")


@pytest.mark.parametrize(
    ("issuer", "expiries"), [({}, [20, 605]), ({"cascade": True}, [20, 20]), ({"revocation_unit": "subtree"}, [20, 20])]
)
def test_a_child_expires_no_later_than_a_parent_whose_issuer_cascades(
    issuer: dict[str, Any], expiries: list[float]
) -> None:
    two = [stage(issuer="login", issue_per="workload", ttl="20s"), previous()]
    ledger = ran([Task(0, [Call()]), Task(5, [Call()])], *two, login=issuer)
    assert [seconds(ledger.credentials.expires_at)[row] for row in (0, 2)] == expiries


def test_a_child_that_expires_earlier_keeps_its_own_expiry() -> None:
    two = [stage(issuer="login", ttl="20s"), previous(ttl="5s")]
    ledger = ran([Task(0, [Call()])], *two, login={"cascade": True})
    assert seconds(ledger.credentials.expires_at) == [20, 5]


@pytest.mark.parametrize(
    ("issuer", "revoked"), [({}, [3, None]), ({"cascade": True}, [3, 3]), ({"revocation_unit": "subtree"}, [3, 3])]
)
def test_a_child_is_revoked_with_a_parent_whose_issuer_cascades(
    issuer: dict[str, Any], revoked: list[float | None]
) -> None:
    ledger = ran([Task(0, [Call()])], ENDED, previous(), login=issuer | {"revocation_time": "2s"})
    assert seconds(ledger.credentials.revoked_at) == revoked
    assert seconds(ledger.credentials.revocation_requested_at) == [1, None if revoked[1] is None else 1]


def test_a_cascade_goes_as_far_down_as_issuers_pass_it_on() -> None:
    three = [ENDED, previous(issuer="login"), previous()]
    assert seconds(ran([Task(0, [Call()])], *three, login={"cascade": True}).credentials.revoked_at) == [1, 1, 1]
    three = [ENDED, previous(), previous(issuer="login")]
    assert seconds(ran([Task(0, [Call()])], *three, login={"cascade": True}).credentials.revoked_at) == [1, 1, None]


def test_a_child_of_a_cascade_is_of_no_more_use_to_the_client_once_its_parent_expired() -> None:
    two = [stage(issuer="login", issue_per="workload", ttl="8s"), previous()]
    ledger = ran([Task(0, [Call(), Call(6), Call(1)])], *two, login={"cascade": True})
    assert seconds(ledger.calls.ready_at) == [0, 7, 9] and ledger.calls.credential.tolist() == [1, 1, 3]
    assert ledger.credentials.parent.tolist() == [-1, 0, -1, 2]


def test_what_is_used_once_is_dead_when_its_child_is_issued_and_replaced_at_that_instant() -> None:
    """A second for each issuance: the first at 1, its child at 2, the next child at 13."""
    ledger = ran([Task(0, [Call(), Call(9)])], ONCE, PER_CALL, service="1s")
    credentials = ledger.credentials
    assert credentials.stage.tolist() == [0, 1, 0, 1, 0] and credentials.parent.tolist() == [-1, 0, 0, 2, 2]
    assert seconds(credentials.issued_at) == [1, 2, 2, 13, 13]
    assert seconds(credentials.revoked_at) == [2, None, 13, None, None]
    assert seconds(credentials.revocation_requested_at) == [2, None, 13, None, None]
    assert seconds(credentials.superseded_at) == [2, None, 13, None, None]
    assert seconds(credentials.expires_at) == [601, 602, 602, 613, 613], "a full lifetime each"
    assert seconds(credentials.requested_at[[2, 4]]) == [2, 13] and not credentials.service_time[[2, 4]].any()


def test_what_was_consumed_takes_no_child_along() -> None:
    ledger = ran([Task(0, [Call()])], ONCE, PER_CALL, login={"cascade": True})
    assert seconds(ledger.credentials.revoked_at) == [0, None, None]


def test_who_wants_a_child_of_what_is_used_once_waits_for_the_one_under_way() -> None:
    apart = {"login": {"servers": 4}, "sts": {"servers": 4}}
    tasks = [Task(0, [Call()]), Task(0, [Call()]), Task(0, [Call()])]
    ledger = ran(tasks, ONCE, previous(), service="2s", **apart)
    assert seconds(ledger.credentials.issued_at[ledger.credentials.stage == 1]) == [4, 6, 8]
    assert seconds(ledger.credentials.requested_at[ledger.credentials.stage == 1]) == [2, 4, 6]
    assert len(set(ledger.credentials.parent[ledger.credentials.stage == 1].tolist())) == 3
    often = stage(issuer="login", issue_per="workload")
    ledger = ran(tasks, often, previous(), service="2s", **apart)
    assert seconds(ledger.credentials.issued_at[ledger.credentials.stage == 1]) == [4, 4, 4]


def test_what_was_revoked_before_it_could_be_consumed_takes_its_child_along() -> None:
    """Another workload's task ends at 3, and all the identity has of the issuer with it; the child is issued at 10."""
    ending = {"stages": [stage(issuer="login", revoke=["task-end"])]}
    ledger = ran(
        [Task(0, [Call()]), Task(0, [Call(takes=3)], instance=2)], ONCE, previous(), others={"ending": ending},
        strategy={"mix": [{"strategy": "ending", "workloads": ["batch"]}]},
        login={"revocation_unit": "identity", "cascade": True}, sts={"service_time": "10s"},
    )  # fmt: skip
    (child,) = np.flatnonzero(ledger.credentials.stage == 1)[:1]
    parent = ledger.credentials.parent[child]
    assert seconds(ledger.credentials.issued_at[[child]]) == [10]
    assert seconds(ledger.credentials.revoked_at[[parent, child]]) == [3, 10]


def test_a_renewal_consumes_what_is_used_once_like_any_child() -> None:
    """Children at 0, 50 and 100: each from another parent, dead at that instant."""
    ledger = ran([Task(0, [Call()])], ONCE, previous(issue_per="workload", ttl="100s", renew={"ahead": 0.5}))
    children = np.flatnonzero(ledger.credentials.stage == 1)[:3]
    parents = ledger.credentials.parent[children]
    assert seconds(ledger.credentials.issued_at[children]) == [0, 50, 100] and len(set(parents.tolist())) == 3
    assert seconds(ledger.credentials.revoked_at[parents]) == [0, 50, 100]


def test_an_issuance_that_fails_consumes_nothing() -> None:
    away = {"outages": [{"from": "0", "for": "10s"}], "timeout": "3s"}
    ledger = ran([Task(0, [Call()]), Task(20, [Call()])], ONCE, previous(), sts=away)
    assert ledger.credentials.parent.tolist() == [-1, 0, 0]
    assert seconds(ledger.credentials.revoked_at) == [20, None, None]


def test_a_used_one_that_expired_before_its_turn_is_asked_for_anew() -> None:
    short = stage(issuer="login", issue_per="workload", single_use=True, ttl="8s")
    ledger = ran([Task(0, [Call(), Call(9)])], short, PER_CALL)
    assert ledger.credentials.stage.tolist() == [0, 1, 0, 0, 1, 0]
    assert ledger.credentials.parent.tolist() == [-1, 0, 0, -1, 3, 3]
    assert seconds(ledger.credentials.issued_at[3:]) == [10, 10, 10]
