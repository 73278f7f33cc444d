"""How thieves get where they get under one strategy: their paths, what the paths rest on, and what never ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from nhilab.base.errors import InputError
from nhilab.lab import replay, run, sample
from nhilab.ledger.without import Part
from nhilab.metrics.chokepoints import PartUse, on_recorded_paths
from nhilab.metrics.edges import Edge, EdgeRow, EdgeUse, edge_rows, edge_uses
from nhilab.metrics.frequent import FrequentPath, PathCount, frequent_paths, path_counts
from nhilab.metrics.paths import Moves, Traces
from nhilab.metrics.persistence import Persistence, PersistenceCycle, persistence, persistence_cycles
from nhilab.metrics.reading import Reading
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.job import Progress
from nhilab.study.closeups.chokepoints import ChokePoint, Trace, choke_points, reach_of
from nhilab.study.comparisons.compare import CAMPAIGNS

REPLICATIONS: Final = 3
TOP: Final = 10


@dataclass(frozen=True, kw_only=True)
class PathStudy:
    """Paths, choke points, cycles and edges of one strategy.

    Attributes
    ----------
    strategy : str
    seed, replications : int
        Which chance.
    campaigns : int
        Thieves per replication.
    persistent : int
        Campaigns that hold a live minting cycle, of all replications.
    weighted_reach : float
        Per campaign.
    paths : list of FrequentPath
        All, the most frequent first.
    choke_points : list of ChokePoint
        Those removed and replayed.
    n_parts : int
        Parts of the estate that recorded paths lead through.
    cycles : list of PersistenceCycle
    edges : list of EdgeRow
    """

    strategy: str
    seed: int
    replications: int
    campaigns: int
    persistent: int
    weighted_reach: float
    paths: list[FrequentPath]
    choke_points: list[ChokePoint]
    n_parts: int
    cycles: list[PersistenceCycle]
    edges: list[EdgeRow]


@dataclass(frozen=True, eq=False)
class _Found:
    """What the paths of one replication amount to."""

    paths: Mapping[Moves, PathCount]
    parts: Mapping[Part, PartUse]
    persistence: Persistence
    edges: Mapping[Edge, EdgeUse]


def study_paths(
    scenario: Scenario,
    strategy: str,
    *,
    seed: int,
    replications: int = REPLICATIONS,
    campaigns: int = CAMPAIGNS,
    top: int = TOP,
    progress: Progress | None = None,
) -> PathStudy:
    """Follow all paths of all campaigns of a strategy.

    Parameters
    ----------
    scenario : Scenario
    strategy : str
    seed : int
        Which chance; on one seed `compare` meets the same thieves.
    replications : int
    campaigns : int
        Thieves replayed on each replication's ledger.
    top : int
        Parts of the estate that are removed, each by a replay of its own.
    progress : callable, optional
        Told of replays: done, 0, in all.

    Returns
    -------
    PathStudy

    Raises
    ------
    InputError
        If the strategy is unknown or a number out of range.
    """
    if strategy not in scenario.strategies:
        raise InputError(scenario.name, "strategies", strategy, "one of " + ", ".join(scenario.strategies))
    for key, value in (("replications", replications), ("campaigns", campaigns), ("top", top)):
        if value < 1:
            raise InputError(scenario.name, key, value, "at least 1")
    done = _Counter(progress, replications, top)
    traces = []
    for replication in range(replications):
        traces.append(_trace(scenario, strategy, seed=seed, replication=replication, campaigns=campaigns))
        done()
    found = [_follow(trace, scenario.threat.hop_time) for trace in traces]
    parts = _added_up(found)
    done.parts = min(top, len(parts))
    total = replications * campaigns
    return PathStudy(
        strategy=strategy,
        seed=seed,
        replications=replications,
        campaigns=campaigns,
        persistent=sum(int(trace.compromises.campaigns.persistent.sum()) for trace in traces),
        weighted_reach=reach_of([trace.compromises for trace in traces]) / total,
        paths=frequent_paths([one.paths for one in found], campaigns=total),
        choke_points=choke_points(traces, scenario.threat, parts, top=top, seed=seed, progress=done),
        n_parts=len(parts),
        cycles=persistence_cycles([one.persistence for one in found], campaigns=total),
        edges=edge_rows([one.edges for one in found], campaigns=total),
    )


class _Counter:
    """Counts replays for a progress bar: one for each replication, and one more for each part removed from it."""

    def __init__(self, tell: Progress | None, replications: int, parts: int) -> None:
        self.tell, self.replications, self.parts, self.done = tell, replications, parts, 0

    def __call__(self) -> None:
        self.done += 1
        if self.tell is not None:
            self.tell(self.done, 0, self.replications * (1 + self.parts))


def _trace(scenario: Scenario, strategy: str, *, seed: int, replication: int, campaigns: int) -> Trace:
    ledger = run(scenario, strategy, sample(scenario, seed=seed, replication=replication))
    found = replay(ledger, scenario.threat, campaigns=campaigns, seed=seed, replication=replication)
    return Trace(replication, ledger, found)


def _follow(trace: Trace, hop_time: int) -> _Found:
    traces = Traces(Reading(trace.ledger, trace.compromises))
    return _Found(
        paths=path_counts(traces),
        parts=on_recorded_paths(traces),
        persistence=persistence(traces, hop_time=hop_time),
        edges=edge_uses(traces),
    )


def _added_up(found: list[_Found]) -> dict[Part, PartUse]:
    """Uses of all parts over all replications; a strategy's parts have the same rows in each."""
    total: dict[Part, PartUse] = {}
    for one in found:
        for part, use in one.parts.items():
            total[part] = total.get(part, PartUse()) + use
    return total
