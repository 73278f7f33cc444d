"""``python -m nhilab`` and the command ``nhilab``."""

from __future__ import annotations

from nhilab.cli.loading import loading


def main() -> None:
    """Load the command line and run it; whoever changes their mind while it loads is told in one line."""
    with loading():
        from nhilab.cli.main import main as command
    command()


if __name__ == "__main__":
    main()
