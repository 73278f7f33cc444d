"""Ctrl-C, and the wish of the system to end, that are never lost, however deep they fall."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

TERMINATED: Final = 143
"""Exit status of a process that was asked to end by SIGTERM."""

_AGAIN_S: Final = 1.0
"""What is pressed sooner after an interrupt is raised does not disturb the tidying up."""


class Interrupts:
    """Handler of Ctrl-C that loses none: one that cannot be raised now, or was swallowed, is raised at a `check`.

    As handler of SIGTERM it does the same, and raises SystemExit.

    An exception raised at any instant may be swallowed: numpy, comparing with a member of an enumeration, looks up
    attributes that are written in Python, and drops whatever they raise.
    """

    def __init__(self) -> None:
        self.noted = self.terminated = False
        self._raised_s = -math.inf
        self._held = False

    def __call__(self, number: int = signal.SIGINT, *_: object) -> None:
        """Note a signal, and raise it if it may be."""
        self.noted = True
        self.terminated = self.terminated or number == signal.SIGTERM
        if not self._held and time.monotonic() - self._raised_s > _AGAIN_S:
            self.check()

    def check(self) -> None:
        """Raise what was noted."""
        if self.noted:
            self._raised_s = time.monotonic()
            raise SystemExit(TERMINATED) if self.terminated else KeyboardInterrupt

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nothing is raised inside, except by `check`; it is at the end."""
        before, self._held = self._held, True
        try:
            yield
        finally:
            self._held = before
        if not before:
            self.check()


@contextmanager
def hearing() -> Iterator[Interrupts]:
    """Lose no Ctrl-C inside, if it would raise KeyboardInterrupt here; where it means something else, it still does."""
    heard = signal.getsignal(signal.SIGINT) if threading.current_thread() is threading.main_thread() else None
    interrupts = heard if isinstance(heard, Interrupts) else Interrupts()
    try:
        if heard is signal.default_int_handler:
            signal.signal(signal.SIGINT, interrupts)
        yield interrupts
    finally:
        if heard is signal.default_int_handler and signal.getsignal(signal.SIGINT) is interrupts:
            signal.signal(signal.SIGINT, heard)
