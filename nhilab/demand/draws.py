"""Chance of one generation of a demand: a named stream per purpose, values by each workload's profile."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nhilab.base.quantities import FloatArray, IdArray, IntArray
from nhilab.base.streams import stream
from nhilab.scenario.distributions import TimeDistribution
from nhilab.scenario.scenario import Scenario
from nhilab.scenario.workload_section import Profile


@dataclass(frozen=True)
class Draws:
    """Streams of one generation: the tasks that arrive are generation 0, those their calls hand on 1, …"""

    scenario: Scenario
    seed: int
    replication: int
    generation: int

    def stream(self, purpose: str) -> np.random.Generator:
        """The generator of a purpose."""
        more = (self.generation,) if self.generation else ()
        return stream(self.seed, "demand", purpose, self.replication, *more)

    def uniforms(self, purpose: str, n: int) -> FloatArray:
        """Uniform variates of a purpose; shape (n,)."""
        return self.stream(purpose).random(n)

    def by_profile(self, workload: IdArray, field: str, purpose: str) -> FloatArray:
        """Draws from each row's profile's distribution `field`; zero where its profile has none."""
        u = self.uniforms(purpose, len(workload))
        values = np.zeros(len(u))
        for profile, rows in self._rows_of_profiles(workload):
            distribution: TimeDistribution | None = getattr(profile, field)
            if distribution is not None:
                values[rows] = distribution.quantile(u[rows])
        return values

    def _rows_of_profiles(self, workload: IdArray) -> list[tuple[Profile, IntArray]]:
        distinct: list[Profile] = []
        number = np.empty(len(self.scenario.profiles), np.int64)
        for i, profile in enumerate(self.scenario.profiles):
            if profile not in distinct:
                distinct.append(profile)
            number[i] = distinct.index(profile)
        of_row = number[workload]
        return [(profile, np.flatnonzero(of_row == i)) for i, profile in enumerate(distinct)]

    def queued_time(self, caller: IdArray) -> IntArray:
        """How long each call's message waits before a consumer may take it; int64, µs, 0 where nothing is queued."""
        waits = np.zeros(len(caller))
        for workload, queue in enumerate(self.scenario.queues):
            if queue is not None:
                rows = np.flatnonzero(caller == workload)
                u = stream(self.seed, "demand", "queued", self.replication, self.generation, workload).random(len(rows))
                waits[rows] = queue.wait.quantile(u)
        return np.rint(waits).astype(np.int64)
