"""What would removing it gain? The same thieves, replayed on the same runs without one part of the estate."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from nhilab.lab import replay
from nhilab.ledger.compromises import Compromises
from nhilab.ledger.tables import Ledger
from nhilab.ledger.without import Part, without
from nhilab.metrics.chokepoints import PartName, PartUse, part_name
from nhilab.metrics.nodes import Nodes
from nhilab.scenario.threat_section import Threat


@dataclass(frozen=True, eq=False)
class Trace:
    """One replication: its number, what happened, and what thieves made of it."""

    replication: int
    ledger: Ledger
    compromises: Compromises


@dataclass(frozen=True, kw_only=True)
class ChokePoint:
    """A part of the estate, and how much of the reach rests on it.

    Attributes
    ----------
    name : PartName
    campaigns : int
        Campaigns in which the recorded path to some resource leads through it.
    campaign_share : float
        Of all campaigns.
    on_paths : float
        Weighted reach per campaign whose recorded path leads through it. Other paths may lead there too.
    lost : float
        Weighted reach per campaign that is lost when it is removed.
    lost_share : float
        Of all weighted reach.
    """

    name: PartName
    campaigns: int
    campaign_share: float
    on_paths: float
    lost: float
    lost_share: float


def reach_of(found: Sequence[Compromises]) -> float:
    """Sum of the weighted reach of all campaigns."""
    return math.fsum(weight for one in found for weight in one.campaigns.reach_weighted.tolist())


def without_part(trace: Trace, threat: Threat, part: Part, *, seed: int) -> Compromises:
    """What the same thieves reach on the same run without one part.

    Parameters
    ----------
    trace : Trace
    threat : Threat
    part : Part
    seed : int
        That of the campaigns of the trace: they enter where and when they did.
    """
    campaigns = len(trace.compromises.campaigns)
    ledger = without(trace.ledger, part)
    return replay(ledger, threat, campaigns=campaigns, seed=seed, replication=trace.replication)


def choke_points(
    traces: Sequence[Trace],
    threat: Threat,
    uses: Mapping[Part, PartUse],
    *,
    top: int,
    seed: int,
    progress: Callable[[], None] = lambda: None,
) -> list[ChokePoint]:
    """Parts of the estate by the weighted reach that their removal cuts.

    Parameters
    ----------
    traces : sequence of Trace
        Replications of one strategy.
    threat : Threat
        That of the traces.
    uses : dict of Part to PartUse
        How much leads through each part, over all replications.
    top : int
        How many are removed and replayed: those with most weighted reach on recorded paths.
    seed : int
        That of the traces.
    progress : callable
        Called after each replay.

    Returns
    -------
    list of ChokePoint
        Most lost first, then most on recorded paths, then by words.

    Notes
    -----
    Definition: MODEL.md, choke points. Oracle: counted by hand. Checked by
    ``tests/unit/study/closeups/test_chokepoints.py``.
    """
    nodes = Nodes(traces[0].ledger)
    names = {part: part_name(nodes, part) for part in uses}
    tried = sorted(uses, key=lambda part: (-uses[part].weight, names[part]))[:top]
    before = [trace.compromises for trace in traces]
    campaigns, reach = sum(len(found.campaigns) for found in before), reach_of(before)
    listed = []
    for part in tried:
        after = []
        for trace in traces:
            after.append(without_part(trace, threat, part, seed=seed))
            progress()
        lost = reach - reach_of(after)
        listed.append(
            ChokePoint(
                name=names[part],
                campaigns=uses[part].campaigns,
                campaign_share=uses[part].campaigns / campaigns,
                on_paths=uses[part].weight / campaigns,
                lost=lost / campaigns,
                lost_share=lost / reach,
            )
        )
    return sorted(listed, key=lambda c: (-c.lost, -c.on_paths, c.name))
