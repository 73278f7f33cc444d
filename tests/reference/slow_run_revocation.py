"""Revocation in the slow engine: who asks, the desk that serves, and what dies with what."""

from __future__ import annotations

from typing import Any

from reference.slow_honoured import Chain, FirstOf, Issuer
from reference.slow_run_clock import Kind
from reference.slow_run_world import Row, World

from nhilab.base.quantities import NEVER
from nhilab.base.streams import one_uniform
from nhilab.ledger.tables import Unit


def is_dead(world: World, credential: Row) -> bool:
    """Dead at its issuer."""
    return bool(credential["revoked_at"] <= world.now or credential["expires_at"] <= world.now)


def ask_to_revoke(world: World, credential: Row) -> None:
    """A request to the revocation desk of the stage's issuer."""
    stage = world.stages[credential["stage"]]
    if stage["revocation_unit"] == Unit.NONE or is_dead(world, credential) or credential["asked"]:
        return
    credential["asked"] = True
    asked_at, ends = world.now, ends_with(world, credential)
    issuer = world.issuer_of(credential["stage"])
    u = revocation_chance(world, credential)
    end = world.desks[stage["issuer"]].served_until(world.now, world.length(issuer.revocation_time, u))
    assert end is not None
    for other in ends:  # of several requests the one that takes effect first counts
        if end < other.get("due", NEVER) and other["revoked_at"] >= NEVER:
            other["due"], other["revocation_requested_at"] = end, asked_at
    world.at(end, Kind.REVOCATION, credential["row"], lambda: revoke(world, ends, asked_at))


def ends_with(world: World, credential: Row) -> list[Row]:
    """What a request that is made now ends: one credential, or the identity's; and what lives by these."""
    stage = world.stages[credential["stage"]]
    found = [credential]
    if stage["revocation_unit"] == Unit.IDENTITY:
        for other in world.credentials:
            same = other["stage"] >= 0 and world.stages[other["stage"]]["issuer"] == stage["issuer"]
            before = other["issued_at"] < world.now < other["expires_at"]
            if same and before and other["scope"].identity == credential["scope"].identity:
                found.append(other)
    for one in found:
        children = one["children"] if world.cascades(one["stage"]) else []
        found += [child for child in children if child not in found and child["expires_at"] > world.now]
    return found


def revocation_chance(world: World, credential: Row) -> float:
    """The variate of a revocation's service."""
    if credential["call"] >= 0:
        return world.chance(credential["call"], 64 + credential["stage"])
    return one_uniform(credential["key"], 64 + credential["stage"])


def revoke(world: World, ends: list[Row], asked_at: int) -> None:
    """The request was served: what it ends is dead at the issuer."""
    for credential in ends:
        die(world, credential, asked_at)


def die(world: World, credential: Row, asked_at: int = NEVER) -> None:
    """Dead at the issuer from now on, with its live descendants where that cascades."""
    if credential["revoked_at"] < world.now:
        return
    credential["revoked_at"] = world.now
    if credential["revocation_requested_at"] >= NEVER:
        credential["revocation_requested_at"] = asked_at
    for chain in credential["chains"].values():
        tell(chain.nearest, world.now)
        chain.issuer.revoked_at = world.now
    if world.cascades(credential["stage"]) and not credential["consumed"]:
        for child in credential["children"]:
            if not is_dead(world, child):
                die(world, child, asked_at)


def forget(world: World, credential: Row) -> None:
    """What a client knows to be dead leaves its slot, and so does its parent if it is dead at its issuer, and so on."""
    supersede(world, credential)
    if credential["parent"] >= 0 and is_dead(world, world.credentials[credential["parent"]]):
        forget(world, world.credentials[credential["parent"]])


def supersede(world: World, credential: Row) -> None:
    """No longer in its slot."""
    if credential["slot"].held is credential:
        credential["superseded_at"] = min(credential["superseded_at"], world.now)
        credential["slot"].held = None


def tell(node: Any, revoked_at: int) -> None:
    """Every layer of a chain knows of the same revocation."""
    if isinstance(node, Issuer):
        node.revoked_at = revoked_at
    elif isinstance(node, FirstOf):
        for branch in node.branches:
            tell(branch, revoked_at)
    else:
        node.issuer.revoked_at = revoked_at
        for behind in node.all_behind:
            tell(behind, revoked_at)


def chain_for(world: World, credential: Row, verifier: int) -> Chain:
    """A verifier's own memory of one credential."""
    chains = credential["chains"]
    if verifier not in chains:
        chains[verifier] = Chain(
            world.estate, verifier, expires_at=credential["expires_at"], issued_at=credential["issued_at"],
            revoked_at=credential["revoked_at"], lost_pushes=credential["lost_pushes"],
        )  # fmt: skip
    return chains[verifier]


def owners_end(world: World, owners: set[tuple[int, int]], *, tells: bool) -> None:
    """Owners are gone: the task asks to revoke what they own, unless it crashed; the platform, if it does."""
    for credential in list(world.credentials):
        if (credential["owner_kind"], credential["owner"]) in owners:
            stage = world.stages[credential["stage"]]
            gone = world.issuer_of(credential["stage"]).revokes_when_owner_gone
            if (tells and stage["revoked_at_task_end"]) or gone:
                ask_to_revoke(world, credential)
