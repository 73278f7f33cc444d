"""The main job on the real estate: import the Kubernetes project's export, compare the six strategies on one day."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nhilab.cli.main import run

STRATEGIES = [
    "static-keys", "session-12h", "workload-identity-1h", "per-task-15m", "per-call-1m", "bootstrap-15m",
]  # fmt: skip
BUILD = "k8s-infra-prow-build"


@pytest.fixture(scope="module")
def comparison(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, dict[str, float]]]:
    """What `compare` says of one day of the imported estate, jobs without an account given the cluster's own."""
    folder = tmp_path_factory.mktemp("imported")
    estate = shared_data / "kubernetes-project"
    account = f"{BUILD}=prow-build@{BUILD}.iam.gserviceaccount.com"
    timings = shared_data / "github-actions-timings" / "jobs.csv"
    given = ["--jobs", str(estate / "prow_jobs.csv"), "--timings", str(timings), "--default-account", account]
    assert run(["import", "gcp-iam", str(estate / "audit"), *given, "--out", str(folder / "estate"), "--quiet"]) == 0
    settings = ["--replications", "1", "--campaigns", "60", "--workers", "1", "--out", str(folder / "out"), "--quiet"]
    asked = ["compare", str(folder / "estate" / "scenario.yaml"), *settings]
    assert run([*asked, "--json", str(folder / "comparison.json")]) == 0
    content = json.loads((folder / "comparison.json").read_text(encoding="utf-8"))
    assert content["horizon_s"] == 86_400
    return content["strategies"]


def mean(comparison: dict[str, dict[str, dict[str, float]]], metric: str) -> list[float]:
    return [comparison[strategy][metric]["mean"] for strategy in STRATEGIES]


def test_the_main_job_compares_all_six_strategies_on_the_imported_estate(comparison: dict) -> None:
    assert sorted(comparison) == sorted(STRATEGIES)


def test_shorter_and_narrower_credentials_shorten_the_exposure_of_what_was_stolen(comparison: dict) -> None:
    static, session, hour, task, call, bootstrap = mean(comparison, "exposure_window_s")
    assert static > session > hour > task > call
    assert bootstrap > hour, "a bootstrap secret undoes the short lifetime it pays for"


def test_only_issuance_is_paid_for_and_nothing_fails_for_want_of_it(comparison: dict) -> None:
    static, session, hour, task, call, bootstrap = mean(comparison, "issuances_per_task")
    assert static == 0 < session < hour < task < call
    assert task == bootstrap
    assert mean(comparison, "failed_task_share") == [0.0] * 6


def test_one_account_still_reaches_most_of_the_estate_through_a_runner(comparison: dict) -> None:
    static = comparison["static-keys"]["reach"]["mean"]
    call = comparison["per-call-1m"]["reach"]["mean"]
    assert 1269 * 0.61 > static > call > 0
