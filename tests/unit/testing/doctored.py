"""A good trial of the worked example, and copies of it in which one value is wrong."""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path
from typing import Any

from nhilab.lab import Trial, load_scenario, try_strategy
from nhilab.ledger.compromises import Compromises
from nhilab.ledger.tables import Ledger
from nhilab.scenario.scenario import Scenario

PIPELINE = Path(__file__).parents[2] / "examples" / "deploy_pipeline" / "pipeline.yaml"
SEED = 5


@cache
def pipeline() -> Scenario:
    """The scenario of the worked example."""
    return load_scenario(PIPELINE)


@cache
def trial(strategy: str = "job-token") -> Trial:
    """One of its strategies, tried."""
    return try_strategy(pipeline(), strategy, seed=SEED, campaigns=50)


def spoilt(whole: Any, where: str, row: int, value: Any) -> Any:
    """A ledger or compromises with one value of ``table.column`` replaced."""
    name, column = where.split(".")
    table = getattr(whole, name)
    values = getattr(table, column).copy()
    assert len(values), f"nothing to spoil in {where}"
    assert values[row] != value, f"{where} is so already"
    values[row] = value
    return dataclasses.replace(whole, **{name: dataclasses.replace(table, **{column: values})})


def good() -> tuple[Ledger, Compromises]:
    """What assertions about thieves take."""
    return trial().ledger, trial().compromises
