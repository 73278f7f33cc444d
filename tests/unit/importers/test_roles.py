"""The table of roles."""

from __future__ import annotations

from nhilab.importers.gcp_iam.roles import role_table

OPERATIONS = {
    "project": {"read", "write", "deploy", "exec", "admin"},
    "object-store": {"read", "write", "admin"},
    "secret-store": {"read", "write", "admin"},
    "service-account": {"mint-token", "mint-key", "act-as", "admin"},
}


def test_the_table_knows_no_operation_beyond_those_of_the_lab() -> None:
    table = role_table()
    listed = [*table.roles.values(), *(operations for _, operations in table.patterns)]
    for operations in listed:
        for resource_class, given in operations.items():
            assert given <= OPERATIONS[resource_class]


def test_every_family_of_roles_cites_a_page_of_google() -> None:
    assert all(url.startswith("https://cloud.google.com/") for url in role_table().families.values())


def test_an_editor_acts_as_accounts_but_mints_no_token_and_reads_no_secret() -> None:
    editor = role_table().roles["roles/editor"]
    assert {"act-as", "mint-key"} == editor["service-account"]
    assert "read" not in editor["secret-store"]


def test_an_owner_reads_secrets_and_administers_accounts_but_mints_no_token() -> None:
    owner = role_table().roles["roles/owner"]
    assert "read" in owner["secret-store"]
    assert owner["service-account"] == {"act-as", "mint-key", "admin"}


def test_no_basic_role_reaches_objects_by_itself() -> None:
    assert all("object-store" not in role_table().roles[f"roles/{name}"] for name in ("owner", "editor", "viewer"))


def test_whoever_sets_a_project_policy_administers_all_that_inherits_it() -> None:
    admin = role_table().roles["roles/resourcemanager.projectIamAdmin"]
    assert all("admin" in admin[resource_class] for resource_class in OPERATIONS)


def test_a_custom_role_gives_what_its_permissions_give() -> None:
    permissions = ["iam.serviceAccounts.signJwt", "storage.objects.list", "dns.changes.create", "logging.logs.list"]
    assert role_table().of_custom(permissions) == {
        "service-account": frozenset({"mint-token"}),
        "project": frozenset({"read", "write"}),
    }


def test_listing_secrets_or_billing_gives_nothing() -> None:
    assert role_table().of_custom(["secretmanager.versions.list", "billing.accounts.get"]) == {}
