"""Edges of entry, arrivals and cost."""

from __future__ import annotations

import dataclasses

import numpy as np
from unit.campaign.test_draw import SLOTS, drawn, frozen, world
from unit.demand.test_arrivals import instants, with_arrivals
from unit.metrics.tiny import ledger, observe

from nhilab.base.quantities import HOUR, SECOND


def test_at_task_asks_when_a_task_arrived_and_not_when_it_started() -> None:
    made = world()
    for arrived_at, started_at in ((900, 1100), (8900, 9100), (9100, 9200)):
        made.task(SLOTS, started_at, started_at + 50)
        made.rows["tasks"][-1]["arrived_at"] = arrived_at
    assert set(drawn(frozen(made), timing="at-task").entered_at.tolist()) == {9100}


def test_each_task_has_a_jitter_of_its_own() -> None:
    at = np.array(instants(with_arrivals({"cron": "0 * * * *", "jitter": "10m"})))
    assert len(set((at % HOUR).tolist())) == 6


def test_the_issuers_capacity_is_that_of_the_whole_horizon_warm_up_included() -> None:
    busy = ledger(credentials=[{"service_time": 100}], tasks=[{}], calls=[{}])
    warmed = dataclasses.replace(busy, warm_up=500 * SECOND)
    assert observe("issuer_utilisation", busy).value == observe("issuer_utilisation", warmed).value == 0.1
