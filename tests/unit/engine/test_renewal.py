"""Credentials kept young: when renewals begin, what they replace, when they stop."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from unit.engine.hand import Call, Task, previous, ran, seconds, stage, standing

import nhilab.engine.obtain as obtain_module
from nhilab.base.quantities import SECOND
from nhilab.ledger.tables import Ledger, Status

HALF: dict[str, Any] = {"ttl": "100s", "renew": {"ahead": 0.5}}
LASTING = stage(issue_per="workload", **HALF)


def instants(ledger: Ledger, column: str, n: int = 4) -> list[float | None]:
    """Of the first credentials of the last stage."""
    rows = ledger.credentials.stage == len(ledger.stages) - 1
    return seconds(getattr(ledger.credentials, column)[rows][:n])


def test_a_renewal_begins_at_its_fraction_of_the_lifetime_after_the_last_issue() -> None:
    ledger = ran([Task(0, [Call()])], LASTING, service="1s")
    assert instants(ledger, "requested_at") == [0, 51, 102, 153]
    assert instants(ledger, "issued_at") == [1, 52, 103, 154]
    assert instants(ledger, "expires_at") == [101, 152, 203, 254]
    assert ledger.credentials.call[:4].tolist() == [0, -1, -1, -1]


def test_the_old_one_is_superseded_when_the_new_one_is_issued_and_lives_on() -> None:
    ledger = ran([Task(0, [Call()])], LASTING, service="1s")
    assert instants(ledger, "superseded_at") == [52, 103, 154, 205]
    assert instants(ledger, "revocation_requested_at") == [None] * 4
    assert seconds(ledger.credentials.superseded_at[-1:]) == [None]


def test_the_old_one_is_revoked_when_the_new_one_is_issued_where_the_stage_says_so() -> None:
    revoked = stage(issue_per="workload", revoke=["renewal"], **HALF)
    ledger = ran([Task(0, [Call()])], revoked, service="1s", sts={"revocation_time": "2s"})
    assert instants(ledger, "revocation_requested_at") == [52, 103, 154, 205]
    assert instants(ledger, "revoked_at") == [54, 105, 156, 207]


def test_jitter_moves_each_renewal_by_a_draw_of_its_own_within_its_share_of_the_lifetime() -> None:
    def ages(**keys: Any) -> np.ndarray:
        ledger = ran([Task(0, [Call()])], stage(issue_per="workload", **keys))
        return np.diff(ledger.credentials.issued_at) / SECOND

    found = ages(ttl="100s", renew={"ahead": 0.5, "jitter": 0.2})
    assert found.min() >= 30 and found.max() <= 70 and found.min() < 37 and found.max() > 63
    assert len(set(found.tolist())) == len(found) > 60
    doubled = ages(ttl="200s", renew={"ahead": 0.5, "jitter": 0.2})
    assert doubled == pytest.approx(2 * found[: len(doubled)], abs=1e-5), "the same draws"


def test_renewal_of_lasting_owners_goes_on_until_the_horizon_and_the_follow_up() -> None:
    """At 51 s × n, before 4200 s."""
    ledger = ran([Task(0, [Call()])], LASTING, service="1s")
    assert len(ledger.credentials) == 83 and seconds(ledger.credentials.requested_at[-1:]) == [82 * 51]


@pytest.mark.parametrize(("tail", "n"), [(100, 2), (101, 2), (101.000001, 3), (150, 3)])
def test_what_a_task_owns_is_renewed_while_the_task_runs(tail: float, n: int) -> None:
    """The task ends a second and the tail after 0; renewals are at 51 and 102."""
    ledger = ran([Task(0, [Call(takes=0)], tail=tail)], stage(revoke=["task-end"], **HALF), service="1s")
    assert instants(ledger, "requested_at") == [0, 51, 102][:n]
    assert instants(ledger, "superseded_at", n - 1)[:1] == [52] and seconds(ledger.tasks.ended_at) == [tail + 1]


def test_all_that_a_task_owned_and_renewed_is_revoked_at_its_end_if_it_lives() -> None:
    """Issued at 1, 52 and 103: at the end, at 130, the first has expired."""
    ledger = ran([Task(0, [Call(takes=0)], tail=129)], stage(revoke=["task-end"], **HALF), service="1s")
    assert instants(ledger, "owner_end") == [130, 130, 130]
    assert instants(ledger, "revocation_requested_at") == [None, 130, 130]


def test_a_task_that_outlasts_the_run_is_renewed_to_its_end() -> None:
    ledger = ran([Task(3590, [Call(takes=0)], tail=1900)], stage(ttl="1000s", renew={"ahead": 0.5}))
    assert instants(ledger, "requested_at", 9) == [3590, 4090, 4590, 5090]


@pytest.mark.parametrize("service", [0, 5])
def test_a_standing_secret_is_rotated_at_whole_multiples(service: int) -> None:
    ledger = ran([Task(700, [Call()])], standing(renew={"every": "10m"}), service=f"{service}s")
    issued = [0, *(600 * n + service for n in range(1, 7))]
    assert seconds(ledger.credentials.requested_at) == [600.0 * n for n in range(7)]
    assert seconds(ledger.credentials.issued_at) == issued
    assert seconds(ledger.credentials.superseded_at) == [*issued[1:], None]
    assert ledger.calls.credential.tolist() == [1] and ledger.credentials.call.tolist() == [-1] * 7


def test_rotated_secrets_are_revoked_where_the_stage_says_so() -> None:
    ledger = ran([Task(5, [Call()])], standing(renew={"every": "20m"}, revoke=["renewal"]))
    assert seconds(ledger.credentials.revoked_at) == [1200, 2400, 3600, None]


def test_a_call_does_not_wait_for_a_renewal_while_the_old_one_lives_and_waits_once_it_is_dead() -> None:
    """Issued at 60 until 160, renewed from 110 to 170: a call at 150 takes the old one, one at 165 waits."""
    tasks = [Task(0, [Call()]), Task(150, [Call()]), Task(165, [Call()])]
    ledger = ran(tasks, LASTING, service="60s")
    assert seconds(ledger.calls.arrived_at) == [60, 150, 170] and ledger.calls.credential.tolist() == [0, 0, 1]


def test_a_renewal_that_finds_its_issuer_unavailable_is_dropped_and_the_next_use_asks() -> None:
    """Renewal at 51 in an outage until 110; the old one ends at 101; the call at 120 asks, and renewal goes on."""
    away = {"outages": [{"from": "40s", "for": "70s"}], "timeout": "5s"}
    ledger = ran([Task(0, [Call()]), Task(120, [Call()])], LASTING, service="1s", sts=away)
    assert instants(ledger, "issued_at") == [1, 121, 172, 223]
    assert ledger.credentials.call[:3].tolist() == [0, 1, -1]
    assert ledger.calls.status.tolist() == [Status.DONE, Status.DONE]


def test_rotation_that_missed_an_instant_goes_on_at_the_next_multiple() -> None:
    """Away at 600 s, there again at 1200 s."""
    away = {"outages": [{"from": "590s", "for": "100s"}], "timeout": "5s"}
    ledger = ran([Task(5, [Call()])], standing(renew={"every": "10m"}), sts=away)
    assert seconds(ledger.credentials.issued_at)[:3] == [0, 1200, 1800]


def test_a_renewal_that_waits_out_an_outage_is_late() -> None:
    away = {"outages": [{"from": "40s", "for": "30s"}]}
    ledger = ran([Task(0, [Call()])], LASTING, service="1s", sts=away)
    assert instants(ledger, "requested_at", 3) == [0, 51, 121] and instants(ledger, "issued_at", 3) == [1, 71, 122]


def test_a_renewal_from_the_previous_stage_takes_a_parent_that_lives() -> None:
    """The parent of 0 ends at 60: the renewals at 51 and 102 take it and another one."""
    two = [stage(issuer="login", issue_per="workload", ttl="60s"), previous(issue_per="workload", **HALF)]
    ledger = ran([Task(0, [Call()])], *two, sts={"service_time": "1s"})
    last = np.flatnonzero(ledger.credentials.stage == 1)[:3]
    assert seconds(ledger.credentials.issued_at[last]) == [1, 52, 103]
    parents = ledger.credentials.parent[last]
    assert parents[0] == parents[1] != parents[2] and seconds(ledger.credentials.issued_at[parents]) == [0, 0, 102]


def test_renewals_of_one_credential_do_not_run_beside_each_other_after_it_was_issued_anew() -> None:
    """Refused at 30 for a revocation of its identity, issued anew at 30: renewed at 80 and not at 50."""
    by_identity = {"revocation_unit": "identity"}
    both = {"others": {"ending": {"stages": [stage(revoke=["task-end"])]}},
            "strategy": {"mix": [{"strategy": "ending", "workloads": ["batch"]}]}}  # fmt: skip
    tasks = [Task(0, [Call(), Call(29)]), Task(10, [Call()], instance=2)]
    ledger = ran(tasks, LASTING, sts=by_identity, **both)
    mine = ledger.credentials.stage == 0
    assert seconds(ledger.credentials.issued_at[mine][:4]) == [0, 30, 80, 130]
    assert seconds(ledger.credentials.revoked_at[mine][:2]) == [11, None]


def test_what_is_refused_at_the_instant_of_its_issue_is_never_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Issued at 0, refused there for its network, issued anew at 0: only the second is renewed, at 50."""
    renewal_at, asked = obtain_module.renewal_at, []
    monkeypatch.setattr(obtain_module, "renewal_at", lambda *of: (asked.append(of[2]), renewal_at(*of))[1])
    ledger = ran([Task(0, [Call(takes=0)])], LASTING, gateway={"accepts_from": "inner"})
    assert ledger.calls.status.tolist() == [Status.REFUSED]
    assert instants(ledger, "requested_at") == [0, 0, 50, 100]
    assert instants(ledger, "superseded_at", 2) == [0, 50]
    assert sorted(asked) == list(range(len(ledger.credentials))), "each looked at once, and nothing that is none"
