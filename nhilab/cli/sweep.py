"""``nhilab sweep``: strategies at every point of a grid of values."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nhilab.base.files import whole_file, write_json
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
    known_metrics,
    known_strategies,
    writable_figure,
    writable_file,
)
from nhilab.cli.studying import studying
from nhilab.lab import load_scenario
from nhilab.report.sweep import print_sweep
from nhilab.study.compare import CAMPAIGNS, REPLICATIONS
from nhilab.study.sweep import SHOWN, Sweep, sweep
from nhilab.study.vary import read_axis


def sweep_command(
    scenario: ScenarioPath,
    vary: Annotated[
        list[str],
        typer.Option(metavar="PATH=V1,V2", help="A key path and its values; several are combined.", show_default=False),
    ],
    strategy: Annotated[
        list[str] | None,
        typer.Option(
            "-s",
            "--strategy",
            metavar="STRATEGY",
            autocompletion=strategy_names,
            help="One to try.",
            show_default="those that what varies touches",
        ),
    ] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY", autocompletion=metric_names, help="One to report.", show_default=", ".join(SHOWN)),
    ] = None,
    replications: Replications = REPLICATIONS,
    campaigns: Campaigns = CAMPAIGNS,
    seed: Seed = None,
    workers: Workers = None,
    cluster: Cluster = None,
    json: Json = None,
    figure: Figure = None,
    report: Report = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="File for the numbers as a table.")] = None,
    quiet: Quiet = False,
) -> None:
    """Vary values of a scenario: what strategies cost and buy at each."""
    axes = [read_axis(text) for text in vary]
    metrics = known_metrics(metric or []) or SHOWN
    loaded = load_scenario(scenario)
    known_strategies(loaded, scenario, strategy or [])
    if figure is not None:
        writable_figure(figure)
    for file in (json, csv, report):
        if file is not None:
            writable_file(file)
    with studying(workers=workers, quiet=quiet, cluster=cluster) as executor:
        found = sweep(
            loaded,
            axes,
            seed=loaded.content.seed if seed is None else seed,
            strategies=strategy or (),
            metrics=metrics,
            replications=replications,
            campaigns=campaigns,
            executor=executor,
        )
    _write(found, json=json, figure=figure, csv=csv)
    if report is not None:
        from nhilab.report.page.html import write_html
        from nhilab.report.page.sweep import sweep_page  # matplotlib takes a second to import

        write_html(report, sweep_page(found, loaded))
    if not quiet:
        print_sweep(console(), found, loaded)


def _write(found: Sweep, *, json: Path | None, figure: Path | None, csv: Path | None) -> None:
    if json is not None:
        write_json(json, found.to_json())
    if csv is not None:
        with whole_file(csv) as beside:
            found.frame().write_csv(beside)
    if figure is not None:
        from nhilab.report.drawing import write_figure
        from nhilab.report.sweep_figure import draw_curves  # matplotlib takes a second to import

        write_figure(figure, lambda: draw_curves(found))
