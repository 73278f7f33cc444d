"""One import: an export tree, a list of jobs and their timings become a scenario folder."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import yaml

from nhilab.base.files import whole_folder, write_json, write_text
from nhilab.importers.gcp_iam.access import Access, expand, openings_of
from nhilab.importers.gcp_iam.export import read_export
from nhilab.importers.gcp_iam.jobs import Assignment, Workload, assign, read_jobs
from nhilab.importers.gcp_iam.markdown import report_markdown
from nhilab.importers.gcp_iam.report import (
    ImportReport,
    Parameters,
    describe_estate,
    describe_grants,
    describe_jobs,
    describe_policies,
)
from nhilab.importers.gcp_iam.roles import role_table
from nhilab.importers.gcp_iam.scenario_file import scenario_text
from nhilab.importers.gcp_iam.tables import COLUMNS, EstateTables, estate_tables
from nhilab.importers.gcp_iam.timings import read_timings
from nhilab.importers.output import SCHEMA, free_folder
from nhilab.scenario.provenance import read_provenance

ORIGINS: Final = ("measured", "cited", "assumed", "chosen")


def import_gcp_iam(
    export: Path,
    *,
    jobs: Path | None,
    timings: Path | None,
    out: Path,
    default_accounts: Mapping[str, str] | None = None,
) -> ImportReport:
    """Import a Google Cloud export as a scenario folder.

    Writes ``scenario.yaml``, ``tables/*.csv``, ``report.json`` and ``report.md`` in `out`, all or nothing.

    Parameters
    ----------
    export : Path
        Tree of policies as ``gcloud … get-iam-policy --format=json`` writes them: ``organizations/O/iam.json``,
        ``projects/P/iam.json``, ``projects/P/{buckets,service-accounts,secrets}/NAME/iam.json`` and, where they
        exist, ``description.json``, ``versions.json`` and ``roles/*.json``.
    jobs : Path or None
        CSV with the columns name, cluster, service_account, interval, minimum_interval and cron.
    timings : Path or None
        CSV with the columns conclusion and exec_seconds.
    out : Path
        Folder to write; what stands there is replaced.
    default_accounts : mapping of str to str, optional
        Google account of jobs that name none, by cluster. The user's statement, reported as assumed.

    Returns
    -------
    ImportReport
        What was found, what was left out and why.

    Raises
    ------
    InputError
        If a file cannot be read or used, or `out` cannot be written.

    Notes
    -----
    Mapping of roles: ``roles.yaml``, with Google's pages. Checked by ``tests/unit/importers`` on small trees and
    by ``tests/reference/test_kubernetes_import.py`` on the export of the Kubernetes project.
    """
    read, table = read_export(export), role_table()
    access = expand(read, table)
    listed = read_jobs(jobs) if jobs is not None else ()
    durations = read_timings(timings) if timings is not None else None
    clusters = {project for _, project in access.attestations} | {job.cluster for job in listed}
    assignment = assign(listed, access, openings_of(access, read, clusters), default_accounts or {})
    places = _places(access, assignment)
    openings = openings_of(access, read, places)
    tables = estate_tables(read, access, openings, places, assignment.workloads)
    runners = sorted({workload.place for workload in assignment.workloads}) or places
    text = scenario_text(name=export.resolve().name, places=places, runners=runners, timings=durations)
    report = ImportReport(
        source=export.resolve().name,
        estate=describe_estate(read, access, {row[0]: row[2] for row in tables.rows["identities"]}),
        policies=describe_policies(read, table),
        grants=describe_grants(read, access, openings, len(tables.rows["attestations"])),
        jobs=describe_jobs(assignment) if jobs is not None else None,
        timings=durations,
        parameters=_parameters(tables, text, assignment.workloads),
    )
    with whole_folder(free_folder(out, export, jobs, timings)) as folder:
        tables.write(folder / "tables")
        write_text(folder / "scenario.yaml", text)
        write_json(folder / "report.json", {"schema": SCHEMA} | dataclasses.asdict(report))
        write_text(folder / "report.md", report_markdown(report))
    return report


def _places(access: Access, assignment: Assignment) -> list[str]:
    """Clusters that run a workload or that a trust policy names; a lone one where there is none."""
    places = {workload.place for workload in assignment.workloads} | {place for _, place in access.attestations}
    return sorted(places) or ["runners"]


def _parameters(tables: EstateTables, text: str, workloads: tuple[Workload, ...]) -> Parameters:
    kinds, values = Counter(dict.fromkeys(ORIGINS, 0)), Counter(dict.fromkeys(ORIGINS, 0))
    for name, columns in COLUMNS.items():
        for column, filled in tables.values(name).items():
            kinds[columns[column]] += filled > 0
            values[columns[column]] += filled
    assumed = sum(workload.assumed for workload in workloads)
    values["measured"] -= assumed
    values["assumed"] += assumed
    _, provenance = read_provenance(yaml.safe_load(text), "scenario.yaml")
    tags = {key: origin.tag for key, origin in provenance.origins.items()}
    kinds.update({re.sub(r"\.\d+$", "", key): tag for key, tag in tags.items()}.values())
    values.update(tags.values())
    return Parameters(kinds=dict(kinds), values=dict(values))
