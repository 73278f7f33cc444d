"""``nhilab schema``: what a scenario file may say."""

from __future__ import annotations

import json

import typer

from nhilab.scenario.file import ScenarioFile


def schema_command() -> None:
    """Print the JSON Schema of scenario files."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **ScenarioFile.model_json_schema()}
    typer.echo(json.dumps(schema, indent=2, ensure_ascii=False))
