"""Networks that verifiers accept, and calls beyond what an identity's own grants are for."""

from __future__ import annotations

from typing import Any

import pytest
from unit.engine.hand import BUCKET, TABLE, VAULT, Call, Task, ran, stage

from nhilab.ledger.tables import Ledger, Status

FAILING = stage(on_expired="fail")


@pytest.mark.parametrize(("network", "accepts_from", "status"), [
    ("core", "core", Status.DONE), ("dmz", "core", Status.REFUSED), ("", "core", Status.REFUSED),
    ("dmz", None, Status.DONE), ("", None, Status.DONE),
])  # fmt: skip
def test_a_verifier_accepts_calls_of_its_network_only(network: str, accepts_from: str | None, status: Status) -> None:
    gateway = {"accepts_from": accepts_from} if accepts_from else {}
    ledger = ran([Task(0, [Call()])], FAILING, first={"network": network}, gateway=gateway)
    assert ledger.calls.status.tolist() == [status] and len(ledger.credentials) == 1


def test_places_and_verifiers_are_each_in_a_network_of_their_own() -> None:
    told: dict[str, Any] = {
        "first": {"network": "core"}, "gateway": {"accepts_from": "core"},
        "second": {"network": "dmz"}, "signature": {"accepts_from": "dmz"},
    }  # fmt: skip
    calls = [Call(), Call(permission=TABLE)]
    ledger = ran([Task(0, calls), Task(0, calls[::-1], instance=2)], FAILING, **told)
    assert ledger.calls.status.tolist() == [Status.DONE, Status.REFUSED] * 2


def test_who_is_in_the_wrong_network_is_not_even_asked_about() -> None:
    ledger = ran([Task(0, [Call()])], FAILING, first={"network": "dmz"}, gateway={"accepts_from": "core"})
    assert ledger.calls.n_introspections.tolist() == [0]


def test_the_network_counts_whatever_the_credential_costs_to_replace() -> None:
    ledger = ran([Task(0, [Call()])], first={"network": "dmz"}, gateway={"accepts_from": "core"})
    assert ledger.calls.status.tolist() == [Status.REFUSED] and len(ledger.credentials) == 2


def strayed(**strategy: Any) -> Ledger:
    """A task whose plan is the bucket strays to the vault and comes back."""
    calls = [Call(), Call(permission=VAULT, in_intent=False), Call(permission=BUCKET)]
    return ran([Task(0, calls)], agent={"targets": [{"resources": ["bucket"]}]}, strategy=strategy)


def test_a_call_out_of_plan_is_denied_where_the_identity_holds_only_what_its_workload_uses() -> None:
    ledger = strayed(identities="per-workload", grants="used")
    assert ledger.calls.status.tolist() == [Status.DONE, Status.DENIED, Status.DONE]
    assert not ledger.tasks.status.any() and ledger.calls.in_intent.tolist() == [True, False, True]
    assert len(ledger.credentials) == 1, "another of the same scope would not help"


@pytest.mark.parametrize("strategy", [{}, {"identities": "per-workload", "grants": "copied"}])
def test_a_call_out_of_plan_is_accepted_where_the_identity_has_the_grant(strategy: dict[str, Any]) -> None:
    assert strayed(**strategy).calls.status.tolist() == [Status.DONE] * 3
