"""Why calls did not get through."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from unit.ledger.layered import STALE, UNCHECKED, cache, poll, with_calls, with_outages, world

from nhilab.ledger.refusals import REASONS, Reason, denial_reasons, refusal_reasons, turned_away
from nhilab.ledger.tables import Ledger, Status
from nhilab.scenario.scenario import Scenario
from scenarios import runs, share


def reason(of: Ledger, at: int = 60, **call: Any) -> Reason:
    """Why the verifier refuses a call that arrives then."""
    calls = with_calls(of, at).calls
    columns = {"status": Status.REFUSED} | call
    calls = dataclasses.replace(calls, **{name: np.array([value]) for name, value in columns.items()})
    return Reason(refusal_reasons(dataclasses.replace(of, calls=calls), np.array([0]))[0])


def test_every_reason_has_words_of_its_own() -> None:
    assert list(REASONS) == list(Reason)
    assert len(set(REASONS.values())) == len(Reason)


def test_from_expiry_and_leeway_on_a_credential_is_expired_also_if_it_was_revoked_before() -> None:
    assert reason(world(), at=100) is Reason.EXPIRED
    assert reason(world(revoked_at=50), at=100) is Reason.EXPIRED
    assert reason(world(verifier={"leeway": 5}, revoked_at=50), at=104) is Reason.REVOKED
    assert reason(world(verifier={"leeway": 5}), at=105) is Reason.EXPIRED


def test_before_it_a_credential_is_refused_because_it_was_revoked() -> None:
    assert reason(world(revoked_at=60), at=60) is Reason.REVOKED
    assert reason(world(poll(20), revoked_at=50), at=60) is Reason.REVOKED


def test_a_live_credential_is_refused_where_the_issuer_cannot_be_asked() -> None:
    assert reason(with_outages(world(cache(5)), (50, 61)), at=60, n_introspections=1) is Reason.NOT_ASKED
    assert reason(with_outages(world(cache(5), verifier=STALE), (50, 61)), at=60) is Reason.NOT_ASKED


def test_an_outage_that_is_over_explains_nothing() -> None:
    assert reason(with_outages(world(cache(5)), (50, 60)), at=60) is Reason.UNTOLD
    assert reason(with_outages(world(cache(5)), (50, 61), stage=1), at=60) is Reason.UNTOLD


def test_no_outage_keeps_a_verifier_from_a_list_it_polls() -> None:
    assert reason(with_outages(world(poll(5)), (50, 61)), at=60) is Reason.UNTOLD
    assert reason(with_outages(world(poll(5), revoked_at=50), (50, 61)), at=60, n_introspections=1) is Reason.REVOKED


def test_whether_a_revoked_credential_got_an_answer_in_an_outage_shows_in_who_was_asked() -> None:
    of = with_outages(world(cache(5), revoked_at=50), (55, 70))
    assert reason(of, n_introspections=0) is Reason.REVOKED
    assert reason(of, n_introspections=1) is Reason.UNTOLD


def test_a_cache_that_does_not_check_expiry_may_have_kept_either_answer() -> None:
    of = world(cache(5, **UNCHECKED), revoked_at=50)
    assert reason(of, at=99) is Reason.REVOKED
    assert reason(of, at=100) is Reason.UNTOLD
    assert reason(world(cache(5, **UNCHECKED)), at=110) is Reason.EXPIRED


def test_the_network_is_looked_at_first() -> None:
    of = world(verifier={"accepts_from": "office"}, revoked_at=50)
    assert reason(of, at=100) is Reason.WRONG_NETWORK
    places = dataclasses.replace(of.estate.places, network=np.array(["office"]))
    inside = dataclasses.replace(of, estate=dataclasses.replace(of.estate, places=places))
    assert reason(inside, at=60) is Reason.REVOKED


def test_a_signature_alone_tells_nothing_of_a_revocation() -> None:
    assert reason(world(verifier={"self_contained": True}, revoked_at=50), at=60) is Reason.UNTOLD


@pytest.mark.parametrize(
    ("credential", "escalated", "expected"),
    [(0, False, Reason.OUTSIDE_SCOPE), (-1, False, Reason.NOT_AUTHORISED), (-1, True, Reason.NOT_APPROVED)],
)
def test_a_call_is_denied_by_the_verifier_a_decision_point_or_a_person(
    credential: int, escalated: bool, expected: Reason
) -> None:
    of = with_calls(world(), 60)
    calls = dataclasses.replace(of.calls, credential=np.array([credential]), escalated=np.array([escalated]))
    assert denial_reasons(dataclasses.replace(of, calls=calls), np.array([0])).tolist() == [expected]


@share(100)
@given(runs())
def test_no_refusal_of_a_run_is_untold_but_of_what_was_revoked(finished: tuple[Scenario, Ledger]) -> None:
    ledger = finished[1]
    rows = np.flatnonzero(turned_away(ledger))
    found = refusal_reasons(ledger, rows)
    credential, at = ledger.calls.credential[rows], ledger.calls.arrived_at[rows]
    revoked, over = at >= ledger.credentials.revoked_at[credential], at >= ledger.credentials.expires_at[credential]
    assert revoked[np.isin(found, (Reason.REVOKED, Reason.UNTOLD))].all()
    assert over[found == Reason.EXPIRED].all()
    allowed = (Reason.EXPIRED, Reason.REVOKED, Reason.WRONG_NETWORK, Reason.NOT_ASKED, Reason.UNTOLD)
    assert set(found.tolist()) <= set(allowed)
