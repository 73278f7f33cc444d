"""The four tables: their columns, and the other names a column may have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Column:
    """A column; `needed` in the header. One of lengths may be headed NAME_s, and then holds bare seconds."""

    name: str
    aliases: tuple[str, ...] = ()
    needed: bool = False
    length: bool = False

    def names(self) -> tuple[str, ...]:
        """All names it may have, its own first."""
        plain = (self.name, *self.aliases)
        return plain + tuple(f"{name}{end}" for name in plain for end in SECONDS) if self.length else plain


SECONDS: Final = ("_s", "_seconds")
"""Ends of the headings of columns that hold lengths in seconds, without a unit."""

TABLES: Final = {
    "identities": (
        Column("name", ("identity", "account", "service_account", "principal"), needed=True),
        Column("owner", ("team", "owned_by")),
        Column("visible", ("managed",)),
    ),
    "resources": (
        Column("name", ("resource",), needed=True),
        Column("class", ("resource_class", "type", "kind"), needed=True),
        Column("environment", ("env", "stage")),
        Column("sensitivity", ("weight",)),
        Column("verifier", ("checked_by",)),
        Column("operations", ("operation", "actions", "permissions")),
        Column("crown_jewel", ("crown", "critical")),
    ),
    "grants": (
        Column("identity", ("account", "service_account", "principal", "member"), needed=True),
        Column("resource", ("resources", "target"), needed=True),
        Column("operations", ("operation", "actions", "action", "permissions", "permission"), needed=True),
    ),
    "jobs": (
        Column("name", ("job", "workload"), needed=True),
        Column("identity", ("account", "service_account", "principal", "runs_as"), needed=True),
        Column("kind", ("type",)),
        Column("place", ("runner", "cluster", "host", "pool")),
        Column("schedule"),
        Column("cron"),
        Column("interval", ("every", "period"), length=True),
        Column("rate"),
        Column("median", ("median_duration", "p50"), length=True),
        Column("p90", ("p90_duration",), length=True),
        Column("calls", ("calls_per_run",)),
        Column("count", ("instances", "replicas")),
    ),
}
"""Columns of each table, in the order in which reports list them."""


def plain(heading: str) -> str:
    """A heading as columns are named: lower case, underscores for blanks and hyphens.

    Examples
    --------
    >>> plain(" Crown Jewel")
    'crown_jewel'
    """
    return re.sub(r"[\s-]+", "_", heading.strip().lower())


def of_heading(table: str, heading: str) -> str:
    """Name of the column of `table` that a heading means; empty if it means none.

    Examples
    --------
    >>> of_heading("jobs", "Runs As"), of_heading("jobs", "median_s"), of_heading("jobs", "colour")
    ('identity', 'median', '')
    """
    wanted = plain(heading)
    return next((column.name for column in TABLES[table] if wanted in column.names()), "")


def allowed(table: str) -> str:
    """The columns of a table, as error messages list them."""
    needed = [column.name for column in TABLES[table] if column.needed]
    optional = [column.name for column in TABLES[table] if not column.needed]
    return ", ".join(needed) + (f"; optional {', '.join(optional)}" if optional else "")
