"""Who may do what, and what that opens."""

from __future__ import annotations

import json

import pytest
from unit.importers.export_tree import Tree

from nhilab.importers.gcp_iam.access import Access, Opening, expand, openings_of
from nhilab.importers.gcp_iam.export import read_export
from nhilab.importers.gcp_iam.report import describe_policies
from nhilab.importers.gcp_iam.roles import role_table

ANN = "ann@shop.iam.gserviceaccount.com"
BOB = "bob@shop.iam.gserviceaccount.com"
AS_ANN = f"serviceAccount:{ANN}"
ON_BOB = f"projects/shop/service-accounts/{BOB}"


def access_of(tree: Tree) -> Access:
    return expand(read_export(tree.root), role_table())


def openings(tree: Tree, *places: str) -> set[Opening]:
    read = read_export(tree.root)
    return set(openings_of(expand(read, role_table()), read, places))


def held(tree: Tree, identity: str = ANN) -> set[tuple[str, str]]:
    return {(resource, operation) for who, resource, operation in access_of(tree).grants if who == identity}


def test_a_project_role_is_inherited_by_what_it_concerns_inside(tree: Tree) -> None:
    tree.project("shop", {"roles/storage.objectViewer": [AS_ANN]})
    bucket = tree.bucket("images", "shop")
    tree.secret("key", "shop")
    assert held(tree) == {(bucket, "read")}


def test_an_organisation_role_is_inherited_by_every_project_and_its_resources(tree: Tree) -> None:
    tree.policy("organizations/acme", {"roles/secretmanager.secretAccessor": [AS_ANN], "roles/viewer": [AS_ANN]})
    tree.project("shop")
    tree.project("mail")
    secret = tree.secret("key", "mail")
    assert held(tree) == {(secret, "read"), ("projects/shop", "read"), ("projects/mail", "read")}


def test_a_project_of_another_organisation_does_not_inherit(tree: Tree) -> None:
    tree.policy("organizations/acme", {"roles/viewer": [AS_ANN]}, name="organizations/1")
    tree.project("shop", parent={"type": "organization", "id": "1"})
    tree.project("mail", parent={"type": "organization", "id": "2"})
    assert held(tree) == {("projects/shop", "read")}


def test_a_convenience_member_stands_for_the_accounts_with_that_role_on_the_project(tree: Tree) -> None:
    tree.project("shop", {"roles/editor": [AS_ANN], "roles/viewer": [f"serviceAccount:{BOB}"]})
    bucket = tree.bucket("images", "shop", {"roles/storage.legacyBucketOwner": ["projectEditor:shop"]})
    assert {(r, o) for r, o in held(tree) if r == bucket} == {(bucket, "write"), (bucket, "admin")}
    assert not [r for r, _ in held(tree, BOB) if r == bucket]


def test_an_editor_reaches_no_object_where_the_bucket_does_not_name_editors(tree: Tree) -> None:
    tree.project("shop", {"roles/editor": [AS_ANN]})
    bucket = tree.bucket("images", "shop")
    assert bucket not in {resource for resource, _ in held(tree)}


def test_groups_people_and_the_public_are_no_identities(tree: Tree) -> None:
    everyone = ["group:g@x.org", "user:u@x.org", "allUsers", "domain:x.org", "deleted:serviceAccount:d@x?uid=1"]
    tree.project("shop", {"roles/owner": everyone})
    access = access_of(tree)
    assert access.identities == access.grants == ()
    policies = describe_policies(read_export(tree.root), role_table())
    assert policies.members == {"deleted member": 1, "domain": 1, "group": 1, "public": 1, "user": 1}
    assert policies.deleted_members == ("serviceAccount:d@x?uid=1",)


def test_an_unknown_role_grants_nothing_and_is_listed(tree: Tree) -> None:
    tree.project("shop", {"roles/martian.admin": [AS_ANN, "group:g@x.org"]})
    assert held(tree) == set()
    assert describe_policies(read_export(tree.root), role_table()).unknown_roles == {"roles/martian.admin": 2}


def test_a_custom_role_is_read_from_its_permissions(tree: Tree) -> None:
    folder = tree.project("shop", {"projects/shop/roles/reader": [AS_ANN]})
    secret = tree.secret("key", "shop")
    (folder / "roles").mkdir()
    role = {"name": "projects/shop/roles/reader", "includedPermissions": ["secretmanager.versions.access"]}
    (folder / "roles/reader.json").write_text(json.dumps(role))
    assert held(tree) == {(secret, "read")}


def test_a_condition_is_taken_as_true_and_counted(tree: Tree) -> None:
    folder = tree.project("shop")
    binding = {"role": "roles/viewer", "members": [AS_ANN], "condition": {"expression": "request.time < x"}}
    (folder / "iam.json").write_text(json.dumps({"bindings": [binding]}))
    assert held(tree) == {("projects/shop", "read")}
    assert describe_policies(read_export(tree.root), role_table()).conditional_bindings == 1


@pytest.mark.parametrize(
    ("role", "operation"),
    [
        ("roles/iam.serviceAccountTokenCreator", "mint-token"),
        ("roles/iam.serviceAccountKeyAdmin", "mint-key"),
        ("roles/iam.serviceAccountAdmin", "admin"),
    ],
)
def test_minting_and_administering_an_account_open_it_now(tree: Tree, role: str, operation: str) -> None:
    tree.project("shop")
    tree.account("bob", "shop", {role: [AS_ANN]})
    assert openings(tree) == {(ON_BOB, operation, BOB, "", "now")}


def test_acting_as_an_account_alone_opens_nothing(tree: Tree) -> None:
    tree.project("shop", {"roles/iam.serviceAccountUser": [AS_ANN]})
    tree.account("bob", "shop")
    assert held(tree) == {(ON_BOB, "act-as")}
    assert openings(tree) == set()


def test_acting_as_an_account_and_deploying_in_its_project_opens_it(tree: Tree) -> None:
    tree.project("shop", {"roles/run.admin": [AS_ANN]})
    tree.account("bob", "shop", {"roles/iam.serviceAccountUser": [AS_ANN]})
    assert openings(tree) == {(ON_BOB, "run-as", BOB, "", "now")}


def test_deploying_in_another_project_does_not_open_the_account(tree: Tree) -> None:
    tree.project("shop")
    tree.project("mail", {"roles/run.admin": [AS_ANN]})
    tree.account("bob", "shop", {"roles/iam.serviceAccountUser": [AS_ANN]})
    assert openings(tree) == set()


def test_two_identities_do_not_share_what_running_as_needs(tree: Tree) -> None:
    tree.project("shop", {"roles/run.admin": ["serviceAccount:cyd@shop.iam.gserviceaccount.com"]})
    tree.account("bob", "shop", {"roles/iam.serviceAccountUser": [AS_ANN]})
    assert openings(tree) == set()


def test_running_code_in_a_cluster_opens_its_place_where_there_is_one(tree: Tree) -> None:
    tree.project("shop", {"roles/container.developer": [AS_ANN]})
    assert openings(tree, "shop") == {("projects/shop", "exec", "", "shop", "now")}
    assert openings(tree, "mail") == set()


def test_a_workload_identity_binding_is_a_trust_policy_and_no_grant(tree: Tree) -> None:
    tree.project("shop")
    tree.account("bob", "shop", {"roles/iam.workloadIdentityUser": ["serviceAccount:ci.svc.id.goog[pods/runner]"]})
    access = access_of(tree)
    assert access.attestations == ((BOB, "ci"),)
    assert access.accounts_of_workload == {("ci", "runner"): (BOB,)}
    assert access.grants == ()


def test_no_opening_names_an_identity_that_does_not_exist(tree: Tree) -> None:
    tree.project("shop", {"roles/owner": [AS_ANN]})
    tree.account("bob", "shop")
    known = set(access_of(tree).identities)
    assert {identity for _, _, identity, _, _ in openings(tree)} <= known
