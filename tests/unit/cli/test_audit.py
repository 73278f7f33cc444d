"""The command that tells what the logs of a run prove."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from unit.study.small import YAML, write

from nhilab.base.quantities import SECOND
from nhilab.cli.main import run
from nhilab.ledger.events import Kind, events_of
from nhilab.ledger.store import read_ledger
from nhilab.ledger.tables import Ledger
from nhilab.metrics.deaths import no_campaigns
from nhilab.metrics.measure import measure

TWO_STAGES = "  login: {stages: [{issuer: sts, from: attested, issue_per: workload, ttl: 1h}, "
TWO_STAGES += "{issuer: sts, from: previous, issue_per: task, ttl: 15m}]}\nthreat:"


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A ledger as `run` writes it: tasks whose credentials are revoked at their end, behind a cache."""
    path = write(tmp_path, YAML.replace("threat:", TWO_STAGES, 1))
    for strategy in ("task", "login"):
        assert run(["run", str(path), "-s", strategy, "--seed", "0", "--out", str(tmp_path / strategy)]) == 0
    capsys.readouterr()
    return tmp_path / "task"


@pytest.fixture
def ledger(folder: Path) -> Ledger:
    return read_ledger(folder)


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    """Audit, which must succeed; what it printed."""

    def command(*arguments: object) -> str:
        assert run(["audit", *map(str, arguments)]) == 0
        out, err = capsys.readouterr()
        assert err == ""
        return out

    return command


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Any:
    """Audit, which must refuse; its one line on standard error."""

    def command(*arguments: object) -> str:
        assert run(["audit", *map(str, arguments)]) == 2
        out, err = capsys.readouterr()
        assert out == "" and err.startswith("nhilab: ") and err.count("\n") == 1
        return err

    return command


def test_the_shares_are_those_of_the_metrics_with_their_counts(printed: Any, folder: Path, ledger: Ledger) -> None:
    text = printed(folder)
    measured = measure(ledger, no_campaigns())
    for said, name in (("in time proven", "proof_of_death_share"), ("of death false", "false_proof_share")):
        (line,) = (line for line in text.splitlines() if said in line)
        seen = measured[name]
        assert f"({seen.numerator:.0f} of {seen.denominator:.0f} " in line
        assert f"{100 * seen.value:.4g} %" in line
    assert max(map(len, text.splitlines())) <= 80


def test_every_reason_is_counted_and_leads_to_credentials(printed: Any, folder: Path, ledger: Ledger) -> None:
    measured = measure(ledger, no_campaigns())
    cached = [line for line in printed(folder).splitlines() if "lives on in a cache" in line]
    found = [re.fullmatch(r" *lives on in a cache +gw +(\d+) +100 % +(\d+), (\d+), (\d+) *", line) for line in cached]
    counts = [int(one.group(1)) for one in found if one]
    alive, proof = measured["proof_of_death_share"], measured["false_proof_share"]
    assert counts == [alive.denominator - alive.numerator, proof.numerator]
    example = found[0].group(2) if found[0] else ""
    text = printed(folder, "--credential", example)
    assert "not proven: lives on in a cache (verifier gw)" in text
    assert "a false proof: lives on in a cache" in text


def test_a_life_fits_80_columns_each_event_with_what_links_it_below(printed: Any, folder: Path, ledger: Ledger) -> None:
    text = printed(folder, "--task", 1)
    assert max(map(len, text.splitlines())) <= 80
    assert re.search(r"^ *[\d.]+  issuer sts +issued\n +credential-1 +call-\d+$", text, re.MULTILINE)


def test_a_credential_s_life_is_told_in_order_after_what_it_is(
    printed: Any, folder: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    text = printed(folder, "--credential", "credential-0")
    head, _, life = text.partition("\n\n")
    task = int(ledger.credentials.owner[0])
    for said in ("identity    app", "stage       0, attested, issuer sts", "owner       task-", "children    none"):
        assert said in head
    assert f"task-{task}" in head and "class " in head
    rows = life.splitlines()[1:]
    times = [float(row.split()[0]) for row in rows]
    assert times == sorted(times)
    assert all("credential-0" in row for row in rows)
    assert len(rows) == np.count_nonzero(events_of(ledger).credential == 0)
    assert float(ledger.credentials.issued_at[0] / SECOND) in times
    assert [row.split()[3] for row in rows][:2] == ["requested", "issued"]


def test_a_task_s_life_has_its_ends_its_credentials_and_every_event_of_its_calls(
    printed: Any, folder: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    text = printed(folder, "--task", 1)
    head, _, life = text.partition("\n\n")
    events = events_of(ledger)
    assert f"from       {ledger.tasks.started_at[1] / SECOND:.6f} s" in head
    owned = np.flatnonzero((ledger.credentials.owner == 1) & (ledger.credentials.owner_kind == 1))
    assert all(f"credential-{credential}: " in head for credential in owned)
    rows = life.splitlines()[1:]
    assert len(rows) == np.count_nonzero(events.task == 1)
    assert sum(" used " in row for row in rows) == np.count_nonzero((events.task == 1) & (events.kind == Kind.USED))
    assert "task ended" in life


def test_a_parent_s_life_has_the_issue_of_its_children(printed: Any, folder: Path) -> None:
    login = folder.with_name("login")
    credentials = read_ledger(login).credentials
    parent = int(credentials.parent.max())
    text = printed(login, "--credential", parent)
    n = int(np.count_nonzero(credentials.parent == parent))
    assert n > 0 and f"children    {n}: credential-" in text
    assert text.count(f"from credential-{parent}") == n
    child = int(np.flatnonzero(credentials.parent == parent)[0])
    assert f"parent      credential-{parent}" in printed(login, "--credential", child)


def test_the_exports_hold_what_is_shown(printed: Any, folder: Path, ledger: Ledger, tmp_path: Path) -> None:
    lines, parquet = tmp_path / "out" / "events.jsonl", tmp_path / "out" / "events.parquet"
    for arguments, n in (
        ((), len(events_of(ledger))),
        (("--credential", 0), np.count_nonzero(events_of(ledger).credential == 0)),
        (("--task", 1), np.count_nonzero(events_of(ledger).task == 1)),
    ):
        out = printed(folder, *arguments, "--json-lines", lines, "--parquet", parquet, "--quiet")
        assert out == ""
        assert len([json.loads(line) for line in lines.read_text().splitlines()]) == len(pl.read_parquet(parquet)) == n
    assert {path.name for path in lines.parent.iterdir()} == {"events.jsonl", "events.parquet"}


def test_the_same_ledger_gives_the_same_files(printed: Any, folder: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        printed(folder, "--json-lines", tmp_path / f"{name}.jsonl", "--parquet", tmp_path / f"{name}.parquet")
    for kind in ("jsonl", "parquet"):
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()


@pytest.mark.parametrize(
    ("given", "starts_on", "expected"),
    [
        (None, None, 0),
        (None, "2026-01-05", 1_767_571_200_000),
        ("2026-01-05", "1999-01-01", 1_767_571_200_000),
        ("2026-01-05T01:00:00+01:00", None, 1_767_571_200_000),
        ("2026-01-05T00:00:00Z", None, 1_767_571_200_000),
    ],
)
def test_the_run_begins_as_told_else_as_the_manifest_says_else_in_1970(
    printed: Any, folder: Path, ledger: Ledger, tmp_path: Path, given: str | None, starts_on: str | None, expected: int
) -> None:
    path = folder / "manifest.json"
    content = {name: value for name, value in json.loads(path.read_text()).items() if name != "starts_on"}
    path.write_text(json.dumps(content | ({"starts_on": starts_on} if starts_on else {})))
    told = ("--starts-at", given) if given else ()
    printed(folder, *told, "--json-lines", tmp_path / "e.jsonl")
    first = json.loads((tmp_path / "e.jsonl").read_text().splitlines()[0])
    assert first["time"] == expected + int(events_of(ledger).at[0]) // 1000


@pytest.mark.parametrize("kind", ["credential", "task"])
@pytest.mark.parametrize("asked", ["{n}", "-1", "twelve", "call-1", "²", ""])
def test_an_unknown_id_is_told_the_range(refused: Any, folder: Path, ledger: Ledger, kind: str, asked: str) -> None:
    n = len(getattr(ledger, f"{kind}s"))
    said = refused(folder, f"--{kind}={asked.format(n=n)}")
    assert f"allowed: 0 to {n - 1}" in said and str(folder) in said


def test_a_folder_without_a_ledger_is_refused(refused: Any, tmp_path: Path) -> None:
    assert "manifest.json" in refused(tmp_path)
    (tmp_path / "manifest.json").write_text('{"schema": "nhilab/compromises/1"}')
    assert "allowed: nhilab/ledger/1" in refused(tmp_path)


@pytest.mark.parametrize("option", ["--json-lines", "--parquet"])
def test_outputs_that_cannot_be_written_are_refused(refused: Any, folder: Path, tmp_path: Path, option: str) -> None:
    (tmp_path / "file").write_text("mine")
    assert "can be written" in refused(folder, option, tmp_path / "file" / "inside")
    assert "found 'a folder'" in refused(folder, option, tmp_path)
    calls = (folder / "calls.parquet").read_bytes()
    assert "outside" in refused(folder, option, folder / "calls.parquet")
    assert (folder / "calls.parquet").read_bytes() == calls


@pytest.mark.parametrize(
    "arguments",
    [
        ("--credential", "0", "--task", "0"),
        ("--starts-at", "yesterday"),
        ("--json-lines", "same", "--parquet", "./same"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(refused: Any, folder: Path, arguments: tuple[str, ...]) -> None:
    refused(folder, *arguments)
    assert not Path("same").exists()
