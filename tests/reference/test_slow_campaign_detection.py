"""Hand-counted cases of section 7: acts, alarms, responses, and what they end."""

from __future__ import annotations

from typing import Any

from reference.slow_campaign import SlowResult, slow_campaign
from reference.slow_world import World

from nhilab.base.estate import When
from nhilab.base.quantities import NEVER
from nhilab.ledger.tables import Binding, Cause, Source, Unit
from nhilab.scenario.threat_section import Detection


def noticed(**given: Any) -> Detection:
    """Every act of the kinds named is detected, and answered 10 later; nothing is evicted unless told."""
    kinds = {"denied", "out_of_intent", "after_purpose_end", "foreign", "in_pattern"}
    chance = {kind: float(given.pop(kind)) for kind in kinds & set(given)}
    times = {"detection_time": "2us", "triage_time": "3us", "response_time": "5us"}
    return Detection.model_validate({"probability": chance} | times | given)


def replay(world: World, detection: Detection | None = None, **given: Any) -> SlowResult:
    """Entry at 10 on unit 0 of place 0, everything else quick and short unless told."""
    usual = {
        "entered_at": 10, "place": 0, "unit": 0, "copy": -1, "dwell": 0, "dormancy": 0,
        "takes_keys": False, "hop_time": 1, "follow_up": 100,
    }  # fmt: skip
    return slow_campaign(world.ledger(), **(usual | given), detection=detection)


def small(identities: int = 1, ttl: int = 30, source: Source = Source.STANDING, **stage: Any) -> World:
    """A shared place, one stage, a verifier that learns of revocations at once, and one permission per identity.

    Identity 0 has a workload at place 1 whose target is permission 0.
    """
    world = World()
    world.verifier(self_contained=False)
    world.place()
    world.place()
    for _ in range(identities):
        world.permission()
    for number in range(identities):
        world.identity(number)
    world.stage(ttl, int(source), **stage)
    world.add("workloads", name="w", kind="batch", identity=0, place=1)
    world.add("targets", workload=0, permission=0, weight=1.0)
    return world


def lying(world: World, scope: int = 0, place: int = 0, **row: Any) -> int:
    """A credential until 50 (unless told) with a purpose that never ends, in unit 0 of the place all its life."""
    copy = {key: row.pop(key) for key in ("unit", "start", "until", "cause") if key in row}
    credential = world.credential(scope, **({"expires": 50, "purpose_end": NEVER} | row))
    world.copy(credential, place, **copy)
    return credential


def one(**row: Any) -> World:
    world = small()
    lying(world, **row)
    return world


# Acts ------------------------------------------------------------------------------------------------------


def test_without_alarms_nothing_changes() -> None:
    assert replay(one(), noticed()) == replay(one())


def test_a_response_ends_a_bearer_token_where_residual_life_would_have_been_longer() -> None:
    # In hand at 10, used from 11: foreign, as the foothold is over. Answered at 21.
    result = replay(one(), noticed(foreign=1))
    assert (result.taken, result.access_until) == ({0: (10, 21)}, 21)
    assert (result.responses, result.n_responses) == ((21,), 1)
    assert result.reached == {0: (0, 11, 10, 0)}
    assert result.milestones == (13, 16, 21, 21, 21)


def test_a_token_that_dies_sooner_than_the_response_is_its_own_end() -> None:
    result = replay(one(expires=20), noticed(foreign=1))
    assert (result.access_until, result.responses) == (20, (21,))
    assert result.milestones == (NEVER,) * 5


def test_the_layers_carry_a_response_on() -> None:
    world = World()
    world.verifier(caches=(7,), self_contained=False)
    world.rows["layers"][0]["expiry"] = 0
    world.place()
    world.permission()
    world.identity(0)
    world.stage(30)
    world.add("workloads", name="w", kind="batch", identity=0, place=0)
    world.add("targets", workload=0, permission=0, weight=1.0)
    lying(world)
    result = replay(world, noticed(foreign=1))
    assert (result.access_until, result.milestones) == (28, (13, 16, 21, 21, 28))


def test_uses_are_in_pattern_while_the_foothold_lasts_and_foreign_after_it() -> None:
    assert replay(one(), noticed(in_pattern=1), dwell=1).responses == ()
    assert replay(one(), noticed(in_pattern=1), dwell=5).responses == (21,)
    assert replay(one(), noticed(foreign=1), dwell=5).responses == (25,)


def test_uses_at_or_after_the_purpose_end_are_of_that_kind_wherever_the_thief_stands() -> None:
    world = one(purpose_end=30)
    assert replay(world, noticed(after_purpose_end=1), dwell=40).responses == (40,)
    assert replay(world, noticed(foreign=1), dwell=25).responses == ()


def test_what_is_no_target_of_the_identity_is_out_of_intent_and_nothing_else() -> None:
    world = small(2)
    lying(world, 1, purpose_end=0)
    assert replay(world, noticed(out_of_intent=1)).responses == (21,)
    assert replay(world, noticed(foreign=1, after_purpose_end=1, in_pattern=1)).responses == ()


def test_children_are_always_foreign() -> None:
    world = small(source=Source.ATTESTED)
    world.add("attestations", identity=0, place=0)
    assert replay(world, noticed(in_pattern=1, after_purpose_end=1), dwell=30).responses == ()
    assert replay(world, noticed(foreign=1), dwell=30).responses[0] == 21


def test_a_credential_that_is_refused_when_it_is_first_ready_is_denied_once() -> None:
    # Revoked at 20 with a copy that lies on, as another verifier's cache still accepts it.
    world = small()
    world.verifier(caches=(40,), self_contained=False)
    world.permission(1)
    world.add("scope_permissions", scope=0, permission=1)
    lying(world, revoked_at=20)
    result = replay(world, noticed(denied=1), dormancy=14, hop_time=1)
    assert result.responses == (35,)
    assert replay(world, noticed(denied=1)).responses == ()


def test_acts_at_or_after_the_end_of_observation_are_not_judged() -> None:
    assert replay(one(), noticed(foreign=1), follow_up=1).responses == ()
    assert replay(one(), noticed(foreign=1), follow_up=2).responses == (21,)


def test_an_answer_takes_at_least_an_instant() -> None:
    at_once = noticed(foreign=1, detection_time=0, triage_time=0, response_time=0)
    assert replay(one(), at_once).milestones == (11, 11, 12, 12, 12)


def test_identities_without_owner_are_triaged_at_their_own_pace() -> None:
    world = one()
    assert replay(world, noticed(foreign=1, triage_time_without_owner="9us")).responses == (27,)
    world.rows["identities"][0]["owner"] = "team"
    assert replay(world, noticed(foreign=1, triage_time_without_owner="9us")).responses == (21,)


# Responses -------------------------------------------------------------------------------------------------


def test_an_invisible_identity_is_noticed_but_not_revoked() -> None:
    world = one()
    world.rows["identities"][0]["visible"] = False
    result = replay(world, noticed(foreign=1), follow_up=30)
    assert (result.responses, result.access_until) == ((21, 31, 41), 50)
    assert result.milestones == (NEVER,) * 5


def test_nothing_is_revoked_where_the_issuer_revokes_nothing() -> None:
    world = small(revocation_unit=int(Unit.NONE))
    lying(world)
    assert replay(world, noticed(foreign=1)).access_until == 50


def test_after_the_last_response_nobody_answers() -> None:
    world = small(revocation_unit=int(Unit.NONE))
    lying(world)
    assert replay(world, noticed(foreign=1, max_responses=2)).responses == (21, 31)


def test_unmanaged_credentials_are_revoked_by_hand_at_once() -> None:
    world = small(revocation_mean=8)
    lying(world, stage=-1)
    lying(world)
    result = replay(world, noticed(foreign=1))
    assert result.taken == {0: (10, 21), 1: (10, 29)}


def test_requests_wait_for_the_servers_of_the_revocation_path_in_order() -> None:
    for servers, ends in ((1, (25, 29, 33)), (2, (25, 25, 29)), (3, (25, 25, 25))):
        world = small(revocation_servers=servers, revocation_mean=4)
        for _ in ends:
            lying(world)
        result = replay(world, noticed(foreign=1, max_responses=1))
        assert [until for _, until in result.taken.values()] == list(ends)
        assert result.milestones == (13, 16, 21, max(ends), max(ends))


def test_an_outage_delays_a_revocation_that_would_begin_in_it() -> None:
    world = small(revocation_mean=4)
    lying(world)
    lying(world)
    world.add("outages", stage=0, from_at=24, until_at=30)
    result = replay(world, noticed(foreign=1, max_responses=1))
    assert result.taken == {0: (10, 25), 1: (10, 34)}


def test_a_response_asks_once_and_not_for_what_is_dead() -> None:
    # The first is asked for at 21 and served until 41, so the second response does not ask again.
    world = small(revocation_mean=20)
    lying(world)
    result = replay(world, noticed(foreign=1))
    assert (result.responses, result.access_until) == ((21, 31, 41), 41)


def test_a_second_response_ends_what_was_taken_after_the_first() -> None:
    world = one()
    lying(world, start=30)
    result = replay(world, noticed(foreign=1), dwell=25)
    # The first is foreign no sooner than at 35, and in pattern is not noticed.
    assert result.responses == (45,)
    result = replay(world, noticed(in_pattern=1), dwell=25)
    assert (result.responses, result.taken) == ((21, 41), {0: (10, 21), 1: (30, 41)})


def test_a_second_response_ends_what_was_minted_after_the_first() -> None:
    # The foothold mints during [10, 40); children of the first incident die at 21, the next ones are used from 22.
    world = small(source=Source.ATTESTED)
    world.add("attestations", identity=0, place=0)
    result = replay(world, noticed(foreign=1), dwell=30)
    assert (result.responses, result.access_until) == ((21, 32, 43), 43)
    assert result.milestones == (35, 38, 43, 43, 43)
    assert result.reached == {0: (0, 11, 10 + 10 + 10, 0)}


def test_a_unit_of_identity_ends_what_was_not_taken_too_and_the_calls_it_carries_are_collateral() -> None:
    for unit, collateral in ((Unit.CREDENTIAL, 1), (Unit.IDENTITY, 3)):
        world = small(revocation_unit=int(unit))
        lying(world)
        lying(world, place=1)
        late = world.credential(0, expires=90, issued=21)
        world.task(1, 0, 60)
        for credential, at in ((0, 20), (0, 21), (1, 20), (1, 21), (1, 40), (late, 40)):
            world.call(0, credential, at)
        assert replay(world, noticed(foreign=1)).collateral_calls == collateral


def test_a_unit_of_identity_is_one_request_where_single_credentials_are_many() -> None:
    world = small(revocation_mean=4, revocation_unit=int(Unit.IDENTITY))
    lying(world)
    lying(world)
    assert replay(world, noticed(foreign=1)).taken == {0: (10, 25), 1: (10, 25)}


def test_a_cascade_ends_living_descendants_of_whatever_stage_that_nobody_took() -> None:
    for cascades, collateral in ((False, 0), (True, 2)):
        world = small(cascades=cascades)
        world.stage(30, int(Source.STANDING), issuer="other")
        lying(world)
        child = world.credential(0, expires=60, stage=1, parent=0)
        grandchild = world.credential(0, expires=60, stage=1, parent=child)
        later = world.credential(0, expires=60, stage=1, parent=0, issued=22)
        world.task(1, 0, 60)
        for credential in (child, grandchild, later):
            world.call(0, credential, 30)
        assert replay(world, noticed(foreign=1)).collateral_calls == collateral


# Eviction --------------------------------------------------------------------------------------------------


def test_an_evicted_thief_takes_nothing_more_there() -> None:
    world = one()
    lying(world, start=30)
    detection = noticed(in_pattern=1, eviction_probability=1)
    assert replay(world, detection, dwell=25).taken == {0: (10, 21)}


def test_a_living_opener_reopens_at_once_what_was_cleared() -> None:
    # The opener's identity is invisible: it lives until 50, and its place is open on.
    world = small(2)
    world.rows["identities"][0]["visible"] = False
    lying(world)
    world.add("openings", permission=0, place=1)
    lying(world, 1, 1, start=21)
    result = replay(world, noticed(foreign=1, eviction_probability=1))
    assert result.responses[0] == 21
    assert result.taken[1][0] == 21


def test_an_evicted_foothold_ends_the_minting_from_it() -> None:
    # Nobody sees the identity, so the children live on; but there are none minted after 21.
    world = small(source=Source.ATTESTED)
    world.add("attestations", identity=0, place=0)
    world.rows["identities"][0]["visible"] = False
    result = replay(world, noticed(foreign=1, eviction_probability=1), dwell=60)
    assert result.access_until == 21 + 30
    assert result.milestones == (13, 16, 21, 21, 21)


def test_an_evicted_thief_with_one_invisible_identity_lives_on_by_exactly_that() -> None:
    world = small(2)
    world.rows["identities"][1]["visible"] = False
    lying(world, 0, expires=60)
    lying(world, 1, expires=55)
    result = replay(world, noticed(foreign=1, out_of_intent=1, eviction_probability=1), dwell=40)
    assert result.taken == {0: (10, 21), 1: (10, 55)}
    assert result.access_until == 55


def test_a_trap_that_was_set_before_the_response_springs_after_it() -> None:
    world = one()
    world.add("openings", permission=0, place=1, when=int(When.NEXT_TASK))
    world.task(1, 30, 40)
    lying(world, 0, 1, start=30, until=31)
    result = replay(world, noticed(foreign=1, eviction_probability=1, max_responses=1))
    assert result.taken == {0: (10, 21), 1: (30, 50)}


# Cycles ----------------------------------------------------------------------------------------------------


def cycle(mean: int) -> World:
    """Identity 0 mints itself, from a credential in hand."""
    world = small(ttl=12, revocation_mean=mean)
    lying(world)
    world.add("openings", permission=0, identity=0)
    return world


def test_a_cycle_of_minting_dies_of_an_immediate_revocation() -> None:
    result = replay(cycle(0), noticed(foreign=1, eviction_probability=1))
    assert (result.responses, result.access_until, result.persistent) == ((21,), 21, False)


def test_a_cycle_of_minting_outlives_a_response_whose_path_is_slower_than_a_hop() -> None:
    # Asked at 21, dead at 23 and 25: until then new children are minted, and so on after each response.
    result = replay(cycle(2), noticed(foreign=1, max_responses=3))
    assert (result.n_responses, result.access_until, result.persistent) == (3, NEVER, True)


def test_a_planted_key_is_ended_by_hand() -> None:
    world = one()
    world.add("openings", permission=0, identity=0, plants=True)
    assert replay(world).access_until == NEVER
    # Asked for at 21, when its planter dies too.
    result = replay(world, noticed(foreign=1))
    assert (result.access_until, result.responses, result.n_minted) == (21, (21,), 1)


def test_a_signing_key_is_held_until_it_is_evicted() -> None:
    for chance, until in ((0, 110 + 30), (1, 21 + 30)):
        world = small(source=Source.ATTESTED)
        world.rows["identities"][0]["visible"] = False
        detection = noticed(foreign=1, eviction_probability=chance)
        assert replay(world, detection, place=-1, signer=0, dwell=100).access_until == until


def test_what_cannot_leave_its_place_ends_with_the_copy_that_a_revocation_kills() -> None:
    world = one(binding=int(Binding.NON_EXPORTABLE), cause=int(Cause.OWNER))
    result = replay(world, noticed(in_pattern=1), dwell=30)
    assert (result.taken, result.milestones) == ({0: (10, 21)}, (13, 16, 21, 21, 21))
