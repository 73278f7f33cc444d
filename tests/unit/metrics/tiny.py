"""Ledgers and compromises small enough to count by hand; every instant and length here is in seconds.

The estate: `bucket` and `table` behind verifier 0, a gateway that introspects through a 30 s cache; `vault`, the
crown jewel, behind verifier 1, which looks at signature and expiry only. One identity may read all three. Scope 0
holds the three permissions, scope 1 only the bucket's, scope 2 only the vault's.
"""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar

import numpy as np

from nhilab.base import estate as e
from nhilab.base.quantities import NEVER, SECOND
from nhilab.base.tables import Table
from nhilab.ledger.compromises import Campaigns, Compromises, Entries, Reached, Steps, Taken
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
    Source,
    Stages,
    Tasks,
)
from nhilab.metrics.catalogue import METRICS
from nhilab.metrics.observation import Observation
from nhilab.metrics.reading import Reading

Row = dict[str, Any]
TableT = TypeVar("TableT", bound=Table)

MICRO = 1e-6
ALL, BUCKET, VAULT = 0, 1, 2

STAGE: Row = {"issuer": "sts", "source": Source.ATTESTED, "issue_per": Owner.TASK, "asked_ttl": 0, "effective_ttl": 0}
TASK: Row = {
    "workload": 0, "instance": 0, "slot": 0, "arrived_at": 0, "started_at": 0, "ended_at": 0, "first_call": 0,
    "n_calls": 0,
}  # fmt: skip
CALL: Row = {"task": 0, "permission": 0, "credential": 0, "ready_at": 0, "arrived_at": 0, "ended_at": 0}
CREDENTIAL: Row = {
    "scope": ALL, "stage": 0, "owner_kind": Owner.TASK, "owner": 0, "call": 0, "requested_at": 0, "issued_at": 0,
    "expires_at": 100, "purpose_end": 0,
}  # fmt: skip
CAMPAIGN: Row = {
    "entry": 0, "entered_at": 0, "place": 0, "unit": 0, "n_taken": 1, "n_minted": 0, "access_until": 0,
    "exposure_until": 0, "persistent": False, "reach": 0, "reach_weighted": 0.0, "resource_seconds": 0.0,
    "crown_jewel_at": NEVER, "n_hops": 0, "environments": 0,
}  # fmt: skip
TAKEN: Row = {"campaign": 0, "credential": 0, "taken_at": 0, "honoured_until": 0, "at_entry": True}


def rows(kind: type[TableT], default: Row, given: list[Row]) -> TableT:
    """A table from what is special in each row; µs columns are given in seconds, `NEVER` as it is."""
    declared = {f.name: f.metadata for f in dataclasses.fields(kind)}
    names = [name for name in declared if name in default or any(name in row for row in given)]
    full = [{n: row.get(n, default.get(n, declared[n]["neutral"])) for n in names} for row in given]
    if not full:
        return kind.empty()
    timed = [name for name in names if declared[name]["unit"] == "µs"]
    for row in full:
        row.update({n: row[n] if row[n] == NEVER else round(row[n] * SECOND) for n in timed})
    return kind(**{n: np.array([row[n] for row in full], declared[n]["dtype"]) for n in names})


def estate(*, crown_jewel: bool = True, session_time: float = 0) -> e.Estate:
    return e.Estate(
        resources=e.Resources(
            name=["bucket", "table", "vault"],
            resource_class=["object-store", "database", "secret-store"],
            environment=["dev", "dev", "prod"],
            sensitivity=[1.0, 2.0, 5.0],
            crown_jewel=[False, False, crown_jewel],
            verifier=[0, 0, 1],
            place=None,
        ),
        permissions=e.Permissions(resource=[0, 1, 2], operation=["read"] * 3),
        identities=e.Identities(name=["robot"], visible=None, owner=None),
        grants=e.Grants(identity=[0, 0, 0], permission=[0, 1, 2]),
        openings=e.Openings.empty(),
        attestations=e.Attestations.empty(),
        places=e.Places.empty(),
        workloads=e.Workloads.empty(),
        targets=e.Targets.empty(),
        verifiers=e.Verifiers(
            name=["gateway", "signature"],
            self_contained=[False, True],
            session_time=[round(session_time * SECOND), 0],
        ),
        layers=e.Layers(verifier=[0], kind=[e.LayerKind.CACHE], ttl=[30 * SECOND]),
        copies_to=e.CopiesTo.empty(),
        standing=e.Standing.empty(),
    )


def ledger(
    *,
    credentials: list[Row] | None = None,
    calls: list[Row] | None = None,
    tasks: list[Row] | None = None,
    stages: list[Row] | None = None,
    world: e.Estate | None = None,
    horizon: float = 1000,
    cap: float = 500,
    proof_tolerance: float = 0,
) -> Ledger:
    return Ledger(
        estate=world or estate(),
        stages=rows(Stages, STAGE, stages if stages is not None else [{}]),
        tasks=rows(Tasks, TASK, tasks or []),
        calls=rows(Calls, CALL, calls or []),
        credentials=rows(Credentials, CREDENTIAL, credentials or []),
        copies=Copies.empty(),
        scopes=Scopes(
            identity=[0, 0, 0],
            environment=["", "", ""],
            resource_class=["", "", ""],
            resource=[-1, 0, 2],
            operation=["", "", ""],
        ),
        scope_permissions=ScopePermissions(scope=[0, 0, 0, 1, 2], permission=[0, 1, 2, 0, 2]),
        managed=Managed.empty(),
        outages=Outages.empty(),
        horizon=round(horizon * SECOND),
        warm_up=0,
        follow_up=round(100 * SECOND),
        cap=round(cap * SECOND),
        proof_tolerance=round(proof_tolerance * SECOND),
    )


def compromises(
    campaigns: list[Row] | None = None,
    *,
    taken: list[Row] | None = None,
    reached: Reached | None = None,
    steps: Steps | None = None,
    entries: tuple[str, ...] = ("runner",),
) -> Compromises:
    return Compromises(
        entries=Entries(name=entries, technique=["T1552"] * len(entries), weight=[1.0] * len(entries)),
        campaigns=rows(Campaigns, CAMPAIGN, campaigns or []),
        taken=rows(Taken, TAKEN, taken or []),
        reached=reached or Reached.empty(),
        steps=steps or Steps.empty(),
        follow_up=100 * SECOND,
    )


def observe(metric: str, of: Ledger | None = None, found: Compromises | None = None) -> Observation:
    """One metric of the catalogue, on an empty ledger or without campaigns where none is given."""
    return METRICS[metric].function(Reading(of or ledger(), found or compromises()))
