"""On one fixed ledger without response, nothing that can only help a thief ever gives him less."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from properties.cases import Case, assert_at_least, cases, reached, taken, with_credentials
from properties.changes import CHANGES, longer_sessions, with_layer

from nhilab.campaign.entrances import Entrances
from nhilab.ledger.acceptance import accept_until, dead_at, honoured_until
from nhilab.ledger.compromises import Compromises
from nhilab.ledger.tables import Binding
from scenarios import share


def assert_never_less(change: str, worse: Case, case: Case, unchanged: Compromises) -> None:
    """A change shortens nothing that is honoured and takes nothing from any campaign."""
    if worse.ledger is not case.ledger:
        for until in (accept_until, honoured_until, dead_at):
            assert (until(worse.ledger) >= until(case.ledger)).all(), change
    assert_at_least(worse.replayed(), unchanged)


@pytest.mark.parametrize("change", sorted(CHANGES))
@share(30)
@given(cases(), st.data())
def test_more_of_anything_that_helps_a_thief_shortens_nothing_and_shrinks_no_campaign(
    change: str, case: Case, data: Any
) -> None:
    worse = CHANGES[change](data, case)
    assume(worse is not None)
    assert worse is not None
    assert_never_less(change, worse, case, case.replayed())


@share(20)
@given(cases(), st.data())
def test_a_longer_session_changes_no_reach(case: Case, data: Any) -> None:
    assert reached(longer_sessions(data, case).replayed()) == reached(case.replayed())


def assert_a_broker_only_hides(case: Case) -> None:
    """All keys that cannot leave their place behind a broker: the same reach, none of them taken."""
    binding = case.ledger.credentials.binding
    hidden = np.where(binding == Binding.NON_EXPORTABLE, Binding.BROKERED, binding).astype(binding.dtype)
    brokered = Case(with_credentials(case.ledger, binding=hidden), case.entrances, case.hop_time).replayed()
    taken_along = case.replayed()
    assert reached(brokered) == reached(taken_along)
    b, t = brokered.campaigns, taken_along.campaigns
    np.testing.assert_array_equal(b.n_taken + b.n_brokered, t.n_taken + t.n_brokered)
    for same in ("n_minted", "access_until", "persistent", "n_hops"):
        np.testing.assert_array_equal(getattr(b, same), getattr(t, same))
    assert (b.exposure_until <= t.exposure_until).all()
    assert taken(brokered).items() <= taken(taken_along).items()


@share(30)
@given(cases())
def test_a_broker_saves_a_credential_from_being_taken_and_changes_no_reach(case: Case) -> None:
    assert_a_broker_only_hides(case)


def test_a_cache_delays_a_revocation_by_its_ttl_and_no_expiry() -> None:
    from reference.slow_world import World

    world = World()
    world.verifier((), self_contained=False)
    world.identity(world.permission(0))
    world.stage(30)
    world.credential(expires=30, revoked_at=10)
    world.credential(expires=15, revoked_at=10)
    ledger = world.ledger()
    assert honoured_until(ledger).tolist() == [10, 10]
    assert honoured_until(with_layer(ledger, 0, verifier=0, ttl=7)).tolist() == [17, 15]


def test_a_checked_cache_after_an_unchecked_one_ends_what_that_prolonged() -> None:
    from reference.slow_world import World

    world = World()
    world.verifier((), self_contained=False)
    world.identity(world.permission(0))
    world.stage(30)
    world.credential(expires=30)
    kept = with_layer(world.ledger(), 0, verifier=0, ttl=7, checks_expiry=False)
    assert honoured_until(kept).tolist() == [37]
    assert honoured_until(with_layer(kept, 1, verifier=0, ttl=7)).tolist() == [30]


def test_a_bearer_and_an_exportable_key_are_worth_the_same_to_those_who_take_keys() -> None:
    assert _worth(Binding.BEARER) == _worth(Binding.EXPORTABLE_KEY) != _worth(Binding.NON_EXPORTABLE)
    assert _worth(Binding.EXPORTABLE_KEY, takes_keys=False) == _worth(Binding.NON_EXPORTABLE)


def _worth(binding: Binding, takes_keys: bool = True) -> dict[tuple[int, int], tuple[int, int]]:
    from reference.slow_world import World

    world = World()
    world.verifier()
    world.place()
    world.identity(world.permission(0))
    world.stage(30)
    world.copy(world.credential(expires=30, binding=int(binding)), 0)
    ways = Entrances.of(entry=[0], entered_at=[10], place=[0], unit=[0], dwell=[5], takes_keys=[takes_keys])
    return taken(Case(world.ledger(), ways, 1).replayed())
