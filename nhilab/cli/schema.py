"""``nhilab schema``: what a scenario file may say."""

from __future__ import annotations

from nhilab.base.files import STDOUT, write_json
from nhilab.cli.options import Json, Quiet, writable_file
from nhilab.scenario.schema import scenario_schema


def schema_command(json: Json = None, quiet: Quiet = False) -> None:
    """Print the JSON Schema of scenario files, for editors that complete and check them."""
    if json is not None:
        writable_file(json)
        write_json(json, scenario_schema())
    elif not quiet:
        write_json(STDOUT, scenario_schema())
