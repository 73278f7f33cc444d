"""Which units inside a place a path may lead through (MODEL.md §7, rule 1 and paths)."""

from __future__ import annotations

import numpy as np

from nhilab.campaign.course import Course
from nhilab.campaign.intervals import Intervals


def worth_entering(spread: Course, unit: int, foothold: Intervals) -> set[int]:
    """Units inside a unit's place with a foothold of their own, or where it gives something at its first instant."""
    return {*spread.held_within(unit), *_where_taken(spread, unit, foothold), *_where_attested(spread, unit, foothold)}


def _where_taken(spread: Course, unit: int, foothold: Intervals) -> list[int]:
    """Units inside in which a credential is met first."""
    index = spread.index
    row, copy = index.overlapping(np.full(len(foothold.starts), unit), foothold.starts, foothold.ends)
    first = np.maximum(index.copy_from[copy], foothold.starts[row])
    own, credential = index.copy_own_unit[copy].tolist(), index.copy_credential[copy].tolist()
    met = zip(own, credential, first.tolist(), strict=True)
    return [u for u, c, at in met if u != unit and spread.taken_at.get(c) == at]


def _where_attested(spread: Course, unit: int, foothold: Intervals) -> list[int]:
    """Units inside in which a pair is minted first."""
    index, units, found = spread.index, spread.index.units, list[int]()
    for place in index.inner_places[units.place[unit]]:
        runs = units.runs_at(place)
        for identity in np.asarray(index.attested_from.get(place, ())).tolist():
            pairs = [(identity, k) for k in index.attested_stages[identity]]
            for at in {int(spread.minted[pair].starts[0]) for pair in pairs if spread.live(pair)}:
                if not ((foothold.starts <= at) & (at < foothold.ends)).any():
                    continue
                if index.is_shared(place):
                    found.append(int(units.first[place]))
                mine = units.run_identity[runs] == identity
                here = mine & (units.run_from[runs] <= at) & (at < units.run_until[runs])
                found += units.run_unit[runs][here].tolist()
    return found
