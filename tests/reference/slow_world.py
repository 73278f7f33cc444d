"""Ledgers built row by row, for hand-counted cases and for random ones."""

from __future__ import annotations

import dataclasses
from itertools import product
from typing import Any

from nhilab.base.estate import (
    Attestations,
    CopiesTo,
    Estate,
    Grants,
    Identities,
    Layers,
    Openings,
    Permissions,
    Places,
    Resources,
    Standing,
    Targets,
    Verifiers,
    Workloads,
)
from nhilab.base.quantities import NEVER
from nhilab.base.tables import Table
from nhilab.ledger.tables import (
    Calls,
    Copies,
    Credentials,
    Ledger,
    Managed,
    Outages,
    Owner,
    ScopePermissions,
    Scopes,
    Stages,
    Tasks,
)

ESTATE: dict[str, type[Table]] = {
    "resources": Resources, "permissions": Permissions, "identities": Identities, "grants": Grants,
    "openings": Openings, "attestations": Attestations, "places": Places, "workloads": Workloads,
    "targets": Targets, "verifiers": Verifiers, "layers": Layers, "copies_to": CopiesTo,
    "standing": Standing,
}  # fmt: skip
RUN: dict[str, type[Table]] = {
    "stages": Stages, "tasks": Tasks, "calls": Calls, "credentials": Credentials, "copies": Copies,
    "scopes": Scopes, "scope_permissions": ScopePermissions, "managed": Managed,
    "outages": Outages,
}  # fmt: skip


class World:
    """Rows of every table as plain dictionaries; `ledger()` freezes them."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in (ESTATE | RUN)}

    def add(self, table: str, **row: Any) -> int:
        """Append a row and return its number."""
        self.rows[table].append(row)
        return len(self.rows[table]) - 1

    def table(self, name: str) -> Table:
        kind = (ESTATE | RUN)[name]
        rows = self.rows[name]
        columns: dict[str, list[Any]] = {}
        for field in dataclasses.fields(kind):
            neutral = field.metadata["neutral"]
            columns[field.name] = [row.get(field.name, neutral) for row in rows]
            if any(value is None for value in columns[field.name]):
                raise ValueError(f"{name}.{field.name} has no value")
        unknown = {key for row in rows for key in row} - set(columns)
        if unknown:
            raise ValueError(f"{name} has no columns {sorted(unknown)}")
        return kind(**columns) if rows else kind.empty()

    def ledger(self) -> Ledger:
        """The frozen tables; where nobody said what is managed, every stage is, for every identity."""
        estate: Any = {name: self.table(name) for name in ESTATE}
        run: Any = {name: self.table(name) for name in RUN}
        if not self.rows["managed"]:
            run["managed"] = self.all_managed()
        clock = {"horizon": 60, "warm_up": 0, "follow_up": 60, "cap": 200, "proof_tolerance": 0}
        return Ledger(estate=Estate(**estate), **run, **clock)

    def all_managed(self) -> Managed:
        """Every (identity, stage) pair."""
        pairs = list(product(range(len(self.rows["identities"])), range(len(self.rows["stages"]))))
        return Managed.of(identity=[i for i, _ in pairs], stage=[k for _, k in pairs]) if pairs else Managed.empty()

    # Short cuts for hand-made worlds ------------------------------------------------------------------------

    def verifier(self, caches: tuple[int, ...] = (), **row: Any) -> int:
        number = len(self.rows["verifiers"])
        given = {"name": f"verifier-{number}", "self_contained": True} | row
        self.add("verifiers", **given)
        for ttl in caches:
            self.add("layers", verifier=number, ttl=ttl)
        return number

    def place(self, **row: Any) -> int:
        number = len(self.rows["places"])
        return self.add("places", **({"name": f"place-{number}", "kind": "host"} | row))

    def permission(self, verifier: int = 0, operation: str = "read", resource: int = -1) -> int:
        """A permission on a new resource behind the verifier, or on the given resource."""
        if resource < 0:
            number = len(self.rows["resources"])
            resource = self.add(
                "resources", name=f"resource-{number}", resource_class="database", environment="prod",
                sensitivity=1.0, verifier=verifier,
            )  # fmt: skip
        return self.add("permissions", resource=resource, operation=operation)

    def identity(self, *granted: int) -> int:
        """An identity, and the scope of the same number: all its grants."""
        number = self.add("identities", name=f"identity-{len(self.rows['identities'])}")
        for permission in sorted(granted):
            self.add("grants", identity=number, permission=permission)
        if self.scope(number, granted) != number:
            raise ValueError("all identities before all narrowed scopes")
        return number

    def scope(self, identity: int, permissions: Any, **bucket: Any) -> int:
        """A scope with these permissions."""
        empty: dict[str, Any] = {"environment": "", "resource_class": "", "resource": -1, "operation": ""}
        number = self.add("scopes", identity=identity, **(empty | bucket))
        for permission in sorted(permissions):
            self.add("scope_permissions", scope=number, permission=permission)
        return number

    def stage(self, ttl: int, source: int = 0, **row: Any) -> int:
        given = {"issuer": "issuer", "source": source, "issue_per": int(Owner.IDENTITY)} | row
        return self.add("stages", asked_ttl=ttl, effective_ttl=ttl, **given)

    def task(self, place: int, start: int, end: int, identity: int = 0, slot: int = 0) -> int:
        """A task of a workload of its own."""
        number = len(self.rows["workloads"])
        self.add("workloads", name=f"workload-{number}", kind="batch", identity=identity, place=place)
        return self.add(
            "tasks", workload=number, instance=number, slot=slot, arrived_at=start, started_at=start,
            ended_at=end, first_call=len(self.rows["calls"]), n_calls=0,
        )  # fmt: skip

    def call(self, permission: int, credential: int, at: int) -> int:
        """A call of task 0."""
        return self.add(
            "calls", task=0, permission=permission, credential=credential, ready_at=at, arrived_at=at, ended_at=at
        )

    def credential(self, scope: int = 0, expires: int = NEVER, issued: int = 0, stage: int = 0, **row: Any) -> int:
        given = {
            "owner_kind": int(Owner.IDENTITY), "owner": 0, "call": -1, "requested_at": issued,
            "purpose_end": issued,
        } | row  # fmt: skip
        return self.add("credentials", scope=scope, stage=stage, issued_at=issued, expires_at=expires, **given)

    def copy(self, credential: int, place: int, start: int = 0, until: int = NEVER, unit: int = 0, **row: Any) -> int:
        return self.add("copies", credential=credential, place=place, unit=unit, from_at=start, until_at=until, **row)
