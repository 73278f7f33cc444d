"""What the engine writes down while it runs: plain column lists, closed into tables at the end."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from nhilab.base.quantities import NEVER
from nhilab.demand.demand import Demand


def filled(value: int, n: int) -> array[int]:
    """A column of n equal numbers, 8 bytes each: a list of as many int objects does not fit the caches."""
    return array("q", [value]) * n


def _column() -> array[int]:
    return array("q")


@dataclass
class CredentialLists:
    """Columns of credentials, one append each per issuance."""

    identity: array[int] = field(default_factory=_column)
    scope: array[int] = field(default_factory=_column)
    bucket: array[int] = field(default_factory=_column)
    stage: array[int] = field(default_factory=_column)
    owner_kind: array[int] = field(default_factory=_column)
    owner: array[int] = field(default_factory=_column)
    parent: array[int] = field(default_factory=_column)
    call: array[int] = field(default_factory=_column)
    binding: array[int] = field(default_factory=_column)
    requested_at: array[int] = field(default_factory=_column)
    issued_at: array[int] = field(default_factory=_column)
    service_time: array[int] = field(default_factory=_column)
    expires_at: array[int] = field(default_factory=_column)
    revocation_requested_at: array[int] = field(default_factory=_column)
    revoked_at: array[int] = field(default_factory=_column)
    owner_end: array[int] = field(default_factory=_column)
    superseded_at: array[int] = field(default_factory=_column)
    lost_pushes: array[int] = field(default_factory=_column)
    key: array[int] = field(default_factory=lambda: array("Q"))

    def add(
        self, *, identity: int, scope: int, bucket: int, stage: int, owner_kind: int, owner: int, parent: int,
        call: int, binding: int, requested_at: int, issued_at: int, service_time: int, expires_at: int,
        lost_pushes: int, key: int,
    ) -> int:  # fmt: skip
        """Row of a new credential."""
        self.identity.append(identity)
        self.scope.append(scope)
        self.bucket.append(bucket)
        self.stage.append(stage)
        self.owner_kind.append(owner_kind)
        self.owner.append(owner)
        self.parent.append(parent)
        self.call.append(call)
        self.binding.append(binding)
        self.requested_at.append(requested_at)
        self.issued_at.append(issued_at)
        self.service_time.append(service_time)
        self.expires_at.append(expires_at)
        self.revocation_requested_at.append(NEVER)
        self.revoked_at.append(NEVER)
        self.owner_end.append(NEVER)
        self.superseded_at.append(NEVER)
        self.lost_pushes.append(lost_pushes)
        self.key.append(key)
        return len(self.identity) - 1


class Records:
    """Columns of tasks, calls and credentials."""

    def __init__(self, demand: Demand) -> None:
        n_tasks, n_calls = len(demand.tasks), len(demand.calls)
        self.task_slot = filled(-1, n_tasks)
        self.task_arrived_at = filled(NEVER, n_tasks)
        self.task_started_at = filled(NEVER, n_tasks)
        self.task_ended_at = filled(NEVER, n_tasks)
        self.task_status = filled(0, n_tasks)
        self.call_credential = filled(-1, n_calls)
        self.call_ready_at = filled(NEVER, n_calls)
        self.call_arrived_at = filled(NEVER, n_calls)
        self.call_ended_at = filled(NEVER, n_calls)
        self.call_enqueued_at = filled(NEVER, n_calls)
        self.call_sent = filled(-1, n_calls)
        self.call_consumed_at = filled(NEVER, n_calls)
        self.call_began_at = filled(NEVER, n_calls)
        self.call_status = filled(0, n_calls)
        self.call_introspections = filled(0, n_calls)
        self.call_decisions = filled(0, n_calls)
        self.call_escalated = filled(0, n_calls)
        self.call_logged = filled(0, n_calls)
        self.credentials = CredentialLists()

    def of_tasks(self) -> dict[str, array[int]]:
        """Columns of tasks by name."""
        return {name: column for name, column in vars(self).items() if name.startswith("task_")}

    def of_calls(self) -> dict[str, array[int]]:
        """Columns of calls by name."""
        return {name: column for name, column in vars(self).items() if name.startswith("call_")}

    def add_task(self) -> None:
        """A row for one task more, as empty as the others were."""
        for column, empty in zip(self.of_tasks().values(), (-1, NEVER, NEVER, NEVER, 0), strict=True):
            column.append(empty)

    def add_call(self) -> None:
        """A row for one call more, as empty as the others were."""
        for name, column in self.of_calls().items():
            column.append(NEVER if name.endswith("_at") else -1 if name in ("call_credential", "call_sent") else 0)
