"""Jitter to the very horizon."""

from __future__ import annotations

import numpy as np
from unit.demand.test_arrivals import instants, with_arrivals


def test_no_task_arrives_at_the_very_horizon_however_often_jitter_lands_on_it() -> None:
    short = {"horizon": "1000us", "warm_up": "100us", "follow_up": "100us"}
    at = np.array(instants(with_arrivals({"every": "3us", "jitter": "4us"}, count=20, **short)))
    assert at.max() == 999
