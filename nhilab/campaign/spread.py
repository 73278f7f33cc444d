"""One campaign's least fixpoint: footholds, takings, uses, openings and mintings feed each other (MODEL.md §7)."""

from __future__ import annotations

import numpy as np

from nhilab.base.estate import When
from nhilab.base.quantities import NEVER, BoolArray, IntArray
from nhilab.campaign.cycles import MintGraph
from nhilab.campaign.footholds import attested, attested_at, opened_units
from nhilab.campaign.hand import Hand, Pair, Thief
from nhilab.campaign.index import ReplayIndex
from nhilab.campaign.intervals import NOTHING, Intervals, common, joined, one, stretched, union


class Spread(Hand):
    """The fixpoint under way: what is in hand, and what changed since it was last followed up."""

    def __init__(self, index: ReplayIndex, graph: MintGraph, thief: Thief) -> None:
        super().__init__(index, thief)
        self.graph = graph
        self._changed_units: set[int] = set()
        self._changed_pairs: set[Pair] = set()
        self._changed_uses: set[Pair] = set()

    def run(self) -> Spread:
        """Apply all rules until nothing changes."""
        thief = self.thief
        if thief.copy >= 0:
            self._take_leak(thief.copy)
        else:
            self.add_footholds({thief.unit: one(thief.entered_at, thief.entered_at + max(thief.dwell, 1))})
        while self._changed_units or self._changed_pairs or self._changed_uses:
            units, self._changed_units = self._changed_units, set()
            if units:
                self._take(units)
                self._attest(units)
            pairs, self._changed_pairs = self._changed_pairs, set()
            for pair in sorted(pairs):
                self._use_minted(pair)
            uses, self._changed_uses = self._changed_uses, set()
            for scope, verifier in sorted(uses):
                self._open(scope, verifier)
        return self

    def live(self, pair: Pair) -> bool:
        """Whether a pair is in hand."""
        return self.graph.live(pair, self)

    def add_footholds(self, more: dict[int, Intervals]) -> None:
        """Rules 1 and 5: footholds on units; those that begin after E alone stay unused."""
        for unit, instants in more.items():
            old = self.footholds.get(unit, NOTHING)
            new = joined(old, instants)
            if not new.same(old):
                self.footholds[unit] = new
                for changed in (unit, *self.held_within(unit)):
                    self._follow_up(changed)

    def _follow_up(self, unit: int) -> None:
        """A foothold that grew, or counts now that a place around it is held before E."""
        if len(self.foothold_on(unit).starts):
            if self.index.is_shared(int(self.index.units.place[unit])):
                self.footholds[unit] = self.graph.sustained(("place", unit, 0), self.footholds[unit], self)
            self._changed_units.add(unit)

    def held_within(self, unit: int) -> list[int]:
        """Units with a foothold of their own that lie inside a unit's place."""
        if not self.index.inner_places[self.index.units.place[unit]]:
            return []
        return [inner for inner in self.footholds if unit in self.index.units_around(inner)]

    def add_minting(self, pair: Pair, instants: Intervals) -> None:
        """Rules 6, 8 and 9: minting instants of a pair; a cycle that sustains itself never ends."""
        if not len(instants.starts):
            return
        old = self.minted.get(pair, NOTHING)
        new = joined(old, instants)
        if not new.same(old):
            self.minted[pair] = new
            if self.live(pair):
                self.minted[pair] = self.graph.sustained(("pair", *pair), new, self)
                self._changed_pairs.add(pair)

    def add_use(self, scope: int, verifier: int, instants: Intervals) -> None:
        """Rule 4: something with this scope is accepted by this verifier."""
        old = self.used.get((scope, verifier), NOTHING)
        new = joined(old, instants)
        if not new.same(old):
            self.used[scope, verifier] = new
            self._changed_uses.add((scope, verifier))

    def _take_leak(self, copy: int) -> None:
        """A leaked copy is read without any foothold and holds no key, so only a bearer credential is of use."""
        index, at = self.index, self.thief.entered_at
        rows = np.flatnonzero(index.copy_row == copy)
        if len(rows) and index.copy_from[rows[0]] <= at < index.copy_end[rows[0]] and self.thief.follow_up > 0:
            credential = int(index.copy_credential[rows[0]])
            self.taken_at[credential] = at
            self._use_taken(np.array([credential], np.int64))

    def _take(self, units: set[int]) -> None:
        """Rule 2: footholds on changed units meet the copies there."""
        held = [(u, s, e) for u in sorted(units) for s, e in zip(*self.footholds[u], strict=True)]
        unit, start, end = (np.array(c, np.int64) for c in zip(*held, strict=True))
        row, copy = self.index.overlapping(unit, start, end)
        first = np.maximum(self.index.copy_from[copy], start[row])
        until = np.minimum(self.index.copy_end[copy], end[row])
        self._take_copies(copy, first, until)

    def _take_copies(self, copy: IntArray, first: IntArray, until: IntArray) -> None:
        credential = self.index.copy_credential[copy]
        early = first < self.thief.observed_until
        improved: set[int] = set()
        for c, at in zip(credential[early].tolist(), first[early].tolist(), strict=True):
            if at < self.taken_at.get(c, NEVER):
                self.taken_at[c] = at
                improved.add(c)
        bound = self.index.copy_binds[copy]
        if bound.any():
            with_key = bound & early & ~self.index.bearer[credential]
            improved |= self._note_keys(credential[with_key].tolist(), first[with_key].tolist())
            improved = self._keep(copy[bound], first[bound], until[bound], improved)
        if improved:
            self._use_taken(np.array(sorted(improved), np.int64))

    def _note_keys(self, credentials: list[int], instants: list[int]) -> set[int]:
        """When keys were first met beside copies of credentials; the credentials this changes."""
        improved = set[int]()
        for c, at in zip(credentials, instants, strict=True):
            if at < self.key_at.get(c, NEVER):
                self.key_at[c] = at
                improved.add(c)
        return improved

    def _keep(self, copy: IntArray, first: IntArray, until: IntArray, improved: set[int]) -> set[int]:
        """Note when copies with the key of their credential are at hand; the credentials this changes."""
        for k in np.unique(copy).tolist():
            mine = copy == k
            old = self.kept.get(k, NOTHING)
            new = joined(old, union(first[mine], until[mine]))
            if not new.same(old):
                self.kept[k] = new
                improved.add(int(self.index.copy_credential[k]))
        return {c for c in improved if c in self.taken_at}

    def _use_taken(self, taken: IntArray) -> None:
        """Rule 3 and the first half of rule 9, for credentials just taken."""
        index, credentials = self.index, self.index.ledger.credentials
        start = np.array([self.usable_from(c) for c in taken.tolist()], np.int64)
        scope, stage = credentials.scope[taken], credentials.stage[taken]
        free = index.bearer[taken]
        if self.key_at:
            free = np.array([self.is_free(c) for c in taken.tolist()], np.bool_)
        for s in np.unique(scope).tolist():
            mine = scope == s
            for verifier in index.verifiers_of[s]:
                self._add_usable(taken, start, index.accept_until[taken, verifier], mine, free, (s, verifier), True)
            for k in np.unique(stage[mine]).tolist():
                if k >= 0 and index.mints_next[k]:
                    these = mine & (stage == k)
                    self._add_usable(taken, start, index.issuer_until[taken], these, free, (s, k + 1), False)

    def _add_usable(
        self, taken: IntArray, start: IntArray, end: IntArray, mine: BoolArray, free: BoolArray, target: Pair, use: bool
    ) -> None:
        bearer = mine & free
        instants = union(start[bearer], end[bearer])
        for row in np.flatnonzero(mine & ~free).tolist():
            instants = joined(instants, self.usable_where_kept(int(taken[row]), int(start[row]), int(end[row])))
        if use and len(instants.starts):
            self.add_use(*target, instants)
        elif not use:
            self.add_minting(target, instants)

    def usable_where_kept(self, credential: int, start: int, end: int) -> Intervals:
        """The part of [start, end) in which a copy with the key of a credential is at hand."""
        instants = NOTHING
        for copy in self.graph.copies_of(credential):
            if copy in self.kept:
                instants = joined(instants, common(self.kept[copy], start, end))
        return instants

    def _attest(self, units: set[int]) -> None:
        """Rule 8: footholds mint the attested stages of their unit."""
        for unit in sorted(units):
            foothold, place = self.footholds[unit], int(self.index.units.place[unit])
            inside = [found for inner in self.index.inner_places[place]
                      for found in attested_at(self.index, inner, foothold)]  # fmt: skip
            for identity, instants in attested(self.index, unit, foothold) + inside:
                for stage in self.index.attested_stages[identity]:
                    self.add_minting((identity, stage), instants)

    def _use_minted(self, pair: Pair) -> None:
        """Rules 7 and 9: children in hand are used, and mint the next stage."""
        scope, stage = pair
        index, thief, instants = self.index, self.thief, self.minted[pair]
        for verifier in index.verifiers_of[scope]:
            lifetime = index.lifetime(stage, verifier)
            if lifetime > thief.hop_time:
                self.add_use(scope, verifier, stretched(instants, thief.awake_at, thief.hop_time, lifetime))
        if index.mints_next[stage] and index.ttl[stage] > thief.hop_time:
            next_stage = stretched(instants, thief.awake_at, thief.hop_time, index.ttl[stage])
            self.add_minting((scope, stage + 1), next_stage)

    def _open(self, scope: int, verifier: int) -> None:
        """Rules 5 and 6: what performing a scope's permissions opens."""
        opening, instants = self.index.opening(scope, verifier), self.used[scope, verifier]
        for pair, _ in self.index.impersonated(scope, verifier):
            self.add_minting(pair, instants)
        for place, _ in opening.places_now:
            self.add_footholds(self.opened_place(place, When.NOW, instants))
        for place, _ in opening.places_next:
            self.add_footholds(self.opened_place(place, When.NEXT_TASK, instants))

    def opened_place(self, place: int, when: When, instants: Intervals) -> dict[int, Intervals]:
        """Footholds on a place's units that performing an opener during `instants` gives (rule 5)."""
        return opened_units(self.index, place, when=when, instants=instants, dwell=self.thief.dwell)
