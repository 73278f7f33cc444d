"""Differences of all pairs of designs: as a comparison has them, and what infinite quantiles do to them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nhilab.base.quantities import FloatArray
from nhilab.base.streams import stream
from nhilab.study.designs.dominance import clearly_dominating
from nhilab.study.designs.objective import differences, drawn_values, point_values
from nhilab.study.estimates.estimate import MeanParts, Parts, QuantileParts
from nhilab.study.intervals.means import Pool, resamples

N, MEAN, QUANTILE = 6, "issuances_per_task", "access_window_s_p95"
TIMES = resamples(N, seed=0)


def design(mean: float, pools: list[FloatArray]) -> Parts:
    """What replications of one design found."""
    numerators = mean * stream(3, "designs", "mean").uniform(0.9, 1.1, N)
    means = {MEAN: MeanParts(numerators, np.ones(N))}
    quantiles = {QUANTILE: QuantileParts([Pool(np.sort(values), 1.0) for values in pools], 0.95, TIMES)}
    return Parts(means, quantiles, {MEAN: "1", QUANTILE: "s"}, N)


def windows(scale: float, n: int, endless: int = 0) -> list[FloatArray]:
    chance = stream(3, "designs", "windows", n)
    return [np.append(scale * chance.lognormal(0, 0.4, 100), np.full(endless, math.inf)) for _ in range(N)]


def test_differences_are_those_of_a_comparison() -> None:
    designs = [design(1.0, windows(1.0, 0)), design(3.0, windows(1.2, 1)), design(2.0, windows(2.0, 2))]
    low, high = differences(designs, [MEAN, QUANTILE])
    for i, one in enumerate(designs):
        for j, other in enumerate(designs):
            for k, key in enumerate((MEAN, QUANTILE)):
                contrast = one.contrast(other, key)
                assert (low[i, j, k], high[i, j, k]) == pytest.approx((contrast.low, contrast.high), abs=1e-12)


def test_two_quantiles_above_the_cap_do_not_differ() -> None:
    low, high = differences([design(1.0, windows(1.0, 0, 20)), design(2.0, windows(2.0, 1, 20))], [QUANTILE])
    assert np.all(low == 0) and np.all(high == 0)


def dominating(*designs: Parts) -> list[list[bool]]:
    keys = [MEAN, QUANTILE]
    values = np.array([point_values(parts, keys) for parts in designs])
    return clearly_dominating(values, *differences(designs, keys), tolerance=0.02).tolist()


def test_what_never_ends_is_clearly_worse_than_what_ends_and_dominates_nothing() -> None:
    endless, short = design(1.0, windows(1.0, 0, 20)), design(1.0, windows(1.0, 0))
    assert dominating(endless, short) == [[False, False], [True, False]]
    cheap = design(0.5, windows(1.0, 0, 20))
    assert dominating(cheap, short) == [[False, False], [False, False]]


def test_what_ends_in_some_resamples_only_is_not_clearly_worse() -> None:
    some = [*windows(1.0, 0)[:5], windows(1.0, 0, 40)[5]]
    assert dominating(design(1.0, some), design(1.0, windows(1.0, 0))) == [[False, False], [False, False]]


def test_designs_are_drawn_again_together() -> None:
    designs = [design(1.0, windows(1.0, 0)), design(3.0, windows(3.0, 0))]
    drawn = drawn_values(designs, [MEAN, QUANTILE], seed=0)
    np.testing.assert_allclose(drawn[:, 1] / drawn[:, 0], 3.0)
    assert np.ptp(drawn[:, 0, 0]) > 0
