"""Two edges of presence, by hand."""

from __future__ import annotations

from unit.engine.hand import FIRST, LOGS, TABLE, Call, Task, ran, standing, stays

from nhilab.ledger.tables import Status


def test_a_standing_credential_lies_in_no_task_that_starts_at_its_expiry() -> None:
    expiring = standing(ttl="20s")
    ledger = ran([Task(5, [Call()]), Task(20, [Call(1, 1)])], expiring, first={"isolation": "task"})
    assert [stay for stay in stays(ledger) if stay[1] == FIRST] == [(0, FIRST, 0, 5, 6), (1, FIRST, 1, 21, 22)]


def test_a_call_that_was_refused_prints_nothing() -> None:
    """The second call has no credential that its verifier accepts: it comes from a network that is not its own."""
    calls = [Call(permission=TABLE), Call(1)]
    ledger = ran([Task(0, calls)], first={"log": "logs", "logs_token_probability": 1, "network": "dmz"},
                 gateway={"accepts_from": "core"})  # fmt: skip
    assert ledger.calls.status.tolist() == [Status.DONE, Status.REFUSED]
    assert [stay for stay in stays(ledger) if stay[1] == LOGS] == [(0, LOGS, 0, 1, 301)]


def test_calls_of_one_credential_print_it_each_time() -> None:
    ledger = ran([Task(0, [Call(), Call(1)])], first={"log": "logs", "logs_token_probability": 1})
    assert [stay for stay in stays(ledger) if stay[1] == LOGS] == [(0, LOGS, 0, 1, 301), (0, LOGS, 0, 3, 303)]
