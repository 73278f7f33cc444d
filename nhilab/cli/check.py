"""``nhilab check``: strategies held to limits."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from nhilab.base.errors import InputError
from nhilab.base.files import STDOUT
from nhilab.cli.complete import limit_names, strategy_names
from nhilab.cli.options import (
    Campaigns,
    Cluster,
    Json,
    Quiet,
    Replications,
    Report,
    ScenarioPath,
    Seed,
    Workers,
    console,
    known_strategies,
    writable_file,
)
from nhilab.cli.outputs import Outputs, later
from nhilab.cli.studying import studying
from nhilab.lab import load_scenario
from nhilab.report.files.annotations import annotated
from nhilab.report.files.junit import write_junit
from nhilab.report.tables.check import print_check, summary
from nhilab.scenario.marks import line_of
from nhilab.study.comparisons.compare import CAMPAIGNS, REPLICATIONS
from nhilab.study.designs.check import MAX_REPLICATIONS, Check, check
from nhilab.study.designs.limits import limits_of

BROKEN = 1


def check_command(
    scenario: ScenarioPath,
    strategy: Annotated[
        list[str] | None,
        typer.Option(
            "-s",
            "--strategy",
            metavar="STRATEGY",
            autocompletion=strategy_names,
            help="One to hold to the limits.",
            show_default="all",
        ),
    ] = None,
    limit: Annotated[
        list[str] | None,
        typer.Option(
            "--limit",
            metavar="KEY=VALUE",
            autocompletion=limit_names,
            help="A limit besides the scenario's, or instead of one.",
        ),
    ] = None,
    replications: Replications = REPLICATIONS,
    max_replications: Annotated[
        int, typer.Option("--max-replications", metavar="N", min=1, help="As many as it may take to decide.")
    ] = MAX_REPLICATIONS,
    strict: Annotated[bool, typer.Option("--strict", help="Fail where a limit is undecided.")] = False,
    junit: Annotated[Path | None, typer.Option("--junit", metavar="FILE.xml", help="File of test results.")] = None,
    github: Annotated[
        bool | None,
        typer.Option("--github/--no-github", help="Annotations for GitHub Actions.", show_default="where it runs"),
    ] = None,
    campaigns: Campaigns = CAMPAIGNS,
    seed: Seed = None,
    workers: Workers = None,
    cluster: Cluster = None,
    json: Json = None,
    report: Report = None,
    quiet: Quiet = False,
) -> None:
    """Hold strategies to limits; status 1 where one is broken."""
    loaded = load_scenario(scenario)
    known_strategies(loaded, scenario, strategy or [])
    limits = limits_of(loaded, _given(limit or []))
    if not limits:
        raise InputError(scenario, "limits", "nothing", "limits: {KEY: VALUE}, or --limit KEY=VALUE")
    outputs = Outputs(json=json, report=report)
    outputs.check()
    if junit is not None:
        writable_file(junit)
    with studying(workers=workers, quiet=quiet, cluster=cluster) as executor:
        found = check(
            loaded,
            limits,
            seed=loaded.content.seed if seed is None else seed,
            executor=executor,
            strategies=strategy or (),
            replications=replications,
            max_replications=max_replications,
            campaigns=campaigns,
        )
    outputs.write(found.to_json, report=lambda: later("nhilab.report.page.check", "check_page")(found, loaded))
    if junit is not None:
        write_junit(junit, found, file=scenario.as_posix(), strict=strict)
    if not quiet:
        print_check(console(), found, loaded)
    if github or (github is None and json != STDOUT and os.environ.get("GITHUB_ACTIONS") == "true"):
        _annotate(found, scenario, set(_given(limit or [])), strict=strict)
    failed = found.verdict == "broken" or (strict and found.verdict == "undecided")
    if found.verdict != "met" and (failed or not quiet):
        sys.stderr.write(f"nhilab: {scenario}: {'' if failed else 'warning: '}{summary(found)}\n")
    if failed:
        raise typer.Exit(BROKEN)


def _given(texts: list[str]) -> dict[str, str]:
    """Limits of the command line.

    Raises
    ------
    InputError
        If one is not ``KEY=VALUE``.
    """
    given = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not (key.strip() and equals and value.strip()):
            raise InputError("--limit", "", text, "KEY=VALUE, such as access_window_s_p95=15m")
        given[key.strip()] = value.strip()
    return given


def _annotate(found: Check, scenario: Path, elsewhere: set[str], *, strict: bool) -> None:
    keys = {judgement.limit.key for judgements in found.strategies.values() for judgement in judgements}
    lines = {key: line_of(scenario, ("limits", key)) for key in keys - elsewhere}
    for line in annotated(found, file=scenario.as_posix(), lines=lines, strict=strict):
        typer.echo(line)
