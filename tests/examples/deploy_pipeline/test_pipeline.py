"""What a team asks of its own deploy pipeline: with the fixtures of the plugin, and drawn variations of the design."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

import nhilab
import nhilab.testing as lab

HERE = Path(__file__).parent
PIPELINE = nhilab.load_scenario(HERE / "pipeline.yaml")
TTLS_OF_OUR_POLICY = {"strategy.job-token.ttl": lab.durations("2m", "8m")}
SHAPES = {
    "estate.resources.production.count": st.integers(1, 5),
    "estate.workloads.deploy-staging.count": st.integers(1, 3),
    "estate.places.runner.slots": st.integers(1, 4),
    "estate.places.runner.residue": lab.durations("0", "10m"),
}

pytestmark = pytest.mark.nhilab(scenario="pipeline.yaml", strategy="job-token")


def test_the_pipeline_keeps_its_limits(nhilab_scenario: nhilab.Scenario) -> None:
    lab.assert_limits(nhilab_scenario, "job-token", strict=True, campaigns=100)


@settings(max_examples=6, deadline=None)
@given(lab.variations(PIPELINE, TTLS_OF_OUR_POLICY))
def test_no_ttl_within_our_policy_breaks_the_15_minutes_at_p95(scenario: nhilab.Scenario) -> None:
    lab.assert_limits(scenario, "job-token", limits={"access_window_s_p95": "15m"}, strict=True, campaigns=50)


@settings(max_examples=6, deadline=None)
@given(lab.variations(PIPELINE), st.integers(0, 1000))
def test_whatever_we_do_not_know_of_the_world_the_laws_hold(scenario: nhilab.Scenario, seed: int) -> None:
    lab.assert_laws(scenario, "job-token", seed=seed, campaigns=10)


def test_revocation_at_the_end_of_the_job_is_proven_for_every_token(nhilab_trial: nhilab.Trial) -> None:
    lab.assert_proven_dead(nhilab_trial.ledger)
    lab.assert_proofs_hold(nhilab_trial.ledger)


@settings(max_examples=10, deadline=None)
@given(lab.ledgers(lab.designs(PIPELINE), strategy="job-token"))
def test_no_design_of_our_space_leaves_a_token_alive_after_its_job(ledger: nhilab.Ledger) -> None:
    lab.assert_proven_dead(ledger)


@pytest.mark.nhilab(strategy=["session", "static-key"])
def test_what_we_had_before_cannot_prove_that_its_tokens_died(nhilab_trial: nhilab.Trial) -> None:
    with pytest.raises(AssertionError, match=r"expires later|never ends"):
        lab.assert_proven_dead(nhilab_trial.ledger)


@settings(max_examples=10, deadline=None)
@given(lab.ledgers(lab.variations(PIPELINE, SHAPES)), lab.durations("1s", "5m"))
def test_in_an_estate_of_any_shape_a_cache_never_shortens_the_life_of_a_token(ledger: nhilab.Ledger, ttl: str) -> None:
    lab.assert_no_shorter(lab.with_cache(ledger, "gateway", ttl), ledger)


@settings(max_examples=5, deadline=None)
@given(lab.credential_strategies(["sts"]), st.integers(0, 9))
def test_a_strategy_nobody_thought_of_leaves_a_sound_ledger_behind(strategy: dict[str, Any], seed: int) -> None:
    scenario = lab.edited(PIPELINE, {"strategies.drawn": strategy})
    lab.assert_sound(nhilab.run(scenario, "drawn", nhilab.sample(scenario, seed=seed)))


def test_the_pipeline_is_no_worse_than_at_the_last_release(nhilab_scenario: nhilab.Scenario) -> None:
    watched = ["access_window_s", "access_window_s_p95", "reach", "issuances_per_task", "added_latency_s"]
    lab.assert_no_worse(nhilab_scenario, than=HERE / "last_release.json", strategy="job-token", metrics=watched)


def test_tokens_of_half_an_hour_would_be_worse_than_now(nhilab_scenario: nhilab.Scenario) -> None:
    slower = lab.edited(nhilab_scenario, {"strategy.job-token.ttl": "30m"})
    with pytest.raises(AssertionError, match="access_window_s"):
        lab.assert_no_worse(slower, than=nhilab_scenario, strategy="job-token", replications=4, campaigns=50)
