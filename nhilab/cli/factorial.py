"""``nhilab factorial``: which control bought the reduction."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nhilab.base.files import write_json, write_text
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
    writable_figure,
    writable_file,
)
from nhilab.cli.studying import studying
from nhilab.lab import load_scenario
from nhilab.report.factorial import print_factorial
from nhilab.study.compare import CAMPAIGNS, REPLICATIONS
from nhilab.study.effects import Factorial
from nhilab.study.factorial import SHOWN, factorial


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
    for file in (json, csv, report):
        if file is not None:
            writable_file(file)
    if figure is not None:
        writable_figure(figure)
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
    _write(study, json=json, csv=csv, figure=figure)
    if report is not None:
        from nhilab.report.page.factorial import factorial_page  # matplotlib takes a second to import
        from nhilab.report.page.html import write_html

        write_html(report, factorial_page(study, loaded))
    if not quiet:
        print_factorial(console(), study, loaded)


def _write(study: Factorial, *, json: Path | None, csv: Path | None, figure: Path | None) -> None:
    if json is not None:
        write_json(json, study.to_json())
    if csv is not None:
        write_text(csv, study.frame().write_csv())
    if figure is not None:
        from nhilab.report.drawing import write_figure  # matplotlib takes a second to import
        from nhilab.report.factorial_figures import draw_factorial

        write_figure(figure, lambda: draw_factorial(study))
