"""One campaign's least fixpoint: footholds, takings, uses, openings and mintings feed each other (MODEL.md §7)."""

from __future__ import annotations

import numpy as np

from nhilab.base.estate import When
from nhilab.base.quantities import NEVER, BoolArray, IntArray
from nhilab.campaign.cycles import MintGraph
from nhilab.campaign.footholds import attested, attested_at
from nhilab.campaign.hand import Hand, Pair
from nhilab.campaign.index import ReplayIndex
from nhilab.campaign.intervals import NOTHING, Intervals, common, joined, union
from nhilab.campaign.left import Left
from nhilab.campaign.thief import Thief


class Spread(Hand):
    """The fixpoint under way: what is in hand, and what changed since it was last followed up.

    Attributes
    ----------
    left : Left
        What the entry, or earlier incidents, left to begin with.
    """

    def __init__(self, index: ReplayIndex, graph: MintGraph, thief: Thief, left: Left) -> None:
        super().__init__(index, thief, left.deaths)
        self.graph, self.left = graph, left
        self.taken_at, self.key_at = dict(left.taken_at), dict(left.key_at)
        self.begun_units, self.begun_pairs = left.begun_units, left.begun_pairs
        self.children, self.grandchildren = left.children, left.grandchildren
        self._changed_units: set[int] = set()
        self._changed_pairs: set[Pair] = set()
        self._changed_uses: set[Pair] = set()
        self._wherever: dict[Pair, Intervals] = {}

    def run(self) -> Spread:
        """Apply all rules until nothing changes."""
        left = self.left
        self.add_footholds({unit: union(*pieces) for unit, pieces in left.footholds.items()})
        for pair in left.signed:
            self.add_minting(pair, left.signing)
        if self.taken_at:
            self._use_taken(np.array(sorted(self.taken_at), np.int64))
        for (pair, verifier), instants in left.children.items():
            self.add_use(pair[0], verifier, instants)
        for (scope, stage), instants in left.grandchildren.items():
            self.add_minting((scope, stage + 1), instants)
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

    def add_footholds(self, more: dict[int, Intervals]) -> None:
        """Rules 1 and 5: footholds on units; those that begin after E alone stay unused."""
        for unit, instants in more.items():
            old = self.footholds.get(unit, NOTHING)
            new = self._bounded(joined(old, instants))
            if not new.same(old):
                self.footholds[unit] = new
                for changed in (unit, *self.held_within(unit)):
                    self._follow_up(changed)

    def _follow_up(self, unit: int) -> None:
        """A foothold that grew, or counts now that a place around it is held before E."""
        if len(self.foothold_on(unit).starts):
            place = int(self.index.units.place[unit])
            if self.index.is_shared(place):
                self.footholds[unit] = self.graph.sustained(("place", unit, 0), self.footholds[unit], self)
            self._changed_units.add(unit)
            for network in self.index.networks[place]:
                self._stand_in(network, self.foothold_on(unit))

    def _stand_in(self, network: str, instants: Intervals) -> None:
        """The thief stands in a network longer: what its verifiers accept there is of use longer."""
        old = self.networks.get(network, NOTHING)
        self.networks[network] = joined(old, instants)
        if not self.networks[network].same(old):
            for scope, verifier in list(self._wherever):
                if self.index.network_of[verifier] == network:
                    self.add_use(scope, verifier, NOTHING)

    def _bounded(self, instants: Intervals) -> Intervals:
        """A set that grew past every end it could have is endless (laps through networks are walked one by one).

        A hijacked agent's sets end with it.

        Past the last instant of the ledger each end is another one plus a lifetime or a dwell; if nothing comes
        twice that is at most the sum of all gains, counted once more for each network whose end may cut a lap. What
        comes twice with a later end does so again.
        """
        if self.thief.inside:
            return common(instants, 0, self.thief.inside_until)
        if not self.index.asks_networks or not len(instants.ends):
            return instants
        thief, index = self.thief, self.index
        gains = len(self.footholds) * max(thief.dwell, 1)
        for _, stage in self.minted:
            lives = [index.lifetime(stage, v) for v in range(len(index.leeway))]
            gains += max((life for life in lives if life < NEVER), default=0)
        ends = [index.last_instant, thief.observed_until, thief.awake_at + thief.hop_time, *self.left.ends()]
        bound = max(end for end in ends if end < NEVER) + 2 * gains * (1 + index.asks_networks)
        return Intervals(instants.starts, np.where(instants.ends > bound, NEVER, instants.ends))

    def add_minting(self, pair: Pair, instants: Intervals) -> None:
        """Rules 6, 8 and 9: minting instants of a pair; a cycle that sustains itself never ends."""
        if not len(instants.starts):
            return
        old = self.minted.get(pair, NOTHING)
        new = self._bounded(joined(old, instants))
        if not new.same(old):
            self.minted[pair] = new
            if self.live(pair):
                self.minted[pair] = self.graph.sustained(("pair", *pair), new, self)
                self._changed_pairs.add(pair)

    def add_use(self, scope: int, verifier: int, instants: Intervals) -> None:
        """Rule 4: something with this scope is accepted by this verifier, where the thief stands."""
        key = scope, verifier
        if self.index.network_of[verifier]:
            self._wherever[key] = joined(self._wherever.get(key, NOTHING), instants)
            instants = self.in_network(verifier, self._wherever[key])
        old = self.used.get(key, NOTHING)
        new = joined(old, instants)
        if not new.same(old):
            self.used[key] = new
            self._changed_uses.add(key)

    def take_from(self, unit: int, instants: Intervals) -> None:
        """Take what lies in a unit, and nothing that follows from it."""
        self.add_footholds({unit: instants})
        self._take({unit})

    def _take(self, units: set[int]) -> None:
        """Rule 2: footholds on changed units meet the copies there."""
        held = [(u, s, e) for u in sorted(units) for s, e in zip(*self.footholds[u], strict=True)]
        unit, start, end = (np.array(c, np.int64) for c in zip(*held, strict=True))
        row, copy = self.index.overlapping(unit, start, end)
        first = np.maximum(self.index.copy_from[copy], start[row])
        until = np.minimum(self.index.copy_ends(copy, self.deaths), end[row])
        self._take_copies(copy, first, until)

    def _take_copies(self, copy: IntArray, first: IntArray, until: IntArray) -> None:
        lies = first < until
        copy, first, until = copy[lies], first[lies], until[lies]
        credential = self.index.copy_credential[copy]
        early = first < self.thief.observed_until
        improved: set[int] = set()
        for c, at in zip(credential[early].tolist(), first[early].tolist(), strict=True):
            if at < self.taken_at.get(c, NEVER):
                self.taken_at[c] = at
                improved.add(c)
        bound = self.index.copy_binds[copy] | (self.thief.inside & self.index.copy_has_key[copy])
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
        index, credentials, deaths = self.index, self.index.ledger.credentials, self.deaths
        start = np.array([max(self.usable_from(c), self.left.since) for c in taken.tolist()], np.int64)
        scope, stage = credentials.scope[taken], credentials.stage[taken]
        free = index.bearer[taken]
        if self.key_at or self.thief.inside:
            free = np.array([self.is_free(c) for c in taken.tolist()], np.bool_)
        for s in np.unique(scope).tolist():
            mine = scope == s
            for verifier in index.verifiers_of[s]:
                self._add_usable(taken, start, deaths.accept_until[taken, verifier], mine, free, (s, verifier), True)
            for k in np.unique(stage[mine]).tolist():
                if k >= 0 and index.mints_next[k]:
                    these = mine & (stage == k)
                    self._add_usable(taken, start, deaths.issuer_until[taken], these, free, (s, k + 1), False)

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
        for verifier in self.index.verifiers_of[scope]:
            self.add_use(scope, verifier, self.children_anywhere(pair, verifier))
        if self.index.mints_next[stage]:
            self.add_minting((scope, stage + 1), self.children_mint(pair))

    def _open(self, scope: int, verifier: int) -> None:
        """Rules 5 and 6: what performing a scope's permissions opens."""
        opening, instants = self.opening(scope, verifier), self.used[scope, verifier]
        for pair, _ in opening.pairs:
            self.add_minting(pair, instants)
        for place, _ in opening.places_now:
            self.add_footholds(self.opened_place(place, When.NOW, instants))
        for place, _ in opening.places_next:
            self.add_footholds(self.opened_place(place, When.NEXT_TASK, instants))
