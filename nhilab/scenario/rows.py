"""An estate by names: what lists, CSV tables and the generator all produce, before names become rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from nhilab.scenario.workload_section import Arrivals, CopiesTo, Delegation, Queue, Target


class ResourceRow(NamedTuple):
    """A resource."""

    name: str
    resource_class: str
    environment: str
    sensitivity: float
    crown_jewel: bool
    verifier: str
    place: str = ""


class IdentityRow(NamedTuple):
    """An identity."""

    name: str
    visible: bool
    owner: str


class GrantRow(NamedTuple):
    """A permission of an identity."""

    identity: str
    resource: str
    operation: str


class OpeningRow(NamedTuple):
    """What performing (resource, operation) opens: an identity or a place, the other empty."""

    resource: str
    operation: str
    identity: str
    place: str
    when: str
    plants: bool = False


class AttestationRow(NamedTuple):
    """A place from which an identity's attested credentials are given."""

    identity: str
    place: str


class WorkloadRow(NamedTuple):
    """A workload; without targets they are picked from its grants."""

    name: str
    kind: str
    identity: str
    place: str
    instances: int
    arrivals: Arrivals | None
    profile: str
    targets: tuple[Target, ...] | None
    copies_to: tuple[CopiesTo, ...] = ()
    delegates_to: Delegation | None = None
    queue: Queue | None = None
    own_process: bool = False


@dataclass(frozen=True)
class EstateRows:
    """All rows, and where each came from: `origin(kind, row)` gives file and key path.

    An identity without attestations accepts the places its workloads run at, unless it trusts nowhere.
    """

    resources: list[ResourceRow]
    operations: list[tuple[str, str]]
    identities: list[IdentityRow]
    grants: list[GrantRow]
    openings: list[OpeningRow]
    attestations: list[AttestationRow]
    workloads: list[WorkloadRow]
    origin: Callable[[str, int], tuple[str, str]]
    trusting_nowhere: frozenset[str] = frozenset()
