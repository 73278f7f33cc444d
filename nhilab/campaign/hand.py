"""What a thief has in hand so far."""

from __future__ import annotations

from dataclasses import dataclass

from nhilab.campaign.intervals import Intervals

Pair = tuple[int, int]


@dataclass(frozen=True)
class Thief:
    """Who comes in where: one campaign's entrance and the thief's speed; instants and lengths in µs."""

    entered_at: int
    unit: int
    copy: int
    dwell: int
    dormancy: int
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
    taken_at : dict of credential to int, µs
    kept : dict of copy (row of the index) to Intervals
        When a copy of a non-exportable credential and the foothold on its unit coincide.
    minted : dict of (scope, stage) to Intervals
        Minting instants, of pairs that are in hand and of pairs that are not yet (first instant after E).
    used : dict of (scope, verifier) to Intervals
        When something in hand is accepted there.
    """

    def __init__(self, thief: Thief) -> None:
        self.thief = thief
        self.footholds: dict[int, Intervals] = {}
        self.taken_at: dict[int, int] = {}
        self.kept: dict[int, Intervals] = {}
        self.minted: dict[Pair, Intervals] = {}
        self.used: dict[Pair, Intervals] = {}

    def before_end(self, instants: Intervals) -> bool:
        """Whether a set has an instant before E."""
        return len(instants.starts) > 0 and int(instants.starts[0]) < self.thief.observed_until
