"""What a role lets its holder do, by Google's documentation (roles.yaml, permissions.yaml)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

Operations = Mapping[str, frozenset[str]]
"""Operations by resource class."""

NOTHING: Final[Operations] = {}


@dataclass(frozen=True)
class RoleTable:
    """Operations of predefined roles and of permissions, as documented by Google."""

    roles: Mapping[str, Operations]
    families: Mapping[str, str]
    patterns: tuple[tuple[str, Operations], ...]
    reading_verbs: tuple[str, ...]

    def of_permission(self, permission: str) -> Operations:
        """Operations one permission of a custom role gives."""
        for pattern, operations in self.patterns:
            if fnmatchcase(permission, pattern):
                return operations
        verb = permission.rpartition(".")[2]
        return {"project": frozenset(["read" if verb.startswith(self.reading_verbs) else "write"])}

    def of_custom(self, permissions: Iterable[str]) -> Operations:
        """Operations a custom role with these permissions gives.

        Examples
        --------
        >>> role_table().of_custom(["storage.objects.get", "logging.logs.list"]) == {
        ...     "object-store": frozenset(["read"]), "project": frozenset(["read"])}
        True
        """
        united: dict[str, frozenset[str]] = {}
        for permission in permissions:
            for resource_class, operations in self.of_permission(permission).items():
                united[resource_class] = united.get(resource_class, frozenset()) | operations
        return united


def _operations(content: Mapping[str, Any]) -> Operations:
    return {resource_class: frozenset(operations) for resource_class, operations in content.items()}


@cache
def role_table() -> RoleTable:
    """The packaged table of roles and permissions."""
    folder = files(__package__)
    families = yaml.safe_load(folder.joinpath("roles.yaml").read_text(encoding="utf-8"))
    permissions = yaml.safe_load(folder.joinpath("permissions.yaml").read_text(encoding="utf-8"))
    return RoleTable(
        roles={role: _operations(content) for family in families for role, content in family["roles"].items()},
        families={role: family["url"] for family in families for role in family["roles"]},
        patterns=tuple((pattern, _operations(content)) for pattern, content in permissions["patterns"].items()),
        reading_verbs=tuple(permissions["reading_verbs"]),
    )
