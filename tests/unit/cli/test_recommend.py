"""The command that recommends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from unit.study.hourly_designs import YAML

from nhilab.cli.main import run

FAST = ("--replications", "4", "--campaigns", "50", "--workers", "1")


@pytest.fixture(autouse=True)
def apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NHILAB_CACHE", str(tmp_path / "cache"))


def written(folder: Path, limits: str = "{access_window_s_p95: 1h}") -> str:
    (folder / "hourly.yaml").write_text(f"{YAML}limits: {limits}\n", encoding="utf-8")
    return str(folder / "hourly.yaml")


def test_what_suits_the_class_is_said_in_a_sentence_and_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["recommend", written(tmp_path), "--designs", "space", *FAST]) == 0
    out = capsys.readouterr().out
    said = "agent: ttl=1h scope=none, cheapest of 4 that meet the limits (issued per task 1, added latency 1s)."
    assert said in " ".join(out.split())
    assert max(map(len, out.splitlines())) <= 80


def test_strategies_are_the_candidates_unless_the_space_is_asked_for(tmp_path: Path) -> None:
    assert run(["recommend", written(tmp_path), *FAST, "--quiet", "--json", str(tmp_path / "r.json")]) == 0
    content = json.loads((tmp_path / "r.json").read_text())
    assert content["classes"]["agent"]["recommended"] == "jit"
    assert {c["name"]: c["verdict"] for c in content["classes"]["agent"]["candidates"]} == {
        "jit": "met", "static": "broken",
    }  # fmt: skip


def test_none_meets_the_limits_is_an_answer_that_says_by_how_much(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["recommend", written(tmp_path, "{access_window_s_p95: 10m}"), *FAST]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "agent: none of 2 meets the limits." in out
    assert "jit: access_window_s_p95 4m56s over." in out
    assert "static: access_window_s_p95 above the cap." in out


def test_limits_that_few_replications_cannot_decide_are_not_said_to_be_missed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["recommend", written(tmp_path, "{failed_task_share: 1%}"), *FAST]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "agent: none of 2 is known to meet the limits; 2 are undecided, which more replications may decide." in out


def test_the_same_command_writes_the_same_bytes_quietly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b"):
        outputs = ["--json", str(tmp_path / f"{name}.json"), "--figure", str(tmp_path / f"{name}.svg")]
        assert run(["recommend", written(tmp_path), *FAST, "--quiet", *outputs]) == 0
    assert capsys.readouterr() == ("", "")
    assert all((tmp_path / f"a.{k}").read_bytes() == (tmp_path / f"b.{k}").read_bytes() for k in ("json", "svg"))


@pytest.mark.parametrize(
    ("limits", "said"),
    [("{}", "limits: found 'nothing'"), ("{access_windows: 3600}", "limits.access_windows: found 'access_windows'")],
)
def test_missing_and_unknown_limits_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], limits: str, said: str
) -> None:
    assert run(["recommend", written(tmp_path, limits)]) == 2
    err = capsys.readouterr().err
    assert (said in err, "hourly.yaml" in err, err.count("\n")) == (True, True, 1)
