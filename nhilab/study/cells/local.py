"""Computes cells on several processes of this machine."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import wait
from typing import Final

from nhilab.base.errors import WorkerError
from nhilab.study.cells.cell import Cell, Outcome
from nhilab.study.cells.interrupts import Interrupts
from nhilab.study.cells.job import Finish, Job
from nhilab.study.cells.worker import READY, Worker

ATTEMPTS: Final = 3
"""Workers that may be killed over one cell, or die at their start, before that is an error."""

_TICK_S: Final = 0.1
"""How often a wait for the workers looks for Ctrl-C."""

_AHEAD: Final = 2
"""Jobs a worker has at once, so that it need not wait for the next while this process keeps the last."""


class LocalCrew:
    """Processes of this machine, started when there is work for them, and kept for the next.

    A cell whose worker is killed is computed again by a new one.

    Parameters
    ----------
    most : int
        Processes at most.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._workers: list[Worker] = []
        self._lost: Counter[Cell | None] = Counter()

    def compute(self, jobs: Sequence[Job], finish: Finish, interrupts: Interrupts) -> None:
        """Compute jobs; `finish` hears of each once.

        Raises
        ------
        WorkerError
            If three workers were killed over one cell.
        KeyboardInterrupt
            As usual, with the workers stopped and what they finished told.
        """
        todo = deque(jobs)
        self._lost.clear()
        with interrupts.held():  # raised in the middle of a message, it could leave half of it
            try:
                while todo or any(worker.given for worker in self._workers):
                    interrupts.check()
                    self._hire(len(todo), interrupts)
                    self._give(todo)
                    ready = set(wait([worker.answers for worker in self._workers], timeout=_TICK_S))
                    for worker in [worker for worker in self._workers if worker.answers in ready]:
                        self._hear(worker, todo, finish)
            except BaseException:
                self._stop(finish)
                raise

    def close(self) -> None:
        """Send the workers home."""
        workers, self._workers = self._workers, []
        for worker in workers:
            worker.end()

    def _hire(self, todo: int, interrupts: Interrupts) -> None:
        """As many workers as there are jobs left, and no more than are allowed."""
        wanted = min(self._most, todo + sum(len(worker.given) for worker in self._workers))
        while len(self._workers) < wanted:
            interrupts.check()
            self._workers.append(Worker())

    def _give(self, todo: deque[Job]) -> None:
        """A job for each who has none; a second one while there are enough for all."""
        for having in range(_AHEAD):
            for worker in self._workers:
                if worker.ready and len(worker.given) == having and len(todo) > having * len(self._workers):
                    worker.give(todo.popleft())

    def _hear(self, worker: Worker, todo: deque[Job], finish: Finish) -> None:
        try:
            answer = worker.answers.recv()
        except (EOFError, OSError):
            self._replace(worker, todo)
            return
        if answer == READY:
            worker.ready = True
        elif isinstance(answer, Outcome):
            finish(worker.given.popleft().cell, answer)
        else:
            raise answer

    def _replace(self, worker: Worker, todo: deque[Job]) -> None:
        """Take back the jobs of a worker that died; another is hired for them."""
        self._workers.remove(worker)
        worker.end()
        todo.extendleft(reversed(worker.given))
        cell = worker.given[0].cell if worker.given else None
        self._lost[cell] += 1
        if self._lost[cell] == ATTEMPTS:
            raise WorkerError(killed(cell, f"{ATTEMPTS} times"))

    def _stop(self, finish: Finish) -> None:
        """Tell of what is finished, then end the workers at once."""
        try:
            for worker in self._workers:
                with suppress(EOFError, OSError):
                    while worker.answers.poll():
                        if isinstance(answer := worker.answers.recv(), Outcome):
                            finish(worker.given.popleft().cell, answer)
        finally:
            self.close()


def killed(cell: Cell | None, often: str) -> str:
    """What is said of a cell that cost workers their lives, or of workers that died at their start."""
    over = "at its start" if cell is None else f"over strategy {cell.strategy}, replication {cell.replication}"
    return (
        f"a worker process was killed {over}, {often}, perhaps for want of memory; "
        "finished cells are kept: try fewer workers"
    )


def default_workers() -> int:
    """Processors this process may use."""
    with suppress(AttributeError):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1
