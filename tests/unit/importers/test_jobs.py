"""Jobs become workloads or are named with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from nhilab.base.errors import InputError
from nhilab.importers.gcp_iam.access import Access
from nhilab.importers.gcp_iam.jobs import (
    AMBIGUOUS,
    NO_ACCOUNT,
    NO_CALL,
    NO_RATE,
    UNRESOLVED,
    Assignment,
    assign,
    read_jobs,
)

HEADER = "name,cluster,service_account,interval,minimum_interval,cron\n"
ACCESS = Access(
    identities=("ann", "bob", "idle"),
    grants=(("ann", "bucket", "read"), ("bob", "account", "mint-token")),
    attestations=(),
    accounts_of_workload={
        ("ci", "runner"): ("ann",),
        ("ci", "minter"): ("bob",),
        ("ci", "both"): ("ann", "bob"),
    },
)
OPENINGS = (("account", "mint-token", "ann", "", "now"),)


def assigned(tmp_path: Path, *rows: str, **default_accounts: str) -> Assignment:
    path = tmp_path / "jobs.csv"
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows))
    return assign(read_jobs(path), ACCESS, OPENINGS, default_accounts)


def test_a_job_with_an_account_and_a_rate_becomes_a_workload(tmp_path: Path) -> None:
    (workload,) = assigned(tmp_path, "build,ci,runner,2h,,").workloads
    assert (workload.name, workload.identity, workload.place) == ("build", "ann", "ci")
    assert (workload.every, workload.cron, workload.assumed) == ("2h", "", False)


def test_day_names_in_a_cron_are_kept(tmp_path: Path) -> None:
    assert assigned(tmp_path, "build,ci,runner,,,0 9 * * MON").workloads[0].cron == "0 9 * * MON"


def test_a_minimum_interval_is_read_as_an_interval_and_noted(tmp_path: Path) -> None:
    found = assigned(tmp_path, "build,ci,runner,,24h,")
    assert found.workloads[0].every == "24h"
    assert found.jobs[0].minimum


@pytest.mark.parametrize(
    ("row", "reasons"),
    [
        ("job,ci,,1h,,", {NO_ACCOUNT}),
        ("job,ci,stranger,1h,,", {UNRESOLVED}),
        ("job,other,runner,1h,,", {UNRESOLVED}),
        ("job,ci,both,1h,,", {AMBIGUOUS}),
        ("job,ci,runner,,,", {NO_RATE}),
        ("job,ci,,,,", {NO_ACCOUNT, NO_RATE}),
        ("job,ci,minter,1h,,", {NO_CALL}),
    ],
)
def test_a_job_left_out_is_named_under_each_of_its_reasons(tmp_path: Path, row: str, reasons: set[str]) -> None:
    found = assigned(tmp_path, row)
    assert found.workloads == ()
    assert {reason for reason, names in found.left_out.items() if names == ("job",)} == reasons


def test_a_default_account_is_used_only_for_its_cluster_and_marked_assumed(tmp_path: Path) -> None:
    found = assigned(tmp_path, "a,ci,,1h,,", "b,other,,1h,,", "c,ci,runner,1h,,", ci="ann")
    assert [(w.name, w.identity, w.assumed) for w in found.workloads] == [("a", "ann", True), ("c", "ann", False)]
    assert found.resolved == 1


def test_a_default_account_outside_the_export_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="an account named in the export"):
        assigned(tmp_path, "a,ci,,1h,,", ci="nobody")


def test_jobs_of_one_name_stay_apart(tmp_path: Path) -> None:
    found = assigned(tmp_path, "a,ci,runner,1h,,", "a,ci,runner,2h,,")
    assert [workload.name for workload in found.workloads] == ["a", "a (2)"]


@pytest.mark.parametrize(
    ("row", "where"),
    [
        (",ci,runner,1h,,", "line 2, column name"),
        ("job,,runner,1h,,", "line 2, column cluster"),
        ("job,a b,runner,1h,,", "line 2, column cluster"),
        ("job,ci,runner,1h,,0 9 * * *", "line 2"),
        ("job,ci,runner,soon,,", "line 2, column interval"),
        ("job,ci,runner,0,,", "line 2, column interval"),
        ("job,ci,runner,,never,", "line 2, column minimum_interval"),
        ("job,ci,runner,,,0 9 * *", "line 2, column cron"),
        ("job,ci,runner,,,0 9 * * NOSUCHDAY", "line 2, column cron"),
        ("job,ci,runner,1h,,,surplus", "line 2"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_at_its_column(tmp_path: Path, row: str, where: str) -> None:
    with pytest.raises(InputError) as caught:
        assigned(tmp_path, row)
    assert caught.value.key == where


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "jobs.csv"
    path.write_text("name,cluster\nbuild,ci\n")
    with pytest.raises(InputError, match="column service_account: found 'nothing'; allowed: columns name, cluster"):
        read_jobs(path)


@pytest.mark.parametrize("content", ["", HEADER, HEADER + 'a,"b'])
def test_a_list_without_whole_rows_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "jobs.csv"
    path.write_text(content)
    with pytest.raises(InputError):
        read_jobs(path)


def test_a_byte_order_mark_is_tolerated(tmp_path: Path) -> None:
    path = tmp_path / "jobs.csv"
    path.write_text("\ufeff" + HEADER + "build,ci,runner,1h,,\n")
    assert read_jobs(path)[0].name == "build"
