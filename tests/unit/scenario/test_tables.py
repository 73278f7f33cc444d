"""Estates in CSV tables: read by column name, and refused by file, row and column."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from nhilab.base.errors import InputError
from nhilab.base.quantities import HOUR
from nhilab.scenario.load import load_scenario
from nhilab.scenario.scenario import Scenario
from scenarios import HOURLY, as_content

WORKLOADS = "workload,kind,identity,place,count,every,cron,rate,profile\n"
TABLES = {
    "resources": "resource,class,environment,sensitivity,crown_jewel\nbucket,object-store,dev,1,false\n"
    "vault,secret-store,prod,5,true\n",
    "identities": "identity,visible,owner\nrobot,true,platform\nother,false,\n",
    "grants": "identity,resource,operation\nrobot,bucket,read\nother,vault,admin\nrobot,bucket,read\n",
    "openings": "resource,operation,opens_identity,opens_place,when\nvault,admin,robot,,now\n"
    "vault,admin,,runner,next-task\n",
    "attestations": "identity,place\nrobot,runner\n",
    "workloads": WORKLOADS + "agent,agent,robot,runner,2,1h,,,default\n",
}


def load(folder: Path, *, verifiers: dict[str, str] | None = None, **tables: str | None) -> Scenario:
    content = as_content(HOURLY)
    content["estate"] = {
        "tables": "estate", "places": content["estate"]["places"], "scale": 3,
        "verifier_by_class": {"default": "gateway"} if verifiers is None else verifiers,
    }  # fmt: skip
    (folder / "estate").mkdir()
    for name, text in (TABLES | tables).items():
        if text is not None:
            (folder / "estate" / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "small.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return load_scenario(folder / "small.yaml")


def test_tables_become_the_estate_they_describe(tmp_path: Path) -> None:
    scenario = load(tmp_path)
    estate = scenario.estate
    assert estate.resources.name.tolist() == ["bucket", "vault"]
    assert estate.resources.crown_jewel.tolist() == [False, True]
    assert estate.resources.sensitivity.tolist() == [1, 5]
    assert estate.identities.visible.tolist() == [True, False]
    assert estate.identities.owner.tolist() == ["platform", ""]
    assert estate.grants.identity.tolist() == [0, 1] and estate.grants.permission.tolist() == [0, 1]
    assert estate.openings.identity.tolist() == [0, -1] and estate.openings.place.tolist() == [-1, 0]
    assert estate.openings.when.tolist() == [0, 1]
    assert estate.workloads.count.tolist() == [6], "two instances, scaled by three"
    assert scenario.arrivals[0].every == HOUR


def test_columns_may_come_in_any_order_and_others_are_ignored(tmp_path: Path) -> None:
    swapped = "comment,place,identity\nfine,runner,robot\n"
    assert load(tmp_path, attestations=swapped).estate.attestations.identity.tolist() == [0]


def test_a_class_finds_its_own_verifier_before_the_default_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"estate.verifier_by_class: found 'secret-store'"):
        load(tmp_path, verifiers={"object-store": "gateway"})


BAD = [
    ("workloads", "workload,kind\nagent,agent\n", "column identity", "workload, kind", "workload, kind, identity"),
    ("workloads", "", "column workload", "nothing", "workload, kind"),
    ("workloads", WORKLOADS + "agent,agent,robot,runner,1,1h\n", "row 2", "6 cells", "9 cells"),
    ("workloads", WORKLOADS + "agent,agent,robot,runner,1.5,1h,,,default\n", "row 2, column count", "1.5", "whole"),
    ("workloads", WORKLOADS + "agent,agent,robot,runner,0,1h,,,default\n", "row 2, column count", "0", "above 0"),
    ("workloads", WORKLOADS + "agent,agent,robot,runner,two,1h,,,default\n", "row 2, column count", "two", "whole"),
    ("workloads", WORKLOADS + "agent,agent,robot,runner,1,1h,,3/h,default\n", "row 2, columns every, cron, rate", "3/h",
     "exactly one"),
    ("workloads", WORKLOADS + "agent,agent,robot,runner,1,,,,default\n", "row 2, columns every, cron, rate", "{}",
     "exactly one"),
    ("workloads", WORKLOADS + "agent,agent,robot,runner,1,,99 * * * *,,default\n", "row 2, columns", "99 *", "cron"),
    ("workloads", WORKLOADS + "agent,robot,robot,runner,1,1h,,,default\n", "row 2, column kind", "robot", "batch"),
    ("workloads", WORKLOADS + "agent,agent,ghost,runner,1,1h,,,default\n", "row 2", "ghost", "identities: robot"),
    ("workloads", WORKLOADS + "agent,agent,,runner,1,1h,,,default\n", "row 2", "''", "identities: robot"),
    ("workloads", WORKLOADS + "agent,agent,robot,,1,1h,,,default\n", "row 2", "''", "places: runner"),
    ("workloads", WORKLOADS + "agent,agent,robot,runner,1,1h,,,odd\n", "row 2", "odd", "default"),
    ("workloads", WORKLOADS + "a,agent,robot,runner,1,1h,,,default\na,agent,robot,runner,1,1h,,,default\n", "row 3",
     "'a'", "distinct names"),
    ("resources", TABLES["resources"].replace("false", "no"), "row 2, column crown_jewel", "no", "true or false"),
    ("resources", TABLES["resources"].replace(",5,", ",-5,"), "row 3, column sensitivity", "-5", "a number above 0"),
    ("resources", TABLES["resources"].replace(",5,", ",nan,"), "row 3, column sensitivity", "nan", "a number above 0"),
    ("resources", TABLES["resources"].replace("vault", "bucket"), "row 3", "bucket", "distinct names"),
    ("identities", TABLES["identities"].replace("true", "TRUE"), "row 2, column visible", "TRUE", "true or false"),
    ("identities", TABLES["identities"].replace("other", "robot"), "row 3", "robot", "distinct names"),
    ("grants", TABLES["grants"] + "ghost,bucket,read\n", "row 5", "ghost", "identities: robot, other"),
    ("grants", TABLES["grants"] + "robot,cellar,read\n", "row 5", "cellar", "resources: bucket, vault"),
    ("grants", TABLES["grants"] + ",bucket,read\n", "row 5", "''", "identities: robot, other"),
    ("openings", TABLES["openings"] + "vault,admin,ghost,,now\n", "row 4", "ghost", "identities: robot, other"),
    ("openings", TABLES["openings"] + "vault,admin,,mars,now\n", "row 4", "mars", "places: runner"),
    ("openings", TABLES["openings"] + "vault,admin,robot,,soon\n", "row 4, column when", "soon", "now or next-task"),
    ("attestations", TABLES["attestations"] + ",runner\n", "row 3", "''", "identities: robot, other"),
    ("attestations", TABLES["attestations"] + "robot,mars\n", "row 3", "mars", "places: runner"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "text", "key", "found", "allowed"), BAD)
def test_a_bad_cell_is_named_with_file_row_value_and_what_is_allowed(
    tmp_path: Path, table: str, text: str, key: str, found: str, allowed: str
) -> None:
    with pytest.raises(InputError) as caught:
        load(tmp_path, **{table: text})
    message = str(caught.value)
    assert message.startswith(f"{tmp_path}/estate/{table}.csv: {key}") and "\n" not in message
    assert found in message.split("; allowed: ")[0] and allowed in message.split("; allowed: ")[1]


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"estate/grants.csv.*a file that can be read"):
        load(tmp_path, grants=None)


def test_a_table_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / "estate").mkdir()
    (tmp_path / "estate" / "grants.csv").write_bytes(b"identity,\xff")
    (tmp_path / "inner").mkdir()
    scenario = load(tmp_path / "inner")
    (tmp_path / "inner" / "estate" / "grants.csv").write_bytes(b"identity,\xff")
    assert scenario.name == "small"
    with pytest.raises(InputError, match=r"grants.csv: byte 9: .*text in UTF-8"):
        load_scenario(tmp_path / "inner" / "small.yaml")


def test_an_estate_without_workloads_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"estate.workloads: found 'nothing'; allowed: at least one"):
        load(tmp_path, workloads=WORKLOADS)
