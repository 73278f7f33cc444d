"""Strategies compiled: stages as asked and delivered, chains, buckets by scope, permissions by bucket."""

from __future__ import annotations

from typing import Any

import pytest
from unit.engine.hand import Call, Task, ran, stage

from nhilab.base.quantities import MINUTE, NEVER
from nhilab.ledger.tables import Binding, Owner, Source, Unit
from nhilab.scenario.scenario import Scenario
from nhilab.scenario.strategy_section import Renewal
from nhilab.strategy.plan import Bucket, Plan, make_plan, permissions_in
from scenarios import TWO_STAGES, as_content, as_scenario


def planned(scenario: Scenario, name: str) -> Plan:
    return make_plan(scenario.strategies, name, scenario.estate, scenario.issuers, seed=scenario.content.seed)


def scoped(*scope: str) -> tuple[Scenario, Plan]:
    content = as_content(TWO_STAGES)
    content["strategies"]["exchange"]["stages"][1]["scope"] = list(scope)
    scenario = as_scenario(content)
    return scenario, planned(scenario, "exchange")


def test_stages_are_those_of_the_strategy_with_the_servers_of_their_issuers() -> None:
    stages = planned(as_scenario(TWO_STAGES), "exchange").stages
    assert stages.issuer.tolist() == ["login", "sts"] and stages.servers.tolist() == [1, 2]
    assert stages.source.tolist() == [Source.ATTESTED, Source.PREVIOUS]
    assert stages.issue_per.tolist() == [Owner.WORKLOAD, Owner.TASK]
    assert stages.asked_ttl.tolist() == stages.effective_ttl.tolist() == [15 * MINUTE, 5 * MINUTE]
    assert stages.revoked_at_task_end.tolist() == [False, True]
    assert stages.binding.tolist() == [Binding.BEARER] * 2 and not stages.hypothetical.any()


def test_a_standing_stage_that_never_expires_is_compiled_as_such() -> None:
    content = as_content(TWO_STAGES)
    content["strategies"]["keys"]["stages"][0]["binding"] = "non-exportable"
    stages = planned(as_scenario(content), "keys").stages
    assert stages.source.tolist() == [Source.STANDING] and stages.effective_ttl.tolist() == [NEVER]
    assert stages.binding.tolist() == [Binding.NON_EXPORTABLE]


def test_bucket_0_is_all_grants_and_the_only_one_of_an_unscoped_stage() -> None:
    scenario, plan = scoped("resource")
    assert plan.buckets[0] == Bucket()
    assert set(plan.bucket_of[0].tolist()) == {0}
    assert 0 not in plan.bucket_of[1].tolist()
    assert len(plan.bucket_of[0]) == len(scenario.estate.permissions)


@pytest.mark.parametrize(
    ("scope", "n"), [(["environment"], 2), (["class"], 3), (["resource"], 4), (["operation"], 3),
                     (["environment", "operation"], 5), (["resource", "class", "environment"], 4),
                     (["resource", "operation"], 8)],
)  # fmt: skip
def test_a_bucket_holds_the_calls_values_on_the_stages_dimensions(scope: list[str], n: int) -> None:
    scenario, plan = scoped(*scope)
    estate, narrow = scenario.estate, plan.bucket_of[1]
    assert len(set(narrow.tolist())) == n == len(plan.buckets) - 1
    for permission, number in enumerate(narrow.tolist()):
        resource = estate.permissions.resource[permission]
        assert plan.buckets[number] == Bucket(
            estate.resources.environment[resource] if "environment" in scope else "",
            estate.resources.resource_class[resource] if "class" in scope else "",
            resource if "resource" in scope else -1,
            estate.permissions.operation[permission] if "operation" in scope else "",
        )


def test_stages_share_the_numbers_of_equal_buckets() -> None:
    content = as_content(TWO_STAGES)
    for one in content["strategies"]["exchange"]["stages"]:
        one["scope"] = ["environment"]
    plan = planned(as_scenario(content), "exchange")
    assert plan.bucket_of[0].tolist() == plan.bucket_of[1].tolist() and len(plan.buckets) == 3


def test_a_bucket_holds_every_grant_of_the_identity_that_agrees_with_it() -> None:
    estate = as_scenario(TWO_STAGES).estate
    granted = estate.granted(0)
    names = [f"{estate.resources.name[r]} {o}" for r, o in zip(
        estate.permissions.resource, estate.permissions.operation, strict=True)]  # fmt: skip

    def inside(bucket: Bucket) -> list[str]:
        return [names[p] for p in permissions_in(bucket, granted, estate)]

    assert inside(Bucket()) == [names[p] for p in granted]
    assert inside(Bucket(environment="prod")) == ["console admin", "console read"]
    assert inside(Bucket(resource_class="object-store", operation="read")) == ["bucket-1 read", "bucket-2 read"]
    assert inside(Bucket(resource=1)) == ["bucket-2 read", "bucket-2 write"]
    assert inside(Bucket(resource_class="secret-store")) == [], "granted to the other identity alone"
    assert inside(Bucket(environment="prod", operation="write")) == []


def test_a_run_gives_each_credential_the_scope_of_its_bucket() -> None:
    calls = [Call(permission=p) for p in (0, 1, 2)]
    ledger = ran([Task(0, calls)], stage(scope=["environment"]))
    held = ledger.scope_permissions
    by_scope = {s: held.permission[held.scope == s].tolist() for s in ledger.credentials.scope.tolist()}
    assert list(by_scope.values()) == [[0, 2], [1]], "bucket and table are in dev, the vault in prod"
    assert ledger.scopes.environment[ledger.credentials.scope].tolist() == ["dev", "prod"]
    assert ledger.scopes.n_calls[ledger.credentials.scope].tolist() == [2, 1]
    assert ledger.scopes.n_calls[:2].tolist() == [0, 0]


def changed(stage_keys: dict[str, Any], issuer_keys: dict[str, Any]) -> Plan:
    """Plan of the two-stage exchange with its last stage and that stage's issuer changed."""
    content = as_content(TWO_STAGES)
    content["strategies"]["exchange"]["stages"][1] |= stage_keys
    content["issuers"]["sts"] |= issuer_keys
    return planned(as_scenario(content), "exchange")


STS = {"ttl_range": ["900s", "12h"]}


def test_asked_and_delivered_lifetimes_stand_side_by_side() -> None:
    clamped = changed({}, STS | {"out_of_range": "clamp"}).stages
    assert clamped.asked_ttl.tolist() == [15 * MINUTE, 5 * MINUTE]
    assert clamped.effective_ttl.tolist() == [15 * MINUTE, 15 * MINUTE] and not clamped.hypothetical.any()
    refused = changed({}, STS | {"out_of_range": "reject"}).stages
    assert refused.effective_ttl.tolist() == refused.asked_ttl.tolist() == [15 * MINUTE, 5 * MINUTE]
    assert refused.hypothetical.tolist() == [False, True]


def test_asked_and_delivered_scopes_and_revocations_stand_side_by_side() -> None:
    asked = {"scope": ["resource", "operation"]}
    stages = changed(asked, {"narrows": {"default": ["resource"]}, "revocation_unit": "none"}).stages
    assert stages.asked_scope.tolist() == ["", "resource,operation"]
    assert stages.effective_scope.tolist() == ["", "resource"]
    assert stages.asked_revoke.tolist() == ["", "task-end"] and stages.effective_revoke.tolist() == ["", ""]
    assert stages.revoked_at_task_end.tolist() == [False, False]
    assert stages.revocation_unit.tolist() == [Unit.CREDENTIAL, Unit.NONE]


def test_a_revocation_in_force_though_the_issuer_cannot_revoke_ends_one_credential() -> None:
    stages = changed({}, {"revocation_unit": "none", "out_of_range": "reject"}).stages
    assert stages.hypothetical.tolist() == [False, True] and stages.revoked_at_task_end.tolist() == [False, True]
    assert stages.revocation_unit.tolist() == [Unit.CREDENTIAL, Unit.CREDENTIAL]
    silent = changed({"revoke": []}, {"revocation_unit": "none", "out_of_range": "reject"}).stages
    assert silent.revocation_unit.tolist() == [Unit.CREDENTIAL, Unit.NONE] and not silent.hypothetical.any()


def test_stages_keep_how_their_issuers_revoke() -> None:
    subtree = changed({}, {"revocation_unit": "subtree"}).stages
    assert subtree.revocation_unit.tolist() == [Unit.CREDENTIAL, Unit.SUBTREE]
    assert subtree.cascades.tolist() == [False, True]
    cascading = changed({}, {"revocation_unit": "identity", "cascade": True}).stages
    assert cascading.revocation_unit.tolist() == [Unit.CREDENTIAL, Unit.IDENTITY]
    assert cascading.cascades.tolist() == [False, True]


def test_buckets_follow_what_the_issuer_can_narrow_by_the_class_of_the_resource() -> None:
    narrows = {"default": [], "object-store": ["resource"], "kubernetes": ["environment"]}
    plan = changed({"scope": ["environment", "resource"]}, {"narrows": narrows})
    resources = ["bucket-1"] * 2 + ["bucket-2"] * 2 + ["vault"] * 2 + ["console"] * 2
    buckets = [plan.buckets[n] for n in plan.bucket_of[1].tolist()]
    given = {"bucket-1": Bucket(resource=0), "bucket-2": Bucket(resource=1), "vault": Bucket(),
             "console": Bucket(environment="prod")}  # fmt: skip
    assert buckets == [given[name] for name in resources]
    assert plan.stages.effective_scope.tolist() == ["", "environment,resource"]


def test_renewals_reissues_and_single_use_are_those_of_the_stages() -> None:
    content = as_content(TWO_STAGES)
    first, last = content["strategies"]["exchange"]["stages"]
    first |= {"single_use": True, "on_expired": "fail"}
    last |= {"renew": {"ahead": 0.5}, "binding": "exportable-key"}
    plan = planned(as_scenario(content), "exchange")
    assert plan.renewals == (None, Renewal(ahead=0.5)) and plan.reissued == (False, True)
    assert plan.stages.single_use.tolist() == [True, False]
    assert plan.stages.binding.tolist() == [Binding.BEARER, Binding.EXPORTABLE_KEY]


def mixed(*mix: dict[str, Any], **told: Any) -> Plan:
    """The exchange, which some workloads replace by keys or by something of their own."""
    content = as_content(TWO_STAGES)
    content["strategies"]["own"] = {"stages": [content["strategies"]["exchange"]["stages"][0] | {"ttl": "1h"}]}
    content["strategies"]["exchange"] |= {"mix": list(mix)} | told
    return planned(as_scenario(content), "exchange")


def managed(plan: Plan) -> dict[str, list[int]]:
    names = plan.estate.identities.name[plan.managed.identity].tolist()
    pairs = list(zip(names, plan.managed.stage.tolist(), strict=True))
    return {str(n): [k for name, k in pairs if name == n] for n in plan.estate.identities.name}


def test_without_a_mix_every_identity_is_managed_by_all_stages_of_the_one_chain() -> None:
    plan = mixed()
    assert plan.stages.chain.tolist() == [0, 0] and plan.last_stage.tolist() == [1, 1, 1]
    assert managed(plan) == {"agent": [0, 1], "deployer": [0, 1]}


def test_chains_stand_one_after_another_and_each_workload_presents_the_last_stage_of_its_own() -> None:
    plan = mixed({"strategy": "keys", "kinds": ["batch"]}, {"strategy": "own", "workloads": ["deploys"]})
    assert plan.stages.chain.tolist() == [0, 0, 1, 2]
    sources = [Source.ATTESTED, Source.PREVIOUS, Source.STANDING, Source.ATTESTED]
    assert plan.stages.source.tolist() == sources and plan.stages.issuer.tolist() == ["login", "sts", "login", "login"]
    assert plan.last_stage.tolist() == [1, 3, 2], "agents, deploys, nightly"
    assert len(plan.renewals) == len(plan.reissued) == len(plan.bucket_of) == 4


def test_an_identity_is_managed_by_every_chain_that_a_workload_of_it_follows() -> None:
    plan = mixed({"strategy": "keys", "kinds": ["batch"]})
    assert managed(plan) == {"agent": [0, 1], "deployer": [0, 1, 2]}
    plan = mixed({"strategy": "keys", "kinds": ["batch"]}, {"strategy": "own", "workloads": ["deploys"]})
    assert managed(plan) == {"agent": [0, 1], "deployer": [2, 3]}
    pairs = list(zip(plan.managed.identity.tolist(), plan.managed.stage.tolist(), strict=True))
    assert pairs == sorted(set(pairs))


def test_an_identity_without_workloads_has_the_default_chain() -> None:
    content = as_content(TWO_STAGES)
    content["estate"]["identities"]["idle"] = {}
    content["strategies"]["exchange"]["mix"] = [{"strategy": "keys"}]
    assert managed(planned(as_scenario(content), "exchange")) == {"agent": [2], "deployer": [2], "idle": [0, 1]}


def test_the_mix_of_a_strategy_that_is_mixed_in_is_not_followed() -> None:
    content = as_content(TWO_STAGES)
    content["strategies"]["keys"]["mix"] = [{"strategy": "exchange"}]
    content["strategies"]["exchange"]["mix"] = [{"strategy": "keys", "kinds": ["batch"]}]
    assert planned(as_scenario(content), "exchange").last_stage.tolist() == [1, 1, 2]


def test_a_plan_runs_on_the_scenarios_estate_unless_workloads_get_identities_of_their_own() -> None:
    scenario = as_scenario(TWO_STAGES)
    assert planned(scenario, "exchange").estate is scenario.estate
    own = mixed(identities="per-workload")
    assert own.estate.identities.name.tolist()[2:] == ["agent/agents", "deployer/deploys", "deployer/nightly"]
    copied = own.estate.granted(3)
    assert mixed(identities="per-workload", grants="used").estate.granted(3).tolist() == [4, 5] != copied.tolist()


def test_identities_of_their_own_are_managed_by_their_workloads_chain_alone() -> None:
    plan = mixed({"strategy": "keys", "kinds": ["batch"]}, identities="per-workload")
    assert managed(plan) == {
        "agent": [0, 1], "deployer": [0, 1],
        "agent/agents": [0, 1], "deployer/deploys": [0, 1], "deployer/nightly": [2],
    }  # fmt: skip
