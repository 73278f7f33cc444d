"""Which paths do thieves take most often? Counts of runs add up; the ranking comes last."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

from nhilab.base.quantities import SECOND
from nhilab.metrics.paths import Moves, Traces


@dataclass(frozen=True, kw_only=True)
class PathCount:
    """How often one path was taken; counts of several runs add up.

    Attributes
    ----------
    campaigns : int
        Campaigns in which some resource fell at the end of this very path.
    weight : float
        Sum of the sensitivities of these resources, over the campaigns.
    classes : Counter of resource class
        How many fell, over the campaigns.
    first_s : tuple of float
        By campaign: seconds from entry until the first of them fell.
    openings : tuple of int
        By campaign: openings on the path.
    """

    campaigns: int
    weight: float
    classes: Counter[str]
    first_s: tuple[float, ...]
    openings: tuple[int, ...]

    def __add__(self, other: PathCount) -> PathCount:
        return PathCount(
            campaigns=self.campaigns + other.campaigns,
            weight=self.weight + other.weight,
            classes=self.classes + other.classes,
            first_s=self.first_s + other.first_s,
            openings=self.openings + other.openings,
        )


@dataclass(frozen=True, kw_only=True)
class FrequentPath:
    """A path, and how often it was taken.

    Attributes
    ----------
    path : Moves
        From the entry class to the credential whose operations reach resources.
    campaigns : int
    campaign_share : float
        Of all campaigns, also of those that find nothing.
    weighted_reach : float
        Sum of the sensitivities of the resources at its end, per campaign.
    resources : float
        Resources at its end, per campaign that takes it.
    classes : tuple of str
        Their classes, the most frequent first.
    median_first_s : float
        From entry until the first of them falls, over the campaigns that take it.
    median_openings : float
    """

    path: Moves
    campaigns: int
    campaign_share: float
    weighted_reach: float
    resources: float
    classes: tuple[str, ...]
    median_first_s: float
    median_openings: float


def path_counts(traces: Traces) -> dict[Moves, PathCount]:
    """How often each path was taken on one ledger.

    Parameters
    ----------
    traces : Traces

    Returns
    -------
    dict of Moves to PathCount
        A path ends before the resource: what falls to one credential of one campaign shares its path.

    Notes
    -----
    Definition: MODEL.md, paths. Source: ours. Oracle: the weights sum to that of all resources reached. Checked by
    ``tests/unit/metrics/test_paths.py``.
    """
    found = traces.reading.compromises
    kind_of = traces.reading.ledger.estate.resources.resource_class.tolist()
    weight_of = traces.reading.ledger.estate.resources.sensitivity.tolist()
    entered_at = found.campaigns.entered_at.tolist()
    first: dict[int, dict[int, tuple[int, int]]] = {}
    weights: dict[int, list[float]] = {}
    classes: dict[int, Counter[str]] = {}
    r = found.reached
    columns = (r.campaign, r.step, r.resource, r.reached_at, r.n_hops)
    for campaign, step, resource, at, hops in zip(*(c.tolist() for c in columns), strict=True):
        path = traces.path[step]
        here = first.setdefault(path, {})
        here[campaign] = min(here.get(campaign, (at, hops)), (at, hops))
        weights.setdefault(path, []).append(weight_of[resource])
        classes.setdefault(path, Counter())[kind_of[resource]] += 1
    return {
        traces.paths[path]: PathCount(
            campaigns=len(here),
            weight=math.fsum(weights[path]),
            classes=classes[path],
            first_s=tuple((at - entered_at[campaign]) / SECOND for campaign, (at, _) in here.items()),
            openings=tuple(hops for _, hops in here.values()),
        )
        for path, here in first.items()
    }


def frequent_paths(counts: Iterable[Mapping[Moves, PathCount]], *, campaigns: int) -> list[FrequentPath]:
    """Paths by how many campaigns take them.

    Parameters
    ----------
    counts : iterable of dict of Moves to PathCount
        One for each run.
    campaigns : int
        Campaigns of all runs, also of those that find nothing.

    Returns
    -------
    list of FrequentPath
        Most campaigns first; ties by the weighted reach they carry, then by their words.

    Notes
    -----
    Definition: MODEL.md, paths. Source: ours. Checked by ``tests/unit/metrics/test_paths.py``.
    """
    total: dict[Moves, PathCount] = {}
    for one in counts:
        for path, count in one.items():
            total[path] = total[path] + count if path in total else count
    listed = [
        FrequentPath(
            path=path,
            campaigns=count.campaigns,
            campaign_share=count.campaigns / campaigns,
            weighted_reach=count.weight / campaigns,
            resources=count.classes.total() / count.campaigns,
            classes=tuple(sorted(count.classes, key=lambda c: (-count.classes[c], c))),
            median_first_s=median(count.first_s),
            median_openings=median(count.openings),
        )
        for path, count in total.items()
    ]
    return sorted(listed, key=lambda p: (-p.campaigns, -p.weighted_reach, p.path))
