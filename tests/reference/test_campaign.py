"""The fast replay and its slow twin, written blind from MODEL.md, give the same campaign."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference.slow_campaign import SlowResult, slow_campaign
from reference.slow_honoured import slow_accept_until, slow_honoured_until
from strategies import entrances, ledgers, thieves

from nhilab.campaign.entrances import Entrances
from nhilab.campaign.replay import replay_entrances
from nhilab.ledger.acceptance import accept_until, honoured_until
from nhilab.ledger.compromises import Compromises, Entries
from nhilab.ledger.tables import Ledger

SLOW = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)


def fast_campaign(ledger: Ledger, entrance: dict[str, int], thief: dict[str, int]) -> Compromises:
    """One campaign by the fast replay."""
    followed = _with_follow_up(ledger, thief["follow_up"])
    columns = {name: [value] for name, value in entrance.items()}
    entries = Entries.of(name=np.array(["entry"]), technique=np.array(["T1552"]), weight=[1.0])
    return replay_entrances(followed, Entrances.of(entry=[0], **columns), entries, hop_time=thief["hop_time"])


def _with_follow_up(ledger: Ledger, follow_up: int) -> Ledger:
    import dataclasses

    return dataclasses.replace(ledger, follow_up=follow_up)


def as_slow(found: Compromises) -> SlowResult:
    """The fast replay's tables in the twin's words."""
    campaign, taken, reached = found.campaigns, found.taken, found.reached
    rows = zip(
        taken.credential.tolist(), taken.taken_at.tolist(), taken.honoured_until.tolist(), strict=True
    )
    fell: dict[int, Any] = {
        resource: (permission, at, held, hops)
        for resource, permission, at, held, hops in zip(
            reached.resource.tolist(),
            reached.permission.tolist(),
            reached.reached_at.tolist(),
            reached.held_time.tolist(),
            reached.n_hops.tolist(),
            strict=True,
        )
    }
    return SlowResult(
        n_taken=int(campaign.n_taken[0]),
        n_minted=int(campaign.n_minted[0]),
        taken={c: (at, until) for c, at, until in rows},
        at_entry=set(taken.credential[taken.at_entry].tolist()),
        access_until=int(campaign.access_until[0]),
        exposure_until=int(campaign.exposure_until[0]),
        reached=fell,
        persistent=bool(campaign.persistent[0]),
    )


@SLOW
@given(st.data())
def test_fast_and_slow_campaigns_agree_exactly(data: st.DataObject) -> None:
    ledger = data.draw(ledgers())
    entrance, thief = data.draw(entrances(ledger)), data.draw(thieves())
    slow = slow_campaign(ledger, **entrance, **thief)
    assert as_slow(fast_campaign(ledger, entrance, thief)) == slow


@SLOW
@given(ledgers())
def test_fast_and_slow_honoured_until_agree_exactly(ledger: Ledger) -> None:
    fast, latest = accept_until(ledger), honoured_until(ledger)
    guards = ledger.estate.resources.verifier[ledger.estate.permissions.resource]
    for credential in range(len(ledger.credentials)):
        scope = ledger.credentials.scope[credential]
        held = ledger.scope_permissions.permission[ledger.scope_permissions.scope == scope]
        verifiers = sorted(set(guards[held].tolist()))
        for verifier in range(len(ledger.estate.verifiers)):
            assert fast[credential, verifier] == slow_accept_until(ledger, credential, verifier)
        slow = [slow_honoured_until(ledger, credential, v) for v in verifiers]
        assert latest[credential] == max([*slow, int(ledger.credentials.issued_at[credential])])
