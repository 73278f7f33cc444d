"""Computes cells on several processes; what is finished is kept, whatever happens next."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from typing import Final

from nhilab.base.errors import NhilabError
from nhilab.scenario.scenario import Scenario
from nhilab.study.cell import Cell, Outcome, compute
from nhilab.study.store import CellStore

Progress = Callable[[int, int, int], None]
"""Called with the cells done, how many of them were found finished, and the cells in all."""

Finish = Callable[[Cell, Outcome], None]

_KILLED: Final = "a worker process was killed, perhaps for want of memory; finished cells are kept: try fewer workers"


class WorkerError(NhilabError):
    """A worker process died; finished cells are kept."""


@dataclass(frozen=True)
class Executor:
    """How cells are computed; no result depends on it.

    Attributes
    ----------
    workers : int
        Processes; 1 computes in this one.
    store : CellStore or None
        Where finished cells are looked for and kept.
    progress : callable or None
        Told of each finished cell.
    """

    workers: int = 1
    store: CellStore | None = None
    progress: Progress | None = None

    def run(self, scenario: Scenario, cells: Sequence[Cell]) -> dict[Cell, Outcome]:
        """Outcomes of cells, in their order.

        Raises
        ------
        WorkerError
            If a worker process was killed.
        KeyboardInterrupt
            As usual, with the workers stopped and finished cells kept.
        """
        outcomes = self._stored(cells)
        missing = [cell for cell in cells if cell not in outcomes]
        found = len(outcomes)
        self._tell(found, found, len(cells))

        def finish(cell: Cell, outcome: Outcome) -> None:
            self._keep(cell, outcome)
            outcomes[cell] = outcome
            self._tell(len(outcomes), found, len(cells))

        workers = min(self.workers, len(missing))
        if workers > 1:
            self._in_workers(scenario, missing, workers, finish)
        else:
            for cell in missing:
                finish(cell, compute(scenario, cell))
        return {cell: outcomes[cell] for cell in cells}

    def _stored(self, cells: Sequence[Cell]) -> dict[Cell, Outcome]:
        if self.store is None:
            return {}
        stored = {cell: self.store.load(cell) for cell in cells}
        return {cell: outcome for cell, outcome in stored.items() if outcome is not None}

    def _tell(self, done: int, found: int, total: int) -> None:
        if self.progress is not None:
            self.progress(done, found, total)

    def _keep(self, cell: Cell, outcome: Outcome) -> None:
        if self.store is not None:
            self.store.save(cell, outcome)

    def _in_workers(self, scenario: Scenario, cells: Sequence[Cell], workers: int, finish: Finish) -> None:
        before = set(multiprocessing.active_children())
        executor = ProcessPoolExecutor(
            workers, multiprocessing.get_context("spawn"), initializer=_take_scenario, initargs=(scenario,)
        )
        waiting: dict[Future[Outcome], Cell] = {}
        try:
            with _deaf_to_interrupts():
                waiting[executor.submit(_compute_here, cells[0])] = cells[0]
            waiting.update({executor.submit(_compute_here, cell): cell for cell in cells[1:]})
            for future in as_completed(list(waiting)):
                finish(waiting[future], future.result())
                del waiting[future]
        except BrokenProcessPool as error:
            raise WorkerError(_KILLED) from error
        finally:
            if waiting:
                self._stop(executor, waiting, before)
            executor.shutdown(wait=True, cancel_futures=True)

    def _stop(
        self,
        executor: ProcessPoolExecutor,
        waiting: dict[Future[Outcome], Cell],
        before: set[BaseProcess],
    ) -> None:
        """Keep what is finished, then end the workers at once."""
        executor.shutdown(wait=False, cancel_futures=True)
        for future, cell in waiting.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                self._keep(cell, future.result())
        for process in set(multiprocessing.active_children()) - before:
            process.terminate()


def default_workers() -> int:
    """Processors this process may use."""
    with suppress(AttributeError):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


_scenario: Scenario | None = None


def _take_scenario(scenario: Scenario) -> None:
    """Start of a worker: the scenario is sent once, not with each cell."""
    global _scenario
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _scenario = scenario


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _compute_here(cell: Cell) -> Outcome:
    if _scenario is None:
        raise RuntimeError("a worker without a scenario")
    return compute(_scenario, cell)


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Processes started inside never hear Ctrl-C: this one does, and stops them in order."""
    try:
        heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    except ValueError:  # not the main thread, which alone hears it
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL if heard is None else heard)
