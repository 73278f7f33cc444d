"""Keys that cannot leave a place and open it again, by hand: the foothold lasts as long as the key, and one dwell."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from reference.slow_world import World

from nhilab.base.estate import When
from nhilab.base.quantities import NEVER
from nhilab.campaign.cycles import Lap, MintGraph
from nhilab.campaign.entrances import Entrances
from nhilab.campaign.index import ReplayIndex
from nhilab.campaign.left import left_at_entry
from nhilab.campaign.replay import replay_entrances
from nhilab.campaign.spread import Spread
from nhilab.campaign.thief import Thief
from nhilab.ledger.compromises import Compromises, Entries
from nhilab.ledger.tables import Binding, Source

ENTRY, DWELL, HOP = 10, 5, 1
BOUND = int(Binding.NON_EXPORTABLE)
YEAR = 365 * 24 * 3600 * 10**6


def world(*opens: int, **verifier: Any) -> World:
    """Identity i may do permission i, which opens place `opens[i]` now."""
    made = World()
    made.verifier(**verifier)
    for _ in range(1 + max(opens)):
        made.place()
    for _ in opens:
        made.permission()
    for i, place in enumerate(opens):
        made.identity(i)
        made.add("openings", permission=i, place=place)
    made.stage(NEVER)
    return made


def key(made: World, scope: int, place: int, *, start: int = 0, until: int = NEVER, **row: Any) -> int:
    """A key that lies at a place during [start, until)."""
    return made.copy(made.credential(scope, binding=BOUND, **row), place, start, until)


def robbed(made: World, *, hop: int = HOP, follow_up: int = 2000, **entrance: Any) -> Compromises:
    ledger = dataclasses.replace(made.ledger(), follow_up=follow_up)
    given = {"entry": 0, "entered_at": ENTRY, "place": 0, "unit": 0, "dwell": DWELL} | entrance
    ways = Entrances.of(**{name: [value] for name, value in given.items()})
    entries = Entries.of(name=np.array(["only"]), technique=np.array(["T1552"]), weight=[1.0])
    return replay_entrances(ledger, ways, entries, hop_time=hop)


def access(found: Compromises) -> int:
    return int(found.campaigns.access_until[0])


def held(found: Compromises) -> list[tuple[int, int]]:
    """When each resource fell and for how long it was held."""
    return list(zip(found.reached.reached_at.tolist(), found.reached.held_time.tolist(), strict=True))


def foothold(
    made: World, unit: int = 0, *, dwell: int = DWELL, hop: int = HOP, follow_up: int = 2000
) -> list[tuple[int, int]]:
    """Instants at which a thief who comes in at place 0 holds a unit."""
    thief = Thief(entered_at=ENTRY, unit=0, copy=-1, dwell=dwell, dormancy=0, takes_keys=False, hop_time=hop,
                  entry_until=ENTRY + max(dwell, 1),
                  follow_up=follow_up)  # fmt: skip
    index = ReplayIndex(made.ledger())
    left = left_at_entry(index, thief)
    assert left is not None
    spread = Spread(index, MintGraph(index, hop), thief, left).run()
    return list(zip(*(column.tolist() for column in spread.foothold_on(unit)), strict=True))


def test_a_foothold_lasts_until_the_copy_ends_and_one_dwell() -> None:
    made = world(0)
    key(made, 0, 0, until=1000)
    found = robbed(made)
    assert foothold(made) == [(ENTRY, 1000 + DWELL)]
    assert access(found) == 1000 and held(found) == [(ENTRY + HOP, 1000 - ENTRY - HOP)]
    assert int(found.campaigns.exposure_until[0]) == ENTRY + DWELL, "the entry alone holds it no longer"
    assert not bool(found.campaigns.persistent[0])


def test_a_foothold_lasts_until_the_key_is_revoked_and_one_dwell() -> None:
    """Children of what lies there open the place too, and the last one, minted before 400, lives until 430."""
    made = world(0, self_contained=False)
    key(made, 0, 0, until=1000, revoked_at=400)
    assert foothold(made) == [(ENTRY, 405)] and access(robbed(made)) == 400
    made.stage(30, int(Source.PREVIOUS))
    assert foothold(made) == [(ENTRY, 435)] and access(robbed(made)) == 430


def test_acceptance_that_ends_before_the_copy_does() -> None:
    """One of two verifiers, that of another permission, accepts 50 longer: the copy lies until then."""
    made = world(0)
    made.verifier(leeway=50)
    other = made.permission(1)
    made.add("scope_permissions", scope=0, permission=other)
    key(made, 0, 0, expires=600)
    assert foothold(made) == [(ENTRY, 605)] and held(robbed(made)) == [(11, 589), (11, 594)]


@pytest.mark.parametrize(("start", "until"), [(400, 1005), (500, 1005), (503, 1005), (504, 505), (600, 505)])
def test_a_second_key_takes_over_if_it_is_of_use_before_the_foothold_ends(start: int, until: int) -> None:
    """The first lies until 500, so the foothold until 505; one met at 504 is of use from 505 on, and too late."""
    made = world(0)
    key(made, 0, 0, until=500)
    key(made, 0, 0, start=start, until=1000)
    assert foothold(made) == [(ENTRY, until)]


def test_the_key_that_lies_longest_decides() -> None:
    made = world(0)
    for until in (300, 900, 600, NEVER):
        key(made, 0, 0, until=until, expires=1200 if until == NEVER else NEVER)
    assert foothold(made) == [(ENTRY, 1205)]


def test_two_places_that_open_each_other_last_as_long_as_the_key_that_ends_first_and_a_dwell_each() -> None:
    """Key 0 opens the other place until 700, so it is held until 705; key 1 opens the first one until 705."""
    made = world(1, 0)
    key(made, 0, 0, until=700)
    key(made, 1, 1, until=1000)
    assert foothold(made) == [(ENTRY, 710)] and foothold(made, 1) == [(ENTRY + HOP, 705)]
    assert access(robbed(made)) == 705


def test_two_places_whose_second_key_ends_first() -> None:
    made = world(1, 0)
    key(made, 0, 0, until=1000)
    key(made, 1, 1, until=700)
    assert foothold(made) == [(ENTRY, 705)] and foothold(made, 1) == [(ENTRY + HOP, 710)]


def test_a_key_that_is_of_use_only_when_the_foothold_is_over_sustains_nothing() -> None:
    made = world(0)
    key(made, 0, 0)
    assert foothold(made, dwell=1) == [(ENTRY, ENTRY + 1)] and access(robbed(made, dwell=HOP)) == ENTRY + 1
    assert foothold(made, dwell=2) == [(ENTRY, NEVER)]


def test_a_key_of_use_from_the_very_end_of_a_foothold_on_sustains_only_the_next_one() -> None:
    """Met at 12 and of use from 15 on, when the first foothold ends; a trap springs at 50."""
    made = world(0)
    key(made, 0, 0, start=12)
    trap = made.permission()
    made.scope(0, [trap])
    made.add("openings", permission=trap, place=0, when=int(When.NEXT_TASK))
    made.copy(made.credential(1), 0)
    made.task(0, 50, 60)
    assert foothold(made, hop=3) == [(ENTRY, 15), (50, NEVER)]


def test_a_copy_that_comes_late_begins_its_lap_late() -> None:
    """Known from 10, the key lies there again from 14: the child it mints then opens the place from 17 on."""
    made = world(0)
    made.rows["stages"][0] |= {"asked_ttl": 30, "effective_ttl": 30}
    made.identity(made.permission())
    made.add("openings", permission=1, identity=0)
    key(made, 1, 0, until=12)
    made.copy(0, 0, 14)
    assert foothold(made, dwell=6, hop=3) == [(ENTRY, 16), (17, NEVER)]
    assert foothold(made, dwell=7, hop=3) == [(ENTRY, NEVER)]


def test_no_dwell_makes_no_lap() -> None:
    made = world(0)
    key(made, 0, 0, until=1000)
    assert foothold(made, dwell=0) == [(ENTRY, ENTRY + 1)]
    assert access(robbed(made, dwell=0, hop=0)) == ENTRY + 1


def test_a_second_key_met_after_the_observation_is_of_no_use() -> None:
    made = world(0)
    key(made, 0, 0, until=500)
    key(made, 0, 0, start=400, until=1000)
    assert foothold(made, follow_up=390) == [(ENTRY, 505)]
    assert foothold(made, follow_up=391) == [(ENTRY, 1005)]


def test_laps_are_not_walked_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A year in laps of 5 µs would never end; it takes a handful of looks round the cycle."""
    looks = list[Lap]()
    back_at = MintGraph.back_at

    def counted(self: MintGraph, start: Any, at: int, hand: Any, lap: Lap) -> int | None:
        looks.append(lap)
        return back_at(self, start, at, hand, lap)

    monkeypatch.setattr(MintGraph, "back_at", counted)
    made = world(1, 0)
    key(made, 0, 0, until=YEAR)
    key(made, 1, 1, until=YEAR)
    assert foothold(made) == [(ENTRY, YEAR + 5)] and len(looks) < 30
