"""Stations: issuers that serve in order of asking, and places that have slots."""

from __future__ import annotations

from collections import deque
from heapq import heapify, heappop, heappush

import simpy


class FifoStation:
    """c servers, one queue. The end of a service is known when it is asked for, so it needs no event."""

    def __init__(self, servers: int) -> None:
        self._free_at = [0] * servers

    def serve(self, now: int, service_time: int) -> int:
        """End of a service asked for now; requests must come in order of time."""
        begin = max(now, heappop(self._free_at))
        heappush(self._free_at, begin + service_time)
        return begin + service_time


class Slots:
    """Slots of a place: the lowest free one to whoever waits longest. Without a limit nobody waits."""

    def __init__(self, environment: simpy.Environment, limit: int) -> None:
        self._environment = environment
        self._free = list(range(limit))
        heapify(self._free)
        self._unlimited = limit < 0
        self._opened = 0
        self._waiting: deque[simpy.Event] = deque()

    def take(self) -> int | simpy.Event:
        """A free slot's number, or an event whose value is the number once there is one."""
        if self._free:
            return heappop(self._free)
        if self._unlimited:
            self._opened += 1
            return self._opened - 1
        event = self._environment.event()
        self._waiting.append(event)
        return event

    def give_back(self, slot: int) -> None:
        """Free a slot; the first in line gets it at once."""
        if self._waiting:
            self._waiting.popleft().succeed(slot)
        else:
            heappush(self._free, slot)
