"""Identities and resources of the tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from unit.importers.tables.four_tables import SMALL, found, imported

from nhilab.base.errors import InputError


def test_every_cell_of_the_tables_stands_in_the_estate(tmp_path: Path) -> None:
    _, scenario = imported(tmp_path)
    estate = scenario.estate
    assert estate.identities.name.tolist() == ["ci", "deployer"]
    assert estate.identities.visible.tolist() == [True, False]
    assert estate.identities.owner.tolist() == ["platform", "platform"]
    assert estate.resources.name.tolist() == ["db", "deployer"]
    assert estate.resources.resource_class.tolist() == ["database", "service-account"]
    assert estate.resources.environment.tolist() == ["prod", "default"]
    assert estate.resources.sensitivity.tolist() == [5.0, 1.0]
    assert estate.resources.crown_jewel.tolist() == [True, False]


def test_what_cells_do_not_say_is_reported_as_inferred(tmp_path: Path) -> None:
    report, _ = imported(tmp_path)
    for what in ("resources without an environment", "resources without a sensitivity", "resources without crown"):
        assert found(report, "inferred", what) == ("deployer",)


def test_a_name_given_twice_in_the_same_words_counts_once(tmp_path: Path) -> None:
    text = "name,owner,note\nci,platform,a\ndeployer,platform,\nci,platform,b\n"
    report, _ = imported(tmp_path, identities=text)
    assert report.estate["identities"] == 2


def test_a_named_verifier_serves_its_class_and_presets_are_taken_from_the_catalogue(tmp_path: Path) -> None:
    text = (
        "name,class,verifier\ndb,database,aws-iam\ndb2,database,\nbox,object-store,our-gateway\nother,queue,\n"
        "deployer,service-account,\n"
    )
    _, scenario = imported(tmp_path, resources=text)
    names = [scenario.estate.verifiers.name[v] for v in scenario.estate.resources.verifier]
    assert dict(zip(scenario.estate.resources.name.tolist(), names, strict=True)) == {
        "db": "aws-iam", "db2": "aws-iam", "box": "our-gateway", "other": "cloud", "deployer": "cloud"
    }  # fmt: skip
    tags = {origin.tag for key, origin in scenario.provenance.origins.items() if key.startswith("verifiers.aws-iam.")}
    assert tags == {"cited"}


@pytest.mark.parametrize(
    ("table", "text", "said"),
    [
        ("identities", "name\n", "identities.csv: found 'no rows'; allowed: a header and at least one row"),
        ("resources", "name,class\n", "resources.csv: found 'no rows'"),
        ("identities", "name,owner\n,me\n", "row 2, column name: found ''; allowed: a name"),
        ("identities", 'name\n"a\nb"\n', "row 2, column name: found 'a\\nb'; allowed: a name on one line"),
        ("identities", "name\na\u2028b\n", "row 2, column name: found 'a\\u2028b'; allowed: a name on one line"),
        ("identities", "name\n" + 501 * "x", "of at most 500 characters"),
        ("identities", "name,visible\nci,perhaps\n", "row 2, column visible: found 'perhaps'; allowed: true or false"),
        ("identities", "name,owner\nci,a\nci,b\n", "row 3, column name: found 'ci'; allowed: a name given once; row 2"),
        ("resources", "name,type\ndb,\n", "row 2, column type: found ''; allowed: a class such as"),
        ("resources", "name,class\ndb,data base\n", "row 2, column class: found 'data base'; allowed: a name without"),
        ("resources", "name,class\ndb,default\n", "column class: found 'default'; allowed"),
        ("resources", "name,class,sensitivity\ndb,x,0\n", "row 2, column sensitivity: found '0'; allowed: a number"),
        ("resources", "name;class;weight\ndb;x;2,5\n", "row 2, column weight: found '2,5'; allowed: a number above 0"),
        ("resources", "name,class,sensitivity\ndb,x,inf\n", "column sensitivity: found 'inf'"),
        ("resources", "name,class,sensitivity\ndb,x,nan\n", "column sensitivity: found 'nan'"),
        ("resources", "name,class,crown_jewel\ndb,x,2\n", "row 2, column crown_jewel: found '2'; allowed: true or"),
        (
            "resources",
            "name,class,verifier\ndb,x,a b\n",
            "row 2, column verifier: found 'a b'; allowed: a name without",
        ),
        ("resources", "name,class,verifier\ndb,x,cited\n", "column verifier: found 'cited'; allowed: a name without"),
        (
            "resources",
            "name,class,verifier\na,x,v\nb,x,w\n",
            "row 3, column verifier: found 'w'; allowed: v, as in row",
        ),
        (
            "resources",
            "name,class,verifier\n" + "".join(f"r{i},c{i},v{i}\n" for i in range(21)),
            "row 22, column verifier: found 'v20'; allowed: at most 20",
        ),
    ],
)
def test_a_wrong_cell_is_one_line_with_file_row_column_value_and_what_is_allowed(
    tmp_path: Path, table: str, text: str, said: str
) -> None:
    with pytest.raises(InputError) as error:
        imported(tmp_path, **{table: text})
    assert said in str(error.value)
    assert f"{table}.csv" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("written", ["service-account", "Service_Account", "serviceaccount"])
def test_the_class_of_service_accounts_is_known_however_it_is_written(tmp_path: Path, written: str) -> None:
    report, _ = imported(tmp_path, resources=SMALL["resources"].replace("service-account", written))
    assert report.resources_by_class["service-account"] == 1
