"""The numbers a scenario file assumes, and the scenario with one of them halved or doubled."""

from __future__ import annotations

from pathlib import Path

import pytest
from unit.study.small import YAML, small, write

from nhilab.base.quantities import MINUTE, SECOND
from nhilab.lab import load_scenario
from nhilab.scenario.scenario import Scenario
from nhilab.study.comparisons.assumed import Assumed, assumed_of, scaled


def one(scenario: Scenario, name: str) -> Assumed:
    return next(assumed for assumed in assumed_of(scenario) if assumed.name == name)


def changed(scenario: Scenario, name: str, factor: float) -> Scenario:
    found = scaled(scenario, one(scenario, name), factor)
    assert isinstance(found, Scenario), found
    return found


def test_what_is_cited_measured_or_chosen_is_not_assumed(tmp_path: Path) -> None:
    text = YAML.replace("horizon: 4h", "horizon: {value: 4h, measured: here}").replace(
        "rate: 10/h", "rate: 10/h, cited: there"
    )
    names = {assumed.name for assumed in assumed_of(load_scenario(write(tmp_path, text)))}
    assert "follow_up" in names
    assert not names & {"horizon", "estate.workloads.job.arrivals.rate", "seed"}
    assert not any(name.startswith("strategies") for name in names)


def test_a_length_a_rate_and_a_list_are_multiplied(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    assert changed(scenario, "threat.hop_time", 2.0).threat.hop_time == 10 * SECOND
    assert changed(scenario, "threat.entries.dependency.dwell", 0.5).threat.entries["dependency"].dwell == MINUTE // 2
    found = changed(scenario, "estate.workloads.job.arrivals.rate", 2.0)
    assert found.written.content["estate"]["workloads"]["job"]["arrivals"]["rate"] == "20/h"
    profile = changed(scenario, "profiles.default.task_time.quantiles", 2.0)
    assert profile.written.content["profiles"]["default"]["task_time"]["quantiles"][1] == f"{2 * MINUTE}us"


def test_a_whole_number_that_has_no_half_is_rounded_and_never_0(tmp_path: Path) -> None:
    scenario = small(tmp_path)
    assert len(changed(scenario, "estate.resources.db.count", 0.5).estate.resources) == 3
    assert len(changed(scenario, "estate.resources.db.count", 2.0).estate.resources) == 7
    assert isinstance(scaled(scenario, one(scenario, "issuers.sts.servers"), 0.5), str)


def test_a_share_is_cut_at_1(tmp_path: Path) -> None:
    text = YAML.replace("residue: 10m}", "log: log, logs_token_probability: 0.7}\n    log: {kind: log, residue: never}")
    scenario = load_scenario(write(tmp_path, text))
    name = "estate.places.runner.logs_token_probability"
    assert changed(scenario, name, 2.0).written.content["estate"]["places"]["runner"]["logs_token_probability"] == 1.0


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_never_has_neither_half_nor_double(tmp_path: Path, factor: float) -> None:
    text = YAML.replace("residue: 10m", "residue: never")
    scenario = load_scenario(write(tmp_path, text))
    found = scaled(scenario, one(scenario, "estate.places.runner.residue"), factor)
    assert found == "it is not a number that has a half or a double"


def test_of_several_parts_the_one_that_never_ends_stays_and_the_others_are_multiplied(tmp_path: Path) -> None:
    text = YAML.replace("residue: 10m}", "residue: 10m}\n    other: {kind: host, isolation: shared, residue: never}")
    scenario = load_scenario(write(tmp_path, text))
    places = changed(scenario, "estate.places.*.residue", 2.0).written.content["estate"]["places"]
    assert (places["runner"]["residue"], places["other"]["residue"]) == (f"{20 * MINUTE}us", "never")


def test_one_key_of_several_places_with_one_reason_is_one_number_and_weights_stay_apart(tmp_path: Path) -> None:
    text = YAML.replace("residue: 10m}", "residue: 10m}\n    other: {kind: host, isolation: shared, residue: 20m}")
    text = text.replace("technique: T1552.001}", "technique: T1552.001, weight: 2}").replace(
        "dwell: 1m}", "dwell: 1m, weight: 3}"
    )
    scenario = load_scenario(write(tmp_path, text))
    assert one(scenario, "estate.places.*.residue").paths == (
        "estate.places.runner.residue", "estate.places.other.residue",
    )  # fmt: skip
    names = [assumed.name for assumed in assumed_of(scenario)]
    assert {"threat.entries.runner.weight", "threat.entries.dependency.weight"} <= set(names)
    both = changed(scenario, "estate.places.*.residue", 0.5).written.content["estate"]["places"]
    assert [both[name]["residue"] for name in ("runner", "other")] == [f"{5 * MINUTE}us", f"{10 * MINUTE}us"]
