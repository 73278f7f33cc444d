"""``nhilab factorial``: which control bought the reduction."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nhilab.cli.complete import metric_names, strategy_names
from nhilab.cli.options import (
    Campaigns,
    Cluster,
    Figure,
    Json,
    Quiet,
    Replications,
    Report,
    ScenarioPath,
    Seed,
    Workers,
    console,
    known_strategies,
)
from nhilab.cli.outputs import Outputs, later
from nhilab.cli.studying import studying
from nhilab.lab import load_scenario
from nhilab.report.tables.factorial import print_factorial
from nhilab.study.comparisons.compare import CAMPAIGNS, REPLICATIONS
from nhilab.study.experiments.factorial import SHOWN, factorial


def factorial_command(
    scenario: ScenarioPath,
    strategy: Annotated[
        str | None,
        typer.Option(
            "-s",
            "--strategy",
            metavar="STRATEGY",
            autocompletion=strategy_names,
            help="The one to study.",
            show_default="the first a control changes",
        ),
    ] = None,
    control: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="One to try, of the scenario's.", show_default="all")
    ] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY", autocompletion=metric_names, help="A mean to decompose.", show_default=" and ".join(SHOWN)
        ),
    ] = None,
    replications: Replications = REPLICATIONS,
    campaigns: Campaigns = CAMPAIGNS,
    seed: Seed = None,
    workers: Workers = None,
    cluster: Cluster = None,
    json: Json = None,
    figure: Figure = None,
    report: Report = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="File for the numbers as a table.")] = None,
    quiet: Quiet = False,
) -> None:
    """Switch controls on and off in all combinations: what each bought, and which need each other."""
    loaded = load_scenario(scenario)
    known_strategies(loaded, scenario, [] if strategy is None else [strategy])
    outputs = Outputs(json=json, csv=csv, figure=figure, report=report)
    outputs.check()
    with studying(workers=workers, quiet=quiet, cluster=cluster) as executor:
        study = factorial(
            loaded,
            seed=loaded.content.seed if seed is None else seed,
            executor=executor,
            strategy=strategy,
            controls=control or (),
            metrics=metric or SHOWN,
            replications=replications,
            campaigns=campaigns,
        )
    outputs.write(
        study.to_json,
        csv=lambda: study.frame().write_csv(),
        figure=lambda: later("nhilab.report.figures.factorial", "draw_factorial")(study),
        report=lambda: later("nhilab.report.page.factorial", "factorial_page")(study, loaded),
    )
    if not quiet:
        print_factorial(console(), study, loaded)
