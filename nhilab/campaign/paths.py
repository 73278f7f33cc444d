"""By which path each thing fell: hop counts and predecessors, read off a finished fixpoint (MODEL.md §7).

Levels of openings: what the entry gave is level 0; what performing an operation opened from level h is level h + 1.
Each thing's predecessor yields it at its earliest instant, from the lowest level that does.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from nhilab.base.estate import When
from nhilab.base.quantities import NEVER
from nhilab.campaign.course import Course
from nhilab.campaign.footholds import attested
from nhilab.campaign.hand import Pair
from nhilab.campaign.intervals import NOTHING, Intervals, joined, one
from nhilab.campaign.nested import worth_entering
from nhilab.ledger.compromises import StepKind


class Step(NamedTuple):
    """One row of the steps table, without its campaign; `previous` is a position in the same list."""

    kind: StepKind
    at: int
    unit: int
    credential: int
    scope: int
    stage: int
    permission: int
    n_hops: int
    previous: int


class Item(NamedTuple):
    """Something in hand, where it stands in the steps, and its use: intervals per verifier."""

    step: int
    scope: int
    stage: int
    used: dict[int, Intervals]


class Paths:
    """Steps of one campaign, level by level.

    Attributes
    ----------
    steps : list of Step
    performs : list of (step, scope, verifier, first instant)
        Everything in hand that is accepted somewhere, from the lowest level up.
    """

    def __init__(self, spread: Course) -> None:
        self.spread, self.index = spread, spread.index
        self.steps: list[Step] = []
        self.performs: list[tuple[int, int, int, int]] = []
        self._unit_step: dict[int, int] = {}
        self._taken_step: dict[int, int] = {}
        self._pair_step: dict[Pair, int] = {}

    def trace(self) -> Paths:
        """Find all steps."""
        thief = self.spread.thief
        units: list[int] = []
        if thief.copy >= 0 or thief.held >= 0:
            first = int(self.index.ledger.copies.credential[thief.copy]) if thief.copy >= 0 else thief.held
            items = [self._took(first, thief.entered_at, 0, -1)]
        elif thief.signer >= 0:
            items = [self._minted(pair, 0, -1, -1) for pair in self.spread.signed() if self.spread.live(pair)]
        else:
            items, units = [], [thief.unit]
            self._unit_step[thief.unit] = self._add(StepKind.FOOTHOLD, thief.entered_at, unit=thief.unit)
        hops = 0
        while items or units:
            items += self._from_units(units, hops)
            items = self._next_stages(items, hops)
            for item in items:
                self.performs += [
                    (item.step, item.scope, v, int(use.starts[0])) for v, use in item.used.items() if len(use.starts)
                ]
            hops += 1
            units, items = self._opened(items, hops)
        return self

    def _add(
        self, kind: StepKind, at: int, *, unit: int = -1, credential: int = -1, pair: Pair = (-1, -1),
        permission: int = -1, hops: int = 0, previous: int = -1,
    ) -> int:  # fmt: skip
        self.steps.append(Step(kind, at, unit, credential, *pair, permission, hops, previous))
        return len(self.steps) - 1

    def _took(self, credential: int, at: int, hops: int, previous: int) -> Item:
        credentials = self.index.ledger.credentials
        scope, stage = int(credentials.scope[credential]), int(credentials.stage[credential])
        step = self._add(StepKind.TAKEN, at, credential=credential, pair=(scope, stage), hops=hops, previous=previous)
        self._taken_step[credential] = step
        ends = self.spread.deaths.accept_until[credential]
        used = {v: self.spread.in_network(v, self._usable(credential, int(ends[v])))
                for v in self.index.verifiers_of[scope]}  # fmt: skip
        return Item(step, scope, stage, used)

    def _usable(self, credential: int, end: int) -> Intervals:
        """When a taken credential is usable towards something that accepts it until `end`."""
        start, end = self.spread.usable_from(credential), min(end, self.spread.thief.inside_until)
        if not self.spread.is_free(credential):
            return self.spread.usable_where_kept(credential, start, end)
        return one(start, end) if start < end else NOTHING

    def _minted(self, pair: Pair, hops: int, permission: int, previous: int) -> Item:
        scope, stage = pair
        instants = self.spread.minted[pair]
        step = self._add(
            StepKind.MINTED, int(instants.starts[0]), pair=pair, permission=permission, hops=hops, previous=previous
        )
        self._pair_step[pair] = step
        used = {v: self.spread.children_used(pair, v) for v in self.index.verifiers_of[scope]}
        return Item(step, scope, stage, used)

    def _from_units(self, units: list[int], hops: int) -> list[Item]:
        """What footholds on these units gave at its earliest instant: credentials, attested pairs."""
        spread, index, items = self.spread, self.index, list[Item]()
        waiting = sorted(units)
        for unit in waiting:
            foothold = spread.foothold_on(unit)
            waiting += self._enter_inside(unit, foothold)
            row, copy = index.overlapping(np.full(len(foothold.starts), unit), foothold.starts, foothold.ends)
            mine = index.copy_own_unit[copy] == unit
            row, copy = row[mine], copy[mine]
            first = np.maximum(index.copy_from[copy], foothold.starts[row])
            for c, at in zip(index.copy_credential[copy].tolist(), first.tolist(), strict=True):
                if c not in self._taken_step and spread.taken_at.get(c, NEVER) == at:
                    items.append(self._took(c, at, hops, self._unit_step[unit]))
            minted = attested(index, unit, foothold)
            for pair, instants in [((i, k), held) for i, held in minted for k in index.attested_stages[i]]:
                if pair not in self._pair_step and spread.live(pair) and self._begins(pair, instants):
                    items.append(self._minted(pair, hops, -1, self._unit_step[unit]))
        return items

    def _enter_inside(self, unit: int, foothold: Intervals) -> list[int]:
        """Units inside a place that fall with it, as far as something is found there; each a step of its own."""
        place = int(self.index.units.place[unit])
        if not self.index.inner_places[place]:
            return []
        at, found = int(foothold.starts[0]), list[int]()
        for inner in sorted(worth_entering(self.spread, unit, foothold)):
            if int(self.spread.foothold_on(inner).starts[0]) == at:
                around = self.index.units_around(inner)
                between = (*reversed(around[: around.index(unit)]), inner)
                new = [u for u in between if u not in self._unit_step]
                for u in new:
                    before = self._unit_step[self.index.units_around(u)[0]]
                    hops = self.steps[before].n_hops
                    self._unit_step[u] = self._add(StepKind.FOOTHOLD, at, unit=u, hops=hops, previous=before)
                found += new
        return found

    def _begins(self, pair: Pair, instants: Intervals) -> bool:
        return len(instants.starts) > 0 and int(instants.starts[0]) == int(self.spread.minted[pair].starts[0])

    def _next_stages(self, items: list[Item], hops: int) -> list[Item]:
        """Items and the next stages they mint, at no opening."""
        index, found = self.index, list(items)
        for item in found:
            step = self.steps[item.step]
            pair = (item.scope, item.stage + 1)
            if item.stage < 0 or not index.mints_next[item.stage] or pair in self._pair_step:
                continue
            if step.kind == StepKind.TAKEN:
                instants = self._usable(step.credential, int(self.spread.deaths.issuer_until[step.credential]))
            else:
                instants = self.spread.children_mint((item.scope, item.stage))
            if self.spread.live(pair) and self._begins(pair, instants):
                found.append(self._minted(pair, hops, -1, item.step))
        return found

    def _opened(self, items: list[Item], hops: int) -> tuple[list[int], list[Item]]:
        """Units and pairs that performing these items' operations opened at their earliest instant."""
        groups: dict[Pair, list[Item]] = {}
        for item in items:
            for verifier, use in item.used.items():
                if len(use.starts):
                    groups.setdefault((item.scope, verifier), []).append(item)
        units: list[int] = []
        pairs: list[Item] = []
        for (scope, verifier), group in sorted(groups.items()):
            opening = self.spread.opening(scope, verifier)
            if not (opening.pairs or opening.places_now or opening.places_next):
                continue
            use = NOTHING
            for item in group:
                use = joined(use, item.used[verifier])
            for pair, permission in opening.pairs:
                if pair not in self._pair_step and self.spread.live(pair) and self._begins(pair, use):
                    by = self._performer(group, verifier, int(use.starts[0]), When.NOW)
                    pairs.append(self._minted(pair, hops, permission, by))
            for when, places in ((When.NOW, opening.places_now), (When.NEXT_TASK, opening.places_next)):
                for place, permission in places:
                    units += self._units_opened(group, verifier, use, when=when, place=place,
                                                permission=permission, hops=hops)  # fmt: skip
        return units, pairs

    def _units_opened(
        self, group: list[Item], verifier: int, use: Intervals, *, when: When, place: int, permission: int, hops: int
    ) -> list[int]:
        found = []
        for unit, instants in self.spread.opened_place(place, when, use).items():
            held = self.spread.foothold_on(unit)
            at = int(held.starts[0]) if len(held.starts) else NEVER
            if unit not in self._unit_step and int(instants.starts[0]) == at < NEVER:
                by = self._performer(group, verifier, at, when)
                step = self._add(StepKind.FOOTHOLD, at, unit=unit, permission=permission, hops=hops, previous=by)
                self._unit_step[unit] = step
                found.append(unit)
        return found

    def _performer(self, group: list[Item], verifier: int, at: int, when: When) -> int:
        """Step of the first item that is used at an instant (for a trap: before it)."""
        for item in group:
            use = item.used[verifier]
            if when == When.NEXT_TASK:
                if int(use.starts[0]) <= at:
                    return item.step
            elif ((use.starts <= at) & (at < use.ends)).any():
                return item.step
        return group[0].step
