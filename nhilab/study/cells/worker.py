"""One process of this machine that computes cells, and what is known of it.

Two pipes of its own lead to each worker: one that is killed, in whatever middle, harms nobody else.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import sys
import threading
import traceback
from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from typing import Final

from nhilab.study.cells.job import Job, recent, work

READY: Final = "ready"
"""The first answer: it can be given jobs."""

_GRACE_S: Final = 5.0
"""Time to end when asked, before a worker is killed."""


class Worker:
    """A process of this machine.

    Attributes
    ----------
    answers : Connection
        Where it says that it is ready, then the outcome of each job or what was raised; it ends when the worker does.
    given : deque of Job
        Jobs it has not answered, the one it computes first.
    ready : bool
        It said so.
    """

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        jobs, self._jobs = context.Pipe(duplex=False)
        self.answers, answers = context.Pipe(duplex=False)
        self._process = context.Process(target=_serve, args=(jobs, answers), daemon=True)
        with children_deaf_to_interrupts():
            self._process.start()
        jobs.close()
        answers.close()
        self.given: deque[Job] = deque()
        self.ready = False
        self._knows: OrderedDict[str, None] = OrderedDict()

    def give(self, job: Job) -> None:
        """Send a job, with its scenario if it is new to the worker."""
        known = job.cell.scenario in self._knows
        recent(self._knows, job.cell.scenario, lambda: None)
        self.given.append(job)
        with suppress(OSError):  # it died: its answers end
            self._jobs.send(job._replace(packed=None) if known else job)

    def end(self) -> None:
        """End it at once, whatever it does."""
        self._process.terminate()
        self._jobs.close()
        self.answers.close()
        self._process.join(_GRACE_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _serve(jobs: Connection, answers: Connection) -> None:
    """What a worker does all its life."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    heard: queue.SimpleQueue[Job] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(jobs, heard), daemon=True).start()
    _say(answers, READY)
    while True:
        try:
            answer: object = work(heard.get())
        except Exception as error:
            error.add_note(traceback.format_exc())
            answer = error
        _say(answers, answer)


def _listen(jobs: Connection, heard: queue.SimpleQueue[Job]) -> None:
    """Take jobs at once, so that nobody waits to send one; without anybody left to send them, end."""
    while True:
        try:
            heard.put(jobs.recv())
        except (EOFError, OSError):
            os._exit(1)


def _say(answers: Connection, answer: object) -> None:
    try:
        answers.send(answer)
    except OSError:  # nobody left to hear it
        os._exit(1)
    except Exception:
        answers.send(RuntimeError(f"an error that cannot be sent: {answer!r}"))


@contextmanager
def children_deaf_to_interrupts() -> Iterator[None]:
    """Processes started inside never hear Ctrl-C, not even while they start: blocked, it waits for this process."""
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # whoever starts it first hears again: Python unblocks Ctrl-C once it runs
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
