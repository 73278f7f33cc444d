"""``nhilab explain``: a scenario in words."""

from __future__ import annotations

from typing import Annotated

import typer

from nhilab.base.files import write_json
from nhilab.cli.complete import strategy_names
from nhilab.cli.options import Json, Quiet, ScenarioPath, console, known_strategies, writable_file
from nhilab.report.tables.explain import explained
from nhilab.scenario.load import load_scenario
from nhilab.study.explanations.explain import explain


def explain_command(
    scenario: ScenarioPath,
    strategy: Annotated[
        list[str] | None,
        typer.Option(
            "-s",
            "--strategy",
            metavar="STRATEGY",
            help="One to tell of.",
            show_default="all",
            autocompletion=strategy_names,
        ),
    ] = None,
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Say in words what a scenario says: who works where, which credentials live how long, and what is odd in it.

    Nothing is run.
    """  # fmt: skip
    loaded = load_scenario(scenario)
    known_strategies(loaded, scenario, strategy or [])
    if json is not None:
        writable_file(json)
    found = explain(loaded, strategy or ())
    if json is not None:
        write_json(json, found.to_json())
    if not quiet:
        typer.echo(explained(found, width=min(console().width, 100)))
