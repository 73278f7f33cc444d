"""What a thief has in hand so far."""

from __future__ import annotations

from collections.abc import Mapping

from nhilab.base.estate import When
from nhilab.base.quantities import NEVER
from nhilab.campaign.deaths import Deaths
from nhilab.campaign.footholds import opened_units
from nhilab.campaign.index import Opening, ReplayIndex
from nhilab.campaign.intervals import NOTHING, Intervals, common, intersection, joined, stretched
from nhilab.campaign.thief import Thief

Pair = tuple[int, int]


class Hand:
    """State of one campaign, or of one incident of it.

    Attributes
    ----------
    deaths : Deaths
        Ends of all credentials, as responses so far left them.
    footholds : dict of unit to Intervals
        Those of the entry and of openings; `foothold_on` adds what places around a unit give.
    taken_at : dict of credential to int, µs
        First instant a copy was met; brokered ones, which are within reach but never taken, included.
    key_at : dict of credential to int, µs
        First instant a copy beside which a credential's key lies was met; of all but bearer ones.
    kept : dict of copy (row of the index) to Intervals
        When a copy that holds a credential's key and the foothold on its unit coincide.
    minted : dict of (scope, stage) to Intervals
        Minting instants, of pairs that are in hand and of pairs that are not yet (first instant after E).
    used : dict of (scope, verifier) to Intervals
        When something in hand is accepted there.
    networks : dict of network to Intervals
        When the thief stands in a network.
    children, grandchildren : mapping
        What earlier incidents minted, still of use: by (pair, verifier), and by pair what it mints of the next stage.
    begun_units, begun_pairs : set
        What had an instant before E in an earlier incident.
    """

    def __init__(self, index: ReplayIndex, thief: Thief, deaths: Deaths) -> None:
        self.index, self.thief, self.deaths = index, thief, deaths
        self.footholds: dict[int, Intervals] = {}
        self.taken_at: dict[int, int] = {}
        self.key_at: dict[int, int] = {}
        self.kept: dict[int, Intervals] = {}
        self.minted: dict[Pair, Intervals] = {}
        self.used: dict[Pair, Intervals] = {}
        self.networks: dict[str, Intervals] = {}
        self.children: Mapping[tuple[Pair, int], Intervals] = {}
        self.grandchildren: Mapping[Pair, Intervals] = {}
        self.begun_units: set[int] = set()
        self.begun_pairs: set[Pair] = set()
        self._openings: dict[Pair, Opening] = {}

    def before_end(self, instants: Intervals) -> bool:
        """Whether a set has an instant before E."""
        return len(instants.starts) > 0 and int(instants.starts[0]) < self.thief.observed_until

    def live(self, pair: Pair) -> bool:
        """Whether a pair is in hand: minted before E, and its children outlive a hop somewhere."""
        instants = self.minted.get(pair, NOTHING)
        begun = self.before_end(instants) or (len(instants.starts) > 0 and pair in self.begun_pairs)
        return begun and self.outlives_hop(pair)

    def outlives_hop(self, pair: Pair) -> bool:
        """Whether children of a pair outlive a hop at some verifier of their scope."""
        scope, stage = pair
        return any(self.index.lifetime(stage, v) > self.thief.hop_time for v in self.index.verifiers_of[scope])

    def foothold_on(self, unit: int) -> Intervals:
        """Rule 1: when the thief holds a unit or a place around it; nothing unless some of it is before E."""
        held, begun = NOTHING, False
        for around in (*reversed(self.index.units_around(unit)), unit):
            held = joined(held, self.footholds.get(around, NOTHING))
            begun = begun or around in self.begun_units or self.before_end(held)
            if not begun:
                held = NOTHING
        return held

    def held_within(self, unit: int) -> list[int]:
        """Units with a foothold of their own that lie inside a unit's place."""
        if not self.index.inner_places[self.index.units.place[unit]]:
            return []
        return [inner for inner in self.footholds if unit in self.index.units_around(inner)]

    def opened_place(self, place: int, when: When, instants: Intervals) -> dict[int, Intervals]:
        """Footholds on a place's units that performing an opener during `instants` gives (rule 5)."""
        return opened_units(self.index, place, when=when, instants=instants, dwell=self.thief.dwell)

    def opening(self, scope: int, verifier: int) -> Opening:
        """What a scope's permissions behind a verifier open, as far as the thief may perform them."""
        if self.thief.allowed is None:
            return self.index.opening(scope, verifier)
        if (scope, verifier) not in self._openings:
            self._openings[scope, verifier] = self.index.opening_of(scope, verifier, self.thief.allowed)
        return self._openings[scope, verifier]

    def is_free(self, credential: int) -> bool:
        """Whether a credential in hand is used anywhere, not only where a copy is at hand."""
        if self.thief.inside:
            return False
        if self.index.bearer[credential]:
            return True
        return self.thief.takes_keys and bool(self.index.exportable[credential]) and credential in self.key_at

    def usable_from(self, credential: int) -> int:
        """Rule 3: first instant at which a credential in hand can be used, if it is accepted and at hand."""
        bearer = self.index.bearer[credential]
        since = self.taken_at[credential] if bearer else self.key_at.get(credential, NEVER)
        return min(max(since, self.thief.awake_at) + self.thief.hop_time, NEVER)

    def usable_where_kept(self, credential: int, start: int, end: int) -> Intervals:
        """The part of [start, end) in which a copy with the key of a credential is at hand."""
        instants = NOTHING
        for copy in self.index.copies_of(credential):
            if copy in self.kept:
                instants = joined(instants, common(self.kept[copy], start, end))
        return instants

    def in_network(self, verifier: int, instants: Intervals) -> Intervals:
        """The part of a set in which the thief stands in the network that a verifier accepts."""
        network = self.index.network_of[verifier]
        return intersection(instants, self.networks.get(network, NOTHING)) if network else instants

    def stands_for_ever_from(self, verifier: int) -> int:
        """From when on the thief stands for ever where a verifier accepts him; `NEVER` if not, 0 if it does not ask."""
        if verifier < 0 or not self.index.network_of[verifier]:
            return 0
        held = self.networks.get(self.index.network_of[verifier], NOTHING)
        return int(held.starts[-1]) if len(held.ends) and int(held.ends[-1]) >= NEVER else NEVER

    def children_anywhere(self, pair: Pair, verifier: int) -> Intervals:
        """Rule 7: when children of a pair, those of earlier incidents too, are accepted from the right network."""
        old = self.children.get((pair, verifier), NOTHING)
        lifetime, thief = self.index.lifetime(pair[1], verifier), self.thief
        if lifetime > thief.hop_time and pair in self.minted:
            return joined(old, stretched(self.minted[pair], thief.awake_at, thief.hop_time, lifetime))
        return old

    def children_used(self, pair: Pair, verifier: int) -> Intervals:
        """When children of a pair are accepted by a verifier from where the thief stands."""
        return self.in_network(verifier, self.children_anywhere(pair, verifier))

    def children_mint(self, pair: Pair) -> Intervals:
        """Rule 9: when children of a pair mint the next stage."""
        old, ttl, thief = self.grandchildren.get(pair, NOTHING), self.index.ttl[pair[1]], self.thief
        if self.index.mints_next[pair[1]] and ttl > thief.hop_time and pair in self.minted:
            return joined(old, stretched(self.minted[pair], thief.awake_at, thief.hop_time, ttl))
        return old
