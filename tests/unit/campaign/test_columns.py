"""What one campaign's row sums up: sensitivities, first crown jewel, environments."""

from __future__ import annotations

import dataclasses

import numpy as np
from reference.slow_world import World
from unit.campaign.test_draw import frozen, leaky, threat

from nhilab.base.quantities import NEVER
from nhilab.campaign.entrances import Entrances
from nhilab.campaign.replay import replay, replay_entrances
from nhilab.ledger.compromises import Entries


def test_a_row_sums_sensitivities_times_time_names_the_first_jewel_and_counts_environments_once() -> None:
    """Resources of sensitivity 2, 3 and 5, held during [15, 25), [15, 35) and [25, 45); the last two are jewels."""
    made = World()
    made.verifier()
    made.place()
    for number in range(3):
        made.identity(made.permission())
        made.rows["resources"][number] |= {"sensitivity": (2.0, 3.0, 5.0)[number], "crown_jewel": number > 0}
        made.rows["resources"][number]["environment"] = ("a", "b", "b")[number]
        made.copy(made.credential(number, expires=(25, 35, 45)[number]), 0, start=(0, 0, 20)[number])
    made.stage(NEVER, 2)
    ledger = dataclasses.replace(made.ledger(), follow_up=60)
    ways = Entrances.of(entry=[0], entered_at=[10], place=[0], unit=[0], dwell=[15])
    entries = Entries.of(name=np.array(["only"]), technique=np.array(["T1552"]), weight=[1.0])
    row = replay_entrances(ledger, ways, entries, hop_time=5).campaigns
    assert (row.reach.tolist(), row.reach_weighted.tolist(), row.environments.tolist()) == ([3], [10.0], [2])
    assert row.resource_seconds.tolist() == [(2 * 10 + 3 * 20 + 5 * 20) / 1e6]
    assert row.crown_jewel_at.tolist() == [15]


def test_what_lay_at_the_entry_before_the_thief_and_is_taken_elsewhere_is_not_the_entrys() -> None:
    made = World()
    made.verifier()
    first, second = made.place(), made.place()
    opener, other = made.permission(), made.permission()
    made.identity(opener)
    made.identity(other)
    made.add("openings", permission=opener, place=second)
    made.stage(NEVER, 2)
    made.copy(made.credential(0, expires=50), first)
    moved = made.credential(1, expires=70)
    made.copy(moved, first, until=9)
    made.copy(moved, second)
    ways = Entrances.of(entry=[0], entered_at=[10], place=[first], unit=[0])
    entries = Entries.of(name=np.array(["only"]), technique=np.array(["T1552"]), weight=[1.0])
    found = replay_entrances(made.ledger(), ways, entries, hop_time=5)
    assert found.taken.credential.tolist() == [0, 1] and found.taken.at_entry.tolist() == [True, False]
    assert found.campaigns.exposure_until.tolist() == [50] and found.campaigns.access_until.tolist() == [70]


def test_each_way_in_by_a_leak_says_how_many_leaks_there_were() -> None:
    way = {"timing": "at-leak", "places": ["place-3"]}
    found = replay(frozen(leaky()), threat(log=way, host={"timing": "at-task"}), campaigns=4, seed=0)
    assert found.entries.n_leaks.tolist() == [3, 0]
