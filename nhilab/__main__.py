"""``python -m nhilab`` and the command ``nhilab``."""

from __future__ import annotations

import os

INTERRUPTED = 130

try:
    from nhilab.cli.loading import loading
except KeyboardInterrupt:  # before anybody listens
    os.write(2, b"nhilab: interrupted\n")
    os._exit(INTERRUPTED)


def main() -> None:
    """Load the command line and run it; whoever changes their mind while it loads is told in one line."""
    with loading():
        from nhilab.cli.main import main as command
    command()


if __name__ == "__main__":
    main()
