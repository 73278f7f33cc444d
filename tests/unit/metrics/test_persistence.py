from __future__ import annotations

import pytest
from unit.metrics.robbed import HOP, chain, mutual, traced, world

from nhilab.metrics.paths import Traces
from nhilab.metrics.persistence import PersistenceCycle, persistence, persistence_cycles


def cycles(*runs: Traces, campaigns: int = 1) -> list[PersistenceCycle]:
    return persistence_cycles([persistence(traces, hop_time=HOP) for traces in runs], campaigns=campaigns)


def rounds(found: list[PersistenceCycle]) -> list[list[str]]:
    return [[f"{m.verb} {m.operation} {m.node.name}" for m in one.cycle] for one in found]


def test_two_identities_that_impersonate_each_other_are_one_cycle() -> None:
    found = cycles(traced(mutual()))
    assert rounds(found) == [["impersonates resource-0:read identity-1", "impersonates resource-1:read identity-0"]]
    assert (found[0].campaigns, found[0].campaign_share) == (1, 1.0)


def test_a_chain_that_ends_has_no_cycle() -> None:
    assert cycles(traced(chain())) == []


def test_an_identity_that_mints_itself_is_a_cycle_of_one() -> None:
    assert rounds(cycles(traced(world({0: (0,)})))) == [["impersonates resource-0:read identity-0"]]


def test_who_mint_themselves_and_each_other_are_all_three_cycles() -> None:
    found = cycles(traced(world({0: (0, 1), 1: (0, 1)})))
    assert [len(one.cycle) for one in found] == [1, 1, 2]


def test_campaigns_that_persist_are_counted_over_runs_and_the_others_are_not() -> None:
    found = cycles(traced(mutual(), 10, 60), traced(mutual(), 20), campaigns=3)
    assert [(one.campaigns, one.campaign_share) for one in found] == [(2, pytest.approx(2 / 3))]


def test_a_shared_place_that_mints_what_opens_it_is_a_cycle() -> None:
    made = world({0: ()})
    made.rows["stages"][0]["source"] = 1
    made.add("openings", permission=0, place=0)
    made.add("attestations", identity=0, place=0)
    assert rounds(cycles(traced(made))) == [["attests  identity-0", "opens resource-0:read place-0"]]


def test_what_lives_no_longer_than_a_hop_keeps_nothing_alive() -> None:
    assert persistence(traced(mutual()), hop_time=30).cycles == frozenset()
