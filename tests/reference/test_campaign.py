"""The fast replay and its slow twin, written blind from MODEL.md, give the same campaign."""

from __future__ import annotations

import dataclasses

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference.both import as_slow, fast_campaign
from reference.slow_campaign import slow_campaign
from reference.slow_honoured import slow_accept_until, slow_honoured_until
from strategies import entrances, ledgers, thieves
from threats import detections, guarded, ways

from nhilab.ledger.acceptance import accept_until, honoured_until
from nhilab.ledger.tables import Ledger

SLOW = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)


@SLOW
@given(st.data())
def test_fast_and_slow_campaigns_agree_exactly(data: st.DataObject) -> None:
    ledger = data.draw(ledgers())
    entrance, thief = data.draw(entrances(ledger)), data.draw(thieves())
    slow = slow_campaign(ledger, **entrance, **thief)
    assert as_slow(fast_campaign(ledger, entrance, thief)) == slow


@SLOW
@given(st.data())
def test_fast_and_slow_campaigns_agree_exactly_where_thieves_are_confined_noticed_and_answered(
    data: st.DataObject,
) -> None:
    ledger = data.draw(guarded(data.draw(ledgers())))
    entrance, thief = data.draw(ways(ledger, data.draw(entrances(ledger)))), data.draw(thieves())
    detection = data.draw(detections())
    slow = slow_campaign(ledger, **entrance, **thief, detection=detection)
    assert as_slow(fast_campaign(ledger, entrance, thief, detection)) == dataclasses.replace(slow, responses=())


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
