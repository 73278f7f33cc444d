"""What happened in a run, as tables: the engine (or an audit-log importer) writes them, all else reads."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from nhilab.base.estate import Estate
from nhilab.base.quantities import NEVER, BoolArray, FloatArray, IdArray, IntArray
from nhilab.base.tables import StrArray, Table, column, digest_of


class Source(IntEnum):
    """Where a stage's credentials come from."""

    STANDING = 0
    ATTESTED = 1
    PREVIOUS = 2


class Owner(IntEnum):
    """Whose a credential is; also a stage's `issue_per`."""

    CALL = 0
    TASK = 1
    WORKLOAD = 2
    PLACE = 3
    IDENTITY = 4


class Binding(IntEnum):
    """What holding a credential is worth away from its place."""

    BEARER = 0
    EXPORTABLE_KEY = 1
    NON_EXPORTABLE = 2
    BROKERED = 3


class Unit(IntEnum):
    """What one revocation ends."""

    NONE = 0
    CREDENTIAL = 1
    SUBTREE = 2
    IDENTITY = 3


class Cause(IntEnum):
    """Why a copy of a credential lies where it lies."""

    OWNER = 0
    COPIED = 1
    FORWARDED = 2
    QUEUED = 3
    LOGGED = 4
    PRESENTED = 5


class Status(IntEnum):
    """How a task or a call ended."""

    DONE = 0
    ISSUER_UNAVAILABLE = 1
    REFUSED = 2
    DENIED = 3
    CRASHED = 4
    SKIPPED = 5


@dataclass(frozen=True, eq=False, kw_only=True)
class Stages(Table):
    """Stages of the strategy in force, first to last, as asked and as the issuer delivers."""

    issuer: StrArray = column("U", "name of the issuer")
    source: IdArray = column("i4", "0 standing, 1 attested, 2 previous stage")
    issue_per: IdArray = column("i4", "0 call, 1 task, 2 workload, 3 place, 4 identity")
    asked_ttl: IntArray = column("i8", "lifetime asked for", "µs")
    effective_ttl: IntArray = column("i8", "lifetime the issuer gives", "µs")
    binding: IdArray = column("i4", "0 bearer, 1 exportable key, 2 non-exportable, 3 brokered", neutral=0)
    revoked_at_task_end: BoolArray = column("?", "the issuer is told at the task's end", neutral=False)
    servers: IdArray = column("i4", "the issuer's servers", neutral=1)
    chain: IdArray = column("i4", "chain it belongs to, 0 the default one", neutral=0)
    asked_scope: StrArray = column("U", "dimensions asked for, by comma", neutral="")
    effective_scope: StrArray = column("U", "dimensions the issuer narrows at all, by comma", neutral="")
    asked_revoke: StrArray = column("U", "when the issuer was to be told, by comma", neutral="")
    effective_revoke: StrArray = column("U", "when it is", neutral="")
    revocation_unit: IdArray = column("i4", "0 none, 1 credential, 2 subtree, 3 identity", neutral=1)
    cascades: BoolArray = column("?", "children die with their parent", neutral=False)
    single_use: BoolArray = column("?", "consumed when a child is issued from it", neutral=False)
    hypothetical: BoolArray = column("?", "the issuer cannot deliver what was asked", neutral=False)
    revocation_servers: IdArray = column("i4", "servers of the issuer's revocation path", neutral=1)
    revocation_mean: IntArray = column("i8", "mean service time there", "µs", neutral=0)
    judged: BoolArray = column("?", "calls of its chain are authorised one by one", neutral=False)
    false_allow_probability: FloatArray = column("f8", "chance that what is out of intent is allowed", neutral=0.0)


@dataclass(frozen=True, eq=False, kw_only=True)
class Tasks(Table):
    """One row per task, in order of the demand."""

    workload: IdArray = column("i4", "whose task")
    instance: IdArray = column("i4", "instance of the workload, numbered over all workloads")
    slot: IdArray = column("i4", "slot of its place it ran in")
    arrived_at: IntArray = column("i8", "arrival", "µs")
    started_at: IntArray = column("i8", "got its slot", "µs")
    ended_at: IntArray = column("i8", "left its slot", "µs")
    status: IdArray = column("i4", "0 done, 1 issuer unavailable, 2 refused, 3 denied, 4 crashed", neutral=0)
    parent_call: IdArray = column("i4", "call that delegated to it, -1 if none", neutral=-1)
    first_call: IdArray = column("i4", "row of its first call")
    n_calls: IdArray = column("i4", "calls planned")


@dataclass(frozen=True, eq=False, kw_only=True)
class Calls(Table):
    """One row per call, in order of the demand."""

    task: IdArray = column("i4", "whose call")
    permission: IdArray = column("i4", "(resource, operation) asked for")
    credential: IdArray = column("i4", "last-stage credential presented, -1 if none")
    ready_at: IntArray = column("i8", "the workload wants to call", "µs")
    arrived_at: IntArray = column("i8", "arrived at the verifier", "µs")
    ended_at: IntArray = column("i8", "answered", "µs")
    status: IdArray = column("i4", "0 done, 1 issuer unavailable, 2 refused, 3 denied, 5 skipped", neutral=0)
    n_introspections: IdArray = column("i4", "questions that reached the issuer (RFC 7662)", neutral=0)
    n_decisions: IdArray = column("i4", "per-request authorisation decisions", neutral=0)
    in_intent: BoolArray = column("?", "part of the task's plan", neutral=True)
    logged: BoolArray = column("?", "printed its credential", neutral=False)
    escalated: BoolArray = column("?", "went to a person for approval", neutral=False)
    enqueued_at: IntArray = column("i8", "put in a queue", "µs", neutral=NEVER)
    began_at: IntArray = column("i8", "carried out from a queue; NEVER if at its arrival", "µs", neutral=NEVER)
    replica_draw: FloatArray = column("f8", "which replica it meets, uniform on [0, 1)", neutral=0.0)


@dataclass(frozen=True, eq=False, kw_only=True)
class Credentials(Table):
    """One row per credential, in order of issuance (standing ones first)."""

    scope: IdArray = column("i4", "what it permits, a row of scopes")
    stage: IdArray = column("i4", "stage of the strategy, -1 if no strategy manages it")
    owner_kind: IdArray = column("i4", "0 call, 1 task, 2 workload, 3 place, 4 identity")
    owner: IdArray = column("i4", "row of the call, task, instance or identity; identity · places + place")
    parent: IdArray = column("i4", "credential it was issued from, -1 if none", neutral=-1)
    call: IdArray = column("i4", "call that asked for it, -1 if none")
    binding: IdArray = column("i4", "0 bearer, 1 exportable key, 2 non-exportable, 3 brokered", neutral=0)
    requested_at: IntArray = column("i8", "asked for", "µs")
    issued_at: IntArray = column("i8", "in the workload's hand; its lifetime starts", "µs")
    expires_at: IntArray = column("i8", "end of its lifetime", "µs")
    revocation_requested_at: IntArray = column("i8", "the issuer was told", "µs", neutral=NEVER)
    revoked_at: IntArray = column("i8", "dead at the issuer by revocation", "µs", neutral=NEVER)
    owner_end: IntArray = column("i8", "end of the owning call or task", "µs", neutral=NEVER)
    purpose_end: IntArray = column("i8", "end of the last task that used it; issue if none did", "µs")
    superseded_at: IntArray = column("i8", "replaced in its slot by a newer one", "µs", neutral=NEVER)
    lost_pushes: IntArray = column("i8", "bit i: the push of layer i about it is lost", neutral=0)
    n_uses: IdArray = column("i4", "calls that presented it", neutral=0)
    service_time: IntArray = column("i8", "the issuer's work on it", "µs", neutral=0)


@dataclass(frozen=True, eq=False, kw_only=True)
class Copies(Table):
    """Where credentials lie: one row per stay of a copy in one unit of a place."""

    credential: IdArray = column("i4", "what lies there")
    place: IdArray = column("i4", "where")
    unit: IdArray = column("i4", "0 in a shared place, else the slot or the task")
    from_at: IntArray = column("i8", "first instant it can be taken", "µs")
    until_at: IntArray = column("i8", "end of the stay, residue included; its death may come first", "µs")
    cause: IdArray = column("i4", "0 owner, 1 copied, 2 forwarded, 3 queued, 4 logged, 5 shown", neutral=0)


@dataclass(frozen=True, eq=False, kw_only=True)
class Scopes(Table):
    """What credentials permit, shared per (identity, bucket); row i < identities is all grants of i."""

    identity: IdArray = column("i4", "whose grants")
    environment: StrArray = column("U", "only this environment, empty for all")
    resource_class: StrArray = column("U", "only this class, empty for all")
    resource: IdArray = column("i4", "only this resource, -1 for all")
    operation: StrArray = column("U", "only this operation, empty for all")
    n_calls: IdArray = column("i4", "legitimate calls in this bucket", neutral=0)
    within: IdArray = column("i4", "scope it was cut to by an exchange, -1 if none", neutral=-1)


@dataclass(frozen=True, eq=False, kw_only=True)
class ScopePermissions(Table):
    """Permissions of each scope, sorted by scope, then permission."""

    scope: IdArray = column("i4", "the scope")
    permission: IdArray = column("i4", "a permission in it")


@dataclass(frozen=True, eq=False, kw_only=True)
class Managed(Table):
    """Stages that credentials of an identity come from; sorted, no pair twice."""

    identity: IdArray = column("i4", "whose")
    stage: IdArray = column("i4", "a stage of a chain that a workload of it follows")


@dataclass(frozen=True, eq=False, kw_only=True)
class Outages(Table):
    """When the issuer of a stage could not be reached."""

    stage: IdArray = column("i4", "whose issuer")
    from_at: IntArray = column("i8", "begin", "µs")
    until_at: IntArray = column("i8", "end", "µs")


@dataclass(frozen=True, eq=False, kw_only=True)
class Ledger:
    """Everything a run leaves behind, and the estate it ran on.

    `horizon`, `warm_up`, `follow_up`, `cap` and `proof_tolerance` are lengths in µs; see `MODEL.md`.
    """

    estate: Estate
    stages: Stages
    tasks: Tasks
    calls: Calls
    credentials: Credentials
    copies: Copies
    scopes: Scopes
    scope_permissions: ScopePermissions
    managed: Managed
    outages: Outages
    horizon: int
    warm_up: int
    follow_up: int
    cap: int
    proof_tolerance: int

    def __repr__(self) -> str:
        return f"Ledger({len(self.tasks)} tasks, {len(self.calls)} calls, {len(self.credentials)} credentials)"

    def tables(self) -> dict[str, Table]:
        """All tables by name, the estate's first."""
        own = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        return self.estate.tables() | {k: v for k, v in own.items() if isinstance(v, Table)}

    def clock(self) -> dict[str, int]:
        """The run's lengths in µs by name."""
        names = ("horizon", "warm_up", "follow_up", "cap", "proof_tolerance")
        return {name: int(getattr(self, name)) for name in names}

    def digest(self) -> str:
        """SHA-256 of the exact content."""
        clock = json.dumps(self.clock(), sort_keys=True)
        return hashlib.sha256((clock + digest_of(*self.tables().values())).encode()).hexdigest()

    def scope_starts(self) -> IntArray:
        """Row where each scope's permissions start; shape (scopes + 1,), int64."""
        return np.searchsorted(self.scope_permissions.scope, np.arange(len(self.scopes) + 1)).astype(np.int64)
