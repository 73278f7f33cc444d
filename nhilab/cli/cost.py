"""``nhilab cost``: strategies side by side, in money."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nhilab.base.errors import InputError
from nhilab.base.files import write_text
from nhilab.cli.complete import strategy_names
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
    writable_file,
)
from nhilab.cli.outputs import Outputs, later
from nhilab.cli.studying import studying
from nhilab.lab import load_scenario
from nhilab.report.tables.cost import print_cost
from nhilab.scenario.scenario import Scenario
from nhilab.study.comparisons.compare import CAMPAIGNS, REPLICATIONS
from nhilab.study.costs.cost import cost_table, study_cost
from nhilab.study.costs.losses import loss_table

Csv = Annotated[Path | None, typer.Option("--csv", metavar="FILE.csv", help="File for the money, a row per item.")]
Losses = Annotated[
    Path | None, typer.Option("--losses", metavar="FILE.csv", help="File for the annual loss exceedance.")
]


def cost_command(
    scenario: ScenarioPath,
    strategy: Annotated[
        list[str] | None,
        typer.Option(
            "-s",
            "--strategy",
            metavar="STRATEGY",
            autocompletion=strategy_names,
            help="One to price; the first is the yardstick.",
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
    csv: Csv = None,
    losses: Losses = None,
    quiet: Quiet = False,
) -> None:
    """Put prices on strategies: money per task and day, and what thieves cost in a year."""
    loaded = load_scenario(scenario)
    known_strategies(loaded, scenario, strategy or [])
    _check_prices(loaded, scenario, with_losses=losses is not None)
    outputs = Outputs(json=json, csv=csv, figure=figure, report=report)
    outputs.check()
    if losses is not None:
        writable_file(losses)
    with studying(workers=workers, quiet=quiet, cluster=cluster) as executor:
        study = study_cost(
            loaded,
            seed=loaded.content.seed if seed is None else seed,
            executor=executor,
            strategies=strategy or (),
            replications=replications,
            campaigns=campaigns,
        )
    outputs.write(
        study.to_json,
        csv=lambda: cost_table(study).write_csv(),
        figure=lambda: later("nhilab.report.figures.cost", "draw_cost")(study),
        report=lambda: later("nhilab.report.page.cost", "cost_page")(study, loaded),
    )
    if losses is not None:
        found = {name: cost.loss for name, cost in study.strategies.items() if cost.loss is not None}
        write_text(losses, loss_table(found, study.prices.currency).write_csv())
    if not quiet:
        print_cost(console(), study, loaded)


def _check_prices(scenario: Scenario, path: Path, *, with_losses: bool) -> None:
    prices = scenario.content.prices
    if prices is None:
        raise InputError(path, "prices", "nothing", "unit prices such as {issuance: 0.001, failed_task: 20}")
    if with_losses and prices.loss is None:
        raise InputError(path, "prices.loss", "nothing", "{incidents_per_year: 0.5, per_incident: 10000}")
