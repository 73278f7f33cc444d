"""Places inside others, by hand: a foothold on the outer place is one on every unit inside."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from reference.slow_world import World

from nhilab.base.estate import Isolation
from nhilab.base.quantities import NEVER
from nhilab.campaign.entrances import Entrances
from nhilab.campaign.replay import replay_entrances
from nhilab.ledger.compromises import Compromises, Entries
from nhilab.ledger.tables import Source

CLUSTER, NODE, POD = 0, 1, 2


def cluster() -> World:
    """A shared cluster around a node of three slots."""
    made = World()
    made.verifier()
    made.place()
    made.place(isolation=int(Isolation.SLOT), slots=3, inside=CLUSTER)
    return made


def robbed(made: World, *, hop: int = 5, follow_up: int = 60, **entrance: Any) -> Compromises:
    ledger = dataclasses.replace(made.ledger(), follow_up=follow_up)
    given = {"entry": 0, "entered_at": 10, "place": CLUSTER, "unit": 0} | entrance
    ways = Entrances.of(**{name: [value] for name, value in given.items()})
    entries = Entries.of(name=np.array(["only"]), technique=np.array(["T1552"]), weight=[1.0])
    return replay_entrances(ledger, ways, entries, hop_time=hop)


def taken(found: Compromises) -> dict[int, int]:
    return dict(zip(found.taken.credential.tolist(), found.taken.taken_at.tolist(), strict=True))


def steps(found: Compromises) -> list[tuple[int, ...]]:
    """Kind, instant, place, unit, credential, hops and predecessor of each step."""
    s = found.steps
    columns = (s.kind, s.at, s.place, s.unit, s.credential, s.n_hops, s.previous)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def slots(made: World) -> World:
    """A copy of credential 0 in the cluster, of 1 and 2 in slots 0 and 2 of the node, of 2 from 12 on."""
    made.identity(made.permission())
    made.stage(NEVER, 2)
    made.copy(made.credential(expires=50), CLUSTER)
    made.copy(made.credential(expires=60), NODE, unit=0)
    made.copy(made.credential(expires=70), NODE, unit=2, start=12)
    return made


def test_a_foothold_on_the_outer_place_meets_the_copies_in_every_slot_inside() -> None:
    found = robbed(slots(cluster()), dwell=4)
    assert taken(found) == {0: 10, 1: 10, 2: 12}
    assert found.taken.at_entry.all() and found.campaigns.exposure_until.tolist() == [70]


def test_what_comes_after_the_foothold_is_not_met() -> None:
    assert taken(robbed(slots(cluster()), dwell=2)) == {0: 10, 1: 10}


def test_a_foothold_inside_is_none_outside_or_in_the_slot_beside() -> None:
    assert taken(robbed(slots(cluster()), place=NODE, unit=2, dwell=4)) == {2: 12}


def test_a_path_leads_through_the_units_inside_at_no_opening_and_leaves_out_those_without_a_find() -> None:
    assert steps(robbed(slots(cluster()), dwell=4)) == [
        (0, 10, CLUSTER, 0, -1, 0, -1),
        (0, 10, NODE, 0, -1, 0, 0),
        (0, 10, NODE, 2, -1, 0, 0),
        (1, 10, -1, -1, 0, 0, 0),
        (1, 10, -1, -1, 1, 0, 1),
        (1, 12, -1, -1, 2, 0, 2),
    ]  # fmt: skip


def opened(made: World) -> World:
    """A door outside, whose key opens the cluster (identity 0); identity 1's credential lies in slot 1."""
    door = made.place()
    opener, other = made.permission(), made.permission()
    made.identity(opener)
    made.identity(other)
    made.stage(NEVER, 2)
    made.add("openings", permission=opener, place=CLUSTER)
    made.copy(made.credential(0, expires=40), door)
    made.copy(made.credential(1, expires=80), NODE, unit=1, start=20)
    return made


def test_opening_the_outer_place_opens_its_slots_at_the_same_single_hop() -> None:
    found = robbed(opened(cluster()), place=2)
    assert taken(found) == {0: 10, 1: 20} and found.taken.at_entry.tolist() == [True, False]
    assert found.reached.reached_at.tolist() == [15, 25] and found.reached.n_hops.tolist() == [0, 1]
    assert found.campaigns.exposure_until.tolist() == [40] and found.campaigns.access_until.tolist() == [80]


def test_a_place_inside_one_that_lies_inside_another_falls_with_the_outermost() -> None:
    """A shared node in the cluster, tasks in the node; the task's own foothold has two steps behind it."""
    made = World()
    made.verifier()
    made.place()
    made.place(inside=CLUSTER)
    made.place(isolation=int(Isolation.TASK), inside=NODE)
    made.identity(made.permission())
    made.stage(NEVER, 2)
    made.task(POD, 0, 30)
    made.copy(made.credential(expires=50), POD, unit=0)
    found = robbed(made)
    assert taken(found) == {0: 10}
    assert [step[2:4] for step in steps(found)] == [(CLUSTER, 0), (NODE, 0), (POD, 0), (-1, -1)]
    assert [step[-1] for step in steps(found)] == [-1, 0, 1, 2]
    assert taken(robbed(made, place=NODE)) == {0: 10}


def attesting(isolation: Isolation) -> World:
    """Identity 0 is attested from a place inside the cluster and mints children of 30 there."""
    made = World()
    made.verifier()
    made.place()
    made.place(isolation=int(isolation), slots=3 if isolation == Isolation.SLOT else -1, inside=CLUSTER)
    made.identity(made.permission())
    made.stage(30, int(Source.ATTESTED))
    made.add("attestations", identity=0, place=NODE)
    return made


def test_a_shared_place_inside_attests_for_as_long_as_the_outer_foothold() -> None:
    found = robbed(attesting(Isolation.SHARED), dwell=4).campaigns
    assert (found.n_minted.tolist(), found.access_until.tolist()) == ([1], [14 + 30])


def test_a_slot_inside_attests_while_a_task_of_the_identity_runs_in_it() -> None:
    """Foothold [10, 20), tasks [0, 5), [12, 15) and [18, 40): minted on [12, 15) and [18, 20)."""
    made = attesting(Isolation.SLOT)
    for slot, (start, end) in enumerate(((0, 5), (12, 15), (18, 40))):
        made.task(NODE, start, end, slot=slot)
    found = robbed(made, dwell=10)
    assert (found.campaigns.n_minted.tolist(), found.campaigns.access_until.tolist()) == ([1], [20 + 30])
    assert steps(found)[1:] == [(0, 10, NODE, 1, -1, 0, 0), (2, 12, -1, -1, -1, 0, 1)]
    assert robbed(made).campaigns.n_minted.tolist() == [0], "none runs at 10"


def test_a_child_of_an_inner_place_that_opens_the_outer_one_never_dies() -> None:
    made = attesting(Isolation.SHARED)
    made.add("openings", permission=0, place=CLUSTER)
    found = robbed(made).campaigns
    assert (found.persistent.tolist(), found.access_until.tolist()) == ([True], [NEVER])
    assert robbed(made, hop=30).campaigns.n_minted.tolist() == [0], "its children are dead on arrival"


def test_a_key_in_a_slot_that_opens_the_place_around_it_holds_its_own_place_open() -> None:
    """Used from 15 on; a dwell of 6 from 10 on holds the slot until 16, so the key opens it again, for ever."""
    made = cluster()
    opener = made.permission()
    made.identity(opener)
    made.stage(NEVER, 2)
    made.add("openings", permission=opener, place=CLUSTER)
    made.copy(made.credential(binding=2), NODE, unit=1)
    assert robbed(made, dwell=6).campaigns.access_until.tolist() == [NEVER]
    assert robbed(made, dwell=5).campaigns.access_until.tolist() == [15]
