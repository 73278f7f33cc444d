"""What the engine writes down while it runs: plain column lists, closed into tables at the end."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from nhilab.base.quantities import NEVER
from nhilab.demand.demand import Demand


def filled(value: int, n: int) -> array[int]:
    """A column of n equal numbers, 8 bytes each: a list of as many int objects does not fit the caches."""
    return array("q", [value]) * n


@dataclass
class CredentialLists:
    """Columns of credentials, one append each per issuance."""

    identity: array[int] = field(default_factory=lambda: array("q"))
    bucket: array[int] = field(default_factory=lambda: array("q"))
    stage: array[int] = field(default_factory=lambda: array("q"))
    owner: array[int] = field(default_factory=lambda: array("q"))
    parent: array[int] = field(default_factory=lambda: array("q"))
    call: array[int] = field(default_factory=lambda: array("q"))
    requested_at: array[int] = field(default_factory=lambda: array("q"))
    issued_at: array[int] = field(default_factory=lambda: array("q"))
    service_time: array[int] = field(default_factory=lambda: array("q"))
    expires_at: array[int] = field(default_factory=lambda: array("q"))
    revocation_requested_at: array[int] = field(default_factory=lambda: array("q"))
    revoked_at: array[int] = field(default_factory=lambda: array("q"))
    owner_end: array[int] = field(default_factory=lambda: array("q"))

    def add(
        self, *, identity: int, bucket: int, stage: int, owner: int, parent: int, call: int,
        requested_at: int, issued_at: int, service_time: int, ttl: int,
    ) -> int:  # fmt: skip
        """Row of a new credential; its lifetime starts at `issued_at`."""
        self.identity.append(identity)
        self.bucket.append(bucket)
        self.stage.append(stage)
        self.owner.append(owner)
        self.parent.append(parent)
        self.call.append(call)
        self.requested_at.append(requested_at)
        self.issued_at.append(issued_at)
        self.service_time.append(service_time)
        self.expires_at.append(min(issued_at + ttl, NEVER))
        self.revocation_requested_at.append(NEVER)
        self.revoked_at.append(NEVER)
        self.owner_end.append(NEVER)
        return len(self.identity) - 1


class Records:
    """Columns of tasks, calls and credentials."""

    def __init__(self, demand: Demand) -> None:
        n_tasks, n_calls = len(demand.tasks), len(demand.calls)
        self.task_slot = filled(-1, n_tasks)
        self.task_started_at = filled(NEVER, n_tasks)
        self.task_ended_at = filled(NEVER, n_tasks)
        self.task_status = filled(0, n_tasks)
        self.call_credential = filled(-1, n_calls)
        self.call_ready_at = filled(NEVER, n_calls)
        self.call_arrived_at = filled(NEVER, n_calls)
        self.call_ended_at = filled(NEVER, n_calls)
        self.call_status = filled(0, n_calls)
        self.call_introspections = filled(0, n_calls)
        self.credentials = CredentialLists()
