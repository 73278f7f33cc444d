"""What an interrupt does while modules are imported, when nothing has begun yet."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn


@contextmanager
def loading() -> Iterator[None]:
    """An interrupt ends the process at once, in one line: an exception could be swallowed by what is imported."""
    if threading.current_thread() is not threading.main_thread():  # signals are not for others to hear
        yield
        return
    before = {number: signal.signal(number, _leave) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, heard in before.items():
            signal.signal(number, heard)


def _leave(number: int, *_: Any) -> NoReturn:
    if number == signal.SIGINT:
        os.write(2, b"nhilab: interrupted\n")
    os._exit(128 + number)
