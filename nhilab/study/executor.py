"""Computes cells on several processes; what is finished is kept, whatever happens next."""

from __future__ import annotations

import math
import multiprocessing
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
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

_TICK_S: Final = 0.1
"""How often a wait for the workers looks for Ctrl-C."""
_AGAIN_S: Final = 1.0
"""What is pressed sooner after an interrupt is raised does not disturb the tidying up."""


class WorkerError(NhilabError):
    """A worker process died; finished cells are kept."""


class Interrupts:
    """Handler of Ctrl-C that loses none: one that cannot be raised now, or was swallowed, is raised at a `check`.

    An exception raised at any instant may be swallowed: numpy, comparing with a member of an enumeration, looks up
    attributes that are written in Python, and drops whatever they raise.
    """

    def __init__(self) -> None:
        self.noted = False
        self._raised_s = -math.inf
        self._held = False

    def __call__(self, *_: object) -> None:
        """Note Ctrl-C, and raise it if it may be."""
        self.noted = True
        if not self._held and time.monotonic() - self._raised_s > _AGAIN_S:
            self.check()

    def check(self) -> None:
        """Raise what was noted."""
        if self.noted:
            self._raised_s = time.monotonic()
            raise KeyboardInterrupt

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nothing is raised inside, except by `check`; it is at the end."""
        before, self._held = self._held, True
        try:
            yield
        finally:
            self._held = before
        if not before:
            self.check()


@contextmanager
def hearing() -> Iterator[Interrupts]:
    """Lose no Ctrl-C inside, if it would raise KeyboardInterrupt here; where it means something else, it still does."""
    heard = signal.getsignal(signal.SIGINT) if threading.current_thread() is threading.main_thread() else None
    interrupts = heard if isinstance(heard, Interrupts) else Interrupts()
    try:
        if heard is signal.default_int_handler:
            signal.signal(signal.SIGINT, interrupts)
        yield interrupts
    finally:
        if heard is signal.default_int_handler and signal.getsignal(signal.SIGINT) is interrupts:
            signal.signal(signal.SIGINT, heard)


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
        with hearing() as interrupts:
            outcomes = self._stored(cells, interrupts)
            missing = [cell for cell in cells if cell not in outcomes]
            found = len(outcomes)
            self._tell(found, found, len(cells))

            def finish(cell: Cell, outcome: Outcome) -> None:
                with interrupts.held():
                    self._keep(cell, outcome)
                    outcomes[cell] = outcome
                    self._tell(len(outcomes), found, len(cells))

            workers = min(self.workers, len(missing))
            if workers > 1:
                self._in_workers(scenario, missing, workers, finish, interrupts)
            else:
                _here(scenario, missing, finish, interrupts)
            interrupts.check()
            return {cell: outcomes[cell] for cell in cells}

    def _stored(self, cells: Sequence[Cell], interrupts: Interrupts) -> dict[Cell, Outcome]:
        stored: dict[Cell, Outcome] = {}
        for cell in cells:
            with interrupts.held():
                if self.store is not None and (outcome := self.store.load(cell)) is not None:
                    stored[cell] = outcome
        return stored

    def _tell(self, done: int, found: int, total: int) -> None:
        if self.progress is not None:
            self.progress(done, found, total)

    def _keep(self, cell: Cell, outcome: Outcome) -> None:
        if self.store is not None:
            self.store.save(cell, outcome)

    def _in_workers(
        self, scenario: Scenario, cells: Sequence[Cell], workers: int, finish: Finish, interrupts: Interrupts
    ) -> None:
        before = set(multiprocessing.active_children())
        waiting: dict[Future[Outcome], Cell] = {}
        done: queue.SimpleQueue[Future[Outcome]] = queue.SimpleQueue()
        with interrupts.held():  # raised in the middle of a lock of the pool, it could leave it locked for ever
            executor = ProcessPoolExecutor(
                workers, multiprocessing.get_context("spawn"), initializer=_take_scenario, initargs=(scenario,)
            )
            try:
                with _children_deaf_to_interrupts():  # every submission may start one
                    for cell in cells:
                        interrupts.check()
                        waiting[future := executor.submit(_compute_here, cell)] = cell
                        future.add_done_callback(done.put)
                while waiting:
                    interrupts.check()
                    with suppress(queue.Empty):
                        future = done.get(timeout=_TICK_S)
                        finish(waiting[future], future.result())
                        del waiting[future]
            except BrokenProcessPool as error:
                raise WorkerError(_KILLED) from error
            finally:
                if waiting:
                    self._stop(executor, waiting, before)
                executor.shutdown(wait=True, cancel_futures=True)

    def _stop(
        self, executor: ProcessPoolExecutor, waiting: dict[Future[Outcome], Cell], before: set[BaseProcess]
    ) -> None:
        """Keep what is finished, then end the workers at once."""
        executor.shutdown(wait=False, cancel_futures=True)
        for future, cell in waiting.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                self._keep(cell, future.result())
        for process in set(multiprocessing.active_children()) - before:
            process.terminate()


def _here(scenario: Scenario, cells: Sequence[Cell], finish: Finish, interrupts: Interrupts) -> None:
    for cell in cells:
        try:
            outcome = compute(scenario, cell)
        finally:
            interrupts.check()  # swallowed inside, or become another error: the outcome is not to be trusted
        finish(cell, outcome)


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
def _children_deaf_to_interrupts() -> Iterator[None]:
    """Processes started inside never hear Ctrl-C, not even while they start: blocked, it waits for this process."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
