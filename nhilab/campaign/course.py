"""A whole campaign: incident after incident, each ended by a response, put together at the end (MODEL.md §7)."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TypeVar

from nhilab.base.quantities import NEVER
from nhilab.base.streams import derived_key, one_uniform
from nhilab.campaign.aftermath import Aftermath
from nhilab.campaign.alarms import Answer, Watch
from nhilab.campaign.cycles import MintGraph
from nhilab.campaign.hand import Hand, Pair
from nhilab.campaign.index import ReplayIndex
from nhilab.campaign.intervals import NOTHING, Intervals, common, joined, one
from nhilab.campaign.left import Left
from nhilab.campaign.response import Ended, Revocation
from nhilab.campaign.spread import Spread
from nhilab.campaign.thief import Thief

Key = TypeVar("Key")

SIGNING_KEY = -1
"""Place of a stolen signing key, as evictions count places."""


@dataclass(frozen=True)
class Incident:
    """One incident: what the thief had, and the response that ended it."""

    spread: Spread
    answer: Answer | None
    ended: Ended
    evicted: frozenset[int]
    aftermath: Aftermath | None

    @property
    def until(self) -> int:
        """Its end, the response; `NEVER` of the last one."""
        return self.answer.responded_at if self.answer else NEVER


class Course(Hand):
    """A finished campaign, all incidents put together.

    Attributes
    ----------
    incidents : list of Incident
    last : Spread
        What the thief had at last.
    entry_until : int, µs
        End of the entry's foothold.
    """

    def __init__(self, incidents: list[Incident]) -> None:
        self.incidents, self.last = incidents, incidents[-1].spread
        super().__init__(self.last.index, self.last.thief, self.last.deaths)
        self.graph = self.last.graph
        self.taken_at, self.key_at = self.last.taken_at, self.last.key_at
        self.entry_until = self._entry_until()
        self._children_used: dict[tuple[Pair, int], Intervals] = {}
        self._children_mint: dict[Pair, Intervals] = {}
        for incident in incidents:
            self._add(incident.spread, min(incident.until, self.thief.inside_until))

    def _entry_until(self) -> int:
        until, place, unit = self.thief.entry_until, self.index.units.place, self.thief.unit
        around = {-1} if unit < 0 else {int(place[u]) for u in (unit, *self.index.units_around(unit))}
        ends = [i.until for i in self.incidents if around & i.evicted and i.until < until]
        return min(ends, default=until)

    def _add(self, spread: Spread, until: int) -> None:
        """The part of an incident before its end."""
        if len(self.incidents) == 1 and until >= NEVER:  # nothing is cut: share what was computed
            self.footholds, self.minted, self.used, self.kept = (
                spread.footholds, spread.minted, spread.used, spread.kept,
            )  # fmt: skip
            self.networks = spread.networks
            return
        _join(self.footholds, spread.footholds, until)
        _join(self.minted, {pair: m for pair, m in spread.minted.items() if spread.live(pair)}, until)
        _join(self.used, spread.used, until)
        _join(self.kept, spread.kept, until)
        _join(self.networks, spread.networks, until)
        for pair in {*(p for p in spread.minted if spread.live(p)), *(p for p, _ in spread.left.children)}:
            uses = {(pair, v): spread.children_used(pair, v) for v in self.index.verifiers_of[pair[0]]}
            _join(self._children_used, uses, until)
        for pair in {*(p for p in spread.minted if spread.live(p)), *spread.left.grandchildren}:
            _join(self._children_mint, {pair: spread.children_mint(pair)}, until)

    def entry_alone(self) -> Spread:
        """What the entry's own foothold or gift has in hand, spread no further."""
        first, thief = self.incidents[0].spread, self.thief
        alone = Spread(
            self.index, first.graph, thief, dataclasses.replace(first.left, deaths=self.deaths, footholds={})
        )
        if thief.unit >= 0:
            alone.take_from(thief.unit, one(thief.entered_at, self.entry_until))
        return alone

    def signed(self) -> tuple[Pair, ...]:
        """Pairs that a stolen signing key mints."""
        return self.last.left.signed

    def children_used(self, pair: Pair, verifier: int) -> Intervals:
        """When children of a pair are accepted by a verifier from where the thief stands."""
        if self._children_used:
            return self._children_used.get((pair, verifier), NOTHING)
        return super().children_used(pair, verifier)

    def children_mint(self, pair: Pair) -> Intervals:
        """When children of a pair mint the next stage."""
        return self._children_mint.get(pair, NOTHING) if self._children_used else super().children_mint(pair)


def _join(whole: dict[Key, Intervals], part: dict[Key, Intervals], until: int) -> None:
    for key, instants in part.items():
        cut = common(instants, 0, until)
        if len(cut.starts):
            whole[key] = joined(whole.get(key, NOTHING), cut)


class Chase:
    """Follows thieves and those who hunt them, on one ledger."""

    def __init__(self, index: ReplayIndex, graph: MintGraph, watch: Watch | None) -> None:
        self.index, self.graph, self.watch = index, graph, watch
        self.revocation = Revocation(index)

    def follow(self, thief: Thief, left: Left) -> Course:
        """A campaign from its entry to its end."""
        incidents: list[Incident] = []
        while True:
            spread = Spread(self.index, self.graph, thief, left).run()
            answer = self._answer(spread, len(incidents))
            if answer is None:
                incidents.append(Incident(spread, None, Ended(), frozenset(), None))
                return Course(incidents)
            ended = self.revocation.end(spread, answer.responded_at)
            evicted = self._evicted(thief.key, len(incidents))
            aftermath = Aftermath(spread, answer.responded_at, ended, evicted, len(incidents))
            incidents.append(Incident(spread, answer, ended, evicted, aftermath))
            left = aftermath.left()

    def _answer(self, spread: Spread, incident: int) -> Answer | None:
        if self.watch is None or incident >= self.watch.detection.max_responses:
            return None
        return self.watch.first_answer(spread, incident)

    def _evicted(self, key: int, incident: int) -> frozenset[int]:
        """Places whose footholds a response ends."""
        if self.watch is None or self.watch.detection.eviction_probability == 0:
            return frozenset()
        base = derived_key(derived_key(key, incident), 8)
        places = range(SIGNING_KEY, len(self.index.ledger.estate.places))
        mask = (1 << 64) - 1
        chance = self.watch.detection.eviction_probability
        return frozenset(p for p in places if one_uniform(base ^ (p & mask), 0) < chance)
