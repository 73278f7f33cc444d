"""When a study has replications enough, and how many more it asks for."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nhilab.base.quantities import FloatArray
from nhilab.study.estimates.estimate import MeanParts, Parts
from nhilab.study.estimates.precision import replicate

MEAN, SHARE = "issuances_per_task", "proof_of_death_share"


class Given:
    """What `replicate` needs of trials: replications known beforehand, and how many were asked for each time."""

    def __init__(self, values: FloatArray, *, first: int, key: str = MEAN, trials: float = 1.0) -> None:
        self.values, self.n, self.key, self.trials, self.asked = values, first, key, trials, [first]

    def extend(self, replications: int) -> None:
        self.n = replications
        self.asked.append(replications)

    def parts(self) -> dict[str, Parts]:
        mean = MeanParts(self.values[: self.n], np.full(self.n, self.trials), share=self.key == SHARE)
        return {"only": Parts({self.key: mean}, {}, {self.key: "1"}, self.n)}


def waves(n: int, size: float) -> FloatArray:
    """Values about 1, one above, one below."""
    return 1 + size * (-1.0) ** np.arange(n)


def test_replications_are_at_most_doubled_and_at_least_four_more() -> None:
    far = Given(waves(400, 0.5), first=8)
    assert replicate(far, precision=0.05, keys=(MEAN,), max_replications=400).missed(MEAN) == {}
    assert far.asked[:4] == [8, 16, 32, 64]
    near = Given(waves(400, 0.1), first=16)
    replicate(near, precision=0.054, keys=(MEAN,), max_replications=400)
    assert near.asked[:2] == [16, 20]


def test_what_is_precise_must_still_be_so_with_four_replications_more_if_so_many_are_allowed() -> None:
    steady = Given(waves(400, 0.1), first=16)
    replicate(steady, precision=0.06, keys=(MEAN,), max_replications=400)
    assert steady.asked == [16, 20]
    full = Given(waves(400, 0.1), first=16)
    replicate(full, precision=0.06, keys=(MEAN,), max_replications=18)
    assert full.asked == [16, 18]
    lucky = Given(np.concatenate([waves(16, 0.01), waves(384, 0.5)]), first=16)
    replicate(lucky, precision=0.06, keys=(MEAN,), max_replications=400)
    assert lucky.asked[:3] == [16, 20, 40], "at 20 the luck has ended, and the search goes on"
    assert lucky.asked[-1] == lucky.asked[-2] + 4


def test_the_last_replications_are_the_most_allowed_and_what_was_missed_is_said() -> None:
    trials = Given(waves(100, 0.9), first=8)
    found = replicate(trials, precision=0.01, keys=(MEAN,), max_replications=20)
    assert trials.asked == [8, 16, 20]
    assert not found.strategies["only"][MEAN].reached and found.strategies["only"][MEAN].half_width > 0.01


def test_the_wider_half_of_an_interval_decides() -> None:
    trials = Given(np.full(8, 98.0), first=8, key=SHARE, trials=100.0)
    _, low, high = trials.parts()["only"].interval(SHARE)
    above, below = (high - 0.98) / 0.98, (0.98 - low) / 0.98
    assert above < below
    found = replicate(trials, precision=(above + below) / 2, keys=(SHARE,), max_replications=8)
    assert found.strategies["only"][SHARE].half_width == pytest.approx(below)
    assert SHARE in found.keys and found.missed(SHARE)


@pytest.mark.parametrize(("values", "reached"), [(np.zeros(50), True), (np.full(50, math.nan), False)])
def test_nothing_is_added_where_a_value_is_0_or_missing(values: FloatArray, reached: bool) -> None:
    trials = Given(values, first=4)
    found = replicate(trials, precision=0.05, keys=(MEAN,), max_replications=50)
    assert trials.asked == [4]
    assert found.strategies["only"][MEAN].reached is reached


def test_a_share_of_0_is_never_precise_relative_to_itself() -> None:
    trials = Given(np.zeros(50), first=4, key=SHARE, trials=100.0)
    found = replicate(trials, precision=0.5, keys=(SHARE,), max_replications=50)
    assert (trials.asked, found.strategies["only"][SHARE].half_width) == ([4], math.inf)


def test_one_replication_is_not_enough_to_stop_at() -> None:
    trials = Given(np.ones(50), first=1)
    replicate(trials, precision=0.05, keys=(MEAN,), max_replications=50)
    assert trials.asked == [1, 5]
