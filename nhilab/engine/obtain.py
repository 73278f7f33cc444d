"""How a call comes by a live credential, and how slots keep theirs young."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Any

import simpy

from nhilab.base.quantities import NEVER
from nhilab.base.streams import one_uniform
from nhilab.engine.events import Kind
from nhilab.engine.issue import Asker, SlotKey, Waiting, issue, replaced
from nhilab.engine.revoke import end_owned, revoke
from nhilab.engine.world import RENEWAL_JITTER, CredentialSlot, World
from nhilab.ledger.tables import Owner, Source

_NOBODY = -2
"""In the place of a parent that cannot be had."""


def slot_key(world: World, stage: int, asker: Asker) -> SlotKey:
    """(owner, bucket, scope it is cut to) of a call's slot of credentials."""
    within = -1
    if asker.exchanged >= 0 and stage == world.last_stage[asker.task]:
        within = world.records.credentials.scope[asker.exchanged]
    return world.owner(stage, asker.task, asker.call), world.bucket[stage][asker.call], within


def slot_of(world: World, stage: int, asker: Asker) -> CredentialSlot:
    """The slot of credentials a call takes from, made if need be."""
    kind, key = world.issue_per[stage], slot_key(world, stage, asker)
    if kind is Owner.CALL or (asker.alone and kind is Owner.TASK):
        return asker.brief.setdefault((stage, key), CredentialSlot())
    slot = world.held[stage].get(key)
    if slot is None:
        slot = world.held[stage][key] = CredentialSlot()
        if kind is Owner.TASK:
            asker.slots.append((stage, key))
    return slot


def obtain(world: World, stage: int, asker: Asker) -> Waiting:
    """A credential of a stage that is live as far as its client knows; -1 if the issuer cannot be had."""
    slot = slot_of(world, stage, asker)
    expires_at = world.records.credentials.expires_at
    while slot.credential < 0 or world.now() >= expires_at[slot.credential] or _in_use(world, stage, slot):
        if slot.pending is not None:
            yield slot.pending
            continue
        slot.pending = world.environment.event()
        if world.asked_once[stage] and asker.exchanged < 0:
            new = yield from issue(world, stage, asker, -1, requested_at=world.now())
        else:
            new = yield from _issue_next(world, stage, asker)
        if world.has_kin and new >= 0 and not world.live_at_issuer(new):
            new = -1
        settle(world, slot, new)
        if new < 0:
            return -1
        if world.plan.renewals[stage] is not None and asker.exchanged < 0 and not asker.alone:
            keep_young(world, stage, slot, asker)
    return slot.credential


def _in_use(world: World, stage: int, slot: CredentialSlot) -> bool:
    """A single-use credential from which a child is being issued: the next one has to be waited for."""
    return world.single_use[stage] and slot.pending is not None


def settle(world: World, slot: CredentialSlot, new: int) -> None:
    """An issuance for a slot is over: the new credential, if any, replaces the old; those who wait look again."""
    if new >= 0:
        if slot.credential >= 0:
            world.records.credentials.superseded_at[slot.credential] = world.now()
        slot.credential = new
    pending, slot.pending = slot.pending, None
    if pending is not None:
        pending.succeed()


def _issue_next(world: World, stage: int, asker: Asker, old: int = -1) -> Waiting:
    """A new credential of a stage, or an old one's successor, from a parent where it needs one; -1 for none."""
    requested_at = -1
    for attempt in range(world.issuer[stage].attempts):
        if attempt:
            yield world.after(world.issuer[stage].backoff, Kind.ISSUANCE_END, asker.number)
        parent, parents = yield from _parent(world, stage, asker)
        if parent == _NOBODY:
            return -1
        requested_at = world.now() if requested_at < 0 else requested_at
        if parents is not None:
            parents.pending = world.environment.event()
        new = yield from issue(world, stage, asker, parent, requested_at=requested_at, old=old)
        if parents is not None:
            settle(world, parents, replaced(world, parent, asker) if new >= 0 else -1)
        if new >= 0:
            return new
    return -1


def _parent(world: World, stage: int, asker: Asker) -> Generator[simpy.Event, Any, tuple[int, CredentialSlot | None]]:
    """Parent of a credential to be issued, -1 if it needs none; and its slot if it is consumed."""
    if asker.exchanged >= 0 and stage == world.last_stage[asker.task]:
        return (asker.exchanged if world.live_at_issuer(asker.exchanged) else _NOBODY), None
    if world.source[stage] != Source.PREVIOUS:
        return -1, None
    slot = slot_of(world, stage - 1, asker)
    parent = yield from _live_parent(world, stage - 1, asker)
    if parent < 0:
        return _NOBODY, None
    return parent, slot if world.single_use[stage - 1] else None


def _live_parent(world: World, stage: int, asker: Asker) -> Waiting:
    """A credential that is live at its issuer, whatever its client believes; -1 if the issuer cannot be had."""
    while True:
        parent = yield from obtain(world, stage, asker)
        if parent < 0 or world.live_at_issuer(parent):
            return parent
        forget(world, stage, asker, parent)


def forget(world: World, stage: int, asker: Asker, credential: int) -> None:
    """A client learns that a credential is dead, and its parents where they are dead at their issuer."""
    credentials = world.records.credentials
    slot = slot_of(world, stage, asker)
    if slot.credential == credential:
        slot.credential = -1
    credentials.superseded_at[credential] = min(credentials.superseded_at[credential], world.now())
    parent = credentials.parent[credential]
    if stage > 0 and parent >= 0 and asker.exchanged < 0 and not world.live_at_issuer(parent):
        forget(world, stage - 1, asker, parent)


def keep_young(world: World, stage: int, slot: CredentialSlot, asker: Asker) -> None:
    """Begin to renew what a slot has just got; a refusal at this very instant may take it away again."""
    world.environment.process(_renew(world, stage, slot, asker, slot.credential))


def _renew(world: World, stage: int, slot: CredentialSlot, asker: Asker, old: int) -> Generator[simpy.Event, Any, None]:
    """Renew until a call overtakes, the owner ends, an issuer fails, or nobody will look any more."""
    while True:
        at = renewal_at(world, stage, old)
        if at >= world.renewed_until and (world.issue_per[stage] is not Owner.TASK or at >= NEVER):
            return
        yield world.after(max(0, at - world.now()), Kind.RENEWAL, old)
        if slot.pending is not None:
            yield slot.pending
        if not slot.holds(old):
            return
        slot.pending = world.environment.event()
        new = yield from _issue_next(world, stage, replace(asker, renews=old), old)
        settle(world, slot, new)
        if new < 0 and not world.rotated[stage]:
            return
        if new >= 0 and not slot.holds(new):
            end_owned(world, [new])
            return
        if new >= 0:
            if world.revoked_at_renewal[stage]:
                revoke(world, old)
            old = new


def renewal_at(world: World, stage: int, credential: int) -> int:
    """When a credential's renewal begins; `NEVER` if it is not renewed (MODEL.md §4)."""
    rule, credentials = world.plan.renewals[stage], world.records.credentials
    if rule is not None and rule.every is not None:
        return (world.now() // rule.every + 1) * rule.every
    lifetime = world.ttl[stage]
    if rule is None or rule.ahead is None or lifetime >= NEVER:
        return NEVER
    u = one_uniform(credentials.key[credential], RENEWAL_JITTER)
    return credentials.issued_at[credential] + round((rule.ahead + rule.jitter * (2 * u - 1)) * lifetime)
