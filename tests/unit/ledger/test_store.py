"""Ledgers and compromises on disk."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from unit.study.small import small

from nhilab.base.errors import InputError
from nhilab.lab import Trial, try_strategy
from nhilab.ledger.store import read_compromises, read_ledger, write_compromises, write_ledger


@pytest.fixture
def trial(tmp_path: Path) -> Trial:
    return try_strategy(small(tmp_path), "task", seed=0, campaigns=10)


def test_a_ledger_read_back_has_the_same_digest(trial: Trial, tmp_path: Path) -> None:
    write_ledger(trial.ledger, tmp_path / "run", {"strategy": "task"})
    assert read_ledger(tmp_path / "run").digest() == trial.ledger.digest()


def test_compromises_read_back_have_the_same_digest(trial: Trial, tmp_path: Path) -> None:
    write_compromises(trial.compromises, tmp_path / "found", {})
    found = read_compromises(tmp_path / "found")
    assert (found.digest(), found.follow_up) == (trial.compromises.digest(), trial.compromises.follow_up)


def test_each_table_is_one_parquet_file_and_the_rest_is_in_the_manifest(trial: Trial, tmp_path: Path) -> None:
    write_ledger(trial.ledger, tmp_path / "run", {"strategy": "task", "seed": 0})
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert names == {f"{name}.parquet" for name in trial.ledger.tables()} | {"manifest.json"}
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert manifest["schema"] == "nhilab/ledger/1"
    assert manifest["digest"] == trial.ledger.digest()
    assert manifest["clock"] == trial.ledger.clock()
    assert (manifest["strategy"], manifest["seed"]) == ("task", 0)
    assert set(manifest["versions"]) == {"python", "numpy", "nhilab"}


def test_the_same_ledger_gives_the_same_bytes(trial: Trial, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_ledger(trial.ledger, tmp_path / name, {"elapsed_s": name})
    for path in (tmp_path / "a").glob("*.parquet"):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_an_earlier_ledger_is_replaced_and_anything_else_is_not(trial: Trial, tmp_path: Path) -> None:
    write_ledger(trial.ledger, tmp_path / "run", {})
    write_ledger(trial.ledger, tmp_path / "run", {"seed": 1})
    (tmp_path / "run" / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="other content"):
        write_ledger(trial.ledger, tmp_path / "run", {})
    assert (tmp_path / "run" / "notes.txt").read_text() == "mine"
    with pytest.raises(InputError, match="other content"):
        write_ledger(trial.ledger, tmp_path / "run" / "notes.txt", {})


@pytest.mark.parametrize(
    ("key", "value", "complaint"),
    [
        ("schema", "nhilab/ledger/0", "schema: found 'nhilab/ledger/0'; allowed: nhilab/ledger/1"),
        ("digest", "00", "digest: found '00'"),
        ("clock", {}, "clock.horizon: found None"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(
    trial: Trial, tmp_path: Path, key: str, value: object, complaint: str
) -> None:
    write_ledger(trial.ledger, tmp_path / "run", {})
    path = tmp_path / "run" / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    with pytest.raises(InputError, match=complaint):
        read_ledger(tmp_path / "run")


def test_a_table_changed_by_hand_is_noticed(trial: Trial, tmp_path: Path) -> None:
    write_ledger(trial.ledger, tmp_path / "run", {})
    path = tmp_path / "run" / "calls.parquet"
    pl.read_parquet(path).with_columns(pl.col("ended_at") + 1).write_parquet(path)
    with pytest.raises(InputError, match="that of the tables"):
        read_ledger(tmp_path / "run")


def test_a_folder_without_a_ledger_is_a_one_line_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"manifest\.json"):
        read_ledger(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(InputError, match="JSON"):
        read_ledger(tmp_path)
