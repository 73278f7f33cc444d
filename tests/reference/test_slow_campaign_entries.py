"""Hand-counted cases of section 7: ways in beside footholds, thieves who act inside only, networks, planted keys."""

from __future__ import annotations

from typing import Any

from reference.slow_world import World
from reference.test_slow_campaign_detection import lying, noticed, one, replay, small

from nhilab.base.estate import Isolation
from nhilab.base.quantities import NEVER
from nhilab.ledger.tables import Binding, Cause, Source

# Ways in ---------------------------------------------------------------------------------------------------


def test_a_resident_stays_until_the_end_of_his_task_if_that_is_later() -> None:
    world = one(start=39)
    assert replay(world, dwell=5, stays_until=39).n_taken == 0
    assert replay(world, dwell=5, stays_until=40).taken == {0: (39, 50)}
    assert replay(world, dwell=30, stays_until=12).taken == {0: (39, 50)}


def test_who_holds_a_bearer_needs_no_foothold() -> None:
    result = replay(one(), place=-1, held=0)
    assert (result.taken, result.at_entry, result.exposure_until) == ({0: (10, 50)}, {0}, 50)
    assert result.reached == {0: (0, 11, 39, 0)}


def test_who_holds_an_exportable_credential_needs_its_key() -> None:
    world = one(binding=int(Binding.EXPORTABLE_KEY))
    assert replay(world, place=-1, held=0).reached == {}
    assert replay(world, place=-1, held=0, takes_keys=True).reached == {0: (0, 11, 39, 0)}


def test_who_holds_what_cannot_leave_its_place_uses_nothing() -> None:
    for binding in (Binding.NON_EXPORTABLE, Binding.BROKERED):
        result = replay(one(binding=int(binding)), place=-1, held=0, takes_keys=True)
        assert (result.n_taken + result.n_brokered, result.access_until, result.reached) == (1, 10, {})


def test_a_dead_credential_is_not_held() -> None:
    assert replay(one(), place=-1, held=0, entered_at=49).n_taken == 1
    assert replay(one(), place=-1, held=0, entered_at=50).n_taken == 0


def test_a_signing_key_mints_every_stage_of_its_issuer_but_standing_ones() -> None:
    world = small(2, ttl=30, source=Source.ATTESTED)
    world.stage(20, int(Source.STANDING), chain=1)
    world.stage(50, int(Source.ATTESTED), chain=2, issuer="other")
    for identity, stage in ((0, 0), (0, 1), (1, 1), (1, 2)):
        world.add("managed", identity=identity, stage=stage)
    result = replay(world, place=-1, signer=0, dwell=5)
    assert (result.n_taken, result.n_minted, result.access_until) == (0, 1, 45)
    assert result.reached == {0: (0, 11, 34, 0)}
    assert replay(world, place=-1, signer=2, dwell=5).reached == {1: (1, 11, 54, 0)}


# Planted keys ----------------------------------------------------------------------------------------------


def test_a_planted_key_works_for_ever_and_mints_nothing() -> None:
    world = small(2)
    lying(world)
    world.add("openings", permission=0, identity=1, plants=True)
    result = replay(world)
    assert (result.n_minted, result.access_until, result.persistent) == (1, NEVER, False)
    assert result.reached[1] == (1, 12, 98, 1)


# Inside only -----------------------------------------------------------------------------------------------


def hijacked(**stage: Any) -> World:
    """Identity 0 may do two things; the agent's task of [0, 30) at place 0 plans the first."""
    world = World()
    world.verifier()
    world.place()
    world.permission()
    world.permission()
    world.identity(0, 1)
    world.stage(30, **stage)
    world.task(0, 0, 30)
    world.add("targets", workload=0, permission=0, weight=1.0)
    lying(world)
    world.call(0, 0, 12)
    return world


def test_who_acts_inside_only_carries_nothing_away_and_ends_with_his_task() -> None:
    result = replay(hijacked(), inside=True, task=0, dwell=60)
    assert (result.n_taken, result.n_brokered, result.taken) == (0, 1, {})
    assert (result.access_until, result.exposure_until) == (30, 10)
    assert result.reached == {0: (0, 11, 19, 0), 1: (1, 11, 19, 0)}
    assert replay(hijacked(), inside=True, task=0, dwell=5).access_until == 15


def test_inside_a_bearer_works_only_where_its_owner_keeps_it() -> None:
    world = hijacked()
    world.rows["copies"][0]["cause"] = int(Cause.LOGGED)
    result = replay(world, inside=True, task=0, dwell=60)
    assert (result.n_brokered, result.access_until, result.reached) == (1, 10, {})


def test_inside_children_are_honoured_until_the_task_ends_at_most() -> None:
    world = hijacked()
    world.add("openings", permission=0, identity=0)
    result = replay(world, inside=True, task=0, dwell=60)
    assert (result.n_minted, result.access_until, result.persistent) == (1, 30, False)


def test_a_judged_agent_is_confined_to_its_intent() -> None:
    result = replay(hijacked(judged=True), inside=True, task=0, dwell=60)
    assert set(result.reached) == {0}
    assert set(replay(hijacked(judged=True), dwell=60).reached) == {0, 1}


def test_a_judged_agent_does_what_is_falsely_allowed() -> None:
    result = replay(hijacked(judged=True, false_allow_probability=1.0), inside=True, task=0, dwell=60)
    assert set(result.reached) == {0, 1}


def test_what_a_judged_agent_may_not_do_opens_nothing_and_is_denied() -> None:
    world = hijacked(judged=True)
    world.place()
    world.add("openings", permission=1, place=1)
    lying(world, 0, 1)
    # At 11, and after the response again at 21, as the verifier never learns of it.
    result = replay(world, noticed(denied=1), inside=True, task=0, dwell=60)
    assert (result.n_brokered, result.responses) == (1, (21, 31))
    assert replay(world, noticed(out_of_intent=1), inside=True, task=0, dwell=60).responses == ()


# Networks --------------------------------------------------------------------------------------------------


def fenced() -> World:
    """Permission 0 anywhere, permission 1 only from the network of place 1."""
    world = World()
    world.verifier()
    world.verifier(accepts_from="inner")
    world.place()
    world.place(network="inner")
    world.permission(0)
    world.permission(1)
    world.identity(0, 1)
    world.stage(30)
    lying(world)
    return world


def test_a_verifier_of_one_network_accepts_only_while_the_thief_stands_in_it() -> None:
    assert set(replay(fenced(), dwell=5).reached) == {0}
    world = fenced()
    world.add("openings", permission=0, place=1)
    result = replay(world, dwell=5, hop_time=2)
    # The place is open during [12, 55), the token works until 50.
    assert result.reached[1] == (1, 12, 38, 0)


def test_children_are_cut_to_the_network_too() -> None:
    world = small(source=Source.ATTESTED)
    world.rows["verifiers"][0]["accepts_from"] = "inner"
    world.rows["places"][0]["network"] = "inner"
    world.add("attestations", identity=0, place=0)
    result = replay(world, dwell=6)
    assert (result.n_minted, result.access_until, result.reached) == (1, 16, {0: (0, 11, 5, 0)})


def test_where_every_verifier_is_of_a_network_a_token_is_honoured_until_its_last_use_there() -> None:
    world = one()
    world.rows["verifiers"][0]["accepts_from"] = "inner"
    assert replay(world, dwell=6).taken == {0: (10, 10)}
    world.rows["places"][0]["network"] = "inner"
    assert replay(world, dwell=6).taken == {0: (10, 16)}


def test_a_use_out_of_the_network_at_first_readiness_is_denied() -> None:
    world = one()
    world.rows["verifiers"][0]["accepts_from"] = "inner"
    assert replay(world, noticed(denied=1)).responses == (21,)


def test_a_cycle_through_a_network_never_dies() -> None:
    # Children from within hold the place, and the place lets them in.
    world = small(source=Source.ATTESTED, ttl=5)
    world.rows["verifiers"][0]["accepts_from"] = "inner"
    world.rows["places"][0]["network"] = "inner"
    world.add("attestations", identity=0, place=0)
    assert replay(world, dwell=3).access_until == 13
    world.add("openings", permission=0, place=0)
    result = replay(world, dwell=3)
    assert (result.access_until, result.persistent) == (NEVER, True)


def test_a_foothold_in_a_slot_of_the_network_counts_as_any() -> None:
    world = one()
    world.rows["verifiers"][0]["accepts_from"] = "inner"
    slots = world.place(isolation=int(Isolation.SLOT), slots=1, network="inner")
    lying(world, 0, slots)
    assert replay(world, place=slots, dwell=4).reached == {0: (0, 11, 3, 0)}
