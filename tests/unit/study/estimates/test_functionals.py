"""Intervals of functions of several arms' means."""

from __future__ import annotations

import math

import numpy as np

from nhilab.base.streams import stream
from nhilab.study.estimates.estimate import MeanParts
from nhilab.study.estimates.functionals import functional_intervals
from nhilab.study.intervals.means import mean_contrast, mean_interval


def arms() -> list[MeanParts]:
    chance = stream(0, "test", "functionals")
    return [MeanParts(chance.exponential(1.0, 12), chance.uniform(0.5, 1.5, 12)) for _ in range(2)]


def test_of_one_mean_it_is_the_interval_of_the_mean() -> None:
    one = arms()[0]
    found = functional_intervals([one], lambda means: means)[0]
    np.testing.assert_allclose(found, mean_interval(one.numerators, one.denominators))


def test_of_a_difference_it_is_the_paired_contrast() -> None:
    a, b = arms()
    found = functional_intervals([a, b], lambda means: means[:, :1] - means[:, 1:])[0]
    paired = mean_contrast(a.numerators, a.denominators, b.numerators, b.denominators)
    np.testing.assert_allclose(found, paired[:3])


def test_of_a_ratio_it_covers_the_truth_as_often_as_it_says() -> None:
    chance, hits, n = stream(1, "test", "functionals"), 0, 400
    for _ in range(n):
        shared = chance.normal(0, 1, 16)
        a, b = (MeanParts(mean + shared + chance.normal(0, 1, 16), np.ones(16)) for mean in (20.0, 10.0))
        found = functional_intervals([a, b], lambda means: means[:, :1] / means[:, 1:])[0]
        hits += found.low <= 2.0 <= found.high
    assert 0.92 * n <= hits <= 0.98 * n


def test_an_empty_group_has_no_value() -> None:
    empty = MeanParts(np.zeros(4), np.zeros(4))
    assert math.isnan(functional_intervals([empty], lambda means: means)[0].mean)
