"""``nhilab reproduce``: the published results, computed again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal, get_args

import typer

from nhilab.base.files import write_json
from nhilab.cli.options import Json, Quiet, Workers, console, writable_file, writable_folder
from nhilab.cli.progress import ProgressBar
from nhilab.cli.studying import studying
from nhilab.lab import load_scenario
from nhilab.report.published.answers import write_answers
from nhilab.report.tables.comparison import print_comparison
from nhilab.report.tables.incidents import write_incidents
from nhilab.study.cells.local import default_workers
from nhilab.study.cells.store import CellStore, cache_folder
from nhilab.study.published.answers import answer
from nhilab.study.published.incidents import INCIDENTS, study_incidents
from nhilab.study.published.reproduce import SCENARIO, reproduce

LIBRARY: Final = Path("scenarios")
Part = Literal["estate", "answers", "incidents"]


def reproduce_command(
    scenario: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="This comparison alone.", show_default=f"{SCENARIO}, then the rest"),
    ] = None,
    only: Annotated[Part | None, typer.Option(help="One part of the published results.", show_default="all")] = None,
    incidents: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the incidents' scenarios.")] = INCIDENTS,
    library: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the library's scenarios.")] = LIBRARY,
    results: Annotated[Path, typer.Option(metavar="DIR", help="Folder of published results.")] = Path("results"),
    workers: Workers = None,
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Compute the published results again, at their documented settings."""
    if scenario is not None and only not in (None, "estate"):
        raise typer.BadParameter(f"either --scenario or --only {only}, not both.")
    parts = {only} if only else {"estate"} if scenario is not None else set(get_args(Part))
    writable_folder(results)
    if json is not None:
        writable_file(json)
    try:
        if "estate" in parts:
            _estate(scenario or SCENARIO, results, workers or default_workers(), quiet=quiet)
        if "answers" in parts:
            _answers(library, results, workers, quiet=quiet)
        if "incidents" in parts:
            _incidents(incidents, results / "incidents", workers or default_workers(), quiet=quiet)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    if json is not None:
        folders = {"estate": results / (scenario or SCENARIO).stem, "answers": results / "answers.md"}
        written = {part: (folders | {"incidents": results / "incidents"})[part].as_posix() for part in sorted(parts)}
        write_json(json, {"schema": "nhilab/reproduced/1", "written": written})


def _estate(scenario: Path, results: Path, workers: int, *, quiet: bool) -> None:
    from nhilab.report.figures.comparison_file import write_svg

    loaded = load_scenario(scenario)
    with ProgressBar(quiet=quiet) as progress:
        comparison = reproduce(results, loaded, workers=workers, store=CellStore(cache_folder()), progress=progress)
    write_svg(results / loaded.name / "figure.svg", comparison)
    if not quiet:
        print_comparison(console(), comparison, loaded)
        typer.echo(f"written to {results / loaded.name}")


def _answers(library: Path, results: Path, workers: int | None, *, quiet: bool) -> None:
    with studying(workers=workers, quiet=quiet) as executor:
        answers = answer(library, executor=executor)
    write_answers(results, answers)
    if not quiet:
        typer.echo(f"written to {results / 'answers.md'}")


def _incidents(folder: Path, results: Path, workers: int, *, quiet: bool) -> None:
    with ProgressBar(quiet=quiet) as progress:
        studies = study_incidents(folder, workers=workers, store=CellStore(cache_folder()), progress=progress)
    write_incidents(results, studies)
    if not quiet:
        for study in studies:
            for compared in study.compared:
                typer.echo(f"{study.name}: {compared.figure.figure}: consistent: {compared.verdict}")
        typer.echo(f"written to {results}")
