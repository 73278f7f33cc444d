"""Cycles that sustain themselves: what can mint itself, or hold its own foothold, again before it dies never dies."""

from __future__ import annotations

from functools import cache
from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np

from nhilab.base.quantities import NEVER
from nhilab.campaign.hand import Hand, Pair
from nhilab.campaign.index import ReplayIndex
from nhilab.campaign.intervals import NOTHING, Intervals, union

Node = tuple[str, int, int]
"""("pair", scope, stage), or ("place", unit, 0) for a shared place."""


class Edge(NamedTuple):
    """What a node makes live: after a hop or none, by way of a credential that cannot leave the place (or -1)."""

    to: Node
    hops: int
    credential: int


class MintGraph:
    """Which pairs and shared places make which live, for one hop time: the only ways to live for ever go round it."""

    def __init__(self, index: ReplayIndex, hop_time: int) -> None:
        self.index, self.hop_time = index, hop_time
        self.usable = cache(self._usable)
        self.edges = cache(self._edges)
        self.on_cycle = cache(self._on_cycle)
        order = np.argsort(index.copy_credential, kind="stable")
        self._copies, self._copy_credential = order, index.copy_credential[order]
        self._bound_at = self._index_bound()

    def _index_bound(self) -> dict[int, list[int]]:
        """Credentials that cannot leave their place, by the unit in which a copy of theirs lies for ever."""
        index, found = self.index, dict[int, list[int]]()
        lasting = index.non_exportable[index.copy_credential] & (index.copy_end >= NEVER)
        for copy in np.flatnonzero(lasting).tolist():
            found.setdefault(int(index.copy_unit[copy]), []).append(int(index.copy_credential[copy]))
        return found

    def copies_of(self, credential: int) -> list[int]:
        """Indexed copies of a credential."""
        low, high = np.searchsorted(self._copy_credential, [credential, credential + 1])
        return [int(copy) for copy in self._copies[low:high]]

    def _usable(self, pair: Pair) -> bool:
        """Whether children of a pair outlive a hop at some verifier of their scope."""
        scope, stage = pair
        return any(self.index.lifetime(stage, v) > self.hop_time for v in self.index.verifiers_of[scope])

    def live(self, pair: Pair, hand: Hand) -> bool:
        """Whether a pair is in hand: minted before E, and its children outlive a hop somewhere."""
        return hand.before_end(hand.minted.get(pair, NOTHING)) and self.usable(pair)

    def _edges(self, node: Node) -> list[Edge]:
        kind, a, b = node
        return self._from_place(a) if kind == "place" else self._from_pair(a, b)

    def _from_pair(self, scope: int, stage: int) -> list[Edge]:
        index, found = self.index, list[Edge]()
        for verifier in index.verifiers_of[scope]:
            if index.lifetime(stage, verifier) > self.hop_time:
                identities = index.opening(scope, verifier).identities
                found += [Edge(("pair", i, index.last_stage), 1, -1) for i in identities]
                found += [Edge(place, 1, -1) for place in self._opened(scope, verifier)]
        if index.mints_next[stage] and index.ttl[stage] > self.hop_time:
            found.append(Edge(("pair", scope, stage + 1), 1, -1))
        return found

    def _from_place(self, unit: int) -> list[Edge]:
        index, credentials = self.index, self.index.ledger.credentials
        accepted = index.attested_from.get(int(index.units.place[unit]), ())
        found = [Edge(("pair", int(i), k), 0, -1) for i in accepted for k in index.attested_stages]
        for c in self._bound_at.get(unit, ()):
            scope, stage = int(credentials.scope[c]), int(credentials.stage[c])
            for verifier in index.verifiers_of[scope]:
                if index.accept_until[c, verifier] >= NEVER:
                    identities = index.opening(scope, verifier).identities
                    found += [Edge(("pair", i, index.last_stage), 0, c) for i in identities]
                    found += [Edge(place, 0, c) for place in self._opened(scope, verifier)]
            if stage >= 0 and index.mints_next[stage] and index.issuer_until[c] >= NEVER:
                found.append(Edge(("pair", scope, stage + 1), 0, c))
        return found

    def _opened(self, scope: int, verifier: int) -> list[Node]:
        places = [place for place, _ in self.index.opening(scope, verifier).places_now if self.index.is_shared(place)]
        return [("place", int(self.index.units.first[place]), 0) for place in places]

    def _on_cycle(self, start: Node) -> bool:
        """Whether a cycle of the whole graph goes through a node."""
        seen, waiting = set[Node](), [edge.to for edge in self.edges(start)]
        while waiting:
            node = waiting.pop()
            if node == start:
                return True
            if node not in seen:
                seen.add(node)
                waiting += [edge.to for edge in self.edges(node)]
        return False

    def sustained(self, node: Node, instants: Intervals, hand: Hand) -> Intervals:
        """Instants of a live node, made endless where a lap round a live cycle meets its own beginning.

        What begins at s on a node comes back to it from some r(s) on, and its end t comes back later than it was:
        each lifetime on the way exceeds its hop, each dwell extends. If r(s) ≤ t the lap joins its own beginning,
        and so do all later laps. After the ledger's last instant gaps between laps decide nothing, so there it
        is endless at once.
        """
        if not self.on_cycle(node) or int(instants.ends[-1]) >= NEVER:
            return instants
        last = max(self.index.last_instant, hand.thief.observed_until)
        ends = instants.ends.copy()
        for row, (start, end) in enumerate(zip(instants.starts.tolist(), instants.ends.tolist(), strict=True)):
            back = self.back_at(node, start, hand)
            if back is not None and (back <= end or start >= last):
                ends[row] = NEVER
        return union(instants.starts, ends)

    def back_at(self, start: Node, at: int, hand: Hand) -> int | None:
        """Earliest return to a node of what begins there at an instant, through what is in hand; None if never."""
        thief, best = hand.thief, dict[Node, int]()
        waiting: list[tuple[int, Node]] = [(at, start)]
        first = True
        while waiting:
            now, node = heappop(waiting)
            if node == start and not first:
                return now
            if not first and best[node] < now:
                continue
            first = False
            for edge in self.edges(node):
                if not self._passable(node, edge, hand):
                    continue
                then = max(now, thief.awake_at) + self.hop_time if edge.hops else now
                if edge.credential >= 0:
                    then = max(now, max(hand.taken_at[edge.credential], thief.awake_at) + self.hop_time)
                if then < best.get(edge.to, NEVER):
                    best[edge.to] = then
                    heappush(waiting, (then, edge.to))
        return None

    def _passable(self, node: Node, edge: Edge, hand: Hand) -> bool:
        """Whether an edge works now: its target in hand, its credential taken, and it makes ends grow or mints."""
        if edge.credential >= 0 and edge.credential not in hand.taken_at:
            return False
        kind, a, b = edge.to
        if kind == "pair":
            return self.live((a, b), hand)
        held = hand.footholds.get(a)
        grows = node[0] == "pair" or hand.thief.dwell > 0
        return grows and held is not None and int(held.starts[0]) < hand.thief.observed_until

    def persists(self, pair: Pair, hand: Hand) -> bool:
        """Whether a pair is minted for ever and makes itself live again round a cycle that is all in hand."""
        node: Node = ("pair", *pair)
        instants = hand.minted[pair]
        if int(instants.ends[-1]) < NEVER or not self.on_cycle(node):
            return False
        return self.back_at(node, int(instants.starts[-1]), hand) is not None
