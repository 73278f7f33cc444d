"""Who comes in where: one campaign's entrance and the thief's speed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nhilab.base.quantities import NEVER, add
from nhilab.base.streams import derived_key, keyed_uniform
from nhilab.campaign.entrances import Entrances
from nhilab.campaign.index import ReplayIndex

FALSE_ALLOW = 1 << 20
"""Purpose of the draws that let a hijacked agent do what it should not."""


@dataclass(frozen=True)
class Thief:
    """One thief; instants and lengths in µs, -1 where something does not apply.

    Attributes
    ----------
    unit, copy, held, signer : int
        What the entry gives: a foothold on a unit, a leaked copy, a credential, or the signing key of a stage's issuer.
    entry_until : int
        End of the entry's foothold.
    inside_until : int
        When a hijacked agent's task ends, and all that depends on it; `NEVER` for thieves of their own.
    allowed : frozenset of int or None
        Permissions a hijacked agent may perform; all if None.
    key : int
        Random bits that decide who is noticed.
    """

    entered_at: int
    unit: int
    copy: int
    dwell: int
    dormancy: int
    takes_keys: bool
    hop_time: int
    follow_up: int
    held: int = -1
    signer: int = -1
    entry_until: int = 0
    inside_until: int = NEVER
    allowed: frozenset[int] | None = None
    key: int = 0

    @property
    def observed_until(self) -> int:
        """E of MODEL.md §7; for a hijacked agent no later than its end."""
        return min(self.entered_at + self.follow_up, self.inside_until)

    @property
    def awake_at(self) -> int:
        """First instant the thief uses anything."""
        return self.entered_at + self.dormancy

    @property
    def inside(self) -> bool:
        """Whether the thief acts through a hijacked agent only."""
        return self.inside_until < NEVER


def thief_of(index: ReplayIndex, entrances: Entrances, row: int, hop_time: int) -> Thief:
    """The thief of one campaign."""
    place, entered_at, key = int(entrances.place[row]), int(entrances.entered_at[row]), int(entrances.key[row])
    dwell, task = int(entrances.dwell[row]), int(entrances.task[row])
    until = max(int(add(entered_at, max(dwell, 1))), int(entrances.stays_until[row]))
    inside = bool(entrances.inside[row]) and task >= 0
    return Thief(
        entered_at=entered_at,
        unit=int(index.units.first[place] + entrances.unit[row]) if place >= 0 else -1,
        copy=int(entrances.copy[row]),
        dwell=dwell,
        dormancy=int(entrances.dormancy[row]),
        takes_keys=bool(entrances.takes_keys[row]),
        hop_time=hop_time,
        follow_up=index.ledger.follow_up,
        held=int(entrances.held[row]),
        signer=int(entrances.signer[row]),
        entry_until=until,
        inside_until=min(until, int(index.ledger.tasks.ended_at[task])) if inside else NEVER,
        allowed=_allowed(index, task, key) if inside else None,
        key=key,
    )


def _allowed(index: ReplayIndex, task: int, key: int) -> frozenset[int] | None:
    """What a hijacked agent may do where calls are judged: its task's own intent, and false allows."""
    ledger = index.ledger
    if not ledger.stages.judged.any():
        return None
    first, n = int(ledger.tasks.first_call[task]), int(ledger.tasks.n_calls[task])
    calls = ledger.calls
    intent = calls.permission[first : first + n][calls.in_intent[first : first + n]]
    draws = uniforms(derived_key(key, FALSE_ALLOW), len(ledger.estate.permissions))
    slips = np.flatnonzero(draws < ledger.stages.false_allow_probability.max())
    return frozenset(intent.tolist()) | frozenset(slips.tolist())


def uniforms(key: int, n: int, purpose: int = 0) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Variates of rows 0 … n−1 under one key; shape (n,), float64."""
    return keyed_uniform(np.uint64(key) ^ np.arange(n, dtype=np.uint64), purpose)
