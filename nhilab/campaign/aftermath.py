"""What a response leaves of use: the state at the begin of the next incident (MODEL.md §7, from R on)."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from nhilab.base.estate import When
from nhilab.base.quantities import NEVER, IntArray
from nhilab.base.streams import derived_key, one_uniform
from nhilab.campaign.acts import Noticeable
from nhilab.campaign.deaths import Deaths, children_until
from nhilab.campaign.footholds import opened_pieces
from nhilab.campaign.hand import Pair
from nhilab.campaign.intervals import NOTHING, Intervals, common, joined, stretched
from nhilab.campaign.left import Left, Pieces
from nhilab.campaign.response import Ended
from nhilab.campaign.spread import Spread


class Aftermath:
    """One incident, cut by the response at an instant."""

    def __init__(self, spread: Spread, at: int, ended: Ended, evicted: frozenset[int], incident: int) -> None:
        self.spread, self.at, self.ended, self.evicted = spread, at, ended, evicted
        self.index, self.thief = spread.index, spread.thief
        self.evicts = -1 in evicted and bool((spread.left.signing.ends > at).any())
        self._key = derived_key(derived_key(self.thief.key, incident), 9)

    @cached_property
    def deaths(self) -> Deaths:
        """Ends of all credentials from now on."""
        if not self.ended.credentials:
            return self.spread.deaths
        return self.spread.deaths.sooner(self.index.ledger, self.ended.credentials)

    @cached_property
    def minted(self) -> dict[Pair, Intervals]:
        """When live pairs were minted before the response."""
        cut = {p: common(m, 0, self.at) for p, m in self.spread.minted.items() if self.spread.live(p)}
        return {pair: instants for pair, instants in cut.items() if len(instants.starts)}

    @cached_property
    def lost_pushes(self) -> int:
        """Pushes about the thief's children that do not arrive, a bit per layer."""
        chance = self.index.ledger.estate.layers.loss_probability
        return sum(1 << i for i, p in enumerate(chance.tolist()) if p > 0 and one_uniform(self._key ^ i, 0) < p)

    def children_until(self, pair: Pair) -> IntArray:
        """Until when each verifier takes children of a pair at most; `NEVER` for those not revoked."""
        if pair not in self.ended.children:
            return np.full(len(self.index.ledger.estate.verifiers), NEVER, np.int64)
        return children_until(self.index.ledger, pair[0], self.ended.children[pair], self.lost_pushes)

    def left(self) -> Left:
        """State at the begin of the next incident."""
        spread, old = self.spread, self.spread.left
        noticed = Noticeable(spread)
        early = {c: at for c, at in spread.taken_at.items() if at < self.at}
        children, grandchildren = self._descendants()
        return Left(
            since=self.at,
            deaths=self.deaths,
            footholds=self._footholds(),
            signed=old.signed,
            signing=NOTHING if -1 in self.evicted else common(old.signing, self.at, NEVER),
            taken_at=early,
            key_at={c: at for c, at in spread.key_at.items() if at < self.at},
            children=children,
            grandchildren=grandchildren,
            begun_units=old.begun_units | {u for u in spread.footholds if self._began(spread.foothold_on(u))},
            begun_pairs=old.begun_pairs | {p for p, m in self.minted.items() if self._began(m)},
            tried=old.tried | {c for c in early if noticed.first_try(c) < self.at},
            asked=old.asked | self.ended.asked,
        )

    def _began(self, instants: Intervals) -> bool:
        return len(instants.starts) > 0 and int(instants.starts[0]) < min(self.thief.observed_until, self.at)

    def _descendants(self) -> tuple[dict[tuple[Pair, int], Intervals], dict[Pair, Intervals]]:
        """What children minted so far are still good for."""
        old, thief, index = self.spread.left, self.thief, self.index
        used = {key: common(instants, self.at, NEVER) for key, instants in old.children.items()}
        mint = {key: common(instants, self.at, NEVER) for key, instants in old.grandchildren.items()}
        for pair, minted in self.minted.items():
            until = self.children_until(pair)
            for v in index.verifiers_of[pair[0]]:
                lifetime = index.lifetime(pair[1], v)
                if lifetime > thief.hop_time:
                    uses = stretched(minted, thief.awake_at, thief.hop_time, lifetime)
                    used[pair, v] = joined(used.get((pair, v), NOTHING), common(uses, self.at, int(until[v])))
            if index.mints_next[pair[1]] and index.ttl[pair[1]] > thief.hop_time:
                mints = stretched(minted, thief.awake_at, thief.hop_time, index.ttl[pair[1]])
                end = self.ended.children.get(pair, NEVER)
                mint[pair] = joined(mint.get(pair, NOTHING), common(mints, self.at, end))
        return (
            {key: i for key, i in used.items() if len(i.starts)},
            {key: i for key, i in mint.items() if len(i.starts)},
        )

    def _footholds(self) -> dict[int, Pieces]:
        """Footholds that go on, each piece with its own beginning so that a trap is told from a foothold."""
        found: dict[int, list[Pieces]] = {}
        for unit, pieces in self.spread.left.footholds.items():
            found.setdefault(unit, []).append(pieces)
        for (scope, verifier), instants in self.spread.used.items():
            opening, before = self.spread.opening(scope, verifier), common(instants, 0, self.at)
            if not len(before.starts):
                continue
            for when, places in ((When.NOW, opening.places_now), (When.NEXT_TASK, opening.places_next)):
                for place, _ in places:
                    dwell = self.thief.dwell
                    opened = opened_pieces(self.index, place, when=when, instants=before, dwell=dwell)
                    for unit, pieces in opened.items():
                        found.setdefault(unit, []).append(pieces)
        kept = {unit: self._going_on(unit, pieces) for unit, pieces in found.items()}
        return {unit: pieces for unit, pieces in kept.items() if len(pieces[0])}

    def _cleaned(self, unit: int) -> bool:
        """Whether responders clean a unit's place, or one around it."""
        place = self.index.units.place
        return any(int(place[u]) in self.evicted for u in (unit, *self.index.units_around(unit)))

    def _going_on(self, unit: int, pieces: list[Pieces]) -> Pieces:
        starts, ends = (np.concatenate(column) for column in zip(*pieces, strict=True))
        stays = ends > self.at
        cleaned = self._cleaned(unit)
        within = [q for q in self.index.inner_places[self.index.units.place[unit]] if self.index.units.size[q]]
        if (cleaned or self.evicted & set(within)) and len(self.spread.foothold_on(unit).starts):
            self.evicts |= bool((stays & (starts < self.at)).any())
        if cleaned:
            stays &= starts >= self.at
        return np.maximum(starts[stays], self.at), ends[stays]
