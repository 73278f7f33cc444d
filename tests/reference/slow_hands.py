"""What a thief has in hand and may do with it, given his footholds: rules 2, 3, 7 and 9 of MODEL.md section 7."""

from __future__ import annotations

from dataclasses import dataclass, field

from reference.slow_facts import Facts, Fate, Node, variate
from reference.slow_honoured import later
from reference.slow_instants import Interval, first, last, meet, union

from nhilab.base.quantities import NEVER
from nhilab.base.streams import derived_key
from nhilab.ledger.tables import Binding

Sets = dict[Node, list[Interval]]


@dataclass(frozen=True)
class Thing:
    """Something in hand: what it permits, when it is usable at each verifier, when it mints its next stage."""

    node: Node
    incident: int
    """In which its children were minted; -1 for a credential."""
    scope: int
    stage: int
    usable: dict[int, list[Interval]]
    minting: list[Interval]
    in_hand: bool


@dataclass
class Children:
    """What one pair minted in one incident, and when a response ended it."""

    scope: int
    stage: int
    incident: int
    mints: list[Interval]
    revoked_at: int = NEVER

    @property
    def order(self) -> tuple[int, int, int]:
        return self.scope, self.stage, self.incident


@dataclass
class Thief:
    """One campaign's constants."""

    facts: Facts
    e: int
    end: int
    dwell: int
    dormancy: int
    hop: int
    takes_keys: bool
    key: int
    leaked: int = -1
    held: int = -1
    inside: list[Interval] | None = None
    """A, for a thief who acts inside only."""
    intent: set[int] = field(default_factory=set)
    """Permissions of the hijacked task's calls in intent."""

    @property
    def awake(self) -> int:
        return later(self.e, self.dormancy)

    def used_from(self, x: int) -> int:
        return later(max(x, self.awake), self.hop)

    def cut(self, instants: list[Interval]) -> list[Interval]:
        """To A, inside."""
        return instants if self.inside is None else meet(instants, self.inside)

    def may(self, stage: int, permission: int) -> bool:
        """Whether what has this stage lets him perform it: outside always, inside as the judge says."""
        if self.inside is None or not any(self.facts.judged) or permission in self.intent:
            return True
        return variate(self.key, 2**20, permission) < max(map(float, self.facts.false_allow))

    def incident_key(self, number: int) -> int:
        return derived_key(self.key, number)


class Hands:
    """What follows from footholds (over the whole campaign so far), and from until when each credential lives."""

    def __init__(self, thief: Thief, fate: Fate, sets: Sets) -> None:
        self.thief, self.facts, self.fate, self.sets = thief, thief.facts, fate, sets
        self.networks: dict[str, list[Interval]] = {}
        for (kind, place, _), instants in sets.items():
            if kind == "unit":
                name = self.facts.network[place]
                self.networks[name] = union(self.networks.get(name, []), instants)

    def feet(self, place: int, unit: int) -> list[Interval]:
        return self.sets.get(("unit", place, unit), [])

    def confined(self, v: int) -> bool:
        return bool(self.facts.accepts_from[v])

    def from_network(self, v: int, instants: list[Interval]) -> list[Interval]:
        """Cut to H(N) where the verifier accepts network N only."""
        return meet(instants, self.networks.get(self.facts.accepts_from[v], [])) if self.confined(v) else instants

    # Rule 2
    def window(self, c: int, stay: Interval) -> Interval:
        return stay[0], min(stay[1], self.fate.dead_at[c])

    def meets(self, c: int, only_keys: bool) -> list[tuple[Node, list[Interval]]]:
        """When each copy of the credential (of those its key lies with) meets the foothold, with the copy's unit."""
        return [
            (("unit", place, unit), meet(self.feet(place, unit), [self.window(c, stay)]))
            for place, unit, stay, key in self.facts.copies[c]
            if key or not only_keys
        ]

    def stand(self, c: int) -> list[Interval]:
        """Instants at which the thief holds the unit of a copy with its key, and the copy can be taken."""
        return union(*[instants for _, instants in self.meets(c, only_keys=True)])

    def taken_at(self, c: int) -> int:
        """x(c), or NEVER if it is neither taken nor within reach."""
        x = min([first(instants) for _, instants in self.meets(c, only_keys=False)], default=NEVER)
        if c in (self.thief.leaked, self.thief.held):
            x = min(x, self.thief.e)
        return x if x < self.thief.end else NEVER

    def ready_at(self, c: int) -> int:
        """x'(c): for all but bearer ones when its key is there."""
        if self.facts.binding[c] == Binding.BEARER:
            return self.taken_at(c)
        x = first(self.stand(c))
        if c == self.thief.held and self.thief.takes_keys:
            x = min(x, self.thief.e)
        return x if x < self.thief.end else NEVER

    def free(self, c: int) -> bool:
        """Whether it works away from its places."""
        if self.thief.inside is not None:
            return False
        if self.facts.binding[c] == Binding.BEARER:
            return True
        keyed = self.facts.binding[c] == Binding.EXPORTABLE_KEY and self.thief.takes_keys
        return keyed and self.ready_at(c) < NEVER

    def within_reach(self, c: int) -> bool:
        """In hand, but never carried away."""
        return self.thief.inside is not None or self.facts.binding[c] == Binding.BROKERED

    # Rules 3 and 9
    def during(self, c: int, until: int) -> list[Interval]:
        """When a credential in hand works where it is good until then."""
        x = self.ready_at(c)
        whole = union([(self.thief.used_from(x), until)] if x < NEVER else [])
        return self.thief.cut(whole if self.free(c) else meet(whole, self.stand(c)))

    def usable(self, c: int, v: int) -> list[Interval]:
        return self.from_network(v, self.during(c, self.fate.accept[c][v]))

    def credential(self, c: int) -> Thing | None:
        if self.taken_at(c) == NEVER:
            return None
        scope, stage = self.facts.scope_of[c], self.facts.stage_of[c]
        usable = {v: self.usable(c, v) for v in self.facts.verifiers[scope]}
        minting = self.during(c, self.fate.mint_until[c]) if self.facts.has_next(stage) else []
        return Thing(("credential", c, 0), -1, scope, stage, usable, minting, True)

    # Rules 7 and 9
    def accepted_until(self, children: Children, v: int, revoked_at: int) -> int:
        """Acceptance of revoked children, whatever their own lifetime."""
        key = self.thief.incident_key(children.incident)
        return self.facts.children_accepted_until(v, revoked_at, key) if revoked_at < NEVER else NEVER

    def usable_children(self, children: Children, v: int, revoked_at: int) -> list[Interval]:
        life, used_from = self.facts.life(children.stage, v), self.thief.used_from
        if life <= self.thief.hop:
            return []
        until = self.accepted_until(children, v, revoked_at)
        spans = union([(used_from(a), min(later(b, life), until)) for a, b in children.mints])
        return self.thief.cut(self.from_network(v, spans))

    def minted(self, children: Children) -> Thing:
        facts, thief, stage = self.facts, self.thief, children.stage
        here = facts.verifiers[children.scope]
        usable = {v: self.usable_children(children, v, children.revoked_at) for v in here}
        minting: list[Interval] = []
        if facts.has_next(stage) and facts.ttl(stage) > thief.hop:
            spans = [
                (thief.used_from(a), min(later(b, facts.ttl(stage)), children.revoked_at)) for a, b in children.mints
            ]
            minting = thief.cut(union(spans))
        in_hand = any(facts.life(stage, v) > thief.hop for v in here) and bool(children.mints)
        node = ("pair", children.scope, stage)
        return Thing(node, children.incident, children.scope, stage, usable, minting, in_hand)

    def things(self, families: list[Children]) -> list[Thing]:
        credentials = [self.credential(c) for c in range(len(self.facts.scope_of))]
        return [thing for thing in credentials if thing] + [self.minted(children) for children in families]

    # Honoured from where the thief stands
    def honoured(self, c: int) -> int:
        """Until when a credential in hand is honoured; 0 if it adds nothing."""
        honoured = self.fate.honoured[c]
        if self.free(c):
            ends = [last(self.usable(c, v)) if self.confined(v) else until for v, until in honoured.items()]
        elif any(map(self.confined, honoured)):
            ends = [
                last(self.usable(c, v) if self.confined(v) else meet(self.stand(c), [(0, self.fate.accept[c][v])]))
                for v in honoured
            ]
        else:
            ends = [last(self.stand(c))]
        return max(ends, default=0)

    def honoured_children(self, children: Children, revoked_at: int) -> int:
        ends = []
        for v in self.facts.verifiers[children.scope]:
            if self.confined(v):
                ends.append(last(self.usable_children(children, v, revoked_at)))
            else:
                until = later(last(children.mints), self.facts.life(children.stage, v))
                ends.append(min(until, self.accepted_until(children, v, revoked_at)))
        if self.thief.inside is not None:
            ends = [min(end, last(self.thief.inside)) for end in ends]
        return max(ends, default=0)
