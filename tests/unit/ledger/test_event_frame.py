"""Events with names, as flat columns that other programs open."""

from __future__ import annotations

import datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from polars.testing import assert_frame_equal
from strategies import ledgers
from unit.ledger.layered import cache, with_calls, world
from unit.study.small import small

from nhilab.base.errors import InputError
from nhilab.lab import run, sample
from nhilab.ledger.event_frame import KINDS, LOGS, event_frame, write_events
from nhilab.ledger.events import Kind, Log, events_of
from nhilab.ledger.tables import Ledger
from scenarios import share


def frame_of(ledger: Ledger, starts_at: int = 0) -> pl.DataFrame:
    return event_frame(ledger, events_of(ledger), starts_at=starts_at)


@pytest.fixture
def frame(tmp_path: Path) -> pl.DataFrame:
    """The events of a small run."""
    scenario = small(tmp_path)
    return frame_of(run(scenario, "task", sample(scenario, seed=0)))


def test_every_kind_and_log_has_words_of_its_own() -> None:
    for names, of in ((KINDS, Kind), (LOGS, Log)):
        assert list(names) == list(of)
        assert len(set(names.values())) == len(of)


def test_rows_carry_names_and_ids_and_null_for_what_there_is_none_of() -> None:
    of = frame_of(with_calls(world(cache(30), revoked_at=50), 10))
    (used,) = of.filter(pl.col("kind") == "used").to_dicts()
    assert used == {
        "at_us": 10, "time": datetime.datetime(1970, 1, 1, 0, 0, 0, 10), "kind": "used", "source": "verifier",
        "reason": None, "correlation": "credential-0", "lineage": "credential-0", "credential": 0, "call": 0, "task": 0,
        "parent": None, "stage": 0, "workload": "workload-0", "identity": "identity-0", "issuer": "issuer",
        "verifier": "verifier-0", "resource": "resource-0", "operation": "read", "in_intent": True,
        "expires_at_us": 100,
    }  # fmt: skip
    started = of.row(0, named=True)
    assert (started["kind"], started["correlation"], started["credential"]) == ("task started", "task-0", None)


def test_nobody_knows_the_expiry_before_the_issue() -> None:
    requested, issued = (frame_of(world()).filter(pl.col("kind") == kind) for kind in ("requested", "issued"))
    assert (requested["expires_at_us"].to_list(), issued["expires_at_us"].to_list()) == ([None], [100])


def test_the_run_begins_when_it_is_said_to() -> None:
    begins = datetime.datetime(2026, 1, 5, 12, tzinfo=datetime.UTC)
    of = frame_of(world(), starts_at=int(begins.timestamp()) * 1_000_000)
    assert of["time"][0] == datetime.datetime(2026, 1, 5, 12)
    assert of["at_us"][0] == 0


@share(100)
@given(ledgers())
def test_every_event_has_one_row_linked_by_an_id(ledger: Ledger) -> None:
    of, events = frame_of(ledger), events_of(ledger)
    assert of["at_us"].to_list() == events.at.tolist()
    assert of["correlation"].null_count() == 0
    assert of["identity"].null_count() == 0
    assert of["lineage"].null_count() == (events.credential < 0).sum()


def test_the_parquet_file_holds_the_same_frame(frame: pl.DataFrame, tmp_path: Path) -> None:
    write_events(frame, tmp_path / "events.parquet")
    assert_frame_equal(pl.read_parquet(tmp_path / "events.parquet"), frame)


def test_the_same_events_give_the_same_bytes(frame: pl.DataFrame, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_events(frame, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_duckdb_opens_the_parquet_file_and_joins_the_logs(frame: pl.DataFrame, tmp_path: Path) -> None:
    import duckdb

    path = tmp_path / "events.parquet"
    write_events(frame, path)
    counted = duckdb.sql(f"select kind, count(*) from read_parquet('{path}') group by kind").fetchall()
    assert dict(counted) == dict(frame.group_by("kind").len().iter_rows())
    # What an auditor asks: how long after the end of its task, by the workload's log, was each credential revoked?
    lags = duckdb.sql(
        f"""
        with events as (from read_parquet('{path}'))
        select r.credential, r.at_us - e.at_us
        from events r join events e on r.task = e.task and e.kind = 'task ended'
        where r.kind = 'revoked' order by r.credential
        """
    ).fetchall()
    assert len(lags) == (frame["kind"] == "revoked").sum() > 0
    assert all(lag >= 0 for _, lag in lags)


def test_a_file_that_cannot_be_written_is_one_line_and_leaves_nothing(frame: pl.DataFrame, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="can be written"):
        write_events(frame, tmp_path / "file" / "events.parquet")
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".yaml"] == ["file"]
