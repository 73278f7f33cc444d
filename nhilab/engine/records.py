"""What the engine writes down while it runs: plain column lists, closed into tables at the end."""

from __future__ import annotations

from dataclasses import dataclass, field

from nhilab.base.quantities import NEVER
from nhilab.demand.demand import Demand


@dataclass
class CredentialLists:
    """Columns of credentials, one append each per issuance."""

    identity: list[int] = field(default_factory=list)
    bucket: list[int] = field(default_factory=list)
    stage: list[int] = field(default_factory=list)
    owner: list[int] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)
    call: list[int] = field(default_factory=list)
    requested_at: list[int] = field(default_factory=list)
    issued_at: list[int] = field(default_factory=list)
    service_time: list[int] = field(default_factory=list)
    expires_at: list[int] = field(default_factory=list)
    revocation_requested_at: list[int] = field(default_factory=list)
    revoked_at: list[int] = field(default_factory=list)
    owner_end: list[int] = field(default_factory=list)

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
        self.task_slot = [-1] * n_tasks
        self.task_started_at = [NEVER] * n_tasks
        self.task_ended_at = [NEVER] * n_tasks
        self.task_status = [0] * n_tasks
        self.call_credential = [-1] * n_calls
        self.call_ready_at = [NEVER] * n_calls
        self.call_arrived_at = [NEVER] * n_calls
        self.call_ended_at = [NEVER] * n_calls
        self.call_status = [0] * n_calls
        self.call_introspections = [0] * n_calls
        self.credentials = CredentialLists()
