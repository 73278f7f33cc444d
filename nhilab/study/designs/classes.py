"""One class of workloads alone on its estate."""

from __future__ import annotations

import dataclasses
from typing import Final

from nhilab.scenario.scenario import Scenario

CLASSES: Final = ("agent", "pipeline", "batch", "service")


def classes_of(scenario: Scenario) -> tuple[str, ...]:
    """Classes some workload of which starts work of its own; others work only when work is handed to them."""
    kinds = scenario.estate.workloads.kind.tolist()
    working = {kind for kind, arrivals in zip(kinds, scenario.arrivals, strict=True) if arrivals is not None}
    return tuple(kind for kind in CLASSES if kind in working)


def handed(scenario: Scenario) -> tuple[str, ...]:
    """Classes whose workloads all work only when others hand them work."""
    kinds = set(scenario.estate.workloads.kind.tolist()) - set(classes_of(scenario))
    return tuple(kind for kind in CLASSES if kind in kinds)


def alone(scenario: Scenario, kind: str) -> Scenario:
    """The scenario in which no task of another class arrives, unless this class hands it on.

    Parameters
    ----------
    scenario : Scenario
    kind : str
        The class.

    Returns
    -------
    Scenario
        With estate and thieves as they are: what the others were given stands there as before, and a way in through
        their tasks leads nowhere.

    Notes
    -----
    Checked by ``tests/unit/study/designs/test_classes.py``.
    """
    kinds = scenario.estate.workloads.kind.tolist()
    kept = tuple(rule if of == kind else None for rule, of in zip(scenario.arrivals, kinds, strict=True))
    return dataclasses.replace(scenario, arrivals=kept)
