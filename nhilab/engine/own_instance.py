"""What a process of one's own is given: an instance of a workload, which begins tasks that make calls."""

from __future__ import annotations

import operator
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Literal, Self, SupportsIndex

import numpy as np
import simpy
from numpy.typing import ArrayLike

from nhilab.base.errors import NhilabError
from nhilab.base.quantities import NEVER, parse_duration
from nhilab.base.streams import derived_key
from nhilab.engine.events import Kind
from nhilab.engine.own_rows import OwnRows
from nhilab.engine.processes import Running, clean_up, fails, make_call
from nhilab.engine.world import World
from nhilab.ledger.tables import Status

Answer = Literal["done", "issuer-unavailable", "refused", "denied"]
"""What becomes of a call."""

ANSWERS: Final[dict[int, Answer]] = {
    Status.DONE: "done",
    Status.ISSUER_UNAVAILABLE: "issuer-unavailable",
    Status.REFUSED: "refused",
    Status.DENIED: "denied",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who plays what: the workload's name and row, the instance's row, the process's number, key and columns."""

    name: str
    workload: int
    instance: int
    number: int
    key: int
    columns: Mapping[str, ArrayLike]


class Instance:
    """An instance of a workload, as the process that plays it sees it.

    Attributes
    ----------
    columns : dict of str to ndarray
        The process's own chance, read-only.
    horizon : int, µs
        Until when tasks are begun.
    environment : simpy.Environment
        For resources, stores and processes; time passes by `wait` alone.
    """

    def __init__(self, cast: Cast, world: World, rows: OwnRows) -> None:
        self.columns = {name: np.array(values) for name, values in cast.columns.items()}
        for values in self.columns.values():
            values.setflags(write=False)
        self.environment, self.horizon = world.environment, rows.horizon
        self._cast, self._world, self._rows = cast, world, rows
        self._n_calls, self._n_running = 0, 0

    @property
    def now(self) -> int:
        """The current instant in µs."""
        return self._world.now()

    def wait(self, duration: SupportsIndex | str) -> simpy.Event:
        """An event after a while; to be yielded, alone or in a condition.

        Without a task under way a wait that ends at the horizon or later never does: the process is over.

        Parameters
        ----------
        duration : int or str
            Whole microseconds, or a length such as ``"30s"``.
        """
        length = self._length(duration, "wait")
        if length >= NEVER or (not self._n_running and self.now + length >= self.horizon):
            return self.environment.event()
        return self._world.after(length, Kind.WAIT, self._cast.number)

    def begin(self) -> Generator[simpy.Event, Any, OwnTask]:
        """A task that arrives now, as soon as its place has a slot for it: ``with (yield from me.begin()) as task``.

        From the horizon on no task begins: this then never comes back.
        """
        world, records = self._world, self._world.records
        if self.now >= self.horizon:
            yield self.environment.event()
        self._n_running += 1
        task = self._rows.add_task(self._cast.workload, self._cast.instance)
        try:
            yield world.after(0, Kind.ARRIVAL, task)
            records.task_arrived_at[task] = self.now
            slot = world.slots[world.place[task]].take()
            if isinstance(slot, simpy.Event):
                slot = yield slot
        except simpy.Interrupt as error:
            raise self._misused("begin", "an interrupt", "one that meets a wait") from error
        records.task_slot[task], records.task_started_at[task] = slot, self.now
        return OwnTask(self, Running(task), slot)

    def _length(self, duration: SupportsIndex | str, what: str) -> int:
        try:
            length = parse_duration(duration) if isinstance(duration, str) else operator.index(duration)
        except (TypeError, ValueError):
            length = -1
        if length < 0:
            raise self._misused(what, duration, "whole microseconds from 0, or a length such as 30s or 15m")
        return length

    def _misused(self, what: str, found: object, allowed: str) -> NhilabError:
        return NhilabError(f"process of {self._cast.name}, {what}: found {found!r}; allowed: {allowed}")


class OwnTask:
    """A task under way: from `Instance.begin` to its end, at the latest that of the ``with`` it is used in."""

    def __init__(self, instance: Instance, running: Running, slot: int) -> None:
        self._instance, self._running, self._slot = instance, running, slot
        self._n_calls, self._calling, self._ended = 0, False, False

    @property
    def failed(self) -> bool:
        """Whether a call has failed it: then it makes no other."""
        return self._status() != Status.DONE

    def call(
        self,
        resource: str,
        operation: str,
        *,
        call_time: SupportsIndex | str,
        in_intent: bool = True,
        key: SupportsIndex | None = None,
    ) -> Generator[simpy.Event, Any, Answer]:
        """Make a call and wait for the answer: ``answer = yield from task.call("inbox", "read", call_time="20ms")``.

        The credential is taken or obtained, judged and presented as the strategy wants. A call that is refused, or
        for which the issuer cannot be had, fails its task; one that is denied does so where the strategy says.

        Parameters
        ----------
        resource, operation : str
            A permission of the estate.
        call_time : int or str
            From its arrival to its answer.
        in_intent : bool
            Whether it is part of the task's plan.
        key : int, optional
            What decides its service times, 64 bits, from a column of one's own; else from the process's seed and the
            number of its calls so far.

        Returns
        -------
        str
            ``done``, ``denied``, ``refused`` or ``issuer-unavailable``.
        """
        world = self._instance._world
        length = self._instance._length(call_time, "call_time")
        call = self._begun(resource, operation, length, in_intent=in_intent, key=key)
        yield world.after(0, Kind.CALL_READY, call)
        try:
            yield from make_call(world, call, self._running)
        except simpy.Interrupt as error:
            raise self._instance._misused("call", "an interrupt", "one that meets a wait") from error
        self._calling = False
        fails(world, call, self._running)
        return ANSWERS[world.records.call_status[call]]

    def end(self, *, crashed: bool = False) -> None:
        """End the task now, as after its ``with``; once is enough.

        Parameters
        ----------
        crashed : bool
            It ends without cleaning up: what it owned is not revoked, unless its issuer does so by itself.
        """
        if self._ended or self._instance._rows.closed:
            return
        if self._calling or not self._n_calls:
            found = "a call under way" if self._calling else "no call"
            raise self._instance._misused("end of a task", found, "at least one call, and all of them over")
        world, task = self._instance._world, self._running.task
        if crashed and not self.failed:
            world.records.task_status[task] = Status.CRASHED
        world.records.task_ended_at[task] = self._instance.now
        self._ended = True
        self._instance._n_running -= 1
        clean_up(world, self._running, crashed=self._status() == Status.CRASHED)
        world.slots[world.place[task]].give_back(self._slot)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.end()

    def _status(self) -> int:
        return self._instance._world.records.task_status[self._running.task]

    def _begun(
        self, resource: str, operation: str, call_time: int, *, in_intent: bool, key: SupportsIndex | None
    ) -> int:
        """Row of a call, unless there cannot be one."""
        instance = self._instance
        if self._ended or self.failed:
            raise instance._misused("call", "a task that has " + ("ended" if self._ended else "failed"), "another one")
        if self._calling:
            raise instance._misused("call", "two calls of one task at once", "one after the other, or another task")
        found = instance._rows.permission_of.get((resource, operation))
        if found is None:
            known = ", ".join(" ".join(pair) for pair in list(instance._rows.permission_of)[:20])
            raise instance._misused("call", f"{resource} {operation}", f"a permission of the estate: {known}, …")
        number = derived_key(instance._cast.key, instance._n_calls) if key is None else operator.index(key) % 2**64
        call = instance._rows.add_call(self._running.task, found, call_time=call_time, in_intent=in_intent, key=number)
        instance._n_calls, self._n_calls, self._calling = instance._n_calls + 1, self._n_calls + 1, True
        return call
