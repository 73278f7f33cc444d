"""``nhilab compare --precision``: what is asked for, refused and said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from unit.study.small import write

from nhilab.cli.main import run

FAST = ("--campaigns", "20", "--workers", "1")


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NHILAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "80")


def test_the_keys_named_are_said_to_be_reached_or_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("--precision", "25%", "--precise", "reach", "--precise", "crown_jewel_probability")
    numbers = tmp_path / "numbers.json"
    path = str(write(tmp_path))
    assert run(["compare", path, "-s", "task", *asked, "--max-replications", "12", *FAST, "--json", str(numbers)]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "Half-widths of 25 % asked for: reached for reach, not for crown_jewel_probability." in out
    assert "replications crown_jewel_probability is not within 25 % under task (no finite value)." in out
    found = json.loads(numbers.read_text())["precision"]["strategies"]["task"]
    assert {key: each["reached"] for key, each in found.items()} == {"reach": True, "crown_jewel_probability": False}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--precise", "reach"), "need --precision"),
        (("--max-replications", "9"), "need --precision"),
        (("--precision", "5%", "--precise", "rich"), "--precise: found 'rich'; allowed: one of access_window_s"),
        (("--precision", "5%", "--max-replications", "0"), "'--max-replications'"),
    ],
)
def test_a_precision_that_makes_no_sense_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], said: str
) -> None:
    assert run(["compare", str(write(tmp_path)), *options, *FAST]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
