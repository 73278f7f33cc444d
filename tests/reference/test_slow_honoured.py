"""Hand-counted cases of section 5, on the slow twin itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from layers import layered_ledgers
from reference.slow_honoured import (
    Chain,
    outages_of,
    slow_accept_until,
    slow_honoured_until,
    slow_passive_until,
)
from reference.slow_world import World

from nhilab.base.estate import Expiry, LayerKind, Unreachable
from nhilab.base.quantities import NEVER
from nhilab.ledger.tables import Ledger, Status

ACCESS = {"expiry": int(Expiry.ACCESS)}
UNCHECKED = {"checks_expiry": False}


def cache(ttl: int, **row: Any) -> dict[str, Any]:
    return {"ttl": ttl} | row


def poll(period: int, phase: int = 0, **row: Any) -> dict[str, Any]:
    return {"kind": int(LayerKind.POLL), "period": period, "phase": phase} | row


def push(delay: int, **row: Any) -> dict[str, Any]:
    return {"kind": int(LayerKind.PUSH), "delay": delay} | row


def replica(lag: int, n: int = 1, **row: Any) -> dict[str, Any]:
    return {"kind": int(LayerKind.REPLICA), "lag": lag, "n": n} | row


def first_of(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    return [row | {"alternative": 0} for row in rows]


def one(
    *layers: dict[str, Any],
    calls: tuple[Any, ...] = (),
    expires: int = 100,
    revoked: int = NEVER,
    lost: int = 0,
    issued: int = 0,
    outages: tuple[tuple[int, int], ...] = (),
    **verifier: Any,
) -> Ledger:
    """One credential, one verifier, calls at the given instants (or instants with the draw of a replica)."""
    world = World()
    world.verifier(**({"self_contained": False} | verifier))
    for row in layers:
        world.add("layers", verifier=0, **row)
    permission = world.permission()
    world.identity(permission)
    place = world.place()
    world.stage(expires)
    world.task(place, 0, 100)
    world.credential(expires=expires, revoked_at=revoked, issued=issued, lost_pushes=lost)
    for call in calls:
        at, draw = call if isinstance(call, tuple) else (call, 0.0)
        world.rows["calls"][world.call(permission, 0, at)]["replica_draw"] = draw
    for start, end in outages:
        world.add("outages", stage=0, from_at=start, until_at=end)
    return world.ledger()


def until(ledger: Ledger) -> int:
    return slow_accept_until(ledger, 0, 0)


def passive(ledger: Ledger) -> int:
    return slow_passive_until(ledger, 0, 0)


def three(ledger: Ledger) -> tuple[int, int, int]:
    """Accepted, honoured, passive."""
    return until(ledger), slow_honoured_until(ledger, 0, 0), passive(ledger)


def asked(ledger: Ledger, *instants: int, dark: tuple[int, ...] = (), draw: float = 0.0) -> list[tuple[bool, int]]:
    """What the verifier says at each instant, and how often it went to ask the issuer; `dark`: out of reach."""
    of = ledger.credentials
    chain = Chain(
        ledger.estate, 0, issued_at=int(of.issued_at[0]), expires_at=int(of.expires_at[0]),
        revoked_at=int(of.revoked_at[0]), lost_pushes=int(of.lost_pushes[0]),
    )  # fmt: skip
    return [chain.ask(u, replica_draw=draw, reachable=u not in dark) for u in instants]


def accepted(ledger: Ledger, *instants: int, dark: tuple[int, ...] = (), draw: float = 0.0) -> list[int]:
    """The instants among these at which the verifier accepts."""
    answers = asked(ledger, *instants, dark=dark, draw=draw)
    return [u for u, (yes, _) in zip(instants, answers, strict=True) if yes]


# No layer, and plain caches ----------------------------------------------------------------------------------


def test_self_contained_verifier_never_learns_of_the_revocation() -> None:
    assert three(one(self_contained=True, revoked=10, leeway=5)) == (105, 105, 105)


def test_self_contained_verifier_asks_nobody_and_refuses_from_expiry_and_leeway_on() -> None:
    assert asked(one(self_contained=True, revoked=10, leeway=5), 50, 104, 105) == [(True, 0), (True, 0), (False, 0)]


def test_without_a_cache_the_revocation_works_at_once() -> None:
    assert three(one(revoked=10, calls=(3,))) == (10, 10, 10)


def test_without_a_cache_every_call_asks_the_issuer() -> None:
    assert asked(one(revoked=10), 3, 9, 10) == [(True, 1), (True, 1), (False, 1)]


def test_session_time_follows_the_last_accepted_try() -> None:
    assert three(one(revoked=10, session_time=7)) == (10, 17, 10)


def test_session_time_follows_expiry_and_leeway_too() -> None:
    assert three(one(leeway=2, session_time=7)) == (102, 109, 102)


def test_a_session_without_end_is_never() -> None:
    assert three(one(revoked=10, session_time=NEVER)) == (10, NEVER, 10)


def test_leeway_alone_lengthens_what_the_issuer_says() -> None:
    assert accepted(one(leeway=2), 100, 101, 102) == [100, 101]


def test_one_cache_adds_its_ttl_at_worst_and_the_rest_of_the_last_fill_in_fact() -> None:
    # Fills at 0, 8 (0 + 6 is over) and no other before 10: live until 14.
    assert three(one(cache(6), revoked=10, calls=(0, 3, 8, 9))) == (16, 16, 14)


def test_a_cache_asks_only_when_its_entry_is_over() -> None:
    assert asked(one(cache(6), revoked=10), 0, 5, 6, 11, 12) == [
        (True, 1), (True, 0), (True, 1), (True, 0), (False, 1),
    ]  # fmt: skip


def test_a_fill_right_at_the_revocation_learns_of_it() -> None:
    assert three(one(cache(6), revoked=10, calls=(2, 10))) == (16, 16, 10)


def test_a_fill_one_instant_before_the_revocation_does_not() -> None:
    assert three(one(cache(6), revoked=10, calls=(2, 9))) == (16, 16, 15)


def test_an_entry_ends_right_at_its_ttl() -> None:
    # Filled at 2, the call at 8 asks again: live until 14, not 8.
    assert passive(one(cache(6), revoked=10, calls=(2, 8))) == 14


def test_two_caches_add_both_ttls_at_worst() -> None:
    assert until(one(cache(20), cache(6), revoked=10)) == 36


def test_the_nearer_cache_fills_from_the_farther_one_after_the_revocation() -> None:
    # The far cache (20) fills at 5: live until 25. The near one (6) fills from it at 5, 12, 24: live until 30.
    assert passive(one(cache(20), cache(6), revoked=10, calls=(5, 12, 24))) == 30


def test_the_farther_cache_alone_may_be_the_last_to_answer_live() -> None:
    # The near cache's last fill ends at 18; a question at 19 would still find "live" behind it until 25.
    assert passive(one(cache(20), cache(6), revoked=10, calls=(5, 12))) == 25


def test_the_order_of_the_layers_matters_to_the_passive_reading_only() -> None:
    # The far cache (6) fills at 5, 11 is too late: it learns "revoked"; the near one (20) fills at 5: 25.
    assert three(one(cache(6), cache(20), revoked=10, calls=(5, 11, 26))) == (36, 36, 25)


def test_a_revocation_after_expiry_changes_nothing() -> None:
    assert three(one(cache(6), revoked=150, calls=(99,), leeway=3)) == (103, 103, 103)


def test_a_cache_that_checks_never_serves_past_expiry() -> None:
    ledger = one(cache(60), revoked=90, calls=(80,), leeway=3)
    assert three(ledger) == (103, 103, 103)
    assert accepted(ledger, 80, 102, 103) == [80, 102]


def test_never_expiring_never_revoked_is_never() -> None:
    assert three(one(cache(6), expires=NEVER, leeway=4, session_time=9)) == (NEVER, NEVER, NEVER)


def test_never_expiring_but_revoked_ends_with_the_caches() -> None:
    assert three(one(cache(6), cache(7), expires=NEVER, revoked=10, session_time=9)) == (23, 32, 10)


def test_no_fill_means_the_revocation_itself() -> None:
    assert passive(one(cache(6), revoked=10)) == 10


def test_an_old_fill_does_not_end_it_before_the_revocation() -> None:
    assert passive(one(cache(6), revoked=50, calls=(1,))) == 50


def test_a_cache_of_length_nothing_keeps_nothing() -> None:
    assert three(one(cache(0), revoked=10, calls=(9,))) == (10, 10, 10)


# Caches of every kind ----------------------------------------------------------------------------------------


def test_a_cache_that_counts_ticks_keeps_an_answer_to_the_end_of_the_last_tick() -> None:
    # A fill at 9 counts from tick 1 (5 … 9): ticks 1, 2 and 3 pass, it ends at 20. Revoked at 10: at worst so.
    assert three(one(cache(10, tick=5), revoked=10, calls=(9,))) == (20, 20, 20)
    assert accepted(one(cache(10, tick=5), revoked=10), 9, 19, 20) == [9, 19]


def test_a_revocation_within_a_tick_may_be_heard_as_late_as_one_at_its_end() -> None:
    assert until(one(cache(10, tick=5), revoked=11)) == 25


def test_a_fill_early_in_a_tick_stands_almost_a_tick_longer() -> None:
    assert passive(one(cache(10, tick=5), revoked=11, calls=(10,))) == 25


def test_a_cache_that_counts_from_the_last_use_can_be_kept_warm_until_expiry() -> None:
    assert three(one(cache(6, **ACCESS), revoked=10, calls=(9, 14, 19))) == (100, 100, 25)


def test_each_use_of_such_an_entry_lets_it_stand_anew() -> None:
    assert accepted(one(cache(6, **ACCESS), revoked=10), 9, 14, 19, 24, 30, 31) == [9, 14, 19, 24]


def test_kept_warm_without_a_revocation_it_ends_at_expiry_too() -> None:
    assert until(one(cache(6, **ACCESS))) == 100


def test_an_unchecked_cache_serves_its_last_answer_past_expiry() -> None:
    ledger = one(cache(6, **UNCHECKED), calls=(98,), leeway=1)
    assert until(ledger) == 107
    assert accepted(ledger, 100, 105, 106, 107) == [100, 105]


def test_an_unchecked_cache_that_counts_from_the_last_use_never_ends() -> None:
    ledger = one(cache(6, **UNCHECKED, **ACCESS), revoked=10)
    assert until(ledger) == NEVER
    assert accepted(ledger, *range(9, 150, 5)) == list(range(9, 150, 5))


def test_an_unchecked_cache_that_nobody_filled_ends_passively_with_the_issuer_at_expiry() -> None:
    assert passive(one(cache(6, **UNCHECKED), leeway=1)) == 101


def test_from_expiry_on_only_an_unchecked_cache_still_asks() -> None:
    assert asked(one(), 100) == asked(one(cache(6)), 100) == [(False, 0)]
    assert asked(one(cache(6, **UNCHECKED)), 100) == [(False, 1)]


def test_a_checked_cache_after_an_unchecked_one_ends_at_expiry_again() -> None:
    ledger = one(cache(6, **UNCHECKED), cache(8))
    assert until(ledger) == 100
    assert accepted(ledger, 99, 100) == [99]


def test_unchecked_caches_in_a_row_add_up_past_expiry() -> None:
    assert until(one(cache(6, **UNCHECKED), cache(8, **UNCHECKED))) == 114


def test_an_unchecked_cache_still_hears_of_a_revocation_in_time() -> None:
    assert until(one(cache(6, **UNCHECKED), revoked=10)) == 16


def test_a_cache_that_refreshes_in_the_background_serves_the_old_answer_once_more() -> None:
    # Filled at 9, over at 15; asked at 16 it answers live once, hears "dead", and says so from then on.
    ledger = one(cache(6, stale_for=4), revoked=10)
    assert until(ledger) == 20
    assert asked(ledger, 9, 16, 17) == [(True, 1), (True, 1), (False, 0)]


def test_after_the_time_of_the_stale_answer_it_waits_for_the_new_one() -> None:
    assert asked(one(cache(6, stale_for=4), revoked=10), 9, 18) == [(True, 1), (True, 1)]
    assert asked(one(cache(6, stale_for=4), revoked=10), 9, 19) == [(True, 1), (False, 1)]


def test_passively_a_live_entry_counts_with_its_time_of_stale_answers() -> None:
    assert passive(one(cache(6, stale_for=4), revoked=10, calls=(8,))) == 18


def test_an_answer_that_says_dead_is_kept_for_a_time_of_its_own() -> None:
    assert asked(one(cache(6, negative_ttl=2), revoked=10), 10, 11, 12, 13) == [
        (False, 1), (False, 0), (False, 1), (False, 0),
    ]  # fmt: skip


def test_an_answer_that_says_dead_may_not_be_kept_at_all() -> None:
    assert asked(one(cache(6, negative_ttl=0), revoked=10), 10, 11) == [(False, 1), (False, 1)]


def test_without_a_time_of_its_own_dead_is_kept_as_long_as_live() -> None:
    assert asked(one(cache(6), revoked=10), 10, 15, 16) == [(False, 1), (False, 0), (False, 1)]


# Polls, pushes, replicas, and several layers -----------------------------------------------------------------


def test_a_poll_hears_of_it_at_its_next_instant() -> None:
    # Polls at 3, 13, 23: revoked at 13 is heard at 13, at 14 only at 23.
    assert [three(one(poll(10, 3), revoked=r))[0::2] for r in (13, 14, 23)] == [(13, 13), (23, 23), (23, 23)]
    assert accepted(one(poll(10, 3), revoked=14), 14, 22, 23) == [14, 22]


def test_a_poll_before_the_issue_of_the_credential_says_live() -> None:
    assert asked(one(poll(10), issued=12, revoked=14), 13, 19, 20) == [(True, 0), (True, 0), (False, 0)]


def test_the_phase_of_a_poll_only_shifts_it_by_less_than_a_period() -> None:
    assert until(one(poll(10, 33), revoked=4)) == until(one(poll(10, 3), revoked=4)) == 13


def test_a_push_is_heard_after_its_delay() -> None:
    ledger = one(push(4), revoked=10)
    assert three(ledger) == (14, 14, 14)
    assert accepted(ledger, 13, 14) == [13]


def test_a_lost_push_is_never_heard() -> None:
    ledger = one(push(4), revoked=10, lost=1)
    assert three(ledger) == (100, 100, 100)
    assert asked(ledger, 50, 100) == [(True, 0), (False, 0)]


def test_a_push_is_lost_for_its_own_layer_only() -> None:
    assert until(one(push(4), push(5), revoked=10, lost=2)) == 100
    assert until(one(push(4), cache(5), revoked=10, lost=2)) == 19


def test_the_stalest_replica_counts_and_each_lags_its_part() -> None:
    ledger = one(replica(9, 3), revoked=10)
    assert three(ledger) == (19, 19, 19)
    assert [accepted(ledger, 12, 13, 15, 16, 18, 19, draw=d) for d in (0.0, 0.34, 0.99)] == [
        [12], [12, 13, 15], [12, 13, 15, 16, 18],
    ]  # fmt: skip


def test_each_replica_has_a_cache_of_its_own_behind_it() -> None:
    # At 9 replica 2 (draw 0.5), 4 late, fills its cache at 5: live until 25. Replica 1 has filled nothing.
    assert passive(one(cache(20), replica(4, 2), revoked=10, calls=((9, 0.5),))) == 25 + 4
    # At 9 replica 1, 2 late, fills its own at 7: live until 27, seen until 29.
    assert passive(one(cache(20), replica(4, 2), revoked=10, calls=((9, 0.0),))) == 29
    assert passive(one(cache(20), replica(4, 2), revoked=10, calls=((9, 0.0), (13, 0.5)))) == 33


def test_of_a_first_of_the_quickest_branch_counts() -> None:
    ledger = one(*first_of(poll(30), push(4)), revoked=10)
    assert three(ledger) == (14, 14, 14)
    assert accepted(ledger, 13, 14) == [13]


def test_of_a_first_of_with_a_lost_push_the_poll_remains() -> None:
    assert three(one(*first_of(poll(30), push(4)), revoked=10, lost=2)) == (30, 30, 30)


def test_a_first_of_asks_each_of_its_branches() -> None:
    assert asked(one(*first_of(cache(5), cache(1)), revoked=10), 3, 4) == [(True, 2), (True, 1)]


def test_each_branch_has_a_cache_of_its_own_behind_it() -> None:
    # Behind the push the cache is asked at 5 - 3, behind the replica at 5: two entries, until 10 and 13.
    # They are seen through the push until 14, through the replica until 13.
    assert passive(one(cache(8), *first_of(push(4), replica(0)), revoked=6, calls=(5,))) == 13
    assert passive(one(cache(8), *first_of(push(2), replica(0)), revoked=6, calls=(5,))) == 13
    assert passive(one(cache(8), *first_of(push(3), push(0)), revoked=6, calls=(3, 11))) == 11


def test_stacked_layers_each_add_their_effect_to_the_one_before() -> None:
    # 11 -> poll 20 -> cache 26 -> push 29 -> replica 34.
    assert until(one(poll(10), cache(6), push(3), replica(5, 2), revoked=11)) == 34


def test_a_layer_in_front_of_a_poll_is_at_most_filled_just_before_it() -> None:
    assert passive(one(poll(10), cache(6), revoked=11, calls=(19,))) == 25


def test_nothing_reaches_past_expiry_by_adding_up() -> None:
    assert until(one(poll(10), push(30), replica(70), revoked=11, leeway=2)) == 102


# Outages -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "last"), [(Unreachable.CLOSED, 26), (Unreachable.STALE, 80), (Unreachable.OPEN, 80)]
)
def test_what_outages_add_at_worst_is_the_verifiers_policy(policy: Unreachable, last: int) -> None:
    ledger = one(cache(6), revoked=20, outages=((15, 40), (70, 80), (100, 130)), on_unreachable=int(policy))
    assert until(ledger) == last


def test_outages_of_another_stage_do_not_count() -> None:
    ledger = one(revoked=20, outages=((15, 40),), on_unreachable=int(Unreachable.OPEN))
    assert until(ledger) == 40
    ledger.outages.stage.setflags(write=True)
    ledger.outages.stage[0] = 1
    assert until(ledger) == 20


def test_an_outage_that_ends_before_the_revocation_is_heard_does_not_delay_it() -> None:
    assert until(one(cache(6), revoked=40, outages=((15, 46),), on_unreachable=int(Unreachable.STALE))) == 46


def test_no_outage_lets_anything_pass_at_expiry_or_later() -> None:
    ledger = one(cache(6, **UNCHECKED), revoked=20, outages=((99, 140),), on_unreachable=int(Unreachable.STALE))
    assert until(ledger) == 100
    assert accepted(ledger, 19, 99, 100, dark=(99, 100)) == [19, 99]


@pytest.mark.parametrize("carrier", [poll(10), push(0), replica(0)])
def test_what_carries_the_issuers_state_is_never_out_and_asks_nothing(carrier: dict[str, Any]) -> None:
    ledger = one(carrier, cache(2), revoked=20, outages=((15, 40),), on_unreachable=int(Unreachable.STALE))
    assert until(ledger) == 22
    assert asked(ledger, 19, 21, dark=(19, 21)) == [(True, 0), (False, 0)]


def test_a_first_of_carries_the_issuers_state_only_if_every_branch_does() -> None:
    dark: dict[str, Any] = {"revoked": 20, "outages": ((15, 40),), "on_unreachable": int(Unreachable.OPEN)}
    assert until(one(*first_of(push(3), poll(10)), **dark)) == 20
    assert until(one(*first_of(push(3), cache(10)), **dark)) == 40


def test_in_a_first_of_dead_wins_over_no_answer() -> None:
    ledger = one(*first_of(push(3), cache(1)), revoked=20, on_unreachable=int(Unreachable.OPEN))
    assert asked(ledger, 22, 23, dark=(22, 23)) == [(True, 1), (False, 1)]


def test_outages_are_not_in_the_passive_reading() -> None:
    ledger = one(cache(6), revoked=20, calls=(18,), outages=((15, 40),), on_unreachable=int(Unreachable.OPEN))
    assert passive(ledger) == 24


def test_a_closed_verifier_refuses_what_it_cannot_ask() -> None:
    assert asked(one(cache(6)), 1, 5, 8, 9, dark=(5, 8)) == [(True, 1), (True, 0), (False, 1), (True, 1)]


def test_an_open_verifier_accepts_what_it_cannot_ask_before_expiry() -> None:
    ledger = one(cache(6), revoked=2, on_unreachable=int(Unreachable.OPEN))
    assert accepted(ledger, 3, 10, 99, 100, dark=(10, 99, 100)) == [10, 99]


def test_a_stale_verifier_gives_the_last_answer_it_holds() -> None:
    ledger = one(cache(6), revoked=10, on_unreachable=int(Unreachable.STALE))
    assert accepted(ledger, 3, 12, 13, 14, dark=(12, 14)) == [3, 12]


def test_a_stale_verifier_without_any_answer_refuses() -> None:
    assert asked(one(cache(6), on_unreachable=int(Unreachable.STALE)), 3, dark=(3,)) == [(False, 1)]


def test_a_question_that_does_not_reach_the_issuer_needs_no_issuer() -> None:
    assert accepted(one(cache(6), cache(2)), 3, 6, dark=(6,)) == [3, 6]


def test_a_refresh_in_the_background_that_fails_leaves_the_old_answer() -> None:
    assert accepted(one(cache(6, stale_for=4)), 3, 10, 12, 13, dark=(10, 12, 13)) == [3, 10, 12]


# The replay, and laws ----------------------------------------------------------------------------------------


def test_a_skipped_call_fills_nothing() -> None:
    ledger = one(cache(6), revoked=10, calls=(9,))
    ledger.calls.status.setflags(write=True)
    ledger.calls.status[0] = Status.SKIPPED
    assert passive(ledger) == 10


def test_calls_elsewhere_fill_nothing_here() -> None:
    world = World()
    world.verifier((6,), self_contained=False)
    world.verifier((6,), self_contained=False)
    here, there = world.permission(0), world.permission(1)
    world.identity(here, there)
    world.stage(100)
    world.task(world.place(), 0, 100)
    world.credential(expires=100, revoked_at=10)
    world.call(there, 0, 9)
    assert [slow_passive_until(world.ledger(), 0, v) for v in (0, 1)] == [10, 15]


def test_layers_of_another_verifier_do_not_count() -> None:
    world = World()
    world.verifier((6,), self_contained=False)
    world.verifier((9, 1), self_contained=False)
    world.identity(world.permission(0), world.permission(1))
    world.credential(expires=100, revoked_at=10)
    assert [slow_accept_until(world.ledger(), 0, v) for v in (0, 1)] == [16, 20]


def heard(ledger: Ledger, credential: int, verifier: int, *, with_outages: bool) -> list[tuple[int, bool]]:
    """Every call of the ledger about this credential as a question to this verifier, with its answer."""
    of, calls = ledger.credentials, ledger.calls
    chain = Chain(
        ledger.estate, verifier, issued_at=int(of.issued_at[credential]), expires_at=int(of.expires_at[credential]),
        revoked_at=int(of.revoked_at[credential]), lost_pushes=int(of.lost_pushes[credential]),
    )  # fmt: skip
    outages = outages_of(ledger, credential) if with_outages else []
    answers = []
    for call in np.argsort(calls.arrived_at, kind="stable").tolist():
        if calls.credential[call] == credential:
            u = int(calls.arrived_at[call])
            dark = any(start <= u < end for start, end in outages)
            answers.append((u, chain.ask(u, replica_draw=float(calls.replica_draw[call]), reachable=not dark)[0]))
    return answers


def last_accepted(ledger: Ledger, credential: int, verifier: int, *, with_outages: bool) -> int:
    answers = heard(ledger, credential, verifier, with_outages=with_outages)
    return max([u for u, yes in answers if yes], default=-1)


@given(ledger=layered_ledgers())
def test_nothing_is_accepted_from_the_adversarial_instant_on(ledger: Ledger) -> None:
    for c in range(len(ledger.credentials)):
        for v in range(len(ledger.estate.verifiers)):
            assert last_accepted(ledger, c, v, with_outages=False) < slow_accept_until(ledger, c, v)


@given(ledger=layered_ledgers())
def test_nothing_is_accepted_from_the_adversarial_instant_on_in_outages_either(ledger: Ledger) -> None:
    for c in range(len(ledger.credentials)):
        for v in range(len(ledger.estate.verifiers)):
            assert last_accepted(ledger, c, v, with_outages=True) < slow_accept_until(ledger, c, v)
