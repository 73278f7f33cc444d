"""``nhilab controls``: entries by name, and names by entry."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nhilab.cli.main import run


def test_an_entry_lists_what_speaks_to_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["controls", "NHI8:2025"]) == 0
    out = capsys.readouterr().out
    assert "Environment Isolation" in out
    assert "environments_reached" in out
    assert "no certification" in out
    assert max(map(len, out.splitlines())) <= 80


def test_a_metric_lists_its_entries_as_json(tmp_path: Path) -> None:
    assert run(["controls", "reach_p95", "--json", str(tmp_path / "c.json")]) == 0
    content = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    assert {"NHI5:2025", "PR.AA-05"} <= {entry["id"] for entry in content["entries"]}
    assert all(entry["source"].startswith("https://") for entry in content["entries"])


def test_all_that_there_is_fits_80_columns_and_marks_what_is_not_verified(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["controls"]) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    assert "not verified" in out


def test_an_unknown_name_is_one_line_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["controls", "NHI77"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "NHI7:2025" in error
