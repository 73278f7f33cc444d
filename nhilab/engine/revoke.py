"""Revocation: who is told, when it takes effect, what dies along with a credential."""

from __future__ import annotations

from nhilab.base.quantities import NEVER
from nhilab.base.streams import one_uniform
from nhilab.engine.world import REVOCATION, World, one_time
from nhilab.ledger.tables import Owner


def revoke(world: World, credential: int) -> None:
    """Ask the issuer now to end a credential; nothing happens if it is dead, asked for, or cannot be revoked."""
    credentials, now = world.records.credentials, world.now()
    stage = credentials.stage[credential]
    if stage < 0 or world.irrevocable[stage] or not world.live_at_issuer(credential):
        return
    if credential in world.asked_to_revoke:
        return
    world.asked_to_revoke.add(credential)
    end = world.revocation_desk[stage].serve(now, _service_time(world, credential))
    victims = [credential]
    if world.by_identity[stage]:
        victims = world.of_identity[world.issuer_name[stage], credentials.identity[credential]]
    for victim in list(victims):
        if credentials.issued_at[victim] < now or victim == credential:
            _end(world, victim, now, end)


def _service_time(world: World, credential: int) -> int:
    """The revocation path's work on a credential: drawn with the call that asked for it, if one did."""
    credentials = world.records.credentials
    stage, call = credentials.stage[credential], credentials.call[credential]
    if call >= 0:
        return int(world.revocation_time[stage][call])
    u = one_uniform(credentials.key[credential], REVOCATION + stage)
    return one_time(world.issuer[stage].revocation_time, u)


def _end(world: World, credential: int, requested_at: int, end: int) -> None:
    """A credential, and what dies with it, is dead at the issuer from `end` on."""
    credentials = world.records.credentials
    if requested_at < credentials.expires_at[credential] and end < credentials.revoked_at[credential]:
        credentials.revocation_requested_at[credential] = requested_at
        credentials.revoked_at[credential] = end
    if world.cascades[credentials.stage[credential]]:
        for child in world.children[credential]:
            _end(world, child, requested_at, end)


def consume(world: World, credential: int) -> None:
    """A single-use credential has been used: dead at once."""
    credentials, now = world.records.credentials, world.now()
    credentials.revocation_requested_at[credential] = min(credentials.revocation_requested_at[credential], now)
    credentials.revoked_at[credential] = min(credentials.revoked_at[credential], now)


def end_owned(world: World, owned: list[int], *, crashed: bool = False) -> None:
    """A call or task is over: so are its credentials; whoever has to tells their issuers."""
    credentials, now = world.records.credentials, world.now()
    for own in owned:
        stage = credentials.stage[own]
        credentials.owner_end[own] = min(credentials.owner_end[own], now)
        asked = world.revoked_at_task_end[stage] and not crashed
        if asked or world.issuer[stage].revokes_when_owner_gone:
            revoke(world, own)


def end_of_call(world: World, owned: list[int]) -> None:
    """A call is over: its own credentials have lost their owner; the platform may notice."""
    credentials, now = world.records.credentials, world.now()
    for own in owned:
        if credentials.owner_kind[own] == Owner.CALL and credentials.owner_end[own] >= NEVER:
            credentials.owner_end[own] = now
            if world.issuer[credentials.stage[own]].revokes_when_owner_gone:
                revoke(world, own)
