"""Jobs become workloads, and how much what they run on must bear."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from unit.importers.tables.four_tables import found, imported, rows

import nhilab.importers.tables.workloads as workloads_module
from nhilab.base.errors import InputError
from nhilab.base.quantities import HOUR, MINUTE, SECOND
from nhilab.scenario.distributions import Exponential, GeometricCount, Lognormal

HEAD = "name,identity,kind,place,cron,interval,rate,median,p90,calls,count\n"


def test_every_cell_of_a_job_stands_in_its_workload(tmp_path: Path) -> None:
    report, scenario = imported(tmp_path, jobs=HEAD + "talk,ci,Agent,laptop,,,3/h,40s,100s,2.5,7\n")
    workloads = scenario.estate.workloads
    assert (workloads.name[0], workloads.kind[0], workloads.count[0]) == ("talk", "agent", 7)
    assert scenario.estate.places.name[workloads.place[0]] == "laptop"
    assert scenario.arrivals[0].rate == pytest.approx(3 / 3600)
    assert isinstance(scenario.profiles[0].calls, GeometricCount)
    assert scenario.profiles[0].calls.geometric == 2.5
    assert [one.examples for one in report.findings if one.table == "jobs"] == [("laptop: 7 slots",)]


def test_lengths_have_the_median_and_the_p90_of_the_table(tmp_path: Path) -> None:
    _, scenario = imported(tmp_path, jobs=HEAD + "build,ci,,,,1h,,4m,11m,,\n")
    lengths = scenario.profiles[0].task_time
    assert isinstance(lengths, Lognormal)
    assert lengths.quantile(np.array([0.5, 0.9])) == pytest.approx([4 * MINUTE, 11 * MINUTE], rel=1e-3)


@pytest.mark.parametrize(("cells", "probability"), [("4m,", 0.5), (",4m", 0.9)])
def test_a_median_or_a_p90_alone_is_that_of_an_exponential(tmp_path: Path, cells: str, probability: float) -> None:
    _, scenario = imported(tmp_path, jobs=HEAD + f"build,ci,,,,1h,,{cells},,\n")
    lengths = scenario.profiles[0].task_time
    assert isinstance(lengths, Exponential)
    assert lengths.quantile(np.array([probability])) == pytest.approx([4 * MINUTE], rel=1e-6)


def test_what_the_table_says_is_measured_and_the_rest_assumed(tmp_path: Path) -> None:
    _, scenario = imported(tmp_path, jobs=HEAD + "build,ci,,,,1h,,4m,11m,,\n")
    tags = {key: origin.tag for key, origin in scenario.provenance.origins.items() if key.startswith("profiles.")}
    measured = {key for key, tag in tags.items() if tag == "measured"}
    assert measured == {
        "profiles.like-build.task_time.lognormal.median",
        "profiles.like-build.task_time.lognormal.sigma",
    }
    assert set(tags.values()) == {"measured", "assumed"}


def test_jobs_of_the_same_lengths_and_calls_share_a_profile_named_after_the_first_of_them(tmp_path: Path) -> None:
    lines = "b,ci,,,,1h,,4m,11m,,\na,ci,,,,2h,,240s,11m,,\nnightly/c.1,ci,,,,2h,,5m,11m,,\nz,ci,,,,2h,,,,,\n"
    imported(tmp_path, jobs=HEAD + lines)
    assert [row["profile"] for row in rows(tmp_path / "out", "workloads")] == [
        "like-a",
        "like-a",
        "like-nightly/c.1",
        "default",
    ]


def test_profiles_after_jobs_with_blanks_and_stars_have_names_that_may_be_and_differ(tmp_path: Path) -> None:
    names = ["a b", "a*b", "a-b", "a-b~2"]
    imported(tmp_path, jobs=HEAD + "".join(f"{name},ci,,,,1h,,{n}m,20m,,\n" for n, name in enumerate(names, start=4)))
    assert [row["profile"] for row in rows(tmp_path / "out", "workloads")] == [
        "like-a-b", "like-a-b~2", "like-a-b~3", "like-a-b~2~2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("schedule", "column", "kept"),
    [
        ("*/5 * * * *", "cron", "*/5 * * * *"),
        ("@daily", "cron", "@daily"),
        ("90m", "every", "90m"),
        ("3/h", "rate", "3/h"),
    ],
)
def test_a_schedule_is_known_by_its_form(tmp_path: Path, schedule: str, column: str, kept: str) -> None:
    imported(tmp_path, jobs=f"name,identity,schedule\nbuild,ci,{schedule}\n")
    (row,) = rows(tmp_path / "out", "workloads")
    assert {name: row[name] for name in ("every", "cron", "rate") if row[name]} == {column: kept}


def test_bare_numbers_are_seconds_where_the_heading_says_so(tmp_path: Path) -> None:
    _, scenario = imported(tmp_path, jobs="name,identity,interval_s,median_seconds,p90_s\nbuild,ci,3600,90,2m\n")
    assert scenario.arrivals[0].every == HOUR
    assert scenario.profiles[0].task_time.lognormal.median == 90 * SECOND


def test_jobs_that_cannot_be_simulated_are_reported_with_their_reason(tmp_path: Path) -> None:
    lines = "build,ci,1h\norphan,,1h\nalien,nobody,1h\nnever,ci,\nidle,deployer,1h\n"
    grants = "identity,resource,operations\nci,db,read\ndeployer,deployer,mint\n"
    report, scenario = imported(tmp_path, grants=grants, jobs="name,identity,interval\n" + lines)
    assert scenario.estate.workloads.name.tolist() == ["build"]
    assert found(report, "left out", "jobs without identity") == ("row 3: orphan",)
    assert found(report, "left out", "jobs whose identity is not") == ("row 4: alien",)
    assert found(report, "left out", "jobs without schedule") == ("row 5: never",)
    assert found(report, "left out", "jobs whose identity has no grant") == ("row 6: idle",)


def test_jobs_of_one_name_are_numbered_without_taking_anothers(tmp_path: Path) -> None:
    lines = "a,ci,1h\na,ci,2h\na (2),ci,3h\na,ci,4h\n"
    report, scenario = imported(tmp_path, jobs="name,identity,interval\n" + lines)
    assert scenario.estate.workloads.name.tolist() == ["a", "a (2)", "a (3)", "a (4)"]
    assert found(report, "inferred", "jobs of a name given before") == ("a: a (3)", "a: a (4)")


def test_jobs_without_a_place_run_on_runners_and_that_is_said(tmp_path: Path) -> None:
    report, scenario = imported(tmp_path)
    assert scenario.estate.places.name.tolist() == ["runners", "build-logs"]
    assert found(report, "inferred", "jobs without a place") == ("build",)


def test_an_identity_is_attested_where_its_jobs_run_and_nowhere_else(tmp_path: Path) -> None:
    lines = "a,ci,,farm,,1h,,,,,\nb,ci,,farm,,2h,,,,,\nc,ci,,lab,,2h,,,,,\n"
    imported(tmp_path, jobs=HEAD + lines)
    trusted = [tuple(row.values()) for row in rows(tmp_path / "out", "attestations")]
    assert trusted == [("ci", "farm"), ("ci", "lab")]


def test_runners_and_issuer_are_sized_to_what_the_jobs_need(tmp_path: Path) -> None:
    report, scenario = imported(tmp_path, jobs=HEAD + "build,ci,,farm,,,1/s,100s,100s,50,9\n")
    assert scenario.content.estate.places["farm"].slots == 2 * 9 * 100
    assert scenario.content.issuers["sts"].servers == math.ceil(2 * 9 * 50 * 0.02)
    assert found(report, "inferred", "slots of places") == ("farm: 1,800 slots", "issuer: 18 servers")
    assert report.tasks_per_day == pytest.approx(9 * 86_400)
    assert report.calls_per_day == pytest.approx(9 * 86_400 * 50)


def test_a_place_has_no_more_slots_than_jobs_could_use_at_once(tmp_path: Path) -> None:
    _, scenario = imported(tmp_path, jobs=HEAD + "build,ci,,farm,,,1/h,1m,,,3\ntalk,ci,,desk,,,1/h,1m,,,70\n")
    assert {name: scenario.content.estate.places[name].slots for name in ("farm", "desk")} == {"farm": 3, "desk": 40}


def test_a_job_that_does_not_run_on_the_simulated_day_is_pointed_out(tmp_path: Path) -> None:
    report, _ = imported(tmp_path, jobs="name,identity,cron\nbuild,ci,0 6 * * 1\nreport,ci,0 0 * * TUE\n")
    assert found(report, "to know", "jobs that do not run") == ("report",)
    assert report.tasks_per_day == 1


def test_too_many_kinds_of_jobs_are_rounded_no_more_than_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = "".join(f"job-{i},ci,,,,1h,,{100 + i}s,{200 + i}s,,\n" for i in range(40))
    report, scenario = imported(tmp_path / "all", jobs=HEAD + lines)
    assert len(scenario.content.profiles) == 40
    monkeypatch.setattr(workloads_module, "MANY", 12)
    report, scenario = imported(tmp_path / "few", jobs=HEAD + lines)
    assert 2 <= len(scenario.content.profiles) <= 12
    assert found(report, "inferred", "jobs rounded")
    for given, profile in zip(range(40), scenario.profiles, strict=True):
        row = int(scenario.estate.workloads.name[given].removeprefix("job-"))
        low, high = profile.task_time.quantile(np.array([0.5, 0.9])) / SECOND
        assert low == pytest.approx(100 + row, rel=0.13)
        assert high == pytest.approx(200 + row, rel=0.13)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,identity,interval\n", "jobs.csv: found 'no rows'; allowed: at least one job with an identity"),
        ("name,identity,interval\na,,1h\nb,ci,\n", "found 'no job that can be simulated: 1 jobs without identity, 1"),
        ("name,identity,interval\n,ci,1h\n", "row 2, column name: found ''; allowed: a name"),
        ("name,identity,interval\na,ci,60\n", "row 2, column interval: found '60'; allowed: a length above zero with"),
        ("name,identity,every\na,ci,0\n", "row 2, column every: found '0'; allowed: a length above zero"),
        ("name,identity,interval\na,ci,never\n", "column interval: found 'never'; allowed: a length above zero"),
        ("name,identity,interval\na,ci,1us\n", "column interval: found '1us'; allowed: an interval of at least 1ms"),
        ("name,identity,interval_s\na,ci,-5\n", "column interval_s: found '-5'; allowed: seconds above zero"),
        ("name,identity,cron\na,ci,0 6 * *\n", "column cron: found '0 6 * *'; allowed: five cron fields"),
        ("name,identity,rate\na,ci,often\n", "column rate: found 'often'; allowed: a rate such as 3/h"),
        ("name,identity,rate\na,ci,1e9/s\n", "column rate: found '1e9/s'; allowed: a rate such as 3/h or 0.5/s"),
        ("name,identity,schedule\na,ci,daily\n", "column schedule: found 'daily'; allowed: a cron expression such as"),
        ("name,identity,cron,rate\na,ci,0 6 * * *,3/h\n", "row 2: found 'cron 0 6 * * * and rate 3/h'; allowed: one"),
        (HEAD + "a,ci,robot,,,1h,,,,,\n", "column kind: found 'robot'; allowed: agent, pipeline, batch, service"),
        (HEAD + "a,ci,,two words,,1h,,,,,\n", "column place: found 'two words'; allowed: a name without blanks"),
        (HEAD + "a,ci,,build-logs,,1h,,,,,\n", "column place: found 'build-logs'; allowed: a name without blanks"),
        (HEAD + "a,ci,,,,1h,,90,,,\n", "column median: found '90'; allowed: a length above zero with its unit"),
        (HEAD + "a,ci,,,,1h,,5m,4m,,\n", "column p90: found '4m'; allowed: from the median (5m) to 1,000 times"),
        (HEAD + "a,ci,,,,1h,,1s,1h,,\n", "column p90: found '1h'; allowed: from the median (1s)"),
        (HEAD + "a,ci,,,,1h,,,,0,\n", "column calls: found '0'; allowed: a number of calls, at least 1"),
        (HEAD + "a,ci,,,,1h,,,,,0\n", "column count: found '0'; allowed: a whole number from 1 to 1,000,000"),
        (HEAD + "a,ci,,,,1h,,,,,2.5\n", "column count: found '2.5'; allowed: a whole number"),
    ],
)  # fmt: skip
def test_a_wrong_job_is_one_line_with_row_column_value_and_what_is_allowed(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(InputError) as error:
        imported(tmp_path, jobs=text)
    assert said in str(error.value)
    assert "jobs.csv" in str(error.value)
    assert "\n" not in str(error.value)
