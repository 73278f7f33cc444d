"""Time of the slow engine: a heap of events, and processes that wait for them or for each other."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator
from enum import IntEnum
from typing import Any

Resume = Callable[..., None]
Process = Generator[Callable[[Resume], Any], Any, Any]


class Kind(IntEnum):
    """What happens first of what happens at one instant."""

    CALL_END = 0
    REVOCATION = 1
    ISSUANCE_END = 2
    ARRIVAL = 3
    CALL_READY = 4
    DECISION_END = 5
    RENEWAL = 6


class Clock:
    """Runs events in order of time, kind and id, each with all its consequences at that instant."""

    def __init__(self) -> None:
        self.now = 0
        self.heap: list[tuple[int, int, int, int, Resume]] = []
        self.n = 0
        self.next: list[Resume] = []

    def at(self, time: int, kind: Kind, row: int, happens: Resume) -> None:
        self.n += 1
        heapq.heappush(self.heap, (time, int(kind), row, self.n, happens))

    def until(self, time: int, kind: Kind, row: int) -> Process:
        """Wait until then, also if it is now."""
        yield lambda resume: self.at(time, kind, row, resume)

    def run(self) -> None:
        while self.heap:
            self.now, _, _, _, happens = heapq.heappop(self.heap)
            happens()
            while self.next:
                self.next.pop(0)()


class Signal:
    """Something several processes wait for."""

    def __init__(self) -> None:
        self.waiting: list[Resume] = []

    def wait(self) -> Process:
        return (yield self.waiting.append)

    def fire(self, value: Any = None) -> None:
        waiting, self.waiting = self.waiting, []
        for resume in waiting:
            resume(value)


def go(process: Process, value: Any = None) -> None:
    """Let a process run until it waits."""
    try:
        wait = process.send(value)
    except StopIteration:
        return
    wait(lambda value=None: go(process, value))
