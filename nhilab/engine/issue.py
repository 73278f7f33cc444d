"""Issuance: ask an issuer, wait for the end of service, write the credential down."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import simpy

from nhilab.base.quantities import NEVER
from nhilab.base.streams import derived_key, one_uniform
from nhilab.engine.events import Kind
from nhilab.engine.revoke import consume
from nhilab.engine.world import LOST_PUSH, NEXT_KEY, RENEWAL_SERVICE, CredentialSlot, World, one_time
from nhilab.ledger.tables import Owner

Waiting = Generator[simpy.Event, Any, int]
SlotKey = tuple[int, int, int]


@dataclass(slots=True)
class Asker:
    """On whose behalf credentials are asked for.

    Attributes
    ----------
    task, call : int
    owned : list of int
        Credentials the task and its calls own, filled as they are issued.
    slots : list of (stage, key)
        The task's own slots, filled as they are made.
    brief : dict of (stage, key) to CredentialSlot
        The call's own slots; a consumer's too.
    exchanged : int
        Credential the last stage is exchanged for, -1 if there is none.
    alone : bool
        A consumer asks after the task: what a call or task would own is the call's own.
    renews : int
        Credential whose renewal needs it, -1 if a call does.
    """

    task: int
    call: int
    owned: list[int] = field(default_factory=list)
    slots: list[tuple[int, SlotKey]] = field(default_factory=list)
    brief: dict[tuple[int, SlotKey], CredentialSlot] = field(default_factory=dict)
    exchanged: int = -1
    alone: bool = False
    renews: int = -1

    @property
    def number(self) -> int:
        """Row that orders what happens for this asker among what happens at the same instant."""
        return self.call if self.renews < 0 else self.renews


def issue(world: World, stage: int, asker: Asker, parent: int, *, requested_at: int, old: int = -1) -> Waiting:
    """Ask the stage's issuer, wait for the end of service, write the credential down; -1 if that takes too long."""
    key, service_time = _chance(world, stage, asker)
    asked_at = world.now()
    ready_at = world.desk[stage].serve(asked_at, service_time)
    if ready_at < 0:
        yield world.after(world.desk[stage].timeout, Kind.ISSUANCE_END, asker.number)
        return -1
    yield world.after(ready_at - asked_at, Kind.ISSUANCE_END, asker.number)
    return write_down(
        world, stage, asker, parent, requested_at=requested_at, service_time=service_time, key=key,
        call=asker.call if asker.renews < 0 else -1, old=old,
    )  # fmt: skip


def _chance(world: World, stage: int, asker: Asker) -> tuple[int, int]:
    """Key of the credential to come, and the issuer's work on it in µs: of the call, or of what is renewed."""
    if asker.renews < 0:
        key = derived_key(world.key[asker.call], NEXT_KEY + stage) if world.keyed else 0
        return key, world.issuance_time[stage][asker.call]
    key = derived_key(world.records.credentials.key[asker.renews], NEXT_KEY + stage)
    return key, one_time(world.issuer[stage].service_time, one_uniform(key, RENEWAL_SERVICE))


def write_down(
    world: World, stage: int, asker: Asker, parent: int, *, requested_at: int, service_time: int, key: int, call: int,
    old: int = -1,
) -> int:  # fmt: skip
    """A credential issued now, for an asker or in the place of an old one."""
    credentials, now = world.records.credentials, world.now()
    kind = world.issue_per[stage]
    if old >= 0:
        identity, bucket, scope = credentials.identity[old], credentials.bucket[old], credentials.scope[old]
        owner = credentials.owner[old]
    else:
        identity, bucket = world.identity[asker.task], world.bucket[stage][asker.call]
        exchanged = asker.exchanged if stage == world.last_stage[asker.task] else -1
        within = credentials.scope[exchanged] if exchanged >= 0 else -1
        scope = world.scopes.number(identity, bucket, within)
        kind = Owner.CALL if asker.alone and kind is Owner.TASK else kind
        owner = asker.call if kind is Owner.CALL else world.owner(stage, asker.task, asker.call)
    credential = credentials.add(
        identity=identity, scope=scope, bucket=bucket, stage=stage, owner_kind=kind, owner=owner, parent=parent,
        call=call, binding=world.binding[stage], requested_at=requested_at, issued_at=now, service_time=service_time,
        expires_at=min(now + world.ttl[stage], NEVER), lost_pushes=lost_pushes(world, key), key=key,
    )  # fmt: skip
    if kind <= Owner.TASK:
        asker.owned.append(credential)
    if world.has_kin:
        note_kin(world, credential)
    return credential


def lost_pushes(world: World, key: int) -> int:
    """Which pushes about a credential will be lost, a bit per layer."""
    if not world.lossy:
        return 0
    return sum(1 << row for row, p in world.lossy if one_uniform(key, LOST_PUSH + row) < p)


def note_kin(world: World, credential: int) -> None:
    """Where deaths spread, remember to whom; a child does not outlive a parent whose issuer cascades."""
    credentials = world.records.credentials
    parent = credentials.parent[credential]
    if parent >= 0 and world.cascades[credentials.stage[parent]]:
        world.children[parent].append(credential)
        end = min(credentials.expires_at[credential], credentials.expires_at[parent])
        credentials.expires_at[credential] = max(end, credentials.issued_at[credential])
        if credentials.revoked_at[parent] < NEVER:
            credentials.revocation_requested_at[credential] = credentials.revocation_requested_at[parent]
            credentials.revoked_at[credential] = max(credentials.revoked_at[parent], credentials.issued_at[credential])
    note_identity(world, credential)


def note_identity(world: World, credential: int) -> None:
    """Where an issuer revokes by identity, remember what it issued to whom."""
    credentials = world.records.credentials
    stage = credentials.stage[credential]
    if stage >= 0 and world.by_identity[stage]:
        world.of_identity[world.issuer_name[stage], credentials.identity[credential]].append(credential)


def replaced(world: World, used: int, asker: Asker) -> int:
    """A single-use credential is consumed; the one given with its child takes its place."""
    consume(world, used)
    credentials = world.records.credentials
    credentials.superseded_at[used] = min(credentials.superseded_at[used], world.now())
    stage, now = credentials.stage[used], world.now()
    key = derived_key(credentials.key[used], NEXT_KEY + stage)
    credential = credentials.add(
        identity=credentials.identity[used], scope=credentials.scope[used], bucket=credentials.bucket[used],
        stage=stage, owner_kind=credentials.owner_kind[used], owner=credentials.owner[used], parent=used,
        call=asker.call if asker.renews < 0 else -1, binding=credentials.binding[used], requested_at=now, issued_at=now,
        service_time=0, expires_at=min(now + world.ttl[stage], NEVER), lost_pushes=lost_pushes(world, key), key=key,
    )  # fmt: skip
    if credentials.owner_kind[used] <= Owner.TASK:
        asker.owned.append(credential)
    note_identity(world, credential)
    return credential
