"""What a page's metrics and findings speak to in four frameworks of controls."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from nhilab.report.page.section import Cell, Row, Section, Table
from nhilab.report.sentences.controls import AID, ControlRow, control_rows

_SCHEME: Final = "https://"
"""Left out of addresses: the page asks nothing of the network, and says so to whoever searches it."""

_HEADINGS: Final = ("entry", "title", "what speaks to it")


def controls_sections(names: Iterable[str]) -> tuple[Section, ...]:
    """What metrics and findings speak to in OWASP's and NIST's lists: a section, or none if they speak to nothing.

    Parameters
    ----------
    names : iterable of str
        Keys of metrics, and kinds of findings.
    """
    rows = control_rows(re.sub(r"_p\d+$", "", name) for name in names)
    by_framework: dict[str, list[ControlRow]] = {}
    for row in rows:
        by_framework.setdefault(f"{row.framework} ({row.source.removeprefix(_SCHEME)})", []).append(row)
    if not rows:
        return ()
    unverified = ("Sources give some titles in different words; these are marked.",)
    section = Section(
        "Controls",
        (AID, *(unverified if any(not row.verified for row in rows) else ())),
        tuple(Table(title, _HEADINGS, tuple(map(_control, own))) for title, own in by_framework.items()),
        folded=True,
    )
    return (section,)


def _control(row: ControlRow) -> Row:
    title = Cell(row.title, "" if row.verified else "title not verified")
    return Row((Cell(row.id), title, Cell(", ".join(row.names))))
