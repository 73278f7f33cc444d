"""By which paths thieves reach what they reach: sequences of places, credentials and operations, in words."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from nhilab.base.quantities import SECOND, FloatArray
from nhilab.ledger.compromises import StepKind
from nhilab.ledger.tables import Binding
from nhilab.metrics.nodes import ENTRY, Node, Nodes
from nhilab.metrics.reading import Reading

BEGINS: Final = "begins"
ENTERS: Final = "enters"
BRINGS: Final = "brings"
HOLDS: Final = "holds"
OPENS: Final = "opens"
TAKES: Final = "takes"
USES: Final = "uses"
ATTESTS: Final = "attests"
MINTS: Final = "mints"
SIGNS: Final = "signs"
IMPERSONATES: Final = "impersonates"
PLANTS: Final = "plants"
REACHES: Final = "reaches"


class Move(NamedTuple):
    """How a path goes on.

    Attributes
    ----------
    verb : str
        `begins` at an entry class. `enters` a place, `brings` a credential (read in a log, or in hand) or `signs` one
        (with an issuer's key). `opens` a place, `holds` one inside. `takes` a copy of a credential, or `uses` it by
        its broker; `attests`: it is given to whoever runs there. `mints` the next stage, `impersonates`, `plants` a
        lasting one. `reaches` a resource.
    operation : str
        The operation that opened it, or worked, as ``RESOURCE:OPERATION``; empty if none did.
    node : Node
        What it leads to.
    """

    verb: str
    operation: str
    node: Node


class TimedMove(NamedTuple):
    """One move of one campaign.

    Attributes
    ----------
    move : Move
    after_s : float
        When, in seconds since the entry.
    unit : int
        Slot or task of a place, -1 for what is none.
    """

    move: Move
    after_s: float
    unit: int


Moves = tuple[Move, ...]
"""Moves from the entry class on; words only, so that paths of several runs can be compared."""


class Traces:
    """Paths to all steps of the campaigns of one ledger.

    Parameters
    ----------
    reading : Reading

    Attributes
    ----------
    moves : list of Move
        The move each step is, by row of steps.
    path : list of int
        The path up to each step, itself included, by row of steps: a position in `paths`.
    paths : list of Moves
        The distinct ones, and those that have only begun.
    ends : ndarray, shape (steps,), float64, weighted resources
        Sum of the sensitivities of the resources that fell to each step itself.
    carries : ndarray, shape (steps,), float64, weighted resources
        The same over all resources whose path leads through each step.

    Notes
    -----
    Definition: MODEL.md, paths. Checked by ``tests/unit/metrics/test_paths.py``.
    """

    def __init__(self, reading: Reading) -> None:
        self.reading, self.nodes = reading, Nodes(reading.ledger)
        steps, reached = reading.compromises.steps, reading.compromises.reached
        self.moves = _moves(reading, self.nodes)
        self.path: list[int] = []
        self.paths: list[Moves] = []
        self._trace()
        weight = reading.ledger.estate.resources.sensitivity[reached.resource]
        self.ends: FloatArray = np.bincount(reached.step, weight, len(steps)).astype(np.float64)
        self.carries = self.ends.copy()
        for row, before in zip(range(len(steps) - 1, -1, -1), steps.previous[::-1].tolist(), strict=True):
            if before >= 0:
                self.carries[before] += self.carries[row]

    def _trace(self) -> None:
        steps, known = self.reading.compromises.steps, dict[tuple[int, Move], int]()

        def longer(before: int, move: Move) -> int:
            if (before, move) not in known:
                known[before, move] = len(self.paths)
                self.paths.append((*self.paths[before], move) if before >= 0 else (move,))
            return known[before, move]

        rows = zip(steps.campaign.tolist(), steps.previous.tolist(), self.moves, strict=True)
        for campaign, previous, move in rows:
            before = self.path[previous] if previous >= 0 else longer(-1, self.begin(campaign))
            self.path.append(longer(before, move))

    def begin(self, campaign: int) -> Move:
        """The move to a campaign's entry class."""
        found = self.reading.compromises
        return Move(BEGINS, "", Node(ENTRY, str(found.entries.name[found.campaigns.entry[campaign]])))

    def end(self, row: int) -> Move:
        """The move to the resource of a row of reached."""
        reached = self.reading.compromises.reached
        operation = self.nodes.operation(int(reached.permission[row]))
        return Move(REACHES, operation, self.nodes.resource(int(reached.resource[row])))


def path_of(traces: Traces, row: int) -> tuple[TimedMove, ...]:
    """The whole path of one campaign to one resource, with its instants.

    Parameters
    ----------
    traces : Traces
    row : int
        Row of the table of resources reached.

    Returns
    -------
    tuple of TimedMove
        From the entry class to the resource; instants in s since the entry, never decreasing.

    Notes
    -----
    Definition: MODEL.md, paths. Source: ours. Checked by ``tests/unit/metrics/test_paths.py``.
    """
    found = traces.reading.compromises
    campaign, steps = int(found.reached.campaign[row]), found.steps
    entered_at = int(found.campaigns.entered_at[campaign])
    backwards = [TimedMove(traces.end(row), (int(found.reached.reached_at[row]) - entered_at) / SECOND, -1)]
    step = int(found.reached.step[row])
    while step >= 0:
        after_s = (int(steps.at[step]) - entered_at) / SECOND
        backwards.append(TimedMove(traces.moves[step], after_s, int(steps.unit[step])))
        step = int(steps.previous[step])
    backwards.append(TimedMove(traces.begin(campaign), 0.0, -1))
    return tuple(reversed(backwards))


def _moves(reading: Reading, nodes: Nodes) -> list[Move]:
    """The move each step is."""
    steps, binding = reading.compromises.steps, reading.ledger.credentials.binding
    kind = steps.kind.tolist()
    moves = list[Move]()
    for row, (place, credential, scope, stage, permission, previous) in enumerate(
        zip(
            *(c.tolist() for c in (steps.place, steps.credential, steps.scope, steps.stage)),
            *(c.tolist() for c in (steps.permission, steps.previous)),
            strict=True,
        )
    ):
        if kind[row] == StepKind.FOOTHOLD:
            verb, node = OPENS if permission >= 0 else HOLDS if previous >= 0 else ENTERS, nodes.place(place)
        else:
            node = nodes.credential(scope, stage)
            if kind[row] == StepKind.TAKEN:
                brokered = binding[credential] == Binding.BROKERED
                verb = USES if brokered else TAKES if previous >= 0 else BRINGS
            elif kind[row] == StepKind.MINTED:
                at_place = previous >= 0 and kind[previous] == StepKind.FOOTHOLD
                alone = SIGNS if previous < 0 else ATTESTS if at_place else MINTS
                verb = IMPERSONATES if permission >= 0 else alone
            else:
                verb = PLANTS
        moves.append(Move(verb, nodes.operation(permission), node))
    return moves
