"""Tiny export trees."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Tree:
    """Writes an export as gcloud would, one resource at a time; bindings are role → members."""

    root: Path

    def policy(self, folder: str, bindings: Mapping[str, Sequence[str]], **description: Any) -> Path:
        place = self.root / folder
        place.mkdir(parents=True, exist_ok=True)
        listed = [{"role": role, "members": list(members)} for role, members in bindings.items()]
        (place / "iam.json").write_text(json.dumps({"bindings": listed, "version": 1}))
        if description:
            (place / "description.json").write_text(json.dumps(description))
        return place

    def project(self, name: str, bindings: Mapping[str, Sequence[str]] | None = None, **description: Any) -> Path:
        described = {"projectId": name, "projectNumber": f"{sum(map(ord, name))}"} | description
        return self.policy(f"projects/{name}", bindings or {}, **described)

    def account(self, name: str, project: str, bindings: Mapping[str, Sequence[str]] | None = None) -> str:
        email = f"{name}@{project}.iam.gserviceaccount.com"
        self.policy(f"projects/{project}/service-accounts/{email}", bindings or {}, email=email)
        return email

    def bucket(self, name: str, project: str, bindings: Mapping[str, Sequence[str]] | None = None) -> str:
        self.policy(f"projects/{project}/buckets/{name}", bindings or {})
        return f"projects/{project}/buckets/{name}"

    def secret(self, name: str, project: str, state: str = "ENABLED") -> str:
        place = self.policy(f"projects/{project}/secrets/{name}", {})
        (place / "versions.json").write_text(json.dumps([{"state": state}]))
        return f"projects/{project}/secrets/{name}"
