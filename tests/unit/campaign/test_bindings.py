"""What a binding is worth to a thief, by hand: free keys, bound keys, brokers; and what no strategy manages."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from reference.slow_world import World

from nhilab.base.quantities import NEVER
from nhilab.campaign.entrances import Entrances
from nhilab.campaign.replay import replay_entrances
from nhilab.ledger.compromises import Compromises, Entries
from nhilab.ledger.tables import Binding, Cause, Source

HOST, OTHER = 0, 1
ENTRY, DWELL, HOP, LIFE = 10, 20, 5, 100
KEY, BOUND, BROKERED = int(Binding.EXPORTABLE_KEY), int(Binding.NON_EXPORTABLE), int(Binding.BROKERED)


def world(binding: int, cause: Cause = Cause.OWNER, *, stages: int = 1) -> World:
    """One credential that lives until 100, a copy of it at the host."""
    made = World()
    made.verifier()
    made.place()
    made.place()
    made.identity(made.permission())
    made.stage(LIFE)
    if stages > 1:
        made.stage(30, int(Source.PREVIOUS))
    lie(made, made.credential(expires=LIFE, binding=binding), HOST, cause)
    return made


def lie(made: World, credential: int, place: int, cause: Cause, start: int = 0) -> int:
    row = made.copy(credential, place, start)
    made.rows["copies"][row]["cause"] = int(cause)
    return row


def robbed(made: World, *, follow_up: int = 60, **entrance: Any) -> Compromises:
    ledger = dataclasses.replace(made.ledger(), follow_up=follow_up)
    given = {"entry": 0, "entered_at": ENTRY, "place": HOST, "unit": 0, "dwell": DWELL} | entrance
    ways = Entrances.of(**{name: [value] for name, value in given.items()})
    entries = Entries.of(name=np.array(["only"]), technique=np.array(["T1552"]), weight=[1.0])
    return replay_entrances(ledger, ways, entries, hop_time=HOP)


def counts(found: Compromises) -> tuple[int, ...]:
    """Taken, brokered, minted; access and exposure."""
    c = found.campaigns
    columns = (c.n_taken, c.n_brokered, c.n_minted, c.access_until, c.exposure_until)
    return tuple(int(column[0]) for column in columns)


def held(found: Compromises) -> list[tuple[int, int]]:
    """When each resource fell and for how long it was held."""
    return list(zip(found.reached.reached_at.tolist(), found.reached.held_time.tolist(), strict=True))


def test_a_brokered_credential_is_used_while_at_hand_and_never_taken() -> None:
    found = robbed(world(BROKERED))
    assert counts(found) == (0, 1, 0, ENTRY + DWELL, ENTRY)
    assert len(found.taken) == 0 and not found.nothing().any()
    assert held(found) == [(ENTRY + HOP, DWELL - HOP)]
    assert found.steps.credential.tolist() == [-1, 0] and found.reached.step.tolist() == [1]


@pytest.mark.parametrize("dwell", [0, HOP])
def test_a_broker_out_of_reach_before_the_first_use_reaches_nothing(dwell: int) -> None:
    found = robbed(world(BROKERED), dwell=dwell)
    assert counts(found) == (0, 1, 0, ENTRY + max(dwell, 1), ENTRY) and held(found) == []


def test_a_broker_mints_the_next_stage_only_while_at_hand() -> None:
    """Minted on [15, 30); the last child lives until 60."""
    assert counts(robbed(world(BROKERED, stages=2))) == (0, 1, 1, 60, ENTRY)


def test_an_exportable_key_goes_along_with_a_thief_who_takes_keys() -> None:
    found = robbed(world(KEY))
    assert counts(found) == (1, 0, 0, LIFE, LIFE) and held(found) == [(15, 55)]


def test_an_exportable_key_is_of_use_only_at_its_place_to_one_who_does_not() -> None:
    found = robbed(world(KEY), takes_keys=False)
    assert counts(found) == (1, 0, 0, 30, 30) and held(found) == [(15, 15)]
    assert counts(robbed(world(BOUND))) == counts(found)


def test_a_copy_that_was_handed_out_holds_the_key_as_the_owners_does() -> None:
    assert counts(robbed(world(KEY, Cause.COPIED))) == (1, 0, 0, LIFE, LIFE)
    assert counts(robbed(world(BOUND, Cause.COPIED))) == (1, 0, 0, 30, 30)


@pytest.mark.parametrize("cause", [Cause.FORWARDED, Cause.QUEUED, Cause.LOGGED, Cause.PRESENTED])
def test_a_copy_without_its_key_is_taken_and_of_no_use(cause: Cause) -> None:
    for binding in (KEY, BOUND):
        found = robbed(world(binding, cause, stages=2))
        assert counts(found) == (1, 0, 0, ENTRY, ENTRY) and held(found) == []
        assert found.taken.honoured_until.tolist() == [ENTRY]
    assert counts(robbed(world(int(Binding.BEARER), cause))) == (1, 0, 0, LIFE, LIFE)


def test_a_key_met_after_a_printed_copy_is_of_use_from_the_key_on() -> None:
    made = world(KEY, Cause.LOGGED)
    lie(made, 0, HOST, Cause.OWNER, start=22)
    found = robbed(made)
    assert found.taken.taken_at.tolist() == [ENTRY] and held(found) == [(22 + HOP, 70 - 27)]
    assert counts(found) == (1, 0, 0, LIFE, LIFE)


@pytest.mark.parametrize(("binding", "n"), [(KEY, (1, 0)), (BOUND, (1, 0)), (BROKERED, (0, 1))])
def test_a_leaked_copy_without_its_key_is_read_counted_and_of_no_use(binding: int, n: tuple[int, int]) -> None:
    found = robbed(world(binding, Cause.LOGGED), place=-1, unit=-1, copy=0)
    assert counts(found) == (*n, 0, ENTRY, ENTRY) and held(found) == []


def test_what_frees_a_key_elsewhere_is_no_part_of_the_exposure() -> None:
    """A bearer credential opens the other place at 15, where the key of what lay printed at the host lies."""
    made = world(KEY, Cause.LOGGED)
    opener = made.permission()
    made.identity(opener)
    made.add("openings", permission=opener, place=OTHER)
    made.copy(made.credential(1, expires=40), HOST)
    lie(made, 0, OTHER, Cause.OWNER)
    assert counts(robbed(made)) == (2, 0, 0, LIFE, 40)
    assert counts(robbed(made, takes_keys=False)) == (2, 0, 0, 60, 40), "opened until 40, held a dwell longer"


def two_chains() -> World:
    """Identity 0 may impersonate 1. Stages: 0 then 1 (30), and a chain of its own, 2 (50)."""
    made = World()
    made.verifier()
    made.place()
    opener = made.permission()
    made.identity(opener)
    made.identity(made.permission())
    made.stage(LIFE)
    made.stage(30, int(Source.PREVIOUS))
    made.stage(50, int(Source.ATTESTED), chain=1)
    made.add("openings", permission=opener, identity=1)
    made.copy(made.credential(0, expires=20, stage=1), HOST)
    return made


@pytest.mark.parametrize(
    ("managed", "minted", "access_until"),
    [((0, 1), [1], 20 + 30), ((2,), [2], 20 + 50), ((0, 1, 2), [1, 2], 20 + 50), ((), [], 20)],
)
def test_impersonation_mints_every_last_stage_managed_for_the_identity(
    managed: tuple[int, ...], minted: list[int], access_until: int
) -> None:
    made = two_chains()
    for identity, stage in [(0, 0), (0, 1), *((1, k) for k in managed)]:
        made.add("managed", identity=identity, stage=stage)
    found = robbed(made)
    assert counts(found) == (1, 0, len(minted), access_until, 20)
    steps = found.steps
    assert steps.stage[steps.kind == 2].tolist() == minted and (steps.n_hops[steps.kind == 2] == 1).all()


@pytest.mark.parametrize(("managed", "n"), [((0, 2), 1), ((0, 1), 0)])
def test_a_place_attests_only_the_stages_managed_for_an_identity(managed: tuple[int, int], n: int) -> None:
    made = two_chains()
    made.add("managed", identity=managed[0], stage=managed[1])
    made.add("attestations", identity=0, place=HOST)
    assert counts(robbed(made))[2] == n


def test_a_credential_that_no_strategy_manages_is_taken_and_used_and_mints_nothing() -> None:
    made = world(int(Binding.BEARER), stages=2)
    made.rows["credentials"][0] |= {"stage": -1, "expires_at": NEVER}
    found = robbed(made)
    assert counts(found) == (1, 0, 0, NEVER, NEVER) and held(found) == [(15, 55)]
    assert not found.campaigns.persistent.any()
