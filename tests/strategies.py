"""Hypothesis strategies: small but nasty ledgers, entrances and thieves."""

from __future__ import annotations

import heapq
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st
from reference.slow_honoured import slow_accept_until
from reference.slow_world import World

from nhilab.base.estate import Isolation, When
from nhilab.base.quantities import NEVER
from nhilab.ledger.tables import Binding, Cause, Ledger, Owner, Source

OPERATIONS = ("admin", "read", "write")
CLASSES = ("database", "secret-store")
ENVIRONMENTS = ("prod", "test")
DIMENSIONS = ("environment", "resource_class", "resource", "operation")


def _maybe(draw: Any, percent: int) -> bool:
    """True about so often; shrinks to False."""
    return draw(st.integers(0, 99)) >= 100 - percent


def _ttl(draw: Any) -> int:
    return NEVER if _maybe(draw, 10) else draw(st.integers(1, 40))


class _Run:
    """A tiny run of the tasks of a world: slots, calls, credentials, copies, all by MODEL.md."""

    def __init__(self, draw: Any, world: World, step: int) -> None:
        self.draw = draw
        self.world = world
        self.step = step
        self.rows = world.rows
        self.live: dict[tuple[int, ...], int] = {}
        self.credentials: list[dict[str, Any]] = []
        self.uses: dict[int, dict[int, int]] = {}
        self.scopes: dict[tuple[Any, ...], int] = {}
        self.first_instance: list[int] = []
        n = 0
        for workload in self.rows["workloads"]:
            self.first_instance.append(n)
            n += workload["count"]
        self.last_stage: dict[int, int] = {stage["chain"]: k for k, stage in enumerate(self.rows["stages"])}
        self.held: dict[int, list[int]] = {i: [] for i in range(len(self.rows["identities"]))}
        for row in self.rows["grants"]:
            self.held[row["identity"]].append(row["permission"])

    def length(self, low: int, high: int) -> int:
        return self.draw(st.integers(low * self.step, high * self.step))

    # Scopes and buckets
    def values(self, permission: int) -> dict[str, Any]:
        row = self.rows["permissions"][permission]
        resource = self.rows["resources"][row["resource"]]
        return {
            "environment": resource["environment"], "resource_class": resource["resource_class"],
            "resource": row["resource"], "operation": row["operation"],
        }  # fmt: skip

    def scope(self, identity: int, permission: int, dimensions: tuple[str, ...]) -> int:
        if not dimensions:
            return identity
        bucket = {d: self.values(permission)[d] for d in dimensions}
        key = (identity, *sorted(bucket.items()))
        if key not in self.scopes:
            inside = [p for p in self.held[identity] if all(self.values(p)[d] == value for d, value in bucket.items())]
            self.scopes[key] = self.world.scope(identity, inside, **bucket)
        return self.scopes[key]

    # Credentials
    def new_credential(self, stage: int, scope: int, owner_kind: int, owner: int, **row: Any) -> int:
        binding = self.rows["stages"][stage]["binding"] if stage >= 0 else int(Binding.BEARER)
        given = {"stage": stage, "scope": scope, "owner_kind": owner_kind, "owner": owner, "binding": binding}
        self.credentials.append(given | row)
        self.uses[len(self.credentials) - 1] = {}
        return len(self.credentials) - 1

    def owner(self, stage: int, task: int, call: int) -> tuple[int, int]:
        kind = self.rows["stages"][stage]["issue_per"]
        row = self.rows["tasks"][task]
        workload = self.rows["workloads"][row["workload"]]
        owners = {
            Owner.CALL: call, Owner.TASK: task, Owner.WORKLOAD: row["instance"],
            Owner.PLACE: workload["place"], Owner.IDENTITY: workload["identity"],
        }  # fmt: skip
        return kind, owners[Owner(kind)]

    def standing(self) -> None:
        """Standing credentials exist from time 0, one per owner that has a workload."""
        owners = set()
        for w, workload in enumerate(self.rows["workloads"]):
            for instance in range(self.first_instance[w], self.first_instance[w] + workload["count"]):
                for k, stage in enumerate(self.rows["stages"]):
                    if stage["source"] == Source.STANDING and stage["chain"] == workload["chain"]:
                        owner = {
                            Owner.WORKLOAD: instance, Owner.PLACE: workload["place"],
                            Owner.IDENTITY: workload["identity"],
                        }[stage["issue_per"]]  # fmt: skip
                        owners.add((k, stage["issue_per"], owner, workload["identity"]))
        for k, kind, owner, identity in sorted(owners):
            ttl = self.rows["stages"][k]["effective_ttl"]
            self.live[k, kind, owner, identity, identity] = self.new_credential(
                k, identity, kind, owner, call=-1, requested_at=0, issued_at=0, expires_at=min(ttl, NEVER), parent=-1
            )
        for name in sorted({row["name"] for row in self.rows["standing"]}):
            row = next(row for row in self.rows["standing"] if row["name"] == name)
            self.new_credential(
                -1, row["identity"], int(Owner.IDENTITY), row["identity"], call=-1, requested_at=0, issued_at=0,
                expires_at=row["expires_at"], parent=-1, binding=row["binding"], name=name,
            )  # fmt: skip

    def obtain(self, stage: int, task: int, call: int, permission: int, t: int) -> tuple[int, int]:
        """The credential of the call's slot, and when the client has it."""
        row = self.rows["stages"][stage]
        identity = self.rows["workloads"][self.rows["tasks"][task]["workload"]]["identity"]
        scope = self.scope(identity, permission, row["dimensions"])
        kind, owner = self.owner(stage, task, call)
        key = (stage, kind, owner, identity, scope)
        c = self.live.get(key, -1)
        if c >= 0:
            t2 = max(t, self.credentials[c]["issued_at"])
            if t2 < self.credentials[c]["expires_at"]:
                self.use(c, task, t2)
                return c, t2
        parent, asked = -1, t
        if row["source"] == Source.PREVIOUS:
            parent, asked = self.obtain(stage - 1, task, call, permission, t)
        issued = asked + self.length(0, 3)
        c = self.new_credential(
            stage, scope, kind, owner, call=call, requested_at=asked, issued_at=issued,
            expires_at=min(issued + row["effective_ttl"], NEVER), parent=parent,
        )  # fmt: skip
        self.live[key] = c
        self.use(c, task, issued)
        return c, issued

    def use(self, c: int, task: int, t: int) -> None:
        self.uses[c][task] = min(t, self.uses[c].get(task, t))

    # Time
    def run(self, plans: list[dict[str, Any]]) -> None:
        """Tasks in order of arrival; calls one after the other, as they become ready."""
        self.standing()
        calls, tasks = self.rows["calls"], self.rows["tasks"]
        for number, plan in enumerate(plans):
            first_call = len(calls)
            for permission in plan["permissions"]:
                calls.append({"task": number, "permission": permission, "credential": -1})
            tasks.append(
                {
                    "workload": plan["workload"],
                    "instance": plan["instance"],
                    "slot": plan["slot"],
                    "arrived_at": plan["at"],
                    "first_call": first_call,
                    "n_calls": len(plan["permissions"]),
                }
            )
        waiting: dict[int, list[int]] = {}
        free: dict[int, set[int]] = {
            q: set(range(place["slots"] if place["slots"] >= 0 else len(plans)))
            for q, place in enumerate(self.rows["places"])
            if place["isolation"] == Isolation.SLOT
        }  # fmt: skip
        # Kinds of events, in the order of one instant: 0 a task ends, 1 a task arrives, 2 a call is ready.
        events: list[tuple[int, int, int, int]] = [(plan["at"], 1, n, 0) for n, plan in enumerate(plans)]
        heapq.heapify(events)

        def go_on(task: int, i: int, t: int) -> None:
            """From the end of call i − 1 (or the start) to call i, or to the end of the task."""
            if i < tasks[task]["n_calls"]:
                heapq.heappush(events, (t + self.length(0, 8), 2, task, i))
            else:
                heapq.heappush(events, (t + self.length(0, 8), 0, task, 0))

        def start(task: int, t: int) -> None:
            tasks[task]["started_at"] = t
            go_on(task, 0, t)

        while events:
            t, kind, task, i = heapq.heappop(events)
            workload = self.rows["workloads"][tasks[task]["workload"]]
            place = workload["place"]
            if kind == 0:
                tasks[task]["ended_at"] = t
                if place in free:
                    free[place].add(tasks[task]["slot"])
            if kind == 1:
                waiting.setdefault(place, []).append(task)
            if kind < 2:
                queue = waiting.get(place, [])
                while queue and (place not in free or free[place]):
                    if place in free:
                        tasks[queue[0]]["slot"] = min(free[place])
                        free[place].remove(min(free[place]))
                    start(queue.pop(0), t)
            if kind == 2:
                row = calls[tasks[task]["first_call"] + i]
                stage = self.last_stage[workload["chain"]]
                c, arrived = self.obtain(stage, task, tasks[task]["first_call"] + i, row["permission"], t)
                row.update(credential=c, ready_at=t, arrived_at=arrived, ended_at=arrived + self.length(0, 3))
                row["logged"] = self.log_of(place) >= 0 and _maybe(self.draw, 50)
                go_on(task, i + 1, row["ended_at"])

    def log_of(self, place: int) -> int:
        return self.rows["places"][place].get("log", -1)

    # After the run
    def finish(self) -> None:
        """Ends and revocations, then credentials in order of issuance."""
        calls, tasks = self.rows["calls"], self.rows["tasks"]
        for c, row in enumerate(self.credentials):
            stage = self.rows["stages"][row["stage"]] if row["stage"] >= 0 else {}
            row["owner_end"] = {
                Owner.CALL: lambda row=row: calls[row["owner"]]["ended_at"],
                Owner.TASK: lambda row=row: tasks[row["owner"]]["ended_at"],
            }.get(Owner(row["owner_kind"]), lambda: NEVER)()
            ends = [tasks[task]["ended_at"] for task in self.uses[c]]
            row["purpose_end"] = max(ends, default=row["issued_at"])
            row["n_uses"] = sum(call["credential"] == c for call in calls)
            if stage.get("revoked_at_task_end") and row["owner_kind"] in (Owner.CALL, Owner.TASK):
                task = row["owner"] if row["owner_kind"] == Owner.TASK else calls[row["owner"]]["task"]
                end = tasks[task]["ended_at"]
                if end < row["expires_at"]:
                    row["revocation_requested_at"] = end
                    row["revoked_at"] = end + self.length(0, 5)
            elif _maybe(self.draw, 25):
                row["revocation_requested_at"] = row["issued_at"] + self.length(0, 40)
                row["revoked_at"] = row["revocation_requested_at"] + self.length(0, 5)
        order = sorted(
            range(len(self.credentials)),
            key=lambda c: (self.credentials[c]["call"] >= 0, self.credentials[c]["issued_at"], c),
        )
        new = {old: number for number, old in enumerate(order)} | {-1: -1}
        for call in calls:
            call["credential"] = new[call["credential"]]
        for old in order:
            row = self.credentials[old]
            row["parent"] = new[row["parent"]]
            self.rows["credentials"].append({key: value for key, value in row.items() if key != "name"})
            if row["stage"] < 0:
                for there in self.rows["standing"]:
                    if there["name"] == row["name"]:
                        self.lasting(new[old], there["place"], 0, NEVER, Cause.OWNER)
            else:
                self.copies(new[old], row, self.uses[old])
                self.copied(new[old], row)
        self.astray()

    def copies(self, c: int, row: dict[str, Any], used: dict[int, int]) -> None:
        """Where the credential lies: MODEL.md section 6."""
        tasks, workloads = self.rows["tasks"], self.rows["workloads"]
        kind, owner, issued = Owner(row["owner_kind"]), row["owner"], row["issued_at"]
        identity = self.rows["scopes"][row["scope"]]["identity"]
        home = -1
        if kind in (Owner.CALL, Owner.TASK):
            home = owner if kind == Owner.TASK else self.rows["calls"][owner]["task"]
            places = [workloads[tasks[home]["workload"]]["place"]]
        elif kind == Owner.WORKLOAD:
            w = max(w for w, first in enumerate(self.first_instance) if first <= owner)
            places = [workloads[w]["place"]]
        elif kind == Owner.PLACE:
            places = [owner]
        else:
            places = sorted({w["place"] for w in workloads if w["identity"] == identity})
        is_standing = self.rows["stages"][row["stage"]]["source"] == Source.STANDING
        for q in places:
            place = self.rows["places"][q]
            if place["isolation"] == Isolation.SHARED:
                self.stay(c, q, 0, issued, row["owner_end"] + place["residue"], Cause.OWNER)
            elif home >= 0:
                self.stay(c, q, self.unit(home), issued, row["owner_end"] + place["residue"], Cause.OWNER)
            else:
                for task, task_row in enumerate(tasks):
                    workload = workloads[task_row["workload"]]
                    if workload["place"] != q or workload["identity"] != identity:
                        continue
                    if kind == Owner.WORKLOAD and task_row["instance"] != owner:
                        continue
                    if not (is_standing or task in used):
                        continue
                    start = max(task_row["started_at"], issued) if is_standing else used[task]
                    self.stay(c, q, self.unit(task), start, task_row["ended_at"] + place["residue"], Cause.OWNER)
        for call in self.rows["calls"]:
            if call["credential"] == c and call["logged"]:
                log = self.log_of(workloads[tasks[call["task"]]["workload"]]["place"])
                residue = self.rows["places"][log]["residue"]
                self.stay(c, log, 0, call["ended_at"], call["ended_at"] + residue, Cause.LOGGED)

    def copied(self, c: int, row: dict[str, Any]) -> None:
        """What `copies_to` of its workloads adds."""
        kind, owner = Owner(row["owner_kind"]), row["owner"]
        identity = self.rows["scopes"][row["scope"]]["identity"]
        for there in self.rows["copies_to"]:
            workload = self.rows["workloads"][there["workload"]]
            low = self.first_instance[there["workload"]]
            its = {
                Owner.WORKLOAD: low <= owner < low + workload["count"],
                Owner.PLACE: owner == workload["place"],
                Owner.IDENTITY: True,
            }.get(kind, False)
            if its and workload["identity"] == identity:
                until = row.get("superseded_at", NEVER) if there["rotated"] else NEVER
                self.lasting(c, there["place"], row["issued_at"], until, Cause.COPIED)

    def lasting(self, c: int, q: int, start: int, until: int, cause: Cause) -> None:
        """A copy that stays with a place, or with every task that runs there meanwhile."""
        place = self.rows["places"][q]
        if place["isolation"] == Isolation.SHARED:
            self.stay(c, q, 0, start, until + place["residue"], cause)
            return
        for task, row in enumerate(self.rows["tasks"]):
            here = self.rows["workloads"][row["workload"]]["place"] == q
            low, high = max(row["started_at"], start), row["ended_at"]
            if here and low < min(high, until):
                self.stay(c, q, self.unit(task), low, high + place["residue"], cause)

    def astray(self) -> None:
        """A few more copies of any cause anywhere, as queues, child tasks and resources get them."""
        units = [(row["place"], row["unit"]) for row in self.rows["copies"]]
        units += [(q, 0) for q, place in enumerate(self.rows["places"]) if place["isolation"] == Isolation.SHARED]
        units += [
            (self.rows["workloads"][row["workload"]]["place"], self.unit(task))
            for task, row in enumerate(self.rows["tasks"])
        ]
        if not units or not self.credentials:
            return
        for _ in range(self.draw(st.sampled_from([0, 0, 1, 2, 3]))):
            c = self.draw(st.integers(0, len(self.credentials) - 1))
            cause = self.draw(st.sampled_from([c for c in Cause if c != Cause.LOGGED]))
            q, unit = self.draw(st.sampled_from(units))
            start = self.rows["credentials"][c]["issued_at"] + self.length(0, 30)
            until = NEVER if _maybe(self.draw, 20) else start + self.length(1, 30)
            self.stay(c, q, unit, start, until, cause)

    def unit(self, task: int) -> int:
        place = self.rows["workloads"][self.rows["tasks"][task]["workload"]]["place"]
        isolation = self.rows["places"][place]["isolation"]
        return {Isolation.SHARED: 0, Isolation.SLOT: self.rows["tasks"][task]["slot"], Isolation.TASK: task}[isolation]

    def stay(self, c: int, place: int, unit: int, start: int, until: int, cause: Cause) -> None:
        if start < until:
            self.world.add(
                "copies", credential=c, place=place, unit=unit, from_at=start, until_at=min(until, NEVER),
                cause=int(cause),
            )  # fmt: skip


def _estate(draw: Any, world: World, step: int, bare: bool) -> None:
    """Verifiers, resources, identities, grants, places, workloads; then what is copied, and what nobody manages."""

    def length(low: int, high: int) -> int:
        return draw(st.integers(low * step, high * step))

    for _ in range(draw(st.integers(1, 2))):
        self_contained = draw(st.booleans())
        caches = () if self_contained else tuple(length(0, 20) for _ in range(draw(st.integers(0, 2))))
        world.verifier(
            caches, self_contained=self_contained, leeway=length(0, 5),
            session_time=NEVER if _maybe(draw, 5) else length(0, 10) if _maybe(draw, 30) else 0,
        )  # fmt: skip
    n_verifiers = len(world.rows["verifiers"])
    for r in range(draw(st.sampled_from([1, 2, *[3, 4, 5, 6] * 3]))):
        world.add(
            "resources", name=f"resource-{r}", resource_class=draw(st.sampled_from(CLASSES)),
            environment=draw(st.sampled_from(ENVIRONMENTS)), sensitivity=float(draw(st.integers(1, 3))),
            verifier=draw(st.integers(0, n_verifiers - 1)), crown_jewel=draw(st.booleans()),
        )  # fmt: skip
        for operation in sorted(draw(st.sets(st.sampled_from(OPERATIONS), min_size=1, max_size=3))):
            world.permission(resource=r, operation=operation)
    permissions = range(len(world.rows["permissions"]))
    for _ in range(draw(st.sampled_from([1, 2, *[3, 4] * 3]))):
        least = 0 if bare and _maybe(draw, 20) else 1
        world.identity(*sorted(draw(st.sets(st.sampled_from(permissions), min_size=least, max_size=3))))
    n_places = _places(draw, world, step)
    _workloads(draw, world, n_places)
    _lasting(draw, world, step)


def _places(draw: Any, world: World, step: int) -> int:
    """Places where workloads run, whose number is returned; maybe a log, and a host around some of all these."""

    def length(low: int, high: int) -> int:
        return draw(st.integers(low * step, high * step))

    n_places = draw(st.sampled_from([1, *[2, 3] * 3]))
    log = n_places if _maybe(draw, 70) else -1
    for _ in range(n_places):
        isolation = draw(st.sampled_from(list(Isolation)))
        printing = log if log >= 0 and _maybe(draw, 75) else -1
        slots = -1 if isolation != Isolation.SLOT or _maybe(draw, 15) else draw(st.integers(1, 2))
        world.place(
            kind="runner", isolation=int(isolation), residue=length(0, 20) if _maybe(draw, 60) else 0,
            slots=slots, log=printing, logs_token_probability=0.5 if printing >= 0 else 0.0,
        )  # fmt: skip
    if log >= 0:
        world.place(kind="log", isolation=int(Isolation.SHARED), residue=NEVER if _maybe(draw, 10) else length(1, 30))
    if _maybe(draw, 40):
        world.place(isolation=int(Isolation.SHARED), residue=0)
    _nesting(draw, world)
    return n_places


def _nesting(draw: Any, world: World) -> None:
    """Some places lie inside shared ones, in no circle."""
    places = world.rows["places"]
    for q, place in enumerate(places):
        outer: list[int] = []
        for o, other in enumerate(places):
            around = o
            while around not in (q, -1):
                around = places[around].get("inside", -1)
            if around != q and other["isolation"] == Isolation.SHARED:
                outer.append(o)
        if outer and _maybe(draw, 35):
            place["inside"] = draw(st.sampled_from(outer))


def _workloads(draw: Any, world: World, n_places: int) -> None:
    """Workloads and what they call; each row also holds its chain of stages, taken out again later."""
    granted = {row["identity"] for row in world.rows["grants"]}
    for w in range(draw(st.sampled_from([1, *[2, 3, 4] * 3]))):
        identity = draw(st.integers(0, len(world.rows["identities"]) - 1))
        world.add(
            "workloads", name=f"workload-{w}", kind="agent", identity=identity,
            place=draw(st.integers(0, n_places - 1)), count=draw(st.integers(1, 2)), chain=0,
        )  # fmt: skip
        if identity in granted:
            own = [row["permission"] for row in world.rows["grants"] if row["identity"] == identity]
            world.add("targets", workload=w, permission=draw(st.sampled_from(own)), weight=1.0)


def _lasting(draw: Any, world: World, step: int) -> None:
    """Places that receive copies, and credentials that no strategy manages."""
    places = st.integers(0, len(world.rows["places"]) - 1)
    for w in range(len(world.rows["workloads"])):
        if _maybe(draw, 20):
            world.add("copies_to", workload=w, place=draw(places), rotated=draw(st.booleans()))
    for n in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        row = {
            "name": f"standing-{n}", "identity": draw(st.integers(0, len(world.rows["identities"]) - 1)),
            "expires_at": draw(st.sampled_from([NEVER, 30 * step])), "binding": int(draw(st.sampled_from(Binding))),
        }  # fmt: skip
        for place in sorted(draw(st.sets(places, min_size=1, max_size=2))):
            world.add("standing", place=place, **row)


CHAINS = (
    (Source.ATTESTED,),
    (Source.STANDING,),
    (Source.ATTESTED, Source.PREVIOUS),
    (Source.STANDING, Source.PREVIOUS),
)


BINDINGS = [*[Binding.BEARER] * 2, *Binding, Binding.EXPORTABLE_KEY, Binding.NON_EXPORTABLE]


def _strategy(draw: Any, world: World, step: int) -> None:
    """One or two chains of one or two stages; each row also holds its scope dimensions, taken out again later."""
    n_chains = 2 if _maybe(draw, 40) else 1
    chains = [draw(st.sampled_from(CHAINS)) for _ in range(n_chains)]
    if _maybe(draw, 10):
        chains[-1] = (*chains[-1], Source.PREVIOUS)
    stages = [(chain, source) for chain, sources in enumerate(chains) for source in sources]
    for k, (chain, source) in enumerate(stages):
        standing = source == Source.STANDING
        owners = [Owner.WORKLOAD, Owner.PLACE, Owner.IDENTITY] if standing else list(Owner)
        dimensions = () if standing else tuple(sorted(draw(st.sets(st.sampled_from(DIMENSIONS), max_size=2))))
        ttl = _ttl(draw)
        if standing and _maybe(draw, 40):
            ttl = NEVER
        ttl = ttl if ttl == NEVER else ttl * step
        binding = draw(st.sampled_from(BINDINGS))
        world.stage(
            ttl, int(source), issuer=f"issuer-{k}", issue_per=int(draw(st.sampled_from(owners))), binding=int(binding),
            revoked_at_task_end=draw(st.booleans()), dimensions=dimensions, chain=chain,
        )  # fmt: skip
    for workload in world.rows["workloads"]:
        workload["chain"] = draw(st.integers(0, n_chains - 1))
    _managed(draw, world)


def _managed(draw: Any, world: World) -> None:
    """The stages of the chains that an identity's workloads follow, or now and then any stages at all."""
    stages = world.rows["stages"]
    pairs = set()
    for identity in range(len(world.rows["identities"])):
        chains = {w["chain"] for w in world.rows["workloads"] if w["identity"] == identity} or {0}
        pairs |= {(identity, k) for k, stage in enumerate(stages) if stage["chain"] in chains}
    if _maybe(draw, 15):
        pairs = draw(st.sets(st.sampled_from(sorted(pairs)), min_size=1))
    for identity, stage in sorted(pairs):
        world.add("managed", identity=identity, stage=stage)


def _reach(draw: Any, world: World) -> None:
    """Openings of places and identities, and trust: whoever runs somewhere as an attested identity, and more."""
    permissions = st.integers(0, len(world.rows["permissions"]) - 1)
    identities = st.integers(0, len(world.rows["identities"]) - 1)
    places = st.integers(0, len(world.rows["places"]) - 1)
    whens = st.sampled_from([int(When.NOW), int(When.NEXT_TASK)])
    granted = [(row["identity"], row["permission"]) for row in world.rows["grants"]]
    held = st.sampled_from([p for _, p in granted]) if granted else permissions
    least = draw(st.sampled_from([0, 1, 2, 3]))
    openings: set[tuple[int, int, int, int]] = set()
    for permission, place, when in draw(st.lists(st.tuples(held, places, whens), min_size=least, max_size=4)):
        openings.add((permission, place, -1, when))
    for permission, identity in draw(st.lists(st.tuples(held, identities), max_size=1)):
        openings.add((permission, -1, identity, int(When.NOW)))
    if granted:
        shape = draw(st.sampled_from(["none", "none", "none", "chain", "chain", "chain", "self", "mutual"]))
        own: dict[int, list[int]] = {}
        for identity, permission in granted:
            own.setdefault(identity, []).append(permission)
        members = sorted(own)
        if shape == "self":
            openings.add((draw(st.sampled_from(own[members[0]])), -1, members[0], 0))
        if shape in ("mutual", "chain"):
            pairs = list(pairwise(members))
            if shape == "mutual":
                pairs = [(i, j) for i, j in pairs[:1]] + [(j, i) for i, j in pairs[:1]]
            for i, j in pairs:
                openings.add((draw(st.sampled_from(own[i])), -1, j, 0))
    for permission, place, identity, when in sorted(openings):
        world.add("openings", permission=permission, place=place, identity=identity, when=when)
    trusted = set(draw(st.lists(st.tuples(identities, places), max_size=2)))
    if any(stage["source"] == Source.ATTESTED for stage in world.rows["stages"]):
        trusted |= {(w["identity"], w["place"]) for w in world.rows["workloads"]}
    for identity, place in sorted(trusted):
        world.add("attestations", identity=identity, place=place)


def _plans(draw: Any, world: World, step: int) -> list[dict[str, Any]]:
    """Tasks in order of arrival, with what they call for."""
    first_instance, n = [], 0
    for workload in world.rows["workloads"]:
        first_instance.append(n)
        n += workload["count"]
    plans = []
    for _ in range(draw(st.sampled_from([0, 1, 2, *[3, 4, 5, 6] * 3]))):
        w = draw(st.integers(0, len(first_instance) - 1))
        workload = world.rows["workloads"][w]
        own = [row["permission"] for row in world.rows["grants"] if row["identity"] == workload["identity"]]
        plans.append(
            {
                "workload": w,
                "instance": first_instance[w] + draw(st.integers(0, workload["count"] - 1)),
                "slot": draw(st.integers(0, 2)),
                "at": draw(st.integers(0, 40 * step)),
                "permissions": draw(st.lists(st.sampled_from(own), max_size=3)) if own else [],
            }
        )
    return sorted(plans, key=lambda plan: plan["at"])


@st.composite
def ledgers(draw: Any, *, step: int = 1, bare: bool = False) -> Ledger:
    """A small ledger that a run could have left behind.

    Times are whole numbers up to about 100, so ties and touching intervals are frequent; `step` stretches
    all lengths (not their number), which makes them rare. `bare` allows identities without grants.
    """
    world = World()
    _estate(draw, world, step, bare)
    _strategy(draw, world, step)
    _reach(draw, world)
    run = _Run(draw, world, step)
    run.run(_plans(draw, world, step))
    run.finish()
    for stage in world.rows["stages"]:
        del stage["dimensions"]
    for workload in world.rows["workloads"]:
        del workload["chain"]
    return world.ledger()


def without_ties() -> st.SearchStrategy[Ledger]:
    """Ledgers whose instants almost never coincide."""
    return ledgers(step=997)


def _instants(ledger: Ledger) -> list[int]:
    """Instants at which something happens."""
    columns = [
        ledger.tasks.started_at, ledger.tasks.ended_at, ledger.copies.from_at, ledger.copies.until_at,
        ledger.credentials.expires_at, ledger.credentials.revoked_at,
    ]  # fmt: skip
    accept = [
        slow_accept_until(ledger, c, v)
        for c in range(len(ledger.credentials))
        for v in range(len(ledger.estate.verifiers))
    ]
    times = {t for column in columns for t in column.tolist()} | set(accept)
    return sorted(t for t in times if t < NEVER)


def _slots(ledger: Ledger, place: int) -> int:
    """How many slots of the place were ever there."""
    there = ledger.estate.workloads.place[ledger.tasks.workload] == place
    limit = int(ledger.estate.places.slots[place])
    return limit if limit >= 0 else 1 + max(ledger.tasks.slot[there].tolist(), default=-1)


@st.composite
def entrances(draw: Any, ledger: Ledger) -> dict[str, int]:
    """A way in, as `slow_campaign` takes it: a foothold on one unit, or a copy read in a log."""
    dwell, dormancy = draw(st.integers(0, 30)), draw(st.integers(0, 5))
    given = {"place": -1, "unit": -1, "copy": -1, "dwell": dwell, "dormancy": dormancy}
    given["takes_keys"] = draw(st.booleans())
    logged = [row for row, cause in enumerate(ledger.copies.cause.tolist()) if cause == Cause.LOGGED]
    if logged and _maybe(draw, 40):
        copy = draw(st.sampled_from(logged))
        lag = draw(st.integers(0, 20))
        return given | {"entered_at": int(ledger.copies.from_at[copy]) + lag, "copy": copy}
    units: list[tuple[int, int, int, int]] = []
    top = max([70, *_instants(ledger)])
    for q, isolation in enumerate(ledger.estate.places.isolation.tolist()):
        if isolation == Isolation.SHARED:
            units.append((q, 0, 0, top))
        elif isolation == Isolation.SLOT:
            units += [(q, unit, 0, top) for unit in range(_slots(ledger, q))]
        else:
            for task, workload in enumerate(ledger.tasks.workload.tolist()):
                start, end = int(ledger.tasks.started_at[task]), int(ledger.tasks.ended_at[task])
                if int(ledger.estate.workloads.place[workload]) == q and start < end:
                    units.append((q, task, start, end - 1))
    if not units:
        return given | {"entered_at": NEVER}
    rows = zip(ledger.copies.place.tolist(), ledger.copies.unit.tolist(), strict=True)
    filled = set(rows) & {unit[:2] for unit in units}
    if filled and _maybe(draw, 70):
        units = [unit for unit in units if unit[:2] in filled]
    place, unit, low, high = draw(st.sampled_from(units))
    marked = [t for t in _instants(ledger) if low <= t <= high]
    instants = st.integers(low, high)
    entered_at = draw(instants | st.sampled_from(marked) if marked else instants)
    return given | {"entered_at": entered_at, "place": place, "unit": unit}


@st.composite
def thieves(draw: Any) -> dict[str, int]:
    """How fast a thief is, and how long it is watched."""
    return {"hop_time": draw(st.integers(0, 10)), "follow_up": draw(st.integers(1, 80))}
