"""Grants, wildcards and what they open."""

from __future__ import annotations

from pathlib import Path

import pytest
from unit.importers.tables.four_tables import found, grants, imported, openings

import nhilab.importers.tables.grants as grants_module
from nhilab.base.errors import InputError

RESOURCES = (
    "name,class,operations\nteam/db,database,read|write|drop\nteam/box,object-store,\nother,queue,\n"
    "odd[1]*,queue,read\nodd[1]*x,queue,read\nci,service-account,\ndeployer,service-account,\nghost,service-account,\n"
)
HEAD = "identity,resource,operations\n"


def expanded(tmp_path: Path, *lines: str) -> set[tuple[str, str]]:
    """Resources and operations of the deployer; the job's account has something to call."""
    _, scenario = imported(tmp_path, resources=RESOURCES, grants=HEAD + "ci,other,poll\n" + "\n".join(lines))
    return {(resource, operation) for identity, resource, operation in grants(scenario) if identity == "deployer"}


def test_a_star_stands_for_all_resources_whose_names_it_fits(tmp_path: Path) -> None:
    assert expanded(tmp_path, "deployer,team/*,read") == {("team/db", "read"), ("team/box", "read")}


def test_a_question_mark_stands_for_one_character(tmp_path: Path) -> None:
    assert expanded(tmp_path, "deployer,team/?b,read", "deployer,t?b,read") == {("team/db", "read")}


def test_a_name_with_brackets_and_a_star_is_that_resource(tmp_path: Path) -> None:
    assert expanded(tmp_path, "deployer,odd[1]*,read") == {("odd[1]*", "read")}


def test_brackets_in_a_pattern_are_brackets(tmp_path: Path) -> None:
    assert expanded(tmp_path, "deployer,odd[1]?,read", "deployer,odd[0-9]?,read") == {("odd[1]*", "read")}


def test_capitals_in_names_count(tmp_path: Path) -> None:
    assert expanded(tmp_path, "deployer,TEAM/*,read") == set()


def test_a_star_for_operations_is_all_that_the_resource_has(tmp_path: Path) -> None:
    assert expanded(tmp_path, "deployer,team/db,*") == {("team/db", o) for o in ("read", "write", "drop")}


def test_a_resource_whose_operations_nobody_names_has_read_and_write(tmp_path: Path) -> None:
    assert expanded(tmp_path, "deployer,team/box,*") == {("team/box", "read"), ("team/box", "write")}


def test_a_resource_without_a_list_has_the_operations_that_grants_name(tmp_path: Path) -> None:
    assert expanded(tmp_path, "deployer,other,*") == {("other", "poll")}


def test_a_pattern_for_operations_fits_only_what_the_resource_has(tmp_path: Path) -> None:
    assert expanded(tmp_path, "deployer,team/db,*r?*") == {("team/db", o) for o in ("read", "write", "drop")}
    assert expanded(tmp_path / "2", "deployer,team/*,d*") == {("team/db", "drop")}


def test_a_grant_on_one_resource_adds_an_operation_its_row_does_not_list(tmp_path: Path) -> None:
    text = HEAD + "ci,other,poll\ndeployer,team/db,truncate\n"
    report, scenario = imported(tmp_path, resources=RESOURCES, grants=text)
    assert ("deployer", "team/db", "truncate") in grants(scenario)
    assert found(report, "inferred", "operations added") == ("team/db: truncate",)


def test_a_grant_by_pattern_adds_no_operation_to_a_list(tmp_path: Path) -> None:
    assert expanded(tmp_path, "deployer,team/*,truncate") == {("team/box", "truncate")}


@pytest.mark.parametrize("separator", ["|", ";", " ", " | ", ", "])
def test_operations_are_separated_by_bars_semicolons_commas_or_blanks(tmp_path: Path, separator: str) -> None:
    assert expanded(tmp_path, f'deployer,team/db,"read{separator}drop"') == {("team/db", "read"), ("team/db", "drop")}


def test_grants_that_name_nothing_known_are_reported_and_left_out(tmp_path: Path) -> None:
    text = HEAD + "ci,other,poll\nstranger,other,poll\nci,nowhere,read\nci,no*,read\nci,team/db,x*\n"
    report, scenario = imported(tmp_path, resources=RESOURCES, grants=text)
    assert grants(scenario) == {("ci", "other", "poll")}
    assert found(report, "left out", "rows whose identity") == ("row 3: stranger",)
    assert found(report, "left out", "rows whose resource") == ("row 4: nowhere", "row 5: no*")
    assert found(report, "left out", "rows with an operation") == ("row 6: x*",)
    assert report.count("left out") == 4


def test_the_operations_of_strangers_are_not_given_to_resources(tmp_path: Path) -> None:
    assert expanded(tmp_path, "stranger,other,purge", "deployer,other,*") == {("other", "poll")}


@pytest.mark.parametrize("operation", ["mint", "act-as", "Run_As", "impersonate", "sts:AssumeRole", "admin", "*"])
def test_an_operation_that_lets_one_work_in_its_name_opens_the_account(tmp_path: Path, operation: str) -> None:
    text = HEAD + f"ci,other,poll\nci,deployer,{operation}\n"
    report, scenario = imported(tmp_path, resources=RESOURCES, grants=text)
    opened = "mint" if operation == "*" else operation
    assert openings(scenario) == {("deployer", opened, "deployer")}
    assert found(report, "inferred", "impersonations") == ("ci as deployer",)


def test_reading_an_account_opens_nothing_and_is_reported(tmp_path: Path) -> None:
    text = HEAD + "ci,other,poll\nci,deployer,read\n"
    report, scenario = imported(tmp_path, resources=RESOURCES, grants=text)
    assert openings(scenario) == set()
    assert found(report, "to know", "granted operations on service accounts") == ("deployer: read",)


def test_an_account_that_is_no_identity_is_opened_by_nobody(tmp_path: Path) -> None:
    text = HEAD + "ci,other,poll\nci,ghost,mint\n"
    report, scenario = imported(tmp_path, resources=RESOURCES, grants=text)
    assert openings(scenario) == set()
    assert found(report, "to know", "service accounts that are no identity") == ("ghost",)


def test_a_resource_of_another_class_with_an_identitys_name_is_not_opened(tmp_path: Path) -> None:
    text = "name,class\nother,queue\ndeployer,database\n"
    _, scenario = imported(tmp_path, resources=text, grants=HEAD + "ci,other,poll\nci,deployer,mint\n")
    assert openings(scenario) == set()


def test_whoever_may_mint_for_itself_is_pointed_out(tmp_path: Path) -> None:
    report, scenario = imported(tmp_path, resources=RESOURCES, grants=HEAD + "ci,other,poll\nci,ci,mint\n")
    assert openings(scenario) == {("ci", "mint", "ci")}
    assert found(report, "to know", "identities that may impersonate") == ("ci may work as itself",)


def test_an_empty_operation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"grants\.csv: row 3, column operations: found ''; allowed: operations such"):
        imported(tmp_path, grants=HEAD + "ci,db,read\nci,db,\n")


def test_more_single_grants_than_can_be_held_are_refused_by_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grants_module, "LIMIT", 5)
    with pytest.raises(InputError, match=r"row 3, column resource: found '\*'; allowed: grants that come to at most 5"):
        imported(tmp_path, resources=RESOURCES, grants=HEAD + "ci,other,poll\nci,*,*\n")


def test_two_hundred_thousand_grants_load(tmp_path: Path) -> None:
    people = [f"account-{i}" for i in range(100)]
    things = [f"resource-{i}" for i in range(1000)]
    given = [f"{who},{what},{operation}\n" for who in people for what in things for operation in ("read", "write")]
    _, scenario = imported(
        tmp_path,
        identities="name\n" + "\n".join(people),
        resources="name,class\n" + "".join(f"{one},database\n" for one in things),
        grants=HEAD + "".join(given),
        jobs="name,identity,interval\nbuild,account-7,1h\n",
    )
    assert len(scenario.estate.grants) == 200_000
