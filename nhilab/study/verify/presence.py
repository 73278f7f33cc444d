"""Checks of how many credentials lie at a place."""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

import numpy as np

from nhilab.base.quantities import SECOND, FloatArray
from nhilab.ledger.tables import Ledger
from nhilab.metrics.windows import theft_probability
from nhilab.study.verify.check import Check, Evidence, Size
from nhilab.study.verify.world import REPLICATIONS, build, length, readings, stage
from nhilab.theory import presence

_RATE: Final = 1 / 20.0
_CALL: Final = (20.0, 60.0)
_RESIDUE: Final = 20.0
_MEAN: Final = sum(_CALL) / 2 + _RESIDUE
_STEP: Final = 60.0


class Presence(NamedTuple):
    """Per replication, shape (n,): credentials a thief takes, share of thieves who take any, excess of arrivals."""

    mean_taken: FloatArray
    theft_share: FloatArray
    excess: FloatArray


@cache
def _observe(size: Size, seed: int) -> Presence:
    """Thieves at a place without a limit of tasks; what they find outlives its task a little."""
    scenario = build(
        stages=[stage(900.0)], place={"residue": length(_RESIDUE)},
        workload={"arrivals": {"rate": "180/h"}},
        profile={"calls": 1, "call_time": {"uniform": [length(s) for s in _CALL]}, "think_time": 0},
        horizon=21_000.0, warm_up=500.0, follow_up=500.0,
    )  # fmt: skip
    rows = [
        (float(r.compromises.campaigns.n_taken.mean()), theft_probability(r).value, _excess(r.ledger))
        for r in readings(scenario, _STEP, n=REPLICATIONS[size], seed=seed)
    ]
    return Presence(*np.array(rows).T)


def _excess(ledger: Ledger) -> float:
    """Tasks that came in the theft interval, less those expected: a control."""
    begin, end = ledger.warm_up, ledger.horizon - ledger.follow_up
    came = np.count_nonzero((ledger.tasks.arrived_at >= begin) & (ledger.tasks.arrived_at < end))
    return float(came - _RATE * (end - begin) / SECOND)


def mean_present(size: Size, seed: int) -> Evidence:
    """Credentials taken by each thief."""
    seen = _observe(size, seed)
    return Evidence(presence.mean_present(_RATE, _MEAN), seen.mean_taken, controls=seen.excess[:, None])


def something_present(size: Size, seed: int) -> Evidence:
    """Thieves who find anything."""
    seen = _observe(size, seed)
    theory = 1 - presence.present_probability(0, _RATE, mean=_MEAN)
    return Evidence(theory, seen.theft_share, controls=seen.excess[:, None])


CHECKS: Final = (
    Check("M/G/∞, how many", "λE[D] credentials lie at a place on average.", "credentials", mean_present),
    Check("M/G/∞, any at all", "A thief finds something with probability 1 − exp(−λE[D]).", "1", something_present),
)
