"""Stations and slots, counted by hand."""

from __future__ import annotations

import pytest
import simpy
from unit.engine.hand import Call, Task, ran, seconds, stage

from nhilab.engine.stations import FifoStation, Slots


def test_one_server_serves_in_order_of_asking() -> None:
    station = FifoStation(1)
    assert [station.serve(*ask) for ask in [(0, 5), (1, 2), (2, 1), (20, 4), (21, 0)]] == [5, 7, 8, 24, 24]


def test_two_servers_take_whoever_asks_next() -> None:
    station = FifoStation(2)
    assert [station.serve(*ask) for ask in [(0, 10), (0, 3), (1, 4), (2, 1), (6, 1)]] == [10, 3, 7, 8, 9]


def test_a_service_of_no_length_still_waits_for_a_server() -> None:
    station = FifoStation(1)
    assert [station.serve(*ask) for ask in [(0, 5), (1, 0), (6, 0)]] == [5, 5, 6]


def test_slots_are_given_from_the_lowest_and_then_to_whoever_waits_longest() -> None:
    environment = simpy.Environment()
    slots = Slots(environment, 2)
    assert [slots.take(), slots.take()] == [0, 1]
    first, second = slots.take(), slots.take()
    assert isinstance(first, simpy.Event) and isinstance(second, simpy.Event)
    slots.give_back(1)
    assert first.value == 1 and not second.triggered
    slots.give_back(0)
    assert second.value == 0
    slots.give_back(1)
    slots.give_back(0)
    assert slots.take() == 0


def test_a_place_without_limit_reuses_its_lowest_free_slot() -> None:
    slots = Slots(simpy.Environment(), -1)
    assert [slots.take() for _ in range(3)] == [0, 1, 2]
    slots.give_back(1)
    slots.give_back(0)
    assert [slots.take() for _ in range(3)] == [0, 1, 3]


def test_tasks_wait_for_a_slot_in_order_of_arrival() -> None:
    ledger = ran([Task(at, [Call(takes=10)]) for at in (0, 1, 2, 3)], first={"slots": 2})
    assert seconds(ledger.tasks.started_at) == [0, 1, 10, 11]
    assert ledger.tasks.slot.tolist() == [0, 1, 0, 1]
    assert seconds(ledger.tasks.ended_at) == [10, 11, 20, 21]


def test_a_slot_that_is_left_at_the_instant_of_an_arrival_is_taken_at_once() -> None:
    ledger = ran([Task(0, [Call(takes=10)]), Task(10, [Call()])], first={"slots": 1})
    assert seconds(ledger.tasks.started_at) == [0, 10] and ledger.tasks.slot.tolist() == [0, 0]


@pytest.mark.parametrize(("servers", "issued"), [(1, [4, 8, 12]), (2, [4, 4, 8]), (3, [4, 4, 4])])
def test_issuances_queue_at_the_issuer_and_calls_wait_for_them(servers: int, issued: list[int]) -> None:
    ledger = ran([Task(0, [Call()]) for _ in range(3)], service="4s", sts={"servers": servers})
    assert seconds(ledger.credentials.issued_at) == issued
    assert seconds(ledger.credentials.requested_at) == [0, 0, 0]
    assert seconds(ledger.credentials.service_time) == [4, 4, 4]
    assert seconds(ledger.calls.arrived_at) == issued and seconds(ledger.calls.ready_at) == [0, 0, 0]
    assert seconds(ledger.credentials.expires_at) == [at + 600 for at in issued]


def test_revocations_have_a_queue_and_servers_of_their_own() -> None:
    tasks = [Task(0, [Call(takes=10)]) for _ in range(3)]
    slow = {"revocation_time": "3s", "revocation_servers": 2, "servers": 3}
    ledger = ran(tasks, stage(revoke=["task-end"]), service="1s", sts=slow)
    assert seconds(ledger.credentials.revocation_requested_at) == [11, 11, 11]
    assert seconds(ledger.credentials.revoked_at) == [14, 14, 17]


def test_stages_of_one_issuer_share_its_queue() -> None:
    two = [stage(issue_per="workload"), stage(**{"from": "previous"})]
    ledger = ran([Task(0, [Call()]), Task(0, [Call()], instance=1)], *two, service="2s")
    assert seconds(ledger.credentials.issued_at) == [2, 4, 6, 8]
    assert ledger.credentials.stage.tolist() == [0, 0, 1, 1]
    two[0]["issuer"] = "login"
    ledger = ran([Task(0, [Call()]), Task(0, [Call()], instance=1)], *two, service="2s")
    assert seconds(ledger.credentials.issued_at) == [2, 4, 4, 6]
