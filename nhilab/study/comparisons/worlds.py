"""The world as it could be otherwise: other weights, other thieves, fewer grants, and what the scenario says."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import numpy as np

from nhilab.base.estate import Estate, Grants
from nhilab.base.quantities import MINUTE, BoolArray, FloatArray
from nhilab.base.streams import stream
from nhilab.scenario.edit import edited
from nhilab.scenario.scenario import Scenario

SPREAD: Final = 1.0
"""Standard deviation of the logarithm of random weights."""

MANUAL_HOP: Final = 30 * MINUTE
"""A thief who works by hand (MODEL.md, guards)."""


@dataclass(frozen=True, eq=False, kw_only=True)
class World:
    """A change of everything but the designs.

    Attributes
    ----------
    name : str
    what : str
        The change in words.
    changes : dict of key path to value
        Made to the scenario file before the design's own.
    change : callable
        Made to the scenario afterwards.
    """

    name: str
    what: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    change: Callable[[Scenario], Scenario] = lambda scenario: scenario

    def of(self, scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
        """A design of the scenario in this world.

        Raises
        ------
        InputError
            If the scenario file could not say so.
        """
        here = edited(scenario, self.changes, within=f"worlds.{self.name}") if self.changes else scenario
        return self.change(edited(here, values, within="space"))


def worlds_of(scenario: Scenario, *, seed: int) -> tuple[World, ...]:
    """Worlds of every scenario that differ from it, and its own; one of its own takes the place of one of that name.

    Parameters
    ----------
    scenario : Scenario
    seed : int
        Decides random weights, and which grants go.

    Returns
    -------
    tuple of World

    Notes
    -----
    Definition: MODEL.md, stability of ranks. Checked by ``tests/unit/study/designs/test_worlds.py``.
    """
    found = [*_weighted(scenario, seed), *_hastened(scenario), *_pruned(scenario, seed)]
    own = [
        World(name=name, what=", ".join(f"{path} = {value}" for path, value in changes.items()), changes=changes)
        for name, changes in scenario.content.worlds.items()
    ]
    return tuple({world.name: world for world in [*found, *own]}.values())


def unused(estate: Estate) -> BoolArray:
    """Grants of identities some workload runs as, that none of these workloads' calls is for; shape (grants,)."""
    runs = np.isin(estate.grants.identity, estate.workloads.identity)
    who = estate.workloads.identity[estate.targets.workload].astype(np.int64)
    needed = np.isin(
        estate.grants.identity * np.int64(len(estate.permissions)) + estate.grants.permission,
        who * len(estate.permissions) + estate.targets.permission,
    )
    return np.asarray(runs & ~needed, np.bool_)


def pruned(estate: Estate, share: float, *, seed: int) -> Estate:
    """The estate without a share of the grants that no call needs, each as likely to go as any other."""
    rows = np.flatnonzero(unused(estate))
    gone = stream(seed, "worlds", "grants").permutation(rows)[: round(share * len(rows))]
    kept = np.ones(len(estate.grants), np.bool_)
    kept[gone] = False
    grants = Grants.of(identity=estate.grants.identity[kept], permission=estate.grants.permission[kept])
    return dataclasses.replace(estate, grants=grants)


def _weighted(scenario: Scenario, seed: int) -> list[World]:
    def random(weights: FloatArray) -> FloatArray:
        spread = SPREAD * stream(seed, "worlds", "sensitivity").standard_normal(len(weights))
        return np.asarray(weights * np.exp(spread), np.float64)

    found = [World(name="weights-random", what="weights times log-normal factors", change=_reweighted(random))]
    if (scenario.estate.resources.sensitivity != 1).any():
        equal = World(name="weights-equal", what="all weights 1", change=_reweighted(np.ones_like))
        squared = World(name="weights-squared", what="weights squared", change=_reweighted(np.square))
        return [equal, squared, *found]
    return found


def _hastened(scenario: Scenario) -> list[World]:
    hop = scenario.threat.hop_time
    thieves = {
        "thief-faster": (hop // 10, "a thief ten times as fast"),
        "thief-slower": (10 * hop, "a thief ten times as slow"),
        "thief-by-hand": (MANUAL_HOP, "a thief who takes 30 minutes a hop"),
    }

    def hopping(time: int, scenario: Scenario) -> Scenario:
        threat = scenario.threat.model_copy(update={"hop_time": time})
        return dataclasses.replace(scenario, content=scenario.content.model_copy(update={"threat": threat}))

    return [
        World(name=name, what=what, change=partial(hopping, time))
        for name, (time, what) in thieves.items()
        if time != hop
    ]


def _pruned(scenario: Scenario, seed: int) -> list[World]:
    def without(share: float, scenario: Scenario) -> Scenario:
        return dataclasses.replace(scenario, estate=pruned(scenario.estate, share, seed=seed))

    shares = {"grants-half": (0.5, "half of the grants no call needs gone"), "grants-used": (1.0, "all of them gone")}
    return [
        World(name=name, what=what, change=partial(without, share))
        for name, (share, what) in shares.items()
        if unused(scenario.estate).any()
    ]


def _reweighted(weigh: Callable[[FloatArray], FloatArray]) -> Callable[[Scenario], Scenario]:
    def change(scenario: Scenario) -> Scenario:
        resources = scenario.estate.resources
        weighed = dataclasses.replace(resources, sensitivity=weigh(resources.sensitivity))
        return dataclasses.replace(scenario, estate=dataclasses.replace(scenario.estate, resources=weighed))

    return change
