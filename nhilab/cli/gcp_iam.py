"""``nhilab import gcp-iam``: a Google Cloud export becomes a scenario."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nhilab.base.files import write_json
from nhilab.cli.options import Json, Quiet, writable_file
from nhilab.cli.progress import ProgressBar


def gcp_iam_command(
    export: Annotated[Path, typer.Argument(metavar="EXPORT", help="Folder of exported policies.", show_default=False)],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Scenario folder to write: new or an earlier import.")],
    jobs: Annotated[Path | None, typer.Option(metavar="FILE", help="CSV of job schedules.")] = None,
    timings: Annotated[Path | None, typer.Option(metavar="FILE", help="CSV of job durations.")] = None,
    default_account: Annotated[
        list[str] | None,
        typer.Option(metavar="CLUSTER=ACCOUNT", help="Google account of a cluster's jobs that name none; repeatable."),
    ] = None,
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Make a scenario of Google Cloud policies, job schedules and job timings."""
    from nhilab.importers.gcp_iam import import_gcp_iam
    from nhilab.importers.output import read_report

    accounts = dict(_pair(text) for text in default_account or [])
    if json is not None:
        writable_file(json)
    with ProgressBar(quiet=quiet, what="reading policies", counted=False):
        import_gcp_iam(export, jobs=jobs, timings=timings, out=out, default_accounts=accounts)
    if json is not None:
        write_json(json, read_report(out))
    if not quiet:
        typer.echo(f"{out / 'scenario.yaml'}: the scenario")
        typer.echo(f"{out / 'report.md'}: what was left out, and why")


def _pair(text: str) -> tuple[str, str]:
    cluster, _, account = text.partition("=")
    if not cluster or not account:
        raise typer.BadParameter(f"{text!r} is not CLUSTER=ACCOUNT.")
    return cluster, account
