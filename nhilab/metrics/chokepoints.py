"""Through what do the recorded paths lead? What carries most of the reach is worth removing first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from nhilab.ledger.compromises import StepKind
from nhilab.ledger.without import Part, PartKind
from nhilab.metrics.nodes import Node, Nodes
from nhilab.metrics.paths import Traces


@dataclass(frozen=True, kw_only=True)
class PartUse:
    """How much leads through one part of the estate; those of several runs add up.

    Attributes
    ----------
    campaigns : int
        Campaigns in which the path to some resource leads through it.
    weight : float
        Sum of the sensitivities of the resources whose recorded path leads through it, over the campaigns.
    """

    campaigns: int = 0
    weight: float = 0.0

    def __add__(self, other: PartUse) -> PartUse:
        return PartUse(campaigns=self.campaigns + other.campaigns, weight=self.weight + other.weight)


def on_recorded_paths(traces: Traces) -> dict[Part, PartUse]:
    r"""Weighted reach whose recorded path leads through each place, kind of credential and opening.

    .. math:: \sum_{\text{campaigns}} \sum_{r:\ \text{part on the path to } r} s_r

    Parameters
    ----------
    traces : Traces

    Returns
    -------
    dict of Part to PartUse
        Parts that at least one resource's path leads through. The sum is over campaigns, not their mean.

    Notes
    -----
    Definition: MODEL.md, choke points. Source: ours. Oracle: counted by hand; on a path that leads through the same
    part twice it counts once. Checked by ``tests/unit/metrics/test_chokepoints.py``.
    """
    steps = traces.reading.compromises.steps
    behind: list[frozenset[Part]] = []
    campaigns: dict[Part, set[int]] = {}
    weight: dict[Part, float] = {}
    rows = zip(steps.campaign.tolist(), steps.previous.tolist(), traces.carries.tolist(), _parts(traces), strict=True)
    for campaign, previous, carried, parts in rows:
        before = behind[previous] if previous >= 0 else frozenset()
        new = [part for part in parts if part not in before]
        behind.append(before.union(new) if new else before)
        for part in new if carried > 0 else ():
            weight[part] = weight.get(part, 0.0) + carried
            campaigns.setdefault(part, set()).add(campaign)
    return {part: PartUse(campaigns=len(campaigns[part]), weight=total) for part, total in weight.items()}


def _parts(traces: Traces) -> Iterator[list[Part]]:
    """Parts that each step makes use of."""
    steps = traces.reading.compromises.steps
    identity_of = traces.reading.ledger.scopes.identity.tolist()
    columns = (steps.kind, steps.place, steps.scope, steps.stage, steps.permission)
    for kind, place, scope, stage, permission in zip(*(c.tolist() for c in columns), strict=True):
        identity = identity_of[scope] if scope >= 0 else -1
        parts = []
        if kind == StepKind.FOOTHOLD:
            parts.append(Part(PartKind.PLACE, place=place))
        elif kind in (StepKind.TAKEN, StepKind.MINTED):
            parts.append(Part(PartKind.CREDENTIAL, identity=identity, stage=stage))
        if permission >= 0:
            parts.append(Part(PartKind.OPENING, place=place, identity=identity, permission=permission))
        yield parts


class PartName(NamedTuple):
    """A part in words: its kind, what it is or opens, and the operation that opens it (empty if none)."""

    kind: str
    node: Node
    operation: str = ""


def part_name(nodes: Nodes, part: Part) -> PartName:
    """A part of the estate in words.

    Parameters
    ----------
    nodes : Nodes
    part : Part

    Returns
    -------
    PartName
        A kind of credential has the identity and the stage, an opened identity the identity alone.
    """
    if part.kind == PartKind.CREDENTIAL:
        return PartName(part.kind, nodes.kind_of_credential(part.identity, part.stage))
    node = nodes.place(part.place) if part.place >= 0 else nodes.identity(part.identity)
    return PartName(part.kind, node, nodes.operation(part.permission))
