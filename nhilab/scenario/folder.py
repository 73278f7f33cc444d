"""Rows of an estate that lies in a folder of CSV tables, as importers write them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from nhilab.base.errors import InputError
from nhilab.base.files import read_text
from nhilab.scenario.estate_section import EstateSection
from nhilab.scenario.rows import (
    AttestationRow,
    EstateRows,
    GrantRow,
    IdentityRow,
    OpeningRow,
    ResourceRow,
    WorkloadRow,
)
from nhilab.scenario.workload_section import Arrivals

COLUMNS: Final = {
    "resources": ("resource", "class", "environment", "sensitivity", "crown_jewel"),
    "identities": ("identity", "visible", "owner"),
    "grants": ("identity", "resource", "operation"),
    "openings": ("resource", "operation", "opens_identity", "opens_place", "when"),
    "attestations": ("identity", "place"),
    "workloads": ("workload", "kind", "identity", "place", "count", "every", "cron", "rate", "profile"),
}
"""Columns of each table; more are ignored, less is an error."""


def _rows(folder: Path, table: str) -> Iterator[tuple[str, ...]]:
    path = folder / f"{table}.csv"
    reader = csv.reader(read_text(path).splitlines())
    header = next(reader, [])
    for name in COLUMNS[table]:
        if name not in header:
            raise InputError(path, f"column {name}", ", ".join(header) or "nothing", ", ".join(COLUMNS[table]))
    places = [header.index(name) for name in COLUMNS[table]]
    for number, row in enumerate(reader, start=2):
        if len(row) != len(header):
            raise InputError(path, f"row {number}", f"{len(row)} cells", f"{len(header)} cells")
        yield tuple(row[i] for i in places)


def _true(path: Path, key: str, text: str) -> bool:
    if text not in ("true", "false"):
        raise InputError(path, key, text, "true or false")
    return text == "true"


def _positive(path: Path, key: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 < number < float("inf"):
        raise InputError(path, key, text, "a number above 0")
    return number


def _resources(folder: Path, section: EstateSection, file: str) -> list[ResourceRow]:
    path, rows = folder / "resources.csv", []
    for n, (name, kind, environment, sensitivity, jewel) in enumerate(_rows(folder, "resources"), start=2):
        verifier = section.verifier_by_class.get(kind) or section.verifier_by_class.get("default")
        if verifier is None:
            raise InputError(file, "estate.verifier_by_class", kind, "a verifier for this class, or for default")
        weight = _positive(path, f"row {n}, column sensitivity", sensitivity)
        crown = _true(path, f"row {n}, column crown_jewel", jewel)
        rows.append(ResourceRow(name, kind, environment, weight, crown, verifier))
    return rows


def _workloads(folder: Path, section: EstateSection) -> list[WorkloadRow]:
    path, rows = folder / "workloads.csv", []
    for n, row in enumerate(_rows(folder, "workloads"), start=2):
        name, kind, identity, place, count, every, cron, rate, profile = row
        given = {k: v for k, v in (("every", every), ("cron", cron), ("rate", rate)) if v}
        try:
            arrivals = Arrivals.model_validate(given)
        except ValidationError as error:
            allowed = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise InputError(path, f"row {n}, columns every, cron, rate", given, allowed) from error
        if kind not in ("agent", "pipeline", "batch", "service"):
            raise InputError(path, f"row {n}, column kind", kind, "agent, pipeline, batch or service")
        if not (count.isdecimal() and int(count) > 0):
            raise InputError(path, f"row {n}, column count", count, "a whole number above 0")
        instances = int(count) * section.scale
        rows.append(WorkloadRow(name, kind, identity, place, instances, arrivals, profile, None))
    return rows


def folder_rows(section: EstateSection, file: str) -> EstateRows:
    """Rows of the CSV tables in the folder that `section` of `file` names.

    Raises
    ------
    InputError
        If a table is missing, lacks a column, or holds a value that is not allowed.
    """
    folder = Path(file).parent / str(section.tables)
    identities = [
        IdentityRow(name, _true(folder / "identities.csv", f"row {n}, column visible", visible), owner)
        for n, (name, visible, owner) in enumerate(_rows(folder, "identities"), start=2)
    ]
    openings = [OpeningRow(r, o, i, p, when) for r, o, i, p, when in _rows(folder, "openings")]
    for n, opening in enumerate(openings, start=2):
        if opening.when not in ("now", "next-task"):
            raise InputError(folder / "openings.csv", f"row {n}, column when", opening.when, "now or next-task")
    return EstateRows(
        resources=_resources(folder, section, file),
        operations=[],
        identities=identities,
        grants=[GrantRow(*row) for row in _rows(folder, "grants")],
        openings=openings,
        attestations=[AttestationRow(*row) for row in _rows(folder, "attestations")],
        workloads=_workloads(folder, section),
        origin=lambda kind, row: (str(folder / f"{kind}.csv"), f"row {row + 2}"),
    )
