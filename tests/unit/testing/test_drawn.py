"""What is drawn is valid and varied: every mechanism can be found, and what was asked to be left out is not there."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import hypothesis
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.vendor.pretty import pretty
from unit.testing.doctored import pipeline

from nhilab.base.errors import InputError
from nhilab.base.estate import Estate
from nhilab.lab import Trial
from nhilab.ledger.invariants import violations
from nhilab.ledger.tables import Ledger
from nhilab.scenario.scenario import Scenario
from nhilab.testing import (
    assert_in_range,
    credential_strategies,
    demands,
    edited,
    estates,
    ledgers,
    scenario_contents,
    scenario_of,
    scenarios,
    trials,
)

FEW = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
SEEK = settings(
    max_examples=400, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip

FOUND: dict[str, Callable[[Any], bool]] = {
    "delegation": lambda c: any("delegates_to" in w for w in c["estate"]["workloads"].values()),
    "a queue": lambda c: any("queue" in w for w in c["estate"]["workloads"].values()),
    "an outage": lambda c: any("outages" in i for i in c["issuers"].values()),
    "a rate limit": lambda c: any("rate_limit" in i for i in c["issuers"].values()),
    "layers side by side": lambda c: any("first-of" in a for v in c["verifiers"].values() for a in v.get("layers", [])),
    "a self-contained verifier": lambda c: any(v.get("self_contained") for v in c["verifiers"].values()),
    "three stages": lambda c: any(len(s["stages"]) == 3 for s in c["strategies"].values()),
    "a standing credential": lambda c: any(s["stages"][0]["from"] == "standing" for s in c["strategies"].values()),
    "authorisation per request": lambda c: any("authorize" in s for s in c["strategies"].values()),
    "a mix of strategies": lambda c: any("mix" in s for s in c["strategies"].values()),
    "a place inside another": lambda c: any("inside" in p for p in c["estate"]["places"].values()),
}


@pytest.mark.parametrize("what", FOUND)
def test_a_scenario_with_each_mechanism_is_found(what: str) -> None:
    hypothesis.find(scenario_contents(), FOUND[what], settings=SEEK)


@FEW
@given(scenarios(detection=True))
def test_somebody_watches_if_asked_for(scenario: Scenario) -> None:
    assert scenario.threat.detection is not None
    assert set(scenario.strategies) == {"a", "b"}


@FEW
@given(scenarios(clocked=False, workloads=1, resources=2, identities=1, places=1))
def test_sizes_are_kept_and_without_clocks_nothing_has_instants_of_its_own(scenario: Scenario) -> None:
    content = scenario.written.content
    assert scenario.threat.detection is None
    assert [len(content["estate"][name]) for name in ("workloads", "identities")] == [1, 1]
    assert len(content["estate"]["resources"]) <= 2
    assert not any("outages" in issuer for issuer in content["issuers"].values())
    assert not any(strategy["stages"][0]["from"] == "standing" for strategy in content["strategies"].values())


@pytest.mark.parametrize("name", ["workloads", "resources", "identities", "places"])
def test_a_size_that_is_too_small_is_refused_when_asked_for(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name}: found 0; allowed: at least"):
        scenarios(**{name: 0})


@FEW
@given(scenarios())
def test_a_drawn_scenario_is_shown_as_the_code_that_makes_it(scenario: Scenario) -> None:
    again = eval(repr(scenario), {"scenario_of": scenario_of})
    assert again.digest() == scenario.digest()


def test_content_is_left_as_it_is_and_what_a_file_could_not_say_is_refused() -> None:
    content = {"question": "What is missing?", "horizon": "10m"}
    with pytest.raises(InputError, match=r"^drawn\.yaml: "):
        scenario_of(content)
    assert content == {"question": "What is missing?", "horizon": "10m"}


@FEW
@given(estates(resources=2, places=1))
def test_an_estate_is_a_table_of_what_exists(estate: Estate) -> None:
    assert len(estate.resources) >= 1
    assert len(estate.workloads) >= 1


@FEW
@given(credential_strategies(["sts"]))
def test_a_drawn_strategy_can_be_laid_over_ones_own_scenario(strategy: dict[str, Any]) -> None:
    made = edited(pipeline(), {"strategies.drawn": strategy})
    assert {stage["issuer"] for stage in strategy["stages"]} == {"sts"}
    assert "drawn" in made.strategies


def test_strategies_of_one_and_of_three_stages_are_found_and_without_issuers_none() -> None:
    for n in (1, 3):
        hypothesis.find(credential_strategies(["x", "y"]), lambda row, n=n: len(row["stages"]) == n, settings=SEEK)
    with pytest.raises(ValueError, match="at least one issuer"):
        credential_strategies([])


@FEW
@given(demands(pipeline()), demands(scenarios(workloads=1)))
def test_a_demand_has_its_tasks_in_order_of_time(own: Any, drawn: Any) -> None:
    for demand in (own, drawn):
        assert (np.diff(demand.tasks.arrived_at) >= 0).all()


@FEW
@given(ledgers())
def test_a_drawn_ledger_is_sound(ledger: Ledger) -> None:
    assert violations(ledger) == []


def test_ledgers_of_ones_own_scenario_are_of_each_strategy_or_of_the_one_named() -> None:
    """Of the three, only static keys never expire."""
    seen: dict[str, set[bool]] = {"any": set(), "session": set()}

    @settings(SEEK, max_examples=15)
    @given(ledgers(pipeline()), ledgers(pipeline(), strategy="session"))
    def look(one: Ledger, session: Ledger) -> None:
        seen["any"].add(_lives_for_ever(one))
        seen["session"].add(_lives_for_ever(session))

    look()
    assert seen == {"any": {False, True}, "session": {False}}


@FEW
@given(ledgers(pipeline()), trials(pipeline(), campaigns=2))
def test_a_drawn_ledger_is_shown_as_the_run_that_makes_it(ledger: Ledger, trial: Trial) -> None:
    """A changed copy is not shown as what it no longer is."""
    assert re.match(r"run\(scenario, '[a-z-]+', sample\(scenario, seed=\d+\)\) of pipeline", pretty(ledger))
    assert re.match(r"try_strategy\(scenario, '[a-z-]+', seed=\d+, campaigns=2\) of pipeline", pretty(trial))
    assert repr(dataclasses.replace(ledger, cap=1)) == "a changed copy of a drawn ledger"


@FEW
@given(st.data())
def test_a_strategy_that_no_scenario_has_is_refused_when_drawn(data: st.DataObject) -> None:
    with pytest.raises(InputError, match="job-token, session, static-key"):
        data.draw(ledgers(pipeline(), strategy="jit"))


@FEW
@given(trials(pipeline(), strategy="job-token", campaigns=7))
def test_a_trial_has_its_thieves_and_its_numbers(trial: Trial) -> None:
    assert len(trial.compromises.campaigns) == 7
    assert_in_range(trial.ledger, trial.compromises)


def _lives_for_ever(ledger: Ledger) -> bool:
    return bool((ledger.credentials.expires_at > 10**15).all())
