"""How the slow engine comes by a credential: what is held, what is on its way, the issuer, renewal."""

from __future__ import annotations

from typing import Any

from reference.slow_run_clock import Kind, Process, Signal, go
from reference.slow_run_revocation import ask_to_revoke, die, forget, is_dead, owners_end, supersede
from reference.slow_run_world import Row, Scope, Slot, World, later

from nhilab.base.estate import LayerKind
from nhilab.base.quantities import NEVER
from nhilab.base.streams import derived_key, one_uniform
from nhilab.ledger.tables import Owner, Status


def slot_of(world: World, stage: int, t: int, c: int, within: Row | None = None, *, own: bool = False) -> Slot:
    """The slot a call takes a stage's credential from."""
    own = own and world.stages[stage]["issue_per"] in (Owner.CALL, Owner.TASK)
    kind = int(Owner.CALL) if own else world.stages[stage]["issue_per"]
    owner = c if own else world.owner_of(stage, t, c)
    identity = world.workload_of(t)["identity"]
    bucket = world.plan.buckets[world.plan.bucket_of[stage][world.calls[c]["permission"]]]
    scope = Scope(identity, bucket, None if within is None else within["scope"])
    key = (kind, owner, identity, bucket, stage, scope.within)
    if key not in world.slots:
        world.slots[key] = Slot(stage, kind, owner, scope, {"task": t, "call": c})
    world.slots[key].maker["subject"] = within
    return world.slots[key]


def live(world: World, slot: Slot, *, parent: bool) -> Row | None:
    """What the slot holds, if it is good: unexpired, and for a parent not dead at its issuer either."""
    held = slot.held
    if held is None or world.now >= held["expires_at"] or (parent and is_dead(world, held)):
        return None
    return held


def obtain(world: World, slot: Slot, asker: Row, *, parent: bool = False) -> Process:
    """The live credential of a slot; what is on its way; or a new one. None if the issuer is unavailable."""
    while True:
        held = live(world, slot, parent=parent)
        if held is not None:
            return held
        if slot.pending is None:
            break
        yield from slot.pending.wait()
    if parent and slot.held is not None and slot.held["revoked_at"] <= world.now < slot.held["expires_at"]:
        forget(world, slot.held)
    pending = slot.pending = Signal()
    new = yield from issue_for(world, slot, asker)
    slot.pending = None
    world.next.append(pending.fire)
    return None if new is None or stillborn(world, new) else new


def stillborn(world: World, new: Row) -> bool:
    """Its parent died while it was in service: as good as none."""
    return is_dead(world, new)


def issue_for(world: World, slot: Slot, asker: Row) -> Process:
    """Ask the issuer, as often as its client does, with a live parent each time."""
    issuer, requested_at = world.issuer_of(slot.stage), None
    for attempt in range(issuer.attempts):
        parent = None
        if slot.maker["subject"] is not None:
            parent = slot.maker["subject"]
            if is_dead(world, parent) or world.now >= parent["expires_at"]:
                return None
        elif world.from_previous(slot.stage):
            c = asker["call_for"]
            before = slot_of(world, slot.stage - 1, world.calls[c]["task"], c, own=asker.get("own", False))
            parent = yield from obtain(world, before, asker, parent=True)
            if parent is None:
                return None
        requested_at = world.now if requested_at is None else requested_at
        if parent is not None and asker["call"] >= 0:
            parent.setdefault("used", []).append((world.now, world.calls[asker["call"]]["task"]))
        service = world.length(issuer.service_time, asker["uniform"](slot.stage))
        end = world.stations[world.stages[slot.stage]["issuer"]].served_until(world.now, service, issuer.timeout)
        if end is not None:
            yield from world.until(end, Kind.ISSUANCE_END, asker["id"])
            return issued(world, slot, asker, parent, requested_at, service)
        yield from world.until(world.now + issuer.timeout, Kind.ISSUANCE_END, asker["id"])
        if attempt + 1 < issuer.attempts:
            yield from world.until(world.now + issuer.backoff, Kind.ISSUANCE_END, asker["id"])
    return None


def issued(world: World, slot: Slot, asker: Row, parent: Row | None, requested_at: int, service: int) -> Row:
    """A new credential, in its slot from now on."""
    stage = world.stages[slot.stage]
    expires_at = later(world.now, stage["effective_ttl"])
    if parent is not None and world.cascades(parent["stage"]):
        expires_at = max(world.now, min(expires_at, parent["expires_at"]))
    new = new_credential(
        world, slot, parent=-1 if parent is None else parent["row"], call=asker["call"], requested_at=requested_at,
        expires_at=expires_at, service_time=service, key=asker["key"](slot.stage),
    )  # fmt: skip
    if parent is not None:
        with_parent(world, new, parent)
    if stillborn(world, new):
        return new
    if slot.held is not None:
        supersede(world, slot.held)
    slot.held = new
    schedule_renewal(world, slot, new)
    after_the_end(world, new)
    return new


def after_the_end(world: World, new: Row) -> None:
    """What is issued when its owner is gone ends where it begins."""
    owners = {int(Owner.CALL): world.calls, int(Owner.TASK): world.tasks}
    kind, owner = new["owner_kind"], new["owner"]
    if kind in owners and owners[kind][owner]["ended_at"] <= world.now:
        new["owner_end"] = world.now
        t = owner if kind == Owner.TASK else world.calls[owner]["task"]
        owners_end(world, {(kind, owner)}, tells=world.tasks[t]["status"] != Status.CRASHED)


def with_parent(world: World, new: Row, parent: Row) -> None:
    """It dies with a parent that died meanwhile; one that is used once is consumed, and replaced."""
    if world.cascades(parent["stage"]) and parent["revoked_at"] <= world.now and not parent["consumed"]:
        die(world, new, parent["revocation_requested_at"])
    if parent["stage"] >= 0 and world.stages[parent["stage"]]["single_use"] and not parent["consumed"]:
        consume(world, parent, new["call"])


def consume(world: World, used: Row, call: int) -> None:
    """Dead at this instant, and replaced at it by a new one of full lifetime."""
    slot, stage = used["slot"], world.stages[used["stage"]]
    used["consumed"] = True
    die(world, used, world.now)
    new = new_credential(
        world, slot, parent=used["row"], call=call, requested_at=world.now, service_time=0,
        expires_at=later(world.now, stage["effective_ttl"]), key=derived_key(used["key"], 2048 + slot.stage),
    )  # fmt: skip
    if slot.held is not None:
        supersede(world, slot.held)
    slot.held = new


def new_credential(world: World, slot: Slot, *, key: int, **known: Any) -> Row:
    """A row of the ledger, and what the engine remembers besides."""
    binding = world.stages[slot.stage]["binding"] if slot.stage >= 0 else -1
    told = {"revocation_requested_at": NEVER, "revoked_at": NEVER, "superseded_at": NEVER, "owner_end": NEVER}
    own = {"scope": slot.scope, "stage": slot.stage, "owner_kind": slot.owner_kind, "owner": slot.owner}
    counted = {"issued_at": world.now, "purpose_end": world.now, "n_uses": 0, "binding": binding}
    kept = {"key": key, "slot": slot, "chains": {}, "children": [], "consumed": False, "asked": False}
    row = {"row": len(world.credentials), "lost_pushes": lost_pushes(world, key)} | told | own | counted | kept | known
    world.credentials.append(row)
    if row["parent"] >= 0:
        world.credentials[row["parent"]]["children"].append(row)
    return row


def lost_pushes(world: World, key: int) -> int:
    """Bit i: the push of layer i about the credential of this key is lost."""
    lost = 0
    for i, layer in enumerate(world.layers):
        if layer["kind"] == LayerKind.PUSH and one_uniform(key, 256 + i) < layer["loss_probability"]:
            lost |= 1 << i
    return lost


# Renewal ------------------------------------------------------------------------------------------------


def schedule_renewal(world: World, slot: Slot, new: Row) -> None:
    """Ahead of its end at a fraction of the lifetime, or at whole multiples of a length."""
    renewal = world.plan.renewals[slot.stage]
    if renewal is None or slot.owner_kind == Owner.CALL:
        return
    if renewal.ahead is None:
        at = (world.now // renewal.every + 1) * renewal.every
    else:
        u = one_uniform(new["key"], 512)
        lifetime = world.stages[slot.stage]["effective_ttl"]
        if lifetime >= NEVER:
            return
        at = world.now + round((renewal.ahead + renewal.jitter * (2 * u - 1)) * lifetime)
    if slot.owner_kind == Owner.TASK or at < world.renewed_until:
        world.at(at, Kind.RENEWAL, new["row"], lambda: go(renew(world, slot, new)))


def renew(world: World, slot: Slot, old: Row) -> Process:
    """A new one takes the slot; if the issuer is away the renewal is dropped, a rotation until the next."""
    over = slot.owner_kind == Owner.TASK and world.tasks[slot.owner]["ended_at"] <= world.now
    if over or slot.held is not old or slot.pending is not None:
        return
    asker = {
        "call": -1, "call_for": slot.maker["call"], "id": old["row"],
        "uniform": lambda stage: one_uniform(derived_key(old["key"], 2048 + stage), 1024),
        "key": lambda stage: derived_key(old["key"], 2048 + stage),
    }  # fmt: skip
    pending = slot.pending = Signal()
    new = yield from issue_for(world, slot, asker)
    slot.pending = None
    if new is not None and "renewal" in world.stages[slot.stage]["effective_revoke"].split(","):
        ask_to_revoke(world, old)
    world.next.append(pending.fire)
    renewal = world.plan.renewals[slot.stage]
    if new is None and renewal is not None and renewal.every is not None:
        schedule_renewal(world, slot, old)
