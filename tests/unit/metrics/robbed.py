"""Small worlds that thieves enter by their first place at 10 µs, a hop a microsecond; paths counted by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from reference.slow_world import World

from nhilab.campaign.entrances import Entrances
from nhilab.campaign.replay import replay_entrances
from nhilab.ledger.compromises import Entries
from nhilab.ledger.tables import Ledger
from nhilab.metrics.paths import Traces
from nhilab.metrics.reading import Reading

ENTRY, LIFE, HOP = 10, 50, 1


def world(opens: dict[int, tuple[int, ...]], *, lying: tuple[int, ...] = (0,), ttl: int = 30) -> World:
    """Identity i may do permission i, on resource i, which opens the identities `opens[i]`.

    Credentials of the identities `lying` are at the place until 50.
    """
    made = World()
    made.verifier()
    made.place()
    n = 1 + max([*opens, *lying, *(j for targets in opens.values() for j in targets)])
    for _ in range(n):
        made.permission(0)
    for i in range(n):
        made.identity(i)
    for i, targets in opens.items():
        for j in targets:
            made.add("openings", permission=i, identity=j)
    made.stage(ttl)
    for i in lying:
        made.copy(made.credential(i, expires=LIFE), 0)
    return made


def weighted(made: World, *sensitivities: float) -> World:
    for row, sensitivity in zip(made.rows["resources"], sensitivities, strict=True):
        row["sensitivity"] = sensitivity
    return made


def robbed(ledger: Ledger, *entered_at: int, **entrance: Any) -> Reading:
    """Campaigns that enter at these instants."""
    times = entered_at or (ENTRY,)
    given = {"entry": 0, "place": 0, "unit": 0} | entrance
    ways = Entrances.of(entered_at=times, **{name: [value] * len(times) for name, value in given.items()})
    entries = Entries.of(name=np.array(["door"]), technique=np.array(["T1552"]), weight=[1.0])
    return Reading(ledger, replay_entrances(ledger, ways, entries, hop_time=HOP))


def traced(made: World, *entered_at: int, **entrance: Any) -> Traces:
    return Traces(robbed(dataclasses.replace(made.ledger(), follow_up=100), *entered_at, **entrance))


def chain() -> World:
    """Three identities, each opening the next, of sensitivities 1, 2 and 4."""
    return weighted(world({0: (1,), 1: (2,)}), 1, 2, 4)


def star() -> World:
    """One identity that opens three more."""
    return weighted(world({0: (1, 2, 3)}), 1, 2, 4, 8)


def two_routes() -> World:
    """Identities 0 and 1 lie there, and each opens identity 2."""
    return weighted(world({0: (2,), 1: (2,)}, lying=(0, 1)), 1, 2, 4)


def mutual() -> World:
    """Two identities that open each other."""
    return world({0: (1,), 1: (0,)})


def prolonged() -> World:
    """The second credential appears when only what the first opened keeps the foothold: at 30."""
    made = world({0: ()}, lying=(0, 1))
    made.add("openings", permission=0, place=0)
    made.rows["copies"][1]["from_at"] = 30
    return made
