"""Computes cells on a Dask cluster, through distributed, the extra ``nhilab[cluster]``."""

from __future__ import annotations

import asyncio
import hashlib
import queue
import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from nhilab.base.errors import InputError, NhilabError, WorkerError
from nhilab.study.cells.cell import Cell, Outcome, code_digest
from nhilab.study.cells.connection import CONNECT_S, Connection
from nhilab.study.cells.interrupts import Interrupts
from nhilab.study.cells.job import Finish, Job, recent, work
from nhilab.study.cells.local import ATTEMPTS, killed

if TYPE_CHECKING:
    from distributed import Future

_TICK_S: Final = 0.1
"""How often a wait for outcomes looks for Ctrl-C."""

_LOST: Final = "the cluster's scheduler is gone; finished cells are kept, the same command resumes"
_FORGOTTEN: Final = "the cluster forgot its cells again and again; finished cells are kept, the same command resumes"


class DaskCrew:
    """Workers of a Dask cluster.

    Each scenario is sent once, as a task of its own: it is made again if the worker that held it is gone. A cell is a
    task named by its hash: studies that ask one cluster for the same cell at once share it. The scheduler gives a cell
    whose worker was killed to another worker, as often as its setting ``allowed-failures`` says; an outcome that died
    with its worker is computed again. What the scheduler forgot, because the connection broke or somebody restarted
    the cluster, it is asked for again.

    Parameters
    ----------
    cluster : str
        Address of a scheduler (``tcp://HOST:PORT``), the file it wrote (``--scheduler-file``, ends in .json),
        ``local`` for processes started here, or a name to which Dask's configuration gives an address or such a file
        under ``nhilab.clusters``.
    workers : int
        Processes of a cluster that is started here.

    Raises
    ------
    InputError
        If distributed is not installed, the name is unknown or no scheduler answers.
    """

    def __init__(self, cluster: str, *, workers: int) -> None:
        self._connection = Connection(cluster, workers=workers)
        self._client = self._connection.client
        self._scenarios: OrderedDict[str, Future[bytes]] = OrderedDict()
        self._anew = 0

    def compute(self, jobs: Sequence[Job], finish: Finish, interrupts: Interrupts) -> None:
        """Compute jobs; `finish` hears of each once.

        Dask blames a worker's death on every cell that was there. So the blamed are asked for once more, each alone,
        when all others are done; a cell that loses its workers even then is the one that kills them.

        Raises
        ------
        WorkerError
            If workers were killed over one cell, or the scheduler is gone or forgets all it is asked, three times.
        InputError
            If the workers run other code.
        KeyboardInterrupt
            As usual, with what is finished told.
        """
        with interrupts.held():  # raised in the middle of a lock of the client, it could leave it locked for ever
            blamed = self._asked(jobs, finish, interrupts)
            deadly: list[Job] = []
            for job in blamed:
                self._begin_anew()
                deadly += self._asked([job], finish, interrupts)
            if deadly:
                raise WorkerError(killed(deadly[0].cell, "again and again"))

    def close(self) -> None:
        """Leave the cluster; it forgets what it has not computed yet."""
        self._scenarios.clear()
        self._connection.close()

    def _asked(self, jobs: Sequence[Job], finish: Finish, interrupts: Interrupts) -> list[Job]:
        """Have jobs computed, what the cluster forgets once more; those blamed for the death of workers come back."""
        left, fruitless = list(jobs), 0
        blamed: list[Job] = []
        while left:
            before = len(left)
            left = self._round(left, blamed, finish, interrupts)
            fruitless = fruitless + 1 if len(left) == before else 0
            if fruitless == ATTEMPTS:
                raise WorkerError(_FORGOTTEN)
            if left:
                self._meet_again(interrupts)
        return blamed

    def _round(self, jobs: Sequence[Job], blamed: list[Job], finish: Finish, interrupts: Interrupts) -> list[Job]:
        """Send jobs and hear of them; those that the cluster forgot come back."""
        done: queue.SimpleQueue[Future[Outcome]] = queue.SimpleQueue()
        waiting = dict(zip(self._sent(jobs), jobs, strict=True))
        forgotten: list[Job] = []
        late: list[Future[Outcome]] = []  # finished, and lost with a worker: they are finished again, unannounced
        try:
            for future in waiting:
                future.add_done_callback(done.put)  # type: ignore[no-untyped-call]
            while waiting:
                interrupts.check()
                late = self._hear([*_ended(done, _TICK_S), *late], waiting, finish)
                for future in [future for future in late if future.status in ("cancelled", "error")]:
                    late.remove(future)
                    job = waiting.pop(future)
                    (forgotten if future.status == "cancelled" else blamed).append(job)
        except (KeyboardInterrupt, SystemExit):
            with suppress(NhilabError):
                self._hear(_ended(done, 0), waiting, finish)
            raise
        return forgotten

    def _meet_again(self, interrupts: Interrupts) -> None:
        """Wait for the scheduler, and begin anew with it."""
        deadline = time.monotonic() + CONNECT_S
        while self._client.status == "connecting" and time.monotonic() < deadline:
            interrupts.check()
            time.sleep(_TICK_S)
        if self._client.status != "running":
            raise WorkerError(_LOST)
        self._begin_anew()

    def _begin_anew(self) -> None:
        """Give what is asked for from now on other names than before."""
        self._scenarios.clear()
        self._anew += 1

    def _sent(self, jobs: Sequence[Job]) -> list[Future[Outcome]]:
        scenarios = [recent(self._scenarios, job.cell.scenario, partial(self._shown, job)) for job in jobs]
        futures: list[Future[Outcome]] = self._client.map(
            answered,
            [job.cell for job in jobs],
            scenarios,
            key=[self._named(job.cell.key()) for job in jobs],
            pure=False,
        )
        return futures

    def _shown(self, job: Job) -> Future[bytes]:
        packed = job.packed or b""
        key = self._named(f"scenario-{hashlib.sha256(packed).hexdigest()}")
        future: Future[bytes] = self._client.submit(bytes, packed, key=key, pure=False)
        return future

    def _named(self, what: str) -> str:
        """Name of a task; what still has a name here that was forgotten or blamed would be so at once again."""
        return f"nhilab-{what}" + (f"-{self._anew}" if self._anew else "")

    def _hear(
        self, ended: Iterable[Future[Outcome]], waiting: dict[Future[Outcome], Job], finish: Finish
    ) -> list[Future[Outcome]]:
        """Tell of what is finished, raise what is wrong; what is neither, or was blamed, comes back."""
        ended = [future for future in ended if future in waiting]
        good = {number: future for number, future in enumerate(ended) if future.status == "finished"}
        for number, outcome in self._gathered(good).items():
            if outcome is not None:
                finish(waiting.pop(good[number]).cell, outcome)
        left = [future for future in ended if future in waiting]
        for future in left:
            if future.status == "error" and (error := self._wrong(future)) is not None:
                raise error
        return left

    def _gathered(self, good: dict[int, Future[Outcome]]) -> dict[int, Outcome | None]:
        """Outcomes, None for each that was forgotten meanwhile; none at all if the connection broke."""
        if not good:
            return {}
        try:
            outcomes: dict[int, Outcome | None] = self._client.gather(good, errors="skip")
        except (OSError, asyncio.CancelledError):
            return {}
        except Exception:
            if self._client.status == "running":
                raise
            return {}
        return outcomes

    def _wrong(self, future: Future[Outcome]) -> BaseException | None:
        """What is to be raised for a cell that came to nothing; None if it was blamed for the death of workers."""
        error: BaseException | None = future.exception()  # type: ignore[no-untyped-call]
        if isinstance(error, self._connection.killed):
            return None
        if isinstance(error, ImportError | AttributeError) or "deserializ" in str(error):
            return InputError("--cluster", "", str(error), "a scheduler and workers that run this version of nhilab")
        return error or WorkerError(_LOST)


def answered(cell: Cell, packed: bytes) -> Outcome:
    """Outcome of a cell, on a worker of the cluster.

    Raises
    ------
    InputError
        If this worker would compute it with other code than the cell names.
    """
    if cell.code != code_digest():
        raise InputError(
            "--cluster",
            "code of a worker",
            code_digest()[:12],
            f"{cell.code[:12]}, the same versions of nhilab, numpy and SimPy as here",
        )
    return work(Job(cell, packed))


def _ended(done: queue.SimpleQueue[Future[Outcome]], timeout: float) -> list[Future[Outcome]]:
    """All that ended by now; waits for one until the timeout."""
    ended: list[Future[Outcome]] = []
    with suppress(queue.Empty):
        ended.append(done.get(timeout=timeout) if timeout else done.get_nowait())
        while True:
            ended.append(done.get_nowait())
    return ended
