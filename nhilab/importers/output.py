"""The folder an import writes: its tables, and what it may replace."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from nhilab.base.errors import InputError
from nhilab.base.files import read_text
from nhilab.scenario.folder import COLUMNS

SCHEMA: Final = "nhilab/import/1"
"""Stands in the report.json of every import."""

_WRITTEN: Final = frozenset({"scenario.yaml", "report.json", "report.md", "tables"})


def free_folder(out: Path, *sources: Path | None) -> Path:
    """The folder to write, unless it holds something that is not an earlier import.

    Parameters
    ----------
    out : Path
        Folder to write.
    *sources : Path or None
        What is imported; a folder that holds one of them is not replaced.

    Raises
    ------
    InputError
        If `out` is a file, holds what no import wrote, or holds a source.

    Notes
    -----
    Checked by ``tests/unit/importers/test_output.py``.
    """
    if not out.exists():
        return out
    for source in sources:
        if source is not None and source.resolve().is_relative_to(out.resolve()):
            raise InputError(out, "", f"{source.name}, which is imported", "a folder that does not hold the import")
    if not out.is_dir() or (any(out.iterdir()) and not _is_import(out)):
        raise InputError(out, "", "other content", "a new or empty folder, or an earlier import")
    return out


def _is_import(out: Path) -> bool:
    """Whether a folder holds an import's report, and nothing beside what imports write."""
    report, tables = out / "report.json", {f"{name}.csv" for name in COLUMNS}
    if not report.is_file() or {path.name for path in out.iterdir()} - _WRITTEN:
        return False
    if (out / "tables").is_dir() and {path.name for path in (out / "tables").iterdir()} - tables:
        return False
    try:
        content = json.loads(read_text(report))
    except (InputError, ValueError, RecursionError):
        return False
    return isinstance(content, dict) and content.get("schema") == SCHEMA


def read_report(out: Path) -> Mapping[str, Any]:
    """What an import found, as it stands in the folder it wrote.

    Parameters
    ----------
    out : Path
        Folder an import wrote.

    Returns
    -------
    mapping
    """
    found: Mapping[str, Any] = json.loads(read_text(out / "report.json"))
    return found


def write_tables(folder: Path, rows: Mapping[str, Iterable[Sequence[str]]]) -> None:
    """Write the estate's tables as one CSV file each into a new folder."""
    folder.mkdir()
    for name, header in COLUMNS.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows[name])
