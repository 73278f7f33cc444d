"""Four small tables, and ways to look at what became of them."""

from __future__ import annotations

import csv
from pathlib import Path

from nhilab.importers.tables import TablesReport, import_tables
from nhilab.importers.tables.findings import Group
from nhilab.scenario.load import load_scenario
from nhilab.scenario.scenario import Scenario

SMALL = {
    "identities": "name,owner,visible\nci,platform,true\ndeployer,platform,no\n",
    "resources": (
        "name,class,environment,sensitivity,crown_jewel\ndb,database,prod,5,yes\ndeployer,service-account,,,\n"
    ),
    "grants": "identity,resource,operations\nci,deployer,mint\ndeployer,db,read|write\nci,db,read\n",
    "jobs": "name,identity,interval\nbuild,ci,1h\n",
}


def write(folder: Path, **tables: str | bytes) -> Path:
    """The small tables, those given by name replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (SMALL | tables).items():
        (folder / f"{name}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def imported(tmp_path: Path, **tables: str | bytes) -> tuple[TablesReport, Scenario]:
    """Report and scenario of the small tables, those given by name replaced."""
    report = import_tables(write(tmp_path / "in", **tables), out=tmp_path / "out")
    return report, load_scenario(tmp_path / "out" / "scenario.yaml")


def found(report: TablesReport, group: Group, words: str) -> tuple[str, ...]:
    """Examples of the one finding of a group whose text begins with these words."""
    (one,) = [one for one in report.findings if one.group == group and one.what.startswith(words)]
    assert one.count == len(one.examples)
    return one.examples


def rows(out: Path, table: str) -> list[dict[str, str]]:
    with (out / "tables" / f"{table}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def grants(scenario: Scenario) -> set[tuple[str, str, str]]:
    """Identity, resource and operation of every grant of an estate."""
    estate = scenario.estate
    permission = list(zip(estate.permissions.resource.tolist(), estate.permissions.operation.tolist(), strict=True))
    held = zip(estate.grants.identity.tolist(), estate.grants.permission.tolist(), strict=True)
    who, what = estate.identities.name.tolist(), estate.resources.name.tolist()
    return {(who[i], what[permission[p][0]], permission[p][1]) for i, p in held}


def openings(scenario: Scenario) -> set[tuple[str, str, str]]:
    """Resource, operation and identity of every opening of an estate."""
    estate = scenario.estate
    who, what = estate.identities.name.tolist(), estate.resources.name.tolist()
    opened = zip(estate.openings.permission.tolist(), estate.openings.identity.tolist(), strict=True)
    return {
        (what[int(estate.permissions.resource[p])], str(estate.permissions.operation[p]), who[i]) for p, i in opened
    }
