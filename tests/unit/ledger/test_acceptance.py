"""Until when a credential is accepted at worst: each kind of layer counted by hand, and laws of all."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from layers import END, layer_rows, layered_ledgers
from reference.slow_world import World
from unit.ledger.layered import (
    ACCESS,
    OPEN,
    STALE,
    UNCHECKED,
    Row,
    adversarial,
    cache,
    first_of,
    poll,
    push,
    replica,
    world,
)

from nhilab.base.estate import LayerKind
from nhilab.base.quantities import NEVER
from nhilab.ledger.acceptance import accept_until, dead_at, honoured_until
from nhilab.ledger.tables import Ledger


@pytest.mark.parametrize(
    ("layers", "until"),
    [
        ([], 10),
        ([cache(7)], 17),
        ([cache(7), cache(5), cache(3)], 25),
        ([cache(7, stale_for=4)], 21),
        ([cache(8, tick=4)], 20),
        ([cache(8, tick=5)], 18),
        ([cache(8, tick=4, stale_for=3)], 23),
        ([cache(7, negative_ttl=50)], 17),
        ([cache(1, **ACCESS)], 100),
        ([cache(1, **ACCESS), push(5)], 100),
        ([cache(7, **UNCHECKED)], 17),
        ([poll(10)], 10),
        ([poll(10, 3)], 13),
        ([poll(10, 33)], 13),
        ([push(6)], 16),
        ([replica(9, 3)], 19),
        (first_of(push(6), poll(10, 3)), 13),
        (first_of(push(6), cache(2, **ACCESS)), 16),
        ([cache(7), *first_of(push(6), poll(10)), cache(5)], 25),
        ([poll(20, 1), cache(7)], 28),
        ([cache(7), poll(20, 1)], 21),
    ],
)
def test_what_each_layer_adds_to_a_revocation_at_ten(layers: list[Row], until: int) -> None:
    assert adversarial(*layers, revoked_at=10) == until


@pytest.mark.parametrize(
    ("layers", "until"),
    [
        ([cache(7)], 100),
        ([poll(30)], 100),
        ([push(6)], 100),
        ([cache(7, **UNCHECKED)], 107),
        ([cache(9, tick=3, stale_for=1, **UNCHECKED)], 112),
        ([cache(7, **UNCHECKED), cache(5, **UNCHECKED)], 112),
        ([cache(7, **UNCHECKED), cache(5)], 100),
        ([cache(7, **UNCHECKED), cache(5), cache(3, **UNCHECKED)], 103),
        ([cache(7, **UNCHECKED, **ACCESS)], NEVER),
    ],
)
@pytest.mark.parametrize("revoked_at", [100, NEVER])
def test_only_an_unchecked_cache_lives_past_the_expiry(layers: list[Row], until: int, revoked_at: int) -> None:
    assert adversarial(*layers, revoked_at=revoked_at) == until


def test_leeway_moves_the_end_and_not_the_revocation() -> None:
    assert adversarial(cache(7), verifier={"leeway": 5}, revoked_at=95) == 102
    assert adversarial(cache(7), verifier={"leeway": 5}, revoked_at=99) == 105
    assert adversarial(verifier={"leeway": 5, "self_contained": True}, revoked_at=9) == 105


def test_a_lost_push_is_lost_in_its_own_row_only() -> None:
    assert adversarial(push(6), revoked_at=10, lost_pushes=1) == 100
    assert adversarial(push(6), push(4), revoked_at=10, lost_pushes=2) == 100
    assert adversarial(push(6), revoked_at=10, lost_pushes=2) == 16
    assert adversarial(push(6), revoked_at=10, lost_pushes=1, expires=NEVER) == NEVER
    assert adversarial(*first_of(push(6), poll(30)), revoked_at=10, lost_pushes=1) == 30


@pytest.mark.parametrize("layer", [cache(NEVER - 1), cache(6, tick=NEVER // 3), poll(NEVER // 2), push(NEVER - 1)])
def test_sums_that_reach_never_stay_there(layer: Row) -> None:
    assert adversarial(layer, layer, layer, expires=NEVER, revoked_at=NEVER - 5) == NEVER
    assert adversarial(layer, expires=NEVER, revoked_at=NEVER) == NEVER


@pytest.mark.parametrize("unreachable", [OPEN, STALE])
def test_an_open_or_stale_verifier_may_accept_until_the_last_outage_ends(unreachable: Row) -> None:
    for outages, until in [((), 17), (((20, 50),), 50), (((0, 5),), 17), (((20, 30), (60, 70)), 70),
                           (((20, 30), (99, 150)), 100), (((20, 30), (100, 150)), 30)]:  # fmt: skip
        assert adversarial(cache(7), verifier=unreachable, outages=outages, revoked_at=10) == until
        assert adversarial(cache(7), outages=outages, revoked_at=10) == 17, "a closed verifier accepts no more"


def test_an_outage_of_another_stage_or_of_none_does_not_count() -> None:
    assert adversarial(verifier=OPEN, outages=((20, 50),), revoked_at=10, stage=0) == 50
    assert adversarial(verifier=OPEN, outages=((20, 50),), revoked_at=10, stage=1) == 10
    assert adversarial(verifier=OPEN, outages=((20, 50),), revoked_at=10, stage=-1) == 10


def test_what_no_strategy_manages_mints_nothing() -> None:
    made = World()
    made.verifier(self_contained=False)
    made.identity(made.permission(0))
    made.stage(100)
    made.stage(100, source=2)
    for stage in (-1, 0, 1):
        made.credential(expires=100, revoked_at=40, stage=stage, scope=made.scope(0, ()))
    assert dead_at(made.ledger()).tolist() == [-1, 40, -1]


# Laws ------------------------------------------------------------------------------------------------------


def with_layers(ledger: Ledger, verifier: int, added: list[Row], at: int) -> Ledger:
    """The ledger with layers of one step put before the verifier's step number `at`; lost pushes move with rows."""
    made, old = World(), ledger.estate.layers
    rows: list[Row] = [{k: c[i].item() for k, c in old.columns().items()} for i in range(len(old))]
    mine = [i for i, row in enumerate(rows) if row["verifier"] == verifier]
    starts = [i for i in mine if not (i - 1 in mine and rows[i]["alternative"] == rows[i - 1]["alternative"] >= 0)]
    place = starts[at] if at < len(starts) else (mine[-1] + 1 if mine else len(rows))
    for row in [*rows[:place], *added, *rows[place:]]:
        made.add("layers", **(row | {"alternative": row.get("alternative", -1)}))
    lost = ledger.credentials.lost_pushes
    below = lost & ((1 << place) - 1)
    moved = below | (lost - below) << len(added)
    estate = dataclasses.replace(ledger.estate, layers=made.table("layers"))
    credentials = dataclasses.replace(ledger.credentials, lost_pushes=moved)
    return dataclasses.replace(ledger, estate=estate, credentials=credentials)


def unchecked_steps(ledger: Ledger, verifier: int) -> bool:
    layers = ledger.estate.layers
    return bool((~layers.checks_expiry[layers.verifier == verifier]).any())


@given(ledger=layered_ledgers(), data=st.data())
def test_one_layer_more_never_shortens_what_is_accepted(ledger: Ledger, data: Any) -> None:
    verifier = data.draw(st.integers(0, len(ledger.estate.verifiers) - 1))
    added = data.draw(layer_rows(verifier))
    if unchecked_steps(ledger, verifier):
        place = 0  # behind an unchecked cache a checked one brings the expiry back
        assume(all(row.get("checks_expiry", True) for row in added))
    else:
        place = data.draw(st.integers(0, 3))
        assume(all(row.get("checks_expiry", True) for row in added[:-1]))
    if len(ledger.outages):  # what carries the state is never out: nothing is accepted for want of an answer
        assume(all(row.get("kind", 0) == LayerKind.CACHE for row in added))
    added = [row | ({"alternative": row["alternative"] + 1000} if row.get("alternative", -1) >= 0 else {})
             for row in added]  # fmt: skip
    more = with_layers(ledger, verifier, added, place)
    for until in (accept_until, honoured_until, dead_at):
        assert (until(more) >= until(ledger)).all()


@given(ledger=layered_ledgers(), more=st.integers(0, END))
def test_more_leeway_never_shortens_what_is_accepted(ledger: Ledger, more: int) -> None:
    verifiers = dataclasses.replace(ledger.estate.verifiers, leeway=ledger.estate.verifiers.leeway + more)
    later = dataclasses.replace(ledger, estate=dataclasses.replace(ledger.estate, verifiers=verifiers))
    assert (accept_until(later) >= accept_until(ledger)).all()


@given(ledger=layered_ledgers(), earlier=st.integers(0, END))
def test_an_earlier_revocation_never_lengthens_what_is_accepted(ledger: Ledger, earlier: int) -> None:
    revoked_at = np.minimum(ledger.credentials.revoked_at, earlier)
    sooner = dataclasses.replace(ledger, credentials=dataclasses.replace(ledger.credentials, revoked_at=revoked_at))
    assert (accept_until(sooner) <= accept_until(ledger)).all()


@given(ttls=st.tuples(*[st.integers(0, 50)] * 3), revoked_at=st.integers(0, 200))
def test_three_caches_add_up_to_the_sum_of_their_times_to_live(ttls: tuple[int, ...], revoked_at: int) -> None:
    stacked = world(*(cache(ttl) for ttl in ttls), expires=NEVER, revoked_at=revoked_at)
    assert accept_until(stacked)[0, 0] == revoked_at + sum(ttls)
