"""What exists: the estate as tables, shared by scenarios (which describe it) and ledgers (which carry it)."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from nhilab.base.quantities import NEVER, BoolArray, FloatArray, IdArray, IntArray
from nhilab.base.tables import StrArray, Table, column


class Isolation(IntEnum):
    """What one foothold on a place holds: the place, one slot of it, or one running task."""

    SHARED = 0
    SLOT = 1
    TASK = 2


class When(IntEnum):
    """When an opening works: at once, or from the next task that starts there."""

    NOW = 0
    NEXT_TASK = 1


class LayerKind(IntEnum):
    """What stands between an issuer and a verifier's decision."""

    CACHE = 0
    POLL = 1
    PUSH = 2
    REPLICA = 3


class Unreachable(IntEnum):
    """What a verifier does when it has to ask and cannot."""

    CLOSED = 0
    OPEN = 1
    STALE = 2


class Carries(IntEnum):
    """What a queued message carries."""

    CREDENTIAL = 0
    AUTHORISATION = 1


class Expiry(IntEnum):
    """From when a cache entry's time to live counts."""

    WRITE = 0
    ACCESS = 1


@dataclass(frozen=True, eq=False, kw_only=True)
class Resources(Table):
    """Things a credential opens."""

    name: StrArray = column("U", "unique name")
    resource_class: StrArray = column("U", "object-store, database, secret-store, service-account, …")
    environment: StrArray = column("U", "project, account or stage it belongs to")
    sensitivity: FloatArray = column("f8", "weight in weighted reach; 1 is ordinary")
    crown_jewel: BoolArray = column("?", "counted by crown_jewel_probability", neutral=False)
    verifier: IdArray = column("i4", "who decides whether a credential is accepted")
    place: IdArray = column("i4", "place where presented credentials remain, -1 if none", neutral=-1)


@dataclass(frozen=True, eq=False, kw_only=True)
class Permissions(Table):
    """(resource, operation) pairs: what grants grant, calls do and scopes hold."""

    resource: IdArray = column("i4", "resource operated on")
    operation: StrArray = column("U", "operation, such as read, write, admin, mint-token")


@dataclass(frozen=True, eq=False, kw_only=True)
class Identities(Table):
    """Service accounts."""

    name: StrArray = column("U", "unique name")
    visible: BoolArray = column("?", "responders can revoke it", neutral=True)
    owner: StrArray = column("U", "team that answers for it, empty if none", neutral="")


@dataclass(frozen=True, eq=False, kw_only=True)
class Grants(Table):
    """Permissions of identities, sorted by identity, then permission, no pair twice."""

    identity: IdArray = column("i4", "who")
    permission: IdArray = column("i4", "may do what")


@dataclass(frozen=True, eq=False, kw_only=True)
class Openings(Table):
    """What performing a permission opens: a place (foothold) or an identity (impersonation)."""

    permission: IdArray = column("i4", "the permission performed")
    place: IdArray = column("i4", "place opened, -1 if none", neutral=-1)
    identity: IdArray = column("i4", "identity whose last stage it lets mint, -1 if none", neutral=-1)
    when: IdArray = column("i4", "0 now, 1 at the next task (places only)", neutral=0)
    plants: BoolArray = column("?", "makes a lasting key of the identity instead", neutral=False)


@dataclass(frozen=True, eq=False, kw_only=True)
class Attestations(Table):
    """Trust policies: an attested stage of the identity is given to whoever runs at the place."""

    identity: IdArray = column("i4", "who")
    place: IdArray = column("i4", "from where")


@dataclass(frozen=True, eq=False, kw_only=True)
class Places(Table):
    """Where credentials lie and can be taken."""

    name: StrArray = column("U", "unique name")
    kind: StrArray = column("U", "runner, host, disk-cache, queue, log, secret-store")
    isolation: IdArray = column("i4", "what a foothold holds: 0 shared, 1 slot, 2 task", neutral=0)
    slots: IdArray = column("i4", "tasks that can run at once, -1 without limit", neutral=-1)
    inside: IdArray = column("i4", "outer place, -1 if none", neutral=-1)
    residue: IntArray = column("i8", "how long a copy remains after its owner ended", "µs", neutral=0)
    logs_token_probability: FloatArray = column("f8", "chance that a call prints its credential", neutral=0.0)
    log: IdArray = column("i4", "place where printed credentials lie, -1 if none", neutral=-1)
    network: StrArray = column("U", "network it stands in", neutral="")
    scanner_delay: IntArray = column("i8", "until a scanner revokes what it finds", "µs", neutral=NEVER)


@dataclass(frozen=True, eq=False, kw_only=True)
class Workloads(Table):
    """Running software that makes calls."""

    name: StrArray = column("U", "unique name")
    kind: StrArray = column("U", "agent, pipeline, batch or service")
    identity: IdArray = column("i4", "what it authenticates as")
    place: IdArray = column("i4", "where it runs")
    count: IdArray = column("i4", "instances", neutral=1)
    delegates_to: IdArray = column("i4", "workload its calls hand work to, -1 if none", neutral=-1)
    delegation_probability: FloatArray = column("f8", "chance that a call does", neutral=0.0)
    queue: IdArray = column("i4", "place where its messages wait, -1 if calls are made at once", neutral=-1)
    consumers: IdArray = column("i4", "messages consumed at once, -1 without limit", neutral=-1)
    carries: IdArray = column("i4", "what a message carries: 0 credential, 1 authorisation", neutral=0)


@dataclass(frozen=True, eq=False, kw_only=True)
class CopiesTo(Table):
    """Places that received a copy of a workload's lasting credentials."""

    workload: IdArray = column("i4", "whose credentials")
    place: IdArray = column("i4", "where the copy lies")
    rotated: BoolArray = column("?", "replaced when the credential is", neutral=True)


@dataclass(frozen=True, eq=False, kw_only=True)
class Standing(Table):
    """Credentials that no strategy manages: orphans, break-glass, third-party keys; one row per place."""

    name: StrArray = column("U", "its name; rows of one name are one credential")
    identity: IdArray = column("i4", "whose grants it carries")
    place: IdArray = column("i4", "where it lies")
    expires_at: IntArray = column("i8", "end of its lifetime", "µs", neutral=NEVER)
    binding: IdArray = column("i4", "0 bearer, 1 exportable key, 2 non-exportable, 3 brokered", neutral=0)


@dataclass(frozen=True, eq=False, kw_only=True)
class Targets(Table):
    """What a workload's calls are for, within the grants of its identity; sorted by workload."""

    workload: IdArray = column("i4", "who calls")
    permission: IdArray = column("i4", "what it calls")
    weight: FloatArray = column("f8", "relative frequency")


@dataclass(frozen=True, eq=False, kw_only=True)
class Verifiers(Table):
    """Who decides whether to accept a credential."""

    name: StrArray = column("U", "unique name")
    self_contained: BoolArray = column("?", "signature and expiry only: never learns of a revocation")
    leeway: IntArray = column("i8", "accepted past expiry for clock skew", "µs", neutral=0)
    session_time: IntArray = column("i8", "what began before the end lives on this long", "µs", neutral=0)
    on_unreachable: IdArray = column("i4", "0 closed, 1 open, 2 stale", neutral=0)
    accepts_from: StrArray = column("U", "network it accepts, empty for any", neutral="")


@dataclass(frozen=True, eq=False, kw_only=True)
class Layers(Table):
    """Layers between the issuer and a verifier's decision, the one nearest the issuer first."""

    verifier: IdArray = column("i4", "whose layer")
    kind: IdArray = column("i4", "0 cache, 1 poll, 2 push, 3 replica", neutral=0)
    ttl: IntArray = column("i8", "cache: how long an answer is kept", "µs", neutral=0)
    expiry: IdArray = column("i4", "cache: 0 after write, 1 after access", neutral=0)
    checks_expiry: BoolArray = column("?", "cache: never serves past the credential's expiry", neutral=True)
    tick: IntArray = column("i8", "cache: whole ticks counted, 0 for a continuous clock", "µs", neutral=0)
    stale_for: IntArray = column("i8", "cache: served once more while refreshing in the background", "µs", neutral=0)
    negative_ttl: IntArray = column("i8", "cache: an answer that says dead is kept, -1 as ttl", "µs", neutral=-1)
    period: IntArray = column("i8", "poll", "µs", neutral=0)
    phase: IntArray = column("i8", "poll", "µs", neutral=0)
    delay: IntArray = column("i8", "push", "µs", neutral=0)
    loss_probability: FloatArray = column("f8", "push", neutral=0.0)
    lag: IntArray = column("i8", "replica: largest lag", "µs", neutral=0)
    n: IdArray = column("i4", "replica: how many", neutral=1)
    alternative: IdArray = column("i4", "layers of one first-of share a number, -1 alone", neutral=-1)


@dataclass(frozen=True, eq=False, kw_only=True)
class Estate:
    """All tables of what exists."""

    resources: Resources
    permissions: Permissions
    identities: Identities
    grants: Grants
    openings: Openings
    attestations: Attestations
    places: Places
    workloads: Workloads
    targets: Targets
    verifiers: Verifiers
    layers: Layers
    copies_to: CopiesTo
    standing: Standing

    def tables(self) -> dict[str, Table]:
        """Tables by name, in their declared order."""
        return {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}

    def grant_starts(self) -> IntArray:
        """Row where each identity's grants start; shape (identities + 1,), int64."""
        return np.searchsorted(self.grants.identity, np.arange(len(self.identities) + 1)).astype(np.int64)

    def granted(self, identity: int) -> IdArray:
        """Permissions of one identity, ascending; shape (n,), int32."""
        low, high = np.searchsorted(self.grants.identity, [identity, identity + 1])
        return self.grants.permission[low:high]
