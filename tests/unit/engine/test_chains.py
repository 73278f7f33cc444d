"""Workloads that follow another strategy's stages, and identities of their own, in a run."""

from __future__ import annotations

from typing import Any

import pytest
from unit.engine.hand import Call, Task, previous, ran, seconds, stage, standing

from nhilab.ledger.tables import Ledger, Owner

BOTH = [Task(0, [Call()]), Task(10, [Call()], instance=2)]


def mixed(*stages: dict[str, Any], keys: dict[str, Any] | None = None, share: float = 1, **told: Any) -> Ledger:
    """A run in which the second workload follows the stages of another strategy."""
    others = {"keys": {"stages": [keys or standing()]}}
    mix = [{"strategy": "keys", "kinds": ["batch"], "share": share}]
    return ran(BOTH, *stages, others=others, strategy={"mix": mix}, batch={"kind": "batch"}, **told)


def test_who_adopts_follows_the_other_chain_and_the_rest_the_strategys_own() -> None:
    ledger = mixed()
    assert ledger.stages.chain.tolist() == [0, 1] and ledger.credentials.stage.tolist() == [1, 0]
    assert ledger.calls.credential.tolist() == [1, 0] and ledger.credentials.call.tolist() == [-1, 0]


def test_a_share_of_nothing_leaves_the_strategy_as_it_is() -> None:
    ledger = mixed(share=0)
    assert ledger.credentials.stage.tolist() == [0, 0] and ledger.credentials.owner.tolist() == [0, 1]


def test_a_call_presents_the_last_stage_of_its_workloads_chain() -> None:
    ledger = mixed(stage(issuer="login"), previous(), keys=stage(issue_per="workload"))
    assert ledger.stages.chain.tolist() == [0, 0, 1]
    assert ledger.credentials.stage[ledger.calls.credential].tolist() == [1, 2]
    assert ledger.credentials.parent.tolist() == [-1, 0, -1]


@pytest.mark.parametrize(("owner", "n", "of"), [("workload", 1, 2), ("identity", 1, 1), ("place", 1, None)])
def test_standing_credentials_are_there_for_those_who_follow_their_chain(owner: str, n: int, of: int | None) -> None:
    ledger = mixed(keys=standing(issue_per=owner), second_identity="other")
    keys = ledger.credentials.stage == 1
    assert keys.sum() == n and of in (None, *ledger.credentials.owner[keys].tolist())
    assert seconds(ledger.credentials.issued_at[keys]) == [0]


def test_stages_of_two_chains_are_managed_where_an_identity_has_workloads_of_both() -> None:
    assert _managed(mixed()) == [(0, 0), (0, 1), (1, 0)], "the other identity has no workload: the default chain"
    assert _managed(mixed(second_identity="other")) == [(0, 0), (1, 1)]


def _managed(ledger: Ledger) -> list[tuple[int, int]]:
    return list(zip(ledger.managed.identity.tolist(), ledger.managed.stage.tolist(), strict=True))


def test_a_standing_credential_lies_with_the_tasks_that_follow_its_chain_only() -> None:
    ledger = mixed(first={"isolation": "task"}, second={"isolation": "task"})
    key = ledger.copies.credential == 0
    assert ledger.copies.place[key].tolist() == [1] and seconds(ledger.copies.from_at[key]) == [10]


def test_workloads_with_identities_of_their_own_share_no_credential_of_an_identity() -> None:
    assert ran(BOTH, stage(issue_per="identity")).calls.credential.tolist() == [0, 0]
    ledger = ran(BOTH, stage(issue_per="identity"), strategy={"identities": "per-workload"})
    assert ledger.calls.credential.tolist() == [0, 1]
    names = ledger.estate.identities.name[ledger.scopes.identity[ledger.credentials.scope]]
    assert names.tolist() == ["robot/agent", "robot/batch"]
    assert ledger.credentials.owner_kind.tolist() == [Owner.IDENTITY] * 2


def test_each_of_the_new_identities_has_its_own_standing_credential() -> None:
    ledger = ran(BOTH, standing(), strategy={"identities": "per-workload"})
    names = ledger.estate.identities.name[ledger.credentials.owner]
    assert names.tolist() == ["robot/agent", "robot/batch"] and ledger.calls.credential.tolist() == [0, 1]


@pytest.mark.parametrize(("strategy", "revoked"), [({}, [1, 1]), ({"identities": "per-workload"}, [1, 11])])
def test_revoking_an_identity_spares_the_other_workloads_own(strategy: dict[str, Any], revoked: list[float]) -> None:
    tasks = [Task(0, [Call()]), Task(0, [Call(takes=11)], instance=2)]
    ledger = ran(tasks, stage(revoke=["task-end"]), strategy=strategy, sts={"revocation_unit": "identity"})
    assert seconds(ledger.credentials.revoked_at) == revoked
