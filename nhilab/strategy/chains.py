"""Which workloads follow which chain of stages: mixes and partial adoption."""

from __future__ import annotations

from fnmatch import fnmatchcase

import numpy as np

from nhilab.base.estate import Estate
from nhilab.base.quantities import IdArray
from nhilab.base.streams import stream
from nhilab.scenario.strategy_section import Mix, Strategy


def chain_of_workloads(strategy: Strategy, estate: Estate, seed: int) -> IdArray:
    """Chain each workload follows: 0 the strategy's own, m + 1 that of its m-th mix; shape (workloads,), int32.

    Notes
    -----
    Definition: MODEL.md §2. The first mix that fits a workload speaks of it; who of those adopts depends on the
    workload's name and the scenario's seed, so a larger share contains the smaller. Checked by
    ``tests/unit/strategy/test_chains.py``.
    """
    chains = np.zeros(len(estate.workloads), np.int32)
    names, kinds = estate.workloads.name.tolist(), estate.workloads.kind.tolist()
    for row, (name, kind) in enumerate(zip(names, kinds, strict=True)):
        first = next((m for m, mix in enumerate(strategy.mix) if fits(mix, name, kind)), -1)
        if first >= 0 and stream(seed, "adoption", name).random() < strategy.mix[first].share:
            chains[row] = first + 1
    return chains


def fits(mix: Mix, name: str, kind: str) -> bool:
    """Whether a mix speaks of a workload."""
    return kind in mix.kinds and any(fnmatchcase(name, pattern) for pattern in mix.workloads)
