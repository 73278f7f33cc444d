"""By which cycles does access keep itself alive? What mints itself anew before it dies lives for ever."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nhilab.ledger.compromises import StepKind
from nhilab.ledger.tables import Binding
from nhilab.metrics.minting import KEPT, MINTED, PLACE, Held, Link, MintingLinks
from nhilab.metrics.nodes import PLACE as PLACE_NODE
from nhilab.metrics.nodes import Node, Nodes
from nhilab.metrics.paths import USES, Move, Traces
from nhilab.metrics.reading import Reading

Cycle = tuple[Move, ...]
"""Once round: each move leads to its node, and the first sets out from the node of the last."""

Hand = frozenset[tuple[str, Node]]
"""What one campaign holds, in words: how it holds it (a kind of `Held`), and what."""


@dataclass(frozen=True, kw_only=True)
class Persistence:
    """What the campaigns on one ledger that persist hold, and the cycles in it.

    Attributes
    ----------
    hands : Counter of Hand
        How many campaigns hold just this.
    cycles : frozenset of Cycle
    """

    hands: Counter[Hand]
    cycles: frozenset[Cycle]


@dataclass(frozen=True, kw_only=True)
class PersistenceCycle:
    """A cycle, and how many campaigns hold all of it and persist.

    Attributes
    ----------
    cycle : Cycle
    campaigns : int
    campaign_share : float
        Of all campaigns.
    """

    cycle: Cycle
    campaigns: int
    campaign_share: float


def persistence(traces: Traces, *, hop_time: int) -> Persistence:
    """Cycles by which campaigns on one ledger may live for ever.

    Parameters
    ----------
    traces : Traces
    hop_time : int
        The thief's, in µs.

    Returns
    -------
    Persistence
        For each credential minted in a campaign that persists: a shortest cycle through it of what that campaign
        holds; and a shortest one of several members, if it can mint itself as well.

    Notes
    -----
    Definition: MODEL.md, persistence cycles. Source: ours. Oracle: two identities that impersonate each other, counted
    by hand. Checked by ``tests/unit/metrics/test_persistence.py``.
    """
    links, nodes = MintingLinks(traces.reading.ledger, hop_time), traces.nodes
    hands = Counter(_hands(traces.reading))
    found = {
        cycle
        for hand in hands
        for start in hand
        for itself in (True, False)
        if (cycle := _shortest(links, hand, start, itself=itself))
    }
    worded: Counter[Hand] = Counter()
    for hand, count in hands.items():
        worded[frozenset((held.kind, _node(nodes, held)) for held in hand)] += count
    return Persistence(hands=worded, cycles=frozenset(_in_words(nodes, cycle) for cycle in found))


def persistence_cycles(found: Iterable[Persistence], *, campaigns: int) -> list[PersistenceCycle]:
    """Cycles by how many campaigns hold them.

    Parameters
    ----------
    found : iterable of Persistence
        One for each run.
    campaigns : int
        Campaigns of all runs, also of those that find nothing.

    Returns
    -------
    list of PersistenceCycle
        Most campaigns first, then the shortest, then by words.

    Notes
    -----
    Definition: MODEL.md, persistence cycles. Source: ours. Checked by ``tests/unit/metrics/test_persistence.py``.
    """
    runs = list(found)
    hands = sum((run.hands for run in runs), Counter[Hand]())
    listed = []
    for cycle in frozenset[Cycle]().union(*(run.cycles for run in runs)):
        needed = {(_kind(move), move.node) for move in cycle}
        holding = sum(count for hand, count in hands.items() if needed <= hand)
        listed.append(PersistenceCycle(cycle=cycle, campaigns=holding, campaign_share=holding / campaigns))
    return sorted(listed, key=lambda c: (-c.campaigns, len(c.cycle), c.cycle))


def _hands(reading: Reading) -> Iterator[frozenset[Held]]:
    """What each campaign that persists holds; credentials that are used where they lie only if they are no bearers."""
    steps, persistent = reading.compromises.steps, reading.compromises.campaigns.persistent
    bearer = (reading.ledger.credentials.binding == Binding.BEARER).tolist()
    held: dict[int, set[Held]] = {}
    columns = (steps.campaign, steps.kind, steps.place, steps.credential, steps.scope, steps.stage)
    for campaign, kind, place, credential, scope, stage in zip(*(c.tolist() for c in columns), strict=True):
        if not persistent[campaign]:
            continue
        mine = held.setdefault(campaign, set())
        if kind == StepKind.FOOTHOLD:
            mine.add(Held(PLACE, place))
        elif kind == StepKind.MINTED:
            mine.add(Held(MINTED, scope, stage))
        elif credential >= 0 and not bearer[credential]:
            mine.add(Held(KEPT, scope, stage))
    return (frozenset(mine) for mine in held.values())


def _shortest(links: MintingLinks, hand: frozenset[Held], start: Held, *, itself: bool) -> tuple[Link, ...]:
    """A shortest cycle through something minted, within a hand, begun at its least member; empty if there is none.

    Unless `itself`, what can mint itself does not count as a cycle.
    """
    if start.kind != MINTED:
        return ()
    reached_by: dict[Held, tuple[Held, Link]] = {}
    waiting = deque([start])
    while waiting and start not in reached_by:
        here = waiting.popleft()
        for link in links.of(here):
            if link.to in hand and link.to not in reached_by and (itself or link.to != here):
                reached_by[link.to] = (here, link)
                waiting.append(link.to)
    if start not in reached_by:
        return ()
    backwards, at = list[Link](), start
    while not backwards or at != start:
        at, link = reached_by[at]
        backwards.append(link)
    cycle = backwards[::-1]
    least = cycle.index(min(cycle))
    return (*cycle[least:], *cycle[:least])


def _in_words(nodes: Nodes, cycle: tuple[Link, ...]) -> Cycle:
    moves = [Move(link.verb, nodes.operation(link.permission), _node(nodes, link.to)) for link in cycle]
    least = moves.index(min(moves))
    return (*moves[least:], *moves[:least])


def _node(nodes: Nodes, held: Held) -> Node:
    return nodes.place(held.row) if held.kind == PLACE else nodes.credential(held.row, held.stage)


def _kind(move: Move) -> str:
    """How a cycle's node is held."""
    return PLACE if move.node.kind == PLACE_NODE else KEPT if move.verb == USES else MINTED
