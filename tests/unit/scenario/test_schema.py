"""The JSON Schema accepts what the loader accepts, and knows every key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
import yaml
from pydantic import BaseModel, create_model

from nhilab.base.quantities import parse_duration
from nhilab.scenario.file import ScenarioFile
from nhilab.scenario.schema import scenario_schema
from scenarios import HOURLY, TWO_STAGES

SCENARIOS = Path(__file__).parents[3] / "scenarios"
SHIPPED = sorted(path for path in SCENARIOS.rglob("*.yaml") if path.name != "consistency.yaml")


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


def models() -> list[type[BaseModel]]:
    """Every part of a scenario file."""
    found: dict[str, type[BaseModel]] = {}

    def visit(kind: Any) -> None:
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind.__name__ not in found:
            found[kind.__name__] = kind
            for field in kind.model_fields.values():
                visit(field.annotation)
        for inside in get_args(kind):
            visit(inside)

    visit(ScenarioFile)
    return list(found.values())


def properties() -> list[tuple[str, dict[str, Any]]]:
    schema = scenario_schema()
    parts = {"ScenarioFile": schema} | schema["$defs"]
    return [
        (f"{name}.{key}", told)
        for name, part in parts.items()
        for key, told in part.get("properties", {}).items()
        if "$ref" not in told
    ]


def test_every_key_of_the_schema_says_what_it_means_and_shows_an_example() -> None:
    told = properties()
    assert len(told) > 200
    assert [name for name, part in told if len(part.get("description", "")) < 5] == []
    assert [name for name, part in told if not part.get("examples")] == []


def test_descriptions_are_sentences() -> None:
    told = {name: part["description"] for name, part in properties()}
    assert {name: text for name, text in told.items() if not text[0].isupper() and ":" not in text} == {}
    assert {name: text for name, text in told.items() if not text.endswith(".")} == {}


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_every_example_of_a_key_is_one_the_loader_takes(model: type[BaseModel]) -> None:
    for name, field in model.model_fields.items():
        alone = create_model("Alone", **{name: (field.annotation, field)})  # type: ignore[call-overload]
        for example in field.examples or ():
            alone.model_validate({field.alias or name: example})


def test_every_example_of_the_schema_is_one_the_schema_takes() -> None:
    schema = scenario_schema()
    for name, part in properties():
        rule = jsonschema.Draft202012Validator({"$defs": schema["$defs"]} | part)
        for example in part["examples"]:
            assert list(rule.iter_errors(json.loads(json.dumps(example)))) == [], (name, example)


def test_every_default_of_the_schema_is_one_a_file_could_say() -> None:
    schema = scenario_schema()
    for name, part in properties():
        rule = jsonschema.Draft202012Validator({"$defs": schema["$defs"]} | part)
        if "default" in part:
            assert list(rule.iter_errors(part["default"])) == [], (name, part["default"])


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("horizon",), "eight hours"),
        (("horizon",), "-8h"),
        (("horizon",), 8),
        (("estate", "workloads", "agent", "arrivals", "rate"), "often"),
        (("strategies", "jit", "stages", 0, "issue_per"), "hour"),
        (("issuers", "sts", "preset"), "aws-stss"),
    ],
)
def test_the_schema_refuses_words_where_the_loader_wants_a_length_a_rate_or_a_name(path: Any, value: Any) -> None:
    content = yaml.load(HOURLY, TextDates)
    part = content
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    assert faults(content)


@pytest.mark.parametrize("text", ["20ms", "1h30m", " 2 h", "0", "never", "1.5d", "3µs", "7min"])
def test_the_schema_takes_every_length_the_loader_takes(text: str) -> None:
    content = yaml.load(HOURLY, TextDates)
    parse_duration(text)
    content["threat"]["hop_time"] = text
    assert faults(content) == []


def test_the_schema_is_small_enough_for_an_editor() -> None:
    assert len(json.dumps(scenario_schema())) < 130_000
