from __future__ import annotations

import math

import pytest
from unit.metrics.tiny import ALL, BUCKET, MICRO, VAULT, estate, ledger, observe

from nhilab.base.quantities import NEVER
from nhilab.ledger.tables import Source, Status

UNMANAGED = {"stage": -1, "call": -1, "expires_at": NEVER}
RENEWED_TOO_LATE = {"call": -1, "requested_at": 1000, "issued_at": 1000, "expires_at": 1400, "purpose_end": 1000}


def test_overhang_runs_from_the_end_of_the_purpose_to_the_end_of_acceptance() -> None:
    of = ledger(credentials=[{"purpose_end": 30}, {"purpose_end": 80}])
    assert observe("overhang_s", of).value == (70 + 20) / 2


def test_a_credential_that_dies_before_its_purpose_ends_has_no_overhang() -> None:
    assert observe("overhang_s", ledger(credentials=[{"purpose_end": 130}])).value == 0


def test_overhang_ends_where_the_slowest_verifier_of_the_scope_ends() -> None:
    revoked = {"purpose_end": 20, "revoked_at": 25}
    of = [ledger(credentials=[revoked | {"scope": scope}]) for scope in (BUCKET, VAULT, ALL)]
    # The gateway's cache answers 30 s longer; the signature is good until expiry.
    assert [observe("overhang_s", each).value for each in of] == [25 + 30 - 20, 100 - 20, 100 - 20]


def test_overhang_is_cut_at_the_cap_and_its_sample_is_not() -> None:
    seen = observe("overhang_s", ledger(credentials=[{"purpose_end": 40}, {"expires_at": NEVER}], cap=500))
    assert seen.value == (60 + 500) / 2
    assert seen.sample.tolist() == [60.0, math.inf]


def test_a_credential_nobody_used_overhangs_its_whole_life() -> None:
    of = ledger(credentials=[{"issued_at": 20, "expires_at": 120, "purpose_end": 20}])
    assert observe("overhang_s", of).value == 100


@pytest.mark.parametrize("metric", ["overhang_s", "outlived_share", "proof_of_death_share"])
def test_only_managed_credentials_wanted_before_the_horizon_count(metric: str) -> None:
    of = ledger(credentials=[{}, UNMANAGED, RENEWED_TOO_LATE])
    assert observe(metric, of).denominator == 1


def test_a_call_that_drains_after_the_horizon_brings_its_credential_with_it() -> None:
    late = {"call": 3, "requested_at": 1001, "issued_at": 1002, "expires_at": 1050, "purpose_end": 1040}
    assert observe("overhang_s", ledger(credentials=[late])).value == 10


def test_a_standing_credential_of_a_stage_counts() -> None:
    of = ledger(
        stages=[{"source": Source.STANDING}],
        credentials=[{"call": -1, "expires_at": NEVER, "purpose_end": 900}],
        cap=500,
    )
    assert observe("overhang_s", of).value == 500


def test_outlived_means_honoured_a_microsecond_longer_than_needed() -> None:
    of = ledger(credentials=[{"purpose_end": 100 - MICRO}, {"purpose_end": 100}, {"purpose_end": 100 + MICRO}])
    assert observe("outlived_share", of).value == 1 / 3


def test_outlived_knows_no_tolerance() -> None:
    assert observe("outlived_share", ledger(credentials=[{"purpose_end": 95}], proof_tolerance=10)).value == 1


def test_standing_privilege_counts_a_grant_that_two_credentials_carry_once() -> None:
    of = ledger(
        credentials=[{"issued_at": 10}, {"scope": BUCKET, "issued_at": 4}],
        calls=[{"ready_at": 15, "arrived_at": 20, "ended_at": 24}, {"arrived_at": 50, "ended_at": 51}],
    )
    # Three grants until 100: the bucket's from 4, the table's and the vault's from 10.
    assert observe("standing_privilege", of).value == (96 + 2 * 90) / (4 + 1)


def test_standing_privilege_ends_each_permission_with_its_own_verifier() -> None:
    of = ledger(credentials=[{"revoked_at": 20}], calls=[{"ended_at": 10}])
    # Bucket and table behind the gateway until 20 + 30, the vault until its expiry at 100.
    assert observe("standing_privilege", of).value == (2 * 50 + 1 * 100) / 10


def test_standing_privilege_and_overhang_include_open_sessions() -> None:
    of = ledger(credentials=[{"scope": BUCKET}], calls=[{"ended_at": 10}], world=estate(session_time=40))
    assert observe("standing_privilege", of).value == (100 + 40) / 10
    assert observe("overhang_s", of).value == 100 + 40


def test_standing_privilege_looks_no_further_than_the_horizon() -> None:
    of = ledger(
        credentials=[{"scope": VAULT, "issued_at": 40, "expires_at": NEVER}, {"issued_at": 70, "requested_at": 70}],
        calls=[{"arrived_at": 45, "ended_at": 65}, {"arrived_at": 65, "ended_at": 70}],
        horizon=60,
    )
    assert observe("standing_privilege", of).value == (60 - 40) / (60 - 45)


def test_skipped_calls_exercise_no_privilege() -> None:
    calls = [{"ended_at": 10}, {"ended_at": 500, "status": Status.SKIPPED}]
    assert observe("standing_privilege", ledger(credentials=[{"scope": VAULT}], calls=calls)).value == 100 / 10


def test_a_queued_call_exercises_privilege_from_when_it_is_carried_out() -> None:
    calls = [
        {"enqueued_at": 5, "arrived_at": 5, "began_at": 40, "ended_at": 46},
        {"enqueued_at": 5, "arrived_at": 50, "began_at": 50, "ended_at": 54},
    ]
    assert observe("standing_privilege", ledger(credentials=[{"scope": VAULT}], calls=calls)).value == 100 / (6 + 4)


def test_a_call_that_never_arrived_exercises_no_privilege() -> None:
    denied = {"ready_at": 20, "arrived_at": NEVER, "ended_at": 500, "status": Status.DENIED}
    of = ledger(credentials=[{"scope": VAULT}], calls=[{"ended_at": 10}, denied])
    assert observe("standing_privilege", of).value == 100 / 10


def test_privilege_no_strategy_manages_is_not_the_strategy_s() -> None:
    of = ledger(credentials=[{"scope": VAULT}, UNMANAGED], calls=[{"ended_at": 10}])
    assert observe("standing_privilege", of).value == 100 / 10


def test_standing_privilege_without_calls_is_not_a_number() -> None:
    of = ledger(credentials=[{}], calls=[{"status": Status.SKIPPED}])
    assert math.isnan(observe("standing_privilege", of).value)


def test_a_use_at_the_instant_of_revocation_is_a_use_after_it() -> None:
    calls = [{"arrived_at": at} for at in (25 - MICRO, 25, 40)]
    assert observe("uses_after_revocation", ledger(credentials=[{"revoked_at": 25}], calls=calls)).value == 2


def test_an_authorisation_carried_out_after_the_revocation_is_a_use_after_it() -> None:
    calls = [{"arrived_at": 20, "began_at": at} for at in (25 - MICRO, 25, 40)]
    calls.append({"enqueued_at": 20, "arrived_at": 20, "began_at": 20})
    assert observe("uses_after_revocation", ledger(credentials=[{"revoked_at": 25}], calls=calls)).value == 2


def test_a_message_carried_out_at_the_instant_the_issuer_is_told_came_before_it() -> None:
    at_once = {"revocation_requested_at": 25, "revoked_at": 25}
    for call, late in (({"arrived_at": 20, "began_at": 25}, 0), ({"arrived_at": 25, "began_at": 30}, 1)):
        assert observe("uses_after_revocation", ledger(credentials=[at_once], calls=[call])).value == late


def test_only_accepted_calls_with_a_revoked_credential_are_uses_after_revocation() -> None:
    calls = [
        {"arrived_at": 40, "credential": 2, "status": Status.REFUSED},
        {"arrived_at": 40, "credential": 2, "status": Status.DENIED},
        {"arrived_at": 40, "credential": 2, "status": Status.SKIPPED},
        {"arrived_at": 40, "credential": -1},
        {"arrived_at": 40, "credential": 1},
    ]
    of = ledger(credentials=[{}, {"revoked_at": 41}, {"revoked_at": 25}], calls=calls)
    assert observe("uses_after_revocation", of).value == 0


def test_death_is_proved_when_the_last_verifier_ends_within_the_tolerance() -> None:
    ends = [{"purpose_end": at} for at in (95 - MICRO, 95, 100, 140)]
    assert observe("proof_of_death_share", ledger(credentials=ends, proof_tolerance=5)).value == 3 / 4


def test_a_revocation_in_time_proves_nothing_at_a_verifier_that_never_hears_of_it() -> None:
    revoked = {"purpose_end": 20, "revoked_at": 20}
    of = ledger(credentials=[revoked | {"scope": BUCKET}, revoked | {"scope": ALL}], proof_tolerance=30)
    assert observe("proof_of_death_share", of).value == 1 / 2


def test_a_logged_revocation_is_false_proof_when_a_verifier_goes_on_past_the_tolerance() -> None:
    revoked = {"scope": BUCKET, "revoked_at": 20, "purpose_end": 50}
    shares = [
        observe("false_proof_share", ledger(credentials=[revoked], proof_tolerance=tolerance)).value
        for tolerance in (30 - MICRO, 30)
    ]
    assert shares == [1, 0]


def test_false_proof_is_counted_among_revoked_credentials_only() -> None:
    of = ledger(credentials=[{"revoked_at": 20}, {"revoked_at": 100}, {}, UNMANAGED | {"revoked_at": 5}])
    assert observe("false_proof_share", of).value == 1 / 2


def test_without_revocations_there_is_no_share_of_false_ones() -> None:
    assert math.isnan(observe("false_proof_share", ledger(credentials=[{}])).value)


def test_a_call_at_the_instant_the_issuer_is_told_came_before_it() -> None:
    at_once = {"revocation_requested_at": 25, "revoked_at": 25}
    assert observe("uses_after_revocation", ledger(credentials=[at_once], calls=[{"arrived_at": 25}])).value == 0
