"""Until when the legitimate calls alone keep a credential accepted, counted by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.ledger.layered import (
    ACCESS,
    OPEN,
    Row,
    cache,
    first_of,
    passive,
    poll,
    push,
    replica,
    with_calls,
    with_outages,
    world,
)

from nhilab.base.quantities import NEVER
from nhilab.ledger import passive as module
from nhilab.ledger.passive import passive_until
from nhilab.ledger.rules import Rules
from nhilab.ledger.tables import Status


@pytest.mark.parametrize(
    ("layers", "calls", "until"),
    [
        ([cache(7)], (1, 8), 15),
        ([cache(7)], (1,), 10),
        ([cache(7, stale_for=4)], (8,), 19),
        ([cache(8, tick=4)], (8,), 20),
        ([cache(8, tick=4)], (7,), 16),
        ([cache(7, **ACCESS)], (8, 14, 20), 27),
        ([cache(7, **ACCESS)], (8, 15, 20), 15),
        ([poll(30, 5)], (), 35),
        ([push(6)], (), 16),
        ([replica(9, 3)], (), 19),
        ([cache(7), push(6)], (9,), 16),
        ([cache(7), push(6)], (15,), 22),
        ([push(6), cache(7)], (15,), 22),
        (first_of(push(6), poll(30, 5)), (), 16),
        (first_of(push(6), cache(20)), (9,), 16),
        ([cache(7), *first_of(push(6), poll(30, 5))], (9,), 16),
    ],
)
def test_what_the_calls_keep_alive_after_a_revocation_at_ten(
    layers: list[Row], calls: tuple[int, ...], until: int
) -> None:
    assert passive(*layers, calls=calls, revoked_at=10) == until


def test_of_several_replicas_the_one_that_lives_longest_counts() -> None:
    assert passive(cache(20), replica(4, 2), calls=(11,), draws=(0.0,), revoked_at=10) == 31
    assert passive(cache(20), replica(4, 2), calls=(11,), draws=(0.5,), revoked_at=10) == 31
    assert passive(cache(2), replica(4, 2), calls=(2,), revoked_at=10) == 14


def test_a_lost_push_never_ends_but_with_the_expiry() -> None:
    assert passive(push(6), revoked_at=10, lost_pushes=1) == 100
    assert passive(push(6), revoked_at=10, lost_pushes=1, expires=NEVER) == NEVER


def test_calls_that_were_not_made_keep_nothing_alive() -> None:
    for layer in (cache(7), cache(7, stale_for=1)):
        ledger = with_calls(world(layer, revoked_at=10), 9, NEVER, 9)
        status = [Status.DONE, Status.DONE, Status.SKIPPED]
        calls = dataclasses.replace(ledger.calls, status=status, credential=[-1, 0, 0])
        assert passive_until(dataclasses.replace(ledger, calls=calls)).tolist() == [[10]]


def test_outages_are_not_in_the_passive_reading() -> None:
    ledger = with_outages(with_calls(world(cache(7), verifier=OPEN, revoked_at=10), 8), (0, 90))
    assert passive_until(ledger).tolist() == [[15]]


@given(
    ttls=st.lists(st.integers(0, 20), max_size=3),
    calls=st.lists(st.integers(0, 120), max_size=30),
    revoked_at=st.integers(0, 110),
)
def test_the_quick_way_of_plain_caches_equals_the_replay(ttls: list[int], calls: list[int], revoked_at: int) -> None:
    ledger = with_calls(world(*(cache(ttl) for ttl in ttls), revoked_at=revoked_at), *calls)
    rows = np.argsort(ledger.calls.arrived_at, kind="stable")
    replayed = module._replayed(ledger, rows, Rules.of(ledger.estate, 0))
    assert passive_until(ledger)[0, 0] == min(replayed[0], 100, revoked_at + sum(ttls))
