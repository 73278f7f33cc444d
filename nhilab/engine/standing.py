"""Standing secrets: what exists from time 0, before anybody asks."""

from __future__ import annotations

import numpy as np

from nhilab.engine.world import CredentialSlot, World
from nhilab.ledger.tables import Owner, Source


def place_standing(world: World) -> None:
    """Write down one credential per owner for every standing stage, in order of owner."""
    workloads = world.estate.workloads
    instance_workload = np.repeat(np.arange(len(workloads)), workloads.count)
    n_places = len(world.estate.places)
    for stage, source in enumerate(world.source):
        if source != Source.STANDING:
            continue
        kind = world.issue_per[stage]
        if kind is Owner.WORKLOAD:
            owners = np.arange(len(instance_workload), dtype=np.int64)
            identity = workloads.identity[instance_workload].astype(np.int64)
        elif kind is Owner.PLACE:
            owners = np.unique(workloads.identity.astype(np.int64) * n_places + workloads.place)
            identity = owners // n_places
        else:
            owners = identity = np.unique(workloads.identity).astype(np.int64)
        for owner, whose in zip(owners.tolist(), identity.tolist(), strict=True):
            credential = world.records.credentials.add(
                identity=whose, bucket=0, stage=stage, owner=owner, parent=-1, call=-1,
                requested_at=0, issued_at=0, service_time=0, ttl=world.ttl[stage],
            )  # fmt: skip
            world.held[stage][owner, 0] = CredentialSlot(credential)
