"""Calls that print their credential, and scanners that find it in the log."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy

from nhilab.base.quantities import NEVER
from nhilab.engine.events import Kind
from nhilab.engine.revoke import revoke
from nhilab.engine.world import World


def perhaps_printed(world: World, task: int, call: int) -> None:
    """A call that ends now may leave its credential in its place's log."""
    if world.printed is None or not world.printed[call]:
        return
    world.records.call_logged[call] = 1
    delay = world.scanner_delay[world.log[world.place[task]]]
    if delay < NEVER:
        world.environment.process(_scan(world, call, delay))


def _scan(world: World, call: int, delay: int) -> Generator[simpy.Event, Any, None]:
    """A scanner finds a printed credential and has it revoked."""
    yield world.after(delay, Kind.REVOCATION_EFFECTIVE, call)
    revoke(world, world.records.call_credential[call])
