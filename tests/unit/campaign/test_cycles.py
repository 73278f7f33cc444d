"""Minting cycles, by hand: they live for ever if every lifetime on them exceeds a hop, and die otherwise."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from reference.slow_world import World

from nhilab.base.quantities import NEVER
from nhilab.campaign.entrances import Entrances
from nhilab.campaign.replay import replay_entrances
from nhilab.ledger.compromises import Compromises, Entries
from nhilab.ledger.tables import Source

ENTRY, LIFE, HOP = 10, 50, 1


def world(opens: dict[int, tuple[int, ...]], *, ttl: int = 30, leeway: int = 0, source: int = 0) -> World:
    """Identity i may do permission i, which opens `opens[i]`; a credential of identity 0 lies there until 50."""
    made = World()
    made.verifier(leeway=leeway)
    made.place()
    n = 1 + max([*opens, *(j for targets in opens.values() for j in targets)])
    for _ in range(n):
        made.permission(0)
    for i in range(n):
        made.identity(i)
    for i, targets in opens.items():
        for j in targets:
            made.add("openings", permission=i, identity=j)
    made.stage(ttl, source)
    made.copy(made.credential(0, expires=LIFE), 0)
    return made


def robbed(made: World, *, hop: int = HOP, follow_up: int = 100, **entrance: Any) -> Compromises:
    ledger = dataclasses.replace(made.ledger(), follow_up=follow_up)
    given = {"entry": 0, "entered_at": ENTRY, "place": 0, "unit": 0} | entrance
    ways = Entrances.of(**{name: [value] for name, value in given.items()})
    entries = Entries.of(name=np.array(["only"]), technique=np.array(["T1552"]), weight=[1.0])
    return replay_entrances(ledger, ways, entries, hop_time=hop)


def outcome(found: Compromises) -> tuple[bool, int, int]:
    """Whether it persists, pairs minted, and until when there is access."""
    c = found.campaigns
    return bool(c.persistent[0]), int(c.n_minted[0]), int(c.access_until[0])


def test_an_identity_that_opens_itself_never_dies() -> None:
    assert outcome(robbed(world({0: (0,)}))) == (True, 1, NEVER)


def test_two_identities_that_open_each_other_never_die() -> None:
    found = robbed(world({0: (1,), 1: (0,)}))
    assert outcome(found) == (True, 2, NEVER)
    assert found.reached.reached_at.tolist() == [11, 12] and found.reached.n_hops.tolist() == [0, 1]
    assert found.reached.held_time.tolist() == [99, 98], "to the end of the observation"


def test_three_identities_in_a_ring_never_die() -> None:
    found = robbed(world({0: (1,), 1: (2,), 2: (0,)}))
    assert outcome(found) == (True, 3, NEVER)
    assert found.reached.n_hops.tolist() == [0, 1, 2]


def test_a_chain_of_three_without_a_way_back_dies_one_lifetime_later_a_link() -> None:
    """Until 50 identity 0 mints 1, whose last child lives until 80, mints 2, whose last child lives until 110."""
    found = robbed(world({0: (1,), 1: (2,)}))
    assert outcome(found) == (False, 2, 110)
    assert found.reached.reached_at.tolist() == [11, 12, 13]
    assert found.reached.held_time.tolist() == [39, 68, 97]


def test_a_ring_beside_the_way_is_joined_and_lives_for_ever() -> None:
    found = robbed(world({0: (1,), 1: (2,), 2: (1,)}))
    assert outcome(found) == (True, 2, NEVER)
    assert found.reached.held_time.tolist() == [39, 98, 97], "the first identity itself is not on the ring"


@pytest.mark.parametrize(("hop", "persists"), [(29, True), (30, False), (31, False)])
def test_a_ring_dies_if_a_lifetime_does_not_exceed_a_hop(hop: int, persists: bool) -> None:
    """At a hop of 30 the children of 30 are dead on arrival; nothing is minted that could be used."""
    found = robbed(world({0: (0,)}), hop=hop, follow_up=200)
    assert outcome(found) == ((True, 1, NEVER) if persists else (False, 0, LIFE))


@pytest.mark.parametrize(("hop", "persists"), [(34, True), (35, False)])
def test_leeway_counts_as_lifetime_on_a_ring(hop: int, persists: bool) -> None:
    found = robbed(world({0: (0,)}, leeway=5), hop=hop, follow_up=200)
    assert outcome(found) == ((True, 1, NEVER) if persists else (False, 0, LIFE + 5))


def test_a_ring_whose_first_lap_leaves_gaps_lives_on_all_the_same() -> None:
    """Used on [30, 50): minted then, used again on [50, 80), [70, 110), …: the laps overlap from the second on."""
    found = robbed(world({0: (0,)}), hop=20, follow_up=300)
    assert outcome(found) == (True, 1, NEVER)
    assert found.reached.held_time.tolist() == [280]
    late = robbed(world({0: (0,)}, ttl=12), hop=10, follow_up=300, entered_at=39)
    assert outcome(late) == (True, 1, NEVER), "used on the instant 49 only, then [59, 62), [69, 74), …"
    assert late.reached.reached_at.tolist() == [49]


def test_held_time_counts_the_gaps_of_the_first_laps() -> None:
    """Instants of use 49, [59, 62), [69, 74), [79, 86), [89, 98), [99, …: five laps until they touch."""
    found = robbed(world({0: (0,)}, ttl=12), hop=10, follow_up=55, entered_at=39)
    assert found.reached.held_time.tolist() == [1 + 3 + 5 + 7 + 5]


def test_dormancy_delays_the_first_lap_only() -> None:
    found = robbed(world({0: (0,)}), dormancy=30)
    assert outcome(found) == (True, 1, NEVER) and found.reached.reached_at.tolist() == [41]
    assert outcome(robbed(world({0: (0,)}), dormancy=39)) == (False, 0, LIFE), "dead before its first use"


def test_a_ring_that_starts_after_the_observation_is_not_in_hand() -> None:
    assert outcome(robbed(world({0: (0,)}), follow_up=1)) == (False, 0, LIFE)
    assert outcome(robbed(world({0: (0,)}), follow_up=2)) == (True, 1, NEVER)


def test_a_foothold_with_a_long_dwell_on_an_attesting_place_is_no_ring() -> None:
    made = world({0: (1,)}, source=int(Source.ATTESTED))
    made.add("attestations", identity=0, place=0)
    assert outcome(robbed(made, dwell=20)) == (False, 2, 90), "minted until 30, used until 60, child until 90"


def test_a_child_that_opens_the_place_that_attests_it_never_dies() -> None:
    made = world({0: ()}, source=int(Source.ATTESTED))
    made.add("openings", permission=0, place=0)
    made.add("attestations", identity=0, place=0)
    assert outcome(robbed(made)) == (True, 1, NEVER)
    assert outcome(robbed(made, hop=30, follow_up=300)) == (False, 0, LIFE), "its children are dead on arrival"
