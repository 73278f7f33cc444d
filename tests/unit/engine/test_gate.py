"""What a verifier asks and answers, counted by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.engine.hand import BUCKET, TABLE, Call, Task, ran, stage
from unit.ledger.layered import OPEN, STALE, cache, first_of, poll, push, replica, world

from nhilab.base.quantities import NEVER
from nhilab.engine.gate import CacheGate, Gate, make_gates
from nhilab.ledger.rules import Rules


def plain(leeway: int, self_contained: bool, ttls: list[int]) -> Gate:
    """A verifier behind plain caches, the one nearest the issuer first."""
    verifier = {"leeway": leeway, "self_contained": self_contained}
    (gate,) = make_gates(world(*(cache(ttl) for ttl in ttls), verifier=verifier).estate)
    assert isinstance(gate, CacheGate)
    return gate


def asked(gate: Gate, instants: list[int], *, credential: int = 7, expires: int = 1000, revoked: int = NEVER) -> list:
    told = {"issued_at": 0, "expires_at": expires, "revoked_at": revoked}
    return [gate.admits(credential, at, **told) for at in instants]


def test_without_a_cache_every_call_asks_the_issuer() -> None:
    assert asked(plain(0, False, []), [0, 0, 1], revoked=1) == [(True, 1), (True, 1), (False, 1)]


def test_a_cache_answers_for_its_ttl_after_the_write_not_after_the_last_hit() -> None:
    gate = plain(0, False, [10])
    assert asked(gate, [0, 9, 10, 15, 19, 20]) == [
        (True, 1), (True, 0), (True, 1), (True, 0), (True, 0), (True, 1),
    ]  # fmt: skip


def test_a_cache_keeps_credentials_apart() -> None:
    gate = plain(0, False, [10])
    assert asked(gate, [0], credential=1) == asked(gate, [1], credential=2) == [(True, 1)]


def test_a_revoked_credential_is_accepted_until_its_entry_ends() -> None:
    assert asked(plain(0, False, [10]), [0, 5, 9, 10], revoked=3) == [(True, 1), (True, 0), (True, 0), (False, 1)]


def test_a_refusal_is_kept_too() -> None:
    assert asked(plain(0, False, [10]), [3, 12, 13], revoked=3) == [(False, 1), (False, 0), (False, 1)]


def test_a_cache_of_no_length_never_answers() -> None:
    assert asked(plain(0, False, [0]), [5, 5]) == [(True, 1), (True, 1)]


def test_the_near_cache_learns_from_the_far_one_which_may_be_old() -> None:
    """Far 20, near 10: filled at 0; at 15 the near one asks the far one, keeps its answer until 25."""
    gate = plain(0, False, [20, 10])
    assert asked(gate, [0, 15, 24, 25], revoked=3) == [(True, 1), (True, 0), (True, 0), (False, 1)]


def test_the_near_cache_is_asked_first_and_a_hit_there_renews_nothing() -> None:
    """Far 20, near 10: the near one, filled at 15, answers at 18 although the far one could; so it ends at 25."""
    assert asked(plain(0, False, [20, 10]), [0, 15, 18, 26], revoked=3) == [(True, 1), (True, 0), (True, 0), (False, 1)]


def test_a_hit_in_the_near_cache_leaves_the_far_one_alone() -> None:
    """Far 10, near 20: the far entry of 0 ends at 10, but nobody asks it before 20."""
    assert asked(plain(0, False, [10, 20]), [0, 12, 20], revoked=3) == [(True, 1), (True, 0), (False, 1)]


@pytest.mark.parametrize("self_contained", [True, False])
def test_leeway_moves_the_end_of_acceptance_to_the_instant_and_not_past_it(self_contained: bool) -> None:
    gate = plain(5, self_contained, [])
    assert [admitted for admitted, _ in asked(gate, [99, 100, 104, 105, 106], expires=100)] == [
        True, True, True, False, False,
    ]  # fmt: skip


def test_an_expired_credential_is_refused_without_asking_even_if_it_is_cached() -> None:
    assert asked(plain(0, False, [50]), [90, 100], expires=100) == [(True, 1), (False, 0)]


def test_a_self_contained_verifier_never_asks_and_never_learns() -> None:
    assert asked(plain(0, True, []), [5, 999], revoked=1) == [(True, 0), (True, 0)]


def test_what_never_expires_is_not_refused_for_its_age() -> None:
    assert asked(plain(5, False, []), [10**15], expires=NEVER) == [(True, 1)]


@pytest.mark.parametrize(
    "layers",
    [
        [cache(9, tick=3)], [cache(9, stale_for=1)], [cache(9, negative_ttl=1)], [cache(9, expiry=1)],
        [cache(9, checks_expiry=False)], [poll(1)], [push(1)], [replica(1)], first_of(cache(9), cache(9)),
    ],
)  # fmt: skip
def test_only_plain_caches_take_the_quick_way(layers: list[dict[str, Any]]) -> None:
    (gate,) = make_gates(world(*layers).estate)
    assert not isinstance(gate, CacheGate)
    (quick,) = make_gates(world(cache(9, negative_ttl=9)).estate)
    assert isinstance(quick, CacheGate)


@given(
    verifier=st.sampled_from([{}, OPEN, STALE, {"self_contained": True}]),
    leeway=st.integers(0, 5),
    ttls=st.lists(st.integers(0, 12), max_size=3),
    revoked_at=st.integers(0, 60) | st.just(NEVER),
    calls=st.lists(st.tuples(st.integers(0, 1), st.integers(0, 8), st.booleans()), max_size=25),
)
def test_the_quick_way_answers_as_the_layers_do(
    verifier: dict[str, Any], leeway: int, ttls: list[int], revoked_at: int, calls: list[tuple[int, int, bool]]
) -> None:
    estate = world(*(cache(ttl) for ttl in ttls), verifier=verifier | {"leeway": leeway}).estate
    (quick,), slow, now = make_gates(estate), Gate(Rules.of(estate, 0)), 0
    assert isinstance(quick, CacheGate)
    for credential, pause, reachable in calls:
        now += pause
        told: Any = {"issued_at": 0, "expires_at": 50, "revoked_at": revoked_at, "reachable": reachable}
        assert quick.admits(credential, now, **told) == slow.admits(credential, now, **told)


def test_a_gate_passes_on_what_it_is_told_of_the_credential_and_the_call() -> None:
    (gate,) = make_gates(world(push(5)).estate)
    told: Any = {"issued_at": 0, "expires_at": 100, "revoked_at": 10}
    assert gate.admits(0, 15, **told) == (False, 0)
    assert gate.admits(0, 15, lost_pushes=1, **told) == (True, 0)
    (gate,) = make_gates(world(replica(8, 2)).estate)
    assert gate.admits(0, 15, replica_draw=0.0, **told) == (False, 0)
    assert gate.admits(0, 15, replica_draw=0.5, **told) == (True, 0)
    (gate,) = make_gates(world(poll(8), verifier=OPEN).estate)
    assert gate.admits(0, 16, reachable=False, **told) == (False, 0)
    assert gate.admits(0, 16, **told) == (False, 0)
    assert gate.admits(0, 17, **(told | {"issued_at": 17})) == (True, 0)


def test_introspections_of_a_run_are_cache_misses_of_the_verifier_asked() -> None:
    calls = [Call(), Call(3, 1), Call(6, 1), Call(0, 1, TABLE), Call(0, 1, BUCKET)]
    ledger = ran([Task(0, calls)], gateway={"layers": [{"cache": {"ttl": "10s"}}]})
    assert ledger.calls.arrived_at.tolist() == [0, 4_000_000, 11_000_000, 12_000_000, 13_000_000]
    assert ledger.calls.n_introspections.tolist() == [1, 0, 1, 0, 0]


def test_a_cache_knows_a_credential_not_a_call() -> None:
    ledger = ran([Task(0, [Call(), Call()])], stage(issue_per="call"), gateway={"layers": [{"cache": {"ttl": "1m"}}]})
    assert ledger.calls.n_introspections.tolist() == [1, 1]
