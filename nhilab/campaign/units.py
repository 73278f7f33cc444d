"""Units of places (the shared place, its slots, its tasks) and what ran in them when."""

from __future__ import annotations

import numpy as np

from nhilab.base.estate import Isolation
from nhilab.base.quantities import IdArray, IntArray
from nhilab.ledger.tables import Ledger


class Units:
    """All units of a ledger, numbered place by place, and the tasks that ran in each.

    Attributes
    ----------
    place : ndarray, shape (units,), int64
        Place of each unit.
    run_unit, run_task, run_from, run_until : ndarray, shape (tasks,), int64
        Tasks by (unit, start): the unit each ran in and when.
    """

    def __init__(self, ledger: Ledger) -> None:
        places, tasks = ledger.estate.places, ledger.tasks
        place = ledger.estate.workloads.place[tasks.workload].astype(np.int64)
        isolation = places.isolation.astype(np.int64)
        unit = np.where(isolation[place] == Isolation.TASK, np.arange(len(tasks)), tasks.slot.astype(np.int64))
        unit = np.where(isolation[place] == Isolation.SHARED, 0, unit)
        size = np.where(isolation == Isolation.SHARED, 1, 0)
        np.maximum.at(size, place, unit + 1)
        np.maximum.at(size, ledger.copies.place, ledger.copies.unit.astype(np.int64) + 1)
        limited = (isolation == Isolation.SLOT) & (places.slots > 0)
        self.size = np.where(limited, np.maximum(size, places.slots), size)
        self.first: IntArray = np.cumsum(self.size) - self.size
        self.place = np.repeat(np.arange(len(places), dtype=np.int64), self.size)
        number = self.first[place] + unit
        order = np.lexsort((tasks.started_at, number))
        self.run_unit, self.run_task = number[order], order
        self.run_from, self.run_until = tasks.started_at[order], tasks.ended_at[order]
        self.run_identity = ledger.estate.workloads.identity[tasks.workload][order].astype(np.int64)
        self.of_task = number

    def number(self, place: IdArray, unit: IdArray) -> IntArray:
        """Global numbers of units of places."""
        numbers: IntArray = self.first[place] + unit
        return numbers

    def runs_in(self, unit: int) -> slice:
        """Rows of the tasks that ran in a unit, by start."""
        low, high = np.searchsorted(self.run_unit, [unit, unit + 1])
        return slice(int(low), int(high))

    def runs_at(self, place: int) -> slice:
        """Rows of the tasks that ran at a place, by unit and start."""
        first = int(self.first[place])
        low, high = np.searchsorted(self.run_unit, [first, first + int(self.size[place])])
        return slice(int(low), int(high))
