"""Strategies compiled: stages as asked, buckets by scope, permissions by bucket."""

from __future__ import annotations

import pytest
from unit.engine.hand import Call, Task, ran, stage

from nhilab.base.quantities import MINUTE, NEVER
from nhilab.ledger.tables import Binding, Owner, Source
from nhilab.scenario.scenario import Scenario
from nhilab.strategy.plan import Bucket, Plan, make_plan, permissions_in
from scenarios import TWO_STAGES, as_content, as_scenario


def planned(scenario: Scenario, name: str) -> Plan:
    return make_plan(scenario.strategies[name], scenario.estate, scenario.issuers)


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
