"""A whole run told slowly, from MODEL.md sections 1 to 6 alone: the twin of the engine."""

from __future__ import annotations

from typing import Any

from reference.slow_run_calls import is_made
from reference.slow_run_clock import Kind, Process, Signal, go
from reference.slow_run_revocation import owners_end
from reference.slow_run_standing import stand
from reference.slow_run_world import World

from nhilab.base.quantities import NEVER
from nhilab.demand.demand import Demand
from nhilab.ledger.tables import Owner, Status
from nhilab.scenario.scenario import Scenario


class SlowRun(World):
    """Tasks: they arrive, wait for a slot, make their calls one after the other, and end."""

    def __init__(self, scenario: Scenario, strategy: str, demand: Demand) -> None:
        super().__init__(scenario, strategy, demand)
        stand(self)
        for t, asked in enumerate(self.asked_tasks):
            if asked["arrived_at"] < NEVER:
                self.at(asked["arrived_at"], Kind.ARRIVAL, t, lambda t=t: go(self.life_of_task(t, Signal(), {})))
        self.run()
        finish(self)

    def life_of_task(self, t: int, over: Signal, state: dict[str, Any]) -> Process:
        """A task from its arrival to its end."""
        task = self.tasks[t]
        task["arrived_at"] = self.now
        yield from self.gets_slot(t)
        task["started_at"] = self.now
        status = yield from self.makes_calls(t)
        task["status"] = int(self.failed_messages.get(t, status) if status == Status.DONE else status)
        task["ended_at"] = self.now
        self.ends_task(t)
        self.leaves_slot(t)
        state["ended"] = True
        over.fire()

    def gets_slot(self, t: int) -> Process:
        """The lowest free slot of its place, first come, first served."""
        place = self.workload_of(t)["place"]
        slots, taken = self.places[place]["slots"], self.taken[place]
        if 0 <= slots <= len(taken):
            turn = Signal()
            self.queues[place].append(turn)
            yield from turn.wait()
        lowest = next(n for n in range(len(taken) + 1) if n not in taken)
        taken.add(lowest)
        self.tasks[t]["slot"] = lowest

    def leaves_slot(self, t: int) -> None:
        place = self.workload_of(t)["place"]
        self.taken[place].discard(self.tasks[t]["slot"])
        if self.queues[place]:
            self.queues[place].pop(0).fire()

    def makes_calls(self, t: int) -> Process:
        """All calls in order, and the tail; or until it fails or crashes."""
        asked = self.asked_tasks[t]
        for i in range(asked["n_calls"]):
            c = asked["first_call"] + i
            yield from self.until(self.now + self.asked_calls[c]["think_time"], Kind.CALL_READY, c)
            status = yield from is_made(self, c)
            if status != Status.DONE:
                return status
            if i + 1 == asked["crash_after"]:
                return Status.CRASHED
        yield from self.until(self.now + asked["tail_time"], Kind.CALL_END, t)
        return Status.DONE

    def ends_task(self, t: int) -> None:
        """What it and its calls own is told to the issuers, and its owner is gone."""
        asked, crashed = self.asked_tasks[t], self.tasks[t]["status"] == Status.CRASHED
        own = range(asked["first_call"], asked["first_call"] + asked["n_calls"])
        for credential in self.credentials:
            if credential["owner_kind"] == Owner.TASK and credential["owner"] == t:
                credential["owner_end"] = self.now
        calls = {(int(Owner.CALL), c) for c in own if self.calls[c]["enqueued_at"] == NEVER}
        owners_end(self, {(int(Owner.TASK), t)} | calls, tells=not crashed)


def finish(world: World) -> None:
    """Columns that are known at the end: until when a credential served its purpose."""
    for call in world.calls:
        if call["credential"] >= 0:
            used = world.credentials[call["credential"]]
            task_end = world.tasks[call["task"]]["ended_at"]
            call_end = call["ended_at"] if call["status"] == Status.DONE else 0
            used["purpose_end"] = max(used["purpose_end"], call_end, task_end)
            used["n_uses"] += 1
    for credential in world.credentials:
        ends = [world.tasks[t]["ended_at"] for t in credential.get("carried_for", [])]
        credential["purpose_end"] = max([credential["purpose_end"], *ends])
        if credential["parent"] >= 0 and credential["call"] >= 0:
            used, call = world.credentials[credential["parent"]], world.calls[credential["call"]]
            used["purpose_end"] = max(used["purpose_end"], world.tasks[call["task"]]["ended_at"])
