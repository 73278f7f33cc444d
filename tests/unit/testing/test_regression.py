"""Limits and baselines: what is kept passes, what is not is told with its numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from unit.testing.doctored import pipeline

from nhilab.base.errors import InputError
from nhilab.base.files import write_json
from nhilab.scenario.edit import edited
from nhilab.study.comparisons.compare import compare
from nhilab.testing import assert_limits, assert_no_worse

SMALL: dict[str, Any] = {"replications": 3, "campaigns": 30}
WINDOWS = ("access_window_s", "access_window_s_p95", "failed_task_share")


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ``nhilab compare --json`` writes about the example."""
    file = tmp_path_factory.mktemp("stored") / "before.json"
    found = compare(pipeline(), seed=3, strategies=("session", "job-token"), **SMALL)
    write_json(file, found.to_json())
    return file


def test_limits_that_are_kept_pass() -> None:
    assert_limits(pipeline(), "job-token", limits={"access_window_s_p95": "1h"}, **SMALL)


def test_a_broken_limit_is_told_with_its_strategy_value_and_bounds() -> None:
    limits = {"access_window_s": "1m", "failed_task_share": "50%"}
    with pytest.raises(AssertionError) as broken:
        assert_limits(pipeline(), "job-token", "session", limits=limits, max_replications=3, **SMALL)
    first, *lines = str(broken.value).splitlines()
    assert first == "not so: pipeline keeps its limits, seed 11"
    assert [line.split(":")[0].strip() for line in lines] == ["job-token", "session"]
    assert all("access_window_s at most 60 is broken; found " in line and "3 replications" in line for line in lines)


def test_an_undecided_limit_fails_only_where_asked_to_be_strict() -> None:
    more = {"limits": {"access_window_s": "314s"}, "max_replications": 3} | SMALL
    assert_limits(pipeline(), "job-token", **more)
    with pytest.raises(AssertionError, match=r"access_window_s at most 314 is undecided: .*; found 3\d\d"):
        assert_limits(pipeline(), "job-token", strict=True, **more)


def test_a_scenario_without_limits_cannot_keep_them() -> None:
    with pytest.raises(InputError, match="limits: found 'nothing'"):
        assert_limits(edited(pipeline(), {"limits": None}), "job-token")


def test_a_limit_of_no_metric_is_refused() -> None:
    with pytest.raises(InputError, match="access_windows"):
        assert_limits(pipeline(), "job-token", limits={"access_windows": "1h"})


def test_a_scenario_is_no_worse_than_itself_stored_or_not(stored: Path) -> None:
    assert_no_worse(pipeline(), than=stored, strategy="job-token", metrics=WINDOWS)
    assert_no_worse(pipeline(), than=pipeline(), strategy="job-token", metrics=WINDOWS, **SMALL)


def test_a_longer_lifetime_is_worse_than_what_is_stored_and_both_values_are_shown(stored: Path) -> None:
    slower = edited(pipeline(), {"strategy.job-token.ttl": "2h", "strategy.job-token.stages.0.revoke": []})
    with pytest.raises(AssertionError) as broken:
        assert_no_worse(slower, than=stored, strategy="job-token", metrics=WINDOWS)
    first, *lines = str(broken.value).splitlines()
    assert first == f"not so: job-token is no worse than in {stored}"
    assert [line.split(":")[0].strip() for line in lines] == ["access_window_s", "access_window_s_p95"]
    assert all(", was " in line and ": difference " in line for line in lines)


def test_more_is_worse_only_where_less_is_better() -> None:
    faster = edited(pipeline(), {"threat.hop_time": "0s"})
    slower = edited(pipeline(), {"threat.hop_time": "1m"})
    metrics = ("time_to_crown_jewel_s",)
    assert_no_worse(slower, than=faster, strategy="static-key", metrics=metrics, **SMALL)
    with pytest.raises(AssertionError, match=r"time_to_crown_jewel_s: .*, was .*: difference -"):
        assert_no_worse(faster, than=slower, strategy="static-key", metrics=metrics, **SMALL)


@pytest.mark.parametrize(
    ("strategy", "metrics", "words"),
    [
        ("static-key", WINDOWS, r"strategies: found 'static-key'; allowed: one of job-token, session"),
        ("job-token", ("benign_alerts_per_day",), r"strategies.job-token.benign_alerts_per_day: found None"),
        ("job-token", ("access_windows",), r"found 'access_windows'; allowed: a reported key such as"),
    ],
)
def test_what_a_stored_comparison_lacks_is_said_in_one_line(
    strategy: str, metrics: tuple[str, ...], words: str, stored: Path
) -> None:
    with pytest.raises(InputError, match=words) as refused:
        assert_no_worse(pipeline(), than=stored, strategy=strategy, metrics=metrics)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_no_comparison_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "before.json"
    for text, words in (("{", "JSONDecodeError"), ('{"schema": "other"}', "other"), ("[]", "list")):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=words):
            assert_no_worse(pipeline(), than=file, strategy="job-token")
    with pytest.raises(InputError, match="FileNotFoundError"):
        assert_no_worse(pipeline(), than=tmp_path / "none.json", strategy="job-token")


def test_windows_cut_at_another_cap_are_not_compared(stored: Path, tmp_path: Path) -> None:
    other = json.loads(stored.read_text(encoding="utf-8")) | {"cap_s": 60.0}
    file = tmp_path / "cut.json"
    write_json(file, other)
    with pytest.raises(InputError, match=r"cap_s: found 60\.0; allowed: the cap of pipeline, 86400, for access"):
        assert_no_worse(pipeline(), than=file, strategy="job-token", metrics=WINDOWS)
