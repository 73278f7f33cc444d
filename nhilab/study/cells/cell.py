"""A cell: one strategy on one replication, named by the hash of everything that decides it."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import importlib.metadata
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from nhilab.base.quantities import FloatArray
from nhilab.lab import replay, try_strategy
from nhilab.ledger.tables import Ledger
from nhilab.metrics.measure import measure_campaigns
from nhilab.metrics.observation import Observation
from nhilab.scenario.scenario import Scenario
from nhilab.study.intervals.means import Pool

MAX_POOL: Final = 10_000
"""Values kept of one sample: a longer one is thinned to its quantiles at evenly spaced ranks."""

FEWEST: Final = 50
"""Campaigns of a further thief, if there are as many; else a quarter of the cell's (`campaigns_of_others`)."""

_PACKAGE: Final = Path(__file__).parents[2]
_ABOVE: Final = {"study", "report", "cli", "importers", "testing"}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What is to be computed.

    Attributes
    ----------
    scenario : str
        Digest of the scenario.
    strategy : str
    seed, replication : int
        Which chance.
    campaigns : int
        Thieves replayed.
    code : str
        Digest of the code that computes it (`code_digest`).
    thieves : tuple of int
        Hop times in µs of further thieves, replayed on the same ledger. They add to an outcome and change nothing in
        it, so they are no part of the key.
    """

    scenario: str
    strategy: str
    seed: int
    replication: int
    campaigns: int
    code: str
    thieves: tuple[int, ...] = ()

    def key(self) -> str:
        """SHA-256 of the cell: equal for equal results, so that finished ones are never computed twice."""
        decides = {name: value for name, value in dataclasses.asdict(self).items() if name != "thieves"}
        return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, eq=False)
class Finding:
    """One replication's share of one metric; over replications they add up."""

    numerator: float
    denominator: float
    pool: Pool


@dataclass(frozen=True, eq=False, kw_only=True)
class Outcome:
    """What a cell found.

    Attributes
    ----------
    findings : dict of metric to Finding
        Over all campaigns.
    by_entry : dict of way in to dict of metric to Finding
    hypothetical : bool
        An issuer refuses some stage of the strategy, as the ledger says.
    ledger, compromises : str
        Digests of the tables behind it.
    others : dict of hop time to dict of metric to Finding
        What the cell's further thieves found: the metrics that read campaigns.
    """

    findings: dict[str, Finding]
    by_entry: dict[str, dict[str, Finding]]
    hypothetical: bool
    ledger: str
    compromises: str
    others: dict[int, dict[str, Finding]] = field(default_factory=dict)


def compute(scenario: Scenario, cell: Cell) -> Outcome:
    """Outcome of a cell; a pure function of it.

    Parameters
    ----------
    scenario : Scenario
        The one whose digest the cell names.
    cell : Cell
    """
    trial = try_strategy(
        scenario, cell.strategy, seed=cell.seed, campaigns=cell.campaigns, replication=cell.replication
    )
    return Outcome(
        findings=_findings(trial.observations),
        by_entry={entry: _findings(observed) for entry, observed in trial.by_entry.items()},
        hypothetical=bool(trial.ledger.stages.hypothetical.any()),
        ledger=trial.ledger.digest(),
        compromises=trial.compromises.digest(),
        others={hop: _of_another(scenario, cell, trial.ledger, hop) for hop in cell.thieves},
    )


def campaigns_of_others(campaigns: int) -> int:
    """How many campaigns each further thief of a cell replays: a quarter, at least 50, never more than the own.

    Replaying takes as long as running, or longer; orders of strategies show with fewer, and intervals say how well.

    Examples
    --------
    >>> [campaigns_of_others(n) for n in (20, 200, 1000)]
    [20, 50, 250]
    """
    return max(campaigns // 4, min(campaigns, FEWEST))


def thinned(sample: FloatArray) -> Pool:
    """A sample as a pool: sorted, and of a long one only the quantiles at the middles of evenly spaced ranks.

    A quantile of the pool is one of the sample at a rank that differs by at most 1 / (2 · 10,000) of its size.

    Examples
    --------
    >>> thinned(np.array([3.0, 1.0]))
    Pool(values=array([1., 3.]), weight=1.0)
    """
    values = np.sort(sample)
    if len(values) <= MAX_POOL:
        return Pool(values, 1.0)
    ranks = ((np.arange(MAX_POOL) + 0.5) * len(values) / MAX_POOL).astype(np.int64)
    return Pool(values[ranks], len(values) / MAX_POOL)


@functools.cache
def code_digest() -> str:
    """SHA-256 of the source files that compute cells, and of the versions of the packages that they compute with."""
    digest = hashlib.sha256()
    for name in ("numpy", "simpy"):
        digest.update(f"{name} {importlib.metadata.version(name)}\n".encode())
    for path in computing_files():
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(_PACKAGE).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def computing_files() -> list[Path]:
    """Source files of the rooms below the study, and this one."""
    below = [path for path in _PACKAGE.rglob("*.py") if path.relative_to(_PACKAGE).parts[0] not in _ABOVE]
    return sorted([*below, Path(__file__)])


def _of_another(scenario: Scenario, cell: Cell, ledger: Ledger, hop_time: int) -> dict[str, Finding]:
    """What thieves of another speed find on the ledger: some of those who come in by the same ways."""
    threat = scenario.threat.model_copy(update={"hop_time": hop_time})
    campaigns = campaigns_of_others(cell.campaigns)
    found = replay(ledger, threat, campaigns=campaigns, seed=cell.seed, replication=cell.replication)
    return _findings(measure_campaigns(ledger, found))


def _findings(observed: Mapping[str, Observation]) -> dict[str, Finding]:
    return {name: Finding(o.numerator, o.denominator, thinned(o.sample)) for name, o in observed.items()}
