"""Hand-counted cases of section 7."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from reference.both import as_slow, fast_campaign
from reference.slow_campaign import SlowResult, meet, slow_campaign, union
from reference.slow_world import World
from strategies import entrances, ledgers, thieves

from nhilab.base.estate import Isolation, When
from nhilab.base.quantities import NEVER
from nhilab.ledger.tables import Binding, Cause, Source


def replay(world: World, **given: Any) -> SlowResult:
    """Entry at 10 on unit 0 of place 0, everything else quick and short unless told."""
    usual = {
        "entered_at": 10, "place": 0, "unit": 0, "copy": -1, "dwell": 0, "dormancy": 0,
        "takes_keys": False, "hop_time": 1, "follow_up": 100,
    }  # fmt: skip
    told, ledger = usual | given, world.ledger()
    slow = slow_campaign(ledger, **told)
    thief = {name: told.pop(name) for name in ("hop_time", "follow_up")}
    assert as_slow(fast_campaign(ledger, told, thief)) == slow, "the fast replay agrees on every case by hand"
    return slow


def small(identities: int, ttl: int = 30, source: Source = Source.STANDING, verifier: int = 0) -> World:
    """A shared place, one stage, and identities with one permission of the same number each."""
    world = World()
    world.verifier()
    world.place()
    for _ in range(identities):
        world.permission(verifier)
    for number in range(identities):
        world.identity(number)
    world.stage(ttl, int(source))
    return world


def lying(world: World, scope: int = 0, place: int = 0, **row: Any) -> int:
    """A credential until 50 (unless told) that lies in unit 0 of the place all its life."""
    copy = {key: row.pop(key) for key in ("unit", "start", "until", "cause") if key in row}
    credential = world.credential(scope, **({"expires": 50} | row))
    world.copy(credential, place, **copy)
    return credential


# Taking ----------------------------------------------------------------------------------------------------


def test_nothing_there_is_an_empty_campaign() -> None:
    assert replay(small(1)) == SlowResult(0, 0, {}, set(), 10, 10, {}, False)


def test_no_way_in_is_an_empty_campaign() -> None:
    assert replay(small(1), entered_at=NEVER, place=-1).n_taken == 0


def test_star_takes_everything_at_the_place_of_entry_at_once() -> None:
    world = small(3)
    for scope in range(3):
        lying(world, scope, expires=50 + scope)
    result = replay(world)
    assert result.taken == {0: (10, 50), 1: (10, 51), 2: (10, 52)}
    assert result.at_entry == {0, 1, 2}
    assert (result.access_until, result.exposure_until) == (52, 52)
    assert result.reached == {r: (r, 11, 39 + r, 0) for r in range(3)}


def test_a_dead_credential_is_not_taken() -> None:
    world = small(1)
    lying(world, expires=10)
    assert replay(world).n_taken == 0


def test_a_copy_that_comes_during_the_dwell_is_taken_when_it_comes() -> None:
    world = small(1)
    lying(world, start=14)
    assert replay(world, dwell=4).n_taken == 0
    assert replay(world, dwell=5).taken == {0: (14, 50)}


def test_a_copy_that_comes_at_the_end_of_the_observation_is_not_taken() -> None:
    world = small(1)
    lying(world, start=14)
    assert replay(world, dwell=9, follow_up=4).n_taken == 0
    assert replay(world, dwell=9, follow_up=5).n_taken == 1


def test_a_credential_that_dies_before_its_first_use_is_taken_but_reaches_nothing() -> None:
    world = small(1)
    lying(world)
    result = replay(world, dormancy=38, hop_time=2)
    assert (result.n_taken, result.access_until, result.reached) == (1, 50, {})
    assert replay(world, dormancy=38, hop_time=1).reached == {0: (0, 49, 1, 0)}


def test_use_after_the_observation_reaches_nothing_but_death_is_followed() -> None:
    world = small(1)
    lying(world)
    result = replay(world, hop_time=5, follow_up=5)
    assert (result.taken, result.access_until, result.reached) == ({0: (10, 50)}, 50, {})


def test_dormancy_counts_from_the_entry_not_from_the_taking() -> None:
    world = small(1)
    lying(world, start=20)
    assert replay(world, dwell=15, dormancy=5, hop_time=2).reached == {0: (0, 22, 28, 0)}
    assert replay(world, dwell=15, dormancy=13, hop_time=2).reached == {0: (0, 25, 25, 0)}


def test_held_time_stops_at_the_end_of_the_observation() -> None:
    world = small(1)
    lying(world)
    assert replay(world, hop_time=5, follow_up=8).reached == {0: (0, 15, 3, 0)}


def test_the_first_operation_counts_and_all_of_them_are_held() -> None:
    world = World()
    world.verifier()
    world.verifier(leeway=5)
    world.place()
    world.permission(0)
    world.permission(0, "write", resource=0)
    world.identity(1)
    world.identity(0, 1)
    world.stage(30)
    lying(world, 0, expires=20)
    lying(world, 1, expires=40, start=15)
    assert replay(world, dwell=10).reached == {0: (1, 11, 9 + 20, 0)}
    assert replay(world, dwell=10, entered_at=15).reached == {0: (0, 16, 24, 0)}


# Bindings --------------------------------------------------------------------------------------------------


def test_a_brokered_credential_is_used_where_it_lies_but_never_taken() -> None:
    world = small(1)
    lying(world, binding=int(Binding.BROKERED))
    result = replay(world, dwell=8, hop_time=3)
    assert result == SlowResult(0, 0, {}, set(), 18, 10, {0: (0, 13, 5, 0)}, False, 1)


def test_an_exportable_key_is_free_for_those_who_take_keys_and_bound_to_its_place_for_others() -> None:
    world = small(1)
    lying(world, binding=int(Binding.EXPORTABLE_KEY))
    result = replay(world, dwell=8, hop_time=3)
    assert (result.taken, result.exposure_until, result.reached) == ({0: (10, 18)}, 18, {0: (0, 13, 5, 0)})
    result = replay(world, dwell=8, hop_time=3, takes_keys=True)
    assert (result.taken, result.exposure_until, result.reached) == ({0: (10, 50)}, 50, {0: (0, 13, 37, 0)})


def test_a_key_lies_with_its_owner_and_with_copies_made_of_it_and_nowhere_else() -> None:
    for cause in Cause:
        for binding in (Binding.EXPORTABLE_KEY, Binding.NON_EXPORTABLE):
            world = small(1)
            lying(world, binding=int(binding), cause=int(cause))
            result = replay(world, dwell=8, hop_time=3, takes_keys=True)
            key = cause in (Cause.OWNER, Cause.COPIED)
            until = (50 if binding == Binding.EXPORTABLE_KEY else 18) if key else 10
            assert result.taken == {0: (10, until)}
            assert result.reached == ({0: (0, 13, until - 13, 0)} if key else {})


def test_a_bearer_is_worth_the_same_wherever_it_lies() -> None:
    for cause in Cause:
        world = small(1)
        lying(world, cause=int(cause))
        assert replay(world).reached == {0: (0, 11, 39, 0)}


def test_a_token_seen_before_its_key_is_used_once_the_key_is_there() -> None:
    world = small(1)
    credential = lying(world, binding=int(Binding.EXPORTABLE_KEY), cause=int(Cause.LOGGED))
    world.copy(credential, 0, start=16)
    result = replay(world, dwell=10, hop_time=3, takes_keys=True)
    assert (result.taken, result.reached) == ({0: (10, 50)}, {0: (0, 19, 31, 0)})


# Places inside places --------------------------------------------------------------------------------------


def test_who_holds_a_place_holds_every_unit_inside_it_however_deep() -> None:
    world = small(3)
    slots = world.place(isolation=int(Isolation.SLOT), slots=2, inside=0)
    middle = world.place(inside=0)
    tasks = world.place(isolation=int(Isolation.TASK), inside=middle)
    lying(world, 0, slots, unit=1)
    lying(world, 1, middle)
    lying(world, 2, tasks, unit=world.task(tasks, 0, 5), start=3)
    result = replay(world)
    assert result.taken == {0: (10, 50), 1: (10, 50), 2: (10, 50)}
    assert (result.at_entry, result.exposure_until) == ({0, 1, 2}, 50)
    assert result.reached == {r: (r, 11, 39, 0) for r in range(3)}


def test_who_holds_an_inner_place_holds_neither_the_outer_one_nor_its_neighbours() -> None:
    world = small(2)
    inner, neighbour = world.place(inside=0), world.place(inside=0)
    lying(world, 0, 0)
    lying(world, 1, neighbour)
    assert replay(world, place=inner).n_taken == 0


def test_opening_an_outer_place_opens_what_lies_inside_without_another_hop() -> None:
    world = small(2)
    lying(world, 0)
    outer = world.place()
    inner = world.place(isolation=int(Isolation.SLOT), slots=1, inside=outer)
    world.add("openings", permission=0, place=outer)
    lying(world, 1, inner, expires=51)
    result = replay(world, hop_time=4)
    assert result.taken == {0: (10, 50), 1: (14, 51)}
    assert (result.at_entry, result.reached[1]) == ({0}, (1, 18, 33, 1))


def test_tasks_inside_a_held_place_attest_while_they_run() -> None:
    world = small(2, ttl=30, source=Source.ATTESTED)
    inner = world.place(isolation=int(Isolation.SLOT), slots=1, inside=0)
    world.add("attestations", identity=1, place=inner)
    world.task(inner, 12, 20, identity=1)
    assert replay(world, dwell=2).n_minted == 0
    result = replay(world, dwell=4)
    assert (result.n_minted, result.access_until, result.reached) == (1, 44, {1: (1, 13, 31, 0)})


def test_a_cycle_may_go_through_a_place_inside_another() -> None:
    world = small(1, ttl=3, source=Source.ATTESTED)
    inner = world.place(inside=0)
    world.add("attestations", identity=0, place=inner)
    world.add("openings", permission=0, place=0)
    result = replay(world, place=inner, hop_time=2)
    assert (result.access_until, result.persistent, result.reached) == (NEVER, True, {0: (0, 12, 98, 0)})


# Openings --------------------------------------------------------------------------------------------------


def chain(length: int, ttl: int = 30) -> World:
    """Each identity opens the next place, where the next identity's credential lies."""
    world = small(length, ttl)
    for i in range(length):
        place = 0 if i == 0 else world.place()
        lying(world, i, place, expires=50 + i)
        if i:
            world.add("openings", permission=i - 1, place=place)
    return world


def test_chain_adds_a_hop_and_a_hop_time_per_place() -> None:
    result = replay(chain(3), hop_time=4)
    assert result.taken == {0: (10, 50), 1: (14, 51), 2: (18, 52)}
    assert (result.at_entry, result.access_until, result.exposure_until) == ({0}, 52, 50)
    assert result.reached == {0: (0, 14, 36, 0), 1: (1, 18, 33, 1), 2: (2, 22, 30, 2)}


def test_chain_stops_when_the_observation_does() -> None:
    result = replay(chain(3), hop_time=4, follow_up=8)
    assert result.taken == {0: (10, 50), 1: (14, 51)}
    assert set(result.reached) == {0}


def test_tree_opens_all_branches_in_parallel() -> None:
    world = small(3)
    lying(world, 0)
    for i in (1, 2):
        place = world.place()
        world.add("openings", permission=0, place=place)
        lying(world, i, place)
    result = replay(world, hop_time=2)
    assert result.taken == {0: (10, 50), 1: (12, 50), 2: (12, 50)}
    assert [n_hops for *_, n_hops in result.reached.values()] == [0, 1, 1]


def test_the_shorter_way_wins_where_both_arrive_at_once() -> None:
    # Identity 2 is impersonated from place 0 through identity 1 and directly, at the same instant with hop 0.
    world = small(3)
    lying(world, 0)
    world.add("openings", permission=0, identity=1)
    world.add("openings", permission=1, identity=2)
    world.add("openings", permission=0, identity=2)
    assert replay(world, hop_time=0).reached[2][3] == 1


def test_an_earlier_way_with_more_hops_wins() -> None:
    world = small(3)
    lying(world, 0)
    lying(world, 0, expires=60, start=30)
    world.add("openings", permission=0, identity=1)
    world.add("openings", permission=1, identity=2)
    assert replay(world, hop_time=2, dwell=25).reached[2][1:] == (16, 94, 2)


def test_an_opened_place_stays_open_while_its_opener_works_and_for_the_dwell_after() -> None:
    world = small(2)
    lying(world, 0)
    place = world.place()
    world.add("openings", permission=0, place=place)
    lying(world, 1, place, start=52, expires=70)
    assert replay(world, dwell=2).n_taken == 1
    assert replay(world, dwell=3).taken == {0: (10, 50), 1: (52, 70)}


def test_now_opens_every_slot_with_a_running_task_and_no_idle_one() -> None:
    world = small(4)
    lying(world, 0)
    place = world.place(isolation=int(Isolation.SLOT), slots=3)
    world.add("openings", permission=0, place=place)
    world.task(place, 20, 30, slot=0)
    world.task(place, 5, 12, slot=1)
    for slot in range(3):
        lying(world, 1 + slot, place, unit=slot)
    assert replay(world).taken == {0: (10, 50), 1: (20, 50), 2: (11, 50)}


def test_the_dwell_in_a_slot_reaches_the_next_task_there() -> None:
    world = small(2)
    lying(world, 0)
    place = world.place(isolation=int(Isolation.SLOT), slots=1)
    world.add("openings", permission=0, place=place)
    world.task(place, 20, 30)
    lying(world, 1, place, start=33)
    assert replay(world, dwell=3).n_taken == 1
    assert replay(world, dwell=4).taken[1] == (33, 50)


def test_dwell_reopens_footholds_in_the_next_tasks_of_a_slot() -> None:
    # The opener works during [11, 50), so it opens the slot anew in every task: at 20 and at 40.
    world = small(3)
    lying(world, 0)
    place = world.place(isolation=int(Isolation.SLOT), slots=1)
    world.add("openings", permission=0, place=place)
    world.task(place, 20, 22)
    world.task(place, 40, 42)
    lying(world, 1, place, start=30, until=35)
    lying(world, 2, place, start=41)
    assert replay(world, dwell=1).taken == {0: (10, 50), 2: (41, 50)}


def next_task(isolation: Isolation, starts: tuple[int, ...]) -> World:
    """A trap works during [11, 20); each task start leaves a copy there for two instants."""
    world = small(1 + len(starts))
    lying(world, 0, expires=20)
    place = world.place(isolation=int(isolation), slots=1)
    world.add("openings", permission=0, place=place, when=int(When.NEXT_TASK))
    for i, start in enumerate(starts):
        task = world.task(place, start, start + 2)
        lying(world, 1 + i, place, start=start, until=start + 2, unit=task if isolation == Isolation.TASK else 0)
    return world


def test_a_trap_springs_at_each_start_while_it_works_and_once_after() -> None:
    for isolation in (Isolation.SHARED, Isolation.SLOT):
        assert set(replay(next_task(isolation, (8, 12, 15, 20, 30))).taken) == {0, 2, 3, 4}


def test_a_trap_springs_once_in_each_task_unit_however_late() -> None:
    assert set(replay(next_task(Isolation.TASK, (8, 12, 20, 30))).taken) == {0, 2, 3, 4}


def test_a_trap_springs_at_a_start_in_the_very_instant_it_is_set() -> None:
    assert set(replay(next_task(Isolation.SLOT, (8, 11, 19, 21, 23))).taken) == {0, 2, 3, 4}


def test_a_trap_lasts_one_instant_without_dwell() -> None:
    world = next_task(Isolation.SLOT, (12,))
    world.rows["copies"][1]["from_at"] = 13
    assert replay(world).n_taken == 1
    assert replay(world, dwell=2).n_taken == 2


def test_a_non_exportable_credential_is_worthless_away_from_its_place() -> None:
    world = small(1)
    lying(world, binding=int(Binding.NON_EXPORTABLE))
    result = replay(world, dwell=8, hop_time=3)
    assert result.taken == {0: (10, 18)}
    assert result.reached == {0: (0, 13, 5, 0)}
    assert (result.access_until, result.exposure_until) == (18, 18)
    assert replay(world, dwell=3, hop_time=3).reached == {}


def test_a_non_exportable_credential_that_opens_its_own_place_keeps_it_open() -> None:
    world = small(1)
    lying(world, binding=int(Binding.NON_EXPORTABLE))
    world.add("openings", permission=0, place=0)
    result = replay(world, dwell=8, hop_time=3)
    assert result.taken == {0: (10, 50)}
    assert result.reached == {0: (0, 13, 37, 0)}
    assert (result.access_until, result.exposure_until) == (50, 18)


def test_a_place_kept_open_for_ever_without_minting_is_not_persistence() -> None:
    world = small(1)
    lying(world, expires=NEVER, binding=int(Binding.NON_EXPORTABLE))
    world.add("openings", permission=0, place=0)
    assert replay(world, dwell=0, hop_time=0).access_until == 11
    result = replay(world, dwell=3, hop_time=2)
    assert (result.access_until, result.persistent) == (NEVER, False)


# Minting ---------------------------------------------------------------------------------------------------


def test_impersonation_mints_while_the_opener_works_and_outlives_it_by_a_lifetime() -> None:
    world = small(2, ttl=30)
    lying(world, 0)
    world.add("openings", permission=0, identity=1)
    result = replay(world, hop_time=4)
    assert (result.n_taken, result.n_minted, result.access_until, result.exposure_until) == (1, 1, 80, 50)
    assert result.reached == {0: (0, 14, 36, 0), 1: (1, 18, 62, 1)}
    assert not result.persistent


def test_a_finite_row_of_impersonations_ends() -> None:
    # The credential until 50, its children until 80, theirs until 110, though the thief is watched until 30 only.
    world = small(3, ttl=30)
    lying(world, 0)
    world.add("openings", permission=0, identity=1)
    world.add("openings", permission=1, identity=2)
    result = replay(world, follow_up=20)
    assert (result.n_minted, result.access_until, result.persistent) == (2, 110, False)


def mutual(ttl: int) -> World:
    """Two identities that may impersonate each other; a credential of the first lies open."""
    world = small(2, ttl)
    lying(world, 0, expires=20)
    world.add("openings", permission=0, identity=1)
    world.add("openings", permission=1, identity=0)
    return world


def test_two_mutually_impersonating_identities_never_die() -> None:
    result = replay(mutual(5), hop_time=4)
    assert (result.n_minted, result.access_until, result.exposure_until, result.persistent) == (2, NEVER, 20, True)
    # Resource 0: the credential [14, 20), then children [22, 30), [30, 40), …: all but [20, 22) of [14, 110).
    # Resource 1: children [18, 25), [26, 35), [34, 45), …: all but [25, 26) of [18, 110).
    assert result.reached == {0: (0, 14, 94, 0), 1: (1, 18, 91, 1)}


def test_a_lifetime_not_longer_than_a_hop_mints_nothing() -> None:
    result = replay(mutual(4), hop_time=4)
    assert (result.n_minted, result.access_until, result.persistent) == (0, 20, False)


def test_leeway_makes_a_child_in_hand_but_not_at_a_strict_verifier() -> None:
    world = mutual(4)
    world.verifier(leeway=1)
    world.rows["resources"][1]["verifier"] = 1
    result = replay(world, hop_time=4)
    # Children of identity 1 live five at verifier 1; children of identity 0 four: they are not in hand.
    assert (result.n_minted, result.access_until, result.persistent) == (1, 25, False)


def test_dormancy_longer_than_the_first_life_stops_a_cycle() -> None:
    assert not replay(mutual(30), dormancy=9, hop_time=1).persistent
    assert replay(mutual(30), dormancy=8, hop_time=1).persistent


def test_gaps_of_a_slow_cycle_are_not_held() -> None:
    # Used during [12, 13), mints then, so children [14, 16), which mint children [16, 19), …: all but [13, 14).
    world = small(1, ttl=3)
    lying(world, expires=13)
    world.add("openings", permission=0, identity=0)
    result = replay(world, hop_time=2)
    assert result.persistent
    assert result.reached == {0: (0, 12, 1 + 96, 0)}


def test_a_cycle_that_began_before_the_end_of_the_observation_is_followed() -> None:
    result = replay(mutual(5), hop_time=4, follow_up=9)
    assert (result.n_minted, result.persistent) == (2, True)
    assert replay(mutual(5), hop_time=4, follow_up=8).persistent is False


def test_a_credential_that_never_dies_makes_a_child_that_never_dies_without_a_cycle() -> None:
    world = small(2)
    lying(world, 0, expires=NEVER)
    world.add("openings", permission=0, identity=1)
    result = replay(world)
    assert (result.access_until, result.persistent) == (NEVER, False)


def test_a_bearer_that_never_dies_is_no_cycle_even_where_its_child_holds_its_place() -> None:
    # The child opens the place where the credential lies; but taking a bearer again prolongs nothing.
    world = small(2)
    lying(world, 0, expires=NEVER)
    world.add("openings", permission=0, identity=1)
    world.add("openings", permission=1, place=0)
    result = replay(world)
    assert (result.access_until, result.persistent) == (NEVER, False)


def test_a_non_exportable_one_kept_usable_by_its_own_child_never_dies_but_is_no_cycle_of_pairs() -> None:
    # Used during [11, 13) at first; its children hold its place, so it is used on and mints on.
    world = small(2)
    lying(world, 0, expires=NEVER, binding=int(Binding.NON_EXPORTABLE))
    world.add("openings", permission=0, identity=1)
    assert replay(world, dwell=3).access_until == 13 + 30
    world.add("openings", permission=1, place=0)
    result = replay(world, dwell=3)
    assert (result.access_until, result.persistent) == (NEVER, True)


def test_an_attested_stage_is_minted_while_the_foothold_lasts() -> None:
    world = small(1, ttl=30, source=Source.ATTESTED)
    world.add("attestations", identity=0, place=0)
    result = replay(world, dwell=5, dormancy=7, hop_time=2)
    assert (result.n_taken, result.n_minted, result.access_until, result.exposure_until) == (0, 1, 45, 10)
    assert result.reached == {0: (0, 19, 26, 0)}


def test_an_attested_stage_needs_a_running_task_of_the_identity_in_a_slot() -> None:
    world = small(2, ttl=30, source=Source.ATTESTED)
    world.place(isolation=int(Isolation.SLOT), slots=1)
    world.add("attestations", identity=1, place=1)
    world.task(1, 5, 12, identity=0)
    world.task(1, 13, 20, identity=1)
    assert replay(world, place=1, dwell=3).n_minted == 0
    result = replay(world, place=1, dwell=4)
    assert (result.n_minted, result.access_until) == (1, 44)
    assert result.reached == {1: (1, 14, 30, 0)}


def test_a_task_in_another_slot_attests_nothing_here() -> None:
    world = small(1, ttl=30, source=Source.ATTESTED)
    world.place(isolation=int(Isolation.SLOT), slots=2)
    world.add("attestations", identity=0, place=1)
    world.task(1, 5, 40, slot=1)
    assert replay(world, place=1, unit=0).n_minted == 0
    assert replay(world, place=1, unit=1).n_minted == 1


def test_a_place_that_attests_the_identity_that_opens_it_is_a_cycle() -> None:
    world = small(1, ttl=3, source=Source.ATTESTED)
    world.add("attestations", identity=0, place=0)
    world.add("openings", permission=0, place=0)
    result = replay(world, hop_time=2)
    assert (result.access_until, result.persistent) == (NEVER, True)
    # Foothold [10, 11), used [12, 14), foothold again, used [14, 17), …
    assert result.reached == {0: (0, 12, 98, 0)}


def two_stages(first: int = 40, second: int = 7) -> World:
    world = World()
    world.verifier()
    world.place()
    world.permission()
    world.identity(0)
    world.stage(first)
    world.stage(second, int(Source.PREVIOUS))
    lying(world, expires=first)
    return world


def test_two_stages_last_for_the_rest_of_the_first_and_the_whole_second() -> None:
    result = replay(two_stages(), hop_time=2)
    assert (result.n_taken, result.n_minted, result.access_until, result.exposure_until) == (1, 1, 47, 40)
    assert result.reached == {0: (0, 12, 35, 0)}


def test_a_minted_first_stage_not_longer_than_a_hop_mints_no_second() -> None:
    # Leeway keeps the first stage itself in hand: until 11 + 4 + 1.
    world = two_stages(first=4, second=30)
    world.rows["credentials"].clear()
    world.rows["copies"].clear()
    world.rows["stages"][0]["source"] = int(Source.ATTESTED)
    world.rows["verifiers"][0]["leeway"] = 1
    world.add("attestations", identity=0, place=0)
    result = replay(world, hop_time=4)
    assert (result.n_minted, result.access_until) == (1, 16)
    # In hand twice with a shorter hop: the second stage is minted during [13, 15).
    result = replay(world, hop_time=3)
    assert (result.n_minted, result.access_until) == (2, 15 + 30 + 1)


def test_two_stages_that_mint_each_other_never_die() -> None:
    world = two_stages()
    world.add("openings", permission=0, identity=0)
    result = replay(world, hop_time=2)
    assert (result.n_minted, result.access_until, result.persistent) == (1, NEVER, True)


def test_a_revoked_first_stage_mints_no_more_though_a_self_contained_verifier_still_accepts_it() -> None:
    # Mints during [12, 30), so children until 37; the first stage itself until 40, or until 30 where it is known.
    world = two_stages()
    world.rows["credentials"][0]["revoked_at"] = 30
    result = replay(world, hop_time=2)
    assert (result.access_until, result.reached) == (40, {0: (0, 12, 28, 0)})
    world.rows["verifiers"][0]["self_contained"] = False
    result = replay(world, hop_time=2)
    assert (result.access_until, result.reached) == (37, {0: (0, 12, 25, 0)})


def test_children_of_a_narrowed_credential_are_as_narrow() -> None:
    world = World()
    world.verifier()
    world.place()
    world.permission()
    world.permission()
    world.identity(0, 1)
    narrow = world.scope(0, [1], resource=1)
    world.stage(40)
    world.stage(7, int(Source.PREVIOUS))
    lying(world, narrow, expires=40)
    assert set(replay(world).reached) == {1}


def test_a_non_exportable_parent_mints_only_from_its_place() -> None:
    world = two_stages()
    world.rows["credentials"][0]["binding"] = int(Binding.NON_EXPORTABLE)
    # Mints during [12, 15): children until 22, though the parent is good for nothing after 15.
    result = replay(world, dwell=5, hop_time=2)
    assert (result.access_until, result.exposure_until) == (22, 15)


def test_a_brokered_parent_mints_only_from_its_place_and_is_no_exposure() -> None:
    world = two_stages()
    world.rows["credentials"][0]["binding"] = int(Binding.BROKERED)
    result = replay(world, dwell=5, hop_time=2)
    assert (result.n_taken, result.n_brokered, result.n_minted) == (0, 1, 1)
    assert (result.access_until, result.exposure_until) == (22, 10)


# Chains ----------------------------------------------------------------------------------------------------


def two_chains() -> World:
    """Attested 40, next 7; standing 100, next 20: identity 0 opens identity 1."""
    world = small(2, ttl=40, source=Source.ATTESTED)
    world.stage(7, int(Source.PREVIOUS))
    world.stage(100, int(Source.STANDING), chain=1)
    world.stage(20, int(Source.PREVIOUS), chain=1)
    world.add("openings", permission=0, identity=1)
    return world


def test_an_opened_identity_mints_the_last_stage_of_every_chain_it_follows() -> None:
    world = two_chains()
    lying(world, 0, stage=1)
    result = replay(world)
    assert (result.n_minted, result.access_until, result.reached[1]) == (2, 70, (1, 12, 58, 1))
    for stage in (0, 1):
        world.add("managed", identity=1, stage=stage)
    result = replay(world)
    assert (result.n_minted, result.access_until, result.reached[1]) == (1, 57, (1, 12, 45, 1))


def test_an_opened_identity_of_which_no_last_stage_is_managed_mints_nothing() -> None:
    world = two_chains()
    lying(world, 0, stage=1)
    world.add("managed", identity=0, stage=1)
    world.add("managed", identity=1, stage=0)
    result = replay(world)
    assert (result.n_taken, result.n_minted) == (1, 0)


def test_a_chain_ends_where_the_next_one_begins() -> None:
    # The last stage of the first chain mints nothing; the first of the second mints the second of the second.
    for stage, minted, until in ((1, 0, 50), (2, 1, 70)):
        world = two_chains()
        world.rows["openings"].clear()
        lying(world, 0, stage=stage)
        result = replay(world)
        assert (result.n_minted, result.access_until) == (minted, until)


def test_only_managed_identities_are_attested() -> None:
    world = small(2, ttl=30, source=Source.ATTESTED)
    for identity in (0, 1):
        world.add("attestations", identity=identity, place=0)
    assert set(replay(world).reached) == {0, 1}
    world.add("managed", identity=1, stage=0)
    result = replay(world)
    assert (result.n_minted, set(result.reached)) == (1, {1})


def test_a_credential_that_no_strategy_manages_is_used_and_mints_nothing() -> None:
    world = two_stages()
    world.rows["credentials"][0]["stage"] = -1
    result = replay(world)
    assert (result.n_taken, result.n_minted, result.access_until) == (1, 0, 40)
    assert result.reached == {0: (0, 11, 29, 0)}


# Leaks -----------------------------------------------------------------------------------------------------


def leak(**row: Any) -> World:
    world = small(1)
    log = world.place(kind="log")
    credential = world.credential(0, **({"expires": 50} | row))
    world.add("copies", credential=credential, place=log, unit=0, from_at=5, until_at=30, cause=int(Cause.LOGGED))
    lying(world, 0, log)
    return world


def test_at_leak_takes_that_copy_and_holds_no_foothold() -> None:
    result = replay(leak(), copy=0, place=-1, unit=-1, dwell=20, hop_time=3)
    assert (result.taken, result.at_entry) == ({0: (10, 50)}, {0})
    assert (result.access_until, result.exposure_until) == (50, 50)
    assert result.reached == {0: (0, 13, 37, 0)}


def test_at_leak_finds_nothing_once_the_copy_is_gone_or_dead() -> None:
    assert replay(leak(), copy=0, place=-1, entered_at=29).n_taken == 1
    assert replay(leak(), copy=0, place=-1, entered_at=30) == SlowResult(0, 0, {}, set(), 30, 30, {}, False)
    assert replay(leak(expires=20), copy=0, place=-1, entered_at=20).n_taken == 0


def test_a_leaked_brokered_credential_is_within_reach_and_worthless() -> None:
    result = replay(leak(binding=int(Binding.BROKERED)), copy=0, place=-1)
    assert result == SlowResult(0, 0, {}, set(), 10, 10, {}, False, 1)


def test_a_leaked_exportable_credential_is_without_its_key() -> None:
    result = replay(leak(binding=int(Binding.EXPORTABLE_KEY)), copy=0, place=-1, takes_keys=True)
    assert (result.taken, result.access_until, result.reached) == ({0: (10, 10)}, 10, {})


def test_a_leaked_non_exportable_credential_is_in_hand_and_worthless() -> None:
    result = replay(leak(binding=int(Binding.NON_EXPORTABLE)), copy=0, place=-1)
    assert (result.taken, result.access_until, result.reached) == ({0: (10, 10)}, 10, {})


# Sets, and random worlds -----------------------------------------------------------------------------------


def test_touching_intervals_become_one() -> None:
    assert union([(1, 2), (5, 6)], [(2, 3), (4, 4)]) == [(1, 3), (5, 6)]
    assert meet([(1, 3), (5, 9)], [(2, 6)]) == [(2, 3), (5, 6)]


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_campaign_is_in_good_order(data: st.DataObject) -> None:
    ledger = data.draw(ledgers())
    way_in, thief = data.draw(entrances(ledger)), data.draw(thieves())
    result = slow_campaign(ledger, **way_in, **thief)
    e, end = way_in["entered_at"], way_in["entered_at"] + thief["follow_up"]
    assert e <= result.exposure_until <= result.access_until <= NEVER
    assert result.at_entry <= set(result.taken)
    assert result.n_taken == len(result.taken)
    assert all(e <= x < end and x <= until for x, until in result.taken.values())
    for permission, at, held, n_hops in result.reached.values():
        assert e <= at < end
        assert 0 < held <= end - at
        assert n_hops >= 0
        assert permission >= 0
    assert result.access_until == NEVER or not result.persistent
