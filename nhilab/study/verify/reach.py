"""Checks of how far a thief gets, counted by hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np

from nhilab.base.quantities import NEVER, SECOND, FloatArray, to_seconds
from nhilab.base.streams import stream
from nhilab.campaign.replay import replay
from nhilab.ledger.compromises import Compromises
from nhilab.ledger.tables import Ledger
from nhilab.scenario.scenario import Scenario
from nhilab.study.verify.check import Check, Evidence, Size
from nhilab.study.verify.world import build, grid, ledgers, stage, steal_at
from nhilab.theory import reach, thief

_HOP: Final = 30.0
_MICRO: Final = 1e-6


def wooded(branching: int, depth: int, *, follow_up: float) -> Scenario:
    """A tree of places: the secret that lies at each opens `branching` resources, each of which opens a place.

    Secrets never expire, so the follow-up alone ends the walk.
    """
    nodes = ["place"]
    resources: dict[str, Any] = {}
    identities: dict[str, Any] = {}
    level = ["place"]
    for deep in range(depth):
        below = []
        for node in level:
            children = [f"{node}.{i}" for i in range(branching)]
            for child in children:
                opened = {"use": {"opens_places": [child]} if deep + 1 < depth else {}}
                resources[f"resource.{child}"] = {"class": "host", "verifier": "verifier", "operations": opened}
            identities[node] = {"grants": [{"resources": [f"resource.{c}" for c in children]}]}
            below += children
        level = below
        nodes += level if deep + 1 < depth else []
    runs = {"arrivals": {"every": "1h"}, "targets": [{"resources": ["*"]}]}
    return build(
        stages=[stage(math.inf, source="standing", issue_per="identity")],
        estate={
            "resources": resources, "identities": identities, "places": {n: {} for n in nodes},
            "workloads": {n: {"identity": n, "place": n, **runs} for n in nodes},
        },
        horizon=7_200.0, warm_up=3_600.0, follow_up=follow_up, hop=_HOP,
    )  # fmt: skip


def _walk(branching: int, depth: int, count: Callable[[float], int]) -> Callable[[Size, int], Evidence]:
    def observe(size: Size, seed: int) -> Evidence:
        """Reach with follow-ups that end just as, and a microsecond after, each hop would work."""
        ends = sorted({k * _HOP + e * _MICRO for k in range(1, depth + 1) for e in (0, 1)} | {1.0, depth * _HOP + 100})
        found = [_reach(wooded(branching, depth, follow_up=end), size, seed) for end in ends]
        theory = np.repeat([float(count(end)) for end in ends], [len(values) for values in found])
        return Evidence(theory, np.concatenate(found), resolution=1.0)

    return observe


def _reach(scenario: Scenario, size: Size, seed: int) -> FloatArray:
    """Resources reached by each of some thieves at drawn instants."""
    return np.concatenate([
        replay(ledger, scenario.threat, campaigns=10, seed=seed, replication=replication).campaigns.reach
        for replication, ledger in enumerate(ledgers(scenario, 1 if size == "ci" else 8, seed))
    ]).astype(np.float64)  # fmt: skip


def mutual_impersonation(size: Size, seed: int) -> Evidence:
    """Access windows of thefts when exactly one hop, 1 µs more, 1 µs less or any other time is left.

    A thief of A's credential mints B, which mints A. The trust policy accepts neither's place.
    """
    ttl, hop = 600.0, 240.0
    mint = {name: {"class": "service-account", "verifier": "verifier", "operations": {"mint": {
        "opens_identities": [name]}}} for name in ("a", "b")}  # fmt: skip
    runs = {"arrivals": {"every": "1m"}, "targets": [{"resources": ["*"]}]}
    scenario = build(
        stages=[stage(ttl, issue_per="identity")],
        estate={
            "resources": mint,
            "identities": {
                "a": {"grants": [{"resources": ["b"]}], "mintable_from": ["metadata"]},
                "b": {"grants": [{"resources": ["a"]}], "mintable_from": ["metadata"]},
            },
            "places": {"place": {}, "there": {}, "metadata": {}},
            "workloads": {"a": {"identity": "a", "place": "place", **runs},
                          "b": {"identity": "b", "place": "there", **runs}},
        },
        horizon=20_000.0, warm_up=1_000.0, follow_up=1_000.0, hop=hop,
    )  # fmt: skip
    parts = [_windows(ledger, ttl, hop, seed) for ledger in ledgers(scenario, 1 if size == "ci" else 8, seed)]
    theory, values = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Evidence(theory, values, resolution=_MICRO)


def _windows(ledger: Ledger, ttl: float, hop: float, seed: int) -> tuple[FloatArray, FloatArray]:
    """Known and replayed access windows of thieves of identity 0, s."""
    made = ledger.credentials
    ends = made.expires_at[made.owner == 0]
    left = np.array([1, round(hop * SECOND) - 1, round(hop * SECOND), round(hop * SECOND) + 1, round(ttl * SECOND)])
    drawn = 1 + stream(seed, "verify", "left").integers(0, round(ttl * SECOND), (len(ends), 2))
    instants = np.sort(np.concatenate([(ends[:, None] - left).ravel(), (ends[:, None] - drawn).ravel()]))
    found = steal_at(ledger, instants, hop=hop)
    residual = (found.taken.honoured_until - found.taken.taken_at)[found.taken.at_entry] / SECOND
    known = [thief.mutual_impersonation(r, ttl, other_ttl=ttl, hop=hop) for r in residual.tolist()]
    until = found.campaigns.access_until
    return np.array(known), to_seconds(np.where(until >= NEVER, NEVER, until - instants))


def static_closure(ledger: Ledger, place: int) -> set[int]:
    """Resources behind everything that ever lies, is granted or is opened, whenever: an upper bound on reach."""
    estate, copies, held = ledger.estate, ledger.copies, ledger.scope_permissions
    lying: dict[int, set[int]] = {}
    for where, scope in zip(copies.place.tolist(), ledger.credentials.scope[copies.credential].tolist(), strict=True):
        lying.setdefault(where, set()).add(scope)
    for where, identity in zip(estate.attestations.place.tolist(), estate.attestations.identity.tolist(), strict=True):
        lying.setdefault(where, set()).add(identity)
    permitted: dict[int, set[int]] = {}
    for scope, permission in zip(held.scope.tolist(), held.permission.tolist(), strict=True):
        permitted.setdefault(scope, set()).add(permission)
    opened: dict[int, list[tuple[int, int]]] = {}
    rows = zip(*(getattr(estate.openings, c).tolist() for c in ("permission", "place", "identity")), strict=True)
    for permission, where, identity in rows:
        opened.setdefault(permission, []).append((where, identity))
    scopes, waiting, performed = set[int](), sorted(lying.get(place, set())), set[int]()
    while waiting:
        scope = waiting.pop()
        if scope not in scopes:
            scopes.add(scope)
            performed |= permitted.get(scope, set())
            for q, identity in [o for p in permitted.get(scope, set()) for o in opened.get(p, [])]:
                waiting += [identity] if identity >= 0 else sorted(lying.get(q, set()))
    return set(estate.permissions.resource[sorted(performed)].tolist())


def _tangled(seed: int, replication: int) -> Scenario:
    """A random estate: twenty identities, whose resources open places and identities at random."""
    n, chance = 20, stream(seed, "verify", "tangle", replication)
    names = [f"n{i}" for i in range(n)]
    places = {"place": {}, **{name: {"isolation": str(chance.choice(["shared", "slot", "task"]))} for name in names}}
    resources: dict[str, Any] = {}
    for name in names:
        other = str(chance.choice(names))
        kind = str(chance.choice(["opens_places", "opens_identities", "nothing"], p=[0.6, 0.1, 0.3]))
        opens = {} if kind == "nothing" else {kind: [other], "when": str(chance.choice(["now", "next-task"]))}
        resources[f"r-{name}"] = {"class": "host", "verifier": "verifier", "operations": {"use": opens}}
    grants = {name: [f"r-{g}" for g in chance.choice(names, 2, replace=False)] for name in names}
    return build(
        stages=[stage(600.0)],
        estate={
            "resources": resources, "places": places,
            "identities": {n: {"grants": [{"resources": g}], "mintable_from": []} for n, g in grants.items()},
            "workloads": {
                n: {"identity": n, "place": n if i else "place", "targets": [{"resources": ["*"]}],
                    "arrivals": {"rate": "2/h" if i else "30/h"}}
                for i, n in enumerate(names)
            },
        },
        profile={"calls": {"geometric": 3}, "call_time": "20s", "think_time": {"exponential": "1m"}},
        horizon=20_000.0, warm_up=600.0, follow_up=1_200.0, hop=_HOP,
    )  # fmt: skip


def closures(size: Size, seed: int) -> Iterator[tuple[Ledger, Compromises, set[int]]]:
    """Thieves in random estates, and what the static closure says they might reach at most."""
    for replication in range(6 if size == "ci" else 60):
        scenario = _tangled(seed, replication)
        for ledger in ledgers(scenario, 1, seed):
            instants = grid(ledger, 300.0, seed=seed, replication=replication)
            place = ledger.estate.places.name.tolist().index("place")
            yield ledger, steal_at(ledger, instants, hop=_HOP), static_closure(ledger, place)


def beyond_closure(size: Size, seed: int) -> Evidence:
    """Resources each thief reached that the static closure does not hold."""
    values = []
    for _, found, allowed in closures(size, seed):
        outside = ~np.isin(found.reached.resource, sorted(allowed))
        values.append(np.bincount(found.reached.campaign[outside], minlength=len(found.campaigns)).astype(np.float64))
    return Evidence(0.0, np.concatenate(values), resolution=1.0)


CHECKS: Final = (
    Check("star", "One secret opens all leaves of a star at once.", "resources",
          _walk(7, 1, lambda end: reach.star(7, hop=_HOP, until=end))),
    Check("chain", "A chain is walked a link per hop.", "resources",
          _walk(1, 5, lambda end: reach.chain(5, hop=_HOP, until=end))),
    Check("tree", "A tree is walked a level per hop.", "resources",
          _walk(3, 3, lambda end: reach.tree(3, 3, hop=_HOP, until=end))),
    Check("mutual impersonation", "Two identities that mint each other never let go, if a hop is left.", "s",
          mutual_impersonation),
    Check("static closure", "No thief reaches a resource outside the static closure.", "resources",
          beyond_closure),
)  # fmt: skip
