"""Cycles that sustain themselves: what can mint itself, or hold its own foothold, again before it dies lives on."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from functools import cache, partial
from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np

from nhilab.base.quantities import NEVER, IntArray
from nhilab.campaign.deaths import Deaths
from nhilab.campaign.hand import Hand, Pair
from nhilab.campaign.index import ReplayIndex
from nhilab.campaign.intervals import Intervals, union

Node = tuple[str, int, int]
"""("pair", scope, stage), or ("place", unit, 0) for a shared place."""


class Edge(NamedTuple):
    """What a node makes live: after a hop or none, whenever a verifier (-1: none) accepts where the thief stands."""

    to: Node
    hops: int
    verifier: int = -1


class Lap(NamedTuple):
    """What a lap may use: keys whose copies and acceptance last until `least`, up to the instant `latest`.

    `bounds` collects the finite ends of the keys it could use.
    """

    least: int
    latest: int
    bounds: set[int]


class MintGraph:
    """Which pairs and shared places make which live, for one hop time: the only ways to live on go round it."""

    def __init__(self, index: ReplayIndex, hop_time: int) -> None:
        self.index, self.hop_time = index, hop_time
        self.edges = cache(self._edges)
        self.opened_by = cache(self._opened_by)
        self.on_cycle = cache(self._on_cycle)
        self._bound_at = self._index_bound()

    def _index_bound(self) -> dict[int, IntArray]:
        """Copies that hold the key of a credential which may be unable to leave its place, by unit."""
        copies = np.flatnonzero(self.index.copy_binds)
        if not len(copies):
            return {}
        units, first = np.unique(self.index.copy_unit[copies], return_index=True)
        return dict(zip(units.tolist(), np.split(copies, first[1:]), strict=True))

    def _edges(self, node: Node) -> list[Edge]:
        kind, a, b = node
        return self._from_place(a) if kind == "place" else self._from_pair(a, b)

    def _from_pair(self, scope: int, stage: int) -> list[Edge]:
        index, found = self.index, list[Edge]()
        for verifier in index.verifiers_of[scope]:
            if index.lifetime(stage, verifier) > self.hop_time:
                found += [Edge(to, 1, verifier) for to in self.opened_by(scope, verifier)]
        if index.mints_next[stage] and index.ttl[stage] > self.hop_time:
            found.append(Edge(("pair", scope, stage + 1), 1))
        return found

    def _from_place(self, unit: int) -> list[Edge]:
        index = self.index
        place, found = int(index.units.place[unit]), list[Edge]()
        for q in (place, *filter(index.is_shared, index.inner_places[place])):
            accepted = index.attested_from.get(q, ())
            found += [Edge(("pair", int(i), k), 0) for i in accepted for k in index.attested_stages[i]]
        return found

    def _opened_by(self, scope: int, verifier: int) -> list[Node]:
        """Pairs and shared places that performing a scope's permissions behind a verifier makes live."""
        opening = self.index.opening(scope, verifier)
        now = [place for place, _ in opening.places_now if self.index.is_shared(place)]
        pairs: list[Node] = [("pair", *pair) for pair, _ in opening.pairs]
        return pairs + [("place", int(self.index.units.first[place]), 0) for place in now]

    def _by_key(self, credential: int, deaths: Deaths) -> Iterator[tuple[int, int, list[Node]]]:
        """What the key of a credential makes live where it lies, until when and at which verifier."""
        index, credentials = self.index, self.index.ledger.credentials
        scope, stage = int(credentials.scope[credential]), int(credentials.stage[credential])
        for verifier in index.verifiers_of[scope]:
            yield int(deaths.accept_until[credential, verifier]), verifier, self.opened_by(scope, verifier)
        if stage >= 0 and index.mints_next[stage]:
            yield int(deaths.issuer_until[credential]), -1, [("pair", scope, stage + 1)]

    def _nearby(self, node: Node) -> set[Node]:
        """All that a node may make live, by itself or by keys that lie there."""
        found = {edge.to for edge in self.edges(node)}
        if node[0] == "place" and node[1] in self._bound_at:
            credentials = self.index.copy_credential[self._bound_at[node[1]]]
            table = self.index.ledger.credentials
            kinds = np.stack([table.scope[credentials], table.stage[credentials]], axis=1)
            for row in np.unique(kinds, axis=0, return_index=True)[1].tolist():
                by_key = self._by_key(int(credentials[row]), self.index.deaths)
                found.update(to for _, _, opened in by_key for to in opened)
        return found

    def _on_cycle(self, start: Node) -> bool:
        """Whether a cycle of the whole graph goes through a node."""
        seen, waiting = set[Node](), [*self._nearby(start)]
        while waiting:
            node = waiting.pop()
            if node == start:
                return True
            if node not in seen:
                seen.add(node)
                waiting += self._nearby(node)
        return False

    def sustained(self, node: Node, instants: Intervals, hand: Hand) -> Intervals:
        """Instants of a live node, made longer where a lap round a live cycle meets its own beginning.

        What begins at s on a node comes back to it from some r(s) on, and its end t comes back later than it was:
        each lifetime on the way exceeds its hop, each dwell extends. If r(s) ≤ t the lap joins its own beginning,
        and so do all later laps, as long as every key on the way lies there and is accepted: it lasts at least
        until the first of these ends. After the last instant that cuts anything gaps between laps decide nothing,
        so there it is endless at once.
        """
        if not self.on_cycle(node) or int(instants.ends[-1]) >= NEVER or hand.thief.allowed is not None:
            return instants
        thief = hand.thief
        last = max(self.index.last_instant, max(thief.observed_until, thief.awake_at) + self.hop_time)
        ends = instants.ends.copy()
        for row, (start, end) in enumerate(zip(instants.starts.tolist(), instants.ends.tolist(), strict=True)):
            if start >= last and self.back_at(node, start, hand, Lap(NEVER, NEVER, set())) is not None:
                ends[row] = NEVER
            else:
                ends[row] = self._lasts(node, start, end, hand)
        return union(instants.starts, ends)

    def _lasts(self, node: Node, start: int, end: int, hand: Hand) -> int:
        """Until when laps keep a node that is live during [start, end)."""
        while end < NEVER:
            bounds = set[int]()
            if self.back_at(node, start, hand, Lap(end + 1, end, bounds)) is None:
                return end
            tries = [*sorted(bounds), NEVER]
            end = tries[bisect_left(tries, True, 1, key=partial(self._fails, node, start, end, hand)) - 1]
        return end

    def _fails(self, node: Node, start: int, end: int, hand: Hand, least: int) -> bool:
        """Whether no lap that joins [start, end) lasts until `least`."""
        return self.back_at(node, start, hand, Lap(least, end, set())) is None

    def back_at(self, start: Node, at: int, hand: Hand, lap: Lap) -> int | None:
        """Earliest return to a node of what begins there at an instant, through what is in hand; None if never."""
        best = dict[Node, int]()
        waiting: list[tuple[int, Node]] = [(at, start)]
        passable = cache(partial(self._passable, hand))
        while waiting:
            now, node = heappop(waiting)
            if node == start and best:
                return now
            if best.get(node, now) < now:
                continue
            for then, to in self._ways(node, now, hand, lap):
                if then < best.get(to, NEVER) and passable(node[0], to):
                    best[to] = then
                    heappush(waiting, (then, to))
        return None

    def _ways(self, node: Node, now: int, hand: Hand, lap: Lap) -> Iterator[tuple[int, Node]]:
        """What a node makes live on a lap, and from when on."""
        for edge in self.edges(node):
            then = max(now, hand.thief.awake_at) + self.hop_time if edge.hops else now
            then = max(then, hand.stands_for_ever_from(edge.verifier))
            if then <= lap.latest and then < NEVER:
                yield then, edge.to
        if node[0] == "place" and node[1] in self._bound_at:
            yield from self._ways_by_key(node[1], now, hand, lap)

    def _ways_by_key(self, unit: int, now: int, hand: Hand, lap: Lap) -> Iterator[tuple[int, Node]]:
        """The same by keys in a unit that cannot leave it: each must be of use before the latest instant."""
        index, copies = self.index, self._bound_at[unit]
        ends = index.copy_ends(copies, hand.deaths)
        lying = (index.copy_from[copies] < lap.latest) & (ends >= lap.least)
        for copy, end in zip(copies[lying].tolist(), ends[lying].tolist(), strict=True):
            credential = int(index.copy_credential[copy])
            if credential not in hand.taken_at or hand.is_free(credential):
                continue
            then = max(now, int(index.copy_from[copy]), hand.usable_from(credential))
            for until, verifier, opened in self._by_key(credential, hand.deaths):
                at = max(then, hand.stands_for_ever_from(verifier))
                if at < lap.latest and until >= lap.least:
                    lap.bounds.update({min(until, end)} - {NEVER})
                    yield from ((at, to) for to in opened)

    def _passable(self, hand: Hand, kind: str, to: Node) -> bool:
        """Whether a node can be reached now from one of a kind: it is in hand, and a foothold on it grows."""
        if to[0] == "pair":
            return hand.live(to[1:])
        grows = kind == "pair" or hand.thief.dwell > 0
        return grows and to[1] in hand.footholds and len(hand.foothold_on(to[1]).starts) > 0

    def persists(self, pair: Pair, hand: Hand) -> bool:
        """Whether a pair is minted for ever and makes itself live again round a cycle that is all in hand."""
        node: Node = ("pair", *pair)
        instants = hand.minted[pair]
        if int(instants.ends[-1]) < NEVER or not self.on_cycle(node):
            return False
        return self.back_at(node, int(instants.starts[-1]), hand, Lap(NEVER, NEVER, set())) is not None
