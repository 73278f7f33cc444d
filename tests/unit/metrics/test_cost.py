from __future__ import annotations

import math

import pytest
from unit.metrics.tiny import ALL, BUCKET, VAULT, ledger, observe

from nhilab.base.quantities import NEVER
from nhilab.ledger.tables import Source, Status

UNMANAGED = {"stage": -1, "call": -1}
STANDING = [{"source": Source.STANDING}, {"source": Source.PREVIOUS}]
LATE_RENEWAL = {"call": -1, "requested_at": 1000, "issued_at": 1001}


def test_issuances_are_counted_over_all_stages_and_all_tasks() -> None:
    of = ledger(credentials=[{"stage": 0}, {"stage": 1}, {"stage": 1}], tasks=[{}, {"status": 1}], stages=[{}, {}])
    assert observe("issuances_per_task", of).value == 3 / 2


def test_a_standing_credential_is_not_issued_but_its_replacements_are() -> None:
    there, rotated = {"call": -1}, {"call": -1, "requested_at": 300, "issued_at": 300}
    of = ledger(credentials=[there, rotated, {"call": 7, "issued_at": 0}], tasks=[{}], stages=STANDING)
    assert observe("issuances_per_task", of).value == 2


def test_a_renewal_that_no_call_asked_for_is_an_issuance_before_the_horizon() -> None:
    renewed = {"call": -1, "requested_at": 999, "issued_at": 1001, "service_time": 20}
    of = ledger(credentials=[{"service_time": 30}, renewed], tasks=[{}, {}], horizon=1000)
    assert observe("issuances_per_task", of).value == 2 / 2
    assert observe("issuer_utilisation", of).value == pytest.approx((30 + 20) / 1000)


def test_a_renewal_ahead_at_time_zero_by_a_stage_that_is_not_standing_is_an_issuance() -> None:
    assert observe("issuances_per_task", ledger(credentials=[{"call": -1}], tasks=[{}])).value == 1


def test_unmanaged_credentials_and_renewals_past_the_horizon_cost_nothing() -> None:
    asked = {"revocation_requested_at": 50, "service_time": 9}
    of = ledger(credentials=[UNMANAGED | asked, LATE_RENEWAL | asked, {}], tasks=[{}])
    assert observe("issuances_per_task", of).value == 1
    assert observe("revocations_per_task", of).value == 0
    assert observe("issuer_utilisation", of).value == 0
    assert observe("policies_to_operate", of).value == 1


def test_utilisation_is_service_over_the_servers_of_each_issuer_once() -> None:
    of = ledger(
        credentials=[{"service_time": 40}, {"service_time": 20, "stage": 1}, {"service_time": 30, "stage": 2}],
        stages=[{"issuer": "sts", "servers": 2}, {"issuer": "vault", "servers": 3}, {"issuer": "sts", "servers": 2}],
        horizon=600,
    )
    assert observe("issuer_utilisation", of).value == pytest.approx((40 + 20 + 30) / ((2 + 3) * 600))


def test_added_latency_sums_the_waits_of_a_task_from_ready_to_arrival() -> None:
    calls = [
        {"task": 0, "ready_at": 10, "arrived_at": 13, "ended_at": 20},
        {"task": 0, "ready_at": 30, "arrived_at": 31, "ended_at": 40},
        {"task": 1, "ready_at": 5, "arrived_at": 5, "ended_at": 90},
    ]
    seen = observe("added_latency_s", ledger(calls=calls, tasks=[{}, {}]))
    assert seen.sample.tolist() == [4.0, 0.0]
    assert seen.value == 2


def test_added_latency_leaves_out_skipped_calls_and_tasks_that_made_no_call() -> None:
    skipped = {"status": Status.SKIPPED, "ready_at": NEVER, "arrived_at": NEVER}
    calls = [{"task": 1, "arrived_at": 6}, skipped | {"task": 1}, skipped | {"task": 2}]
    assert observe("added_latency_s", ledger(calls=calls, tasks=[{}, {}, {}])).sample.tolist() == [6.0]


def test_the_stay_in_a_queue_is_no_added_latency() -> None:
    carried = {"ready_at": 10, "enqueued_at": 12, "arrived_at": 60, "began_at": 60, "ended_at": 70}
    tested = {"task": 1, "ready_at": 10, "enqueued_at": 15, "arrived_at": 15, "began_at": 60, "ended_at": 70}
    lost = {"task": 2, "ready_at": 10, "enqueued_at": 11, "arrived_at": 60, "ended_at": 61, "status": Status.REFUSED}
    seen = observe("added_latency_s", ledger(calls=[carried, tested, lost], tasks=[{}] * 3))
    assert seen.sample.tolist() == [2.0, 5.0, 1.0]


@pytest.mark.parametrize("status", [Status.ISSUER_UNAVAILABLE, Status.REFUSED, Status.DENIED])
def test_a_call_that_got_nowhere_waited_until_its_end(status: Status) -> None:
    calls = [
        {"status": status, "ready_at": 10, "arrived_at": NEVER, "ended_at": 17},
        {"status": status, "ready_at": 20, "arrived_at": 22, "ended_at": 25, "task": 1},
    ]
    assert observe("added_latency_s", ledger(calls=calls, tasks=[{}, {}])).sample.tolist() == [7.0, 5.0]


def test_tasks_fail_by_issuer_verifier_or_policy_and_not_by_crashing() -> None:
    of = ledger(tasks=[{"status": status} for status in (0, 1, 2, 3, 4, 0)])
    assert observe("failed_task_share", of).value == 3 / 6


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ("issuances_per_task", 2 / 2),
        ("revocations_per_task", 1 / 2),
        ("failed_task_share", 1 / 2),
        ("escalations_per_task", 1 / 2),
    ],
)
def test_work_that_was_never_handed_on_is_no_task(metric: str, value: float) -> None:
    left = {"status": Status.SKIPPED, "arrived_at": NEVER, "started_at": NEVER, "ended_at": NEVER}
    of = ledger(
        credentials=[{}, {"revocation_requested_at": 9}],
        calls=[{"escalated": True}],
        tasks=[{}, left, {"status": Status.REFUSED}, left],
    )
    assert observe(metric, of).value == value


def test_denied_calls_are_a_share_of_the_calls_made() -> None:
    statuses = [Status.DONE, Status.DENIED, Status.REFUSED, Status.ISSUER_UNAVAILABLE, Status.SKIPPED, Status.SKIPPED]
    assert observe("denied_call_share", ledger(calls=[{"status": status} for status in statuses])).value == 1 / 4


def test_decisions_are_counted_per_call_made() -> None:
    calls = [{"n_decisions": 1}, {}, {"n_decisions": 1, "status": Status.DENIED}, {"status": Status.SKIPPED}]
    assert observe("decisions_per_call", ledger(calls=calls)).value == 2 / 3


def test_escalations_count_whatever_the_person_said() -> None:
    calls = [{"escalated": True}, {"escalated": True, "status": Status.DENIED}, {"task": 1}]
    assert observe("escalations_per_task", ledger(calls=calls, tasks=[{}, {}, {}, {}])).value == 2 / 4


def test_introspections_are_counted_per_call_made() -> None:
    calls = [{"n_introspections": 1}, {}, {}, {"status": Status.REFUSED, "n_introspections": 2}]
    of = ledger(calls=[*calls, {"status": Status.SKIPPED, "n_introspections": 7}])
    assert observe("introspections_per_call", of).value == 3 / 4


def test_revocations_count_when_asked_for() -> None:
    credentials = [{"revocation_requested_at": 9}, {"revocation_requested_at": 9, "revoked_at": 12}, {}]
    assert observe("revocations_per_task", ledger(credentials=credentials, tasks=[{}] * 4)).value == 2 / 4


def test_a_policy_is_a_scope_at_a_stage_however_often_it_is_issued() -> None:
    pairs = [(ALL, 0), (BUCKET, 1), (BUCKET, 1), (VAULT, 1), (BUCKET, 0)]
    of = ledger(credentials=[{"scope": scope, "stage": stage} for scope, stage in pairs], stages=[{}, {}])
    assert observe("policies_to_operate", of).value == 4


def test_a_standing_credential_needs_a_policy_too() -> None:
    assert observe("policies_to_operate", ledger(credentials=[{"call": -1}], stages=STANDING)).value == 1


@pytest.mark.parametrize(
    "metric",
    [
        "issuances_per_task",
        "added_latency_s",
        "failed_task_share",
        "denied_call_share",
        "introspections_per_call",
        "decisions_per_call",
        "escalations_per_task",
        "revocations_per_task",
    ],
)
def test_costs_per_task_or_call_are_not_a_number_without_any(metric: str) -> None:
    assert math.isnan(observe(metric).value)
