"""All paths of many campaigns as one graph: a list of edges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from nhilab.base.quantities import SECOND
from nhilab.metrics.nodes import Node
from nhilab.metrics.paths import Traces


class Edge(NamedTuple):
    """From what to what, how (a verb of `nhilab.metrics.paths.Move`), by which operation."""

    source: Node
    target: Node
    verb: str
    operation: str


@dataclass(frozen=True, kw_only=True)
class EdgeUse:
    """How much leads over one edge; those of several runs add up.

    Attributes
    ----------
    weight : float
        Sum of the sensitivities of the resources whose path leads over it, over the campaigns.
    first_s : tuple of float
        By campaign: seconds from entry until it was first gone over.
    """

    weight: float
    first_s: tuple[float, ...]

    def __add__(self, other: EdgeUse) -> EdgeUse:
        return EdgeUse(weight=self.weight + other.weight, first_s=self.first_s + other.first_s)


@dataclass(frozen=True, kw_only=True)
class EdgeRow:
    """An edge, and how much leads over it, per campaign of all.

    Attributes
    ----------
    edge : Edge
    campaigns : int
        Campaigns that go over it, also on the way to nothing.
    campaign_share, weighted_reach, median_first_s : float
        As in `nhilab.metrics.frequent.FrequentPath`.
    """

    edge: Edge
    campaigns: int
    campaign_share: float
    weighted_reach: float
    median_first_s: float


def edge_uses(traces: Traces) -> dict[Edge, EdgeUse]:
    """Edges of all paths on one ledger.

    Parameters
    ----------
    traces : Traces

    Returns
    -------
    dict of Edge to EdgeUse
        Edges from entry classes through places and credentials to resources.

    Notes
    -----
    Definition: MODEL.md, paths. Source: ours. Oracle: the edges into resources carry all weighted reach. Checked by
    ``tests/unit/metrics/test_edges.py``.
    """
    entered_at = traces.reading.compromises.campaigns.entered_at.tolist()
    weight: dict[Edge, float] = {}
    first: dict[Edge, dict[int, int]] = {}
    for edge, campaign, at, carried in (*_between_steps(traces), *_to_resources(traces)):
        weight[edge] = weight.get(edge, 0.0) + carried
        seen = first.setdefault(edge, {})
        seen[campaign] = min(seen.get(campaign, at), at)
    return {
        edge: EdgeUse(
            weight=total, first_s=tuple((at - entered_at[campaign]) / SECOND for campaign, at in first[edge].items())
        )
        for edge, total in weight.items()
    }


def _between_steps(traces: Traces) -> Iterator[tuple[Edge, int, int, float]]:
    """Edges into steps: campaign, instant and the weight they carry."""
    steps = traces.reading.compromises.steps
    columns = (steps.campaign, steps.previous, steps.at, traces.carries)
    for row, (campaign, previous, at, carried) in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
        source = traces.moves[previous].node if previous >= 0 else traces.begin(campaign).node
        verb, operation, node = traces.moves[row]
        yield Edge(source, node, verb, operation), campaign, at, carried


def _to_resources(traces: Traces) -> Iterator[tuple[Edge, int, int, float]]:
    """Edges into resources."""
    reached = traces.reading.compromises.reached
    weight_of = traces.reading.ledger.estate.resources.sensitivity.tolist()
    columns = (reached.campaign, reached.step, reached.reached_at, reached.resource)
    for row, (campaign, step, at, resource) in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
        verb, operation, node = traces.end(row)
        yield Edge(traces.moves[step].node, node, verb, operation), campaign, at, weight_of[resource]


def edge_rows(uses: Iterable[Mapping[Edge, EdgeUse]], *, campaigns: int) -> list[EdgeRow]:
    """Edges of several runs as one list.

    Parameters
    ----------
    uses : iterable of dict of Edge to EdgeUse
        One for each run.
    campaigns : int
        Campaigns of all runs, also of those that find nothing.

    Returns
    -------
    list of EdgeRow
        In the order of their words.

    Notes
    -----
    Definition: MODEL.md, paths. Source: ours. Checked by ``tests/unit/metrics/test_edges.py``.
    """
    total: dict[Edge, EdgeUse] = {}
    for one in uses:
        for edge, use in one.items():
            total[edge] = total[edge] + use if edge in total else use
    return [
        EdgeRow(
            edge=edge,
            campaigns=len(use.first_s),
            campaign_share=len(use.first_s) / campaigns,
            weighted_reach=use.weight / campaigns,
            median_first_s=median(use.first_s),
        )
        for edge, use in sorted(total.items())
    ]
