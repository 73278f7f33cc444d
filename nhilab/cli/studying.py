"""What every study needs from the command line: workers, finished cells, a progress bar, a way out for Ctrl-C."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from nhilab.cli.progress import ProgressBar
from nhilab.study.cells.executor import Executor
from nhilab.study.cells.local import default_workers
from nhilab.study.cells.store import CellStore, cache_folder


@contextmanager
def studying(
    *, workers: int | None, quiet: bool, cluster: str | None = None, store: CellStore | None = None
) -> Iterator[Executor]:
    """An executor with a progress bar; Ctrl-C ends the command with 130, what is finished is kept."""
    kept = store or CellStore(cache_folder())
    try:
        with (
            ProgressBar(quiet=quiet) as progress,
            Executor(workers or default_workers(), kept, progress, cluster=cluster) as executor,
        ):
            yield executor
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
