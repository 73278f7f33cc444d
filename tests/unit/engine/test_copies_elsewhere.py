"""Copies that lie elsewhere than with their owner, by hand."""

from __future__ import annotations

from typing import Any

import pytest
from unit.engine.hand import (
    FIRST,
    LOGS,
    QUEUE,
    SECOND_PLACE,
    VAULT,
    Call,
    Task,
    ran,
    seconds,
    stage,
    standing,
    stays,
)

from nhilab.ledger.tables import Cause, Ledger, Status

LASTING = stage(issue_per="workload", ttl="20s")
TWICE = [Task(0, [Call()]), Task(30, [Call()])]
"""Calls that take a credential at 0 until 20, and another at 30."""


def copied_to(**where: Any) -> dict[str, Any]:
    return {"copies_to": [{"place": "second"} | where]}


def at(ledger: Ledger, place: int, cause: Cause) -> list[tuple[Any, ...]]:
    """(credential, unit, from, until) of the copies of a cause at a place."""
    rows = [row for row, c in zip(stays(ledger), ledger.copies.cause.tolist(), strict=True) if c == cause]
    return [(credential, unit, begin, end) for credential, there, unit, begin, end in rows if there == place]


def test_a_copy_lies_at_a_shared_place_until_rotation_and_the_residue() -> None:
    ledger = ran(TWICE, LASTING, agent=copied_to(), second={"residue": "5s"})
    assert at(ledger, SECOND_PLACE, Cause.COPIED) == [(0, 0, 0, 35), (1, 0, 30, None)]
    assert at(ledger, FIRST, Cause.OWNER) == [(0, 0, 0, 30), (1, 0, 30, None)]


def test_a_copy_that_rotation_misses_is_of_the_first_credential_and_lies_there_for_ever() -> None:
    ledger = ran(TWICE, LASTING, agent=copied_to(rotated=False), second={"residue": "5s"})
    assert at(ledger, SECOND_PLACE, Cause.COPIED) == [(0, 0, 0, None)]


@pytest.mark.parametrize("isolation", ["slot", "task"])
def test_a_copy_in_a_slot_or_task_lies_with_whoever_runs_there_until_the_tasks_end(isolation: str) -> None:
    """The credential lies in its slot from 0 to 30; tasks of the other workload run during [10, 25) and [40, 45)."""
    tasks = [Task(0, [Call()]), Task(10, [Call(takes=15)], instance=2), Task(30, [Call()]),
             Task(40, [Call(takes=5)], instance=2)]  # fmt: skip
    told: dict[str, Any] = {"second": {"isolation": isolation, "residue": "5s"}}
    ledger = ran(tasks, LASTING, agent=copied_to(), **told)
    units = (1, 3) if isolation == "task" else (0, 0)
    old, new = ledger.calls.credential[[0, 2]].tolist()
    assert at(ledger, SECOND_PLACE, Cause.COPIED) == sorted([(old, units[0], 10, 30), (new, units[1], 40, 50)])
    ledger = ran(tasks, LASTING, agent=copied_to(rotated=False), **told)
    missed = [(old, units[0], 10, 30), (old, units[1], 40, 50)]
    assert at(ledger, SECOND_PLACE, Cause.COPIED) == sorted(missed)


def test_a_copy_in_a_task_that_runs_while_it_is_rotated_is_replaced_there() -> None:
    """Superseded at 30, while a task of the other workload runs during [10, 45)."""
    tasks = [Task(0, [Call()]), Task(10, [Call(takes=35)], instance=2), Task(30, [Call()])]
    ledger = ran(tasks, LASTING, agent=copied_to(), second={"isolation": "task", "residue": "5s"})
    old, new = ledger.calls.credential[[0, 2]].tolist()
    assert at(ledger, SECOND_PLACE, Cause.COPIED) == sorted([(old, 1, 10, 35), (new, 1, 30, 50)])


@pytest.mark.parametrize("owner", ["call", "task"])
def test_what_calls_and_tasks_own_is_not_copied(owner: str) -> None:
    ledger = ran(TWICE, stage(issue_per=owner), agent=copied_to())
    assert at(ledger, SECOND_PLACE, Cause.COPIED) == []


@pytest.mark.parametrize("owner", ["workload", "place", "identity"])
def test_what_lasting_owners_hold_is_copied(owner: str) -> None:
    ledger = ran([Task(3, [Call()])], stage(issue_per=owner), agent=copied_to())
    assert at(ledger, SECOND_PLACE, Cause.COPIED) == [(0, 0, 3, None)]


def test_another_workloads_credential_is_not_copied() -> None:
    ledger = ran([Task(3, [Call()], instance=2)], stage(issue_per="workload"), agent=copied_to())
    assert at(ledger, SECOND_PLACE, Cause.COPIED) == []


def test_a_rotated_standing_secret_is_replaced_at_its_copies() -> None:
    ledger = ran([Task(3, [Call()])], standing(renew={"every": "30m"}), agent=copied_to(), second={"residue": "5s"})
    assert at(ledger, SECOND_PLACE, Cause.COPIED) == [(0, 0, 0, 1805), (1, 0, 1800, 3605), (2, 0, 3600, None)]


def test_a_standing_credential_of_no_strategy_is_there_from_0_until_its_own_expiry() -> None:
    orphan = {"orphan": {"identity": "other", "places": ["first", "logs"], "ttl": "5m", "binding": "non-exportable"}}
    ledger = ran([Task(3, [Call()])], standing=orphan, other={"grants": [{"resources": ["vault"]}]})
    assert ledger.credentials.stage.tolist() == [-1, 0] and seconds(ledger.credentials.expires_at)[0] == 300
    assert seconds(ledger.credentials.issued_at) == [0, 3] and ledger.credentials.n_uses.tolist() == [0, 1]
    assert ledger.scopes.identity[ledger.credentials.scope[0]] == 1
    held = ledger.scope_permissions.permission[ledger.scope_permissions.scope == ledger.credentials.scope[0]]
    assert held.tolist() == [VAULT]
    assert [stay for stay in stays(ledger) if stay[0] == 0] == [(0, FIRST, 0, 0, None), (0, LOGS, 0, 0, None)]


def test_a_standing_credential_of_no_strategy_lies_in_every_slot_in_use_at_its_place() -> None:
    orphan = {"orphan": {"identity": "other", "places": ["first"]}}
    tasks = [Task(3, [Call()]), Task(10, [Call()], instance=1)]
    ledger = ran(tasks, standing=orphan, first={"isolation": "task", "residue": "2s"})
    assert [stay for stay in stays(ledger) if stay[0] == 0] == [(0, FIRST, 0, 3, 6), (0, FIRST, 1, 10, 13)]


def test_standing_credentials_of_no_strategy_come_after_the_strategys_own() -> None:
    orphans = {name: {"identity": "robot", "places": ["logs"]} for name in ("breakglass", "orphan")}
    ledger = ran([Task(3, [Call()])], standing(), standing=orphans)
    assert ledger.credentials.stage.tolist() == [0, -1, -1]


def test_what_is_presented_remains_at_the_resources_place_from_arrival_to_the_end_and_the_residue() -> None:
    ledger = ran([Task(0, [Call(2, 3), Call(1, 1, VAULT)])], bucket={"place": "second"}, second={"residue": "5s"})
    assert at(ledger, SECOND_PLACE, Cause.PRESENTED) == [(0, 0, 2, 10)]


def test_what_is_refused_was_presented_too() -> None:
    ledger = ran([Task(2, [Call()])], stage(on_expired="fail"), bucket={"place": "second"}, second={"residue": "5s"},
                 first={"network": "dmz"}, gateway={"accepts_from": "core"})  # fmt: skip
    assert ledger.calls.status.tolist() == [Status.REFUSED]
    assert at(ledger, SECOND_PLACE, Cause.PRESENTED) == [(0, 0, 2, 7)]


def test_a_queued_credential_lies_in_the_queue_until_its_message_is_consumed() -> None:
    to = {"queue": {"place": "queue", "wait": "0", "consumers": 1}}
    ledger = ran([Task(1, [Call(takes=5, queued=10), Call(queued=12)])], agent=to)
    assert at(ledger, QUEUE, Cause.QUEUED) == [(0, 0, 1, 11), (0, 0, 1, 16)]
    ledger = ran([Task(1, [Call(queued=10)])], agent={"queue": to["queue"] | {"carries": "authorisation"}})
    assert at(ledger, QUEUE, Cause.QUEUED) == []


def test_a_message_that_is_refused_leaves_the_queue_when_it_is_consumed() -> None:
    ledger = ran([Task(0, [Call(queued=10)])], stage(ttl="5s"), agent={"queue": {"place": "queue", "wait": "0"}},
                 sts={"service_time": "2s"})  # fmt: skip
    assert at(ledger, QUEUE, Cause.QUEUED) == [(0, 0, 2, 12)]
    assert at(ledger, FIRST, Cause.OWNER) == [(0, 0, 2, 2), (1, 0, 14, 15)]


@pytest.mark.parametrize(("isolation", "unit"), [("shared", 0), ("slot", 0), ("task", 1)])
def test_a_forwarded_credential_lies_in_the_childs_unit_while_it_runs_and_for_the_residue(
    isolation: str, unit: int
) -> None:
    child = Task(None, [Call(1, 5)], instance=2, parent=0, tail=3)
    told: dict[str, Any] = {"agent": {"delegates_to": {"workload": "batch"}},
                            "second": {"isolation": isolation, "residue": "5s"}}  # fmt: skip
    ledger = ran([Task(2, [Call()]), child], strategy={"delegation": "forward"}, **told)
    assert at(ledger, SECOND_PLACE, Cause.FORWARDED) == [(0, unit, 2, 16)]
    ledger = ran([Task(2, [Call()]), child], strategy={"delegation": "exchange"}, **told)
    assert at(ledger, SECOND_PLACE, Cause.FORWARDED) == []
    assert at(ledger, SECOND_PLACE, Cause.OWNER) == [(1, unit, 3, 16)]
