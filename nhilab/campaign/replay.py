"""Replay campaigns on a finished ledger."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nhilab.base.quantities import NEVER
from nhilab.campaign.columns import Columns
from nhilab.campaign.cycles import MintGraph
from nhilab.campaign.draw import draw_entrances, leaks
from nhilab.campaign.entrances import Entrances
from nhilab.campaign.hand import Thief
from nhilab.campaign.index import ReplayIndex
from nhilab.campaign.spread import Spread
from nhilab.ledger.compromises import Compromises, Entries
from nhilab.ledger.tables import Ledger
from nhilab.scenario.file import Threat


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

    Notes
    -----
    Definition: MODEL.md §7. Oracle: ``tests/reference/slow_campaign.py``, checked by
    ``tests/reference/test_campaign.py``.
    """
    entrances = draw_entrances(ledger, threat, n=campaigns, seed=seed, replication=replication)
    listed = threat.entries.values()
    entries = Entries.of(
        name=np.array(list(threat.entries), np.str_),
        technique=np.array([e.technique for e in listed], np.str_),
        weight=[e.weight for e in listed],
        n_leaks=[len(leaks(ledger, e)) if e.timing == "at-leak" else 0 for e in listed],
    )
    return replay_entrances(ledger, entrances, entries, hop_time=threat.hop_time, progress=progress)


def replay_entrances(
    ledger: Ledger,
    entrances: Entrances,
    entries: Entries,
    *,
    hop_time: int,
    progress: Callable[[int], None] | None = None,
) -> Compromises:
    """What campaigns from given entrances achieve; `hop_time` in µs."""
    index = ReplayIndex(ledger)
    graph = MintGraph(index, hop_time)
    columns = Columns(index)
    for row in range(len(entrances)):
        if entrances.entered_at[row] >= NEVER:
            columns.add_empty(entrances, row)
        else:
            thief = _thief(index, entrances, row, hop_time)
            columns.add(entrances, row, Spread(index, graph, thief).run())
        if progress is not None:
            progress(row + 1)
    return columns.close(entries)


def _thief(index: ReplayIndex, entrances: Entrances, row: int, hop_time: int) -> Thief:
    place = int(entrances.place[row])
    return Thief(
        entered_at=int(entrances.entered_at[row]),
        unit=int(index.units.first[place] + entrances.unit[row]) if place >= 0 else -1,
        copy=int(entrances.copy[row]),
        dwell=int(entrances.dwell[row]),
        dormancy=int(entrances.dormancy[row]),
        takes_keys=bool(entrances.takes_keys[row]),
        hop_time=hop_time,
        follow_up=index.ledger.follow_up,
    )
