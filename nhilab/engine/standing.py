"""Standing secrets: what exists from time 0, before anybody asks."""

from __future__ import annotations

import numpy as np

from nhilab.base.quantities import NEVER
from nhilab.base.streams import derived_key
from nhilab.engine.issue import Asker, lost_pushes, note_identity
from nhilab.engine.obtain import keep_young
from nhilab.engine.world import NEXT_KEY, CredentialSlot, World
from nhilab.ledger.tables import Owner, Source

_UNMANAGED = 1 << 20


def place_standing(world: World) -> None:
    """Write down one credential per owner for every standing stage, in order of owner; then the unmanaged ones."""
    for stage, source in enumerate(world.source):
        if source == Source.STANDING:
            for owner, identity in _owners(world, stage):
                _place(world, stage, owner, identity)
    table, seen = world.estate.standing, set()
    for row, name in enumerate(table.name.tolist()):
        if name not in seen:
            seen.add(name)
            _place_unmanaged(world, row)


def _owners(world: World, stage: int) -> list[tuple[int, int]]:
    """(owner, identity) of every standing credential of a stage: of the workloads that follow its chain."""
    workloads = world.estate.workloads
    chain_end = world.plan.last_stage
    mine = world.plan.stages.chain[chain_end] == world.plan.stages.chain[stage]
    instance_workload = np.repeat(np.arange(len(workloads)), workloads.count)
    n_places = len(world.estate.places)
    kind = world.issue_per[stage]
    if kind is Owner.WORKLOAD:
        instances = np.flatnonzero(mine[instance_workload])
        identity = workloads.identity[instance_workload[instances]]
        return list(zip(instances.tolist(), identity.tolist(), strict=True))
    if kind is Owner.PLACE:
        owners = np.unique(workloads.identity[mine].astype(np.int64) * n_places + workloads.place[mine])
        return [(o, o // n_places) for o in owners.tolist()]
    return [(i, i) for i in np.unique(workloads.identity[mine]).tolist()]


def _place(world: World, stage: int, owner: int, identity: int) -> None:
    key = derived_key(derived_key(world.first_key, NEXT_KEY + stage), owner)
    credential = world.records.credentials.add(
        identity=identity, scope=identity, bucket=0, stage=stage, owner_kind=world.issue_per[stage], owner=owner,
        parent=-1, call=-1, binding=world.binding[stage], requested_at=0, issued_at=0, service_time=0,
        expires_at=min(world.ttl[stage], NEVER), lost_pushes=lost_pushes(world, key), key=key,
    )  # fmt: skip
    note_identity(world, credential)
    slot = world.held[stage][owner, 0, -1] = CredentialSlot(credential)
    if world.plan.renewals[stage] is not None:
        keep_young(world, stage, slot, Asker(-1, -1))


def _place_unmanaged(world: World, row: int) -> None:
    table = world.estate.standing
    identity, key = int(table.identity[row]), derived_key(world.first_key, _UNMANAGED + row)
    world.records.credentials.add(
        identity=identity, scope=identity, bucket=0, stage=-1, owner_kind=Owner.IDENTITY, owner=identity, parent=-1,
        call=-1, binding=int(table.binding[row]), requested_at=0, issued_at=0, service_time=0,
        expires_at=int(table.expires_at[row]), lost_pushes=lost_pushes(world, key), key=key,
    )  # fmt: skip
