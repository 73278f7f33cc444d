"""``nhilab import tables``: an estate in four CSV tables becomes a scenario."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nhilab.base.files import write_json
from nhilab.cli.options import Json, Quiet, writable_file
from nhilab.cli.progress import ProgressBar


def tables_command(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER",
            help="Folder with identities.csv, resources.csv, grants.csv and jobs.csv.",
            show_default=False,
        ),
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Scenario folder to write: new or an earlier import.")],
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Make a scenario of four tables: identities, resources, grants and jobs."""
    from nhilab.importers.output import read_report
    from nhilab.importers.tables import import_tables

    if json is not None:
        writable_file(json)
    with ProgressBar(quiet=quiet, what="reading tables", counted=False):
        report = import_tables(folder, out=out)
    if json is not None:
        write_json(json, read_report(out))
    if quiet:
        return
    held = report.estate
    typer.echo(f"{out / 'scenario.yaml'}: the scenario")
    typer.echo(
        f"  {held['identities']:,} identities, {held['resources']:,} resources, {held['grants']:,} grants, "
        f"{held['workloads']:,} workloads"
    )
    typer.echo(f"  about {report.tasks_per_day:,.0f} tasks and {report.calls_per_day:,.0f} calls a simulated day")
    for found in report.findings:
        if found.group == "left out":
            more = f" ({'; '.join(found.examples[:3])}{'; …' if found.count > 3 else ''})"
            typer.echo(f"  left out of {found.table}: {found.what}: {found.count:,}{more}")
    typer.echo(f"{out / 'report.md'}: what was read, inferred and left out")
