"""What a taken parent mints, and until when: by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from reference.slow_campaign import slow_campaign
from reference.slow_world import World

from nhilab.campaign.entrances import Entrances
from nhilab.campaign.replay import replay_entrances
from nhilab.ledger.compromises import Compromises, Entries
from nhilab.ledger.tables import Ledger, Source

ENTRY, HOP, LIFE, CHILD_LIFE = 10, 5, 100, 30


def parented(*, revoked_at: int, permits: bool = True) -> Ledger:
    """A parent that lives until 100 lies at the only place; its verifier never hears of revocations."""
    made = World()
    made.verifier()
    made.place()
    permission = made.permission()
    made.identity(*([permission] if permits else []))
    made.stage(LIFE)
    made.stage(CHILD_LIFE, int(Source.PREVIOUS))
    made.copy(made.credential(expires=LIFE, revoked_at=revoked_at), 0)
    return dataclasses.replace(made.ledger(), follow_up=60)


def robbed(ledger: Ledger) -> Compromises:
    ways = Entrances.of(entry=[0], entered_at=[ENTRY], place=[0], unit=[0])
    entries = Entries.of(name=np.array(["only"]), technique=np.array(["T1552"]), weight=[1.0])
    return replay_entrances(ledger, ways, entries, hop_time=HOP)


@pytest.mark.parametrize(("revoked_at", "minted"), [(ENTRY + HOP, 0), (ENTRY + HOP + 1, 1)])
def test_a_parent_mints_until_it_is_revoked_though_verifiers_accept_it_still(revoked_at: int, minted: int) -> None:
    found = robbed(parented(revoked_at=revoked_at)).campaigns
    assert found.n_taken.tolist() == [1] and found.n_minted.tolist() == [minted]
    assert found.access_until.tolist() == [LIFE]


def test_a_child_minted_at_the_last_instant_before_the_revocation_lives_its_whole_life() -> None:
    """Nothing accepts the parent past 90, and what it minted until 80 lives until 110."""
    ledger = parented(revoked_at=80)
    credentials = dataclasses.replace(ledger.credentials, expires_at=np.array([90], np.int64))
    assert robbed(dataclasses.replace(ledger, credentials=credentials)).campaigns.access_until.tolist() == [110]


def test_a_parent_that_permits_nothing_can_be_taken_as_long_as_it_mints() -> None:
    for revoked_at, taken in ((ENTRY, 0), (ENTRY + 1, 1)):
        ledger = parented(revoked_at=revoked_at, permits=False)
        found = robbed(ledger).campaigns
        assert found.n_taken.tolist() == [taken] and found.n_minted.tolist() == [0]
        slow = slow_campaign(
            ledger, entered_at=ENTRY, place=0, unit=0, copy=-1, dwell=0, dormancy=0, hop_time=HOP, follow_up=60
        )
        assert slow.n_taken == taken


def attested(*ttls: int, leeways: tuple[int, ...] = (0,)) -> World:
    """Whoever stands at the only place mints stage 0, which mints the next; one permission for each verifier."""
    made = World()
    for leeway in leeways:
        made.verifier(leeway=leeway)
    made.place()
    made.identity(*[made.permission(verifier) for verifier in range(len(leeways))])
    for k, ttl in enumerate(ttls):
        made.stage(ttl, int(Source.PREVIOUS if k else Source.ATTESTED))
    made.add("attestations", identity=0, place=0)
    return made


@pytest.mark.parametrize(("follow_up", "minted"), [(HOP, 1), (HOP + 1, 2)])
def test_a_minted_parent_mints_its_first_child_a_hop_later(follow_up: int, minted: int) -> None:
    ledger = dataclasses.replace(attested(30, 20).ledger(), follow_up=follow_up)
    assert robbed(ledger).campaigns.n_minted.tolist() == [minted]


def test_a_child_that_lives_for_just_a_hop_at_one_verifier_is_of_use_only_at_the_other() -> None:
    ledger = dataclasses.replace(attested(HOP, leeways=(0, 1)).ledger(), follow_up=60)
    found = robbed(ledger)
    assert found.campaigns.n_minted.tolist() == [1] and found.reached.resource.tolist() == [1]
