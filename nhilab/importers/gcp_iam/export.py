"""The export tree of a Google Cloud organisation: what exists and which policies it carries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from nhilab.base.errors import InputError
from nhilab.base.files import read_text
from nhilab.importers.gcp_iam.members import Member, parse_member

CLASS_OF_FOLDER: Final = {
    "buckets": "object-store", "service-accounts": "service-account", "secrets": "secret-store"
}  # fmt: skip
"""Resource class of each known folder of a project."""

_ALLOWED: Final = "a tree with projects/PROJECT/iam.json, as gcloud … get-iam-policy --format=json writes them"


@dataclass(frozen=True)
class Binding:
    """One role given to members, on one resource or organisation."""

    role: str
    members: tuple[Member, ...]
    conditional: bool


@dataclass(frozen=True)
class Resource:
    """A project, bucket, secret or service account; `name` is its folder in the export."""

    name: str
    resource_class: str
    project: str
    short_name: str
    bindings: tuple[Binding, ...]
    described: bool
    enabled: bool


@dataclass(frozen=True)
class Organization:
    """An organisation and its policy, which its projects inherit."""

    name: str
    number: str
    bindings: tuple[Binding, ...]


@dataclass(frozen=True)
class Export:
    """Everything read from an export."""

    organizations: tuple[Organization, ...]
    resources: tuple[Resource, ...]
    project_of_number: Mapping[str, str]
    parent_of_project: Mapping[str, str]
    policy_of_project: Mapping[str, tuple[Binding, ...]]
    custom_roles: Mapping[str, tuple[str, ...]]
    unread: tuple[str, ...]


def read_json(path: Path, shape: type) -> Any:
    """Content of a JSON file that must hold an object or a list.

    Raises
    ------
    InputError
        If it cannot be read, is not JSON (a truncated file names its line) or holds something else.
    """
    text = read_text(path)
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(path, f"line {error.lineno}", error.msg, "complete JSON") from error
    except (ValueError, RecursionError) as error:
        raise InputError(path, "", str(error), "JSON of ordinary size") from error
    if not isinstance(content, shape):
        raise InputError(path, "", type(content).__name__, "a JSON object" if shape is dict else "a JSON list")
    return content


def read_policy(path: Path) -> tuple[Binding, ...]:
    """Bindings of one ``iam.json``; a file that does not exist has none.

    Raises
    ------
    InputError
        If a binding lacks its role or members.
    """
    if not path.exists():
        return ()
    bindings = read_json(path, dict).get("bindings", [])
    if not isinstance(bindings, list):
        raise InputError(path, "bindings", bindings, "a list of bindings")
    return tuple(_binding(path, f"bindings.{row}", content) for row, content in enumerate(bindings))


def _binding(path: Path, key: str, content: object) -> Binding:
    if not isinstance(content, dict):
        raise InputError(path, key, content, "an object with role and members")
    role, members = content.get("role"), content.get("members")
    if not isinstance(role, str) or not role:
        raise InputError(path, f"{key}.role", role, "a role such as roles/viewer")
    if not isinstance(members, list) or not all(isinstance(member, str) for member in members):
        raise InputError(path, f"{key}.members", members, "a list such as [serviceAccount:NAME@…]")
    return Binding(role, tuple(parse_member(member) for member in members), bool(content.get("condition")))


def read_export(root: Path) -> Export:
    """Read an export tree.

    Parameters
    ----------
    root : Path
        Folder that holds ``projects`` and, if there are any, ``organizations``.

    Raises
    ------
    InputError
        If the folder is missing or holds no project, or one of its files cannot be used.
    """
    try:
        return _read_tree(root)
    except OSError as error:
        raise InputError(error.filename or root, "", error.strerror or str(error), "a path that can be read") from error


def _read_tree(root: Path) -> Export:
    if not root.is_dir():
        raise InputError(root, "", "no such folder", _ALLOWED)
    projects = [folder for folder in _folders(root / "projects") if _is_resource(folder)]
    if not projects:
        raise InputError(root, "projects", "nothing", _ALLOWED)
    resources = tuple(resource for folder in projects for resource in _resources_of(folder))
    descriptions = {folder.name: _description(folder) for folder in projects}
    read = {root / resource.name / "iam.json" for resource in resources}
    read |= {folder / "iam.json" for folder in _folders(root / "organizations")}
    unread = (path for path in root.rglob("iam.json") if path not in read)
    return Export(
        organizations=tuple(_organization(folder) for folder in _folders(root / "organizations")),
        resources=resources,
        project_of_number={str(text.get("projectNumber", "")): name for name, text in descriptions.items()},
        parent_of_project={name: _parent(text) for name, text in descriptions.items()},
        policy_of_project={r.project: r.bindings for r in resources if r.resource_class == "project"},
        custom_roles=dict(_custom_roles(root)),
        unread=tuple(sorted(path.relative_to(root).as_posix() for path in unread)),
    )


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def _is_resource(folder: Path) -> bool:
    return (folder / "iam.json").exists() or (folder / "description.json").exists()


def _description(folder: Path) -> dict[str, Any]:
    path = folder / "description.json"
    content: dict[str, Any] = read_json(path, dict) if path.exists() else {}
    return content


def _parent(description: Mapping[str, Any]) -> str:
    parent = description.get("parent")
    return f"{parent.get('type')}s/{parent.get('id')}" if isinstance(parent, dict) else ""


def _organization(folder: Path) -> Organization:
    number = str(_description(folder).get("name", ""))
    return Organization(folder.name, number, read_policy(folder / "iam.json"))


def _resources_of(project: Path) -> Iterator[Resource]:
    yield _resource(project, "project", project.name)
    for name, resource_class in CLASS_OF_FOLDER.items():
        for folder in _folders(project / name):
            if _is_resource(folder):
                yield _resource(folder, resource_class, project.name)


def _resource(folder: Path, resource_class: str, project: str) -> Resource:
    described = (folder / "description.json").exists()
    inside = folder.name if resource_class == "project" else f"{project}/{folder.parent.name}/{folder.name}"
    versions = folder / "versions.json"
    enabled = True
    if resource_class == "secret-store" and versions.exists():
        listed = read_json(versions, list)
        enabled = any(isinstance(version, dict) and version.get("state") == "ENABLED" for version in listed)
    short_name = folder.name
    if resource_class == "service-account":
        short_name = str(_description(folder).get("email", folder.name))
    policy = read_policy(folder / "iam.json")
    return Resource(f"projects/{inside}", resource_class, project, short_name, policy, described, enabled)


def _custom_roles(root: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    for level in ("organizations", "projects"):
        for path in sorted(root.glob(f"{level}/*/roles/*.json")):
            content = read_json(path, dict)
            permissions = content.get("includedPermissions", [])
            if not isinstance(content.get("name"), str):
                raise InputError(path, "name", content.get("name"), "the name of a custom role")
            if not isinstance(permissions, list) or not all(isinstance(text, str) for text in permissions):
                raise InputError(path, "includedPermissions", permissions, "a list of permissions")
            yield content["name"], tuple(permissions)
