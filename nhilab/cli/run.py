"""``nhilab run``: one ledger, as Parquet."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from nhilab.base.files import write_json
from nhilab.cli.complete import strategy_names
from nhilab.cli.options import Json, Quiet, ScenarioPath, Seed, known_strategies, writable_file, writable_folder
from nhilab.lab import load_scenario, run, sample
from nhilab.ledger.store import LEDGER_SCHEMA, check_free, read_manifest, write_ledger
from nhilab.report.sentences.delivered import adoption_notes, delivery_notes


def run_command(
    scenario: ScenarioPath,
    strategy: Annotated[
        str, typer.Option("-s", "--strategy", metavar="STRATEGY", autocompletion=strategy_names, help="The one to run.")
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write: new, empty, or of an earlier run.")],
    seed: Seed = None,
    json: Json = None,
    quiet: Quiet = False,
) -> None:
    """Run one strategy once and keep its ledger, with a manifest."""
    if json is not None:
        writable_file(json)
    loaded = load_scenario(scenario)
    known_strategies(loaded, scenario, [strategy])
    check_free(out, LEDGER_SCHEMA)
    writable_folder(out.parent)
    chance = loaded.content.seed if seed is None else seed
    began = time.monotonic()
    demand = sample(loaded, seed=chance)
    sampled = time.monotonic()
    ledger = run(loaded, strategy, demand)
    ran = time.monotonic()
    notes = delivery_notes(loaded, [strategy]) + adoption_notes(loaded, [strategy])
    manifest = {
        "scenario": loaded.name,
        "scenario_digest": loaded.digest(),
        "strategy": strategy,
        "hypothetical": bool(ledger.stages.hypothetical.any()),
        "notes": notes,
        "seed": chance,
        "starts_on": loaded.content.starts_on.isoformat(),
        "elapsed_s": {"sample": round(sampled - began, 3), "run": round(ran - sampled, 3)},
    }
    write_ledger(ledger, out, manifest)
    if json is not None:
        write_json(json, read_manifest(out, LEDGER_SCHEMA))
    if not quiet:
        made = f"{len(ledger.tasks)} tasks, {len(ledger.calls)} calls, {len(ledger.credentials)} credentials"
        typer.echo("\n".join([made, *notes, f"digest {ledger.digest()}", f"written to {out}"]))
