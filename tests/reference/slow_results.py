"""What one campaign found: the results of MODEL.md section 7, from the union of its incidents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reference.slow_facts import Node
from reference.slow_hands import Children, Hands, Thief, Thing
from reference.slow_incident import attested, nested, next_stage, opened, performed
from reference.slow_instants import Interval, first, last, meet
from reference.slow_response import Response

from nhilab.base.quantities import NEVER
from nhilab.ledger.tables import Binding

Milestones = tuple[int, int, int, int, int]
NONE_OF_THEM: Milestones = (NEVER, NEVER, NEVER, NEVER, NEVER)


@dataclass(frozen=True)
class SlowResult:
    """What one campaign found."""

    n_taken: int
    n_minted: int
    taken: dict[int, tuple[int, int]]
    at_entry: set[int]
    access_until: int
    exposure_until: int
    reached: dict[int, tuple[int, int, int, int]]
    persistent: bool
    n_brokered: int = 0
    n_responses: int = 0
    milestones: Milestones = NONE_OF_THEM
    """Detected, triaged, responded, revoked, cut: instants of the response that ended the access."""
    collateral_calls: int = 0
    responses: tuple[int, ...] = ()


class Results:
    """All that is told of a campaign once it is over."""

    def __init__(
        self, thief: Thief, hands: Hands, entry: Hands, families: list[Children], responses: list[Response],
        first_fate: list[int],
    ) -> None:  # fmt: skip
        self.thief, self.facts = thief, thief.facts
        self.hands, self.entry = hands, entry
        """With all footholds there were, and with only those of the entry."""
        self.families = sorted(families, key=lambda one: one.order)
        self.responses = responses
        self.first_fate = first_fate
        self.things = hands.things(self.families)

    # Paths: what each single source yields by itself
    def yields(self) -> list[tuple[Node, Node, list[Interval], int]]:
        """(source, target, instants, hops) for every source alone, but not what units yield of credentials."""
        found: list[tuple[Node, Node, list[Interval], int]] = []
        for thing in self.things:
            for (_, p), spans in performed(self.thief, [thing], 0, NEVER).items():
                for a, b in spans:
                    for target, instants in opened(self.thief, p, a, b):
                        found.append((thing.node, target, self.thief.cut(instants), 1))
            found += [(thing.node, target, instants, 0) for target, instants in next_stage(thing)]
        for node, feet in self.hands.sets.items():
            if node[0] == "unit":
                for target, instants in attested(self.facts, node[1], node[2], feet):
                    found.append((node, target, instants, 0))
                found += [(node, target, feet, 0) for target in nested(self.facts, node[1], node[2])]
        return found

    def hops(self) -> dict[Node, int]:
        """Fewest hops of everything, among the paths of its earliest instant."""
        earliest = {node: first(instants) for node, instants in self.hands.sets.items()}
        yielded = self.yields()
        for thing in self.things:
            if thing.node[0] == "credential":
                c = thing.node[1]
                earliest[thing.node] = self.hands.taken_at(c)
                yielded += [(unit, thing.node, instants, 0) for unit, instants in self.hands.meets(c, only_keys=False)]
        fewest = {node: 0 for node, instants in self.entry.sets.items() if first(instants) == self.thief.e}
        for c in (self.thief.leaked, self.thief.held):
            if c >= 0:
                fewest["credential", c, 0] = 0
        edges = [
            (source, target, extra)
            for source, target, instants, extra in yielded
            if instants and target in earliest and first(instants) == earliest[target]
        ]
        changed = True
        while changed:
            changed = False
            for source, target, extra in edges:
                if source in fewest and fewest[source] + extra < fewest.get(target, NEVER):
                    fewest[target] = fewest[source] + extra
                    changed = True
        return fewest

    def persistent(self) -> bool:
        """Some pair that is minted for ever comes back to itself over pairs, units and keys that cannot leave them.

        A source yields a target for ever if its own set, alone, gives the target instants without end. Tasks end,
        so only what lies inside a shared place can be held for ever. Free credentials lie on no cycle.
        """
        edges: dict[Node, set[Node]] = {}
        yielded = self.yields()
        for thing in self.things:
            if thing.node[0] == "credential" and not self.hands.free(thing.node[1]):
                held = self.hands.meets(thing.node[1], only_keys=True)
                yielded += [(source, thing.node, instants, 0) for source, instants in held]
        for source, target, instants, _ in yielded:
            if last(instants) == NEVER and last(self.hands.sets.get(target, [(0, NEVER)])) == NEVER:
                edges.setdefault(source, set()).add(target)
        for node in [node for node in self.hands.sets if node[0] == "pair"]:
            seen: set[Node] = set()
            todo = list(edges.get(node, ()))
            while todo:
                here = todo.pop()
                if here == node:
                    return True
                if here not in seen:
                    seen.add(here)
                    todo += edges.get(here, ())
        return False

    # Windows
    def honoured(self) -> list[tuple[int, int | Children]]:
        """(until when it is honoured from where the thief stands, what), in the order of the model."""
        found: list[tuple[int, int | Children]] = []
        for thing in self.things:
            if thing.node[0] == "credential":
                c = thing.node[1]
                if self.hands.free(c) or self.hands.stand(c):
                    found.append((self.hands.honoured(c), c))
        in_hand = [one for one in self.families if self.hands.minted(one).in_hand]
        return found + [(self.hands.honoured_children(one, one.revoked_at), one) for one in in_hand]

    def told_until(self, hands: Hands, c: int) -> int:
        """What `taken` says of a credential."""
        away = hands.free(c) and not any(map(hands.confined, self.facts.verifiers[self.facts.scope_of[c]]))
        return hands.honoured(c) if away else max(hands.honoured(c), hands.taken_at(c))

    def windows(self) -> tuple[dict[int, tuple[int, int]], set[int], int, int]:
        """What was taken, what of it by the entry alone, until when all is honoured, and until when the entry's."""
        taken: dict[int, tuple[int, int]] = {}
        at_entry: set[int] = set()
        exposure = self.thief.e
        for thing in self.things:
            if thing.node[0] != "credential" or self.hands.within_reach(thing.node[1]):
                continue
            c = thing.node[1]
            taken[c] = self.hands.taken_at(c), self.told_until(self.hands, c)
            if self.entry.taken_at(c) < NEVER:
                at_entry.add(c)
                judged = self.hands if self.facts.binding[c] == Binding.BEARER else self.entry
                if judged.free(c) or judged.stand(c):
                    exposure = max(exposure, judged.honoured(c))
        access = max([self.thief.e, *[until for until, _ in self.honoured()]])
        return taken, at_entry, access, exposure

    def reached(self) -> dict[int, tuple[int, int, int, int]]:
        """By resource: which permission worked first, when, how long any did, and after how many hops."""
        facts, hops = self.facts, self.hops()
        found: dict[int, tuple[int, int, int, int]] = {}
        by_thing: list[tuple[Thing, int, list[Interval]]] = [
            (thing, p, instants)
            for thing in self.things
            for (_, p), instants in performed(self.thief, [thing], 0, NEVER).items()
            if instants
        ]
        for r in set(facts.resource_of):
            mine = [row for row in by_thing if facts.resource_of[row[1]] == r]
            here = [(first(instants), p, thing, instants) for thing, p, instants in mine]
            at, p = min([(start, p) for start, p, *_ in here], default=(NEVER, -1))
            if at < self.thief.end:
                held = [interval for *_, instants in here for interval in instants]
                length = sum(b - a for a, b in meet(held, [(self.thief.e, self.thief.end)]))
                found[r] = p, at, length, min(hops[thing.node] for start, _, thing, _ in here if start == at)
        return found

    # Decomposition
    def before(self, response: Response, what: int | Children) -> int:
        """Until when this response let it live at its issuer."""
        date = self.first_fate[what] if isinstance(what, int) else NEVER
        for earlier in self.responses[: self.responses.index(response)]:
            ended = earlier.credentials.get(what) if isinstance(what, int) else earlier.children.get(what.order)
            date = min(date, NEVER if ended is None else ended)
        return date

    def without(self, response: Response, what: int | Children) -> int:
        """Until when it would have been honoured without this response."""
        if not isinstance(what, int):
            return self.hands.honoured_children(what, self.before(response, what))
        dates = list(self.hands.fate.revoked_at)
        dates[what] = self.before(response, what)
        return Hands(self.thief, type(self.hands.fate)(self.facts, dates), self.hands.sets).honoured(what)

    def milestones(self, access: int) -> Milestones:
        """Of the response that ended what was honoured longest."""
        ending = next((what for until, what in self.honoured() if until == access), None)
        if ending is None:
            return NONE_OF_THEM
        for response in reversed(self.responses):
            ends: dict[Any, int] = {**response.credentials, **response.children}
            name = ending if isinstance(ending, int) else ending.order
            if name in ends:
                # The last response that shortened its life is the one whose instant stands in its row.
                if self.without(response, ending) > access:
                    return self.clipped(response, ends[name], access, access)
                break
        if isinstance(ending, Children):
            b = last(ending.mints)
            for response in self.responses:
                for end, revoked in response.ends:
                    if end in (b, b - self.thief.dwell):
                        return self.clipped(response, revoked, end, access)
        return NONE_OF_THEM

    def clipped(self, response: Response, revoked: int, cut: int, access: int) -> Milestones:
        """Each at most the next, within the window."""
        found = [response.answer.detected, response.answer.triaged, response.answer.at, revoked, cut]
        for i in (3, 2, 1, 0):
            found[i] = min(found[i], found[i + 1])
        a, b, c, d, f = (min(max(t, self.thief.e), access) for t in found)
        return a, b, c, d, f

    def collateral(self) -> int:
        """Accepted calls whose credential some response ended, when it was accepted no more."""
        ended = {c for response in self.responses for c in response.credentials}
        return sum(c in ended and at >= self.hands.fate.accept[c][v] for c, v, at in self.facts.accepted)

    def result(self) -> SlowResult:
        taken, at_entry, access, exposure = self.windows()
        in_hand = {thing.node for thing in self.things if thing.node[0] == "pair" and thing.in_hand}
        return SlowResult(
            n_taken=len(taken),
            n_minted=len(in_hand),
            taken=taken,
            at_entry=at_entry,
            access_until=access,
            exposure_until=exposure,
            reached=self.reached(),
            persistent=self.persistent(),
            n_brokered=sum(thing.node[0] == "credential" for thing in self.things) - len(taken),
            n_responses=len(self.responses),
            milestones=self.milestones(access),
            collateral_calls=self.collateral(),
            responses=tuple(response.answer.at for response in self.responses),
        )
