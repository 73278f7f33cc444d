"""Checks of strategies that only some workloads follow."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from nhilab.base.quantities import FloatArray, IntArray, to_seconds
from nhilab.ledger.tables import Ledger
from nhilab.scenario.scenario import Scenario
from nhilab.study.verify.check import Check, Evidence, Size
from nhilab.study.verify.world import STRATEGY, build, grid, one_ledger, stage, steal_at

_OLD: Final = stage(900.0)
_NEW: Final = stage(60.0, issue_per="call")


def _mixed(mix: list[dict[str, Any]]) -> Scenario:
    """Two workloads of their own identities and places; the strategy is the old way but for those in the mix."""
    names = ("a", "b")
    runs = {"arrivals": {"rate": "1/m"}}
    return build(
        stages=[_OLD], strategy={"mix": mix}, more={"strategies": {
            STRATEGY: {"stages": [_OLD], "mix": mix}, "old": {"stages": [_OLD]}, "new": {"stages": [_NEW]},
        }},
        estate={
            "identities": {n: {"grants": [{"resources": ["resource*"]}], "mintable_from": ["metadata"]} for n in names},
            "places": {"place": {"residue": "10m"}, "there": {"residue": "10m"}, "metadata": {}},
            "workloads": {"a": {"identity": "a", "place": "place", **runs},
                          "b": {"identity": "b", "place": "there", **runs}},
        },
        profile={"calls": 3, "call_time": "5s", "think_time": {"exponential": "10s"}},
        horizon=8_000.0, warm_up=1_000.0, follow_up=1_000.0,
    )  # fmt: skip


_PLACES: Final = ("place", "there")


def _issued(ledger: Ledger) -> IntArray:
    """Credentials issued for each workload."""
    workload = ledger.tasks.workload[ledger.calls.task[ledger.credentials.call]]
    return np.bincount(workload, minlength=2)


def issued(size: Size, seed: int) -> Evidence:
    """Issuances of a under the old way and of b under the new one, on the same demand."""
    scenario = _mixed([{"strategy": "new", "workloads": ["b"]}])
    old, new, mixed = (_issued(one_ledger(scenario, seed, name)) for name in ("old", "new", STRATEGY))
    assert old[1] < new[1]
    return Evidence.exact([old[0], new[1]], mixed, step=1.0)


def windows(size: Size, seed: int) -> Evidence:
    """Access windows at the place of a as under the old way, at that of b as under the new one."""
    scenario = _mixed([{"strategy": "new", "workloads": ["b"]}])
    found: list[FloatArray] = []
    known: list[FloatArray] = []
    for place, alone in zip(_PLACES, ("old", "new"), strict=True):
        for name, into in ((alone, known), (STRATEGY, found)):
            ledger = one_ledger(scenario, seed, name)
            instants = grid(ledger, 100.0, seed=seed, replication=0)
            into.append(to_seconds(steal_at(ledger, instants, place=place).campaigns.access_until - instants))
    return Evidence.exact(np.concatenate(known), np.concatenate(found))


def shares(size: Size, seed: int) -> Evidence:
    """A share of 0 leaves everything as it was, a share of 1 changes everything."""
    ends = [_issued(one_ledger(_mixed([]), seed, name)) for name in ("old", "new")]
    found = [_issued(one_ledger(_mixed([{"strategy": "new", "share": share}]), seed)) for share in (0.0, 1.0)]
    return Evidence.exact(np.concatenate(ends), np.concatenate(found), step=1.0)


CHECKS: Final = (
    Check("mix, issuances", "In a mix of strategies each workload asks for what its own one asks for.", "credentials",
          issued),
    Check("mix, windows", "In a mix of strategies each place is as safe as its own one makes it.", "s", windows),
    Check("adoption, none and all", "A share of 0 or 1 is one strategy or the other.", "credentials", shares),
)  # fmt: skip
