from __future__ import annotations

import dataclasses

import pytest
from reference.slow_world import World
from unit.metrics.robbed import chain, prolonged, star, two_routes, world

from nhilab.lab import replay
from nhilab.metrics.chokepoints import on_recorded_paths
from nhilab.metrics.paths import Traces
from nhilab.metrics.reading import Reading
from nhilab.scenario.threat_section import Entry, Threat
from nhilab.study.closeups.chokepoints import ChokePoint, Trace, choke_points

DOOR = Entry(timing="uniform", technique="T1552", places=("place-0",))


def points(made: World, *, top: int = 20, campaigns: int = 2) -> list[ChokePoint]:
    """Choke points of thieves who all enter at 0."""
    threat = Threat(hop_time="1us", entries={"door": DOOR})
    ledger = dataclasses.replace(made.ledger(), horizon=101, follow_up=100)
    found = replay(ledger, threat, campaigns=campaigns, seed=0)
    uses = on_recorded_paths(Traces(Reading(ledger, found)))
    return choke_points([Trace(0, ledger, found)], threat, uses, top=top, seed=0)


def lost(found: list[ChokePoint]) -> dict[tuple[str, str, str], float]:
    return {(c.name.kind, c.name.node.name, c.name.operation): c.lost for c in found}


def test_removing_a_link_of_a_chain_cuts_what_lies_behind_it() -> None:
    found = points(chain())
    assert lost(found) == {
        ("place", "place-0", ""): 7, ("credential", "identity-0", ""): 7, ("credential", "identity-1", ""): 6,
        ("opening", "identity-1", "resource-0:read"): 6, ("credential", "identity-2", ""): 4,
        ("opening", "identity-2", "resource-1:read"): 4,
    }  # fmt: skip
    assert [c.lost for c in found] == sorted((c.lost for c in found), reverse=True)
    assert all(c.lost == c.on_paths and c.lost_share == pytest.approx(c.lost / 7) for c in found)
    assert all(c.campaigns == 2 and c.campaign_share == 1 for c in found)


def test_removing_the_centre_of_a_star_cuts_all_and_a_point_only_itself() -> None:
    found = lost(points(star()))
    assert found["credential", "identity-0", ""] == 15
    assert [found["credential", f"identity-{i}", ""] for i in (1, 2, 3)] == [2, 4, 8]


def test_removing_one_of_two_routes_cuts_nothing_of_what_both_lead_to() -> None:
    found = {(c.name.kind, c.name.node.name): c for c in points(two_routes())}
    route = found["opening", "identity-2"]
    assert (route.on_paths, route.lost) == (4, 0)
    assert (found["credential", "identity-0"].on_paths, found["credential", "identity-0"].lost) == (5, 1)
    assert found["credential", "identity-2"].lost == 4


def test_what_prolongs_a_foothold_cuts_more_than_the_recorded_paths_carry() -> None:
    """The foothold in which the second credential appears rests on the first, which is not on the path to it."""
    found = {(c.name.kind, c.name.node.name): c for c in points(prolonged())}
    assert found["credential", "identity-0"].on_paths == 1
    assert found["credential", "identity-0"].lost == 2


def test_only_the_parts_that_carry_most_are_removed() -> None:
    assert [c.on_paths for c in points(chain(), top=3)] == [7, 7, 6]


def test_nothing_reached_has_no_choke_points() -> None:
    nothing = world({0: ()}, lying=())
    assert points(nothing, top=3) == []


def test_what_is_reached_but_weighs_nothing_has_no_choke_points() -> None:
    made = chain()
    for row in made.rows["resources"]:
        row["sensitivity"] = 0.0
    assert points(made) == []
