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
    at : tuple of int, optional
        Line and column, from 1.
    """

    def __init__(
        self, file: str | Path, key: str, found: object, allowed: str, *, at: tuple[int, int] | None = None
    ) -> None:
        self.file, self.key, self.found, self.allowed, self.at = str(file), key, found, allowed, at
        place = self.file if at is None else f"{self.file}:{at[0]}:{at[1]}"
        where = f"{place}: {key}" if key else place
        shown = repr(found)
        shown = shown if len(shown) <= 120 else shown[:117] + "..."
        super().__init__(" ".join(f"{where}: found {shown}; allowed: {allowed}".split()))

    def __reduce__(self) -> tuple[Any, ...]:
        return _input_error, (self.file, self.key, self.found, self.allowed, self.at)


def _input_error(file: str, key: str, found: object, allowed: str, at: tuple[int, int] | None) -> InputError:
    """An error that comes back from another process."""
    return InputError(file, key, found, allowed, at=at)


class WorkerError(NhilabError):
    """A worker process died; finished cells are kept."""


class InvariantError(NhilabError):
    """A ledger breaks a rule every ledger must keep; a bug, never a user's mistake."""
