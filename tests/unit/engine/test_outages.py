"""Issuers that are away, counted by hand: an outage during [10 s, 30 s), services of 4 s unless told."""

from __future__ import annotations

from typing import Any

import pytest
from unit.engine.hand import TABLE, Call, Task, ran, seconds, stage

from nhilab.base.quantities import HOUR, SECOND
from nhilab.engine.stations import Outages
from nhilab.ledger.tables import Status
from nhilab.scenario.issuer_section import Outage

AWAY: dict[str, Any] = {"outages": [{"from": "10s", "for": "20s"}]}
LOCAL = Call(permission=TABLE)
"""A call whose verifier asks nobody."""


@pytest.mark.parametrize(("request_at", "issued"), [
    (6, 10), (8, 12), (9.999999, 13.999999), (10, 34), (20, 34), (29.999999, 34), (30, 34), (31, 35),
])  # fmt: skip
def test_a_service_in_an_outage_begins_at_its_end_and_one_under_way_is_finished(
    request_at: float, issued: float
) -> None:
    ledger = ran([Task(request_at, [LOCAL])], service="4s", sts=AWAY)
    assert seconds(ledger.credentials.issued_at) == [issued]
    assert seconds(ledger.credentials.requested_at) == [request_at]


def test_a_request_whose_turn_comes_in_an_outage_waits_for_its_end() -> None:
    ledger = ran([Task(8, [LOCAL]), Task(9, [LOCAL]), Task(9, [LOCAL])], service="4s", sts=AWAY)
    assert seconds(ledger.credentials.issued_at) == [12, 34, 38]


def test_an_outage_comes_again_as_often_as_it_is_said_to() -> None:
    every = {"outages": [{"from": "10s", "for": "20s", "every": "1m"}]}
    ledger = ran([Task(at, [LOCAL]) for at in (15, 69, 75, 3550)], service="4s", sts=every)
    assert seconds(ledger.credentials.issued_at) == [34, 73, 94, 3574]


def test_no_revocation_begins_in_an_outage() -> None:
    away = AWAY | {"revocation_time": "2s", "revocation_servers": 4}
    tasks = [Task(0, [Call(takes=takes)]) for takes in (9, 10, 25, 30)]
    ledger = ran(tasks, stage(revoke=["task-end"]), sts=away)
    assert seconds(ledger.credentials.revocation_requested_at) == [9, 10, 25, 30]
    assert seconds(ledger.credentials.revoked_at) == [11, 32, 32, 32]


def test_outages_that_touch_are_one() -> None:
    spans = Outages(
        tuple(Outage.model_validate({"from": begin, "for": length})
              for begin, length in (("50s", "5s"), ("10s", "10s"), ("20s", "5s"), ("12s", "1s"))), HOUR,
    ).spans  # fmt: skip
    assert spans == [(10 * SECOND, 25 * SECOND), (50 * SECOND, 55 * SECOND)]


def test_the_ledger_tells_the_outages_of_every_stages_issuer() -> None:
    two = [stage(issuer="login"), stage(**{"from": "previous"})]
    ledger = ran([Task(0, [Call()])], *two, sts=AWAY)
    assert ledger.outages.stage.tolist() == [1]
    assert seconds(ledger.outages.from_at) == [10] and seconds(ledger.outages.until_at) == [30]


def test_a_verifier_that_fails_closed_refuses_during_an_outage_and_the_client_gets_another_after_it() -> None:
    ledger = ran([Task(0, [Call(), Call(14)])], sts=AWAY)
    assert ledger.calls.status.tolist() == [Status.DONE, Status.DONE]
    assert seconds(ledger.calls.arrived_at) == [0, 30] and ledger.calls.credential.tolist() == [0, 1]
    assert ledger.calls.n_introspections.tolist() == [1, 2]


def test_a_verifier_that_fails_open_accepts_during_an_outage() -> None:
    ledger = ran([Task(0, [Call(), Call(14)])], sts=AWAY, gateway={"on_unreachable": "open"})
    assert seconds(ledger.calls.arrived_at) == [0, 15] and ledger.calls.credential.tolist() == [0, 0]


def test_a_verifier_without_an_answer_may_give_the_last_one_it_has() -> None:
    """The cache's entry of 0 ends at 5; at 15 it is the last answer held."""
    stale = {"on_unreachable": "stale", "layers": [{"cache": {"ttl": "5s"}}]}
    ledger = ran([Task(0, [Call(), Call(14)]), Task(16, [Call()], instance=2)], stage(issue_per="place"), sts=AWAY,
                 gateway=stale)  # fmt: skip
    assert seconds(ledger.calls.arrived_at) == [0, 15, 30]
