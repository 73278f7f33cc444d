"""What stands from time 0 in the slow engine: of its strategy, and of none."""

from __future__ import annotations

from typing import Any

from reference.slow_run_credentials import new_credential, schedule_renewal
from reference.slow_run_world import Scope, Slot, World, rows_of

from nhilab.base.streams import derived_key
from nhilab.ledger.tables import Owner, Source


def stand(world: World) -> None:
    """Credentials that are there from time 0: the strategy's, then those of no strategy."""
    found: dict[Any, Slot] = {}
    for stage, row in enumerate(world.stages):
        if row["source"] != Source.STANDING:
            continue
        for workload, of in enumerate(world.workloads):
            if world.stages[int(world.plan.last_stage[workload])]["chain"] != row["chain"]:
                continue
            for kind, owner in owners_of(world, workload, row["issue_per"]):
                scope = Scope(of["identity"], world.plan.buckets[0])
                found[(stage, owner)] = Slot(stage, kind, owner, scope, {"task": -1, "call": -1, "subject": None})
    for (stage, owner), slot in sorted(found.items(), key=lambda item: item[0]):
        world.slots[(slot.owner_kind, owner, slot.scope.identity, slot.scope.bucket, stage, None)] = slot
        slot.held = new_credential(
            world, slot, parent=-1, call=-1, requested_at=0, service_time=0, key=standing_key(world, stage, owner),
            expires_at=world.stages[stage]["effective_ttl"],
        )  # fmt: skip
        schedule_renewal(world, slot, slot.held)
    orphans(world)


def orphans(world: World) -> None:
    """Credentials of no strategy, one per name, with all grants of their identity."""
    seen = set()
    for row in rows_of(world.estate.standing):
        if row["name"] in seen:
            continue
        seen.add(row["name"])
        scope = Scope(row["identity"], world.plan.buckets[0])
        slot = Slot(-1, int(Owner.IDENTITY), row["identity"], scope, {"subject": None})
        known = {"parent": -1, "call": -1, "requested_at": 0, "service_time": 0, "expires_at": row["expires_at"]}
        slot.held = new_credential(world, slot, key=0, binding=row["binding"], **known)


def standing_key(world: World, stage: int, owner: int) -> int:
    """Made of the first call's key, the stage and the owner."""
    return derived_key(derived_key(world.asked_calls[0]["key"], 2048 + stage), owner)


def owners_of(world: World, workload: int, kind: int) -> list[tuple[int, int]]:
    """Owners of the standing credentials of one workload's stage."""
    of = world.workloads[workload]
    if kind == Owner.WORKLOAD:
        first = sum(other["count"] for other in world.workloads[:workload])
        return [(kind, first + i) for i in range(of["count"])]
    if kind == Owner.PLACE:
        return [(kind, of["identity"] * len(world.places) + of["place"])]
    return [(kind, of["identity"])]
