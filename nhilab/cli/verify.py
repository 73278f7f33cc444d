"""``nhilab verify``: known answers against simulation."""

from __future__ import annotations

from typing import Annotated

import typer

from nhilab.base.files import write_json
from nhilab.cli.options import Json, Quiet, console, writable_file
from nhilab.cli.progress import ProgressBar


def verify_command(
    full: Annotated[bool, typer.Option("--full", help="Four times as many replications.")] = False,
    seed: Annotated[int, typer.Option(metavar="S", min=0, help="Which chance.")] = 0,
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Compare the lab with answers known from theory; exit status 1 if one differs."""
    from nhilab.report.tables.checks import checks_json, print_checks
    from nhilab.study.verify.run import CHECKS, verify_all

    if json is not None:
        writable_file(json)
    done = 0
    with ProgressBar(quiet=quiet, what="checks") as bar:

        def tell(_: object) -> None:
            nonlocal done
            done += 1
            bar(done, 0, len(CHECKS))

        results = verify_all("full" if full else "ci", seed=seed, progress=tell)
    if json is not None:
        write_json(json, checks_json(results))
    if not quiet:
        print_checks(console(), results)
    if not all(result.passed for result in results):
        raise typer.Exit(1)
