"""Hand-counted cases of section 5."""

from __future__ import annotations

import pytest
from reference.slow_honoured import slow_accept_until, slow_honoured_until, slow_passive_until
from reference.slow_world import World

from nhilab.base.quantities import NEVER
from nhilab.ledger.tables import Ledger, Status


def one(
    caches: tuple[int, ...] = (),
    *,
    calls: tuple[int, ...] = (),
    expires: int = 100,
    revoked: int = NEVER,
    leeway: int = 0,
    session: int = 0,
    self_contained: bool = False,
) -> Ledger:
    """One credential, one verifier, calls at the given instants."""
    world = World()
    world.verifier(caches, self_contained=self_contained, leeway=leeway, session_time=session)
    permission = world.permission()
    world.identity(permission)
    place = world.place()
    world.stage(expires)
    world.task(place, 0, 100)
    world.credential(expires=expires, revoked_at=revoked)
    for at in calls:
        world.call(permission, 0, at)
    return world.ledger()


def three(ledger: Ledger) -> tuple[int, int, int]:
    """Accepted, honoured, passive."""
    return slow_accept_until(ledger, 0, 0), slow_honoured_until(ledger, 0, 0), slow_passive_until(ledger, 0, 0)


def test_self_contained_verifier_never_learns_of_the_revocation() -> None:
    assert three(one(self_contained=True, revoked=10, leeway=5)) == (105, 105, 105)


def test_without_a_cache_the_revocation_works_at_once() -> None:
    assert three(one(revoked=10, calls=(3,))) == (10, 10, 10)


def test_session_time_follows_the_last_accepted_try() -> None:
    assert three(one(revoked=10, session=7)) == (10, 17, 10)


def test_session_time_follows_expiry_and_leeway_too() -> None:
    assert three(one(leeway=2, session=7)) == (102, 109, 102)


def test_one_cache_adds_its_ttl_at_worst_and_the_rest_of_the_last_fill_in_fact() -> None:
    # Fills at 0, 8 (0 + 6 is over) and no other before 10: live until 14.
    assert three(one((6,), revoked=10, calls=(0, 3, 8, 9))) == (16, 16, 14)


def test_a_fill_right_at_the_revocation_learns_of_it() -> None:
    assert three(one((6,), revoked=10, calls=(2, 10))) == (16, 16, 10)


def test_a_fill_one_instant_before_the_revocation_does_not() -> None:
    assert three(one((6,), revoked=10, calls=(2, 9))) == (16, 16, 15)


def test_an_entry_ends_right_at_its_ttl() -> None:
    # Filled at 2, the call at 8 asks again: live until 14, not 8.
    assert three(one((6,), revoked=10, calls=(2, 8)))[2] == 14


def test_two_caches_add_both_ttls_at_worst() -> None:
    assert three(one((20, 6), revoked=10))[0] == 36


def test_the_nearer_cache_fills_from_the_farther_one_after_the_revocation() -> None:
    # The far cache (20) fills at 5: live until 25. The near one (6) fills from it at 5, 12, 24: live until 30.
    assert three(one((20, 6), revoked=10, calls=(5, 12, 24)))[2] == 30


def test_the_farther_cache_alone_may_be_the_last_to_answer_live() -> None:
    # The near cache's last fill ends at 18; a question at 19 would still find "live" behind it until 25.
    assert three(one((20, 6), revoked=10, calls=(5, 12)))[2] == 25


def test_the_order_of_the_layers_matters_to_the_passive_reading_only() -> None:
    # The far cache (6) fills at 5, 11 is too late: it learns "revoked"; the near one (20) fills at 5: 25.
    assert three(one((6, 20), revoked=10, calls=(5, 11, 26))) == (36, 36, 25)


def test_a_revocation_after_expiry_changes_nothing() -> None:
    assert three(one((6,), revoked=150, calls=(99,), leeway=3)) == (103, 103, 103)


def test_a_cache_never_serves_past_expiry() -> None:
    assert three(one((60,), revoked=90, calls=(80,), leeway=3)) == (103, 103, 103)


def test_never_expiring_never_revoked_is_never() -> None:
    assert three(one((6,), expires=NEVER, leeway=4, session=9)) == (NEVER, NEVER, NEVER)


def test_never_expiring_but_revoked_ends_with_the_caches() -> None:
    assert three(one((6, 7), expires=NEVER, revoked=10, session=9)) == (23, 32, 10)


def test_a_session_without_end_is_never() -> None:
    assert three(one(revoked=10, session=NEVER)) == (10, NEVER, 10)


def test_no_fill_means_the_revocation_itself() -> None:
    assert three(one((6,), revoked=10, calls=()))[2] == 10


def test_an_old_fill_does_not_end_it_before_the_revocation() -> None:
    assert three(one((6,), revoked=50, calls=(1,)))[2] == 50


def test_a_cache_of_length_nothing_keeps_nothing() -> None:
    assert three(one((0,), revoked=10, calls=(9,))) == (10, 10, 10)


def test_a_skipped_call_fills_nothing() -> None:
    ledger = one((6,), revoked=10, calls=(9,))
    ledger.calls.status.setflags(write=True)
    ledger.calls.status[0] = Status.SKIPPED
    assert slow_passive_until(ledger, 0, 0) == 10


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


def test_other_layers_are_refused_rather_than_guessed() -> None:
    world = World()
    world.verifier((6,), self_contained=False)
    world.rows["layers"][0]["kind"] = 1
    world.identity(world.permission())
    world.credential(expires=100, revoked_at=10)
    with pytest.raises(NotImplementedError):
        slow_accept_until(world.ledger(), 0, 0)
