"""The passive reading equals the replay of every call through every cache, one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from reference.slow_honoured import slow_passive_until
from reference.slow_world import World
from strategies import ledgers, without_ties

from nhilab.base.quantities import NEVER
from nhilab.base.streams import stream
from nhilab.ledger.acceptance import accept_until
from nhilab.ledger.passive import passive_until
from nhilab.ledger.tables import Ledger


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


@pytest.mark.parametrize("caches", [(), (7,), (0,), (7, 3), (3, 7), (20, 0), (6, 6), (11, 5, 8), (2, 3, 5, 7)])
@pytest.mark.parametrize("seed", range(20))
def test_passive_reading_equals_the_slow_twin_under_many_calls(caches: tuple[int, ...], seed: int) -> None:
    ledger = busy(seed, n_calls=120, caches=caches, span=100)
    np.testing.assert_array_equal(passive_until(ledger), slow(ledger))


@given(ledger=ledgers())
def test_passive_reading_never_outlives_the_adversarial_one(ledger: Ledger) -> None:
    assert (passive_until(ledger) <= accept_until(ledger)).all()
