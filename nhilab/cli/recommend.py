"""``nhilab recommend``: the cheapest design that meets the limits, for each class of workloads."""

from __future__ import annotations

from typing import Annotated

import typer

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
)
from nhilab.cli.outputs import Outputs, later
from nhilab.cli.studying import studying
from nhilab.lab import load_scenario
from nhilab.report.tables.recommend import print_recommendation
from nhilab.study.comparisons.compare import CAMPAIGNS, REPLICATIONS
from nhilab.study.designs.explore import GRID_LIMIT
from nhilab.study.designs.recommend import recommend
from nhilab.study.designs.recommendation import Designs


def recommend_command(
    scenario: ScenarioPath,
    designs: Annotated[
        Designs, typer.Option("--designs", help="Candidates: the scenario's strategies, or the designs of its space.")
    ] = "strategies",
    grid_limit: Annotated[
        int, typer.Option("--grid-limit", metavar="N", min=1, help="Most designs of a space to try.")
    ] = GRID_LIMIT,
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
    """Recommend to each class of workloads the cheapest design that meets the scenario's limits."""
    loaded = load_scenario(scenario)
    outputs = Outputs(json=json, figure=figure, report=report)
    outputs.check()
    with studying(workers=workers, quiet=quiet, cluster=cluster) as executor:
        found = recommend(
            loaded,
            seed=loaded.content.seed if seed is None else seed,
            replications=replications,
            campaigns=campaigns,
            designs=designs,
            grid_limit=grid_limit,
            executor=executor,
        )
    outputs.write(
        found.to_json,
        figure=lambda: later("nhilab.report.figures.recommend", "draw_recommendations")(found),
        report=lambda: later("nhilab.report.page.recommend", "recommend_page")(found, loaded),
    )
    if not quiet:
        print_recommendation(console(), found, loaded)
