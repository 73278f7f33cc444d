"""One import: four CSV tables become a scenario folder."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from nhilab.base.errors import InputError
from nhilab.base.files import whole_folder, write_json, write_text
from nhilab.importers.output import SCHEMA, free_folder, write_tables
from nhilab.importers.tables.columns import TABLES
from nhilab.importers.tables.estate import Listed, read_estate
from nhilab.importers.tables.grants import Access, read_access
from nhilab.importers.tables.jobs import read_jobs
from nhilab.importers.tables.reading import read_table
from nhilab.importers.tables.report import TablesReport, report_markdown, report_of
from nhilab.importers.tables.scenario_file import scenario_text
from nhilab.importers.tables.workloads import Workloads, plan


def import_tables(folder: Path, *, out: Path) -> TablesReport:
    """Import an estate that stands in four CSV tables.

    Writes ``scenario.yaml``, ``tables/*.csv``, ``report.json`` and ``report.md`` in `out`, all or nothing.

    Parameters
    ----------
    folder : Path
        Holds ``identities.csv``, ``resources.csv``, ``grants.csv`` and ``jobs.csv`` (columns: `TABLES`).
    out : Path
        Folder to write: new, empty, or an earlier import, which is replaced.

    Returns
    -------
    TablesReport
        What was read, inferred and left out.

    Raises
    ------
    InputError
        If a table cannot be read or holds what is not allowed, nothing is left to simulate, or `out` cannot be written.

    Notes
    -----
    Checked by ``tests/unit/importers/tables``.
    """
    if not folder.is_dir():
        raise InputError(folder, "", "no such folder", "a folder with " + ", ".join(f"{name}.csv" for name in TABLES))
    tables = {name: read_table(folder, name) for name in TABLES}
    listed = read_estate(tables["identities"], tables["resources"])
    access = read_access(tables["grants"], listed)
    jobs = read_jobs(tables["jobs"], listed, access)
    workloads = plan(jobs.kept)
    workloads = dataclasses.replace(workloads, findings=(*jobs.findings, *workloads.findings))
    source = folder.resolve().name or "tables"
    others = sorted(path.name for path in folder.iterdir() if path.name not in {f"{name}.csv" for name in TABLES})
    report = report_of(tables, listed, access, workloads, source=source, others=others)
    text = scenario_text(
        name=out.resolve().name or source, workloads=workloads, verifier_of_class=listed.verifier_of_class
    )
    with whole_folder(free_folder(out, *(table.path for table in tables.values()))) as beside:
        write_tables(beside / "tables", _rows(listed, access, workloads))
        write_text(beside / "scenario.yaml", text)
        write_json(beside / "report.json", {"schema": SCHEMA} | dataclasses.asdict(report))
        write_text(beside / "report.md", report_markdown(report))
    return report


def _rows(listed: Listed, access: Access, workloads: Workloads) -> Mapping[str, Iterable[Sequence[str]]]:
    resources = sorted(listed.resources.values(), key=lambda resource: resource.name)
    identities = sorted(listed.identities.values(), key=lambda identity: identity.name)
    return {
        "resources": [
            (r.name, r.resource_class, r.environment, _number(r.sensitivity), _text(r.crown_jewel)) for r in resources
        ],
        "identities": [(one.name, _text(one.visible), one.owner) for one in identities],
        "grants": access.grants,
        "openings": [(resource, operation, opened, "", "now") for resource, operation, opened in access.openings],
        "attestations": sorted({(job.identity, job.place) for job, _ in workloads.jobs}),
        "workloads": [
            (job.name, job.kind, job.identity, job.place, str(job.count), job.every, job.cron, job.rate, profile)
            for job, profile in workloads.jobs
        ],
    }


def _text(value: bool) -> str:
    return "true" if value else "false"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
