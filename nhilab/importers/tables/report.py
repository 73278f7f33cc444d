"""What an import of tables read, inferred and left out, as numbers and as a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from typing import Final

from nhilab.importers.tables.columns import TABLES, plain
from nhilab.importers.tables.estate import Listed
from nhilab.importers.tables.findings import Finding, Group, finding
from nhilab.importers.tables.grants import Access
from nhilab.importers.tables.reading import Table
from nhilab.importers.tables.workloads import Workloads

SHOWN: Final = 10
"""Examples of a finding that the page shows."""

_SECTIONS: Final[tuple[tuple[Group, str], ...]] = (
    ("left out", "Left out, and why"), ("inferred", "Inferred where the tables say nothing"), ("to know", "To know")
)  # fmt: skip

_ASSUMED: Final = """\
## Assumed

Everything the tables do not say stands in the section `assumed` of `scenario.yaml`, the same for every import: the
issuer, verifiers without a preset, slots and residue of runners, what is printed in logs, lengths and calls of jobs
that name none, the four grants each job uses, and the thieves. The six strategies are there to be compared; put your
own beside them.

An operation on a service account that is an identity lets its holder work in that identity's name if it is called mint,
mint-token, mint-key, act-as, run-as, impersonate, assume, assume-role, sts:AssumeRole, create-token or admin.
An identity is given attested credentials where its jobs run (`tables/attestations.csv`).
"""


@dataclass(frozen=True)
class TableRead:
    """One table: rows used, blank and repeated ones, its separator, the heading of each column, columns not read."""

    rows: int
    blank: int
    repeated: int
    separator: str
    headings: Mapping[str, str]
    unread: tuple[str, ...]


@dataclass(frozen=True)
class TablesReport:
    """Everything an import has to say; `estate` counts what the scenario holds."""

    source: str
    tables: Mapping[str, TableRead]
    estate: Mapping[str, int]
    resources_by_class: Mapping[str, int]
    tasks_per_day: float
    calls_per_day: float
    findings: tuple[Finding, ...]

    def count(self, group: Group) -> int:
        """Rows and things that the findings of a group count."""
        return sum(found.count for found in self.findings if found.group == group)


def report_of(
    tables: Mapping[str, Table], listed: Listed, access: Access, workloads: Workloads, *, source: str, others: list[str]
) -> TablesReport:
    """Report of an import; `others` are files of the folder that are not read."""
    attested = {(job.identity, job.place) for job, _ in workloads.jobs}
    ownerless = [identity.name for identity in listed.identities.values() if not identity.owner]
    return TablesReport(
        source=source,
        tables={name: _read(table) for name, table in tables.items()},
        estate={
            "identities": len(listed.identities),
            "resources": len(listed.resources),
            "grants": len(access.grants),
            "openings": len(access.openings),
            "workloads": len(workloads.jobs),
            "instances": sum(job.count for job, _ in workloads.jobs),
            "places": len(workloads.slots),
            "attestations": len(attested),
            "crown jewels": sum(resource.crown_jewel for resource in listed.resources.values()),
        },
        resources_by_class=dict(sorted(Counter(r.resource_class for r in listed.resources.values()).items())),
        tasks_per_day=round(workloads.tasks, 3),
        calls_per_day=round(workloads.calls, 3),
        findings=(
            *(one for table in tables.values() for one in _of_table(table)),
            *listed.findings,
            *access.findings,
            *workloads.findings,
            *finding(
                "to know",
                "identities",
                "identities without owner: where somebody is to answer, it takes longer",
                ownerless,
            ),
            *finding("to know", "folder", "files that are not read", others),
        ),
    )


def _read(table: Table) -> TableRead:
    return TableRead(
        len(table.rows), table.blank, len(table.repeated), table.separator, dict(table.headings), table.unread
    )


def _unread(table: Table, heading: str) -> str:
    """A column that is not read, with the one that was perhaps meant."""
    free = [column.name for column in TABLES[table.name] if column.name not in table.headings]
    near = get_close_matches(plain(heading), free, n=1, cutoff=0.75)
    return f"{heading}, perhaps {near[0]}" if near else heading


def _of_table(table: Table) -> Iterator[Finding]:
    yield from finding("left out", table.name, "rows that repeat an earlier one", (f"row {n}" for n in table.repeated))
    yield from finding(
        "left out", table.name, "columns that mean nothing here", map(partial(_unread, table), table.unread)
    )


def report_markdown(report: TablesReport) -> str:
    """Page of a report."""
    sections = [_tables(report), _estate(report)]
    sections += [_findings(report, group, title) for group, title in _SECTIONS]
    return "\n".join([f"# Import of {_cell(report.source)}\n", *sections, _ASSUMED])


def _grid(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(_cell(cell) for cell in line) + " |\n" for line in lines)


def _cell(value: object) -> str:
    """Text that a table of the page can hold: on one line, no bars, no tags."""
    text = f"{value:,}" if isinstance(value, int) else " ".join(str(value).split())
    return text.replace("|", "\\|").replace("<", "&lt;")


def _tables(report: TablesReport) -> str:
    rows = (
        (f"{name}.csv", table.rows, table.blank, table.repeated, table.separator, ", ".join(_named(table)))
        for name, table in report.tables.items()
    )
    return "## Read\n\n" + _grid(("table", "rows", "blank", "repeated", "separator", "columns"), rows)


def _named(table: TableRead) -> Iterator[str]:
    for column, heading in table.headings.items():
        yield column if heading == column else f"{column} ({heading})"


def _estate(report: TablesReport) -> str:
    rows: list[tuple[object, ...]] = list(report.estate.items())
    rows += [(f"resources of class {name}", count) for name, count in report.resources_by_class.items()]
    rows += [("tasks on the simulated day, about", round(report.tasks_per_day))]
    rows += [("calls on the simulated day, about", round(report.calls_per_day))]
    return "## The estate\n\n" + _grid(("what", "number"), rows)


def _findings(report: TablesReport, group: Group, title: str) -> str:
    lines = [_line(found) for found in report.findings if found.group == group]
    return f"## {title}\n\n" + ("\n".join(lines) or "Nothing.") + "\n"


def _line(found: Finding) -> str:
    shown = "; ".join(_cell(example) for example in found.examples[:SHOWN])
    more = "; …" if found.count > SHOWN else ""
    return f"- {found.table}: {found.what}: {found.count:,} ({shown}{more})"
