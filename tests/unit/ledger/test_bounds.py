"""What each step between issuer and decision adds."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from reference.slow_world import World
from strategies import ledgers
from unit.ledger.layered import OPEN, cache, first_of, poll, push, with_outages, world

from nhilab.base.estate import Unreachable
from nhilab.base.quantities import NEVER
from nhilab.ledger.acceptance import accept_until
from nhilab.ledger.bounds import accept_behind, last_verifier, most_steps
from nhilab.ledger.tables import Ledger
from scenarios import share


def test_the_last_verifier_is_the_least_of_those_in_its_scope_that_honour_it_longest() -> None:
    made = World()
    for _ in range(3):
        made.verifier()
    made.identity(*(made.permission(verifier) for verifier in (1, 2)))
    made.identity()
    made.stage(NEVER)
    for scope in (0, 0, 1):
        made.credential(scope, 100)
    until = np.array([[9, 5, 5], [9, 5, 6], [9, 9, 9]])
    assert last_verifier(made.ledger(), until).tolist() == [1, 2, -1]


def test_without_verifiers_there_is_no_last_one() -> None:
    made = World()
    made.identity()
    made.stage(NEVER)
    made.credential(0, 100)
    assert last_verifier(made.ledger(), np.empty((1, 0), np.int64)).tolist() == [-1]


def test_each_step_adds_its_own_delay() -> None:
    of = world(poll(20), cache(7), revoked_at=50)
    assert [accept_behind(of, n)[0, 0] for n in range(3)] == [50, 60, 67]
    assert most_steps(of) == 2


def test_layers_side_by_side_are_one_step() -> None:
    of = world(*first_of(push(3), poll(20)), cache(7), revoked_at=50)
    assert [accept_behind(of, n)[0, 0] for n in range(3)] == [50, 53, 60]


def test_a_push_stays_lost_whatever_is_cut_off_behind_it() -> None:
    of = world(cache(7), push(3), revoked_at=50, lost_pushes=0b10)
    assert [accept_behind(of, n)[0, 0] for n in range(3)] == [50, 57, 100]


def test_what_an_outage_lets_in_is_no_layer_s() -> None:
    of = with_outages(world(cache(7), verifier=OPEN, revoked_at=50), (40, 80))
    assert accept_until(of)[0, 0] == 80
    assert accept_behind(of, 1)[0, 0] == 57


@share(100)
@given(ledgers())
def test_all_steps_together_are_what_a_verifier_that_fails_closed_accepts(ledger: Ledger) -> None:
    verifiers = ledger.estate.verifiers
    closed = np.full(len(verifiers), Unreachable.CLOSED, np.int32)
    estate = dataclasses.replace(ledger.estate, verifiers=dataclasses.replace(verifiers, on_unreachable=closed))
    expected = accept_until(dataclasses.replace(ledger, estate=estate))
    np.testing.assert_array_equal(accept_behind(ledger, most_steps(ledger)), expected)


@pytest.mark.parametrize("leeway", [0, 5])
def test_without_steps_the_issuer_is_asked_each_time(leeway: int) -> None:
    verifier = {"leeway": leeway}
    assert accept_behind(world(cache(30), verifier=verifier, revoked_at=50), 0)[0, 0] == 50
    assert accept_behind(world(cache(30), verifier=verifier), 0)[0, 0] == 100 + leeway
