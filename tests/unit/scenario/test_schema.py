"""The JSON Schema accepts what the loader accepts, and knows every key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from nhilab.scenario.schema import scenario_schema
from scenarios import HOURLY, TWO_STAGES

SHIPPED = sorted((Path(__file__).parents[3] / "scenarios").glob("*.yaml"))


class TextDates(yaml.SafeLoader):
    """Plain YAML as an editor's schema checker sees it: dates are text."""


TextDates.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def faults(content: Any) -> list[str]:
    validator = jsonschema.Draft202012Validator(scenario_schema())
    found = validator.iter_errors(json.loads(json.dumps(content)))
    return [jsonschema.exceptions.best_match([error]).message for error in found]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_schema_accepts_the_shipped_scenarios(path: Path) -> None:
    assert faults(yaml.load(path.read_text(encoding="utf-8"), TextDates)) == []


@pytest.mark.parametrize("text", [HOURLY, TWO_STAGES])
def test_the_schema_accepts_what_the_loader_accepts(text: str) -> None:
    assert faults(yaml.load(text, TextDates)) == []


def test_the_schema_refuses_a_key_the_loader_does_not_know() -> None:
    content = yaml.load(HOURLY, TextDates)
    content["threat"]["hop_tiem"] = "5s"
    assert faults(content)


def test_the_schema_is_itself_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(scenario_schema())
