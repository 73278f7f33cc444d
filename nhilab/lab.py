"""The lab on one page: sample a demand, run a strategy on it, replay thieves on the ledger, measure both."""

from __future__ import annotations

from dataclasses import dataclass

from nhilab.campaign.replay import replay
from nhilab.demand.sample import sample
from nhilab.engine.run import run
from nhilab.ledger.compromises import Compromises
from nhilab.ledger.tables import Ledger
from nhilab.metrics.measure import measure, measure_by_entry
from nhilab.metrics.observation import Observation
from nhilab.scenario.load import load_scenario
from nhilab.scenario.scenario import Scenario

__all__ = ["Trial", "load_scenario", "measure", "replay", "run", "sample", "try_strategy"]


@dataclass(frozen=True, eq=False)
class Trial:
    """One strategy on one replication.

    Attributes
    ----------
    ledger, compromises
        What happened, and what thieves made of it.
    observations : dict of metric to Observation
    by_entry : dict of entry class to dict of metric to Observation
    """

    ledger: Ledger
    compromises: Compromises
    observations: dict[str, Observation]
    by_entry: dict[str, dict[str, Observation]]

    def __repr__(self) -> str:
        return f"Trial({self.ledger}, {self.compromises})"


def try_strategy(scenario: Scenario, strategy: str, *, seed: int, campaigns: int, replication: int = 0) -> Trial:
    """Sample, run, replay and measure; strategies tried on one seed and replication face the same world.

    Parameters
    ----------
    scenario : Scenario
    strategy : str
        Its name in the scenario.
    seed, replication : int
        Which chance.
    campaigns : int
        Thieves replayed on the ledger.

    Returns
    -------
    Trial
    """
    demand = sample(scenario, seed=seed, replication=replication)
    ledger = run(scenario, strategy, demand)
    compromises = replay(ledger, scenario.threat, campaigns=campaigns, seed=seed, replication=replication)
    return Trial(ledger, compromises, measure(ledger, compromises), measure_by_entry(ledger, compromises))
