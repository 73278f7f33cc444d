"""What a slow campaign needs to know of the ledger, as plain lists."""

from __future__ import annotations

import dataclasses

from reference.slow_honoured import effect, later, layers_of, slow_accept_until, slow_honoured_until
from reference.slow_instants import Interval

from nhilab.base.estate import Isolation, LayerKind
from nhilab.base.quantities import NEVER
from nhilab.base.streams import derived_key, one_uniform
from nhilab.ledger.tables import Cause, Ledger, Source, Status, Unit

KEY_LIES_THERE = (Cause.OWNER, Cause.COPIED)
Node = tuple[str, int, int]
"""("unit", place, unit), ("credential", row, 0) or ("pair", scope, stage)."""
ALL_BITS = 2**64 - 1


def variate(key: int, a: int, b: int, purpose: int = 0) -> float:
    """u(K, a, b; q) of MODEL.md; b may be the place -1, whose bits are all ones."""
    return one_uniform(derived_key(key, a) ^ (b & ALL_BITS), purpose)


class Facts:
    """Everything a campaign needs to know of the ledger, looked up once."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.of_estate(ledger)
        self.of_stages(ledger)
        self.of_credentials(ledger)
        self.of_tasks(ledger)
        self.of_copies(ledger)

    def of_estate(self, ledger: Ledger) -> None:
        estate = ledger.estate
        self.verifier_of = [int(estate.resources.verifier[r]) for r in estate.permissions.resource.tolist()]
        self.resource_of = estate.permissions.resource.tolist()
        self.leeway = estate.verifiers.leeway.tolist()
        self.accepts_from = estate.verifiers.accepts_from.tolist()
        self.isolation = estate.places.isolation.tolist()
        self.network = estate.places.network.tolist()
        self.visible = estate.identities.visible.tolist()
        self.ownerless = [not owner for owner in estate.identities.owner.tolist()]

        self.identity_of = ledger.scopes.identity.tolist()
        self.permissions: list[list[int]] = [[] for _ in range(len(ledger.scopes))]
        rows = ledger.scope_permissions
        for scope, permission in zip(rows.scope.tolist(), rows.permission.tolist(), strict=True):
            self.permissions[scope].append(permission)
        self.verifiers = [sorted({self.verifier_of[p] for p in held}) for held in self.permissions]

        # Openings by permission: (place, identity, when, whether it plants a key).
        self.openings: dict[int, list[tuple[int, int, int, bool]]] = {}
        for row in range(len(estate.openings)):
            p, q, j = (int(getattr(estate.openings, name)[row]) for name in ("permission", "place", "identity"))
            when, plants = int(estate.openings.when[row]), bool(estate.openings.plants[row])
            self.openings.setdefault(p, []).append((q, j, when, plants))

        self.attested: dict[int, set[int]] = {}
        trust = estate.attestations
        for identity, place in zip(trust.identity.tolist(), trust.place.tolist(), strict=True):
            self.attested.setdefault(place, set()).add(identity)

        self.targets = {
            (int(estate.workloads.identity[workload]), permission)
            for workload, permission in zip(
                estate.targets.workload.tolist(), estate.targets.permission.tolist(), strict=True
            )
        }

    def of_stages(self, ledger: Ledger) -> None:
        stages = ledger.stages
        self.ttl_of = stages.effective_ttl.tolist()
        self.source = stages.source.tolist()
        self.issuer = stages.issuer.tolist()
        self.unit = stages.revocation_unit.tolist()
        # Section 4: an issuer whose unit is a subtree cascades.
        self.cascades = [bool(stages.cascades[k]) or self.unit[k] == Unit.SUBTREE for k in range(len(stages))]
        self.servers = stages.revocation_servers.tolist()
        self.service = stages.revocation_mean.tolist()
        self.judged = stages.judged.tolist()
        self.false_allow = stages.false_allow_probability.tolist()
        rows = ledger.outages
        self.outages: dict[str, list[Interval]] = {}
        for k, start, until in zip(rows.stage.tolist(), rows.from_at.tolist(), rows.until_at.tolist(), strict=True):
            self.outages.setdefault(self.issuer[k], []).append((start, until))
        self.last_stages: dict[int, list[int]] = {}
        self.managed = set(zip(ledger.managed.identity.tolist(), ledger.managed.stage.tolist(), strict=True))
        for identity, stage in sorted(self.managed):
            if not self.has_next(stage):
                self.last_stages.setdefault(identity, []).append(stage)

    def of_credentials(self, ledger: Ledger) -> None:
        rows = ledger.credentials
        self.scope_of, self.stage_of = rows.scope.tolist(), rows.stage.tolist()
        self.binding, self.parent = rows.binding.tolist(), rows.parent.tolist()
        self.issued_at, self.expires_at = rows.issued_at.tolist(), rows.expires_at.tolist()
        self.revoked_at, self.purpose_end = rows.revoked_at.tolist(), rows.purpose_end.tolist()
        self.known: dict[tuple[int, int], tuple[dict[int, int], dict[int, int]]] = {}
        # Accepted calls: (credential, verifier, instant).
        calls = ledger.calls
        self.accepted = [
            (int(calls.credential[call]), self.verifier_of[int(calls.permission[call])], int(calls.arrived_at[call]))
            for call in range(len(calls))
            if int(calls.status[call]) == Status.DONE and int(calls.credential[call]) >= 0
        ]

    def of_tasks(self, ledger: Ledger) -> None:
        # Tasks by place: (unit, start, end, identity).
        self.tasks: dict[int, list[tuple[int, int, int, int]]] = {}
        for task in range(len(ledger.tasks)):
            workload = int(ledger.tasks.workload[task])
            place = int(ledger.estate.workloads.place[workload])
            unit = {
                Isolation.SHARED: 0, Isolation.SLOT: int(ledger.tasks.slot[task]), Isolation.TASK: task
            }[Isolation(self.isolation[place])]  # fmt: skip
            start, end = int(ledger.tasks.started_at[task]), int(ledger.tasks.ended_at[task])
            identity = int(ledger.estate.workloads.identity[workload])
            self.tasks.setdefault(place, []).append((unit, start, end, identity))

    def of_copies(self, ledger: Ledger) -> None:
        # Copies by credential: (place, unit, stay, whether its key lies there); it may die before the stay ends.
        self.copies: list[list[tuple[int, int, Interval, bool]]] = [[] for _ in self.scope_of]
        self.credential_of = ledger.copies.credential.tolist()
        self.stay: list[Interval] = []
        for row, c in enumerate(self.credential_of):
            self.stay.append((int(ledger.copies.from_at[row]), int(ledger.copies.until_at[row])))
            key = int(ledger.copies.cause[row]) in KEY_LIES_THERE
            self.copies[c].append((int(ledger.copies.place[row]), int(ledger.copies.unit[row]), self.stay[-1], key))
        self.inner = self.inner_units(ledger)
        times = [t for tasks in self.tasks.values() for _, start, end, _ in tasks for t in (start, end)]
        times += [t for stay in self.stay for t in stay]
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

    def around(self, place: int) -> list[int]:
        """A place and those around it."""
        found = [place]
        while found[-1] >= 0 and int(self.ledger.estate.places.inside[found[-1]]) >= 0:
            found.append(int(self.ledger.estate.places.inside[found[-1]]))
        return found

    def has_next(self, stage: int) -> bool:
        return 0 <= stage < len(self.source) - 1 and self.source[stage + 1] == Source.PREVIOUS

    def ttl(self, stage: int) -> int:
        """Planted keys (stage -1) never expire."""
        return int(self.ttl_of[stage]) if stage >= 0 else NEVER

    def life(self, stage: int, verifier: int) -> int:
        """L(k, v)."""
        return later(self.ttl(stage), self.leeway[verifier])

    # Section 5 with any instant of revocation
    def accepted_until(self, c: int, revoked_at: int) -> tuple[dict[int, int], dict[int, int]]:
        """By verifier of its scope: `accept_until` and `honoured_until`."""
        if (c, revoked_at) not in self.known:
            rows = self.ledger.credentials
            dates = rows.revoked_at.copy()
            dates[c] = revoked_at
            told = dataclasses.replace(self.ledger, credentials=dataclasses.replace(rows, revoked_at=dates))
            here = self.verifiers[self.scope_of[c]]
            self.known[c, revoked_at] = (
                {v: slow_accept_until(told, c, v) for v in here}, {v: slow_honoured_until(told, c, v) for v in here}
            )  # fmt: skip
        return self.known[c, revoked_at]

    def children_accepted_until(self, verifier: int, revoked_at: int, incident_key: int) -> int:
        """A child's revocation carried through the verifier's layers, as if it never expired."""
        if self.ledger.estate.verifiers.self_contained[verifier]:
            return NEVER
        t = revoked_at
        for branches in layers_of(self.ledger.estate, verifier):
            effects = []
            for row in branches:
                i = row["layer"]
                lost = row["kind"] == LayerKind.PUSH and variate(incident_key, 9, i) < row["loss_probability"]
                effects.append(effect(row, t, NEVER, 1 << i if lost else 0))
            t = min(effects)
        return t


class Fate:
    """What becomes of the ledger's credentials, given when each is dead at its issuer by revocation."""

    def __init__(self, facts: Facts, revoked_at: list[int]) -> None:
        self.revoked_at = revoked_at
        n = range(len(revoked_at))
        self.accept = [facts.accepted_until(c, revoked_at[c])[0] for c in n]
        self.honoured = [facts.accepted_until(c, revoked_at[c])[1] for c in n]
        self.mint_until = [min(facts.expires_at[c], revoked_at[c]) for c in n]
        self.dead_at = [
            max([*self.accept[c].values(), self.mint_until[c] if facts.has_next(facts.stage_of[c]) else 0])
            for c in n
        ]  # fmt: skip
        times = [t for accept in self.accept for t in accept.values()] + self.mint_until
        self.largest = max([t for t in times if t < NEVER], default=0)
