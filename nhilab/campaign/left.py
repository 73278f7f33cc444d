"""What an incident begins with: the entry's own gift, or what earlier incidents left of use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from nhilab.base.quantities import IntArray
from nhilab.campaign.deaths import Deaths
from nhilab.campaign.index import ReplayIndex
from nhilab.campaign.intervals import NOTHING, Intervals, one
from nhilab.campaign.thief import Thief
from nhilab.ledger.tables import Source

Pieces = tuple[IntArray, IntArray]
"""Starts and ends of intervals that may overlap, each with its own beginning."""


@dataclass(frozen=True, eq=False)
class Left:
    """State at the begin of an incident; nothing in it reaches back before that, but what was taken.

    Attributes
    ----------
    since : int, µs
        Begin of the incident.
    deaths : Deaths
    footholds : dict of unit to Pieces
    signed : tuple of (scope, stage)
        Pairs that a stolen signing key mints, during `signing`.
    taken_at, key_at : dict of credential to int, µs
    children, grandchildren : mapping
        See `nhilab.campaign.hand.Hand`.
    begun_units, begun_pairs : set
        What had an instant before E.
    tried : frozenset of int
        Credentials tried for the first time before.
    asked : frozenset of int
        Credentials whose revocation responders asked for before.
    """

    since: int
    deaths: Deaths
    footholds: Mapping[int, Pieces] = field(default_factory=dict)
    signed: tuple[tuple[int, int], ...] = ()
    signing: Intervals = NOTHING
    taken_at: Mapping[int, int] = field(default_factory=dict)
    key_at: Mapping[int, int] = field(default_factory=dict)
    children: Mapping[tuple[tuple[int, int], int], Intervals] = field(default_factory=dict)
    grandchildren: Mapping[tuple[int, int], Intervals] = field(default_factory=dict)
    begun_units: set[int] = field(default_factory=set)
    begun_pairs: set[tuple[int, int]] = field(default_factory=set)
    tried: frozenset[int] = frozenset()
    asked: frozenset[int] = frozenset()

    def ends(self) -> list[int]:
        """Ends of all it begins with."""
        sets = [*self.children.values(), *self.grandchildren.values(), self.signing]
        found = [int(instants.ends[-1]) for instants in sets if len(instants.ends)]
        return found + [int(ends.max()) for _, ends in self.footholds.values() if len(ends)]


def left_at_entry(index: ReplayIndex, thief: Thief) -> Left | None:
    """What an entry gives; None if it gives nothing."""
    begin, pieces = thief.entered_at, dict[int, Pieces]()
    taken: dict[int, int] = {}
    keys: dict[int, int] = {}
    signed: tuple[tuple[int, int], ...] = ()
    if thief.copy >= 0:
        taken = _leaked(index, thief)
    elif thief.held >= 0:
        alive = index.ledger.credentials.issued_at[thief.held] <= begin < index.deaths.dead_at[thief.held]
        taken = {thief.held: begin} if alive and thief.follow_up > 0 else {}
        keys = dict(taken) if thief.takes_keys and not index.bearer[thief.held] else {}
    elif thief.signer >= 0:
        signed = _signed(index, thief.signer)
    elif thief.unit >= 0:
        pieces[thief.unit] = (np.array([begin], np.int64), np.array([thief.entry_until], np.int64))
    if not (taken or signed or pieces):
        return None
    signing = one(begin, thief.entry_until) if signed else NOTHING
    return Left(begin, index.deaths, pieces, signed, signing, taken, keys)


def _leaked(index: ReplayIndex, thief: Thief) -> dict[int, int]:
    """A leaked copy is read without any foothold and holds no key, so only a bearer credential is of use."""
    rows, at = np.flatnonzero(index.copy_row == thief.copy), thief.entered_at
    if len(rows) and index.copy_from[rows[0]] <= at < index.copy_end[rows[0]] and thief.follow_up > 0:
        return {int(index.copy_credential[rows[0]]): at}
    return {}


def _signed(index: ReplayIndex, signer: int) -> tuple[tuple[int, int], ...]:
    """Pairs of every stage, but standing ones, of the issuer whose signing key is held."""
    stages, managed = index.ledger.stages, index.ledger.managed
    mine = (stages.issuer == stages.issuer[signer]) & (stages.source != Source.STANDING)
    return tuple(zip(managed.identity[mine[managed.stage]].tolist(), managed.stage[mine[managed.stage]].tolist(),
                     strict=True))  # fmt: skip
