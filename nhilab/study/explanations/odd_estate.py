"""What is odd in an estate: identities nobody sees, shares or needs, logs nobody reads, access that mints itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Final

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from nhilab.base.estate import Estate
from nhilab.base.quantities import NEVER
from nhilab.scenario.cron import parse_cron
from nhilab.scenario.scenario import Scenario
from nhilab.study.explanations.explanation import Odd, Warned

MANY: Final = 3
"""From so many workloads on, an identity is shared by many."""


def odd_in_estate(scenario: Scenario, issuers: Collection[str]) -> Iterator[Warned]:
    """What to look at twice in the estate of a scenario.

    Parameters
    ----------
    scenario : Scenario
    issuers : collection of str
        Those that the strategies told of name.

    Yields
    ------
    Warned
    """
    yield from _identities(scenario)
    yield from _unused(scenario, issuers)
    yield from _lying_about(scenario)
    yield from _idle(scenario)
    names, cycles = scenario.estate.identities.name.tolist(), minting_cycles(scenario.estate)
    alone = [names[cycle[0]] for cycle in cycles if len(cycle) == 1]
    for cycle in cycles:
        if len(cycle) > 1:
            yield Warned(Odd.MINTING_CYCLE, names[cycle[0]], {"identities": [names[i] for i in cycle]})
    if alone:
        yield Warned(Odd.MINTS_ITSELF, alone[0], {"identities": alone})


def _identities(scenario: Scenario) -> Iterator[Warned]:
    identities, workloads = scenario.estate.identities, scenario.estate.workloads
    hidden = identities.name[~identities.visible].tolist()
    if hidden:
        yield Warned(Odd.INVISIBLE, hidden[0], {"identities": hidden})
    owned = identities.owner != ""
    if not owned.all() and (owned.any() or scenario.threat.detection is not None):
        names = identities.name[~owned].tolist()
        yield Warned(Odd.WITHOUT_OWNER, names[0], {"identities": names})
    users, counts = np.unique(workloads.identity, return_counts=True)
    for identity, count in sorted(zip(users.tolist(), counts.tolist(), strict=True), key=lambda pair: -pair[1]):
        if count >= MANY:
            yield Warned(Odd.SHARED_IDENTITY, str(identities.name[identity]), {"workloads": count})


def _unused(scenario: Scenario, issuers: Collection[str]) -> Iterator[Warned]:
    content, estate = scenario.content, scenario.estate
    mixed = {scenario.strategies[mix.strategy] for s in scenario.strategies.values() for mix in s.mix}
    named = set(issuers) | {stage.issuer for strategy in mixed for stage in strategy.stages}
    for name in content.issuers:
        if name not in named:
            yield Warned(Odd.UNUSED_ISSUER, name)
    guarding = set(estate.resources.verifier.tolist())
    for row, name in enumerate(content.verifiers):
        if row not in guarding:
            yield Warned(Odd.UNUSED_VERIFIER, name)
    wanted = {
        *estate.workloads.identity.tolist(),
        *estate.standing.identity.tolist(),
        *estate.openings.identity.tolist(),
    }
    idle = [str(name) for row, name in enumerate(estate.identities.name) if row not in wanted]
    if idle:
        yield Warned(Odd.UNUSED_IDENTITY, idle[0], {"identities": idle})


def _lying_about(scenario: Scenario) -> Iterator[Warned]:
    """Copies that nothing ends: in logs without a scanner, and keys without an expiry."""
    places, standing = scenario.estate.places, scenario.estate.standing
    printing = (places.log >= 0) & (places.logs_token_probability > 0)
    for log in np.unique(places.log[printing]).tolist():
        if places.scanner_delay[log] >= NEVER:
            yield Warned(Odd.UNSCANNED_LOG, str(places.name[log]))
    for name in dict.fromkeys(standing.name[standing.expires_at >= NEVER].tolist()):
        yield Warned(Odd.UNMANAGED_NEVER_EXPIRES, name)


def _idle(scenario: Scenario) -> Iterator[Warned]:
    """Workloads that nothing starts within the horizon, but perhaps others."""
    start, horizon = np.datetime64(scenario.content.starts_on), scenario.content.horizon
    fires: dict[str, bool] = {}
    for name, arrivals in zip(scenario.estate.workloads.name.tolist(), scenario.arrivals, strict=True):
        if arrivals is None:
            yield Warned(Odd.NO_ARRIVALS, name, {"why": "delegated"})
        elif arrivals.cron is not None:
            if arrivals.cron not in fires:
                fires[arrivals.cron] = bool(len(parse_cron(arrivals.cron).firings(start, horizon)))
            if not fires[arrivals.cron]:
                yield Warned(Odd.NO_ARRIVALS, name, {"why": "cron"})


def minting_cycles(estate: Estate) -> list[list[int]]:
    """Sets of identities each of which can mint, by way of the others, for itself; the largest first.

    Parameters
    ----------
    estate : Estate

    Returns
    -------
    list of list of int
        Rows of identities. One identity leads to another if it may do what opens it, or what opens a place that gives
        the other's attested credentials. Time is left out: which lifetimes keep a cycle alive is for `nhilab paths`.
    """
    n = len(estate.identities)
    at_place: dict[int, list[int]] = defaultdict(list)
    for identity, place in zip(estate.attestations.identity.tolist(), estate.attestations.place.tolist(), strict=True):
        at_place[place].append(identity)
    opened: dict[int, set[int]] = defaultdict(set)
    o = estate.openings
    for permission, place, identity in zip(o.permission.tolist(), o.place.tolist(), o.identity.tolist(), strict=True):
        opened[permission] |= {identity} if identity >= 0 else set(at_place[place])
    pairs = {
        (who, to)
        for who, permission in zip(estate.grants.identity.tolist(), estate.grants.permission.tolist(), strict=True)
        if permission in opened
        for to in opened[permission]
    }
    if not pairs:
        return []
    source, target = np.array(sorted(pairs)).T
    graph = csr_array((np.ones(len(source), np.int8), (source, target)), shape=(n, n))
    _, component = connected_components(graph, directed=True, connection="strong")
    own = {who for who, to in pairs if who == to}
    members: dict[int, list[int]] = defaultdict(list)
    for identity in range(n):
        members[int(component[identity])].append(identity)
    return sorted((m for m in members.values() if len(m) > 1 or m[0] in own), key=lambda m: (-len(m), m))
