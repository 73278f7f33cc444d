"""Stations: issuers that serve in order of asking, and places that have slots."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from heapq import heapify, heappop, heappush

import simpy

from nhilab.base.quantities import NEVER, SECOND
from nhilab.scenario.issuer_section import Issuer, Outage, RateLimit


class Outages:
    """When an issuer answers nobody: disjoint intervals in order."""

    def __init__(self, outages: tuple[Outage, ...], until: int) -> None:
        spans = sorted(
            (begin, begin + outage.length)
            for outage in outages
            for begin in range(outage.begin, max(until, outage.begin + 1), outage.every or max(until, 1))
        )
        self.spans: list[tuple[int, int]] = []
        for begin, end in spans:
            if self.spans and begin <= self.spans[-1][1]:
                self.spans[-1] = self.spans[-1][0], max(end, self.spans[-1][1])
            else:
                self.spans.append((begin, end))
        self._begins = [begin for begin, _ in self.spans]

    def over_at(self, instant: int) -> int:
        """First instant not before `instant` outside every outage."""
        row = bisect_right(self._begins, instant) - 1
        return max(instant, self.spans[row][1]) if row >= 0 else instant


class TokenBucket:
    """Earliest admission under a rate limit, in order of asking; the bucket is full at time 0."""

    def __init__(self, limit: RateLimit) -> None:
        self._interval = SECOND / limit.rate
        self._burst = limit.burst
        self._tokens, self._at = float(limit.burst), 0

    def admission(self, now: int) -> tuple[int, float]:
        """Instant at which a request made now gets its token, and the tokens left then."""
        at = max(now, self._at)
        tokens = min(self._burst, self._tokens + (at - self._at) / self._interval)
        if tokens >= 1 - 1e-9:
            return at, tokens - 1
        wait = round((1 - tokens) * self._interval)
        return at + max(1, wait), 0.0

    def take(self, at: int, left: float) -> None:
        """The request is made: note the instant of its token and what is left."""
        self._at, self._tokens = at, left


class FifoStation:
    """c servers, one queue. The end of a service is known when it is asked for, so it needs no event."""

    def __init__(
        self, servers: int, *, limit: RateLimit | None = None, outages: Outages | None = None, timeout: int = NEVER
    ) -> None:
        self._free_at = [0] * servers
        self._bucket = TokenBucket(limit) if limit else None
        self._outages = outages if outages and outages.spans else None
        self.timeout = timeout

    def serve(self, now: int, service_time: int) -> int:
        """End of a service asked for now, -1 if it would take longer than the timeout; requests in order of time."""
        at, left = self._bucket.admission(now) if self._bucket else (now, 0.0)
        begin = max(at, self._free_at[0])
        if self._outages:
            begin = self._outages.over_at(begin)
        if begin + service_time - now > self.timeout:
            return -1
        if self._bucket:
            self._bucket.take(at, left)
        heappop(self._free_at)
        heappush(self._free_at, begin + service_time)
        return begin + service_time

    def reachable(self, now: int) -> bool:
        """Whether no outage is on."""
        return self._outages is None or self._outages.over_at(now) == now


def issuance_desk(issuer: Issuer, until: int) -> FifoStation:
    """The station that issues; outages are known until `until`."""
    outages = Outages(issuer.outages, until)
    return FifoStation(issuer.servers, limit=issuer.rate_limit, outages=outages, timeout=issuer.timeout)


def revocation_desk(issuer: Issuer, until: int) -> FifoStation:
    """The station that revokes, out when its issuer is."""
    return FifoStation(issuer.revocation_servers, outages=Outages(issuer.outages, until))


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
