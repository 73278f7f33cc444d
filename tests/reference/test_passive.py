"""The fast readings of section 5, and the gate of the run, equal the twin that asks every layer one by one."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from layers import Conversation, conversations, layered_ledgers
from reference.slow_honoured import Chain, slow_accept_until, slow_honoured_until, slow_passive_until
from reference.slow_world import World
from strategies import ledgers, without_ties

from nhilab.base.quantities import NEVER
from nhilab.base.streams import stream
from nhilab.engine.gate import make_gates
from nhilab.ledger.acceptance import accept_until, honoured_until
from nhilab.ledger.passive import passive_until
from nhilab.ledger.tables import Ledger

SLOW = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)


def slow(ledger: Ledger) -> np.ndarray:
    shape = len(ledger.credentials), len(ledger.estate.verifiers)
    return np.array(
        [[slow_passive_until(ledger, c, v) for v in range(shape[1])] for c in range(shape[0])], np.int64
    ).reshape(shape)


def busy(seed: int, *, n_calls: int, caches: tuple[int, ...], span: int) -> Ledger:
    """Three credentials of two verifiers, presented at random instants with many ties."""
    world, chance = World(), stream(seed, "busy")
    for _ in range(2):
        world.verifier(caches, self_contained=False)
    permissions = [world.permission(v) for v in range(2)]
    world.identity(*permissions)
    world.stage(NEVER)
    world.task(world.place(), 0, span)
    for _ in range(3):
        world.credential(revoked_at=int(chance.integers(0, span)))
    for _ in range(n_calls):
        world.call(permissions[chance.integers(2)], int(chance.integers(3)), int(chance.integers(span)))
    return world.ledger()


@given(ledger=ledgers())
def test_passive_reading_equals_the_slow_twin(ledger: Ledger) -> None:
    np.testing.assert_array_equal(passive_until(ledger), slow(ledger))


@given(ledger=without_ties())
def test_passive_reading_equals_the_slow_twin_without_ties(ledger: Ledger) -> None:
    np.testing.assert_array_equal(passive_until(ledger), slow(ledger))


@SLOW
@given(ledger=layered_ledgers())
def test_passive_reading_equals_the_slow_twin_through_every_kind_of_layer(ledger: Ledger) -> None:
    np.testing.assert_array_equal(passive_until(ledger), slow(ledger))


@pytest.mark.parametrize("caches", [(), (7,), (0,), (7, 3), (3, 7), (20, 0), (6, 6), (11, 5, 8), (2, 3, 5, 7)])
@pytest.mark.parametrize("seed", range(20))
def test_passive_reading_equals_the_slow_twin_under_many_calls(caches: tuple[int, ...], seed: int) -> None:
    ledger = busy(seed, n_calls=120, caches=caches, span=100)
    np.testing.assert_array_equal(passive_until(ledger), slow(ledger))


@given(ledger=ledgers())
def test_passive_reading_never_outlives_the_adversarial_one(ledger: Ledger) -> None:
    assert (passive_until(ledger) <= accept_until(ledger)).all()


@SLOW
@given(ledger=layered_ledgers())
def test_passive_reading_never_outlives_the_adversarial_one_through_any_layer(ledger: Ledger) -> None:
    assert (passive_until(ledger) <= accept_until(ledger)).all()


@SLOW
@given(ledger=layered_ledgers())
def test_accepted_until_equals_the_slow_twin_through_every_kind_of_layer(ledger: Ledger) -> None:
    fast = accept_until(ledger)
    for credential in range(len(ledger.credentials)):
        for verifier in range(len(ledger.estate.verifiers)):
            assert fast[credential, verifier] == slow_accept_until(ledger, credential, verifier)


@SLOW
@given(ledger=layered_ledgers())
def test_honoured_until_equals_the_slow_twin_through_every_kind_of_layer(ledger: Ledger) -> None:
    # Every credential carries all grants, so each verifier counts; none is honoured less than until its issue.
    fast = honoured_until(ledger)
    for credential, issued_at in enumerate(ledger.credentials.issued_at.tolist()):
        verifiers = range(len(ledger.estate.verifiers))
        assert fast[credential] == max(issued_at, *[slow_honoured_until(ledger, credential, v) for v in verifiers])


def agree(talk: Conversation, *, foreseen: bool) -> None:
    """The gates and one chain per (credential, verifier) answer alike, and ask the issuer equally often."""
    gates = make_gates(talk.estate)
    chains = {
        (c, v): Chain(talk.estate, v, **life)
        for c, life in enumerate(talk.lives) for v in range(len(talk.estate.verifiers))
    }  # fmt: skip
    for question in talk.questions:
        life = talk.lives[question.credential]
        known = life["revoked_at"] if foreseen or life["revoked_at"] <= question.at else NEVER
        heard = {"replica_draw": question.replica_draw, "reachable": question.reachable}
        fast = gates[question.verifier].admits(
            question.credential, question.at, **(life | {"revoked_at": known}), **heard
        )
        told = chains[question.credential, question.verifier].ask(question.at, **heard)
        assert (bool(fast[0]), int(fast[1])) == told, question


@SLOW
@given(talk=conversations(), foreseen=st.booleans())
def test_the_gate_answers_as_a_chain_of_layers_that_ask_each_other(talk: Conversation, foreseen: bool) -> None:
    agree(talk, foreseen=foreseen)


@SLOW
@given(talk=conversations(always_reachable=True), foreseen=st.booleans())
def test_the_gate_answers_as_the_layers_do_while_the_issuer_is_reachable(talk: Conversation, foreseen: bool) -> None:
    agree(talk, foreseen=foreseen)


@SLOW
@given(ledger=layered_ledgers(), draw=st.data())
def test_calls_that_never_arrived_change_no_passive_reading(ledger: Ledger, draw: st.DataObject) -> None:
    skipped = np.flatnonzero(ledger.calls.status == 5)
    times = np.array(ledger.calls.arrived_at)
    times[skipped] = draw.draw(st.lists(st.integers(0, 60), min_size=len(skipped), max_size=len(skipped)))
    moved = dataclasses.replace(ledger, calls=dataclasses.replace(ledger.calls, arrived_at=times))
    np.testing.assert_array_equal(passive_until(moved), passive_until(ledger))
