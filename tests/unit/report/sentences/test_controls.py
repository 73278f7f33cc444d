"""The catalogue of controls: everything is mapped, every id is known, nothing is without title and source."""

from __future__ import annotations

import copy
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError
from unit.study.small import compared, small

from nhilab.metrics.catalogue import METRICS
from nhilab.report.sentences.controls import control_rows, controls, read_controls
from nhilab.report.sentences.findings import KINDS, findings_of


@pytest.fixture
def content() -> Any:
    catalogue = files("nhilab.report.sentences") / "controls.yaml"
    return copy.deepcopy(yaml.safe_load(catalogue.read_text(encoding="utf-8")))


def test_every_metric_is_mapped_and_nothing_else_is_called_one() -> None:
    assert set(controls().metrics) == set(METRICS)


def test_every_kind_of_finding_is_mapped_and_nothing_else_is_called_one() -> None:
    assert set(controls().findings) == set(KINDS)


def test_the_frameworks_are_the_lists_that_are_named() -> None:
    sizes = {name: len(framework.entries) for name, framework in controls().frameworks.items()}
    assert (sizes["owasp-nhi"], sizes["owasp-agentic-threats"], sizes["owasp-agentic-top-10"]) == (10, 15, 10)
    assert set(sizes) - {"owasp-nhi", "owasp-agentic-threats", "owasp-agentic-top-10"} == {"nist-csf", "nist-ai-rmf"}


def test_every_framework_is_spoken_to_by_some_metric() -> None:
    spoken = {row.framework for row in control_rows(METRICS)}
    assert spoken == {framework.title for framework in controls().frameworks.values()}


def test_what_nobody_could_verify_is_marked() -> None:
    open_ones = [i for f in controls().frameworks.values() for i, entry in f.entries.items() if not entry.verified]
    assert open_ones == ["T10"]


def first_entry(content: Any) -> Any:
    return content["frameworks"]["owasp-nhi"]["entries"]["NHI1:2025"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c["metrics"]["reach"]["speaks_to"].append("NHI11:2025"),
        lambda c: c["metrics"]["reach"]["speaks_to"].append("T3"),
        lambda c: c["metrics"]["reach"].update(note="unknown key"),
        lambda c: c["metrics"]["reach"].update(why="no sentence"),
        lambda c: c["metrics"]["reach"].update(speaks_to=[]),
        lambda c: c["findings"]["choke-point"].pop("what"),
        lambda c: first_entry(c).update(title=" "),
        lambda c: first_entry(c).pop("read"),
        lambda c: first_entry(c).update(verified=False),
        lambda c: c["frameworks"]["nist-csf"].pop("source"),
        lambda c: c["frameworks"]["nist-csf"].update(source="a book"),
        lambda c: c["frameworks"]["nist-csf"]["entries"].update(T3={"title": "twice", "read": "copy"}),
        lambda c: c.update(more={}),
    ],
)
def test_a_catalogue_with_something_wrong_is_refused(content: Any, spoil: Any) -> None:
    read_controls(content)
    spoil(content)
    with pytest.raises(ValidationError):
        read_controls(content)


def test_a_quantile_speaks_to_what_its_metric_does_and_an_unknown_name_to_nothing() -> None:
    assert controls().of("access_window_s_p95") == controls().metrics["access_window_s"]
    assert controls().of("overhang_s_poo") is None
    assert control_rows(["nothing"]) == []


def test_rows_name_each_entry_once_with_all_that_speaks_to_it() -> None:
    rows = {row.id: row.names for row in control_rows(["reach", "hops", "reach", "choke-point"])}
    assert rows["NHI9:2025"] == ("reach", "hops", "choke-point")
    assert rows["DE.AE-04"] == ("reach",)
    assert list(rows)[:2] == ["NHI5:2025", "NHI9:2025"]


def test_the_findings_of_a_comparison_are_those_it_speaks_of(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    found = findings_of(compared(scenario), scenario)
    assert {"endless-access", "issuer-not-attacked", "assumption-not-examined"} <= set(found)
    assert not {"one-replication", "imprecise", "other-thief-missing", "infallible-judgement"} & set(found)
