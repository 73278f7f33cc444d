"""What a response ends, and when: requests, the path of revocation, eviction (MODEL.md section 7)."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

from reference.slow_detection import Answer
from reference.slow_facts import Facts, Fate, Node, variate
from reference.slow_hands import Children, Hands, Thief
from reference.slow_honoured import later
from reference.slow_incident import Incident, nested
from reference.slow_instants import Interval, last

from nhilab.base.quantities import NEVER
from nhilab.ledger.tables import Unit

End = tuple[int, int]
"""When something ended, and when what ended it was dead at its issuer."""


@dataclass
class Response:
    """One response: whom it answers, what it ended (credentials by row, children by their order), its ends."""

    answer: Answer
    credentials: dict[int, int] = field(default_factory=dict)
    children: dict[tuple[int, int, int], int] = field(default_factory=dict)
    left: list[tuple[Node, Interval]] = field(default_factory=list)
    """Footholds and signing keys that go on."""
    ends: list[End] = field(default_factory=list)


@dataclass(frozen=True)
class Request:
    """What one request asks to end: one credential, one pair's children, or all of an identity at an issuer."""

    stage: int
    identity: int
    credential: int = -1
    children: tuple[int, int, int] | None = None

    def whole_identity(self, facts: Facts) -> bool:
        return self.stage >= 0 and facts.unit[self.stage] == Unit.IDENTITY


class Responders:
    """They remember what they asked for."""

    def __init__(self, thief: Thief) -> None:
        self.thief, self.facts = thief, thief.facts
        self.asked: set[int] = set()
        self.asked_children: set[tuple[int, int, int]] = set()

    def can_ask(self, scope: int, stage: int) -> bool:
        visible = self.facts.visible[self.facts.identity_of[scope]]
        return bool(visible) and (stage < 0 or self.facts.unit[stage] != Unit.NONE)

    def requests(self, incident: Incident, families: list[Children], at: int) -> list[Request]:
        """In order, each identity's common request once."""
        facts, hands = self.facts, incident.hands
        found: list[Request] = []
        for c, scope in enumerate(facts.scope_of):
            in_hand = hands.taken_at(c) < at and hands.fate.mint_until[c] > at and c not in self.asked
            if in_hand and self.can_ask(scope, facts.stage_of[c]):
                found.append(Request(facts.stage_of[c], facts.identity_of[scope], credential=c))
        for one in sorted(families, key=lambda one: one.order):
            alive = later(last(one.mints), facts.ttl(one.stage)) > at
            here = one.incident == incident.number and hands.minted(one).in_hand
            if here and alive and self.can_ask(one.scope, one.stage):
                found.append(Request(one.stage, facts.identity_of[one.scope], children=one.order))
        kept: list[Request] = []
        common: set[tuple[str, int]] = set()
        for request in found:
            if request.whole_identity(facts):
                name = facts.issuer[request.stage], request.identity
                if name in common:
                    continue
                common.add(name)
            kept.append(request)
        return kept

    def served_at(self, requests: list[Request], at: int) -> list[int]:
        """When each request's service ends: first come, first served by each issuer's own servers."""
        free: dict[str, list[int]] = {}
        found = []
        for request in requests:
            if request.stage < 0:
                found.append(at)
                continue
            issuer = self.facts.issuer[request.stage]
            servers = free.setdefault(issuer, [at] * self.facts.servers[request.stage])
            begin, moved = heapq.heappop(servers), True
            while moved:
                moved = False
                for start, until in self.facts.outages.get(issuer, []):
                    if start <= begin < until:
                        begin, moved = until, True
            found.append(later(begin, self.facts.service[request.stage]))
            heapq.heappush(servers, found[-1])
        return found

    def end(self, response: Response, request: Request, t: int, incident: Incident, families: list[Children]) -> None:
        """What this request ends at t."""
        facts, at, hands = self.facts, response.answer.at, incident.hands
        ended: list[int] = [request.credential] if request.credential >= 0 else []
        children = [one.order for one in families if one.order == request.children]
        if request.whole_identity(facts):
            issuer = facts.issuer[request.stage]

            def its(scope: int, stage: int) -> bool:
                return stage >= 0 and (facts.issuer[stage], facts.identity_of[scope]) == (issuer, request.identity)

            ended = [
                c
                for c, scope in enumerate(facts.scope_of)
                if its(scope, facts.stage_of[c]) and facts.issued_at[c] < at < hands.fate.mint_until[c]
            ]
            new = [one for one in families if one.incident == incident.number]
            children = [one.order for one in new if its(one.scope, one.stage)]
        self.asked |= set(ended)
        below = [d for c in ended for d in self.descendants(c, t, hands.fate)]
        for row in ended + below:
            response.credentials[row] = min(t, response.credentials.get(row, NEVER))
        for order in children:
            response.children[order] = min(t, response.children.get(order, NEVER))

    def descendants(self, c: int, t: int, fate: Fate) -> list[int]:
        """The ledger's, live at t, of a credential whose stage cascades."""
        facts = self.facts
        if facts.stage_of[c] < 0 or not facts.cascades[facts.stage_of[c]]:
            return []
        line, grown = {c}, True
        while grown:
            grown = False
            for d, parent in enumerate(facts.parent):
                if parent in line and d not in line:
                    line.add(d)
                    grown = True
        return [d for d in sorted(line - {c}) if facts.issued_at[d] <= t < fate.mint_until[d]]

    def respond(self, incident: Incident, families: list[Children], found: Answer, eviction: float) -> Response:
        """The whole response; `families` are all children minted before it."""
        response = Response(found)
        requests = self.requests(incident, families, found.at)
        for request, t in zip(requests, self.served_at(requests, found.at), strict=True):
            self.end(response, request, t, incident, families)
        fate = incident.fate.revoked_at
        response.credentials = {c: t for c, t in sorted(response.credentials.items()) if t < fate[c]}
        living = {one.order: one.revoked_at for one in families}
        response.children = {one: t for one, t in sorted(response.children.items()) if t < living[one]}
        self.evict(response, incident, eviction)
        self.shorten(response, incident.hands, families)
        return response

    def evict(self, response: Response, incident: Incident, chance: float) -> None:
        """Footholds, one by one, as they follow from what was performed before; those on some places end."""
        at = response.answer.at
        response.left, somebody = survivors(incident, standing_footholds(incident, at), at, chance)
        if somebody:
            response.ends.append((at, at))

    def shorten(self, response: Response, hands: Hands, families: list[Children]) -> None:
        """The instants to which acceptance and life at the issuer were shortened."""
        facts = self.facts
        for c, t in response.credentials.items():
            old, new = hands.fate.accept[c], facts.accepted_until(c, t)[0]
            response.ends += [(new[v], t) for v in sorted(new) if new[v] < old[v]]
            life = min(facts.expires_at[c], t)
            if life < hands.fate.mint_until[c]:
                response.ends.append((life, t))
        for one in sorted(families, key=lambda one: one.order):
            if one.order not in response.children or not hands.minted(one).in_hand:
                continue
            t = response.children[one.order]
            b = last(one.mints)
            for v in facts.verifiers[one.scope]:
                whole = later(b, facts.life(one.stage, v))
                before, after = (min(whole, hands.accepted_until(one, v, r)) for r in (one.revoked_at, t))
                if after < before:
                    response.ends.append((after, t))
            whole = later(b, facts.ttl(one.stage))
            if min(whole, t) < min(whole, one.revoked_at):
                response.ends.append((min(whole, t), t))


# Footholds ------------------------------------------------------------------------------------------------


def with_inner(facts: Facts, footholds: list[tuple[Node, Interval]]) -> list[tuple[Node, Interval]]:
    """Each foothold, and those it is on the units of places inside."""
    found, todo = [], list(footholds)
    while todo:
        node, interval = todo.pop()
        found.append((node, interval))
        if node[0] == "unit":
            todo += [(inner, interval) for inner in nested(facts, node[1], node[2])]
    return found


def standing_footholds(incident: Incident, at: int) -> list[tuple[Node, Interval]]:
    """What goes on or comes after that instant by what was done before it (a trap springs after it)."""
    found = list(incident.left)
    for node, instants in incident.openings(incident.things(), at):
        if node[0] == "unit":
            found += [(node, interval) for interval in instants]
    return with_inner(incident.facts, found)


def survivors(
    incident: Incident, footholds: list[tuple[Node, Interval]], at: int, chance: float
) -> tuple[list[tuple[Node, Interval]], bool]:
    """What is left of them from then on, and whether any was ended: what has begun, on a place that is cleared."""
    key = incident.thief.incident_key(incident.number)
    left: list[tuple[Node, Interval]] = []
    somebody = False
    for node, whole in footholds:
        place = node[1] if node[0] == "unit" else -1
        for a, b in incident.thief.cut([whole]):
            if a < at < b and any(variate(key, 8, q) < chance for q in incident.facts.around(place)):
                # What began only after the end of observation was no foothold (rule 10).
                somebody |= node in incident.sets
            elif at < b:
                left.append((node, (max(a, at), b)))
    return sorted(set(left)), somebody
