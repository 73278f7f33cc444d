"""A progress bar on standard error, for people only, and only if it takes longer than a second."""

from __future__ import annotations

import os
import threading
import time
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from nhilab.study.cells.interrupts import hearing

PATIENCE: Final = 1.0


class ProgressBar:
    """Shows cells done, their rate and the time left; call it with done, found finished, total.

    Where nothing can be counted (``counted=False``) it shows that something is done, and for how long.
    """

    def __init__(self, *, quiet: bool = False, what: str = "cells", counted: bool = True) -> None:
        console = Console(stderr=True, color_system=None if os.environ.get("NO_COLOR") else "auto")
        self._shown = console.is_terminal and not quiet
        rate = TextColumn(what + "{task.fields[rate]}")
        counting = (BarColumn(None), MofNCompleteColumn(), rate, TimeRemainingColumn())
        self._bar = Progress(
            *(counting if counted else (SpinnerColumn(), rate, TimeElapsedColumn())),
            console=console,
            transient=True,
        )
        self._task = self._bar.add_task(what, total=None, rate="")
        self._timer = threading.Timer(PATIENCE, self._bar.start)
        self._timer.daemon = True
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        if self._shown:
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            with hearing() as interrupts, interrupts.held():  # or the terminal's cursor could stay hidden
                self._timer.cancel()
                self._timer.join()
                self._bar.stop()

    def __call__(self, done: int, found: int, total: int) -> None:
        """Show how far it is."""
        rate = (done - found) / max(time.monotonic() - self._began, 1e-9)
        shown = f", {rate:.2g}/s" if done > found else ""
        self._bar.update(self._task, completed=done, total=total, rate=shown)
