"""Waits: servers that serve first come, first served, customer by customer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from nhilab.base.quantities import FloatArray
from nhilab.base.streams import stream
from nhilab.theory import queues

WORLDS, SKIPPED, COUNTED = 20_000, 150, 600
Draw = Callable[[], FloatArray]


def waits(gap: Draw, service: Draw, n_servers: int) -> FloatArray:
    """Wait of each customer (rows) in each world (columns): the earliest free server takes the next one."""
    free_at, now = np.zeros((n_servers, WORLDS)), np.zeros(WORLDS)
    worlds, waited = np.arange(WORLDS), np.empty((SKIPPED + COUNTED, WORLDS))
    for i in range(SKIPPED + COUNTED):
        now += gap()
        server = free_at.argmin(axis=0)
        start = np.maximum(now, free_at[server, worlds])
        waited[i] = start - now
        free_at[server, worlds] = start + service()
    return waited[SKIPPED:]


@pytest.mark.parametrize("n_servers", [1, 3])
def test_requests_wait_as_erlang_says(judge, n_servers):
    rng, service_rate = stream(41, "mmc", n_servers), 2.0
    arrival_rate = 0.55 * n_servers * service_rate
    waited = waits(
        lambda: rng.exponential(1 / arrival_rate, WORLDS),
        lambda: rng.exponential(1 / service_rate, WORLDS),
        n_servers,
    )
    judge((waited > 0).mean(axis=0), queues.erlang_c(arrival_rate, service_rate, n_servers=n_servers))
    judge(waited.mean(axis=0), queues.mean_wait_mmc(arrival_rate, service_rate, n_servers=n_servers))
    tail = queues.wait_exceeds_mmc(0.2, arrival_rate, service_rate=service_rate, n_servers=n_servers)
    judge((waited > 0.2).mean(axis=0), tail)


def test_uneven_service_lengthens_the_wait(judge):
    rng, arrival_rate = stream(42, "mg1"), 0.5
    mean, second = 0.8 * 0.5 + 0.2 * 3.0, 0.8 * 0.25 + 0.2 * (4.0 + 8.0 + 16.0) / 3
    waited = waits(
        lambda: rng.exponential(1 / arrival_rate, WORLDS),
        lambda: np.where(rng.random(WORLDS) < 0.8, 0.5, rng.uniform(2.0, 4.0, WORLDS)),
        1,
    )
    judge(waited.mean(axis=0), queues.mean_wait_mg1(arrival_rate, mean, second_moment=second))


@pytest.mark.parametrize(("load", "n_servers"), [(0.5, 1), (3.2, 4), (180.0, 200), (990.0, 1000)])
def test_erlang_c_solves_the_birth_and_death_chain(load, n_servers):
    n_states = n_servers + 20_000
    log_weight = np.log(load / np.minimum(np.arange(1, n_states), n_servers)).cumsum()
    weight = np.exp(np.append(0.0, log_weight) - max(0.0, log_weight.max()))
    waiting = weight[n_servers:].sum() / weight.sum()
    assert queues.erlang_c(load, 1.0, n_servers=n_servers) == pytest.approx(waiting, rel=1e-9)


def test_one_exponential_server_is_both_kinds_of_queue():
    erlang = queues.mean_wait_mmc(0.7, 1.0, n_servers=1)
    assert erlang == pytest.approx(queues.mean_wait_mg1(0.7, 1.0, second_moment=2.0))
    assert queues.erlang_c(0.7, 1.0, n_servers=1) == pytest.approx(0.7)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: queues.erlang_c(2.0, 1.0, n_servers=2),
        lambda: queues.erlang_c(0.0, 1.0, n_servers=2),
        lambda: queues.mean_wait_mmc(1.0, 1.0, n_servers=0),
        lambda: queues.wait_exceeds_mmc(-1.0, 1.0, service_rate=1.0, n_servers=2),
        lambda: queues.mean_wait_mg1(1.0, 1.0, second_moment=1.0),
        lambda: queues.mean_wait_mg1(0.5, 1.0, second_moment=0.9),
    ],
)
def test_arguments_outside_the_formula_are_refused(wrong):
    with pytest.raises(ValueError, match=r"found .*; allowed: "):
        wrong()
