"""Strategies looked at closely: one replication of each, resource by resource and through one credential's life."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from nhilab.base.errors import InputError
from nhilab.lab import replay, run, sample
from nhilab.metrics.reading import Reading
from nhilab.scenario.scenario import Scenario
from nhilab.study.closeups.life import LIFE_SCHEMA, life_table
from nhilab.study.closeups.reach import REACH_SCHEMA, reach_table
from nhilab.study.comparisons.compare import CAMPAIGNS, chosen

REPLICATION: Final = 0


@dataclass(frozen=True, eq=False, kw_only=True)
class Closeup:
    """One replication of strategies on the same demand and with the same thieves.

    Attributes
    ----------
    scenario, scenario_digest : str
    seed, replication, campaigns : int
        Which chance, and how many thieves.
    strategies : tuple of str
        In the order they were named.
    reach : DataFrame
        `nhilab.study.closeups.reach.reach_table` of each, one below the other.
    lives : DataFrame
        `nhilab.study.closeups.life.life_table` of each, one below the other.
    """

    scenario: str
    scenario_digest: str
    seed: int
    replication: int
    campaigns: int
    strategies: tuple[str, ...]
    reach: pl.DataFrame
    lives: pl.DataFrame


def look_closely(
    scenario: Scenario, *, seed: int, strategies: Sequence[str] = (), campaigns: int = CAMPAIGNS
) -> Closeup:
    """Look closely at the first replication of strategies.

    Parameters
    ----------
    scenario : Scenario
    seed : int
        Which chance; on one seed and number of campaigns `compare` meets the same thieves in its first replication.
    strategies : sequence of str
        Empty for all, in the scenario's order.
    campaigns : int

    Returns
    -------
    Closeup
        The same bytes for the same arguments.

    Raises
    ------
    InputError
        If a strategy is unknown or there are no campaigns.

    Notes
    -----
    Checked by ``tests/unit/study/closeups/test_closeup.py``.
    """
    names = chosen(scenario, strategies)
    if campaigns < 1:
        raise InputError(scenario.name, "campaigns", campaigns, "at least 1")
    reach, lives = [pl.DataFrame(schema=REACH_SCHEMA)], [pl.DataFrame(schema=LIFE_SCHEMA)]
    demand = sample(scenario, seed=seed, replication=REPLICATION)
    for name in names:
        ledger = run(scenario, name, demand)
        found = replay(ledger, scenario.threat, campaigns=campaigns, seed=seed, replication=REPLICATION)
        reading = Reading(ledger, found)
        reach.append(reach_table(name, reading))
        lives.append(life_table(name, reading))
    return Closeup(
        scenario=scenario.name, scenario_digest=scenario.digest(), seed=seed, replication=REPLICATION,
        campaigns=campaigns, strategies=names, reach=pl.concat(reach), lives=pl.concat(lives),
    )  # fmt: skip
