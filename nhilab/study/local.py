"""Computes cells on several processes of this machine."""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing.process import BaseProcess
from typing import Final

from nhilab.base.errors import NhilabError
from nhilab.study.cell import Cell, Outcome
from nhilab.study.interrupts import Interrupts
from nhilab.study.job import Finish, Job, work

_KILLED: Final = "a worker process was killed, perhaps for want of memory; finished cells are kept: try fewer workers"

_TICK_S: Final = 0.1
"""How often a wait for the workers looks for Ctrl-C."""


class WorkerError(NhilabError):
    """A worker process died; finished cells are kept."""


def compute_in_workers(jobs: Sequence[Job], workers: int, finish: Finish, interrupts: Interrupts) -> None:
    """Compute jobs on processes of this machine; `finish` hears of each.

    Raises
    ------
    WorkerError
        If a worker process was killed.
    KeyboardInterrupt
        As usual, with the workers stopped and what they finished told.
    """
    before = set(multiprocessing.active_children())
    waiting: dict[Future[Outcome], Cell] = {}
    done: queue.SimpleQueue[Future[Outcome]] = queue.SimpleQueue()
    with interrupts.held():  # raised in the middle of a lock of the pool, it could leave it locked for ever
        pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_settle)
        try:
            with _children_deaf_to_interrupts():  # every submission may start one
                for job in jobs:
                    interrupts.check()
                    waiting[future := pool.submit(work, job)] = job.cell
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
                _stop(pool, waiting, finish, before)
            pool.shutdown(wait=True, cancel_futures=True)


def _stop(
    pool: ProcessPoolExecutor, waiting: dict[Future[Outcome], Cell], finish: Finish, before: set[BaseProcess]
) -> None:
    """Tell of what is finished, then end the workers at once."""
    pool.shutdown(wait=False, cancel_futures=True)
    for future, cell in waiting.items():
        if future.done() and not future.cancelled() and future.exception() is None:
            finish(cell, future.result())
    for process in set(multiprocessing.active_children()) - before:
        process.terminate()


def default_workers() -> int:
    """Processors this process may use."""
    with suppress(AttributeError):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def _settle() -> None:
    """Start of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


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
