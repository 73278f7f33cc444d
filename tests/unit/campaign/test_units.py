"""Units of places and the tasks that ran in them, on a ledger written by hand."""

from __future__ import annotations

from reference.slow_world import World

from nhilab.base.estate import Isolation
from nhilab.campaign.units import Units


def places() -> World:
    """Shared place 0, slots of place 1 (three allowed), task place 2, slots without limit at place 3, a log 4."""
    world = World()
    world.verifier()
    for isolation, slots in ((Isolation.SHARED, 5), (Isolation.SLOT, 3), (Isolation.TASK, -1), (Isolation.SLOT, -1)):
        world.place(isolation=int(isolation), slots=slots)
    world.place(kind="log")
    for _ in range(2):
        world.identity(world.permission())
    world.stage(30)
    return world


def busy() -> World:
    world = places()
    for place, start, end, identity, slot in (
        (1, 0, 10, 0, 1), (0, 1, 4, 0, 4), (2, 2, 6, 1, 0), (1, 10, 12, 1, 1), (1, 3, 5, 0, 0), (2, 1, 9, 0, 1),
        (0, 0, 2, 1, 0), (3, 5, 6, 0, 6),
    ):  # fmt: skip
        world.task(place, start, end, identity, slot)
    return world


def test_a_shared_place_is_one_unit_slots_are_one_each_and_so_are_tasks() -> None:
    units = Units(busy().ledger())
    assert units.size.tolist() == [1, 3, 6, 7, 1]
    assert units.first.tolist() == [0, 1, 4, 10, 17]
    assert units.place.tolist() == [0] + [1] * 3 + [2] * 6 + [3] * 7 + [4]


def test_a_place_where_nothing_ran_has_its_shared_unit_or_its_slots() -> None:
    assert Units(places().ledger()).size.tolist() == [1, 3, 0, 0, 1]


def test_each_task_runs_in_the_unit_of_its_slot_or_in_its_own() -> None:
    ledger = busy().ledger()
    units = Units(ledger)
    assert units.of_task.tolist() == [1 + 1, 0, 4 + 2, 1 + 1, 1 + 0, 4 + 5, 0, 10 + 6]
    assert units.number(ledger.copies.place, ledger.copies.unit).tolist() == []


def test_the_tasks_of_a_unit_are_in_order_of_their_start() -> None:
    units = Units(busy().ledger())
    assert units.run_task[units.runs_in(2)].tolist() == [0, 3]
    assert units.run_from[units.runs_in(2)].tolist() == [0, 10]
    assert units.run_until[units.runs_in(2)].tolist() == [10, 12]
    assert units.run_identity[units.runs_in(2)].tolist() == [0, 1]
    assert units.run_task[units.runs_in(0)].tolist() == [6, 1], "a shared place runs all its tasks in unit 0"
    assert units.run_task[units.runs_in(3)].tolist() == []


def test_the_tasks_of_a_place_are_those_of_all_its_units() -> None:
    units = Units(busy().ledger())
    assert units.run_task[units.runs_at(1)].tolist() == [4, 0, 3]
    assert units.run_task[units.runs_at(2)].tolist() == [2, 5]
    assert units.run_task[units.runs_at(4)].tolist() == []


def test_a_copy_makes_its_unit_even_if_no_task_ran_there() -> None:
    world = places()
    world.copy(world.credential(), 3, unit=4)
    assert Units(world.ledger()).size.tolist() == [1, 3, 0, 5, 1]
