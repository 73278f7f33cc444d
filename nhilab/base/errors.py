"""What a user did wrong, said in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any


class NhilabError(Exception):
    """Base of every error the lab raises on purpose; the command line prints it and exits 2."""


class InputError(NhilabError):
    """An input file holds something the lab cannot use.

    Parameters
    ----------
    file : str or Path
        The file at fault.
    key : str
        Key path inside it (``strategies.jit.stages.0.ttl``, ``row 7, column cron``), or ``""``.
    found : object
        The value found.
    allowed : str
        What would have been accepted.
    """

    def __init__(self, file: str | Path, key: str, found: object, allowed: str) -> None:
        self.file, self.key, self.found, self.allowed = str(file), key, found, allowed
        where = f"{self.file}: {key}" if key else self.file
        shown = repr(found)
        shown = shown if len(shown) <= 120 else shown[:117] + "..."
        super().__init__(" ".join(f"{where}: found {shown}; allowed: {allowed}".split()))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.file, self.key, self.found, self.allowed)


class WorkerError(NhilabError):
    """A worker process died; finished cells are kept."""


class InvariantError(NhilabError):
    """A ledger breaks a rule every ledger must keep; a bug, never a user's mistake."""
