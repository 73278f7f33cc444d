"""``nhilab frontier``: which designs of a space are worth having."""

from __future__ import annotations

from pathlib import Path
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
    writable_file,
)
from nhilab.cli.outputs import Outputs, later
from nhilab.cli.studying import studying
from nhilab.lab import load_scenario
from nhilab.report.tables.frontier import print_frontier, write_designs
from nhilab.study.comparisons.compare import CAMPAIGNS, REPLICATIONS
from nhilab.study.comparisons.worlds import worlds_of
from nhilab.study.designs.explore import EVALUATIONS, GRID_LIMIT, Effort
from nhilab.study.designs.frontier import OBJECTIVES, find_frontier
from nhilab.study.designs.space import space_of
from nhilab.study.designs.stability import rank_stability


def frontier_command(
    scenario: ScenarioPath,
    strategy: Annotated[
        str | None,
        typer.Option(
            "-s",
            "--strategy",
            metavar="STRATEGY",
            autocompletion=strategy_names,
            help="The one to design.",
            show_default="the one the space changes",
        ),
    ] = None,
    objective: Annotated[
        list[str] | None,
        typer.Option(
            "--objective",
            metavar="KEY",
            autocompletion=metric_names,
            help="A metric that counts.",
            show_default=", ".join(OBJECTIVES),
        ),
    ] = None,
    within_limits: Annotated[
        bool, typer.Option("--within-limits", help="Only designs that meet the scenario's limits.")
    ] = False,
    worlds: Annotated[
        bool, typer.Option("--worlds/--no-worlds", help="Rank the frontier's designs in other worlds too.")
    ] = True,
    grid_limit: Annotated[
        int, typer.Option("--grid-limit", metavar="N", min=1, help="Try all designs where there are at most so many.")
    ] = GRID_LIMIT,
    evaluations: Annotated[
        int, typer.Option("--evaluations", metavar="N", min=1, help="Designs to try where there are more.")
    ] = EVALUATIONS,
    replications: Replications = REPLICATIONS,
    campaigns: Campaigns = CAMPAIGNS,
    seed: Seed = None,
    workers: Workers = None,
    cluster: Cluster = None,
    json: Json = None,
    table: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="File for all designs tried.")] = None,
    figure: Figure = None,
    report: Report = None,
    quiet: Quiet = False,
) -> None:
    """Find the designs that no other beats in everything: risk against latency, load on issuers, and failures."""
    loaded = load_scenario(scenario)
    known_strategies(loaded, scenario, [] if strategy is None else [strategy])
    objectives = _objectives(objective or [])
    space = space_of(loaded, strategy)
    outputs = Outputs(json=json, figure=figure, report=report)
    outputs.check()
    if table is not None:
        writable_file(table)
    if figure is not None and len(objectives) < 2:
        raise InputError("--figure", "", "one objective", "two objectives or more, to draw one against the other")
    others = worlds_of(loaded, seed=loaded.content.seed if seed is None else seed) if worlds else ()
    for world in others:
        world.of(loaded, {})  # a world that cannot be is refused before anything is computed
    effort = Effort(
        seed=loaded.content.seed if seed is None else seed, replications=replications, campaigns=campaigns,
        grid_limit=grid_limit, evaluations=evaluations,
    )  # fmt: skip
    with studying(workers=workers, quiet=quiet, cluster=cluster) as executor:
        found = find_frontier(
            space, effort=effort, executor=executor, objectives=objectives, within_limits=within_limits
        )
        designs = [row.design for row in found.distinct]
        stability = (
            rank_stability(loaded, designs, others, strategy=found.strategy, effort=effort, executor=executor)
            if others and len(designs) > 1
            else None
        )
    outputs.write(
        lambda: {**found.to_json(), "stability": stability and stability.to_json()},
        figure=lambda: later("nhilab.report.figures.frontier", "draw_frontiers")(found),
        report=lambda: later("nhilab.report.page.frontier", "frontier_page")(found, loaded, stability),
    )
    if table is not None:
        write_designs(table, found)
    if not quiet:
        print_frontier(console(), found, loaded, stability)


def _objectives(names: list[str]) -> tuple[str, ...]:
    try:
        return known_metrics(names) or OBJECTIVES
    except InputError as error:
        raise InputError("--objective", "", error.found, error.allowed) from None
