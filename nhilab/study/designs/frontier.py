"""The frontier of a space: designs of which none is at least as good in all that counts, and better in something."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from nhilab.base.errors import InputError
from nhilab.base.quantities import SECOND, BoolArray
from nhilab.study.cells.executor import Executor
from nhilab.study.designs.dominance import TOLERANCE, almost_equal, clearly_dominating, membership, non_dominated
from nhilab.study.designs.explore import Effort, Exploration, Tried, explore
from nhilab.study.designs.limits import Limit, judge, limits_of, overall
from nhilab.study.designs.objective import differences, drawn_values, improving, point_values
from nhilab.study.designs.space import Design, Space
from nhilab.study.estimates.estimate import Estimate, Parts
from nhilab.study.estimates.plain import finite

SCHEMA: Final = "nhilab/frontier/1"
OBJECTIVES: Final = (
    "access_window_s", "reach_weighted", "added_latency_s", "issuances_per_task", "failed_task_share",
)  # fmt: skip
"""What counts unless said otherwise: risk, latency, load on issuers, failures."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Row:
    """A design among the others.

    Attributes
    ----------
    design : Design
    estimates : dict of key to Estimate
        Objectives, and what else was asked for.
    within_limits : bool
        Meets the scenario's limits, or was not held to them.
    on_frontier : bool
        No other design dominates it, as the means are.
    membership : float
        Share of resamples of the replications in which none does; NaN with one replication.
    dominated_by : tuple of str
        Designs of the frontier that dominate it beyond chance and beyond what counts.
    same_as : str
        A design further up that is almost the same in every objective; empty if none is.
    """

    design: Design
    estimates: dict[str, Estimate]
    within_limits: bool
    on_frontier: bool
    membership: float
    dominated_by: tuple[str, ...]
    same_as: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Frontier:
    """Designs of a space, the surest members of its frontier first.

    Attributes
    ----------
    scenario, scenario_digest, strategy : str
        Scenario and strategy whose values are changed.
    objectives : tuple of str
    seed, replications, campaigns : int
        Settings; campaigns per replication.
    cap_s : float
        Longest window told apart from an endless one.
    size, n_tried : int
        Designs in the space, and those tried.
    how : ``"grid"`` or ``"search"``
    infeasible : dict of reason to number of designs
    rows : tuple of Row
        Designs tried, by membership.
    """

    scenario: str
    scenario_digest: str
    strategy: str
    objectives: tuple[str, ...]
    seed: int
    replications: int
    campaigns: int
    cap_s: float
    size: int
    n_tried: int
    how: str
    infeasible: dict[str, int]
    rows: tuple[Row, ...]

    @property
    def members(self) -> tuple[Row, ...]:
        """Rows on the frontier."""
        return tuple(row for row in self.rows if row.on_frontier)

    @property
    def distinct(self) -> tuple[Row, ...]:
        """Rows on the frontier less those almost the same as one further up."""
        return tuple(row for row in self.members if not row.same_as)

    def to_json(self) -> dict[str, Any]:
        """The frontier as JSON of schema ``nhilab/frontier/1``: finite numbers or null."""
        named = ("scenario", "scenario_digest", "strategy", "seed", "replications", "campaigns", "cap_s", "size")
        return {
            "schema": SCHEMA,
            **{name: getattr(self, name) for name in (*named, "n_tried", "how")},
            "objectives": list(self.objectives),
            "infeasible": self.infeasible,
            "designs": [_plain(row) for row in self.rows],
        }


def find_frontier(
    space: Space,
    *,
    effort: Effort,
    executor: Executor,
    objectives: Sequence[str] = OBJECTIVES,
    within_limits: bool = False,
    also: Iterable[str] = (),
) -> Frontier:
    """Try the designs of a space and tell the good ones.

    Parameters
    ----------
    space : Space
    effort : Effort
    executor : Executor
    objectives : sequence of str
        Reported keys; each in the direction in which its metric is better.
    within_limits : bool
        Only designs that meet the scenario's limits at 95 % confidence can be on the frontier.
    also : iterable of str
        Keys estimated as well.

    Raises
    ------
    InputError
        If no design can be had, or limits are asked for and there are none.

    Notes
    -----
    Definition: MODEL.md, frontier. Checked by ``tests/unit/study/designs/test_frontier.py``, against a case counted by
    hand.
    """
    limits = limits_of(space.scenario) if within_limits else ()
    if within_limits and not limits:
        raise InputError(space.scenario.written.file, "limits", "nothing", "limits to keep designs within, by metric")
    keys = tuple(dict.fromkeys([*objectives, *(limit.key for limit in limits), *also]))
    cap_s = space.scenario.content.cap / SECOND
    signs = improving(objectives)

    def worth(parts: Parts) -> tuple[float, ...] | None:
        kept = _within(parts, limits, cap_s)
        return tuple((signs * point_values(parts, objectives)).tolist()) if kept else None

    exploration = explore(space, worth, objectives=len(signs), keys=keys, effort=effort, executor=executor)
    if not exploration.tried:
        reason = next(iter(exploration.infeasible), "no design was tried")
        raise InputError(space.scenario.written.file, "space", f"no design that can be had; {reason}", "another space")
    kept = [_within(tried.parts, limits, cap_s) for tried in exploration.tried]
    return Frontier(
        scenario=space.scenario.name,
        scenario_digest=space.scenario.digest(),
        strategy=space.strategy,
        objectives=tuple(objectives),
        seed=effort.seed,
        replications=effort.replications,
        campaigns=effort.campaigns,
        cap_s=cap_s,
        size=len(space),
        n_tried=len(exploration.tried),
        how=exploration.how,
        infeasible=exploration.infeasible,
        rows=_rows(exploration, kept, objectives, keys=keys, seed=effort.seed, cap_s=cap_s),
    )


def _within(parts: Parts, limits: Sequence[Limit], cap_s: float) -> bool:
    return overall(judge(parts, limits, cap_s=cap_s)) == "met"


def _rows(
    exploration: Exploration, kept: Sequence[bool], objectives: Sequence[str], *, keys: Sequence[str], seed: int,
    cap_s: float,
) -> tuple[Row, ...]:  # fmt: skip
    """Rows by membership, then as tried; a design outside the limits stands last and dominates none."""
    signs = improving(objectives)
    all_parts = [tried.parts for tried in exploration.tried]
    values = signs * np.array([point_values(parts, objectives) for parts in all_parts])
    values[~np.array(kept)] = np.nan
    on_frontier = non_dominated(values)
    drawn = signs * drawn_values(all_parts, objectives, seed=seed)
    drawn[:, ~np.array(kept)] = np.nan
    share = membership(drawn) if len(drawn) else np.full(len(values), np.nan)
    low, high = differences(all_parts, objectives)
    above = clearly_dominating(values, low, high, tolerance=TOLERANCE) & on_frontier[:, None]
    same = almost_equal(values, tolerance=TOLERANCE)
    order = np.lexsort((np.arange(len(values)), -np.nan_to_num(share), ~on_frontier, ~np.array(kept))).tolist()
    alike = _alike(order, same)
    names = [tried.design.name for tried in exploration.tried]
    return tuple(
        Row(
            design=exploration.tried[i].design,
            estimates=_estimates(exploration.tried[i], keys, cap_s),
            within_limits=kept[i],
            on_frontier=bool(on_frontier[i]),
            membership=float(share[i]),
            dominated_by=tuple(names[j] for j in order if above[j, i]),
            same_as=names[alike[i]] if i in alike else "",
        )
        for i in order
    )


def _alike(order: Sequence[int], same: BoolArray) -> dict[int, int]:
    """For each row that is almost the same as one further up, the first such row that is itself like none."""
    alike: dict[int, int] = {}
    leading: list[int] = []
    for i in order:
        like = next((j for j in leading if same[i, j]), None)
        if like is None:
            leading.append(i)
        else:
            alike[i] = like
    return alike


def _estimates(tried: Tried, keys: Sequence[str], cap_s: float) -> dict[str, Estimate]:
    found = tried.parts.estimates(cap_s=cap_s)
    return {key: found[key] for key in dict.fromkeys([*keys, "unbounded_share"])}


def _plain(row: Row) -> dict[str, Any]:
    return {
        "name": row.design.name,
        "values": dict(row.design.values),
        "within_limits": row.within_limits,
        "on_frontier": row.on_frontier,
        "membership": finite(row.membership),
        "dominated_by": list(row.dominated_by),
        "same_as": row.same_as or None,
        "estimates": {
            key: {name: finite(v) if isinstance(v, float) else v for name, v in estimate._asdict().items()}
            for key, estimate in row.estimates.items()
        },
    }
