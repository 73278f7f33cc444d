"""When tasks arrive: periodic with random phase, cron, Poisson."""

from __future__ import annotations

import numpy as np

from nhilab.base.quantities import SECOND, FloatArray, IdArray, IntArray
from nhilab.base.streams import stream
from nhilab.scenario.cron import parse_cron
from nhilab.scenario.scenario import Scenario


def sample_arrivals(scenario: Scenario, *, seed: int, replication: int) -> tuple[IdArray, IdArray, IntArray]:
    """Workload, instance and arrival of every task, sorted by arrival, then instance.

    Returns
    -------
    workload, instance : ndarray, shape (tasks,), int32
    arrived_at : ndarray, shape (tasks,), int64, µs
        On [0, horizon).

    Notes
    -----
    Definition: MODEL.md §3. Checked by ``tests/unit/demand/test_arrivals.py``.
    """
    horizon = scenario.content.horizon
    start = np.datetime64(scenario.content.starts_on)
    counts = scenario.estate.workloads.count
    phase = stream(seed, "arrivals", "phase", replication).random(int(counts.sum()))
    poisson = stream(seed, "arrivals", "poisson", replication)
    jitter = stream(seed, "arrivals", "jitter", replication)
    workloads, instances = [np.empty(0, np.int32)], [np.empty(0, np.int32)]
    instants = [np.empty(0, np.int64)]
    instance = 0
    for workload, rule in enumerate(scenario.arrivals):
        if rule is None:
            instance += int(counts[workload])
            continue
        for _ in range(int(counts[workload])):
            if rule.every is not None:
                at = _periodic(rule.every, phase[instance], horizon)
            elif rule.cron is not None:
                at = parse_cron(rule.cron).firings(start, horizon)
            else:
                at = _poisson(float(rule.rate or 0.0), poisson, horizon)
            if rule.jitter:
                at = at + np.rint(jitter.random(len(at)) * rule.jitter).astype(np.int64)
                at = at[at < horizon]
            workloads.append(np.full(len(at), workload, np.int32))
            instances.append(np.full(len(at), instance, np.int32))
            instants.append(at)
            instance += 1
    workload_of, instance_of = np.concatenate(workloads), np.concatenate(instances)
    arrived_at = np.concatenate(instants)
    order = np.lexsort((instance_of, arrived_at))
    return workload_of[order], instance_of[order], arrived_at[order]


def _periodic(every: int, phase: float, horizon: int) -> IntArray:
    return np.arange(int(phase * every), horizon, every, dtype=np.int64)


def _poisson(rate: float, chance: np.random.Generator, horizon: int) -> IntArray:
    n = chance.poisson(rate * horizon / SECOND)
    instants: FloatArray = np.sort(chance.random(n)) * horizon
    return instants.astype(np.int64)
