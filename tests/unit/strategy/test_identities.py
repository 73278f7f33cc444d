"""An identity for each workload: what it may do, what opens it, and from where it is attested."""

from __future__ import annotations

from typing import Any

import numpy as np

from nhilab.base.estate import Estate, When
from nhilab.scenario.scenario import Scenario
from nhilab.strategy.identities import per_workload
from scenarios import TWO_STAGES, as_content, as_scenario

# The deployer is shared by `deploys` (at the pod, calls the vault) and `nightly` (at the host).


def scenario(**told: Any) -> Scenario:
    content = as_content(TWO_STAGES)
    content["estate"] |= told
    content["estate"]["identities"]["idle"] = {"grants": [{"resources": ["vault"]}], "mintable_from": ["host"]}
    return as_scenario(content)


def granted(estate: Estate) -> dict[str, list[str]]:
    names = [
        f"{estate.resources.name[r]} {o}"
        for r, o in zip(estate.permissions.resource, estate.permissions.operation, strict=True)
    ]
    return {str(n): [names[p] for p in estate.granted(i)] for i, n in enumerate(estate.identities.name)}


DEPLOYER = ["bucket-1 read", "bucket-1 write", "vault read", "vault write"]
ORPHAN = {"orphan": {"identity": "deployer", "places": ["host"]}}


def test_every_workload_runs_as_an_identity_named_after_it() -> None:
    old = scenario().estate
    new = per_workload(old, used_only=False)
    assert new.identities.name.tolist() == [
        "agent", "deployer", "idle", "agent/agents", "deployer/deploys", "deployer/nightly",
    ]  # fmt: skip
    assert new.workloads.identity.tolist() == [3, 4, 5]
    assert new.workloads.name.tolist() == old.workloads.name.tolist()


def test_an_identity_of_a_workload_is_as_visible_and_owned_as_the_shared_one() -> None:
    content = as_content(TWO_STAGES)
    content["estate"]["identities"]["deployer"] |= {"visible": False, "owner": "platform"}
    identities = per_workload(as_scenario(content).estate, used_only=False).identities
    assert identities.visible.tolist() == [True, False, True, False, False]
    assert identities.owner.tolist() == ["", "platform", "", "platform", "platform"]


def test_copied_grants_are_all_of_the_shared_ones_which_then_has_none() -> None:
    held = granted(per_workload(scenario().estate, used_only=False))
    assert held["deployer/deploys"] == held["deployer/nightly"] == DEPLOYER
    assert held["agent"] == held["deployer"] == []
    assert held["idle"] == ["vault read", "vault write"], "no workload took it over"


def test_used_grants_are_those_that_the_workloads_calls_are_for() -> None:
    old = scenario().estate
    new = per_workload(old, used_only=True)
    held = granted(new)
    assert held["deployer/deploys"] == ["vault read", "vault write"]
    assert held["deployer"] == [] and held["idle"] == ["vault read", "vault write"]
    for workload, identity in enumerate(new.workloads.identity.tolist()):
        used = old.targets.permission[old.targets.workload == workload]
        assert new.granted(identity).tolist() == sorted(set(used.tolist()))


def test_a_standing_credential_that_nobody_manages_keeps_the_grants_of_the_shared_identity() -> None:
    for used_only in (False, True):
        held = granted(per_workload(scenario(standing=ORPHAN).estate, used_only=used_only))
        assert held["deployer"] == DEPLOYER and held["agent"] == []


def test_grants_stay_sorted_with_no_pair_twice() -> None:
    for used_only in (False, True):
        grants = per_workload(scenario(standing=ORPHAN).estate, used_only=used_only).grants
        pairs = list(zip(grants.identity.tolist(), grants.permission.tolist(), strict=True))
        assert pairs == sorted(set(pairs)) and grants.permission.dtype == np.int32


def test_what_opened_a_shared_identity_opens_each_of_its_successors_and_places_as_before() -> None:
    old = scenario().estate
    new = per_workload(old, used_only=False).openings
    admin = int(old.openings.permission[0])
    assert old.openings.identity.tolist() == [1, -1] and new.identity.tolist() == [4, 5, -1]
    assert new.permission.tolist() == [admin] * 3 and new.place.tolist() == [-1, -1, 1]
    assert new.when.tolist() == [When.NEXT_TASK] * 3


def test_what_opened_an_identity_without_workloads_opens_it_still() -> None:
    content = as_content(TWO_STAGES)
    content["estate"]["identities"]["idle"] = {"grants": [{"resources": ["vault"]}]}
    content["estate"]["resources"]["console"]["operations"]["admin"]["opens_identities"] = ["idle"]
    openings = per_workload(as_scenario(content).estate, used_only=False).openings
    assert openings.identity.tolist() == [2, -1]


def test_an_estate_in_which_nothing_opens_anything_keeps_to_that() -> None:
    content = as_content(TWO_STAGES)
    del content["estate"]["resources"]["console"]["operations"]["admin"]
    assert len(per_workload(as_scenario(content).estate, used_only=True).openings) == 0


def attested(estate: Estate) -> list[tuple[str, str]]:
    pairs = zip(estate.attestations.identity.tolist(), estate.attestations.place.tolist(), strict=True)
    return [(str(estate.identities.name[i]), str(estate.places.name[p])) for i, p in pairs]


def test_a_successor_is_attested_from_its_own_workloads_place_alone() -> None:
    assert attested(per_workload(scenario().estate, used_only=False)) == [
        ("idle", "host"), ("agent/agents", "runner"), ("deployer/deploys", "pod"), ("deployer/nightly", "host"),
    ]  # fmt: skip


def test_a_successor_is_attested_from_nowhere_where_the_shared_identity_was_not() -> None:
    content = as_content(TWO_STAGES)
    content["estate"]["identities"]["deployer"]["mintable_from"] = ["pod", "logs"]
    found = attested(per_workload(as_scenario(content).estate, used_only=False))
    assert found == [("agent/agents", "runner"), ("deployer/deploys", "pod")]


def test_everything_else_of_the_estate_stays_as_it_was() -> None:
    old = scenario(standing=ORPHAN).estate
    new = per_workload(old, used_only=True)
    for name in ("resources", "permissions", "places", "targets", "verifiers", "layers", "copies_to", "standing"):
        assert new.tables()[name] is old.tables()[name]
