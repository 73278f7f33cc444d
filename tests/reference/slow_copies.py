"""Where credentials lie after a slow run, stay by stay, from MODEL.md section 6 alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reference.slow_run_standing import owners_of
from reference.slow_run_world import Row, World, later, rows_of

from nhilab.base.estate import Carries, Isolation
from nhilab.base.quantities import NEVER
from nhilab.ledger.tables import Cause, Owner, Status

Stay = tuple[int, int, int, int, int, int]
"""Credential, place, unit, from, until, cause."""


def slow_copies(world: World) -> list[Stay]:
    """All stays that are not empty, sorted."""
    found = [*of_owners(world), *elsewhere(world), *of_nobody(world), *of_calls(world), *forwarded(world)]
    return sorted(stay for stay in found if stay[3] <= stay[4])


def unit_of(world: World, t: int) -> int:
    """The unit a task runs in."""
    isolation = world.places[world.workload_of(t)["place"]]["isolation"]
    return {Isolation.SHARED: 0, Isolation.SLOT: world.tasks[t]["slot"], Isolation.TASK: t}[isolation]


def ran(world: World) -> list[int]:
    return [t for t, task in enumerate(world.tasks) if task["started_at"] < NEVER]


def owns(world: World, credential: Row, t: int) -> bool:
    """Whether a task is its owner's."""
    workload, kind, owner = world.workload_of(t), credential["owner_kind"], credential["owner"]
    place = workload["identity"] * len(world.places) + workload["place"]
    mine = {
        Owner.CALL: world.calls[owner]["task"] if kind == Owner.CALL else -1, Owner.TASK: t,
        Owner.WORKLOAD: world.tasks[t]["instance"], Owner.PLACE: place, Owner.IDENTITY: workload["identity"],
    }  # fmt: skip
    return bool(t == mine[Owner.CALL]) if kind == Owner.CALL else bool(owner == mine[kind])


def chain_holds(world: World, credential: Row, t: int) -> bool:
    """Whether a task's workload follows the chain of its stage."""
    last = int(world.plan.last_stage[world.tasks[t]["workload"]])
    return bool(world.stages[last]["chain"] == world.stages[credential["stage"]]["chain"])


def homes(world: World, credential: Row) -> set[int]:
    """Places where the owner of a credential runs."""
    kind, owner = credential["owner_kind"], credential["owner"]
    if kind == Owner.CALL:
        return {world.workload_of(world.calls[owner]["task"])["place"]}
    if kind == Owner.TASK:
        return {world.workload_of(owner)["place"]}
    return {
        of["place"]
        for w, of in enumerate(world.workloads)
        if (kind, owner) in everybody(world, w, kind)
        and world.stages[int(world.plan.last_stage[w])]["chain"] == world.stages[credential["stage"]]["chain"]
    }


def everybody(world: World, w: int, kind: int) -> list[tuple[int, int]]:
    """The owners of one kind that a workload has."""
    return owners_of(world, w, kind)


def of_owners(world: World) -> Iterator[Stay]:
    """Where its owner keeps a credential."""
    for credential in world.credentials:
        if credential["stage"] < 0:
            continue
        row, issued_at = credential["row"], credential["issued_at"]
        kept_until = min(credential["owner_end"], credential["superseded_at"])
        for place in sorted(homes(world, credential)):
            residue = world.places[place]["residue"]
            if world.places[place]["isolation"] == Isolation.SHARED:
                yield (row, place, 0, issued_at, later(kept_until, residue), int(Cause.OWNER))
            elif credential["owner_kind"] in (Owner.CALL, Owner.TASK):
                kind, owner = credential["owner_kind"], credential["owner"]
                t = world.calls[owner]["task"] if kind == Owner.CALL else owner
                yield (row, place, unit_of(world, t), issued_at, later(kept_until, residue), int(Cause.OWNER))
            else:
                for t, first in sorted(uses(world, credential, place).items()):
                    until = min(world.tasks[t]["ended_at"], credential["superseded_at"])
                    yield (row, place, unit_of(world, t), first, later(until, residue), int(Cause.OWNER))


def uses(world: World, credential: Row, place: int) -> dict[int, int]:
    """First use of a lasting credential by each task at a place: presented, or asked with."""
    if credential["stage"] >= 0 and world.stages[credential["stage"]]["source"] == 0:
        return in_the_slot(world, credential, place)
    first: dict[int, int] = {}
    presented = [(call["arrived_at"], call["task"]) for call in world.calls if call["credential"] == credential["row"]]
    for instant, t in [*credential.get("used", []), *presented]:
        if world.workload_of(t)["place"] == place:
            first[t] = min(first.get(t, instant), instant)
    return first


def in_the_slot(world: World, credential: Row, place: int) -> dict[int, int]:
    """Tasks of its owner that run while a standing credential is in its slot."""
    until = min(credential["expires_at"], credential["superseded_at"])
    first = {}
    for t in ran(world):
        begin = max(world.tasks[t]["started_at"], credential["issued_at"])
        here = (
            world.workload_of(t)["place"] == place and owns(world, credential, t) and chain_holds(world, credential, t)
        )
        if here and begin < until and begin < world.tasks[t]["ended_at"]:
            first[t] = begin
    return first


def stays_at(world: World, row: int, place: int, begin: int, until: int, cause: Cause) -> Iterator[Stay]:
    """A copy at a place: at a shared one all the time, at another with every task that runs there meanwhile."""
    residue = world.places[place]["residue"]
    if world.places[place]["isolation"] == Isolation.SHARED:
        yield (row, place, 0, begin, later(until, residue), int(cause))
        return
    for t in ran(world):
        task = world.tasks[t]
        since = max(begin, task["started_at"])
        if world.workload_of(t)["place"] == place and since < min(task["ended_at"], until):
            yield (row, place, unit_of(world, t), since, later(min(task["ended_at"], until), residue), int(cause))


def elsewhere(world: World) -> Iterator[Stay]:
    """Copies of workloads' lasting credentials at other places."""
    seen: set[Any] = set()
    for copy in rows_of(world.estate.copies_to):
        for credential in world.credentials:
            kind, stage = credential["owner_kind"], credential["stage"]
            if stage < 0 or kind in (Owner.CALL, Owner.TASK):
                continue
            chain = world.stages[int(world.plan.last_stage[copy["workload"]])]["chain"]
            mine = (kind, credential["owner"]) in everybody(world, copy["workload"], kind)
            if not mine or world.stages[stage]["chain"] != chain:
                continue
            until = credential["superseded_at"]
            if not copy["rotated"]:
                slot = (copy["workload"], copy["place"], id(credential["slot"]))
                if slot in seen:
                    continue
                seen.add(slot)
                until = NEVER
            yield from stays_at(world, credential["row"], copy["place"], credential["issued_at"], until, Cause.COPIED)


def of_nobody(world: World) -> Iterator[Stay]:
    """Credentials of no strategy at their places."""
    names = list(dict.fromkeys(world.estate.standing.name.tolist()))
    rows = [credential["row"] for credential in world.credentials if credential["stage"] < 0]
    for standing in rows_of(world.estate.standing):
        yield from stays_at(world, rows[names.index(standing["name"])], standing["place"], 0, NEVER, Cause.OWNER)


def of_calls(world: World) -> Iterator[Stay]:
    """Queued, shown and printed ones."""
    for call in world.calls:
        workload = world.workload_of(call["task"])
        if call["enqueued_at"] < NEVER and workload["carries"] == Carries.CREDENTIAL:
            row, until = call.get("carried", -1), call.get("consumed_at", NEVER)
            yield (row, workload["queue"], 0, call["enqueued_at"], until, int(Cause.QUEUED))
        place = world.resources[world.permissions[call["permission"]]["resource"]]["place"]
        if place >= 0:
            for row, instant in call.get("shown", []):
                until = later(call["ended_at"], world.places[place]["residue"])
                yield (row, place, 0, instant, until, int(Cause.PRESENTED))
        if call["logged"]:
            log = world.places[workload["place"]]["log"]
            until = later(call["ended_at"], world.places[log]["residue"])
            yield (call["credential"], log, 0, call["ended_at"], until, int(Cause.LOGGED))


def forwarded(world: World) -> Iterator[Stay]:
    """What a parent call hands on lies with the child."""
    if world.strategy.delegation != "forward":
        return
    for t in ran(world):
        parent_call, task = world.tasks[t]["parent_call"], world.tasks[t]
        if parent_call >= 0 and world.calls[parent_call]["status"] == Status.DONE:
            place = world.workload_of(t)["place"]
            until = later(task["ended_at"], world.places[place]["residue"])
            row = world.calls[parent_call]["credential"]
            yield (row, place, unit_of(world, t), task["started_at"], until, int(Cause.FORWARDED))
