"""Presets of real systems lie under what a scenario says, and every number of theirs has a source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from nhilab.base.errors import InputError
from nhilab.base.quantities import HOUR, MINUTE, NEVER, SECOND
from nhilab.scenario.issuer_section import Issuer
from nhilab.scenario.load import load_scenario
from nhilab.scenario.presets import SECTIONS, Preset, Section, names_of, presets
from nhilab.scenario.provenance import Origin
from nhilab.scenario.scenario import Scenario
from nhilab.scenario.schema import scenario_schema
from nhilab.scenario.strategy_section import Stage
from nhilab.scenario.verifier_section import Verifier
from scenarios import HOURLY, as_content

ALL = list(presets().values())
PLACES: dict[Section, tuple[str, ...]] = {
    "issuers": ("issuers", "sts"),
    "verifiers": ("verifiers", "gateway"),
    "stages": ("strategies", "one", "stages", "0"),
}
MODELS = {"issuers": Issuer, "verifiers": Verifier, "stages": Stage}
STAGE = {"issuer": "sts", "from": "attested", "issue_per": "workload", "ttl": "30m"}
"""Keys a stage needs that its preset may leave to the scenario."""


def loaded(folder: Path, content: dict[str, Any], name: str = "small") -> Scenario:
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False))
    return load_scenario(path)


def using(section: Section, name: str, **own: Any) -> dict[str, Any]:
    """The hourly scenario with a preset in its one issuer, verifier or stage."""
    content = as_content(HOURLY)
    if section == "issuers":
        content["issuers"]["sts"] = {"preset": name, "service_time": "1s", **own}
    elif section == "verifiers":
        content["verifiers"]["gateway"] = {"preset": name, **own}
    else:
        says = presets()[section, name].says if (section, name) in presets() else {}
        missing = {key: value for key, value in STAGE.items() if key not in says}
        content["strategies"] = {"one": {"stages": [{"preset": name, **missing, **own}]}}
    return content


@pytest.mark.parametrize("preset", ALL, ids=lambda preset: f"{preset.section}-{preset.name}")
def test_every_preset_loads_and_the_schema_accepts_it(tmp_path: Path, preset: Preset) -> None:
    content = using(preset.section, preset.name)
    mine = preset.content(PLACES[preset.section]).origins
    assert mine.items() <= loaded(tmp_path, content).provenance.origins.items()
    validator = jsonschema.Draft202012Validator(scenario_schema())
    assert [error.message for error in validator.iter_errors(content | {"starts_on": "2026-01-05"})] == []


@pytest.mark.parametrize("preset", ALL, ids=lambda preset: f"{preset.section}-{preset.name}")
def test_every_value_of_a_preset_has_a_source_and_a_known_key(preset: Preset) -> None:
    fields = MODELS[preset.section].model_fields
    assert set(preset.says) <= {field.alias or name for name, field in fields.items()} - {"issuer"}
    statements = preset.statements()
    assert statements and len(preset.title) <= 120 and "\n" not in preset.title
    assert {s.origin.tag for s in statements} <= {"cited", "assumed"} and all(s.origin.source for s in statements)
    assert {s.key for s in statements if s.origin.tag == "assumed"} <= {"ttl_range.0", "ttl_range.1"}
    assert set(preset.content().origins.values()) <= {s.origin for s in statements}
    assert {figure["key"] for figure in preset.figures} <= {s.key for s in statements if s.origin.tag == "cited"}


def test_a_preset_never_says_what_only_a_scenario_can_know() -> None:
    assert [p.name for p in ALL if {"issuer", "service_time", "scope", "accepts_from"} & set(p.says)] == []
    assert {p.section for p in ALL} == set(SECTIONS) and len(names_of("issuers")) >= 10


def test_what_the_scenario_says_lies_over_the_preset(tmp_path: Path) -> None:
    issuer = loaded(tmp_path, using("issuers", "aws-sts", ttl_range=["1m", "1h"], servers=4)).issuers["sts"]
    assert issuer.ttl_range == (MINUTE, HOUR) and issuer.servers == 4
    assert issuer.out_of_range == "reject" and issuer.revocation_unit == "identity"
    stage = loaded(tmp_path, using("stages", "spire-x509", renew={"jitter": None})).strategies["one"].stages[0]
    assert not isinstance(stage.renew, str)
    assert (stage.ttl, stage.renew.ahead, stage.renew.jitter) == (HOUR, 0.5, 0.0)


def test_null_takes_a_key_of_the_preset_away(tmp_path: Path) -> None:
    stage = loaded(tmp_path, using("stages", "spire-x509", renew=None)).strategies["one"].stages[0]
    assert stage.renew == "on-use" and stage.binding == "exportable-key"
    issuer = loaded(tmp_path, using("issuers", "aws-sts", rate_limit=None)).issuers["sts"]
    assert issuer.rate_limit is None and issuer.ttl_range == (15 * MINUTE, 12 * HOUR)


def test_numbers_of_a_preset_are_cited_in_strategies_too_and_own_ones_are_chosen(tmp_path: Path) -> None:
    origins = loaded(tmp_path, using("stages", "spire-x509", renew={"jitter": 0.1})).provenance.origins
    source = next(s.origin for s in presets()["stages", "spire-x509"].statements() if s.key == "ttl")
    assert origins["strategies.one.stages.0.ttl"] == source and source.tag == "cited"
    assert origins["strategies.one.stages.0.renew.jitter"] == Origin("chosen", "")
    content = using("verifiers", "kube-apiserver")
    content["verifiers"]["gateway"]["assumed"] = "a guess"
    content["verifiers"]["gateway"]["session"] = "1h"
    origins = loaded(tmp_path, content).provenance.origins
    assert origins["verifiers.gateway.layers.1.cache.ttl"].tag == "cited"
    assert origins["verifiers.gateway.session"] == Origin("assumed", "a guess")


def test_a_scenario_with_presets_is_the_one_written_out(tmp_path: Path) -> None:
    content = using("stages", "spire-jwt")
    content["strategies"]["one"]["stages"][0] = STAGE | {"ttl": "5m", "renew": {"ahead": 0.5, "jitter": 0.05}}
    assert loaded(tmp_path, content).digest() == loaded(tmp_path, using("stages", "spire-jwt")).digest()


@pytest.mark.parametrize(
    ("section", "key"),
    [("issuers", "issuers.sts"), ("verifiers", "verifiers.gateway"), ("stages", "strategies.one.stages.0")],
)
@pytest.mark.parametrize("name", ["opa-bundel", 3, ["aws-sts"]])
def test_an_unknown_preset_is_told_the_known_ones_of_its_section(
    tmp_path: Path, section: Section, key: str, name: Any
) -> None:
    content = using(section, "none")
    for part in (content["issuers"]["sts"], content["verifiers"]["gateway"], *content["strategies"].values()):
        part = part["stages"][0] if "stages" in part else part
        part |= {"preset": name} if "preset" in part else {}
    with pytest.raises(InputError) as caught:
        loaded(tmp_path, content)
    assert caught.value.file == str(tmp_path / "small.yaml") and caught.value.key == f"{key}.preset"
    assert caught.value.found == name
    assert caught.value.allowed.startswith("one of " + ", ".join(names_of(section)[:5]))
    near = {"issuers": [], "verifiers": ["perhaps opa-bundle"], "stages": []}[section] if name == "opa-bundel" else []
    assert [part for part in caught.value.allowed.split("; ") if part == "perhaps opa-bundle"] == near


def test_a_preset_elsewhere_is_an_unknown_key(tmp_path: Path) -> None:
    content = as_content(HOURLY)
    content["profiles"]["default"]["preset"] = "spire"
    with pytest.raises(InputError, match=r"profiles.default.preset: found 'preset'; allowed: a known key"):
        loaded(tmp_path, content)


@pytest.mark.parametrize("part", [None, 3, [], "spire"])
def test_sections_of_another_shape_are_left_to_validation(tmp_path: Path, part: Any) -> None:
    for change in ({"issuers": part}, {"strategies": {"one": part}}, {"strategies": {"one": {"stages": part}}}):
        with pytest.raises(InputError):
            loaded(tmp_path, as_content(HOURLY) | change)


def test_a_file_that_extends_another_may_change_or_drop_its_preset(tmp_path: Path) -> None:
    loaded(tmp_path, using("issuers", "aws-sts", servers=4, ttl_range=["15m", "2h"]), "base")

    def top(**issuer: Any) -> Issuer:
        return loaded(tmp_path, {"extends": "base.yaml", "issuers": {"sts": issuer}}, "top").issuers["sts"]

    assert top(servers=5).ttl_range == (15 * MINUTE, 2 * HOUR)
    other = top(preset="entra-cae")
    assert other.ttl_range == (15 * MINUTE, 2 * HOUR) and other.out_of_range == "clamp" and other.servers == 4
    assert top(preset=None).rate_limit is None
    assert top(ttl_range=None).ttl_range is None, "a key taken away does not come back from the preset"


def test_known_presets_say_what_their_systems_do(tmp_path: Path) -> None:
    push, cache = loaded(tmp_path, using("verifiers", "kube-apiserver")).content.verifiers["gateway"].layers
    assert push.push is not None and push.push.delay == MINUTE
    assert cache.cache is not None and (cache.cache.ttl, cache.cache.negative_ttl) == (10 * SECOND, 0)
    key = loaded(tmp_path, using("stages", "aws-iam-access-key")).strategies["one"].stages[0]
    assert key.source == "standing" and key.ttl == NEVER
    assert loaded(tmp_path, using("issuers", "vault-service-token")).issuers["sts"].cascades
