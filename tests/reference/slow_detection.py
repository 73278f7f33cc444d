"""Who notices the thief in one incident, and when he is answered: acts and alarms of MODEL.md section 7."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from reference.slow_facts import variate
from reference.slow_hands import Hands, Thing
from reference.slow_incident import Incident
from reference.slow_instants import Interval, first, from_on, meet, minus, union

from nhilab.base.quantities import NEVER
from nhilab.scenario.distributions import TimeDistribution
from nhilab.scenario.threat_section import Detection

DENIED, OUT_OF_INTENT, AFTER_PURPOSE_END, FOREIGN, IN_PATTERN = range(5)
Acts = dict[tuple[int, int, bool], int]
"""By (kind, permission, whether nobody answers for the identity): the first instant."""


@dataclass(frozen=True)
class Answer:
    """The response that ends an incident, and the act it answers."""

    at: int
    detected: int
    triaged: int


def quantile(distribution: TimeDistribution, u: float) -> int:
    return int(np.rint(distribution.quantile(np.array([u]))[0]))


def ready(hands: Hands, c: int) -> int:
    """y: the first instant at which a credential could be used, whoever accepts it."""
    x = hands.ready_at(c)
    if x == NEVER:
        return NEVER
    start = hands.thief.used_from(x)
    return start if hands.free(c) else first(from_on(hands.stand(c), start))


def acts_of(hands: Hands, thing: Thing, span: Interval) -> list[tuple[int, int, int]]:
    """Every (kind, permission, first instant) of one thing in the span of time."""
    facts, thief = hands.facts, hands.thief
    found: list[tuple[int, int, int]] = []
    identity = facts.identity_of[thing.scope]
    c = thing.node[1] if thing.node[0] == "credential" else -1
    y = ready(hands, c) if c >= 0 else NEVER
    for p in facts.permissions[thing.scope]:
        usable = thing.usable[facts.verifier_of[p]]
        uses = meet(usable, [span])
        if span[0] <= y < span[1] and not meet(usable, [(y, y + 1)]):
            found.append((DENIED, p, y))
        if not thief.may(thing.stage, p):
            kinds = {DENIED: uses}
        elif (identity, p) not in facts.targets:
            kinds = {OUT_OF_INTENT: uses}
        elif c < 0:
            kinds = {FOREIGN: uses}
        else:
            before = meet(uses, [(0, facts.purpose_end[c])])
            there = union(*[instants for _, instants in hands.meets(c, only_keys=False)])
            kinds = {
                AFTER_PURPOSE_END: from_on(uses, facts.purpose_end[c]),
                FOREIGN: minus(before, there),
                IN_PATTERN: meet(before, there),
            }
        found += [(kind, p, first(instants)) for kind, instants in kinds.items() if instants]
    return found


def acts(incident: Incident) -> Acts:
    """The first act of each kind before the end of observation, were there no response any more."""
    found: Acts = {}
    span = (incident.start, incident.thief.end)
    if span[0] >= span[1]:
        return found
    facts = incident.facts
    for thing in incident.things():
        ownerless = bool(facts.ownerless[facts.identity_of[thing.scope]])
        for kind, p, t in acts_of(incident.hands, thing, span):
            found[kind, p, ownerless] = min(t, found.get((kind, p, ownerless), NEVER))
    return found


def answer(incident: Incident, detection: Detection) -> Answer | None:
    """The response that ends the incident, if anything in it is noticed."""
    key = incident.thief.incident_key(incident.number)
    chances = detection.probability
    chance = [
        chances.denied, chances.out_of_intent, chances.after_purpose_end, chances.foreign, chances.in_pattern
    ]  # fmt: skip
    found = []
    for (kind, p, ownerless), t in acts(incident).items():
        if variate(key, kind, p) >= chance[kind]:
            continue
        orphaned = detection.triage_time_without_owner if ownerless else None
        delay = quantile(detection.detection_time, variate(key, kind, p, 1))
        triage = quantile(orphaned or detection.triage_time, variate(key, kind, p, 2))
        response = quantile(detection.response_time, variate(key, kind, p, 3))
        at = t + max(delay + triage + response, 1)
        found.append((at, t, kind, p, ownerless, Answer(at, t + delay, t + delay + triage)))
    return min(found, key=lambda row: row[:5])[5] if found else None
