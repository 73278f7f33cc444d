"""The incidents' scenarios carry documented figures as recorded, and their alternatives show what is said of them."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from claims import Less, Same

from nhilab.base.quantities import DAY, HOUR
from nhilab.lab import load_scenario
from nhilab.report.tables.incidents import NO_FIGURE, consistency_frame, markdown
from nhilab.scenario.provenance import Origin
from nhilab.study.comparisons.compare import compare
from nhilab.study.comparisons.comparison import Comparison
from nhilab.study.published.incident_record import Figure, Given, load_incidents
from nhilab.study.published.incidents import IncidentStudy, study_incidents

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "scenarios" / "incidents"
INCIDENTS = load_incidents(FOLDER)
UNITS = {"h": HOUR, "d": DAY}
ROUNDING = 0.006
MOST_LINES = 90
FLAGS = ("verified", "inferred", "recalled", "unknown")

SHOWN: dict[str, tuple[Less | Same, ...]] = {
    "posthog-2025": (
        Less("access_window_s", "job-tokens", "documented"),
        Less("crown_jewel_probability", "used-grants", "documented"),
        Less("access_window_s", "bound-keys", "documented"),
    ),
    "tj-actions-reviewdog-2025": (
        Less("access_window_s", "monthly", "documented"),
        Less("crown_jewel_probability", "monthly", "documented"),
        Less("access_window_s", "job-tokens", "documented"),
        Less("reach", "used-grants", "documented"),
    ),
    "codecov-2021": (
        Less("unbounded_share", "keyless-customers", "documented"),
        Same("reach", "keyless-customers", "documented"),
        Less("theft_probability", "keyless-vendor", "documented"),
    ),
    "okta-support-2023": (
        Less("crown_jewel_probability", "bound-sessions", "documented"),
        Same("crown_jewel_probability", "short-sessions", "documented"),
        Less("access_window_s", "short-sessions", "documented"),
        Less("theft_probability", "federated-support", "documented"),
    ),
    "microsoft-sas-2023": (
        Less("access_window_s", "original-expiry", "documented"),
        Same("reach", "original-expiry", "documented"),
        Less("access_window_s", "one-week", "documented"),
        Less("reach", "used-grants", "documented"),
    ),
    "tanstack-2026": (
        Same("access_window_s", "one-minute", "documented", within=0.01),
        Same("reach", "one-minute", "documented"),
        Less("reach", "used-grants", "documented"),
    ),
    "sourcegraph-2023": (
        Less("access_window_s", "monthly", "documented"),
        Less("crown_jewel_probability", "monthly", "documented"),
        Less("reach", "used-grants", "documented"),
        Less("access_window_s", "bound-key", "documented"),
    ),
    "circleci-2023": (
        Less("access_window_s", "revoked-at-once", "documented"),
        Less("crown_jewel_probability", "job-tokens", "documented"),
        Less("access_window_s", "bound-session", "documented"),
    ),
}
"""What each incident's alternatives show, as `shows` says in words; differences are from `documented`, paired."""


class Fact(NamedTuple):
    """A figure as the record has it."""

    low: float
    high: float
    flag: str
    sources: set[str]


@pytest.fixture(scope="session")
def recorded(shared_data: Path) -> dict[str, dict[str, Any]]:
    content = yaml.safe_load((shared_data / "incidents.yaml").read_text(encoding="utf-8"))
    return {incident["id"]: incident for incident in content["incidents"]}


@functools.cache
def studied(name: str) -> IncidentStudy:
    """An incident, at a small size."""
    (study,) = study_incidents(FOLDER, only=[name], replications=4, campaigns=4)
    return study


def hours(instant: str) -> float:
    return datetime.datetime.fromisoformat(instant.replace("Z", "+00:00")).timestamp() / 3600


def instant(incident: dict[str, Any], name: str) -> Fact:
    """An instant in hours; a date that stands in the words about the credential is the whole day."""
    if name in incident["timeline"]:
        found = incident["timeline"][name]
        return Fact(hours(found["lo"]), hours(found["hi"]), found["flag"], {found.get("source", "")})
    credential = next(c for c in incident["credential"] if name in c["nominal_lifetime"])
    begin = hours(f"{name}T00:00:00Z")
    return Fact(begin, begin + 24, credential["lifetime_flag"], {credential["lifetime_source"]})


def fact_of(incident: dict[str, Any], figure: Figure) -> Fact:
    """What the record says of a fact: the time between two instants, a derived number, or one in its words."""
    if " to " in figure.fact:
        begin, end = (instant(incident, name) for name in figure.fact.split(" to "))
        per = UNITS[figure.unit] / HOUR
        low, high = max(0.0, end.low - begin.high) / per, (end.high - begin.low) / per
        return Fact(low, high, max(begin.flag, end.flag, key=FLAGS.index), begin.sources | end.sources)
    section, _, rest = figure.fact.partition(".")
    key, _, words = rest.partition(" ")
    if section == "derived":
        value = float(incident["derived"][key])
        every = {at.get("source", "") for at in incident["timeline"].values() if at["flag"] == "verified"}
        return Fact(value, value, "verified", every)
    found = incident["lateral_path"][int(key) - 1] if section == "lateral_path" else incident[section][key]
    text = found.get("value", found.get("obtained_or_done"))
    number = re.search(rf"(\d+) (?:sessions )?{words}", text)
    assert number, f"{figure.fact}: not in {text!r}"
    return Fact(float(number[1]), float(number[1]), found["flag"], {found["source"]})


def figures() -> list[tuple[str, Figure]]:
    return [(name, figure) for name, record in INCIDENTS.items() for figure in (*record.inputs, *record.outputs)]


def leaves(value: Any, path: str) -> dict[str, int]:
    """Whole numbers under a value, by key path: lengths are in µs."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list | tuple) else ()
    if isinstance(value, int) and not isinstance(value, bool):
        return {path.removesuffix(".constant"): value}
    return {key: number for name, part in parts for key, number in leaves(part, f"{path}.{name}".lstrip(".")).items()}


def values_of(name: str, given: Given) -> list[float]:
    """Numbers of the scenario that an input set, in its unit."""
    found = leaves(load_scenario(FOLDER / f"{name}.yaml").content.model_dump(), "")
    below = [[v for key, v in found.items() if f"{key}.".startswith(f"{path}.")] for path in given.sets]
    assert all(below), given.sets
    values = [value / UNITS.get(given.unit, 1) for part in below for value in part]
    return [sum(values)] if given.sum else values


def carried(name: str, given: Given) -> bool:
    """Whether the scenario's numbers are the documented ones: both ends of an interval, or a number within it."""
    values = values_of(name, given)
    if len(set(values)) > 1:
        return [min(values), max(values)] == pytest.approx([given.low, given.high], abs=ROUNDING)
    return given.low - ROUNDING <= values[0] <= given.high + ROUNDING


def origins(name: str) -> dict[str, Origin]:
    return load_scenario(FOLDER / f"{name}.yaml").provenance.origins


def differs(claim: Less | Same, comparison: Comparison) -> bool:
    """Whether a claim holds by the paired difference from the documented design."""
    if isinstance(claim, Less):
        assert claim.more == comparison.first
        return comparison.difference(claim.less)[claim.metric].high < 0
    contrast = comparison.difference(claim.one)[claim.metric]
    allowed = (claim.within + 1e-9) * abs(comparison.strategies[claim.other][claim.metric].mean)
    return max(-contrast.low, contrast.high) <= allowed


def test_each_figure_is_that_of_the_record(recorded: dict[str, dict[str, Any]]) -> None:
    wrong = []
    for name, figure in figures():
        fact = fact_of(recorded[name], figure)
        same = (figure.low, figure.high) == pytest.approx((fact.low, fact.high), abs=ROUNDING)
        if not same or figure.flag != fact.flag or INCIDENTS[name].sources[figure.source] not in fact.sources:
            wrong.append((name, figure, fact))
    assert wrong == []


def test_a_figure_that_is_off_is_seen(recorded: dict[str, dict[str, Any]]) -> None:
    for name, figure in figures():
        fact = fact_of(recorded[name], figure)
        assert fact.high + 0.02 != pytest.approx(figure.high, abs=ROUNDING)


@pytest.mark.parametrize("name", INCIDENTS)
def test_the_scenario_carries_the_inputs_that_are_named(name: str) -> None:
    inputs = INCIDENTS[name].inputs
    assert [given for given in inputs if not carried(name, given)] == []
    bent = [given.model_copy(update={"low": given.high + 1, "high": 2 * given.high + 1}) for given in inputs]
    assert [given for given in bent if carried(name, given)] == []


@pytest.mark.parametrize("name", INCIDENTS)
def test_only_verified_figures_are_cited_with_a_source_of_theirs(name: str) -> None:
    record, found = INCIDENTS[name], origins(name)
    breakout = "equilibrium-security.co.uk/blog/crowdstrike-2026-global-threat-report/"
    for path, origin in found.items():
        given = [g for g in record.inputs if any(f"{path}.".startswith(f"{key}.") for key in g.sets)]
        if origin.tag == "cited" and not (path == "threat.hop_time" and breakout in origin.source):
            assert [g for g in given if g.flag == "verified" and record.sources[g.source] == origin.source], path
        if given and all(g.flag != "verified" for g in given):
            assert origin.tag == "assumed", path


@pytest.mark.parametrize("name", INCIDENTS)
def test_every_number_but_chosen_ones_says_where_it_is_from(name: str) -> None:
    found = origins(name)
    assert [path for path, origin in found.items() if origin.tag != "chosen" and not origin.source.strip()] == []
    documented = {path: origin.tag for path, origin in found.items() if path.startswith("strategies.documented.")}
    assert "chosen" not in documented.values(), "a number of the documented design is documented or assumed"


@pytest.mark.parametrize("name", INCIDENTS)
def test_an_incident_is_short_and_begins_with_its_question(name: str) -> None:
    lines = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    assert re.fullmatch(r"question: .{20,110}\?", lines[0])
    assert lines[1].startswith("# "), "what happened, in words"
    assert len(lines) <= MOST_LINES and max(map(len, lines)) <= 120


def test_there_is_a_scenario_and_a_claim_for_each_incident() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(INCIDENTS) | {"consistency"}
    assert set(SHOWN) == set(INCIDENTS) and len(SHOWN) == 8


@pytest.mark.parametrize("name", INCIDENTS)
def test_windows_fit_into_the_observation_and_below_the_cap(name: str) -> None:
    content = load_scenario(FOLDER / f"{name}.yaml").content
    longest = max(figure.high * UNITS[figure.unit] for _, figure in figures() if _ == name and figure.unit == "h")
    assert longest < content.cap and longest < content.follow_up


@pytest.mark.parametrize("name", INCIDENTS)
def test_alternatives_show_what_is_said_of_them(name: str, full: bool) -> None:
    scenario = load_scenario(FOLDER / f"{name}.yaml")
    comparison = compare(scenario, seed=2, replications=12, campaigns=20) if full else studied(name).comparison
    assert comparison.first == "documented" and 2 <= len(scenario.strategies) - 1 <= 4
    assert [claim for claim in SHOWN[name] if not differs(claim, comparison)] == []
    turned = [Same(claim.metric, claim.less, claim.more) for claim in SHOWN[name] if isinstance(claim, Less)]
    assert [claim for claim in turned if differs(claim, comparison)] == []


@pytest.mark.parametrize("name", INCIDENTS)
def test_the_table_has_a_row_for_each_figure_that_was_no_input(name: str) -> None:
    study = studied(name)
    frame = consistency_frame([study])
    assert frame["figure"].to_list() == [figure.figure for figure in INCIDENTS[name].outputs]
    assert set(frame["consistent"]) <= {"yes", "no", "too wide to tell"}
    sums = frame.filter((frame["basis"] == "sum") & (frame["consistent"] != "yes"))
    assert sums["figure"].to_list() == [], "what adds up from inputs agrees, or the incident is not played as it went"
    inputs_only = [dataclasses.replace(study, compared=())]
    assert NO_FIGURE in markdown(inputs_only) and consistency_frame(inputs_only)["figure"].to_list() == [NO_FIGURE]
