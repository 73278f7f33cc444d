"""Whether designs keep their ranks in other worlds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np

from nhilab.base.quantities import FloatArray
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.executor import Executor
from nhilab.study.comparisons.worlds import World
from nhilab.study.designs.explore import Effort, metrics_for
from nhilab.study.designs.space import Design
from nhilab.study.estimates.estimate import Parts, gather
from nhilab.study.estimates.plain import finite
from nhilab.study.estimates.trials import Arm, Trials
from nhilab.study.intervals.means import resamples

RANKED: Final = ("access_window_s", "reach_weighted")
"""What designs are ranked by, the least first."""

MOST: Final = 12
"""Most designs that are ranked."""

BASE: Final = "as it is"
"""Name of the scenario's own world."""


class Ranking(NamedTuple):
    """Designs ranked by one metric in one world.

    Attributes
    ----------
    world, what, key : str
        World, its change in words, metric.
    tau : float
        Kendall's τ-b of the means here against those of the world as it is; NaN where all are tied, or there is one.
    best : tuple of str
        The designs with the least mean; several where they tie.
    same : bool
        One of them is best in the world as it is.
    apart : bool
        The best of the world as it is does worse here than the best here, beyond chance.
    """

    world: str
    what: str
    key: str
    tau: float
    best: tuple[str, ...]
    same: bool
    apart: bool


@dataclass(frozen=True, eq=False, kw_only=True)
class Stability:
    """Ranks of designs in all worlds.

    Attributes
    ----------
    designs : tuple of str
    best : dict of metric to tuple of str
        The best in the world as it is; several where they tie.
    rankings : tuple of Ranking
        By metric, then world.
    means : dict of world to dict of design to dict of metric to float
    """

    designs: tuple[str, ...]
    best: dict[str, tuple[str, ...]]
    rankings: tuple[Ranking, ...]
    means: dict[str, dict[str, dict[str, float]]]

    def to_json(self) -> dict[str, Any]:
        """The same as JSON: finite numbers or null."""
        return {
            "designs": list(self.designs),
            "best": {key: list(names) for key, names in self.best.items()},
            "rankings": [{**r._asdict(), "best": list(r.best), "tau": finite(r.tau)} for r in self.rankings],
            "means": {
                world: {name: {key: finite(mean) for key, mean in of.items()} for name, of in designs.items()}
                for world, designs in self.means.items()
            },
        }


def rank_stability(
    scenario: Scenario,
    designs: Sequence[Design],
    worlds: Sequence[World],
    *,
    strategy: str,
    effort: Effort,
    executor: Executor,
) -> Stability:
    """Rank designs in every world.

    Parameters
    ----------
    scenario : Scenario
        The one the designs were made of.
    designs : sequence of Design
        The first `MOST` are ranked.
    worlds : sequence of World
    strategy : str
    effort : Effort
    executor : Executor

    Raises
    ------
    InputError
        If the scenario file could not say what a world says.

    Notes
    -----
    Definition: MODEL.md, stability of ranks. Kendall, *Rank correlation methods* (1948). Every cell is an ordinary one
    of a changed scenario. Checked by ``tests/unit/study/designs/test_worlds.py``.
    """
    named = {design.name: design.values for design in designs[:MOST]}
    everywhere = [World(name=BASE, what="the scenario's own"), *worlds]
    arms = [
        Arm(f"{world.name}: {name}", world.of(scenario, values), strategy)
        for world in everywhere
        for name, values in named.items()
    ]
    trials = Trials(arms, seed=effort.seed, campaigns=effort.campaigns, executor=executor)
    trials.extend(effort.replications)
    metrics, times = metrics_for(()), resamples(effort.replications, seed=effort.seed)
    parts = {name: gather([o.findings for o in found], metrics, times) for name, found in trials.outcomes.items()}
    found = {world.name: {name: parts[f"{world.name}: {name}"] for name in named} for world in everywhere}
    best = {key: _best(found[BASE], key) for key in RANKED}
    return Stability(
        designs=tuple(named),
        best=best,
        rankings=tuple(
            _ranking(world, key, found[BASE], found[world.name], best[key]) for key in RANKED for world in worlds
        ),
        means={
            world: {name: {key: one.means[key].interval().mean for key in RANKED} for name, one in of.items()}
            for world, of in found.items()
        },
    )


def kendall(a: FloatArray, b: FloatArray) -> float:
    """Kendall's τ-b of two lists of values; NaN where one of them is all alike or has no value.

    Examples
    --------
    >>> round(kendall(np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 2.0])), 3)
    0.333
    """
    from scipy.stats import kendalltau  # takes long to import

    if len(a) < 2 or not (np.isfinite(a).all() and np.isfinite(b).all()) or not (np.ptp(a) and np.ptp(b)):
        return math.nan
    return float(kendalltau(a, b).statistic)


def _means(parts: Mapping[str, Parts], key: str) -> FloatArray:
    return np.array([of.means[key].interval().mean for of in parts.values()])


def _best(parts: Mapping[str, Parts], key: str) -> tuple[str, ...]:
    means = _means(parts, key)
    return tuple(name for name, mean in zip(parts, means.tolist(), strict=True) if mean == np.nanmin(means))


def _ranking(
    world: World, key: str, base: Mapping[str, Parts], here: Mapping[str, Parts], best: tuple[str, ...]
) -> Ranking:
    now = _best(here, key)
    same = bool(set(now) & set(best))
    apart = not same and all(here[old].means[key].against(here[now[0]].means[key]).low > 0 for old in best)
    return Ranking(world.name, world.what, key, kendall(_means(base, key), _means(here, key)), now, same, apart)
