"""``nhilab controls``: what metrics and findings speak to in four frameworks."""

from __future__ import annotations

import difflib
from typing import Annotated

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from nhilab.base.errors import InputError
from nhilab.base.files import write_json
from nhilab.cli.options import Json, Quiet, console, writable_file
from nhilab.report.sentences.controls import AID, Catalogue, ControlRow, control_rows, controls


def controls_command(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]", help="A metric, a finding, or an entry such as NHI7:2025.", show_default="all"
        ),
    ] = None,
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Say what metrics and findings speak to in OWASP's and NIST's frameworks: a reading aid, no certification."""
    catalogue = controls()
    names = [*catalogue.metrics, *catalogue.findings]
    rows = control_rows(names if name is None else _asked(name, catalogue))
    if name is not None and name not in names:
        rows = [row for row in rows if row.id == name] or rows
    if json is not None:
        writable_file(json)
        write_json(json, {"schema": "nhilab/controls/1", "aid": AID, "entries": [_plain(row) for row in rows]})
    if quiet:
        return
    out = console()
    if name is not None and (mapped := catalogue.of(name)) is not None:
        out.print(Text(f"{name}: {mapped.what or mapped.why}", style="bold"))
    out.print(_table(rows))
    for line in _sources(rows):
        out.print(Text(line, style="dim"))
    if any(not row.verified for row in rows):
        out.print(Text("?: sources give its title in different words; not verified.", style="yellow"))
    out.print(Text(AID, style="yellow"))


def _asked(name: str, catalogue: Catalogue) -> list[str]:
    """Names of metrics and findings that a name is about.

    Raises
    ------
    InputError
        If there is no such metric, finding or entry.
    """
    known = {**catalogue.metrics, **catalogue.findings}
    if catalogue.of(name) is not None:
        return [name]
    entries = [entry for framework in catalogue.frameworks.values() for entry in framework.entries]
    if name in entries:
        return [one for one, mapped in known.items() if name in mapped.speaks_to]
    near = difflib.get_close_matches(name, [*known, *entries], n=5, cutoff=0.4)
    raise InputError(
        "controls", "", name, "a metric, a finding or an entry" + (f" such as {', '.join(near)}" * bool(near))
    )


def _table(rows: list[ControlRow]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("entry", no_wrap=True)
    table.add_column("title", overflow="fold", ratio=3)
    table.add_column("what speaks to it", overflow="fold", ratio=2)
    for row in rows:
        table.add_row(row.id, row.title + ("" if row.verified else " ?"), ", ".join(row.names))
    return table


def _sources(rows: list[ControlRow]) -> list[str]:
    return [f"{title}: {source}" for title, source in dict.fromkeys((row.framework, row.source) for row in rows)]


def _plain(row: ControlRow) -> dict[str, object]:
    return {**row._asdict(), "names": list(row.names)}
