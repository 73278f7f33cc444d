"""A process of one's own in a run: a workload told as a SimPy process, whose tasks and calls appear in the ledger."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import simpy
from numpy.typing import ArrayLike

from nhilab.base.errors import InputError, NhilabError
from nhilab.base.streams import stream
from nhilab.demand.demand import Demand
from nhilab.engine.events import Kind
from nhilab.engine.own_instance import Cast, Instance
from nhilab.engine.own_rows import OwnRows
from nhilab.engine.world import World
from nhilab.scenario.scenario import Scenario


@dataclass(frozen=True, eq=False)
class Process:
    """A workload's work, told as a SimPy process: what it does appears in the ledger as any other task and call.

    Parameters
    ----------
    story : callable
        A generator function of one argument, the `Instance` it plays. It yields what that offers, and any event of
        SimPy that does not let time pass: resources, stores, conditions, processes.
    workload : str
        Whose work it does: its identity, its place, its strategy. It has neither a queue nor others it hands work to.
    seed, replication : int
        Which chance; of the calls' service times, whatever else a call's key decides. As given to `sample`.
    instance : int
        Which of the workload's instances it plays, from 0; one process each.
    columns : dict of str to array, optional
        Chance drawn before the run, from a stream with a name (`nhilab.stream`); no generator may be used within.

    Notes
    -----
    Definition: MODEL.md, a process of one's own. Checked by ``tests/unit/engine/test_own.py`` against what the engine
    itself makes of the same work.

    Examples
    --------
    >>> def poller(me):
    ...     for gap in me.columns["gap"]:
    ...         yield me.wait(gap)
    ...         with (yield from me.begin()) as task:
    ...             yield from task.call("inbox", "read", call_time="20ms")
    >>> gaps = stream(1, "poller", "gap").integers(1_000_000, 60_000_000, 500)
    >>> Process(poller, "poller", seed=1, columns={"gap": gaps}).instance
    0
    """

    story: Callable[[Instance], Generator[Any, Any, Any]]
    workload: str
    seed: int = field(kw_only=True)
    replication: int = field(kw_only=True, default=0)
    instance: int = field(kw_only=True, default=0)
    columns: Mapping[str, ArrayLike] = field(kw_only=True, default_factory=dict)

    def key(self) -> int:
        """Key of all its calls' keys."""
        purpose = ("process", self.workload, self.instance, self.replication)
        return int(stream(self.seed, *purpose).integers(0, 2**64, dtype=np.uint64))


def enlist(world: World, scenario: Scenario, demand: Demand, processes: Sequence[Process]) -> OwnRows:
    """Have processes play their instances from time 0 on; the order they are given in does not matter.

    Raises
    ------
    InputError
        If one plays what the scenario does not have, or two play one instance.
    """
    rows = OwnRows(world, demand, scenario.content.horizon)
    places = [_place(scenario, process) for process in processes]
    for number, i in enumerate(sorted(range(len(processes)), key=places.__getitem__)):
        process, row = processes[i], places[i]
        if places.count(row) > 1:
            raise _refused(scenario, process, "instance", process.instance, "one process for each instance")
        if not number and not len(demand.calls):
            world.first_key = process.key()
        cast = Cast(
            name=process.workload, workload=row[0], instance=row[1], number=number, key=process.key(),
            columns=process.columns,
        )  # fmt: skip
        world.environment.process(_played(process, world, Instance(cast, world, rows), number))
    return rows


def check_played(scenario: Scenario, processes: Sequence[Process]) -> None:
    """Refuse to run a scenario of which a workload waits for a process in vain.

    Raises
    ------
    InputError
        With the workload's name.
    """
    played = {process.workload for process in processes}
    for name, workload in scenario.content.estate.workloads.items():
        if workload.own_process and name not in played:
            allowed = f'nhilab.run(…, processes=[nhilab.Process(story, "{name}", seed=…)])'
            raise InputError(scenario.written.file, f"estate.workloads.{name}.own_process", "no process", allowed)


def _played(process: Process, world: World, instance: Instance, number: int) -> Generator[simpy.Event, Any, None]:
    yield world.after(0, Kind.WAIT, number)
    story = process.story(instance)
    if not isinstance(story, Generator):
        found = f"{type(story).__name__} from the story"
        raise NhilabError(f"process of {process.workload}: found {found}; allowed: a generator function, which yields")
    yield from story


def _place(scenario: Scenario, process: Process) -> tuple[int, int]:
    """Rows of the workload and the instance that a process plays."""
    workloads = scenario.estate.workloads
    names = workloads.name.tolist()
    if process.workload not in names:
        raise _refused(scenario, process, "workload", process.workload, "one of " + ", ".join(names))
    row = names.index(process.workload)
    if workloads.queue[row] >= 0 or workloads.delegates_to[row] >= 0:
        allowed = "a workload that has no queue and hands no work to others"
        raise _refused(scenario, process, "workload", process.workload, allowed)
    count = int(workloads.count[row])
    if not 0 <= process.instance < count:
        raise _refused(scenario, process, "instance", process.instance, f"0 to {count - 1}")
    return row, int(workloads.count[:row].sum()) + process.instance


def _refused(scenario: Scenario, process: Process, key: str, found: object, allowed: str) -> InputError:
    return InputError(scenario.written.file, f"process of {process.workload}, {key}", found, allowed)
