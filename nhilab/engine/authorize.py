"""Per-request authorisation: is this call part of its task's plan, as far as the decision point can tell."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy

from nhilab.base.streams import one_uniform
from nhilab.engine.events import Kind
from nhilab.engine.world import APPROVAL, APPROVED, DECISION, VERDICT, World, one_time

Allowed = dict[int, int]
"""Instant at which a task's call for a permission was last allowed."""


def authorize(world: World, call: int, allowed: Allowed) -> Generator[simpy.Event, Any, bool]:
    """Whether a call may be made, after as long as it takes to decide (MODEL.md §4)."""
    rule, key, permission = world.strategy.authorize, world.key[call], world.permission[call]
    if rule is None or (permission in allowed and world.now() <= allowed[permission] + rule.cache and rule.cache):
        return True
    world.records.call_decisions[call] = 1
    yield world.after(one_time(rule.decision_time, one_uniform(key, DECISION)), Kind.DECISION_END, call)
    u = one_uniform(key, VERDICT)
    in_intent = bool(world.in_intent[call])
    permitted = u >= rule.false_deny_probability if in_intent else u < rule.false_allow_probability
    if not permitted and rule.escalation is not None:
        world.records.call_escalated[call] = 1
        yield world.after(one_time(rule.escalation.approval_time, one_uniform(key, APPROVAL)), Kind.DECISION_END, call)
        wrong = one_uniform(key, APPROVED) < rule.escalation.wrong_approval_probability
        permitted = in_intent or wrong
    if permitted:
        allowed[permission] = world.now()
    return permitted
