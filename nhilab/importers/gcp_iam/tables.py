"""Rows of the estate's tables, and where each column comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nhilab.importers.gcp_iam.access import Access, Opening
from nhilab.importers.gcp_iam.export import Export, Resource
from nhilab.importers.gcp_iam.jobs import Workload
from nhilab.importers.gcp_iam.members import owner_of
from nhilab.importers.output import write_tables

SENSITIVITY: Final = {"project": "2", "object-store": "1", "service-account": "2", "secret-store": "5"}
"""Assumed weight in weighted reach by resource class; the export does not rate its resources."""

COLUMNS: Final = {
    "resources": {
        "resource": "measured", "class": "measured", "environment": "measured",
        "sensitivity": "assumed", "crown_jewel": "assumed",
    },
    "identities": {"identity": "measured", "visible": "measured", "owner": "measured"},
    "grants": {"identity": "measured", "resource": "measured", "operation": "cited"},
    "openings": {
        "resource": "measured", "operation": "cited",
        "opens_identity": "cited", "opens_place": "cited", "when": "cited",
    },
    "attestations": {"identity": "measured", "place": "measured"},
    "workloads": {
        "workload": "measured", "kind": "assumed", "identity": "measured", "place": "measured", "count": "assumed",
        "every": "measured", "cron": "measured", "rate": "measured", "profile": "assumed",
    },
}  # fmt: skip
"""Columns of each table: measured in the export, cited (what a role allows, by Google's pages) or assumed."""


@dataclass(frozen=True)
class EstateTables:
    """Rows of each table, as text, in the order of `COLUMNS`."""

    rows: dict[str, tuple[tuple[str, ...], ...]]

    def write(self, folder: Path) -> None:
        """Write one CSV file per table."""
        write_tables(folder, self.rows)

    def values(self, name: str) -> dict[str, int]:
        """Filled cells of each column of one table."""
        return {column: sum(bool(row[place]) for row in self.rows[name]) for place, column in enumerate(COLUMNS[name])}


def estate_tables(
    export: Export, access: Access, openings: tuple[Opening, ...], places: Iterable[str], workloads: Iterable[Workload]
) -> EstateTables:
    """Tables of an imported estate.

    An account is visible if the export describes it: the organisation can disable it. Google's agents and other
    organisations' accounts it can only unbind. Secrets with an enabled version are assumed to be crown jewels.
    An account assumed for jobs that name none is attested where they run.
    """
    described = {r.short_name for r in export.resources if r.resource_class == "service-account" and r.described}
    kept = tuple(workloads)
    known = set(places)
    attested = {row for row in access.attestations if row[1] in known}
    attested |= {(workload.identity, workload.place) for workload in kept}
    return EstateTables(
        {
            "resources": tuple(
                (r.name, r.resource_class, r.project, SENSITIVITY[r.resource_class], _text(_is_crown_jewel(r)))
                for r in sorted(export.resources, key=lambda resource: resource.name)
            ),
            "identities": tuple(
                (name, _text(name in described), owner_of(name, export.project_of_number)) for name in access.identities
            ),
            "grants": access.grants,
            "openings": openings,
            "attestations": tuple(sorted(attested)),
            "workloads": tuple(
                (w.name, "pipeline", w.identity, w.place, "1", w.every, w.cron, "", "default") for w in kept
            ),
        }
    )


def _is_crown_jewel(resource: Resource) -> bool:
    return resource.resource_class == "secret-store" and resource.enabled


def _text(value: bool) -> str:
    return "true" if value else "false"
