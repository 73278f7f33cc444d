"""What a strategy decides, as tables the engine looks up: stages, chains, buckets, owners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from nhilab.base.estate import Estate
from nhilab.base.quantities import IdArray
from nhilab.ledger.tables import Binding, Managed, Owner, Source, Stages, Unit
from nhilab.scenario.issuer_section import Issuer
from nhilab.scenario.strategy_section import Authorize, Renewal, Stage, Strategy
from nhilab.strategy.chains import chain_of_workloads
from nhilab.strategy.delivery import Delivery, deliver
from nhilab.strategy.identities import per_workload

_BINDING: Final = {
    "bearer": Binding.BEARER,
    "exportable-key": Binding.EXPORTABLE_KEY,
    "non-exportable": Binding.NON_EXPORTABLE,
    "brokered": Binding.BROKERED,
}


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
    estate : Estate
        The estate it runs on: the scenario's, or the same with an identity for each workload.
    stages : Stages
        As asked and as delivered, chain after chain.
    renewals : tuple of Renewal or None
        Per stage: when it is renewed, if not on use.
    reissued : tuple of bool
        Per stage: whether a refused call asks for another.
    last_stage : ndarray, shape (workloads,), int32
        Stage whose credentials a workload's calls present.
    managed : Managed
        Stages of every chain that some workload of an identity follows.
    buckets : tuple of Bucket
        All buckets that occur; number 0 is "all grants".
    bucket_of : tuple of ndarray, shape (permissions,), int32
        Per stage, the bucket of a call for each permission.
    strategy : Strategy
        What was asked.
    """

    estate: Estate
    stages: Stages
    renewals: tuple[Renewal | None, ...]
    reissued: tuple[bool, ...]
    last_stage: IdArray
    managed: Managed
    buckets: tuple[Bucket, ...]
    bucket_of: tuple[IdArray, ...]
    strategy: Strategy


def make_plan(
    strategies: dict[str, Strategy], name: str, estate: Estate, issuers: dict[str, Issuer], *, seed: int
) -> Plan:
    """Compile a strategy for an estate.

    Parameters
    ----------
    strategies : dict of str to Strategy
        All of them: a mix may name others.
    name : str
        Which one.
    estate : Estate
    issuers : dict of str to Issuer
    seed : int
        Which workloads adopt a mix.

    Notes
    -----
    Definition: MODEL.md §2. Checked by ``tests/unit/strategy/test_plan.py``.
    """
    strategy = strategies[name]
    if strategy.identities == "per-workload":
        estate = per_workload(estate, used_only=strategy.grants == "used")
    chains = [strategy.stages, *(strategies[mix.strategy].stages for mix in strategy.mix)]
    stages = [stage for chain in chains for stage in chain]
    ends = np.cumsum([len(chain) for chain in chains])
    chain_of = chain_of_workloads(strategy, estate, seed)
    delivered = [deliver(stage, issuers[stage.issuer]) for stage in stages]
    values = [_values(delivery, estate) for delivery in delivered]
    distinct = [Bucket(), *sorted(set().union(*values) - {Bucket()})]
    number = {bucket: i for i, bucket in enumerate(distinct)}
    chain_of_stage = np.repeat(np.arange(len(chains), dtype=np.int32), [len(chain) for chain in chains])
    return Plan(
        estate=estate,
        stages=_stages(stages, delivered, issuers, chain_of_stage, strategy.authorize),
        renewals=tuple(s.renew if isinstance(s.renew, Renewal) else None for s in stages),
        reissued=tuple(s.on_expired == "reissue" for s in stages),
        last_stage=(ends[chain_of] - 1).astype(np.int32),
        managed=_managed(estate, chain_of, chain_of_stage),
        buckets=tuple(distinct),
        bucket_of=tuple(np.array([number[b] for b in of_stage], np.int32) for of_stage in values),
        strategy=strategy,
    )


def _stages(
    stages: list[Stage], delivered: list[Delivery], issuers: dict[str, Issuer], chain: IdArray, rule: Authorize | None
) -> Stages:
    asked, n = [issuers[s.issuer] for s in stages], len(stages)
    return Stages.of(
        issuer=np.array([s.issuer for s in stages], dtype=np.str_),
        source=[Source[s.source.upper()] for s in stages],
        issue_per=[Owner[s.issue_per.upper()] for s in stages],
        asked_ttl=[s.ttl for s in stages],
        effective_ttl=[d.ttl for d in delivered],
        binding=[_BINDING[s.binding] for s in stages],
        revoked_at_task_end=["task-end" in d.revoke for d in delivered],
        servers=[issuer.servers for issuer in asked],
        chain=chain,
        asked_scope=np.array([",".join(s.scope) for s in stages], np.str_),
        effective_scope=np.array([",".join(d.narrowed()) for d in delivered], np.str_),
        asked_revoke=np.array([",".join(s.revoke) for s in stages], np.str_),
        effective_revoke=np.array([",".join(d.revoke) for d in delivered], np.str_),
        revocation_unit=[_unit(issuer, d) for issuer, d in zip(asked, delivered, strict=True)],
        cascades=[issuer.cascades for issuer in asked],
        single_use=[s.single_use for s in stages],
        hypothetical=[d.hypothetical for d in delivered],
        revocation_servers=[issuer.revocation_servers for issuer in asked],
        revocation_mean=[round(issuer.revocation_time.moments()[0]) for issuer in asked],
        judged=[rule is not None] * n,
        false_allow_probability=[rule.false_allow_probability if rule else 0.0] * n,
    )


def _unit(issuer: Issuer, delivery: Delivery) -> Unit:
    """What one revocation ends; one credential, where a hypothetical stage asks an issuer that cannot revoke."""
    unit = Unit[issuer.revocation_unit.upper()]
    return Unit.CREDENTIAL if unit == Unit.NONE and delivery.revoke else unit


def _managed(estate: Estate, chain_of: IdArray, chain_of_stage: IdArray) -> Managed:
    """Stages of every chain that some workload of an identity follows; the default chain's where there is none."""
    followed = {identity: {0} for identity in range(len(estate.identities))}
    for identity in set(estate.workloads.identity.tolist()):
        followed[identity] = set(chain_of[estate.workloads.identity == identity].tolist())
    pairs = [(i, k) for i, chains in followed.items() for k, chain in enumerate(chain_of_stage) if chain in chains]
    return Managed.of(identity=[i for i, _ in pairs], stage=[k for _, k in pairs])


def _values(delivery: Delivery, estate: Estate) -> list[Bucket]:
    """Bucket of a call for each permission, by what the stage narrows for its resource's class."""
    resource, operation = estate.permissions.resource.tolist(), estate.permissions.operation.tolist()
    environment, kind = estate.resources.environment.tolist(), estate.resources.resource_class.tolist()
    buckets = []
    for r, o in zip(resource, operation, strict=True):
        narrows = delivery.dimensions(kind[r])
        buckets.append(
            Bucket(
                environment[r] if "environment" in narrows else "",
                kind[r] if "class" in narrows else "",
                r if "resource" in narrows else -1,
                o if "operation" in narrows else "",
            )
        )
    return buckets


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
