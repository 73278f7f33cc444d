"""A scenario to start from: whole, commented, compared in seconds, and never over another file."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from unit.study.small import write

from nhilab.cli.main import run
from nhilab.scenario.load import load_scenario
from nhilab.scenario.schema import scenario_schema
from nhilab.study.explanations.explain import explain
from nhilab.study.explanations.explanation import Odd


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NHILAB_CACHE", str(tmp_path / "cells"))


def test_the_starter_loads_is_compared_and_keeps_its_limits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.yaml"
    assert run(["new", str(path)]) == 0
    assert len(load_scenario(path).strategies) == 3
    assert run(["compare", str(path), "--replications", "2", "--campaigns", "20", "--workers", "1"]) == 0
    assert run(["check", str(path), "--campaigns", "20", "--workers", "1"]) == 0
    _, err = capsys.readouterr()
    assert err == ""


def test_the_starter_is_what_the_schema_and_the_explanation_call_sound(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    assert run(["new", str(path), "--quiet"]) == 0
    jsonschema.validate(yaml.safe_load(path.read_text(encoding="utf-8")), scenario_schema())
    assert {warned.kind for warned in explain(load_scenario(path)).warnings} == {Odd.NEVER_EXPIRES, Odd.NO_ISSUER_ENTRY}


def test_every_number_of_the_starter_says_where_it_comes_from(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    assert run(["new", str(path), "--quiet"]) == 0
    origins = load_scenario(path).provenance.origins
    assert [key for key, origin in origins.items() if origin.tag != "chosen" and not origin.source] == []
    assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=")


def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("mine", encoding="utf-8")
    assert run(["new", str(path)]) == 2
    _, err = capsys.readouterr()
    assert err == f"nhilab: {path}: found 'a file that is there already'; allowed: a new file\n"
    assert path.read_text(encoding="utf-8") == "mine"


def test_a_scenario_over_another_loads_beside_it_or_elsewhere(tmp_path: Path) -> None:
    other = write(tmp_path)
    for path in (tmp_path / "mine.yaml", tmp_path / "deep" / "er" / "mine.yaml"):
        assert run(["new", str(path), "--from", str(other), "--quiet"]) == 0
        loaded, base = load_scenario(path), load_scenario(other)
        assert list(loaded.strategies) == [*base.strategies, "mine"]
        assert loaded.strategies["mine"].stages == base.strategies[next(iter(base.strategies))].stages
        assert loaded.content.question == base.content.question


def test_a_scenario_over_none_is_refused_and_nothing_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["new", str(tmp_path / "mine.yaml"), "--from", str(tmp_path / "absent.yaml")]) == 2
    _, err = capsys.readouterr()
    assert "absent.yaml" in err and err.count("\n") == 1
    assert not (tmp_path / "mine.yaml").exists()


def test_the_starter_may_be_printed_and_what_was_written_told_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["new", "-"]) == 0
    out, _ = capsys.readouterr()
    assert out.startswith("# yaml-language-server") and yaml.safe_load(out)["question"]
    assert run(["new", str(tmp_path / "mine.yaml"), "--json", "-"]) == 0
    out, _ = capsys.readouterr()
    assert json.loads(out) == {"written": str(tmp_path / "mine.yaml")}
