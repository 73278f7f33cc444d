"""Reading an export tree."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from unit.importers.export_tree import Tree

from nhilab.base.errors import InputError
from nhilab.importers.gcp_iam.export import read_export


def write(path: Path, content: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_resources_are_found_by_the_position_of_their_folder(tree: Tree) -> None:
    tree.project("shop")
    tree.bucket("images", "shop")
    tree.account("build", "shop")
    tree.secret("key", "shop")
    found = {(r.name, r.resource_class, r.project) for r in read_export(tree.root).resources}
    assert found == {
        ("projects/shop", "project", "shop"),
        ("projects/shop/buckets/images", "object-store", "shop"),
        ("projects/shop/service-accounts/build@shop.iam.gserviceaccount.com", "service-account", "shop"),
        ("projects/shop/secrets/key", "secret-store", "shop"),
    }


def test_policies_in_other_folders_are_tolerated_and_listed(tree: Tree) -> None:
    tree.project("shop")
    tree.policy("projects/shop/services/queue", {"roles/viewer": ["user:a@example.org"]})
    tree.policy("folders/7", {})
    assert read_export(tree.root).unread == ("folders/7/iam.json", "projects/shop/services/queue/iam.json")


def test_a_policy_without_bindings_has_none(tree: Tree) -> None:
    tree.project("shop")
    write(tree.root / "projects/shop/iam.json", {"etag": "ACAB"})
    assert read_export(tree.root).resources[0].bindings == ()


def test_a_secret_without_an_enabled_version_is_not_enabled(tree: Tree) -> None:
    tree.project("shop")
    tree.secret("old", "shop", state="DESTROYED")
    assert [r.enabled for r in read_export(tree.root).resources if r.resource_class == "secret-store"] == [False]


def test_a_truncated_policy_is_named_with_its_line(tree: Tree) -> None:
    path = write(tree.project("shop") / "iam.json", '{"bindings": [\n  {"role": "roles/viewer", "mem')
    with pytest.raises(InputError, match=r"line 2.*complete JSON") as caught:
        read_export(tree.root)
    assert caught.value.file == str(path)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ([], ""),
        ({"bindings": "none"}, "bindings"),
        ({"bindings": ["x"]}, "bindings.0"),
        ({"bindings": [{"members": []}]}, "bindings.0.role"),
        ({"bindings": [{"role": "roles/viewer"}]}, "bindings.0.members"),
        ({"bindings": [{"role": "roles/viewer", "members": [3]}]}, "bindings.0.members"),
    ],
)
def test_a_policy_of_another_shape_is_refused_at_its_key(tree: Tree, content: object, key: str) -> None:
    write(tree.project("shop") / "iam.json", content)
    with pytest.raises(InputError) as caught:
        read_export(tree.root)
    assert caught.value.key == key


@pytest.mark.parametrize("folder", ["", "projects", "projects/shop/buckets/images"])
def test_a_tree_without_projects_is_refused(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    with pytest.raises(InputError, match="projects/PROJECT"):
        read_export(tmp_path)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        read_export(tmp_path / "nowhere")


@pytest.mark.parametrize("content", [{"includedPermissions": []}, {"name": "x", "includedPermissions": "all"}])
def test_a_custom_role_of_another_shape_is_refused(tree: Tree, content: object) -> None:
    path = write(tree.project("shop") / "roles/x.json", content)
    with pytest.raises(InputError) as caught:
        read_export(tree.root)
    assert caught.value.file == str(path)
