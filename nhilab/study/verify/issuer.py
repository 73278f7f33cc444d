"""Checks of how long requests wait at an issuer."""

from __future__ import annotations

from functools import cache
from typing import Any, Final, NamedTuple

import numpy as np

from nhilab.base.quantities import SECOND, FloatArray, IntArray
from nhilab.ledger.tables import Ledger
from nhilab.scenario.distributions import Uniform
from nhilab.study.verify.check import Check, Evidence, Size
from nhilab.study.verify.world import REPLICATIONS, build, ledgers, length, stage
from nhilab.theory import queues

_SERVERS: Final = 2
_MULTI_RATE: Final = 1.3
_IN_A_ROW: Final = 5
_SINGLE_RATE: Final = 0.7
_SERVICE: Final = (0.0, 2.0)
_COUNTED: Final = 0.94
_DAY: Final = 86_400.0


class Queue(NamedTuple):
    """One station in one replication: what was measured, and controls whose expectation is 0."""

    waiting_share: float
    mean_wait: float
    controls: FloatArray


def observe_queue(ledger: Ledger, stage_row: int, *, gap: float, mean: float, second: float) -> Queue:
    """Requests for one stage after the warm-up; `gap`, `mean` and `second` are the known moments.

    Always the same number of them, fewer than the horizon allows but for one run in a hundred thousand: means over
    a random number would be biased. Controls: sampled less expected gap, squared gap, service, squared service; and
    wait × (service − its mean), (wait + service) × (next gap − its mean), 0 because neither depends on a wait that
    came before.

    Returns
    -------
    Queue
        Waits in s.
    """
    made = ledger.credentials
    rows = np.flatnonzero((made.stage == stage_row) & (made.requested_at >= ledger.warm_up))
    n = round(_COUNTED * (ledger.horizon - ledger.warm_up) / SECOND / gap)
    rows = rows[np.argsort(made.requested_at[rows], kind="stable")][:n]
    wait_us: IntArray = made.issued_at[rows] - made.requested_at[rows] - made.service_time[rows]
    wait, service = wait_us / SECOND, made.service_time[rows] / SECOND
    gaps = np.diff(made.requested_at[rows]) / SECOND
    controls = [
        gaps.mean() - gap,
        (gaps**2).mean() - 2 * gap**2,
        service.mean() - mean,
        (service**2).mean() - second,
        (wait * (service - mean)).mean(),
        ((wait + service)[:-1] * (gaps - gap)).mean(),
    ]
    return Queue(float((wait_us > 0).mean()), float(wait.mean()), np.array(controls))


def _calls_of_their_own(issuers: dict[str, Any], rate: float, horizon: float) -> dict[str, Any]:
    """A Poisson call needs a credential of its own from each issuer, one after the other."""
    stages = [
        {**stage(_DAY, issue_per="call", source="previous" if i else "attested"), "issuer": name}
        for i, name in enumerate(issuers)
    ]
    return {
        "stages": stages, "issuers": issuers, "workload": {"arrivals": {"rate": f"{rate}/s"}},
        "horizon": horizon, "warm_up": 300.0, "follow_up": 100.0,
    }  # fmt: skip


@cache
def _in_a_row(size: Size, seed: int) -> tuple[list[Queue], ...]:
    """Queues of each replication at issuers in a row, exponential service with mean 1 s.

    What leaves an M/M/c is Poisson again and says nothing about what is left in it (Burke 1956), so each issuer
    is an M/M/c of its own: the more of them, the fewer calls.
    """
    one = {"servers": _SERVERS, "service_time": {"exponential": "1s"}}
    scenario = build(**_calls_of_their_own({f"issuer-{i}": one for i in range(_IN_A_ROW)}, _MULTI_RATE, 6_300.0))
    return tuple(
        [observe_queue(ledger, i, gap=1 / _MULTI_RATE, mean=1.0, second=2.0) for i in range(_IN_A_ROW)]
        for ledger in ledgers(scenario, REPLICATIONS[size], seed)
    )


def _controls(found: tuple[list[Queue], ...]) -> FloatArray:
    return np.array([np.mean([q.controls for q in queues_], axis=0) for queues_ in found])


def waiting_probability(size: Size, seed: int) -> Evidence:
    """Share of requests that wait."""
    found = _in_a_row(size, seed)
    values = np.array([np.mean([q.waiting_share for q in row]) for row in found])
    return Evidence(queues.erlang_c(_MULTI_RATE, 1.0, n_servers=_SERVERS), values, controls=_controls(found))


def mean_wait(size: Size, seed: int) -> Evidence:
    """Mean wait, those who do not wait included."""
    found = _in_a_row(size, seed)
    values = np.array([np.mean([q.mean_wait for q in row]) for row in found])
    return Evidence(queues.mean_wait_mmc(_MULTI_RATE, 1.0, n_servers=_SERVERS), values, controls=_controls(found))


def general_service(size: Size, seed: int) -> Evidence:
    """Mean wait at one server with uniform service times."""
    service = {"uniform": [length(s) for s in _SERVICE]}
    law = Uniform.model_validate(service)
    mean, second = law.moments()[0] / SECOND, law.moments()[1] / SECOND**2
    scenario = build(**_calls_of_their_own({"issuer": {"service_time": service}}, _SINGLE_RATE, 12_800.0))
    found = [
        observe_queue(ledger, 0, gap=1 / _SINGLE_RATE, mean=mean, second=second)
        for ledger in ledgers(scenario, REPLICATIONS[size], seed)
    ]
    theory = queues.mean_wait_mg1(_SINGLE_RATE, mean, second_moment=second)
    return Evidence(theory, np.array([q.mean_wait for q in found]), controls=np.array([q.controls for q in found]))


CHECKS: Final = (
    Check("M/M/c, who waits", "As many requests wait at a busy issuer as Erlang C says.", "1", waiting_probability),
    Check("M/M/c, how long", "They wait as long as Erlang says: C/(cμ − λ).", "s", mean_wait),
    Check("M/G/1, how long", "Uneven service lengthens the wait as Pollaczek–Khinchine says.", "s", general_service),
)
