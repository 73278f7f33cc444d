"""``nhilab cost``: what it says, writes and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from unit.study.small import YAML, write

from nhilab.cli.main import run

FAST = ("--replications", "2", "--campaigns", "10", "--workers", "1")
PRICED = YAML + "prices: {issuance: 0.01, failed_task: 20}\n"
LOSSES = YAML + "prices: {issuance: 0.01, loss: {incidents_per_year: 2, per_incident: 100, per_weighted_resource: 9}}\n"


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NHILAB_CACHE", str(tmp_path / "cells"))


def test_money_differences_and_losses_are_printed_in_80_columns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["cost", str(write(tmp_path, LOSSES)), *FAST]) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    for said in ("Money", "What it buys", "Difference from static", "What thieves cost in a year", "money in EUR"):
        assert said in out
    assert "Under static some access never ends: access windows are lower bounds." in " ".join(out.split())


def test_losses_that_are_not_priced_are_not_spoken_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cost", str(write(tmp_path, PRICED)), *FAST]) == 0
    assert "year" not in capsys.readouterr().out


def test_a_quiet_cost_writes_its_files_and_prints_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, written = str(write(tmp_path, LOSSES)), []
    for folder in ("a", "b"):
        out = {kind: tmp_path / folder / f"cost.{kind}" for kind in ("json", "csv", "svg")}
        losses = tmp_path / folder / "losses.csv"
        files = ["--json", str(out["json"]), "--csv", str(out["csv"]), "--figure", str(out["svg"])]
        assert run(["cost", path, *FAST, *files, "--losses", str(losses), "--quiet"]) == 0
        written.append([file.read_bytes() for file in (*out.values(), losses)])
    assert capsys.readouterr() == ("", "")
    assert written[0] == written[1]
    assert json.loads(written[0][0])["schema"] == "nhilab/cost/1"
    curve = pl.read_csv(tmp_path / "a" / "losses.csv")
    assert curve["strategy"].unique(maintain_order=True).to_list() == ["static", "session", "task"]
    assert curve["probability"].is_between(0, 1).all()


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        (YAML, (), "prices: found 'nothing'; allowed: unit prices such as"),
        (PRICED, ("--losses", "l.csv"), "prices.loss: found 'nothing'; allowed: {incidents_per_year"),
        (PRICED, ("-s", "nobody"), "strategies: found 'nobody'"),
        (PRICED, ("--csv", "."), ".: found"),
        (YAML + "prices: {issuance: -1}\n", (), "prices.issuance"),
    ],
)
def test_what_cannot_be_priced_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, options: tuple[str, ...], said: str
) -> None:
    assert run(["cost", str(write(tmp_path, text)), *FAST, *options]) == 2
    out, error = capsys.readouterr()
    assert said in error
    assert (out, error.count("\n")) == ("", 1)
