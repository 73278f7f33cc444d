"""Stations of the slow engine: rate limit, servers first in first out, outages."""

from __future__ import annotations

from fractions import Fraction

from nhilab.base.quantities import SECOND
from nhilab.scenario.issuer_section import Issuer, Outage, RateLimit

Spans = list[tuple[int, int]]


def spans_of(outages: tuple[Outage, ...], until: int) -> Spans:
    """When the issuer is away, of outages that begin before the end of the run."""
    spans = []
    for outage in outages:
        begins = [outage.begin] if outage.every is None else range(outage.begin, until, outage.every)
        spans += [(begin, begin + outage.length) for begin in begins if begin < until]
    return spans


def end_of_outage(spans: Spans, t: int) -> int:
    """The first instant from t on that lies in no outage."""
    for begin, end in spans:
        if begin <= t < end:
            return end_of_outage(spans, end)
    return t


class Bucket:
    """Tokens of a rate limit; full at time 0."""

    def __init__(self, limit: RateLimit | None) -> None:
        self.limit = limit
        if limit is not None:
            self.rate = Fraction(limit.rate).limit_denominator(10**9) / SECOND
            self.tokens, self.since = Fraction(limit.burst), Fraction(0)

    def passes_at(self, t: int) -> Fraction:
        """Earliest instant, not before that of the request before, at which a whole token is there."""
        if self.limit is None:
            return Fraction(t)
        passed = max(Fraction(t), self.since)
        there = self.there_at(passed)
        return passed if there >= 1 else passed + (1 - there) / self.rate

    def there_at(self, instant: Fraction) -> Fraction:
        assert self.limit is not None
        return min(Fraction(self.limit.burst), self.tokens + (instant - self.since) * self.rate)

    def pass_at(self, instant: Fraction) -> None:
        if self.limit is not None:
            self.tokens, self.since = self.there_at(instant) - 1, instant


class Station:
    """Servers that serve in the order of requests, and begin nothing in an outage."""

    def __init__(self, issuer: Issuer, until: int, *, revokes: bool) -> None:
        self.outages = spans_of(issuer.outages, until)
        self.free = [0] * (issuer.revocation_servers if revokes else issuer.servers)
        self.bucket = Bucket(None if revokes else issuer.rate_limit)

    def served_until(self, t: int, service: int, timeout: int | None = None) -> int | None:
        """End of a service asked for at t; none if that is later than its client would wait."""
        passed = self.bucket.passes_at(t)
        begin = end_of_outage(self.outages, max(round(passed), min(self.free)))
        if timeout is not None and begin + service - t > timeout:
            return None
        self.bucket.pass_at(passed)
        self.free[self.free.index(min(self.free))] = begin + service
        return begin + service
