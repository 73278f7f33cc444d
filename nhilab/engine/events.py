"""The canonical order of simultaneous events."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, cast

import simpy


class Kind(IntEnum):
    """Kinds of events in the order they run at one instant (MODEL.md §4)."""

    CALL_END = 0
    REVOCATION_EFFECTIVE = 1
    ISSUANCE_END = 2
    ARRIVAL = 3
    CALL_READY = 4
    DECISION_END = 5
    RENEWAL = 6


class Instant(simpy.Event):
    """An event at `delay` from now that runs in the order (time, kind, id).

    SimPy's own zero-delay events have priorities 0 and 1, so all that follows from an instant at no delay runs
    before the next one.
    """

    def __init__(self, environment: simpy.Environment, delay: int, kind: Kind, id: int) -> None:
        super().__init__(environment)
        self._ok = True
        self._value: Any = None
        environment.schedule(self, cast(Any, (kind + 2) << 40 | id), delay)
