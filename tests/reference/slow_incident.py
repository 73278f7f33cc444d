"""One incident of a campaign: apply every rule of MODEL.md section 7 until nothing changes."""

from __future__ import annotations

from reference.slow_facts import Facts, Fate, Node
from reference.slow_hands import Children, Hands, Sets, Thief, Thing
from reference.slow_honoured import later
from reference.slow_instants import Interval, first, from_on, meet, union

from nhilab.base.estate import Isolation, When
from nhilab.base.quantities import NEVER
from nhilab.ledger.tables import Source

Yield = tuple[Node, list[Interval]]


def merged(sets: Sets, found: list[Yield]) -> Sets:
    grown = {node: list(instants) for node, instants in sets.items()}
    for node, instants in found:
        grown[node] = union(grown.get(node, []), instants)
    return {node: instants for node, instants in grown.items() if instants}


# Single rules ----------------------------------------------------------------------------------------------


def nested(facts: Facts, place: int, unit: int) -> list[Node]:
    """Rule 1: units on which a foothold on this one is a foothold too."""
    return [("unit", q, u) for q, u in facts.inner.get(place, [])] if unit == 0 else []


def opened(thief: Thief, permission: int, a: int, b: int) -> list[Yield]:
    """Rules 5 and 6: what performing the permission during [a, b) opens."""
    found: list[Yield] = []
    for q, j, when, plants in thief.facts.openings.get(permission, []):
        if j >= 0:
            stages = [-1] if plants else thief.facts.last_stages.get(j, [])
            found += [(("pair", j, k), [(a, b)]) for k in stages]
        if q >= 0:
            found += opened_place(thief, q, when, a, b)
    return found


def opened_place(thief: Thief, q: int, when: int, a: int, b: int) -> list[Yield]:
    found: list[Yield] = []
    tasks = thief.facts.tasks.get(q, [])
    if when == When.NOW and thief.facts.isolation[q] == Isolation.SHARED:
        found.append((("unit", q, 0), [(a, later(b, thief.dwell))]))
    elif when == When.NOW:
        for unit, r, z, _ in tasks:
            for a2, b2 in meet([(a, b)], [(r, z)]):
                found.append((("unit", q, unit), [(a2, later(b2, thief.dwell))]))
    else:
        for unit, r, _, _ in tasks:
            between = [r2 for unit2, r2, _, _ in tasks if unit2 == unit and b <= r2 < r]
            if a <= r and not between:
                found.append((("unit", q, unit), [(r, later(r, max(thief.dwell, 1)))]))
    return found


def attested(facts: Facts, place: int, unit: int, feet: list[Interval]) -> list[Yield]:
    """Rule 8."""
    found: list[Yield] = []
    for stage, source in enumerate(facts.source):
        if source != Source.ATTESTED:
            continue
        trusted = {i for i in facts.attested.get(place, ()) if (i, stage) in facts.managed}
        if facts.isolation[place] == Isolation.SHARED:
            found += [(("pair", i, stage), feet) for i in trusted]
        else:
            for unit2, r, z, i in facts.tasks.get(place, []):
                if unit2 == unit and i in trusted:
                    found.append((("pair", i, stage), meet(feet, [(r, z)])))
    return found


def next_stage(thing: Thing) -> list[Yield]:
    """Rule 9."""
    return [(("pair", thing.scope, thing.stage + 1), thing.minting)] if thing.minting else []


def performed(thief: Thief, things: list[Thing], start: int, until: int) -> dict[tuple[int, int], list[Interval]]:
    """By (scope, permission): the part of U(s, v) in [start, until) that its things may use for it."""
    found: dict[tuple[int, int], list[Interval]] = {}
    for thing in things:
        for p in thief.facts.permissions[thing.scope]:
            if thief.may(thing.stage, p):
                instants = meet(thing.usable[thief.facts.verifier_of[p]], [(start, until)])
                found[thing.scope, p] = union(found.get((thing.scope, p), []), instants)
    return found


# The fixpoint ----------------------------------------------------------------------------------------------


class Incident:
    """One incident's fixpoint, as if it lasted for ever; what comes before it is given."""

    def __init__(
        self, thief: Thief, number: int, start: int, fate: Fate, past: Sets, families: list[Children],
        left: list[tuple[Node, Interval]],
    ) -> None:  # fmt: skip
        self.thief, self.facts = thief, thief.facts
        self.number, self.start = number, start
        self.fate = fate
        self.past = past
        """Every set of the incidents before, cut to them."""
        self.families = families
        """What was minted in the incidents before."""
        self.left = left
        """Footholds (and a signing key's mints) that the entry or the incidents before left, one by one."""
        self.sets: Sets = {}
        self.hands = Hands(thief, fate, past)

    def counted(self, sets: Sets) -> Sets:
        """Rule 10, and the cut to what is inside."""
        found: Sets = {}
        for node, instants in sets.items():
            kept = self.thief.cut(from_on(instants, self.start))
            if kept and min(first(kept), first(self.past.get(node, []))) < self.thief.end:
                found[node] = kept
        return found

    def run(self) -> None:
        """Apply all rules until nothing changes."""
        self.sets = self.counted(merged({}, [(node, [interval]) for node, interval in self.left]))
        while True:
            self.hands = Hands(self.thief, self.fate, merged(self.past, list(self.sets.items())))
            grown = self.counted(merged(self.sets, self.contributions()))
            bound = self.bound(grown)
            for node, instants in grown.items():
                grown[node] = union([(a, NEVER if b > bound else b) for a, b in instants])
            if grown == self.sets:
                return
            self.sets = grown

    def minted_here(self, until: int = NEVER) -> list[Children]:
        """The children of this incident, minted before that instant."""
        found = []
        for (kind, scope, stage), instants in sorted(self.sets.items()):
            mints = meet(instants, [(self.start, until)])
            if kind == "pair" and mints:
                found.append(Children(scope, stage, self.number, mints))
        return found

    def things(self) -> list[Thing]:
        """Everything in hand, with its uses over the whole campaign so far."""
        return self.hands.things(self.families + self.minted_here())

    def contributions(self) -> list[Yield]:
        """Rules 1 and 3 to 9 from the present state, through U(s, v) as the model has it."""
        found: list[Yield] = []
        things = self.things()
        for thing in things:
            found += [(node, from_on(instants, self.start)) for node, instants in next_stage(thing)]
        found += self.openings(things, NEVER)
        for (kind, place, unit), instants in self.sets.items():
            if kind == "unit":
                found += attested(self.facts, place, unit, instants)
                found += [(inner, instants) for inner in nested(self.facts, place, unit)]
        return found

    def openings(self, things: list[Thing], until: int) -> list[Yield]:
        """What is opened by what is performed in this incident before that instant."""
        found = []
        for (_, p), instants in performed(self.thief, things, self.start, until).items():
            for a, b in instants:
                found += opened(self.thief, p, a, b)
        return found

    def bound(self, sets: Sets) -> int:
        """No end of a set that is finite in the fixpoint lies past this.

        Every end of an interval comes from another by "+ L" (rule 7), "+ TTL" (rule 9), "+ dwell" (rule 5),
        unchanged (rules 1, 3, 6, 8), or is cut to a finite time that stands before anything is opened or minted in
        this incident; `largest` is the largest of those. What earlier incidents left (their children's uses as a
        response cut them, their footholds, the acceptance of credentials) is such a time: it does not grow any more,
        and past sets end where the incident begins. At a verifier of one network an end is the lesser of two ends of
        growing sets, H(N) and the one that is cut.

        Follow the last instant of an end past `largest` back to what it was first derived from; each step goes to an
        earlier round of the iteration, so this ends. Where two sets are cut to each other follow the one that ends
        first, and both if they end together: a tree, whose ways up each add the gain of every node on them. Suppose
        that on every way some node comes twice, then with an earlier end below (the same end would be the same
        instant in two rounds). At that node a later end is known: the upper one. So one is known at each node above:
        "+ gain" and "unchanged" pass it on, of two sets that end together both end later, and a set that was cut
        by one that ends later has room to grow (a finite time that cut it would lie below `largest`). So the root
        has a later end as well, and again and again: it grows without bound, NEVER. (Starts move by `hop` only where
        ends move by more, so what was not empty lasts longer every round; an intersection that was not empty may
        miss a round, but not for ever, since what is cut gets longer and longer.) Else some way has no node
        twice, and the end is at most `largest` plus the gain of each node once. Only nodes that hold something can
        lie on the way. Twice the gains, and twice as many again where networks cut, to be safe: a larger bound is
        as right, only slower.
        """
        facts, thief = self.facts, self.thief
        fixed = [
            facts.largest, self.fate.largest, self.start, thief.end, thief.used_from(self.start),
            *[b for _, (_, b) in self.left], *[b for b, _ in thief.inside or []],
        ]  # fmt: skip
        for children in self.families:
            thing = self.hands.minted(children)
            spans = [*thing.usable.values(), thing.minting]
            fixed += [edge for instants in spans for interval in instants for edge in interval]
            fixed += [later(b, facts.life(children.stage, v)) for _, b in children.mints for v in thing.usable]
        fixed += [b for _, b in thief.inside or []]
        gains = 0
        for kind, _, stage in sets:
            if kind == "unit":
                gains += max(thief.dwell, 1)
            else:
                lives = [facts.life(stage, v) for v in range(len(facts.leeway))]
                gains += max([life for life in lives if life < NEVER], default=0)
        if thief.dwell >= NEVER:
            raise NotImplementedError("a dwell that never ends")
        times = 4 if any(facts.accepts_from) else 2
        return min(max(t for t in fixed if t < NEVER) + times * gains, NEVER - 1)
