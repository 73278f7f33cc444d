"""``nhilab schema``: what a scenario file may say."""

from __future__ import annotations

import json

import typer

from nhilab.scenario.schema import scenario_schema


def schema_command() -> None:
    """Print the JSON Schema of scenario files."""
    typer.echo(json.dumps(scenario_schema(), indent=2, ensure_ascii=False))
