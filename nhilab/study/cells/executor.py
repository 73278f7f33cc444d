"""Computes cells, here or elsewhere; what is finished is kept, whatever happens next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.cell import Cell, Outcome, compute
from nhilab.study.cells.cluster import DaskCrew
from nhilab.study.cells.interrupts import Interrupts, hearing
from nhilab.study.cells.job import Crew, Finish, Job, Progress, pack
from nhilab.study.cells.local import LocalCrew
from nhilab.study.cells.store import CellStore


class Executor:
    """How cells are computed; no result depends on it.

    Used in a ``with`` statement, its workers are kept from one run to the next; otherwise each run has its own.

    Parameters
    ----------
    workers : int
        Processes of this machine; 1 computes in this one.
    store : CellStore, optional
        Where finished cells are looked for and kept.
    progress : callable, optional
        Told of each finished cell.
    cluster : str, optional
        A Dask cluster that computes instead, as `nhilab.study.cells.cluster.DaskCrew` takes it.
    """

    def __init__(
        self,
        workers: int = 1,
        store: CellStore | None = None,
        progress: Progress | None = None,
        *,
        cluster: str | None = None,
    ) -> None:
        self.workers, self.store, self.progress, self.cluster = workers, store, progress, cluster
        self._crew: Crew | None = None
        self._entered = False

    def __enter__(self) -> Self:
        self._entered = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._entered = False
        self._dismiss()

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
            If workers were killed over one cell, again and again.
        InputError
            If the cluster cannot be used.
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
        if not cells:
            return
        if self.cluster is None and min(self.workers, len(cells)) <= 1:
            _here(scenarios, cells, finish, interrupts)
            return
        packed = {digest: pack(scenarios[digest]) for digest in {cell.scenario for cell in cells}}
        jobs = [Job(cell, packed[cell.scenario]) for cell in cells]
        computed = False
        try:
            self._hired(interrupts).compute(jobs, finish, interrupts)
            computed = True
        finally:
            if not (computed and self._entered):
                self._dismiss()

    def _hired(self, interrupts: Interrupts) -> Crew:
        if self._crew is None:
            if self.cluster is None:
                self._crew = LocalCrew(self.workers)
            else:
                with interrupts.held():
                    self._crew = DaskCrew(self.cluster, workers=self.workers)
        return self._crew

    def _dismiss(self) -> None:
        """Send the crew home, if there is one; the next run gets another."""
        with hearing() as interrupts, interrupts.held():
            crew, self._crew = self._crew, None
            if crew is not None:
                crew.close()


def _here(scenarios: Mapping[str, Scenario], cells: Sequence[Cell], finish: Finish, interrupts: Interrupts) -> None:
    for cell in cells:
        try:
            outcome = compute(scenarios[cell.scenario], cell)
        finally:
            interrupts.check()  # swallowed inside, or become another error: the outcome is not to be trusted
        finish(cell, outcome)
