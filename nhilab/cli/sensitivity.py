"""``nhilab sensitivity``: which unknown number decides the result."""

from __future__ import annotations

from enum import StrEnum
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
    Strategy,
    Workers,
    console,
    known_metrics,
    known_strategies,
    one_strategy,
)
from nhilab.cli.outputs import Outputs, later
from nhilab.cli.studying import studying
from nhilab.lab import load_scenario
from nhilab.report.tables.sensitivity import print_sensitivity
from nhilab.study.comparisons.compare import CAMPAIGNS
from nhilab.study.experiments.factorial import SHOWN
from nhilab.study.experiments.sensitivity import REPLICATIONS, SAMPLES, sensitivity


class MethodName(StrEnum):
    """How sensitivity is measured."""

    morris = "morris"
    sobol = "sobol"


def sensitivity_command(
    scenario: ScenarioPath,
    strategy: Strategy = None,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="STRATEGY",
            autocompletion=strategy_names,
            help="Study the difference from this one.",
            show_default="none",
        ),
    ] = None,
    method: Annotated[
        MethodName, typer.Option(help="Elementary effects, to screen; or shares of variance.")
    ] = MethodName.morris,
    samples: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=2,
            help="Trajectories, or base points: with k inputs N (k + 1) or N (k + 2) points are tried.",
            show_default=" or ".join(map(str, SAMPLES.values())),
        ),
    ] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY", autocompletion=metric_names, help="A key of the report.", show_default=" and ".join(SHOWN)
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
    quiet: Quiet = False,
) -> None:
    """Vary what the scenario says is not known: which of it decides the result."""
    loaded = load_scenario(scenario)
    studied = one_strategy(loaded, scenario, strategy)
    known_strategies(loaded, scenario, [] if against is None else [against])
    metrics = known_metrics(metric or list(SHOWN))
    outputs = Outputs(json=json, figure=figure, report=report)
    outputs.check()
    with studying(workers=workers, quiet=quiet, cluster=cluster) as executor:
        study = sensitivity(
            loaded,
            method=method.value,
            seed=loaded.content.seed if seed is None else seed,
            executor=executor,
            strategy=studied,
            against=against,
            samples=samples,
            metrics=metrics,
            replications=replications,
            campaigns=campaigns,
        )
    outputs.write(
        study.to_json,
        figure=lambda: later("nhilab.report.figures.sensitivity", "draw_responses")(study),
        report=lambda: later("nhilab.report.page.sensitivity", "sensitivity_page")(study, loaded),
    )
    if not quiet:
        print_sensitivity(console(), study, loaded)
