"""Calls of the slow engine: from ready to end, made at once or put in a queue."""

from __future__ import annotations

import heapq
from typing import Any

from reference.slow_run_clock import Kind, Process, Signal, go
from reference.slow_run_credentials import obtain, slot_of
from reference.slow_run_gate import decided, overstepped, tested
from reference.slow_run_revocation import ask_to_revoke, is_dead, owners_end, supersede
from reference.slow_run_world import Row, World

from nhilab.base.estate import Carries
from nhilab.base.quantities import NEVER
from nhilab.base.streams import derived_key
from nhilab.ledger.tables import Owner, Status


def asker_of(world: World, c: int, *, own: bool) -> Row:
    """A call that asks an issuer, with the variates it takes."""
    return {
        "call": c, "call_for": c, "id": c, "own": own, "uniform": lambda stage: world.chance(c, stage),
        "key": lambda stage: derived_key(world.asked_calls[c]["key"], 2048 + stage),
    }  # fmt: skip


def parent_credential(world: World, t: int) -> Row | None:
    """The credential of the call that handed this task on; none if none did."""
    parent_call = world.tasks[t]["parent_call"]
    return None if parent_call < 0 else world.credentials[world.calls[parent_call]["credential"]]


def presentable(world: World, c: int, *, own: bool = False) -> Process:
    """What the call presents: the credential of its last stage, or the one handed on to its task."""
    t = world.calls[c]["task"]
    given, delegation = parent_credential(world, t), world.strategy.delegation
    if given is not None and delegation == "forward":
        return given
    stage = int(world.plan.last_stage[world.tasks[t]["workload"]])
    within = given if delegation == "exchange" else None
    return (yield from obtain(world, slot_of(world, stage, t, c, within, own=own), asker_of(world, c, own=own)))


def arrives(world: World, c: int, credential: Row, *, own: bool = False) -> Process:
    """Test a call; one that is refused obtains a new credential and arrives again, once."""
    status = tested(world, c, credential)
    t = world.calls[c]["task"]
    forwarded = world.strategy.delegation == "forward" and world.tasks[t]["parent_call"] >= 0
    if status != Status.REFUSED or forwarded or not world.plan.reissued[credential["stage"]]:
        return status
    supersede(world, credential)
    forget_parents(world, c, credential)
    again = yield from presentable(world, c, own=own)
    return Status.ISSUER_UNAVAILABLE if again is None else tested(world, c, again)


def forget_parents(world: World, c: int, refused: Row) -> None:
    """Its parent, if that is revoked, or expired in the call's own slot; then the parent's parent, and so on."""
    if refused["parent"] < 0:
        return
    parent = world.credentials[refused["parent"]]
    stage = refused["stage"] - 1
    own = stage >= 0 and slot_of(world, stage, world.calls[c]["task"], c) is parent["slot"]
    if parent["revoked_at"] <= world.now or (own and is_dead(world, parent)):
        supersede(world, parent)
        forget_parents(world, c, parent)


def closes(world: World, c: int, status: Status) -> None:
    """The end of a call: printed, used, over."""
    call = world.calls[c]
    call["status"], call["ended_at"] = int(status), world.now
    for credential in world.credentials:
        if credential["owner_kind"] == Owner.CALL and credential["owner"] == c:
            credential["owner_end"] = world.now
    owners_end(world, {(int(Owner.CALL), c)}, tells=False)
    if status != Status.DONE:
        return
    place = world.places[world.workload_of(call["task"])["place"]]
    if place["log"] >= 0 and world.chance(c, 128) < place["logs_token_probability"]:
        call["logged"] = True
        delay = world.places[place["log"]]["scanner_delay"]
        if delay < NEVER:
            found = world.credentials[call["credential"]]
            world.at(world.now + delay, Kind.REVOCATION, found["row"], lambda: ask_to_revoke(world, found))


def is_made(world: World, c: int) -> Process:
    """One call; how its task goes on: done, or the status it ends with."""
    call = world.calls[c]
    t = call["task"]
    call["ready_at"] = world.now
    credential = yield from presentable(world, c)
    if credential is None:
        closes(world, c, Status.ISSUER_UNAVAILABLE)
        return Status.ISSUER_UNAVAILABLE
    if not (yield from decided(world, c)):
        closes(world, c, Status.DENIED)
        return Status.DENIED if overstepped(world, t) else Status.DONE
    workload = world.workload_of(t)
    if workload["queue"] >= 0:
        return (yield from is_queued(world, c, credential))
    status = yield from arrives(world, c, credential)
    if status == Status.DONE:
        yield from is_carried_out(world, c)
        return Status.DONE
    closes(world, c, status)
    if status == Status.DENIED:
        return Status.DENIED if overstepped(world, t) else Status.DONE
    return status


def is_carried_out(world: World, c: int) -> Process:
    """The call takes its time, and that of the work it hands on."""
    until = world.now + world.asked_calls[c]["call_time"]
    child = world.child_of.get(c)
    over = Signal()
    state: dict[str, Any] = {"ended": child is None}
    if child is not None:
        go(world.life_of_task(child, over, state))
    yield from world.until(until, Kind.CALL_END, c)
    if not state["ended"]:
        yield from over.wait()
    closes(world, c, Status.DONE)


# Queues -------------------------------------------------------------------------------------------------


def is_queued(world: World, c: int, credential: Row) -> Process:
    """Put in the queue, tested before if that is what the message carries."""
    call = world.calls[c]
    workload = world.workload_of(call["task"])
    call["enqueued_at"], call["credential"] = world.now, credential["row"]
    credential.setdefault("used", []).append((world.now, call["task"]))
    credential["carried_for"] = [*credential.get("carried_for", []), call["task"]]
    if workload["carries"] == Carries.AUTHORISATION:
        status = yield from arrives(world, c, credential)
        if status != Status.DONE:
            closes(world, c, status)
            if status == Status.DENIED:
                return Status.DENIED if overstepped(world, call["task"]) else Status.DONE
            return status
    due = world.now + world.asked_calls[c]["queued_time"]
    call["carried"] = credential["row"]
    message = {"call": c, "credential": credential, "due": due}
    if due > world.now:
        world.at(due, Kind.CALL_READY, c, lambda: falls_due(world, message))
    else:
        falls_due(world, message)
    return Status.DONE


def fails_later(world: World, t: int, status: Status) -> None:
    """A message that was not carried out is a failure of its task, also after its end."""
    if status == Status.DENIED and not overstepped(world, t):
        return
    world.failed_messages.setdefault(t, int(status))
    if world.tasks[t]["ended_at"] < NEVER and world.tasks[t]["status"] == Status.DONE:
        world.tasks[t]["status"] = int(status)


def falls_due(world: World, message: Row) -> None:
    """A message may be consumed from now on, in order of these instants."""
    w = world.tasks[world.calls[message["call"]]["task"]]["workload"]
    desk = world.consumers.setdefault(w, {"busy": 0, "waiting": []})
    heapq.heappush(desk["waiting"], (message["due"], message["call"], id(message), message))
    consume_next(world, w)


def consume_next(world: World, w: int) -> None:
    limit, desk = world.workloads[w]["consumers"], world.consumers[w]
    while desk["waiting"] and (limit < 0 or desk["busy"] < limit):
        message = heapq.heappop(desk["waiting"])[3]
        desk["busy"] += 1
        world.at(world.now + world.asked_calls[message["call"]]["call_time"], Kind.CALL_END, message["call"],
                 lambda: is_free(world, w))  # fmt: skip
        go(is_consumed(world, message))


def is_free(world: World, w: int) -> None:
    world.consumers[w]["busy"] -= 1
    consume_next(world, w)


def is_consumed(world: World, message: Row) -> Process:
    """A message is carried out: its credential is tested now, an authorisation was before."""
    c = message["call"]
    call = world.calls[c]
    workload = world.workload_of(call["task"])
    status = Status.DONE
    call["consumed_at"] = world.now
    if workload["carries"] == Carries.CREDENTIAL:
        status = yield from arrives(world, c, message["credential"], own=True)
    if status == Status.DONE:
        call["began_at"] = world.now
        yield from is_carried_out(world, c)
    else:
        closes(world, c, status)
        fails_later(world, call["task"], status)
    crashed = world.tasks[call["task"]]["status"] == Status.CRASHED
    owners_end(world, {(int(Owner.CALL), c)}, tells=not crashed)
