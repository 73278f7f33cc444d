"""``nhilab reproduce``: the published results, computed again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from nhilab.cli.options import Quiet, Workers, writable_folder
from nhilab.cli.progress import ProgressBar
from nhilab.lab import load_scenario
from nhilab.report.terminal import print_comparison
from nhilab.study.executor import default_workers
from nhilab.study.reproduce import SCENARIO, reproduce
from nhilab.study.store import CellStore, cache_folder


def reproduce_command(
    scenario: Annotated[Path, typer.Option(metavar="FILE", help="The published scenario.")] = SCENARIO,
    results: Annotated[Path, typer.Option(metavar="DIR", help="Folder of published results.")] = Path("results"),
    workers: Workers = None,
    quiet: Quiet = False,
) -> None:
    """Compute the published results again, at their documented settings."""
    from nhilab.report.page import write_svg

    loaded = load_scenario(scenario)
    writable_folder(results)
    try:
        with ProgressBar(quiet=quiet) as progress:
            comparison = reproduce(
                results,
                loaded,
                workers=workers or default_workers(),
                store=CellStore(cache_folder()),
                progress=progress,
            )
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    write_svg(results / loaded.name / "figure.svg", comparison)
    if not quiet:
        print_comparison(Console(), comparison, loaded)
        typer.echo(f"written to {results / loaded.name}")
