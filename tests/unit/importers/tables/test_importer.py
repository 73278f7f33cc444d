"""A whole import of tables."""

from __future__ import annotations

import csv
import io
import json
from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.importers.tables.four_tables import SMALL, found, grants, imported, openings, write

from nhilab.base.errors import InputError
from nhilab.cli.main import run
from nhilab.importers.tables import import_tables

IDENTITIES = ("ci", "deployer", "häns", "team a")
CLASSES = ("database", "service-account", "object-store")


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_import_writes_the_scenario_its_tables_and_both_reports(tmp_path: Path) -> None:
    imported(tmp_path)
    tables = ("attestations", "grants", "identities", "openings", "resources", "workloads")
    assert set(content(tmp_path / "out")) == {
        "scenario.yaml", "report.json", "report.md", *(f"tables/{name}.csv" for name in tables)
    }  # fmt: skip


def test_the_same_tables_give_the_same_bytes_wherever_they_lie(tmp_path: Path) -> None:
    for place in ("one", "two"):
        import_tables(write(tmp_path / place / "estate"), out=tmp_path / place / "out")
    assert content(tmp_path / "one" / "out") == content(tmp_path / "two" / "out")


def test_the_order_of_rows_and_columns_does_not_change_the_scenario(tmp_path: Path) -> None:
    import_tables(write(tmp_path / "a"), out=tmp_path / "a" / "out")
    turned = {}
    for name, text in SMALL.items():
        head, *rows = (line.split(",")[::-1] for line in text.splitlines())
        turned[name] = "\n".join(";".join(row) for row in [head, *rows[::-1]])
    import_tables(write(tmp_path / "b" / "a", **turned), out=tmp_path / "b" / "out")
    first, second = content(tmp_path / "a" / "out"), content(tmp_path / "b" / "out")
    assert {k: v for k, v in first.items() if "report" not in k} == {
        k: v for k, v in second.items() if "report" not in k
    }


def test_a_failed_import_leaves_the_earlier_one_as_it_was(tmp_path: Path) -> None:
    imported(tmp_path)
    first = content(tmp_path / "out")
    with pytest.raises(InputError):
        imported(tmp_path, jobs="name,identity\n")
    assert content(tmp_path / "out") == first
    assert {path.name for path in tmp_path.iterdir()} == {"in", "out"}


def test_a_second_import_replaces_the_first(tmp_path: Path) -> None:
    imported(tmp_path)
    _, scenario = imported(tmp_path, jobs="name,identity,interval\nother,ci,1h\n")
    assert scenario.estate.workloads.name.tolist() == ["other"]


def test_the_folder_of_the_tables_is_never_written_over(tmp_path: Path) -> None:
    folder = write(tmp_path / "in")
    for out in (folder, tmp_path):
        with pytest.raises(InputError, match="allowed: a folder that does not hold the import"):
            import_tables(folder, out=out)
    assert sorted(content(folder)) == ["grants.csv", "identities.csv", "jobs.csv", "resources.csv"]


def test_a_folder_that_is_not_there_is_told_what_belongs_in_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no such folder'; allowed: a folder with identities\.csv, resources\.csv"):
        import_tables(tmp_path / "absent", out=tmp_path / "out")


def test_files_that_are_not_read_are_named(tmp_path: Path) -> None:
    (write(tmp_path / "in") / "Jobs 2025.xlsx").write_bytes(b"")
    report, _ = imported(tmp_path)
    assert found(report, "to know", "files that are not read") == ("Jobs 2025.xlsx",)


def test_a_column_that_is_not_read_is_told_the_one_that_was_perhaps_meant(tmp_path: Path) -> None:
    report, _ = imported(
        tmp_path, identities="name,owner,visble,colour\nci,platform,no,red\ndeployer,platform,no,red\n"
    )
    assert found(report, "left out", "columns that mean nothing here") == ("visble, perhaps visible", "colour")


def test_who_has_no_owner_is_named(tmp_path: Path) -> None:
    report, _ = imported(tmp_path, identities="name,owner\nci,platform\ndeployer,\n")
    assert found(report, "to know", "identities without owner") == ("deployer",)


def test_the_report_counts_what_was_read_and_left_out(tmp_path: Path) -> None:
    text = SMALL["grants"] + "\nci,db,read\nstranger,db,read\n"
    report, _ = imported(tmp_path, grants=text)
    read = report.tables["grants"]
    assert (read.rows, read.blank, read.repeated, read.separator) == (4, 1, 1, "comma")
    assert report.estate["grants"] == 4
    written = json.loads((tmp_path / "out" / "report.json").read_text())
    assert written["estate"] == report.estate
    page = (tmp_path / "out" / "report.md").read_text()
    assert "| grants.csv | 4 | 1 | 1 | comma | identity, resource, operations |" in page
    assert "- grants: rows whose identity is not in identities.csv: 1 (row 7: stranger)" in page


def test_a_name_cannot_break_the_page(tmp_path: Path) -> None:
    text = SMALL["grants"] + "<script>|x,db,read\n"
    imported(tmp_path, grants=text)
    assert "(row 5: &lt;script>\\|x)" in (tmp_path / "out" / "report.md").read_text()


def test_places_and_owners_of_any_name_survive_the_way_through_yaml_and_csv(tmp_path: Path) -> None:
    names = ["null", "yes", "1e3", "~", "a:b", "#x", "{}", "ünï", "-", "2026-01-05"]
    jobs = "name,identity,interval,place\n" + "".join(f'"{n}",ci,1h,"{n}"\n' for n in names)
    _, scenario = imported(tmp_path, jobs=jobs)
    assert set(scenario.estate.workloads.name.tolist()) == set(names)
    assert set(scenario.estate.places.name.tolist()) == {*names, "build-logs"}


name = st.text("ab/*?é'\" ,;|#", min_size=1, max_size=5).map(str.strip).filter(bool)
resource = st.fixed_dictionaries(
    {
        "class": st.sampled_from(CLASSES),
        "environment": st.sampled_from(["", "prod"]),
        "sensitivity": st.sampled_from(["", "2", "0.25"]),
        "operations": st.sampled_from(["read", "read|write", "mint"]),
        "crown_jewel": st.sampled_from(["", "yes", "FALSE"]),
    }
)
resources = st.dictionaries(name | st.sampled_from(IDENTITIES), resource, max_size=6)
given_rows = st.lists(
    st.tuples(
        st.sampled_from((*IDENTITIES, "stranger")),
        name | st.sampled_from((*IDENTITIES, "*", "a*", "?")),
        st.sampled_from(["read", "write", "mint", "*", "m?nt", "read|w*"]),
    ),
    max_size=8,
)


def csv_text(head: list[str], rows: list[list[str]], separator: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows([head, *rows])
    return text.getvalue()


def held(things: dict[str, dict[str, str]], rows: list[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
    """Grants by hand: every row against every resource and operation."""
    kept = [row for row in rows if row[0] in IDENTITIES]
    found = set()
    for who, wanted, operations in kept:
        for thing, cells in things.items():
            if thing != wanted and (wanted in things or not fnmatchcase(thing, wanted)):
                continue
            known = set(cells["operations"].split("|"))
            for _, other, more in kept:
                known |= {one for one in more.split("|") if other == thing and not set(one) & set("*?")}
            patterns = operations.split("|")
            found |= {(who, thing, one) for one in known if any(fnmatchcase(one, pattern) for pattern in patterns)}
    return found


@settings(max_examples=40)
@given(things=resources, rows=given_rows, separator=st.sampled_from(",;\t"))
def test_the_estate_holds_what_the_tables_say(
    things: dict[str, dict[str, str]], rows: list[tuple[str, str, str]], separator: str
) -> None:
    things = things | {"always": {**dict.fromkeys(CELLS, ""), "class": "database", "operations": "read"}}
    rows = [*rows, ("ci", "always", "read")]
    tables = {
        "identities": csv_text(["name"], [[one] for one in IDENTITIES], separator),
        "resources": csv_text(["name", *CELLS], [[n, *(c[k] for k in CELLS)] for n, c in things.items()], separator),
        "grants": csv_text(["identity", "resource", "operations"], [list(row) for row in rows], separator),
    }
    with TemporaryDirectory() as folder:
        report, scenario = imported(Path(folder), **tables)
    expected = held(things, rows)
    assert grants(scenario) == expected
    assert report.estate["grants"] == len(expected)
    assert openings(scenario) == {
        (thing, operation, thing)
        for _, thing, operation in expected
        if things[thing]["class"] == "service-account" and thing in IDENTITIES and operation == "mint"
    }
    estate = scenario.estate.resources
    crowned = estate.name[estate.crown_jewel].tolist()
    assert sorted(crowned) == sorted(one for one, cells in things.items() if cells["crown_jewel"] == "yes")
    weights = dict(zip(estate.name.tolist(), estate.sensitivity.tolist(), strict=True))
    assert weights == {one: float(cells["sensitivity"] or 1) for one, cells in things.items()}


CELLS = ("class", "environment", "sensitivity", "operations", "crown_jewel")


def test_an_estate_of_tables_is_compared_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NHILAB_CACHE", str(tmp_path / "cache"))
    folder, out = write(tmp_path / "in", grants=SMALL["grants"] + "stranger,db,read\n"), tmp_path / "estate"
    assert run(["import", "tables", str(folder), "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "2 identities, 2 resources, 4 grants, 1 workloads" in said
    assert "left out of grants: rows whose identity is not in identities.csv: 1" in said
    settings = ["--replications", "2", "--campaigns", "5", "--workers", "1", "--quiet"]
    assert run(["compare", str(out / "scenario.yaml"), *settings, "--json", str(tmp_path / "said.json")]) == 0
    means = json.loads((tmp_path / "said.json").read_text())["strategies"]
    assert len(means) == 6
    assert means["per-call-1m"]["issuances_per_task"]["mean"] > means["per-task-15m"]["issuances_per_task"]["mean"] > 0


def test_a_mistake_is_one_line_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path / "in", jobs="name,identity,interval\na,ci,60\n")
    assert run(["import", "tables", str(folder), "--out", str(tmp_path / "out")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"nhilab: {folder / 'jobs.csv'}: row 2, column interval: found '60'; allowed: a length")
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_quiet_says_nothing_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["import", "tables", str(write(tmp_path / "in")), "--out", str(tmp_path / "out"), "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
