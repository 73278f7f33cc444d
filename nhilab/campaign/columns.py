"""Collect finished campaigns into the tables of compromises."""

from __future__ import annotations

from typing import Any

import numpy as np

from nhilab.base.quantities import NEVER, SECOND
from nhilab.campaign.course import Course
from nhilab.campaign.decomposition import MILESTONES, collateral_calls, milestones
from nhilab.campaign.entrances import Entrances
from nhilab.campaign.index import ReplayIndex
from nhilab.campaign.outcome import ReachedRows, reached_rows
from nhilab.campaign.paths import Paths
from nhilab.campaign.windows import (
    TakenRows,
    access_until,
    brokered,
    exposure_until,
    live_pairs,
    persistent,
    taken_rows,
)
from nhilab.ledger.compromises import Campaigns, Compromises, Entries, Reached, Steps, Taken


class Columns:
    """Rows of all tables, campaign after campaign."""

    def __init__(self, index: ReplayIndex) -> None:
        self.index = index
        self._campaigns: list[dict[str, Any]] = []
        self._taken: list[TakenRows] = []
        self._reached: list[ReachedRows] = []
        self._steps: list[list[tuple[int, ...]]] = []
        resources = index.ledger.estate.resources
        self._weight, self._jewel = resources.sensitivity, resources.crown_jewel
        self._environment = np.unique(resources.environment, return_inverse=True)[1]

    def _empty_row(self, entrances: Entrances, row: int) -> dict[str, Any]:
        at = int(entrances.entered_at[row])
        return {
            "entry": int(entrances.entry[row]), "entered_at": at,
            "place": int(entrances.place[row]), "unit": int(entrances.unit[row]),
            "n_taken": 0, "n_brokered": 0, "n_minted": 0, "access_until": at, "exposure_until": at, "persistent": False,
            "reach": 0, "reach_weighted": 0.0, "resource_seconds": 0.0, "crown_jewel_at": NEVER,
            "n_hops": 0, "environments": 0, "collateral_calls": 0, "n_responses": 0,
            **dict.fromkeys(MILESTONES, NEVER),
        }  # fmt: skip

    def add_empty(self, entrances: Entrances, row: int) -> None:
        """A campaign without a way in."""
        nothing = np.empty(0, np.int64)
        self._campaigns.append(self._empty_row(entrances, row))
        self._taken.append(TakenRows(nothing, nothing, nothing, nothing.astype(np.bool_)))
        self._reached.append(ReachedRows(*(nothing for _ in range(6))))
        self._steps.append([])

    def add(self, entrances: Entrances, row: int, spread: Course) -> None:
        """A finished campaign."""
        paths = Paths(spread).trace()
        taken, reached = taken_rows(spread), reached_rows(spread, paths)
        weight = self._weight[reached.resource]
        jewels = reached.reached_at[self._jewel[reached.resource]]
        until = access_until(spread, taken)
        self._campaigns.append(
            self._empty_row(entrances, row)
            | milestones(spread, taken, until)
            | {
                "collateral_calls": collateral_calls(spread),
                "n_taken": len(taken.credential),
                "n_brokered": len(brokered(spread)),
                "n_minted": len(live_pairs(spread)),
                "access_until": until,
                "exposure_until": exposure_until(spread, taken),
                "persistent": persistent(spread),
                "reach": len(reached.resource),
                "reach_weighted": float(weight.sum()),
                "resource_seconds": float((weight * reached.held_time).sum()) / SECOND,
                "crown_jewel_at": int(jewels.min(initial=NEVER)),
                "n_hops": int(reached.n_hops.sum()),
                "environments": len(set(self._environment[reached.resource].tolist())),
            }
        )
        self._taken.append(taken)
        self._reached.append(reached)
        units, places = self.index.units, self.index.units.place
        self._steps.append([
            (int(s.kind), s.at, int(places[s.unit]) if s.unit >= 0 else -1,
             s.unit - int(units.first[places[s.unit]]) if s.unit >= 0 else -1,
             s.credential, s.scope, s.stage, s.permission, s.n_hops, s.previous)
            for s in paths.steps
        ])  # fmt: skip

    def close(self, entries: Entries) -> Compromises:
        """The tables."""
        names = [name for name in Campaigns.empty().columns() if name in self._campaigns[0]] if self._campaigns else []
        return Compromises(
            entries=entries,
            campaigns=Campaigns.of(**{n: [c[n] for c in self._campaigns] for n in names})
            if names
            else Campaigns.empty(),
            taken=self._close_taken(),
            reached=self._close_reached(),
            steps=self._close_steps(),
            follow_up=self.index.ledger.follow_up,
        )

    def _close_taken(self) -> Taken:
        counts = [len(t.credential) for t in self._taken]
        joined = [np.concatenate(c) for c in zip(*self._taken, strict=True)] or [np.empty(0, np.int64)] * 4
        return Taken.of(
            campaign=np.repeat(np.arange(len(counts)), counts),
            credential=joined[0], taken_at=joined[1], honoured_until=joined[2], at_entry=joined[3],
        )  # fmt: skip

    def _close_reached(self) -> Reached:
        counts = [len(r.resource) for r in self._reached]
        joined = [np.concatenate(c) for c in zip(*self._reached, strict=True)] or [np.empty(0, np.int64)] * 6
        first_step = np.cumsum([0, *(len(s) for s in self._steps)])[:-1]
        return Reached.of(
            campaign=np.repeat(np.arange(len(counts)), counts),
            resource=joined[0], permission=joined[1], reached_at=joined[2], held_time=joined[3], n_hops=joined[4],
            step=joined[5] + np.repeat(first_step, counts),
        )  # fmt: skip

    def _close_steps(self) -> Steps:
        counts = [len(s) for s in self._steps]
        flat = [step for steps in self._steps for step in steps]
        table = np.array(flat, np.int64).reshape(len(flat), 10)
        first_step = np.repeat(np.cumsum([0, *counts])[:-1], counts)
        names = ("kind", "at", "place", "unit", "credential", "scope", "stage", "permission", "n_hops")
        previous = np.where(table[:, 9] >= 0, table[:, 9] + first_step, -1)
        columns = {name: table[:, i] for i, name in enumerate(names)}
        return Steps.of(campaign=np.repeat(np.arange(len(counts)), counts), previous=previous, **columns)
