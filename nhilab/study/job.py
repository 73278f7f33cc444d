"""A cell on its way to whoever computes it, with the scenario it is about."""

from __future__ import annotations

import pickle
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, NamedTuple

from nhilab.scenario.scenario import Scenario
from nhilab.study.cell import Cell, Outcome, compute

Progress = Callable[[int, int, int], None]
"""Called with the cells done, how many of them were found finished, and the cells in all."""

Finish = Callable[[Cell, Outcome], None]
"""Called with each cell as it is finished, in any order."""

_KEPT: Final = 32


class Job(NamedTuple):
    """A cell, and its scenario packed; many jobs share one."""

    cell: Cell
    packed: bytes


def pack(scenario: Scenario) -> bytes:
    """A scenario as bytes that `work` can read on the same version of the lab."""
    return pickle.dumps(scenario, protocol=pickle.HIGHEST_PROTOCOL)


def work(job: Job) -> Outcome:
    """Outcome of a job, in whatever process; the last scenarios are kept unpacked."""
    digest = job.cell.scenario
    if digest not in _unpacked:
        while len(_unpacked) >= _KEPT:
            _unpacked.popitem(last=False)
        _unpacked[digest] = pickle.loads(job.packed)
    _unpacked.move_to_end(digest)
    return compute(_unpacked[digest], job.cell)


_unpacked: OrderedDict[str, Scenario] = OrderedDict()
