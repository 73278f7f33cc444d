"""Replay campaigns on a finished ledger."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from nhilab.base.errors import InputError
from nhilab.base.quantities import NEVER
from nhilab.campaign.alarms import Watch
from nhilab.campaign.columns import Columns
from nhilab.campaign.course import Chase
from nhilab.campaign.cycles import MintGraph
from nhilab.campaign.draw import draw_entrances, leaks
from nhilab.campaign.entrances import Entrances
from nhilab.campaign.index import ReplayIndex
from nhilab.campaign.left import left_at_entry
from nhilab.campaign.thief import thief_of
from nhilab.ledger.compromises import Compromises, Entries
from nhilab.ledger.tables import Ledger
from nhilab.scenario.threat_section import Detection, Threat


def replay(
    ledger: Ledger,
    threat: Threat,
    *,
    campaigns: int,
    seed: int,
    replication: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Compromises:
    """What `campaigns` counterfactual thieves achieve on one ledger.

    Parameters
    ----------
    ledger : Ledger
    threat : Threat
        Ways in and speed.
    campaigns : int
        How many.
    seed, replication : int
        Which chance.
    progress : callable, optional
        Called with the number of campaigns done.

    Returns
    -------
    Compromises

    Raises
    ------
    InputError
        If there are fewer than no campaigns.

    Notes
    -----
    Definition: MODEL.md §7. Oracle: ``tests/reference/slow_campaign.py``, checked by
    ``tests/reference/test_campaign.py``.
    """
    if campaigns < 0:
        raise InputError("campaigns", "", campaigns, "at least 0")
    entrances = draw_entrances(ledger, threat, n=campaigns, seed=seed, replication=replication)
    listed = threat.entries.values()
    entries = Entries.of(
        name=np.array(list(threat.entries), np.str_),
        technique=np.array([e.technique for e in listed], np.str_),
        weight=[e.weight for e in listed],
        n_leaks=[len(leaks(ledger, e)) if e.timing == "at-leak" else 0 for e in listed],
    )
    return replay_entrances(ledger, entrances, entries, hop_time=threat.hop_time, detection=threat.detection,
                            progress=progress)  # fmt: skip


def replay_entrances(
    ledger: Ledger,
    entrances: Entrances,
    entries: Entries,
    *,
    hop_time: int,
    detection: Detection | None = None,
    progress: Callable[[int], None] | None = None,
) -> Compromises:
    """What campaigns from given entrances achieve; `hop_time` in µs; without `detection` nobody notices."""
    index = ReplayIndex(ledger)
    watch = Watch(index, detection) if detection is not None else None
    chase = Chase(index, MintGraph(index, hop_time), watch)
    columns = Columns(index)
    for row in range(len(entrances)):
        thief = thief_of(index, entrances, row, hop_time) if entrances.entered_at[row] < NEVER else None
        left = left_at_entry(index, thief) if thief is not None else None
        if thief is None or left is None:
            columns.add_empty(entrances, row)
        else:
            columns.add(entrances, row, chase.follow(thief, left))
        if progress is not None:
            progress(row + 1)
    found = columns.close(entries)
    return found if watch is None else dataclasses.replace(found, watched=tuple(watch.probability))
