"""The folder an import may write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nhilab.base.errors import InputError
from nhilab.importers.output import SCHEMA, free_folder


def earlier(out: Path) -> Path:
    """What an import leaves."""
    (out / "tables").mkdir(parents=True)
    for name in ("scenario.yaml", "report.md", "tables/grants.csv"):
        (out / name).write_text("")
    (out / "report.json").write_text(json.dumps({"schema": SCHEMA}))
    return out


def test_a_new_an_empty_and_an_imported_folder_are_free(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for out in (tmp_path / "new", tmp_path / "empty", earlier(tmp_path / "earlier")):
        assert free_folder(out) == out


@pytest.mark.parametrize("name", ["thesis.txt", "tables/thesis.csv", ".git"])
def test_an_earlier_import_to_which_somebody_added_is_kept(tmp_path: Path, name: str) -> None:
    (earlier(tmp_path / "out") / name).write_text("years of work")
    with pytest.raises(InputError, match="allowed: a new or empty folder, or an earlier import"):
        free_folder(tmp_path / "out")


@pytest.mark.parametrize("text", ["{}", "[]", "no JSON", '{"schema": "another/report"}', 100_000 * "["])
def test_the_report_of_another_program_makes_no_import(tmp_path: Path, text: str) -> None:
    (tmp_path / "report.json").write_text(text)
    with pytest.raises(InputError, match="other content"):
        free_folder(tmp_path)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(InputError, match="other content"):
        free_folder(tmp_path / "out")


def test_a_folder_that_holds_what_is_imported_is_kept(tmp_path: Path) -> None:
    out = earlier(tmp_path / "out")
    with pytest.raises(InputError, match="a folder that does not hold the import"):
        free_folder(out, None, out / "tables" / "grants.csv")
