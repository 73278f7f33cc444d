"""``nhilab new``: a scenario to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nhilab.base.files import STDOUT, write_json
from nhilab.cli.complete import scenario_files
from nhilab.cli.options import Json, Quiet, writable_file
from nhilab.scenario.starter import over, starter, write_new


def new_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write; - prints it.")] = Path(
        "scenario.yaml"
    ),
    base: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="SCENARIO",
            help="Lay changes over this one.",
            show_default="a whole scenario",
            autocompletion=scenario_files,
        ),
    ] = None,
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Write a commented scenario to start from: small, whole, compared in seconds. No file is overwritten."""
    if json is not None:
        writable_file(json)
    write_new(file, starter() if base is None else over(base, beside=file.parent))
    if json is not None:
        write_json(json, {"written": file.as_posix()})
    if not quiet and file != STDOUT:
        typer.echo(f"{file}: the scenario\n  nhilab explain {file}\n  nhilab compare {file}")
