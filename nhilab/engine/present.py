"""A credential arrives at a verifier: it is tested once, and if it is refused, once more with another."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy

from nhilab.engine.issue import Asker
from nhilab.engine.obtain import forget, obtain
from nhilab.engine.world import World
from nhilab.ledger.tables import Status


def tested(world: World, credential: int, asker: Asker) -> Status:
    """The verifier's answer to a call that presents a credential now.

    What its scope does not hold is denied: another of the same scope would not help.
    """
    scope = world.records.credentials.scope[credential]
    if world.checks_scope and not world.scopes.holds(scope, world.permission[asker.call]):
        _arrive(world, credential, asker.call)
        return Status.DENIED
    return Status.DONE if _admitted(world, credential, asker) else Status.REFUSED


def tried_again(world: World, credential: int, asker: Asker) -> Generator[simpy.Event, Any, Status]:
    """A refused credential is replaced, where its stage says so, and the call tested once more.

    A forwarded one is not the child's to replace.
    """
    stage = world.records.credentials.stage[credential]
    forwarded = world.strategy.delegation == "forward" and world.parent_call[asker.task] >= 0
    if forwarded or not world.plan.reissued[stage]:
        return Status.REFUSED
    forget(world, stage, asker, credential)
    credential = yield from obtain(world, stage, asker)
    if credential < 0:
        return Status.ISSUER_UNAVAILABLE
    return Status.DONE if _admitted(world, credential, asker) else Status.REFUSED


def present(world: World, credential: int, asker: Asker) -> Generator[simpy.Event, Any, Status]:
    """Present a credential for a call, and another if it is refused."""
    status = tested(world, credential, asker)
    if status is Status.REFUSED:
        status = yield from tried_again(world, credential, asker)
    return status


def _arrive(world: World, credential: int, call: int) -> None:
    world.records.call_credential[call] = credential
    world.records.call_arrived_at[call] = world.now()


def _admitted(world: World, credential: int, asker: Asker) -> bool:
    """The verifier's answer now, written down with the call."""
    records, credentials, call, now = world.records, world.records.credentials, asker.call, world.now()
    _arrive(world, credential, call)
    verifier = world.verifier[call]
    if not world.in_network[world.place[asker.task]][verifier]:
        return False
    stage = credentials.stage[credential]
    admitted, asked = world.gates[verifier].admits(
        credential,
        now,
        issued_at=credentials.issued_at[credential],
        expires_at=credentials.expires_at[credential],
        revoked_at=credentials.revoked_at[credential],
        lost_pushes=credentials.lost_pushes[credential],
        replica_draw=world.replica_draw[call],
        reachable=world.desk[stage].reachable(now),
    )
    records.call_introspections[call] += asked
    return admitted
