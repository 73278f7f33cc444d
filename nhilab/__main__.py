"""``python -m nhilab`` and the command ``nhilab``."""

from __future__ import annotations

import os
import signal
from typing import Any, NoReturn


def main() -> None:
    """Load the command line and run it; whoever changes their mind while it loads is told in one line."""
    before = {number: signal.signal(number, _leave) for number in (signal.SIGINT, signal.SIGTERM)}
    from nhilab.cli.main import main as command  # takes most of a second

    try:
        for number, heard in before.items():
            signal.signal(number, heard)
        command()
    except KeyboardInterrupt:  # between the two
        _leave(signal.SIGINT)


def _leave(number: int, *_: Any) -> NoReturn:
    """End at once: nothing has begun, and an exception could be swallowed by whatever is being imported."""
    if number == signal.SIGINT:
        os.write(2, b"nhilab: interrupted\n")
    os._exit(128 + number)


if __name__ == "__main__":
    main()
