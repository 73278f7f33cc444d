"""Where credentials lie: each rule of the model's section on presence, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from unit.engine.hand import FIRST, LOGS, SECOND_PLACE, Call, Task, ran, stage, stays

from nhilab.base.quantities import NEVER
from nhilab.base.streams import keyed_uniform
from nhilab.engine.world import PRINTING
from nhilab.ledger.tables import Cause

STANDING = {"from": "standing", "issue_per": "identity", "ttl": "never"}
PREVIOUS = {"from": "previous"}


@pytest.mark.parametrize(("isolation", "unit"), [("shared", 0), ("slot", 1), ("task", 1)])
def test_what_a_task_owns_lies_in_its_unit_from_issue_to_its_end_and_the_residue(isolation: str, unit: int) -> None:
    place = {"isolation": isolation, "residue": "5s"}
    ledger = ran([Task(0, [Call(takes=30)]), Task(10, [Call(2, 3)], tail=4)], service="1s", first=place)
    assert stays(ledger)[1] == (1, FIRST, unit, 13, 25)
    assert (ledger.copies.cause == Cause.OWNER).all()


@pytest.mark.parametrize(("isolation", "unit"), [("shared", 0), ("slot", 0), ("task", 0)])
def test_what_a_call_owns_lies_there_until_the_end_of_the_call(isolation: str, unit: int) -> None:
    ledger = ran(
        [Task(0, [Call(2, 3), Call(1, 1)], tail=9)], stage(issue_per="call"),
        first={"isolation": isolation, "residue": "5s"}, service="1s",
    )  # fmt: skip
    assert stays(ledger) == [(0, FIRST, unit, 3, 11), (1, FIRST, unit, 8, 14)]


def test_a_parent_owned_by_the_task_lies_there_from_its_own_issue() -> None:
    ledger = ran([Task(0, [Call(takes=3)])], stage(issuer="login"), stage(**PREVIOUS), service="1s")
    assert stays(ledger) == [(0, FIRST, 0, 1, 5), (1, FIRST, 0, 2, 5)]


@pytest.mark.parametrize("residue", ["0", "7s"])
def test_what_an_instance_owns_lies_at_its_shared_place_for_ever(residue: str) -> None:
    ledger = ran([Task(3, [Call()]), Task(9, [Call()])], stage(issue_per="workload"), first={"residue": residue})
    assert stays(ledger) == [(0, FIRST, 0, 3, None)]


def test_what_a_place_owns_lies_at_that_place_only() -> None:
    ledger = ran([Task(3, [Call()]), Task(9, [Call()], instance=2)], stage(issue_per="place"))
    assert stays(ledger) == [(0, FIRST, 0, 3, None), (1, SECOND_PLACE, 0, 9, None)]


def test_what_an_identity_owns_lies_at_every_shared_place_where_it_runs() -> None:
    ledger = ran([Task(3, [Call()])], stage(issue_per="identity"))
    assert stays(ledger) == [(0, FIRST, 0, 3, None), (0, SECOND_PLACE, 0, 3, None)]
    ledger = ran([Task(3, [Call()])], stage(issue_per="identity"), second_identity="other")
    assert stays(ledger) == [(0, FIRST, 0, 3, None)]


@pytest.mark.parametrize(("isolation", "units"), [("slot", [0, 1, 0]), ("task", [0, 1, 3])])
def test_a_shared_credential_lies_with_each_task_that_used_it_from_its_first_use(
    isolation: str, units: list[int]
) -> None:
    """Task 2 is of the other instance and uses another credential; task 3 comes after the others."""
    tasks = [Task(0, [Call(2, 1), Call(1, 1)], tail=10), Task(1, [Call(3, 1)], tail=1),
             Task(20, [Call()], instance=1), Task(30, [Call()])]  # fmt: skip
    ledger = ran(tasks, stage(issue_per="workload"), first={"isolation": isolation, "residue": "5s"})
    mine = [stay for stay in stays(ledger) if stay[0] == 0]
    assert mine == sorted([
        (0, FIRST, units[0], 2, 20), (0, FIRST, units[1], 4, 11), (0, FIRST, units[2], 30, 36),
    ])  # fmt: skip


def test_whoever_waited_for_a_shared_credential_has_it_from_its_issue() -> None:
    tasks = [Task(0, [Call(takes=1)]), Task(2, [Call(takes=1)])]
    ledger = ran(tasks, stage(issue_per="workload"), service="5s", first={"isolation": "task"})
    assert stays(ledger) == [(0, FIRST, 0, 5, 6), (0, FIRST, 1, 5, 6)]


def test_a_shared_parent_lies_with_the_task_from_the_instant_it_is_used_for_a_child() -> None:
    two = [stage(issuer="login", issue_per="workload"), stage(**PREVIOUS)]
    ledger = ran([Task(0, [Call(4, 1)]), Task(20, [Call(3, 1)])], *two, service="1s", first={"isolation": "task"})
    assert [stay for stay in stays(ledger) if stay[0] == 0] == [(0, FIRST, 0, 5, 7), (0, FIRST, 1, 23, 25)]


@pytest.mark.parametrize("isolation", ["slot", "task"])
def test_a_standing_credential_lies_in_every_task_of_its_owner_from_the_start_used_or_not(isolation: str) -> None:
    tasks = [Task(5, [Call(2, 1)]), Task(20, [Call(3, 1)], instance=1)]
    ledger = ran(tasks, stage(**STANDING), first={"isolation": isolation, "residue": "1s"})
    unit = 0 if isolation == "slot" else 1
    lies_first = [stay for stay in stays(ledger) if stay[1] == FIRST]
    assert lies_first == [(0, FIRST, 0, 5, 9), (0, FIRST, unit, 20, 25)]


def test_a_standing_credential_nobody_uses_lies_in_the_tasks_that_only_mount_it() -> None:
    """Of two stages the first stands and is used once, by the task that fetches the child of the instance."""
    two = [stage(**STANDING), stage(**PREVIOUS, issue_per="workload")]
    ledger = ran([Task(5, [Call(2, 1)]), Task(20, [Call(3, 1)])], *two, first={"isolation": "task"})
    assert [stay for stay in stays(ledger) if stay[:2] == (0, FIRST)] == [(0, FIRST, 0, 5, 8), (0, FIRST, 1, 20, 24)]
    assert [stay for stay in stays(ledger) if stay[0] == 1] == [(1, FIRST, 0, 7, 8), (1, FIRST, 1, 23, 24)]


def test_a_standing_credential_that_was_replaced_lies_in_no_later_task() -> None:
    expiring = stage(**(STANDING | {"ttl": "20s"}))
    ledger = ran([Task(5, [Call()]), Task(30, [Call(1, 1)])], expiring, first={"isolation": "task"})
    assert [stay for stay in stays(ledger) if stay[1] == FIRST] == [(0, FIRST, 0, 5, 6), (1, FIRST, 1, 31, 32)]


def test_a_printed_credential_lies_in_the_log_from_the_end_of_the_call_for_the_logs_residue() -> None:
    ledger = ran([Task(0, [Call(2, 3)])], first={"log": "logs", "logs_token_probability": 1})
    assert stays(ledger) == [(0, FIRST, 0, 2, 5), (0, LOGS, 0, 5, 305)]
    assert ledger.copies.cause.tolist() == [Cause.OWNER, Cause.LOGGED]


def test_a_call_prints_by_its_own_variate() -> None:
    calls = [Call() for _ in range(40)]
    chance = keyed_uniform(np.arange(40).astype(np.uint64), PRINTING)
    ledger = ran([Task(0, calls)], stage(issue_per="call"), first={"log": "logs", "logs_token_probability": 0.4})
    printed = ledger.copies.credential[ledger.copies.cause == Cause.LOGGED]
    assert printed.tolist() == np.flatnonzero(chance < 0.4).tolist() and 5 < len(printed) < 30
    ledger = ran([Task(0, calls)], first={"log": "logs", "logs_token_probability": 0})
    assert not (ledger.copies.cause == Cause.LOGGED).any()


def test_copies_are_sorted_by_credential_place_unit_and_start() -> None:
    calls = [Call() for _ in range(5)]
    ledger = ran([Task(0, calls), Task(1, calls)], stage(issue_per="workload"),
                 first={"isolation": "slot", "log": "logs", "logs_token_probability": 1})  # fmt: skip
    copies = ledger.copies
    order = np.lexsort((copies.from_at, copies.unit, copies.place, copies.credential))
    assert order.tolist() == list(range(len(copies))) and len(copies) > 10
    assert (copies.until_at < NEVER).all()
