"""The canonical order of simultaneous events."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, cast

import simpy
from simpy.events import NORMAL

from nhilab.base.errors import NhilabError


class Kind(IntEnum):
    """Kinds of events in the order they run at one instant (MODEL.md §4)."""

    CALL_END = 0
    REVOCATION_EFFECTIVE = 1
    ISSUANCE_END = 2
    ARRIVAL = 3
    CALL_READY = 4
    DECISION_END = 5
    RENEWAL = 6
    WAIT = 7


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


class StrictEnvironment(simpy.Environment):
    """Lets time pass by `Instant`s alone: in whole microseconds, and in the canonical order."""

    def schedule(self, event: simpy.Event, priority: Any = NORMAL, delay: float = 0) -> None:
        """Schedule an event; what is not an `Instant` happens at once.

        Raises
        ------
        NhilabError
            If it is to happen later, as SimPy's own timeouts do.
        """
        if delay and priority <= NORMAL:
            raise NhilabError(f"a process of one's own: found SimPy's timeout({delay}); allowed: wait(duration)")
        super().schedule(event, priority, delay)
