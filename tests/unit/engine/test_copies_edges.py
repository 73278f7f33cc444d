"""Two edges of presence, by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
from unit.engine.hand import Call, Task, ran, stage
from unit.engine.test_copies import FIRST, LOGS, STANDING, stays

from nhilab.engine.copies import find_copies
from nhilab.ledger.tables import Status


def test_a_standing_credential_lies_in_no_task_that_starts_at_its_expiry() -> None:
    expiring = stage(**(STANDING | {"ttl": "20s"}))
    ledger = ran([Task(5, [Call()]), Task(20, [Call(1, 1)])], expiring, first={"isolation": "task"})
    assert [stay for stay in stays(ledger) if stay[1] == FIRST] == [(0, FIRST, 0, 5, 6), (1, FIRST, 1, 21, 22)]


def test_a_call_that_was_refused_prints_nothing() -> None:
    ledger = ran([Task(0, [Call(), Call(1)])], first={"log": "logs", "logs_token_probability": 1})
    assert [stay for stay in stays(ledger) if stay[1] == LOGS] == [(0, LOGS, 0, 1, 301), (0, LOGS, 0, 3, 303)]
    calls = dataclasses.replace(ledger.calls, status=np.array([Status.DONE, Status.REFUSED], np.int32))
    key = np.arange(2).astype(np.uint64)
    copies = find_copies(ledger.estate, ledger.stages, ledger.tasks, calls, ledger.credentials, key)
    assert (copies.place == LOGS).sum() == 1
