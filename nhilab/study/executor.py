"""Computes cells, here or elsewhere; what is finished is kept, whatever happens next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from nhilab.scenario.scenario import Scenario
from nhilab.study.cell import Cell, Outcome, compute
from nhilab.study.interrupts import Interrupts, hearing
from nhilab.study.job import Finish, Job, Progress, pack
from nhilab.study.local import compute_in_workers
from nhilab.study.store import CellStore


class Executor:
    """How cells are computed; no result depends on it.

    Used in a ``with`` statement, its workers are kept from one run to the next.

    Parameters
    ----------
    workers : int
        Processes; 1 computes in this one.
    store : CellStore, optional
        Where finished cells are looked for and kept.
    progress : callable, optional
        Told of each finished cell.
    """

    def __init__(self, workers: int = 1, store: CellStore | None = None, progress: Progress | None = None) -> None:
        self.workers, self.store, self.progress = workers, store, progress

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def run(
        self, scenarios: Mapping[str, Scenario], cells: Sequence[Cell], *, progress: Progress | None = None
    ) -> dict[Cell, Outcome]:
        """Outcomes of cells, in their order.

        Parameters
        ----------
        scenarios : dict of digest to Scenario
            Those the cells name.
        cells : sequence of Cell
        progress : callable, optional
            Told of each finished cell of this run, instead of the executor's.

        Raises
        ------
        WorkerError
            If a worker process was killed.
        KeyboardInterrupt
            As usual, with the workers stopped and finished cells kept.
        """
        tell = progress or self.progress
        with hearing() as interrupts:
            outcomes = self._stored(cells, interrupts)
            missing = [cell for cell in dict.fromkeys(cells) if cell not in outcomes]
            found, total = len(outcomes), len(outcomes) + len(missing)

            def finish(cell: Cell, outcome: Outcome) -> None:
                with interrupts.held():
                    if self.store is not None:
                        self.store.save(cell, outcome)
                    outcomes[cell] = outcome
                    if tell is not None:
                        tell(len(outcomes), found, total)

            if tell is not None:
                tell(found, found, total)
            self._compute(scenarios, missing, finish, interrupts)
            interrupts.check()
            return {cell: outcomes[cell] for cell in cells}

    def _stored(self, cells: Sequence[Cell], interrupts: Interrupts) -> dict[Cell, Outcome]:
        stored: dict[Cell, Outcome] = {}
        for cell in cells:
            with interrupts.held():
                if self.store is not None and (outcome := self.store.load(cell)) is not None:
                    stored[cell] = outcome
        return stored

    def _compute(
        self, scenarios: Mapping[str, Scenario], cells: Sequence[Cell], finish: Finish, interrupts: Interrupts
    ) -> None:
        workers = min(self.workers, len(cells))
        if workers <= 1:
            _here(scenarios, cells, finish, interrupts)
            return
        packed = {digest: pack(scenarios[digest]) for digest in {cell.scenario for cell in cells}}
        compute_in_workers([Job(cell, packed[cell.scenario]) for cell in cells], workers, finish, interrupts)


def _here(scenarios: Mapping[str, Scenario], cells: Sequence[Cell], finish: Finish, interrupts: Interrupts) -> None:
    for cell in cells:
        try:
            outcome = compute(scenarios[cell.scenario], cell)
        finally:
            interrupts.check()  # swallowed inside, or become another error: the outcome is not to be trusted
        finish(cell, outcome)
