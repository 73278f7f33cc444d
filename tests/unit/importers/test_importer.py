"""A whole import."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import yaml
from unit.importers.export_tree import Tree

from nhilab.base.errors import InputError
from nhilab.importers.gcp_iam import ImportReport, import_gcp_iam
from nhilab.scenario.load import load_scenario


@pytest.fixture
def inputs(tree: Tree, tmp_path: Path) -> dict[str, Path]:
    email = tree.account("build", "shop", {"roles/iam.workloadIdentityUser": ["serviceAccount:shop.svc.id.goog[p/k]"]})
    tree.project("shop", {"roles/editor": [f"serviceAccount:{email}"]})
    tree.bucket("images", "shop", {"roles/storage.legacyBucketOwner": ["projectEditor:shop"]})
    tree.secret("key", "shop")
    jobs, timings = tmp_path / "jobs.csv", tmp_path / "timings.csv"
    jobs.write_text(
        "name,cluster,service_account,interval,minimum_interval,cron\nnightly,shop,k,,,0 3 * * *\nother,far,,1h,,\n"
    )
    timings.write_text("conclusion,exec_seconds\nsuccess,10\nsuccess,20\nskipped,-1\n")
    return {"export": tree.root, "jobs": jobs, "timings": timings, "out": tmp_path / "out"}


def run(inputs: dict[str, Path], without: tuple[str, ...] = (), **default_accounts: str) -> ImportReport:
    jobs, timings = (None if name in without else inputs[name] for name in ("jobs", "timings"))
    out = inputs["out"]
    return import_gcp_iam(inputs["export"], jobs=jobs, timings=timings, out=out, default_accounts=default_accounts)


def rows(out: Path, table: str) -> list[dict[str, str]]:
    with (out / "tables" / f"{table}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_import_loads_as_a_scenario(inputs: dict[str, Path]) -> None:
    run(inputs)
    scenario = load_scenario(inputs["out"] / "scenario.yaml")
    assert scenario.estate.workloads.name.tolist() == ["nightly"]
    assert len(scenario.estate.resources) == 4


def test_an_import_writes_the_tables_and_both_reports(inputs: dict[str, Path]) -> None:
    run(inputs)
    tables = ("attestations", "grants", "identities", "openings", "resources", "workloads")
    assert set(content(inputs["out"])) == {
        "scenario.yaml", "report.json", "report.md", *(f"tables/{name}.csv" for name in tables)
    }  # fmt: skip


def test_the_same_inputs_give_the_same_bytes(inputs: dict[str, Path]) -> None:
    run(inputs)
    first = content(inputs["out"])
    run(inputs)
    assert content(inputs["out"]) == first


def test_no_path_of_the_machine_is_written(inputs: dict[str, Path]) -> None:
    run(inputs)
    assert not [name for name, text in content(inputs["out"]).items() if str(inputs["export"].parent).encode() in text]


def test_a_failed_import_leaves_the_earlier_one_as_it_was(inputs: dict[str, Path]) -> None:
    run(inputs)
    first = content(inputs["out"])
    inputs["jobs"].write_text("name\nx\n")
    with pytest.raises(InputError):
        run(inputs)
    assert content(inputs["out"]) == first
    assert not [path for path in inputs["out"].parent.iterdir() if path.name.startswith(".out")]


def test_a_folder_with_other_content_is_not_replaced(inputs: dict[str, Path]) -> None:
    inputs["out"].mkdir()
    (inputs["out"] / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="a new or empty folder"):
        run(inputs)
    assert (inputs["out"] / "thesis.txt").exists()


def test_every_reference_between_tables_exists(inputs: dict[str, Path]) -> None:
    run(inputs, far="build@shop.iam.gserviceaccount.com")
    out = inputs["out"]
    resources = {row["resource"] for row in rows(out, "resources")}
    identities = {row["identity"] for row in rows(out, "identities")}
    places = set(yaml.safe_load((out / "scenario.yaml").read_text())["assumed"]["estate"]["places"])
    for row in rows(out, "grants"):
        assert row["identity"] in identities
        assert row["resource"] in resources
    for row in rows(out, "openings"):
        assert row["resource"] in resources
        assert bool(row["opens_identity"]) != bool(row["opens_place"])
        assert row["opens_identity"] in identities | {""}
        assert row["opens_place"] in places | {""}
    for table in ("attestations", "workloads"):
        assert {row["identity"] for row in rows(out, table)} <= identities
        assert {row["place"] for row in rows(out, table)} <= places


def test_a_default_account_is_attested_where_it_is_assumed_and_reported(inputs: dict[str, Path]) -> None:
    report = run(inputs, far="build@shop.iam.gserviceaccount.com")
    assert report.jobs is not None
    assert report.jobs.assumed_account == ("other",)
    assert {row["place"] for row in rows(inputs["out"], "attestations")} == {"far", "shop"}
    assert "**assumed** for their cluster" in (inputs["out"] / "report.md").read_text()


def test_measured_durations_are_tagged_measured_and_called_a_composition(inputs: dict[str, Path]) -> None:
    run(inputs)
    text = yaml.safe_load((inputs["out"] / "scenario.yaml").read_text())
    task_time = text["profiles"]["default"]["task_time"]
    assert len(task_time["quantiles"]) == 21
    assert (task_time["quantiles"][0], task_time["quantiles"][-1]) == ("10s", "20s")
    assert "2 jobs that ran, of 3 rows" in task_time["measured"]
    assert "it is a composition" in (inputs["out"] / "report.md").read_text()


def test_durations_are_assumed_without_timings(inputs: dict[str, Path]) -> None:
    run(inputs, without=("timings",))
    text = yaml.safe_load((inputs["out"] / "scenario.yaml").read_text())
    assert "profiles" not in text
    assert "task_time" in text["assumed"]["profiles"]["default"]
    load_scenario(inputs["out"] / "scenario.yaml")


def test_without_jobs_there_is_no_workload_and_the_report_says_so(inputs: dict[str, Path]) -> None:
    report = run(inputs, without=("jobs",))
    assert report.jobs is None
    assert rows(inputs["out"], "workloads") == []
    assert "cannot be run" in (inputs["out"] / "report.md").read_text()


def test_the_scenario_compares_six_strategies_and_three_ways_in(inputs: dict[str, Path]) -> None:
    run(inputs)
    scenario = load_scenario(inputs["out"] / "scenario.yaml").content
    assert list(scenario.strategies) == [
        "static-keys", "session-12h", "workload-identity-1h", "per-task-15m", "per-call-1m", "bootstrap-15m"
    ]  # fmt: skip
    assert list(scenario.threat.entries) == ["runner", "dependency", "build-log"]


def test_shares_of_parameters_count_every_filled_cell_and_every_number(inputs: dict[str, Path]) -> None:
    report = run(inputs)
    out = inputs["out"]
    names = [path.stem for path in (out / "tables").iterdir()]
    cells = sum(bool(cell) for name in names for row in rows(out, name) for cell in row.values())
    numbers = len(load_scenario(out / "scenario.yaml").provenance.origins)
    assert sum(report.parameters.values.values()) == cells + numbers
    assert json.loads((out / "report.json").read_text())["parameters"]["values"] == report.parameters.values


def test_a_list_of_quantiles_is_one_kind_of_parameter(inputs: dict[str, Path]) -> None:
    timed, untimed = run(inputs).parameters, run(inputs, without=("timings",)).parameters
    assert timed.kinds["measured"] == untimed.kinds["measured"] + 1
    assert timed.values["measured"] == untimed.values["measured"] + 21
