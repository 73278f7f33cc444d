"""``nhilab compare``: strategies side by side."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Final

import typer

from nhilab.base.files import write_json
from nhilab.cli.complete import metric_names, strategy_names
from nhilab.cli.options import (
    Cluster,
    Json,
    Quiet,
    Report,
    ScenarioPath,
    Seed,
    Workers,
    console,
    known_strategies,
    writable_file,
    writable_folder,
    writable_page,
)
from nhilab.cli.progress import ProgressBar
from nhilab.cli.studying import studying
from nhilab.lab import load_scenario
from nhilab.ledger.store import read_manifest, versions
from nhilab.report.tables.comparison import print_comparison
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.cell import code_digest
from nhilab.study.cells.executor import Executor
from nhilab.study.cells.interrupts import hearing
from nhilab.study.cells.local import default_workers
from nhilab.study.cells.store import CellStore, cache_folder
from nhilab.study.closeups.closeup import look_closely
from nhilab.study.comparisons.assumptions import examine
from nhilab.study.comparisons.compare import CAMPAIGNS, REPLICATIONS, compare
from nhilab.study.comparisons.comparison import Comparison
from nhilab.study.comparisons.examined import planned_cells
from nhilab.study.comparisons.thieves import Shown
from nhilab.study.estimates.precision import MAX_REPLICATIONS, known_keys

MANIFEST: Final = "nhilab/comparison-manifest/1"


@dataclass(frozen=True)
class _Outputs:
    """Where results go, besides the terminal."""

    out: Path | None
    json: Path | None
    report: Path | None

    def check(self) -> None:
        """Refuse what cannot be written, before anything is computed."""
        if self.out is not None:
            writable_folder(self.out)
            if (self.out / "manifest.json").exists():
                read_manifest(self.out, MANIFEST)
        if self.json is not None:
            writable_file(self.json)
        if self.report is not None:
            writable_page(self.report)

    def store(self) -> CellStore:
        """Where finished cells are kept."""
        return CellStore(self.out / "cells" if self.out is not None else cache_folder())


def _percent(text: str | None) -> float | None:
    """A share of ``"5%"`` or ``"0.05"``."""
    if text is None:
        return None
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = math.nan
    if not 0 < value < 1:
        raise typer.BadParameter(f"{text!r} is not a share such as 5%.")
    return value


def _one_of(text: str, option: str, allowed: Sequence[str]) -> str:
    """The value of an option that has few."""
    if text not in allowed:
        raise typer.BadParameter(f"{option} is {' or '.join(allowed)}, not {text!r}.")
    return text


def compare_command(
    scenario: ScenarioPath,
    strategy: Annotated[
        list[str] | None,
        typer.Option(
            "-s",
            "--strategy",
            metavar="STRATEGY",
            autocompletion=strategy_names,
            help="One to compare; the first is the yardstick.",
        ),
    ] = None,
    replications: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Independent replications.", show_default=str(REPLICATIONS))
    ] = None,
    precision: Annotated[
        str | None,
        typer.Option(metavar="P", help="Replicate until half-widths are below this share of the means, such as 5%."),
    ] = None,
    precise: Annotated[
        list[str] | None,
        typer.Option(
            metavar="METRIC",
            autocompletion=metric_names,
            help="One the precision is about.",
            show_default="window, reach, issuances per task",
        ),
    ] = None,
    max_replications: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, help="Most replications for the precision.", show_default=str(MAX_REPLICATIONS)
        ),
    ] = None,
    campaigns: Annotated[int, typer.Option(metavar="N", min=1, help="Thieves per replication.")] = CAMPAIGNS,
    thieves: Annotated[
        str, typer.Option(metavar="both|one", help="Whether the other thief, by hand or by script, is replayed, too.")
    ] = "both",
    assumptions: Annotated[
        str,
        typer.Option(
            metavar="auto|all|none",
            help="Which assumed numbers are halved and doubled to see whether the verdict stays:"
            " all, or only if that is no more work than the comparison.",
        ),
    ] = "auto",
    seed: Seed = None,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for comparison.json, manifest.json and cells.")
    ] = None,
    json: Json = None,
    report: Report = None,
    quiet: Quiet = False,
) -> None:
    """Compare strategies: what each costs, and what it buys."""
    began = time.monotonic()
    share = _percent(precision)
    if share is not None and replications is not None:
        raise typer.BadParameter("either --replications or --precision, not both.")
    if share is None and (precise or max_replications):
        raise typer.BadParameter("--precise and --max-replications need --precision.")
    shown: Shown = "both" if _one_of(thieves, "--thieves", ("both", "one")) == "both" else "one"
    examined = _one_of(assumptions, "--assumptions", ("auto", "all", "none"))
    keys = known_keys(precise or (), "--precise", "")
    loaded = load_scenario(scenario)
    known_strategies(loaded, scenario, strategy or [])
    outputs = _Outputs(out, json, report)
    outputs.check()
    with studying(workers=workers, quiet=quiet, cluster=cluster, store=outputs.store()) as executor:
        comparison = compare(
            loaded,
            seed=loaded.content.seed if seed is None else seed,
            strategies=strategy or (),
            replications=replications or REPLICATIONS,
            precision=share,
            precise=keys,
            max_replications=max_replications or MAX_REPLICATIONS,
            campaigns=campaigns,
            thieves=shown,
            executor=executor,
        )
        comparison = _examined(comparison, loaded, examined, executor)
        settings = {"scenario": str(scenario), "precision": share, "workers": workers or default_workers()}
        _write(comparison, loaded, outputs, settings, elapsed_s=time.monotonic() - began)
        if not quiet:
            print_comparison(console(), comparison, loaded)
    _write_report(comparison, loaded, outputs.report, quiet=quiet)


def _examined(comparison: Comparison, scenario: Scenario, asked: str, executor: Executor) -> Comparison:
    """The comparison with what assumed numbers do to its verdict, where that is asked for or costs little."""
    names = tuple(comparison.strategies)
    affordable = planned_cells(scenario, len(names)) <= len(names) * comparison.replications
    if len(names) < 2 or asked == "none" or (asked == "auto" and not affordable):
        return comparison
    found = examine(
        scenario,
        names,
        seed=comparison.seed,
        replications=comparison.replications,
        campaigns=comparison.campaigns,
        executor=executor,
    )
    return replace(comparison, assumptions=found)


def _write(
    comparison: Comparison, scenario: Scenario, outputs: _Outputs, settings: Mapping[str, object], *, elapsed_s: float
) -> None:
    content = comparison.to_json()
    with hearing() as interrupts, interrupts.held():  # all of these files or none
        if outputs.out is not None:
            write_json(outputs.out / "comparison.json", content)
            write_json(outputs.out / "manifest.json", _manifest(comparison, outputs, settings, elapsed_s))
        if outputs.json is not None:
            write_json(outputs.json, content)


def _write_report(comparison: Comparison, scenario: Scenario, path: Path | None, *, quiet: bool) -> None:
    if path is not None:
        from nhilab.report.page.comparison import write_page  # matplotlib takes a second to import

        names, seed = tuple(comparison.strategies), comparison.seed
        with ProgressBar(quiet=quiet, what="looking closely at one replication", counted=False):
            closeup = look_closely(scenario, seed=seed, strategies=names, campaigns=comparison.campaigns)
        write_page(path, comparison, scenario, closeup)


def _manifest(
    comparison: Comparison, outputs: _Outputs, settings: Mapping[str, object], elapsed_s: float
) -> dict[str, object]:
    own = {
        "strategies": list(comparison.strategies),
        "hypothetical": list(comparison.hypothetical),
        "seed": comparison.seed,
        "replications": comparison.replications,
        "campaigns": comparison.campaigns,
        "outputs": {name: None if path is None else str(path) for name, path in asdict(outputs).items()},
    }
    return {
        "schema": MANIFEST,
        "settings": {**settings, **own},
        "scenario_digest": comparison.scenario_digest,
        "code_digest": code_digest(),
        "ledgers": comparison.ledgers,
        "compromises": comparison.compromises,
        "versions": versions(),
        "elapsed_s": round(elapsed_s, 3),
    }
