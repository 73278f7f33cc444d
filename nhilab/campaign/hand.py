"""What a thief has in hand so far."""

from __future__ import annotations

from dataclasses import dataclass

from nhilab.base.quantities import NEVER
from nhilab.campaign.index import ReplayIndex
from nhilab.campaign.intervals import NOTHING, Intervals, joined

Pair = tuple[int, int]


@dataclass(frozen=True)
class Thief:
    """Who comes in where: one campaign's entrance and the thief's speed; instants and lengths in µs."""

    entered_at: int
    unit: int
    copy: int
    dwell: int
    dormancy: int
    takes_keys: bool
    hop_time: int
    follow_up: int

    @property
    def observed_until(self) -> int:
        """E of MODEL.md §7."""
        return self.entered_at + self.follow_up

    @property
    def awake_at(self) -> int:
        """First instant the thief uses anything."""
        return self.entered_at + self.dormancy


class Hand:
    """State of one campaign.

    Attributes
    ----------
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
    """

    def __init__(self, index: ReplayIndex, thief: Thief) -> None:
        self.index, self.thief = index, thief
        self.footholds: dict[int, Intervals] = {}
        self.taken_at: dict[int, int] = {}
        self.key_at: dict[int, int] = {}
        self.kept: dict[int, Intervals] = {}
        self.minted: dict[Pair, Intervals] = {}
        self.used: dict[Pair, Intervals] = {}

    def before_end(self, instants: Intervals) -> bool:
        """Whether a set has an instant before E."""
        return len(instants.starts) > 0 and int(instants.starts[0]) < self.thief.observed_until

    def foothold_on(self, unit: int) -> Intervals:
        """Rule 1: when the thief holds a unit or a place around it; nothing unless some of it is before E."""
        held = NOTHING
        for around in (*reversed(self.index.units_around(unit)), unit):
            held = joined(held, self.footholds.get(around, NOTHING))
            if not self.before_end(held):
                held = NOTHING
        return held

    def is_free(self, credential: int) -> bool:
        """Whether a credential in hand is used anywhere, not only where a copy is at hand."""
        if self.index.bearer[credential]:
            return True
        return self.thief.takes_keys and bool(self.index.exportable[credential]) and credential in self.key_at

    def usable_from(self, credential: int) -> int:
        """Rule 3: first instant at which a credential in hand can be used, if it is accepted and at hand."""
        since = self.taken_at[credential] if self.index.bearer[credential] else self.key_at.get(credential, NEVER)
        return min(max(since, self.thief.awake_at) + self.thief.hop_time, NEVER)
