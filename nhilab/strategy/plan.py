"""What a strategy decides, as tables the engine looks up: stages, buckets, owners."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from nhilab.base.estate import Estate
from nhilab.base.quantities import IdArray
from nhilab.ledger.tables import Binding, Owner, Source, Stages
from nhilab.scenario.file import Issuer, Stage, Strategy

_BINDING: Final = {"bearer": Binding.BEARER, "non-exportable": Binding.NON_EXPORTABLE}


class Bucket(NamedTuple):
    """A call's values on the dimensions a stage narrows; empty or -1 where it does not."""

    environment: str = ""
    resource_class: str = ""
    resource: int = -1
    operation: str = ""


@dataclass(frozen=True, eq=False)
class Plan:
    """A strategy compiled for one estate.

    Attributes
    ----------
    stages : Stages
        As asked and as delivered.
    buckets : tuple of Bucket
        All buckets that occur; number 0 is "all grants".
    bucket_of : tuple of ndarray, shape (permissions,), int32
        Per stage, the bucket of a call for each permission.
    """

    stages: Stages
    buckets: tuple[Bucket, ...]
    bucket_of: tuple[IdArray, ...]


def make_plan(strategy: Strategy, estate: Estate, issuers: dict[str, Issuer]) -> Plan:
    """Compile a strategy for an estate.

    Notes
    -----
    Definition: MODEL.md §2. Checked by ``tests/unit/strategy/test_plan.py``.
    """
    stages = strategy.stages
    values = [_values(stage, estate) for stage in stages]
    distinct = [Bucket(), *sorted(set().union(*values) - {Bucket()})]
    number = {bucket: i for i, bucket in enumerate(distinct)}
    return Plan(
        stages=Stages.of(
            issuer=np.array([s.issuer for s in stages], dtype=np.str_),
            source=[Source[s.source.upper()] for s in stages],
            issue_per=[Owner[s.issue_per.upper()] for s in stages],
            asked_ttl=[s.ttl for s in stages],
            effective_ttl=[s.ttl for s in stages],
            binding=[_BINDING[s.binding] for s in stages],
            revoked_at_task_end=["task-end" in s.revoke for s in stages],
            servers=[issuers[s.issuer].servers for s in stages],
        ),
        buckets=tuple(distinct),
        bucket_of=tuple(np.array([number[b] for b in of_stage], np.int32) for of_stage in values),
    )


def _values(stage: Stage, estate: Estate) -> list[Bucket]:
    """Bucket of a call for each permission, by the stage's scope."""
    resource, operation = estate.permissions.resource.tolist(), estate.permissions.operation.tolist()
    environment, kind = estate.resources.environment.tolist(), estate.resources.resource_class.tolist()
    narrows: Callable[[str], bool] = stage.scope.__contains__
    return [
        Bucket(
            environment[r] if narrows("environment") else "",
            kind[r] if narrows("class") else "",
            r if narrows("resource") else -1,
            o if narrows("operation") else "",
        )
        for r, o in zip(resource, operation, strict=True)
    ]


def permissions_in(bucket: Bucket, granted: IdArray, estate: Estate) -> IdArray:
    """Those of an identity's permissions that agree with a bucket; ascending, int32."""
    resource = estate.permissions.resource[granted]
    agrees = np.ones(len(granted), np.bool_)
    if bucket.environment:
        agrees &= estate.resources.environment[resource] == bucket.environment
    if bucket.resource_class:
        agrees &= estate.resources.resource_class[resource] == bucket.resource_class
    if bucket.resource >= 0:
        agrees &= resource == bucket.resource
    if bucket.operation:
        agrees &= estate.permissions.operation[granted] == bucket.operation
    return granted[agrees]
