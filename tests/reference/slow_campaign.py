"""One campaign, told slowly from MODEL.md sections 5 to 7 alone: apply every rule until nothing changes."""

from __future__ import annotations

from dataclasses import dataclass

from reference.slow_honoured import later, slow_accept_until, slow_honoured_until

from nhilab.base.estate import Isolation, When
from nhilab.base.quantities import NEVER
from nhilab.ledger.tables import Binding, Cause, Ledger, Source

Interval = tuple[int, int]
KEY_LIES_THERE = (Cause.OWNER, Cause.COPIED)
Node = tuple[str, int, int]
"""("unit", place, unit), ("credential", row, 0) or ("pair", scope, stage)."""


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


@dataclass(frozen=True)
class Thing:
    """Something in hand: what it permits, when it is usable at each verifier, when it mints its next stage."""

    scope: int
    stage: int
    usable: dict[int, list[Interval]]
    minting: list[Interval]
    in_hand: bool


# Sets of instants: sorted lists of disjoint intervals that do not touch ------------------------------------


def union(*sets: list[Interval]) -> list[Interval]:
    merged: list[Interval] = []
    for a, b in sorted(interval for one in sets for interval in one):
        if a >= b:
            continue
        if merged and a <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], b))
        else:
            merged.append((a, b))
    return merged


def meet(one: list[Interval], other: list[Interval]) -> list[Interval]:
    return union([(max(a, c), min(b, d)) for a, b in one for c, d in other if max(a, c) < min(b, d)])


def first(instants: list[Interval]) -> int:
    return instants[0][0] if instants else NEVER


def last(instants: list[Interval]) -> int:
    return instants[-1][1] if instants else 0


# The ledger as plain lists ---------------------------------------------------------------------------------


class Facts:
    """Everything a campaign needs to know of the ledger, looked up once."""

    def __init__(self, ledger: Ledger) -> None:
        estate = ledger.estate
        self.verifier_of = [int(estate.resources.verifier[r]) for r in estate.permissions.resource.tolist()]
        self.resource_of = estate.permissions.resource.tolist()
        self.leeway = estate.verifiers.leeway.tolist()
        self.isolation = estate.places.isolation.tolist()
        self.ttl = ledger.stages.effective_ttl.tolist()
        self.source = ledger.stages.source.tolist()
        self.scope_of = ledger.credentials.scope.tolist()
        self.stage_of = ledger.credentials.stage.tolist()
        self.binding = ledger.credentials.binding.tolist()

        self.permissions: list[list[int]] = [[] for _ in range(len(ledger.scopes))]
        rows = ledger.scope_permissions
        for scope, permission in zip(rows.scope.tolist(), rows.permission.tolist(), strict=True):
            self.permissions[scope].append(permission)
        self.verifiers = [sorted({self.verifier_of[p] for p in held}) for held in self.permissions]

        self.openings: dict[int, list[tuple[int, int, int]]] = {}
        rows = estate.openings
        for p, q, j, when in zip(
            rows.permission.tolist(), rows.place.tolist(), rows.identity.tolist(), rows.when.tolist(), strict=True
        ):
            self.openings.setdefault(p, []).append((q, j, when))

        self.attested: dict[int, set[int]] = {}
        rows = estate.attestations
        for identity, place in zip(rows.identity.tolist(), rows.place.tolist(), strict=True):
            self.attested.setdefault(place, set()).add(identity)

        # Tasks by place: (unit, start, end, identity).
        self.tasks: dict[int, list[tuple[int, int, int, int]]] = {}
        for task in range(len(ledger.tasks)):
            workload = int(ledger.tasks.workload[task])
            place = int(estate.workloads.place[workload])
            unit = {
                Isolation.SHARED: 0, Isolation.SLOT: int(ledger.tasks.slot[task]), Isolation.TASK: task
            }[Isolation(self.isolation[place])]  # fmt: skip
            start, end = int(ledger.tasks.started_at[task]), int(ledger.tasks.ended_at[task])
            identity = int(estate.workloads.identity[workload])
            self.tasks.setdefault(place, []).append((unit, start, end, identity))

        self.last_stages: dict[int, list[int]] = {}
        self.managed = set(zip(ledger.managed.identity.tolist(), ledger.managed.stage.tolist(), strict=True))
        for identity, stage in sorted(self.managed):
            if not self.has_next(stage):
                self.last_stages.setdefault(identity, []).append(stage)

        # Section 5, and d of section 6.
        n = len(ledger.credentials)
        self.accept: list[dict[int, int]] = []
        self.honoured: list[int] = []
        self.mint_until: list[int] = []
        self.dead_at: list[int] = []
        for c in range(n):
            here = self.verifiers[self.scope_of[c]]
            self.accept.append({v: slow_accept_until(ledger, c, v) for v in here})
            self.honoured.append(max([slow_honoured_until(ledger, c, v) for v in here], default=0))
            self.mint_until.append(min(int(ledger.credentials.expires_at[c]), int(ledger.credentials.revoked_at[c])))
            dead = max(self.accept[c].values(), default=0)
            if self.has_next(self.stage_of[c]):
                dead = max(dead, self.mint_until[c])
            self.dead_at.append(dead)

        # Copies by credential: (place, unit, when it can be taken, whether its key lies there).
        self.copies: list[list[tuple[int, int, Interval, bool]]] = [[] for _ in range(n)]
        self.window: list[Interval] = []
        self.credential_of = ledger.copies.credential.tolist()
        for row, c in enumerate(self.credential_of):
            window = (int(ledger.copies.from_at[row]), min(int(ledger.copies.until_at[row]), self.dead_at[c]))
            self.window.append(window)
            key = int(ledger.copies.cause[row]) in KEY_LIES_THERE
            self.copies[c].append((int(ledger.copies.place[row]), int(ledger.copies.unit[row]), window, key))
        self.inner = self.inner_units(ledger)

        times = [t for tasks in self.tasks.values() for _, start, end, _ in tasks for t in (start, end)]
        times += [t for window in self.window for t in window]
        times += [t for accept in self.accept for t in accept.values()] + self.mint_until
        self.largest = max([t for t in times if t < NEVER], default=0)

    def inner_units(self, ledger: Ledger) -> dict[int, list[tuple[int, int]]]:
        """Units (place, unit) of the places right inside each place."""
        places = ledger.estate.places
        filled = set(zip(ledger.copies.place.tolist(), ledger.copies.unit.tolist(), strict=True))
        found: dict[int, list[tuple[int, int]]] = {}
        for q, outer in enumerate(places.inside.tolist()):
            if outer < 0:
                continue
            units = {0}
            if self.isolation[q] != Isolation.SHARED:
                units = {unit for unit, *_ in self.tasks.get(q, [])} | {u for place, u in filled if place == q}
            if self.isolation[q] == Isolation.SLOT and places.slots[q] >= 0:
                units |= set(range(int(places.slots[q])))
            found.setdefault(outer, []).extend((q, unit) for unit in sorted(units))
        return found

    def has_next(self, stage: int) -> bool:
        return 0 <= stage < len(self.source) - 1 and self.source[stage + 1] == Source.PREVIOUS

    def life(self, stage: int, verifier: int) -> int:
        """L(k, v)."""
        return later(self.ttl[stage], self.leeway[verifier])


# The campaign ----------------------------------------------------------------------------------------------


class Campaign:
    """The state of one campaign and its rules."""

    def __init__(
        self, facts: Facts, e: int, dwell: int, dormancy: int, takes_keys: bool, hop: int, follow_up: int
    ) -> None:
        self.facts = facts
        self.takes_keys = takes_keys
        self.e = e
        self.end = later(e, follow_up)
        self.awake = later(e, dormancy)
        self.dwell = dwell
        self.hop = hop
        self.entry: dict[Node, list[Interval]] = {}
        self.leaked = -1
        self.sets: dict[Node, list[Interval]] = {}

    def used_from(self, x: int) -> int:
        return later(max(x, self.awake), self.hop)

    def feet(self, place: int, unit: int, sets: dict[Node, list[Interval]]) -> list[Interval]:
        return sets.get(("unit", place, unit), [])

    # Rule 1
    def nested(self, place: int, unit: int) -> list[Node]:
        """Units on which a foothold on this one is a foothold too."""
        return [("unit", q, u) for q, u in self.facts.inner.get(place, [])] if unit == 0 else []

    def enter(self, place: int, unit: int) -> None:
        """The entry's foothold, on all that lies inside too."""
        todo: list[Node] = [("unit", place, unit)]
        while todo:
            node = todo.pop()
            self.entry[node] = [(self.e, later(self.e, max(self.dwell, 1)))]
            todo += [inner for inner in self.nested(node[1], node[2]) if inner not in self.entry]

    # Rule 2
    def meets(self, c: int, sets: dict[Node, list[Interval]], only_keys: bool) -> list[tuple[Node, list[Interval]]]:
        """When each copy of the credential (of those its key lies with) meets the foothold, with the copy's unit."""
        return [
            (("unit", place, unit), meet(self.feet(place, unit, sets), [window]))
            for place, unit, window, key in self.facts.copies[c]
            if key or not only_keys
        ]

    def stand(self, c: int, sets: dict[Node, list[Interval]]) -> list[Interval]:
        """Instants at which the thief holds the unit of a copy with its key, and the copy can be taken."""
        return union(*[instants for _, instants in self.meets(c, sets, only_keys=True)])

    def free(self, c: int, sets: dict[Node, list[Interval]]) -> bool:
        """Whether it works away from its places."""
        if self.facts.binding[c] == Binding.BEARER:
            return True
        keyed = self.facts.binding[c] == Binding.EXPORTABLE_KEY and self.takes_keys
        return keyed and first(self.stand(c, sets)) < self.end

    def taken_at(self, c: int, sets: dict[Node, list[Interval]]) -> int:
        """x(c), or NEVER if it is neither taken nor within reach."""
        x = min([first(instants) for _, instants in self.meets(c, sets, only_keys=False)], default=NEVER)
        if c == self.leaked:
            x = min(x, self.e)
        return x if x < self.end else NEVER

    # Rules 3 and 9
    def taken(self, c: int) -> Thing | None:
        facts = self.facts
        x = self.taken_at(c, self.sets)
        if x == NEVER:
            return None

        if facts.binding[c] != Binding.BEARER:
            x = first(self.stand(c, self.sets))

        def during(until: int) -> list[Interval]:
            whole = union([(self.used_from(x), until)] if x < self.end else [])
            return whole if self.free(c, self.sets) else meet(whole, self.stand(c, self.sets))

        usable = {v: during(until) for v, until in facts.accept[c].items()}
        minting = during(facts.mint_until[c]) if facts.has_next(facts.stage_of[c]) else []
        return Thing(facts.scope_of[c], facts.stage_of[c], usable, minting, True)

    # Rules 7 and 9
    def minted(self, scope: int, stage: int) -> Thing:
        facts = self.facts
        mints = self.sets.get(("pair", scope, stage), [])
        usable, minting = {}, []
        for v in facts.verifiers[scope]:
            life = facts.life(stage, v)
            usable[v] = union([(self.used_from(a), later(b, life)) for a, b in mints]) if life > self.hop else []
        if facts.has_next(stage) and facts.ttl[stage] > self.hop:
            minting = union([(self.used_from(a), later(b, facts.ttl[stage])) for a, b in mints])
        in_hand = any(facts.life(stage, v) > self.hop for v in facts.verifiers[scope])
        return Thing(scope, stage, usable, minting, in_hand and bool(mints))

    def things(self) -> dict[Node, Thing]:
        found: dict[Node, Thing] = {}
        for c in range(len(self.facts.scope_of)):
            thing = self.taken(c)
            if thing:
                found["credential", c, 0] = thing
        for kind, scope, stage in self.sets:
            if kind == "pair":
                found[kind, scope, stage] = self.minted(scope, stage)
        return found

    # Rules 5 and 6
    def opened(self, scope: int, usable: dict[int, list[Interval]]) -> list[tuple[Node, list[Interval]]]:
        """What performing the scope's permissions during these instants opens."""
        found: list[tuple[Node, list[Interval]]] = []
        for p in self.facts.permissions[scope]:
            for q, j, when in self.facts.openings.get(p, []):
                for a, b in usable.get(self.facts.verifier_of[p], []):
                    if j >= 0:
                        found += [(("pair", j, k), [(a, b)]) for k in self.facts.last_stages.get(j, [])]
                    if q >= 0:
                        found += self.opened_place(q, when, a, b)
        return found

    def opened_place(self, q: int, when: int, a: int, b: int) -> list[tuple[Node, list[Interval]]]:
        found: list[tuple[Node, list[Interval]]] = []
        tasks = self.facts.tasks.get(q, [])
        if when == When.NOW and self.facts.isolation[q] == Isolation.SHARED:
            found.append((("unit", q, 0), [(a, later(b, self.dwell))]))
        elif when == When.NOW:
            for unit, r, z, _ in tasks:
                for a2, b2 in meet([(a, b)], [(r, z)]):
                    found.append((("unit", q, unit), [(a2, later(b2, self.dwell))]))
        else:
            for unit, r, _, _ in tasks:
                between = [r2 for unit2, r2, _, _ in tasks if unit2 == unit and b <= r2 < r]
                if a <= r and not between:
                    found.append((("unit", q, unit), [(r, later(r, max(self.dwell, 1)))]))
        return found

    # Rule 8
    def attested(self, place: int, unit: int) -> list[tuple[Node, list[Interval]]]:
        found: list[tuple[Node, list[Interval]]] = []
        feet = self.feet(place, unit, self.sets)
        for stage, source in enumerate(self.facts.source):
            if source != Source.ATTESTED:
                continue
            trusted = {i for i in self.facts.attested.get(place, ()) if (i, stage) in self.facts.managed}
            if self.facts.isolation[place] == Isolation.SHARED:
                found += [(("pair", i, stage), feet) for i in trusted]
            else:
                for unit2, r, z, i in self.facts.tasks.get(place, []):
                    if unit2 == unit and i in trusted:
                        found.append((("pair", i, stage), meet(feet, [(r, z)])))
        return found

    # Rule 9
    def next_stage(self, thing: Thing) -> list[tuple[Node, list[Interval]]]:
        return [(("pair", thing.scope, thing.stage + 1), thing.minting)] if thing.minting else []

    def run(self) -> None:
        """Apply all rules until nothing changes."""
        self.sets = dict(self.entry)
        while True:
            grown = {node: list(instants) for node, instants in self.sets.items()}
            for node, instants in self.contributions():
                grown[node] = union(grown.get(node, []), instants)
            # Rule 10
            grown = {node: instants for node, instants in grown.items() if first(instants) < self.end}
            bound = self.bound(grown)
            for node, instants in grown.items():
                grown[node] = union([(a, NEVER if b > bound else b) for a, b in instants])
            if grown == self.sets:
                return
            self.sets = grown

    def bound(self, sets: dict[Node, list[Interval]]) -> int:
        """No end of a set that is finite in the fixpoint lies past this.

        Every end of an interval comes from another by "+ L" (rule 7), "+ TTL" (rule 9), "+ dwell" (rule 5),
        unchanged (rules 3, 6, 8), or is cut to a finite time of the ledger. `largest` is the largest finite time there
        is before anything is opened or minted. Follow an end past `largest` back, on a shortest way, to the last
        end that is not past it. In between nothing was cut, since a cut gives an end that is not past `largest`; so
        the end is that one plus the gains of the nodes in between. If no node comes twice, that is at most
        `largest` plus the gain of each node once. If it is more, a node came back with a later end than its own
        (with the same end, the way were not a shortest one). Then it does so again and again: starts move
        by `hop` only where ends move by more (else rules 7 and 9 do not apply), so what was not empty stays so;
        and no finite cut lies past `largest`, so what was not cut once is not cut later. The end grows without
        bound: NEVER. Only nodes that hold something can lie on the way, so just those are counted. Twice the gains,
        to be safe: a larger bound is as right, only slower.
        """
        facts = self.facts
        largest = max(facts.largest, self.end if self.end < NEVER else 0, later(self.awake, self.hop))
        largest = max([largest] + [b for instants in self.entry.values() for _, b in instants if b < NEVER])
        gains = 0
        for kind, _, stage in sets:
            if kind == "unit":
                gains += max(self.dwell, 1)
            else:
                lives = [facts.life(stage, v) for v in range(len(facts.leeway))]
                gains += max([life for life in lives if life < NEVER], default=0)
        if self.dwell >= NEVER:
            raise NotImplementedError("a dwell that never ends")
        return min(largest + 2 * gains, NEVER - 1)

    def contributions(self) -> list[tuple[Node, list[Interval]]]:
        """Rules 1 and 3 to 9 from the present state, through U(s, v) as the model has it."""
        found: list[tuple[Node, list[Interval]]] = []
        together: dict[int, dict[int, list[Interval]]] = {}
        for thing in self.things().values():
            whole = together.setdefault(thing.scope, {})
            for v, instants in thing.usable.items():
                whole[v] = union(whole.get(v, []), instants)
            found += self.next_stage(thing)
        for scope, usable in together.items():
            found += self.opened(scope, usable)
        for kind, place, unit in self.sets:
            if kind == "unit":
                found += self.attested(place, unit)
                found += [(inner, self.feet(place, unit, self.sets)) for inner in self.nested(place, unit)]
        return found

    # Paths, built afterwards: what each single source yields by itself
    def yields(self, things: dict[Node, Thing]) -> list[tuple[Node, Node, list[Interval], int]]:
        """(source, target, instants, hops) for every source alone, but not what units yield of credentials."""
        found: list[tuple[Node, Node, list[Interval], int]] = []
        for node, thing in things.items():
            for target, instants in self.opened(thing.scope, thing.usable):
                found.append((node, target, instants, 1))
            for target, instants in self.next_stage(thing):
                found.append((node, target, instants, 0))
        for node in self.sets:
            if node[0] == "unit":
                for target, instants in self.attested(node[1], node[2]):
                    found.append((node, target, instants, 0))
                feet = self.feet(node[1], node[2], self.sets)
                found += [(node, target, feet, 0) for target in self.nested(node[1], node[2])]
        return found

    def hops(self, things: dict[Node, Thing]) -> dict[Node, int]:
        """Fewest hops of everything, among the paths of its earliest instant."""
        earliest = {node: first(instants) for node, instants in self.sets.items()}
        for node in things:
            if node[0] == "credential":
                earliest[node] = self.taken_at(node[1], self.sets)
        fewest = dict.fromkeys(self.entry, 0)
        if self.leaked >= 0:
            fewest["credential", self.leaked, 0] = 0
        yielded = self.yields(things)
        for node in things:
            if node[0] == "credential":
                met = self.meets(node[1], self.sets, only_keys=False)
                yielded += [(source, node, instants, 0) for source, instants in met]
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

    def persistent(self, things: dict[Node, Thing]) -> bool:
        """Some pair that is minted for ever comes back to itself over pairs, units and keys that cannot leave them.

        A source yields a target for ever if its own set, alone, gives the target instants without end. Tasks end,
        so only what lies inside a shared place can be held for ever. Free credentials lie on no cycle.
        """
        edges: dict[Node, set[Node]] = {}
        yielded = self.yields(things)
        for node in things:
            if node[0] == "credential" and not self.free(node[1], self.sets):
                held = self.meets(node[1], self.sets, only_keys=True)
                yielded += [(source, node, instants, 0) for source, instants in held]
        for source, target, instants, _ in yielded:
            if last(instants) == NEVER:
                edges.setdefault(source, set()).add(target)
        for node in self.sets:
            if node[0] != "pair":
                continue
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

    # Results
    def honoured(self, c: int, sets: dict[Node, list[Interval]]) -> int:
        """Until when a credential in hand is honoured from where the thief stands."""
        if self.free(c, sets):
            return self.facts.honoured[c]
        return max(last(self.stand(c, sets)), self.taken_at(c, self.sets))

    def windows(self, things: dict[Node, Thing]) -> tuple[dict[int, tuple[int, int]], set[int], int, int]:
        """What was taken, what of it by the entry alone, until when all is honoured, and until when the entry's."""
        taken: dict[int, tuple[int, int]] = {}
        at_entry: set[int] = set()
        access, exposure = self.e, self.e
        for node, thing in things.items():
            if node[0] == "credential":
                c = node[1]
                if self.free(c, self.sets) or self.stand(c, self.sets):
                    access = max(access, self.honoured(c, self.sets))
                if self.facts.binding[c] == Binding.BROKERED:
                    continue
                taken[c] = self.taken_at(c, self.sets), self.honoured(c, self.sets)
                if self.taken_at(c, self.entry) < NEVER:
                    at_entry.add(c)
                    if self.free(c, self.entry) or self.stand(c, self.entry):
                        exposure = max(exposure, self.honoured(c, self.entry))
            elif thing.in_hand:
                longest = max(self.facts.life(thing.stage, v) for v in self.facts.verifiers[thing.scope])
                access = max(access, later(last(self.sets[node]), longest))
        return taken, at_entry, access, exposure

    def reached(self, things: dict[Node, Thing]) -> dict[int, tuple[int, int, int, int]]:
        """By resource: which permission worked first, when, how long any did, and after how many hops."""
        facts, hops = self.facts, self.hops(things)
        found: dict[int, tuple[int, int, int, int]] = {}
        for r in set(facts.resource_of):
            performed: dict[int, list[Interval]] = {}
            starts: list[tuple[int, int]] = []
            for node, thing in things.items():
                for p in facts.permissions[thing.scope]:
                    instants = thing.usable[facts.verifier_of[p]]
                    if facts.resource_of[p] == r and instants:
                        performed[p] = union(performed.get(p, []), instants)
                        starts.append((first(instants), hops[node]))
            at, p = min([(first(instants), p) for p, instants in performed.items()], default=(NEVER, -1))
            if at < self.end:
                held = meet(union(*performed.values()), [(self.e, self.end)])
                found[r] = p, at, sum(b - a for a, b in held), min(starts)[1]
        return found

    def result(self) -> SlowResult:
        things = self.things()
        taken, at_entry, access, exposure = self.windows(things)
        n_minted = sum(node[0] == "pair" and thing.in_hand for node, thing in things.items())
        return SlowResult(
            n_taken=len(taken),
            n_minted=n_minted,
            taken=taken,
            at_entry=at_entry,
            access_until=access,
            exposure_until=exposure,
            reached=self.reached(things),
            persistent=self.persistent(things),
            n_brokered=sum(node[0] == "credential" for node in things) - len(taken),
        )


def slow_campaign(
    ledger: Ledger,
    *,
    entered_at: int,
    place: int,
    unit: int,
    copy: int,
    dwell: int,
    dormancy: int,
    takes_keys: bool = False,
    hop_time: int,
    follow_up: int,
) -> SlowResult:
    """Replay one campaign. `copy` >= 0 means at-leak: that log copy is read and there is no foothold."""
    e = entered_at
    empty = SlowResult(0, 0, {}, set(), e, e, {}, False)
    if e >= NEVER or (copy < 0 and place < 0):
        return empty
    facts = Facts(ledger)
    campaign = Campaign(facts, e, dwell, dormancy, takes_keys, hop_time, follow_up)
    if copy >= 0:
        start, until = facts.window[copy]
        if not start <= e < until:
            return empty
        campaign.leaked = facts.credential_of[copy]
    else:
        campaign.enter(place, unit)
    campaign.run()
    result = campaign.result()
    return result if result.n_taken or result.n_minted or result.n_brokered else empty
