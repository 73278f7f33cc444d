"""Designs of a space tried: all of them, or those a search asks for."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from nhilab.metrics.catalogue import METRICS
from nhilab.metrics.observation import Metric
from nhilab.study.cells.executor import Executor
from nhilab.study.designs.search import Values, search
from nhilab.study.designs.space import Design, Infeasible, Point, Space
from nhilab.study.estimates.estimate import CAPPED, Parts, gather
from nhilab.study.estimates.trials import Arm, Trials
from nhilab.study.intervals.means import resamples

GRID_LIMIT: Final = 256
"""Most designs that are all tried; of a larger space some are sought."""

EVALUATIONS: Final = 200
"""Designs tried where they are sought."""

_TOGETHER: Final = 32
"""Designs whose outcomes are in memory at the same time."""

Worth = Callable[[Parts], Values | None]
"""From what was found to the values that count, the least best; None where a limit is not met."""


@dataclass(frozen=True, eq=False)
class Tried:
    """A design and what its replications found."""

    design: Design
    parts: Parts


@dataclass(frozen=True, eq=False)
class Exploration:
    """What was tried of a space.

    Attributes
    ----------
    tried : tuple of Tried
    infeasible : dict of reason to number of designs
        Those asked for that cannot be had.
    how : ``"grid"`` or ``"search"``
    """

    tried: tuple[Tried, ...]
    infeasible: dict[str, int]
    how: Literal["grid", "search"]


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How much is tried: replications and campaigns of each design, and of how many designs."""

    seed: int
    replications: int
    campaigns: int
    grid_limit: int = GRID_LIMIT
    evaluations: int = EVALUATIONS


class Explorer:
    """Tries designs, each once; keeps of each only what the keys asked for need.

    Parameters
    ----------
    strategy : str
        The one tried in every design.
    keys : iterable of str
        Quantiles wanted; means are all kept.
    effort : Effort
    executor : Executor
    """

    def __init__(self, strategy: str, keys: Iterable[str], *, effort: Effort, executor: Executor) -> None:
        self.tried: dict[str, Tried] = {}
        self.reasons: Counter[str] = Counter()
        self._strategy, self._metrics = strategy, metrics_for(keys)
        self._times = resamples(effort.replications, seed=effort.seed)
        self._replications = effort.replications
        self._trials = Trials([], seed=effort.seed, campaigns=effort.campaigns, executor=executor)

    def try_all(self, designs: Iterable[Design | Infeasible]) -> list[Tried | None]:
        """What was found of designs; None for those that cannot be had."""
        asked = list(designs)
        self.reasons.update(design.reason for design in asked if isinstance(design, Infeasible))
        new = [design for design in asked if isinstance(design, Design) and design.name not in self.tried]
        for first in range(0, len(new), _TOGETHER):
            self._try(new[first : first + _TOGETHER])
        return [self.tried.get(design.name) for design in asked]

    def _try(self, designs: Sequence[Design]) -> None:
        trials = self._trials
        trials.add(Arm(design.name, design.scenario, self._strategy) for design in designs)
        trials.extend(self._replications)
        for design in designs:
            outcomes = trials.outcomes[design.name]
            parts = gather([outcome.findings for outcome in outcomes], self._metrics, self._times)
            self.tried[design.name] = Tried(design, parts)
            trials.outcomes[design.name] = [dataclasses.replace(o, findings={}, by_entry={}) for o in outcomes]


def explore(
    space: Space, worth: Worth, *, objectives: int, keys: Iterable[str], effort: Effort, executor: Executor
) -> Exploration:
    """Try all designs of a space, or search it where it has more than the grid's limit.

    Parameters
    ----------
    space : Space
    worth : callable
        What a search looks at.
    objectives : int
        How many values that gives.
    keys : iterable of str
        Quantiles wanted.
    effort : Effort
    executor : Executor

    Notes
    -----
    Checked by ``tests/unit/study/designs/test_frontier.py``.
    """
    explorer = Explorer(space.strategy, keys, effort=effort, executor=executor)
    if len(space) <= effort.grid_limit:
        explorer.try_all(map(space.design, space.points()))
        return Exploration(tuple(explorer.tried.values()), dict(explorer.reasons), "grid")

    def evaluate(points: Sequence[Point]) -> list[Values | None]:
        found = explorer.try_all(map(space.design, points))
        return [None if tried is None else worth(tried.parts) for tried in found]

    search(space.sizes, evaluate, objectives=objectives, evaluations=effort.evaluations, seed=effort.seed)
    return Exploration(tuple(explorer.tried.values()), dict(explorer.reasons), "search")


def metrics_for(keys: Iterable[str]) -> dict[str, Metric]:
    """All metrics, with those quantiles alone that some key asks for: quantiles are what takes long.

    The 95th percentile of a length comes with its mean: it tells whether that is cut at the cap.

    Examples
    --------
    >>> {name: m.quantiles for name, m in metrics_for(["access_window_s_p95"]).items() if m.quantiles}
    {'access_window_s': (0.95,)}
    """
    given = set(keys)
    wanted = given | {f"{key.removesuffix('_given_theft')}_p95" for key in given if key.startswith(CAPPED)}
    return {
        name: dataclasses.replace(
            metric, quantiles=tuple(q for q in metric.quantiles if f"{name}_p{round(100 * q)}" in wanted)
        )
        for name, metric in METRICS.items()
    }
