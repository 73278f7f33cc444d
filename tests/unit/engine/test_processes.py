"""The story of a run, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest
from unit.engine.hand import BUCKET, TABLE, VAULT, Call, Task, ran, seconds, stage

from nhilab.base.quantities import NEVER, SECOND
from nhilab.base.streams import keyed_uniform
from nhilab.ledger.tables import Owner

PREVIOUS = {"from": "previous"}


def test_calls_follow_one_another_after_their_think_times_and_the_tail_comes_last() -> None:
    ledger = ran([Task(10, [Call(2, 3), Call(4, 5)], tail=7)], service="1s")
    assert seconds(ledger.calls.ready_at) == [12, 20]
    assert seconds(ledger.calls.arrived_at) == [13, 20]
    assert seconds(ledger.calls.ended_at) == [16, 25]
    assert seconds(ledger.tasks.started_at) == [10] and seconds(ledger.tasks.ended_at) == [32]
    assert seconds(ledger.credentials.owner_end) == [32] and seconds(ledger.credentials.purpose_end) == [32]


@pytest.mark.parametrize(
    ("owner", "credentials"),
    [("call", [0, 1, 2, 3, 4]), ("task", [0, 0, 1, 2, 3]), ("workload", [0, 0, 1, 0, 2]), ("place", [0, 0, 0, 0, 1]),
     ("identity", [0, 0, 0, 0, 0])],
)  # fmt: skip
def test_credentials_are_shared_within_their_owner(owner: str, credentials: list[int]) -> None:
    tasks = [
        Task(0, [Call(), Call()]), Task(10, [Call()], instance=1), Task(20, [Call()]), Task(30, [Call()], instance=2),
    ]  # fmt: skip
    ledger = ran(tasks, stage(issue_per=owner))
    assert ledger.calls.credential.tolist() == credentials
    assert set(ledger.credentials.owner_kind.tolist()) == {Owner[owner.upper()]}
    assert ledger.credentials.n_uses.sum() == 5


def test_places_share_a_credential_only_within_an_identity() -> None:
    tasks = [Task(0, [Call()]), Task(10, [Call()], instance=2)]
    same_place = {"second_identity": "other"}
    assert ran(tasks, stage(issue_per="identity")).calls.credential.tolist() == [0, 0]
    assert ran(tasks, stage(issue_per="identity"), **same_place).calls.credential.tolist() == [0, 1]


def test_two_calls_at_once_of_one_workload_make_one_issuance() -> None:
    tasks = [Task(0, [Call()]), Task(2, [Call()])]
    ledger = ran(tasks, stage(issue_per="workload"), service="5s")
    assert len(ledger.credentials) == 1 and seconds(ledger.calls.arrived_at) == [5, 5]
    assert ledger.credentials.call.tolist() == [0] and ledger.credentials.n_uses.tolist() == [2]


def test_per_call_credentials_are_never_shared() -> None:
    ledger = ran([Task(0, [Call()]), Task(0, [Call()])], stage(issue_per="call"), service="5s")
    assert len(ledger.credentials) == 2 and ledger.credentials.owner.tolist() == [0, 1]


def test_calls_of_different_buckets_get_credentials_of_their_own() -> None:
    calls = [Call(permission=p) for p in (BUCKET, VAULT, BUCKET, TABLE)]
    for scope, wanted in (([], [0, 0, 0, 0]), (["environment"], [0, 1, 0, 0]), (["resource"], [0, 1, 0, 2]),
                          (["operation"], [0, 0, 0, 0]), (["class", "environment"], [0, 1, 0, 0])):  # fmt: skip
        assert ran([Task(0, calls)], stage(scope=scope)).calls.credential.tolist() == wanted


def test_the_previous_stage_is_fetched_first_and_shared_by_its_owner() -> None:
    two = [stage(issuer="login", issue_per="workload"), stage(**PREVIOUS)]
    ledger = ran([Task(0, [Call()]), Task(10, [Call()])], *two, service="2s")
    assert ledger.credentials.stage.tolist() == [0, 1, 1]
    assert ledger.credentials.parent.tolist() == [-1, 0, 0]
    assert seconds(ledger.credentials.requested_at) == [0, 2, 10]
    assert seconds(ledger.credentials.issued_at) == [2, 4, 12]
    assert ledger.calls.credential.tolist() == [1, 2] and ledger.credentials.n_uses.tolist() == [0, 1, 1]
    assert ledger.credentials.purpose_end[0] == ledger.tasks.ended_at[1]


def test_a_parent_that_expired_is_fetched_anew_before_its_child() -> None:
    two = [stage(issuer="login", issue_per="workload", ttl="8s"), stage(**PREVIOUS)]
    ledger = ran([Task(0, [Call()]), Task(10, [Call()])], *two, service="2s")
    assert ledger.credentials.stage.tolist() == [0, 1, 0, 1] and ledger.credentials.parent.tolist() == [-1, 0, -1, 2]


def test_a_child_that_lives_needs_no_parent() -> None:
    two = [stage(issuer="login", issue_per="workload", ttl="1s"), stage(issue_per="workload", **PREVIOUS)]
    ledger = ran([Task(0, [Call()]), Task(10, [Call()])], *two)
    assert ledger.credentials.stage.tolist() == [0, 1]


def test_a_credential_is_taken_by_all_who_waited_for_it_and_replaced_once_it_is_dead() -> None:
    """Issued at 5, alive until 6."""
    tasks = [Task(0, [Call(takes=1)]), Task(1, [Call(takes=1)]), Task(20, [Call()])]
    ledger = ran(tasks, stage(issue_per="workload", ttl="1s"), service="5s")
    assert seconds(ledger.calls.arrived_at) == [5, 5, 25]
    assert ledger.calls.credential.tolist() == [0, 0, 1]


def test_a_client_whose_parent_died_asks_for_another_parent() -> None:
    """The parent, asked for at 0 and issued at 3, lives until 4: the call at 3.5 uses it, the one at 4 does not."""
    two = [stage(issuer="login", issue_per="workload", ttl="1s"), stage(**PREVIOUS, issue_per="task")]
    tasks = [Task(0, [Call()]), Task(1, [Call()]), Task(3.5, [Call()]), Task(4, [Call()])]
    ledger = ran(tasks, *two, service="3s", sts={"servers": 4})
    assert seconds(ledger.credentials.issued_at[ledger.credentials.stage == 0]) == [3, 7]
    of_child = ledger.credentials.parent[ledger.calls.credential]
    assert of_child[0] == of_child[1] == of_child[2] != of_child[3]


def test_what_a_task_owns_is_revoked_at_its_end_and_not_if_it_expired_before() -> None:
    calls = [Call(0, 1, BUCKET), Call(10, 1, VAULT)]
    ledger = ran([Task(0, calls, tail=1)], stage(scope=["resource"], ttl="12s", revoke=["task-end"]))
    assert seconds(ledger.credentials.expires_at) == [12, 23]
    assert seconds(ledger.tasks.ended_at) == [13]
    assert seconds(ledger.credentials.revocation_requested_at) == [None, 13]
    assert seconds(ledger.credentials.revoked_at) == [None, 13]


def test_at_the_instant_of_its_expiry_nothing_is_revoked() -> None:
    ledger = ran([Task(0, [Call(takes=12)])], stage(ttl="12s", revoke=["task-end"]))
    assert seconds(ledger.credentials.revocation_requested_at) == [None]
    ledger = ran([Task(0, [Call(takes=11.999999)])], stage(ttl="12s", revoke=["task-end"]))
    assert seconds(ledger.credentials.revocation_requested_at) == [11.999999]


def test_what_a_call_owns_ends_with_it_and_is_revoked_at_the_end_of_the_task() -> None:
    ledger = ran([Task(0, [Call(0, 1), Call(2, 3)], tail=4)], stage(issue_per="call", revoke=["task-end"]))
    assert seconds(ledger.credentials.owner_end) == [1, 6]
    assert seconds(ledger.credentials.revocation_requested_at) == [10, 10]


def test_stages_without_revocation_are_left_to_expire() -> None:
    two = [stage(issuer="login"), stage(**PREVIOUS, revoke=["task-end"])]
    ledger = ran([Task(0, [Call()])], *two)
    assert seconds(ledger.credentials.revocation_requested_at) == [None, 1]


@pytest.mark.parametrize(("owner", "n"), [("workload", 3), ("place", 2), ("identity", 1)])
def test_standing_credentials_are_there_from_0_one_for_each_owner(owner: str, n: int) -> None:
    ledger = ran([Task(5, [Call()])], stage(**{"from": "standing"}, issue_per=owner, ttl="never"))
    assert len(ledger.credentials) == n
    assert seconds(ledger.credentials.issued_at) == [0] * n and ledger.credentials.call.tolist() == [-1] * n
    assert (ledger.credentials.expires_at == NEVER).all() and (ledger.credentials.purpose_end[1:] == 0).all()


def test_a_standing_credential_that_expires_is_issued_anew_on_use() -> None:
    ledger = ran(
        [Task(5, [Call()]), Task(30, [Call()])],
        stage(**{"from": "standing"}, issue_per="identity", ttl="20s"), service="2s",
    )  # fmt: skip
    assert seconds(ledger.credentials.issued_at) == [0, 32] and ledger.calls.credential.tolist() == [0, 1]
    assert ledger.credentials.call.tolist() == [-1, 1]


def test_a_task_credential_is_not_used_by_a_later_task() -> None:
    ledger = ran([Task(0, [Call()]), Task(10, [Call()])], stage(ttl="never"))
    assert ledger.calls.credential.tolist() == [0, 1]


def test_every_issuance_of_a_call_has_a_variate_of_its_own_shared_between_strategies() -> None:
    """Service times depend on call and stage alone, not on who else asks."""
    exponential = {"exponential": "2s"}
    alone = ran([Task(0, [Call(), Call(1)])], stage(issue_per="call"), service=exponential)
    shared = ran([Task(0, [Call(), Call(1)]), Task(0, [Call()])], stage(issue_per="call"), service=exponential)
    assert (
        alone.credentials.service_time.tolist()
        == shared.credentials.service_time[[shared.credentials.call.tolist().index(call) for call in (0, 1)]].tolist()
    )
    assert len(set(shared.credentials.service_time.tolist())) == 3
    two = ran([Task(0, [Call()])], stage(issuer="login"), stage(**PREVIOUS), service=exponential)
    assert two.credentials.service_time[0] == alone.credentials.service_time[0] != two.credentials.service_time[1]


def test_issuance_and_revocation_take_the_variates_of_their_purpose_and_stage() -> None:
    """Stage 0 and 1 for issuance, 64 and 65 for revocation; uniform times show the variates as they are."""
    both = {"revoke": ["task-end"], "issuer": "sts"}
    uniform = {"uniform": ["0", "1s"]}
    ledger = ran([Task(0, [Call()])], stage(**both), stage(**PREVIOUS, **both), service=uniform,
                 sts={"revocation_time": uniform, "revocation_servers": 2})  # fmt: skip
    key = np.zeros(1, np.uint64)
    drawn = [round(float(keyed_uniform(key, purpose)[0]) * SECOND) for purpose in (0, 1, 64, 65)]
    assert ledger.credentials.service_time.tolist() == drawn[:2]
    assert (ledger.credentials.revoked_at - ledger.credentials.revocation_requested_at).tolist() == drawn[2:]


def test_the_clock_counts_whole_microseconds() -> None:
    ledger = ran([Task(0.000001, [Call(0.000001, 0.000001)])])
    assert ledger.tasks.ended_at.tolist() == [3] and SECOND == 1_000_000
