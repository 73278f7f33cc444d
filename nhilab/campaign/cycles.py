"""Minting cycles: what can mint itself again before it dies never dies."""

from __future__ import annotations

from collections import deque
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from nhilab.base.quantities import NEVER
from nhilab.campaign.index import ReplayIndex
from nhilab.campaign.intervals import Intervals, union

if TYPE_CHECKING:
    from nhilab.campaign.spread import Pair, Spread

Node = tuple[str, int, int]
"""("pair", scope, stage) or ("place", unit, 0)."""


class MintGraph:
    """Which pairs can mint which, for one hop time: the only way to live for ever is round a cycle of it."""

    def __init__(self, index: ReplayIndex, hop_time: int) -> None:
        self.index, self.hop_time = index, hop_time
        self.usable = cache(self._usable)
        self.next_nodes = cache(self._next_nodes)
        self.on_cycle = cache(self._on_cycle)
        order = np.argsort(index.copy_credential, kind="stable")
        self._copies, self._copy_credential = order, index.copy_credential[order]

    def copies_of(self, credential: int) -> list[int]:
        """Indexed copies of a credential."""
        low, high = np.searchsorted(self._copy_credential, [credential, credential + 1])
        return [int(copy) for copy in self._copies[low:high]]

    def _usable(self, pair: Pair) -> bool:
        """Whether children of a pair outlive a hop at some verifier of their scope."""
        scope, stage = pair
        return any(self.index.lifetime(stage, v) > self.hop_time for v in self.index.verifiers_of[scope])

    def _next_nodes(self, node: Node) -> list[tuple[Node, int]]:
        """Nodes a node makes live, each with the hops it takes (0 for attestation, else 1)."""
        kind, a, b = node
        index = self.index
        if kind == "place":
            accepted = index.attested_from.get(int(index.units.place[a]), ())
            return [(("pair", int(i), k), 0) for i in accepted for k in index.attested_stages]
        found: list[tuple[Node, int]] = []
        for verifier in index.verifiers_of[a]:
            if index.lifetime(b, verifier) > self.hop_time:
                opening = index.opening(a, verifier)
                found += [(("pair", i, index.last_stage), 1) for i in opening.identities]
                shared = [place for place, _ in opening.places_now if index.is_shared(place)]
                found += [(("place", int(index.units.first[place]), 0), 1) for place in shared]
        if index.mints_next[b] and index.ttl[b] > self.hop_time:
            found.append((("pair", a, b + 1), 1))
        return found

    def _on_cycle(self, pair: Pair) -> bool:
        """Whether a cycle of the whole graph goes through a pair."""
        start: Node = ("pair", *pair)
        seen, waiting = set[Node](), [node for node, _ in self.next_nodes(start)]
        while waiting:
            node = waiting.pop()
            if node == start:
                return True
            if node not in seen:
                seen.add(node)
                waiting += [n for n, _ in self.next_nodes(node)]
        return False

    def sustained(self, pair: Pair, instants: Intervals, spread: Spread) -> Intervals:
        """Minting instants of a live pair, made endless where a lap round a live cycle meets its own beginning.

        An interval [s, t) comes back after a lap of h hops as one from s + h·hop on that ends later than t by more
        than h·hop (each lifetime on the way exceeds a hop). If s + h·hop ≤ t the two join, and so do all later
        laps. After the ledger's last instant gaps between laps decide nothing, so there it is endless at once.
        """
        if not self.on_cycle(pair) or int(instants.ends[-1]) >= NEVER:
            return instants
        hops = self._shortest_lap(pair, spread)
        if hops is None:
            return instants
        lap = np.maximum(instants.starts, spread.thief.awake_at) + hops * self.hop_time
        last = max(self.index.last_instant, spread.thief.observed_until)
        endless = (lap <= instants.ends) | (instants.starts >= last)
        return union(instants.starts, np.where(endless, NEVER, instants.ends))

    def sustains(self, pair: Pair, spread: Spread) -> bool:
        """Whether a pair is minted for ever and mints itself again round a cycle that is all in hand."""
        endless = int(spread.minted[pair].ends[-1]) >= NEVER
        return endless and self.on_cycle(pair) and self._shortest_lap(pair, spread) is not None

    def _shortest_lap(self, pair: Pair, spread: Spread) -> int | None:
        """Fewest hops of a cycle through a pair on which every pair and place is in hand now."""
        start: Node = ("pair", *pair)
        best: dict[Node, int] = {}
        waiting: deque[tuple[Node, int]] = deque([(start, 0)])
        while waiting:
            node, hops = waiting.popleft()
            if node == start and hops:
                return hops
            for following, more in self.next_nodes(node):
                known = best.get(following, -1)
                if (known < 0 or hops + more < known) and (following == start or self._in_hand(following, spread)):
                    best[following] = hops + more
                    (waiting.append if more else waiting.appendleft)((following, hops + more))
        return None

    def _in_hand(self, node: Node, spread: Spread) -> bool:
        kind, a, b = node
        if kind == "pair":
            return spread.live((a, b))
        held = spread.footholds.get(a)
        return held is not None and int(held.starts[0]) < spread.thief.observed_until
