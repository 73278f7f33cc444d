"""The yardstick: an M/M/3 queue in bare SimPy, one process per customer."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
import simpy


def mm3(n_customers: int) -> int:
    """Serve all customers; the number of events SimPy handled."""
    chance = np.random.Generator(np.random.PCG64(1))
    gaps = chance.exponential(1.0, n_customers).tolist()
    services = chance.exponential(2.4, n_customers).tolist()
    environment = simpy.Environment()
    servers = simpy.Resource(environment, capacity=3)

    def customer(service: float) -> Generator[simpy.Event, Any, None]:
        with servers.request() as turn:
            yield turn
            yield environment.timeout(service)

    def arrivals() -> Generator[simpy.Event, Any, None]:
        for gap, service in zip(gaps, services, strict=True):
            yield environment.timeout(gap)
            environment.process(customer(service))

    environment.process(arrivals())
    environment.run()
    return next(environment._eid)
