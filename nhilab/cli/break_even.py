"""``nhilab break-even``: the value at which one strategy is as good as another."""

from __future__ import annotations

import math
from typing import Annotated

import typer

from nhilab.base.errors import InputError
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
)
from nhilab.cli.outputs import Outputs, later
from nhilab.cli.studying import studying
from nhilab.lab import load_scenario
from nhilab.report.tables.break_even import print_break_even
from nhilab.scenario.scenario import Scenario
from nhilab.study.comparisons.compare import CAMPAIGNS, REPLICATIONS
from nhilab.study.experiments.break_even_search import METRIC, break_even
from nhilab.study.experiments.vary import OPTION, Range, read_range, ways_of


def break_even_command(
    scenario: ScenarioPath,
    vary: Annotated[
        str, typer.Option(metavar="PATH=LOW..HIGH", help="A key path and where to look.", show_default=False)
    ],
    against: Annotated[
        str,
        typer.Option(
            metavar="STRATEGY", autocompletion=strategy_names, help="The one to be as good as.", show_default=False
        ),
    ],
    strategy: Annotated[
        str | None,
        typer.Option(
            "-s",
            "--strategy",
            metavar="STRATEGY",
            autocompletion=strategy_names,
            help="The one varied.",
            show_default="the path's",
        ),
    ] = None,
    metric: Annotated[
        str, typer.Option(metavar="KEY", autocompletion=metric_names, help="What is to be equal.")
    ] = METRIC,
    tolerance: Annotated[str, typer.Option(metavar="P", help="How well the value is wanted.")] = "1%",
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
    """Find the value at which two strategies are equal, such as the lifetime that is worth a revocation."""
    varied, share = read_range(vary), _share(tolerance)
    (key,) = known_metrics([metric])
    loaded = load_scenario(scenario)
    known_strategies(loaded, scenario, [against] if strategy is None else [strategy, against])
    outputs = Outputs(json=json, figure=figure, report=report)
    outputs.check()
    with studying(workers=workers, quiet=quiet, cluster=cluster) as executor:
        found = break_even(
            loaded,
            varied,
            strategy=strategy or _named(loaded, varied),
            against=against,
            metric=key,
            tolerance=share,
            seed=loaded.content.seed if seed is None else seed,
            replications=replications,
            campaigns=campaigns,
            executor=executor,
        )
    outputs.write(
        found.to_json,
        figure=lambda: later("nhilab.report.figures.break_even", "draw_difference")(found),
        report=lambda: later("nhilab.report.page.break_even", "break_even_page")(found, loaded),
    )
    if not quiet:
        print_break_even(console(), found, loaded)


def _named(scenario: Scenario, varied: Range) -> str:
    """The strategy a key path is about."""
    (way,) = ways_of(scenario, [varied.path])
    if way[0] != "strategies" or len(way) < 2:
        raise InputError(OPTION, "", varied.path, "a key path of a strategy, or --strategy to say which is to be equal")
    return str(way[1])


def _share(text: str) -> float:
    """A share of ``"1%"`` or ``"0.01"``, from 0.01 % to 50 %."""
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = math.nan
    if not 1e-4 <= value <= 0.5:
        raise InputError("--tolerance", "", text, "a share from 0.01% to 50%, such as 1%")
    return value
