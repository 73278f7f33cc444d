"""Run one strategy against one demand."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from nhilab.base.errors import InputError
from nhilab.base.quantities import IntArray
from nhilab.demand.demand import Demand
from nhilab.engine.close import close
from nhilab.engine.events import StrictEnvironment
from nhilab.engine.own import Process, check_played, enlist
from nhilab.engine.processes import feed, spawn_at_arrival
from nhilab.engine.standing import place_standing
from nhilab.engine.world import World
from nhilab.ledger.tables import Ledger
from nhilab.scenario.known_keys import one_of
from nhilab.scenario.scenario import Scenario
from nhilab.strategy.plan import make_plan


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the cyclic collector: its passes grow with all that lives, and a run leaves it next to nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def run(
    scenario: Scenario,
    strategy: str,
    demand: Demand,
    *,
    processes: Sequence[Process] = (),
    spawn_order: IntArray | None = None,
) -> Ledger:
    """Ledger of a strategy facing a demand; a deterministic function.

    Parameters
    ----------
    scenario : Scenario
    strategy : str
        Its name in the scenario.
    demand : Demand
    processes : sequence of Process
        Work of one's own beside the demand's; their order does not matter.
    spawn_order : ndarray, shape (tasks,), int64, optional
        Spawn all tasks at time 0 in this order instead of at their arrival. Changes nothing: a test's handle.

    Raises
    ------
    InputError
        If the scenario has no such strategy, a process plays what the scenario does not have, or a workload
        waits for one in vain.
    NhilabError
        If a process misuses what it is given.

    Notes
    -----
    Definition: MODEL.md §4. Checked by ``tests/properties/test_run.py``.
    """
    if strategy not in scenario.strategies:
        raise InputError(scenario.written.file, "strategies", strategy, one_of(strategy, scenario.strategies))
    plan = make_plan(scenario.strategies, strategy, scenario.estate, scenario.issuers, seed=scenario.content.seed)
    check_played(scenario, processes)
    world = World(scenario, plan, demand, StrictEnvironment() if processes else None)
    own = enlist(world, scenario, demand, processes) if processes else None
    place_standing(world)
    if spawn_order is None:
        arriving = np.flatnonzero(demand.tasks.parent_call < 0).tolist()
        world.environment.process(feed(world, arriving))
    else:
        for task in spawn_order[demand.tasks.parent_call[spawn_order] < 0].tolist():
            world.environment.process(spawn_at_arrival(world, task))
    with collector_paused():
        world.environment.run()
    return close(world, demand if own is None else own.grown(), scenario.content)
