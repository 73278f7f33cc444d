"""``nhilab audit``: what the logs of a run say, of one credential, of one task, of all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from nhilab.base.errors import InputError
from nhilab.base.files import STDOUT, write_json
from nhilab.cli.options import Json, Quiet, console, writable_file
from nhilab.cli.progress import ProgressBar
from nhilab.ledger.event_frame import event_frame, write_events
from nhilab.ledger.events import Events, Kind, events_of, selected
from nhilab.ledger.ocsf import write_ocsf
from nhilab.ledger.store import LEDGER_SCHEMA, read_ledger, read_manifest, versions
from nhilab.ledger.tables import Ledger
from nhilab.metrics.deaths import deaths_of
from nhilab.report.tables.audit import audit_json, print_audit
from nhilab.report.tables.lives import credential_lines, task_lines

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def audit_command(
    ledger: Annotated[Path, typer.Argument(metavar="LEDGER", help="Folder that `run` wrote.", show_default=False)],
    credential: Annotated[str | None, typer.Option(metavar="ID", help="The life of this credential.")] = None,
    task: Annotated[str | None, typer.Option(metavar="ID", help="The life of this task.")] = None,
    json_lines: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the events shown as OCSF, a line of JSON each.")
    ] = None,
    parquet: Annotated[Path | None, typer.Option(metavar="FILE", help="Write them as flat columns.")] = None,
    starts_at: Annotated[
        str | None,
        typer.Option(metavar="INSTANT", help="When the run begins.", show_default="the manifest's starts_on, or 1970"),
    ] = None,
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Print the life of a credential or task, or what all logs prove: who died in time, who did not, and why.

    Issue, use, refusal, revocation and expiry are events of separate logs, linked by ids such as credential-12.
    """
    if credential is not None and task is not None:
        raise typer.BadParameter("either --credential or --task, not both")
    manifest = read_manifest(ledger, LEDGER_SCHEMA)
    with ProgressBar(quiet=quiet, what="reading the ledger", counted=False):
        read = read_ledger(ledger)
    begins = _starts_at(starts_at, manifest)
    _check_outputs(ledger, json_lines, parquet, None if json == STDOUT else json)
    one = _row(ledger, "credential", credential, len(read.credentials))
    work = _row(ledger, "task", task, len(read.tasks))
    frame = event_frame(read, _wanted(events_of(read), one, work), starts_at=begins)
    if json_lines is not None:
        write_ocsf(frame, json_lines, version=versions()["nhilab"], starts_at=begins)
    if parquet is not None:
        write_events(frame, parquet)
    deaths = deaths_of(read)
    title = _title(manifest, read)
    out = console()
    alone: tuple[str, ...] = ()
    if one is not None:
        alone = tuple(credential_lines(read, frame, deaths, one, width=out.width))
    elif work is not None:
        alone = tuple(task_lines(read, frame, deaths, work, width=out.width))
    if json is not None:
        write_json(json, {"of": title, "lines": alone} if alone else audit_json(title, read, frame, deaths))
    if quiet:
        return
    if alone:
        typer.echo("\n".join(alone))
    else:
        print_audit(out, title, read, frame, deaths)


def _wanted(events: Events, credential: int | None, task: int | None) -> Events:
    """Events of one credential, with the issue of its children; of one task; or all."""
    if credential is not None:
        born = (events.kind == Kind.ISSUED) & (events.parent == credential)
        return selected(events, born | (events.credential == credential))
    return events if task is None else selected(events, np.equal(events.task, task))


def _row(ledger: Path, kind: str, asked: str | None, n: int) -> int | None:
    """The row that an id such as 12 or credential-12 names."""
    if asked is None:
        return None
    digits = asked.removeprefix(f"{kind}-")
    if not (digits.isascii() and digits.isdigit() and int(digits) < n):
        allowed = f"0 to {n - 1}" if n else f"none, this ledger has no {kind}s"
        raise InputError(ledger, kind, asked, allowed)
    return int(digits)


def _check_outputs(ledger: Path, *files: Path | None) -> None:
    """Refuse files that cannot be written or lie among the ledger's own."""
    for path in [path for path in files if path is not None]:
        if path.resolve().parent == ledger.resolve():
            raise InputError(path, "", "a file of the ledger's folder", "a file outside it")
        writable_file(path)


def _starts_at(text: str | None, manifest: dict[str, Any]) -> int:
    """Beginning of the run in µs since 1970; a day or instant without a zone is UTC."""
    said = str(manifest.get("starts_on", "1970-01-01")) if text is None else text
    try:
        begins = datetime.fromisoformat(said)
    except ValueError as error:
        raise typer.BadParameter(f"no instant: {said!r}; one such as 2026-01-05T00:00:00Z") from error
    aware = begins if begins.tzinfo else begins.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(microseconds=1)


def _title(manifest: dict[str, Any], ledger: Ledger) -> str:
    named = [manifest.get("scenario"), manifest.get("strategy")]
    of = f"{len(ledger.credentials)} credentials, {len(ledger.calls)} calls, {len(ledger.tasks)} tasks"
    return ", ".join([*(str(name) for name in named if name is not None), of])
