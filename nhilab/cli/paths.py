"""``nhilab paths``: how thieves get where they get."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nhilab.base.files import write_json
from nhilab.cli.complete import strategy_names
from nhilab.cli.options import (
    Json,
    Quiet,
    ScenarioPath,
    Seed,
    console,
    known_strategies,
    writable_file,
    writable_folder,
)
from nhilab.cli.progress import ProgressBar
from nhilab.lab import load_scenario
from nhilab.report.files.paths import paths_json, write_paths
from nhilab.report.tables.paths import print_paths
from nhilab.study.closeups.paths import REPLICATIONS, TOP, study_paths
from nhilab.study.comparisons.compare import CAMPAIGNS


def paths_command(
    scenario: ScenarioPath,
    strategy: Annotated[
        str | None,
        typer.Option(
            "-s",
            "--strategy",
            metavar="STRATEGY",
            autocompletion=strategy_names,
            help="The one to follow.",
            show_default="the first",
        ),
    ] = None,
    replications: Annotated[int, typer.Option(metavar="N", min=1, help="Independent replications.")] = REPLICATIONS,
    campaigns: Annotated[int, typer.Option(metavar="N", min=1, help="Thieves per replication.")] = CAMPAIGNS,
    seed: Seed = None,
    top: Annotated[int, typer.Option(metavar="K", min=1, help="Rows of each table; parts removed one by one.")] = TOP,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder for paths.csv, chokepoints.csv, cycles.csv and edges.csv."),
    ] = None,
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Follow thieves: their most frequent paths, what these rest on, and cycles that never end."""
    loaded = load_scenario(scenario)
    known_strategies(loaded, scenario, [strategy] if strategy is not None else [])
    if out is not None:
        writable_folder(out)
    if json is not None:
        writable_file(json)
    with ProgressBar(quiet=quiet, what="replays") as progress:
        study = study_paths(
            loaded,
            strategy if strategy is not None else next(iter(loaded.strategies)),
            seed=loaded.content.seed if seed is None else seed,
            replications=replications,
            campaigns=campaigns,
            top=top,
            progress=progress,
        )
    if out is not None:
        write_paths(out, study)
    if json is not None:
        write_json(json, paths_json(study))
    if not quiet:
        print_paths(console(), study, loaded, top=top)
