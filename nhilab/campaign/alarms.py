"""Which of a thief's acts is answered first, and when (MODEL.md §7, alarms)."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np

from nhilab.base.quantities import NEVER, BoolArray, IntArray
from nhilab.base.streams import derived_key
from nhilab.campaign.acts import Noticeable, spread_over
from nhilab.campaign.index import ReplayIndex
from nhilab.campaign.spread import Spread
from nhilab.campaign.thief import uniforms
from nhilab.ledger.compromises import Act
from nhilab.scenario.threat_section import Detection


class Answer(NamedTuple):
    """The first response to an incident, and the milestones before it; µs."""

    detected_at: int
    triaged_at: int
    responded_at: int


class Watch:
    """Who watches one ledger, and how fast they are."""

    def __init__(self, index: ReplayIndex, detection: Detection) -> None:
        self.index, self.detection = index, detection
        chance = detection.probability
        self.probability = [
            chance.denied, chance.out_of_intent, chance.after_purpose_end, chance.foreign, chance.in_pattern
        ]  # fmt: skip

    @cached_property
    def targets(self) -> BoolArray:
        """What the workloads of each identity are for; shape (identities, permissions), bool."""
        estate = self.index.ledger.estate
        found = np.zeros((len(estate.identities), len(estate.permissions)), np.bool_)
        found[estate.workloads.identity[estate.targets.workload], estate.targets.permission] = True
        return found

    def first_answer(self, spread: Spread, incident: int) -> Answer | None:
        """The first response to what a thief did in an incident; None if nobody answers."""
        key = derived_key(spread.thief.key, incident)
        draws: dict[int, _Draws] = {}
        best: tuple[int, ...] | None = None
        for acts in Noticeable(spread).acts():
            identity = int(self.index.ledger.scopes.identity[acts.scope])
            ownerless = not self.index.ledger.estate.identities.owner[identity]
            permissions = self.index.permissions(acts.scope, acts.verifier).astype(np.int64)
            first = spread_over(
                acts, permissions, targets=self.targets[identity], allowed=spread.thief.allowed
            )  # fmt: skip
            for kind in Act:
                if self.probability[kind] > 0 and (first[kind] < spread.thief.observed_until).any():
                    if kind not in draws:
                        draws[kind] = self._draw(derived_key(key, kind), kind)
                    best = _sooner(best, draws[kind].answers(first[kind], permissions, kind, ownerless))
        return Answer(best[5], best[6], best[0]) if best else None

    def _draw(self, key: int, kind: int) -> _Draws:
        n, d = len(self.index.ledger.estate.permissions), self.detection
        slow = d.triage_time_without_owner or d.triage_time
        lengths = [
            np.rint(time.quantile(uniforms(key, n, purpose))).astype(np.int64)
            for time, purpose in ((d.detection_time, 1), (d.triage_time, 2), (slow, 2), (d.response_time, 3))
        ]
        return _Draws(uniforms(key, n) < self.probability[kind], *lengths)


class _Draws(NamedTuple):
    """Draws of one kind of act, by permission."""

    detected: BoolArray
    detection: IntArray
    triage: IntArray
    triage_without_owner: IntArray
    response: IntArray

    def answers(self, first: IntArray, permissions: IntArray, kind: int, ownerless: bool) -> tuple[int, ...] | None:
        """(response, act, kind, permission, ownerless, detected, triaged) of the first one answered."""
        rows = np.flatnonzero(self.detected[permissions] & (first < NEVER))
        if not len(rows):
            return None
        at, p = first[rows], permissions[rows]
        detected = at + self.detection[p]
        triaged = detected + (self.triage_without_owner if ownerless else self.triage)[p]
        responded = np.maximum(triaged + self.response[p], at + 1)
        row = int(np.lexsort((p, at, responded))[0])
        return (int(responded[row]), int(at[row]), kind, int(p[row]), int(ownerless), int(detected[row]),
                int(triaged[row]))  # fmt: skip


def _sooner(a: tuple[int, ...] | None, b: tuple[int, ...] | None) -> tuple[int, ...] | None:
    if a is None or b is None:
        return a or b
    return min(a, b)
