"""The published results, computed again."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from nhilab.base.files import write_json
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.job import Progress
from nhilab.study.cells.store import CellStore
from nhilab.study.comparisons.compare import compare
from nhilab.study.comparisons.comparison import Comparison

SCENARIO: Final = Path("scenarios/ci-estate.yaml")
SEED: Final = 1
REPLICATIONS: Final = 8
CAMPAIGNS: Final = 200


def reproduce(
    results: Path,
    scenario: Scenario,
    *,
    seed: int = SEED,
    replications: int = REPLICATIONS,
    campaigns: int = CAMPAIGNS,
    workers: int = 1,
    store: CellStore | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Compute the published comparison and write ``summary.json`` and ``manifest.json`` in ``results/NAME``.

    Parameters
    ----------
    results : Path
        Folder of published results; the scenario's name is added to it.
    scenario : Scenario
        Published: that of ``scenarios/ci-estate.yaml``.
    seed, replications, campaigns : int
        Settings; the published ones unless said otherwise.
    workers, store, progress
        As for `compare`.

    Returns
    -------
    Comparison
        For the figure beside them.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    comparison = compare(
        scenario,
        seed=seed,
        replications=replications,
        campaigns=campaigns,
        workers=workers,
        store=store,
        progress=progress,
    )
    folder = results / scenario.name
    summary = comparison.to_json()
    write_json(folder / "summary.json", summary)
    write_json(folder / "manifest.json", _manifest(comparison, summary))
    return comparison


def _manifest(comparison: Comparison, summary: dict[str, Any]) -> dict[str, Any]:
    """Settings and digests: equal wherever the same code computes the same scenario."""
    text = json.dumps(summary, sort_keys=True, allow_nan=False)
    return {
        "schema": "nhilab/reproduction/1",
        "settings": {
            "scenario": comparison.scenario,
            "seed": comparison.seed,
            "replications": comparison.replications,
            "campaigns": comparison.campaigns,
            "strategies": list(comparison.strategies),
        },
        "digests": {
            "scenario": comparison.scenario_digest,
            "summary": hashlib.sha256(text.encode()).hexdigest(),
            "ledgers": {name: list(digests) for name, digests in comparison.ledgers.items()},
            "compromises": {name: list(digests) for name, digests in comparison.compromises.items()},
        },
    }
