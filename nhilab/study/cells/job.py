"""A cell on its way to whoever computes it, with the scenario it is about."""

from __future__ import annotations

import pickle
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, Protocol, TypeVar

from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.cell import Cell, Outcome, compute
from nhilab.study.cells.interrupts import Interrupts

Progress = Callable[[int, int, int], None]
"""Called with the cells done, how many of them were found finished, and the cells in all."""

Finish = Callable[[Cell, Outcome], None]
"""Called with each cell as it is finished, in any order, once."""

Kept = TypeVar("Kept")

_KEPT: Final = 32


class Job(NamedTuple):
    """A cell, and its scenario packed; many jobs share one. Without it: whoever works was given it lately."""

    cell: Cell
    packed: bytes | None


class Crew(Protocol):
    """Whoever computes jobs."""

    def compute(self, jobs: Sequence[Job], finish: Finish, interrupts: Interrupts) -> None:
        """Compute jobs; `finish` hears of each once. After an error the crew is of no more use."""

    def close(self) -> None:
        """Send everybody home."""


def pack(scenario: Scenario) -> bytes:
    """A scenario as bytes that `work` can read on the same version of the lab."""
    return pickle.dumps(scenario, protocol=pickle.HIGHEST_PROTOCOL)


def work(job: Job) -> Outcome:
    """Outcome of a job, in whatever process and thread; the last scenarios are kept unpacked."""
    with _unpacking:
        scenario = recent(_unpacked, job.cell.scenario, lambda: pickle.loads(job.packed or b""))
    return compute(scenario, job.cell)


def recent(kept: OrderedDict[str, Kept], digest: str, make: Callable[[], Kept]) -> Kept:
    """What is kept under a digest, made if it is not; of what was not asked for lately, nothing is kept.

    Two that are asked for the same digests in the same order keep the same ones: so a sender knows what is known.
    """
    if digest not in kept:
        made = make()
        while len(kept) >= _KEPT:
            kept.popitem(last=False)
        kept[digest] = made
    kept.move_to_end(digest)
    return kept[digest]


_unpacked: OrderedDict[str, Scenario] = OrderedDict()
_unpacking = threading.Lock()
