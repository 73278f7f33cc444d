"""What a call meets in the slow engine before it is carried out: the decision, and the verifier."""

from __future__ import annotations

from reference.slow_run_clock import Kind, Process
from reference.slow_run_revocation import chain_for
from reference.slow_run_station import end_of_outage
from reference.slow_run_world import Row, World

from nhilab.ledger.tables import Status


def decided(world: World, c: int) -> Process:
    """Whether a call may go on: judged against its task's intent, unless the like was allowed just now."""
    rules, call = world.strategy.authorize, world.calls[c]
    if rules is None:
        return True
    known = (call["task"], call["permission"])
    if known in world.allowed and world.now - world.allowed[known] < rules.cache:
        return True
    call["n_decisions"] += 1
    yield from world.until(world.now + world.length(rules.decision_time, world.chance(c, 130)), Kind.DECISION_END, c)
    u = world.chance(c, 131)
    allowed = u >= rules.false_deny_probability if call["in_intent"] else u < rules.false_allow_probability
    if not allowed and rules.escalation is not None:
        call["escalated"] = True
        approval_time = world.length(rules.escalation.approval_time, world.chance(c, 132))
        yield from world.until(world.now + approval_time, Kind.DECISION_END, c)
        wrong = world.chance(c, 133) < rules.escalation.wrong_approval_probability
        allowed = call["in_intent"] or wrong
    if allowed:
        world.allowed[known] = world.now
    return allowed


def tested(world: World, c: int, credential: Row) -> Status:
    """The verifier's answer to a call that arrives now."""
    call = world.calls[c]
    call["arrived_at"], call["credential"] = world.now, credential["row"]
    call["shown"] = [(credential["row"], world.now)]
    if call["permission"] not in world.permitted(credential["scope"]):
        return Status.DENIED
    verifier = world.resources[world.permissions[call["permission"]]["resource"]]["verifier"]
    accepts_from = world.verifiers[verifier]["accepts_from"]
    if accepts_from and accepts_from != world.places[world.workload_of(call["task"])["place"]]["network"]:
        return Status.REFUSED
    outages = world.desks[world.stages[credential["stage"]]["issuer"]].outages
    chain = chain_for(world, credential, verifier)
    reachable = end_of_outage(outages, world.now) == world.now
    accepted, asked = chain.ask(world.now, replica_draw=call["replica_draw"], reachable=reachable)
    call["n_introspections"] += asked
    return Status.DONE if accepted else Status.REFUSED


def overstepped(world: World, t: int) -> bool:
    """One more denial of a task; whether that is one too many."""
    world.denials[t] = world.denials.get(t, 0) + 1
    rules = world.strategy.authorize
    return rules is not None and rules.max_denials is not None and world.denials[t] >= rules.max_denials
