"""The export of the Kubernetes project, imported, against counts read from it by other means.

The counts were taken beforehand, by other scripts. Two of them need their reading spelled out. Grants (median 8,
largest 1,218) are read, write and admin on projects, buckets and secrets; this importer also grants deploy, exec and
the operations on service accounts, so its own median is 10 and its largest 2,048. Timings: 602 rows are below zero,
and 1,173 more are zero; without skipped jobs and rows below zero the mean is 102 s and the median 39 s. The importer
drops the 34 cancelled jobs of zero seconds too, which leaves a mean of 102 s and a median of 41 s.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import mean, median

import pytest

from nhilab.importers.gcp_iam import ImportReport, import_gcp_iam
from nhilab.scenario.load import load_scenario

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
AUDIT = DATA / "kubernetes-project" / "audit"
JOBS = DATA / "kubernetes-project" / "prow_jobs.csv"
TIMINGS = DATA / "github-actions-timings" / "jobs.csv"
LARGEST = "prow-build@k8s-infra-prow-build.iam.gserviceaccount.com"


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[ImportReport, Path]:
    if not AUDIT.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"the export of the Kubernetes project is missing: {AUDIT}")
        pytest.skip("the export of the Kubernetes project is not beside the repository")
    out = tmp_path_factory.mktemp("kubernetes") / "out"
    return import_gcp_iam(AUDIT, jobs=JOBS, timings=TIMINGS, out=out), out


@pytest.fixture
def report(imported: tuple[ImportReport, Path]) -> ImportReport:
    return imported[0]


@pytest.fixture
def out(imported: tuple[ImportReport, Path]) -> Path:
    return imported[1]


def rows(out: Path, table: str) -> list[dict[str, str]]:
    with (out / "tables" / f"{table}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def members(pattern: str) -> Iterator[tuple[Path, str, str]]:
    for path in AUDIT.rglob("iam.json"):
        for binding in json.loads(path.read_text()).get("bindings", []):
            for member in binding["members"]:
                if re.fullmatch(pattern, member):
                    yield path, binding["role"], member


def test_all_1269_resources_are_found(report: ImportReport) -> None:
    folders = {"buckets": "object-store", "service-accounts": "service-account", "secrets": "secret-store"}
    listed = Counter(folders.get(path.parent.parent.name, "project") for path in AUDIT.glob("projects/**/iam.json"))
    assert report.estate.resources == dict(listed)
    assert report.estate.resources == {"object-store": 723, "project": 258, "secret-store": 44, "service-account": 244}


def test_244_service_accounts_are_described_and_1153_named_in_bindings(report: ImportReport) -> None:
    named = {member for _, _, member in members(r"serviceAccount:[^\[\]]+")}
    assert report.estate.named_accounts == len(named) == 1153
    assert report.estate.described_accounts == 244
    assert report.estate.identities == 1156


def test_all_86_roles_are_known(report: ImportReport) -> None:
    assert report.policies.roles == 86
    assert report.policies.unknown_roles == {}


def test_grants_on_projects_buckets_and_secrets_have_median_8_and_maximum_1218(out: Path) -> None:
    class_of = {row["resource"]: row["class"] for row in rows(out, "resources")}
    counted = Counter(
        row["identity"]
        for row in rows(out, "grants")
        if class_of[row["resource"]] != "service-account" and row["operation"] in ("read", "write", "admin")
    )
    assert median(counted[row["identity"]] for row in rows(out, "identities")) == 8
    assert counted.most_common(1) == [(LARGEST, 1218)]


def test_one_account_reaches_61_percent_of_all_resources(report: ImportReport) -> None:
    reached: set[Path] = set()
    for path, role, _ in members(re.escape(f"serviceAccount:{LARGEST}")):
        reached.add(path.parent)
        if role == "roles/editor":
            reached.update(path.parent.glob("service-accounts/*/"))
    editable = {path.name for path in reached if path.parent.name == "projects"}
    reached.update(p.parent for p, _, member in members("projectEditor:.+") if member.partition(":")[2] in editable)
    assert report.grants.largest_identity == LARGEST
    assert report.grants.largest_resources == len(reached) == 775
    assert round(report.grants.largest_share, 2) == 0.61


def test_all_grants_together_have_median_10_and_maximum_2048(report: ImportReport) -> None:
    assert report.grants.median_per_identity == 10
    assert report.grants.largest_grants == 2048


def test_impersonation_has_35_workload_identity_3_token_creator_and_2_user_edges(report: ImportReport) -> None:
    assert report.policies.impersonation == {
        "roles/iam.serviceAccountTokenCreator": 3,
        "roles/iam.serviceAccountUser": 2,
        "roles/iam.workloadIdentityUser": 35,
    }
    assert report.grants.attestations == 35


def test_every_opening_names_an_account_or_a_cluster_that_exists(out: Path) -> None:
    identities = {row["identity"] for row in rows(out, "identities")}
    openings = rows(out, "openings")
    assert {row["opens_identity"] for row in openings if row["opens_identity"]} <= identities
    assert {row["opens_place"] for row in openings if row["opens_place"]} == {
        "k8s-infra-prow-build", "k8s-infra-prow-build-trusted", "kubernetes-public"
    }  # fmt: skip


def test_of_3849_jobs_316_resolve_3005_name_no_account_and_2514_have_no_rate(report: ImportReport) -> None:
    assert report.jobs is not None
    left_out = {reason: len(names) for reason, names in report.jobs.left_out.items()}
    assert report.jobs.jobs == 3849
    assert report.jobs.resolved == 316
    assert left_out["names no service account"] == 3005
    assert left_out["has no interval or cron"] == 2514
    assert len(report.jobs.minimum_interval) == 28


def test_the_workloads_are_the_periodic_jobs_among_those_that_resolve(report: ImportReport, out: Path) -> None:
    assert report.jobs is not None
    edge = re.compile(r"serviceAccount:(.+)\.svc\.id\.goog\[.+/(.+)\]")
    tied = {match.groups() for _, _, member in members(r".*svc\.id\.goog.*") if (match := edge.fullmatch(member))}
    with JOBS.open(newline="") as file:
        listed = list(csv.DictReader(file))
    resolved = [job for job in listed if (job["cluster"], job["service_account"]) in tied]
    assert len(resolved) == 316
    periodic = [job["name"] for job in resolved if job["type"] == "periodic"]
    assert sorted(row["workload"] for row in rows(out, "workloads")) == sorted(periodic)
    assert report.jobs.workloads == len(periodic) == 68


def test_the_three_crons_with_day_names_are_kept(out: Path) -> None:
    assert sum("MON" in row["cron"] for row in rows(out, "workloads")) == 3


def test_timings_are_those_of_jobs_that_ran(report: ImportReport) -> None:
    assert report.timings is not None
    with TIMINGS.open(newline="") as file:
        listed = [(row["conclusion"], float(row["exec_seconds"])) for row in csv.DictReader(file)]
    assert report.timings.n_negative == 602
    assert sum(conclusion == "skipped" for conclusion, seconds in listed if seconds < 0) == 593
    of_design = [seconds for conclusion, seconds in listed if seconds >= 0 and conclusion != "skipped"]
    assert (round(mean(of_design)), median(of_design)) == (102, 39)
    assert report.timings.n_used == 4683
    assert (round(report.timings.mean), report.timings.median) == (102, 41)


def test_the_import_loads_as_a_scenario(out: Path) -> None:
    scenario = load_scenario(out / "scenario.yaml")
    assert len(scenario.estate.resources) == 1269
    assert len(scenario.estate.workloads) == 68
    assert set(scenario.provenance.shares()) == {"measured", "cited", "assumed", "chosen"}
