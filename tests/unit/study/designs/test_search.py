"""The search for a frontier, on spaces whose frontier is known because all of it was tried."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest

from nhilab.base.quantities import FloatArray
from nhilab.study.designs.dominance import non_dominated
from nhilab.study.designs.search import BATCH, Values, search
from nhilab.study.designs.space import Point

SIZES = (8, 6, 4, 4, 3)
"""2,304 points."""


def value(point: Point) -> Values:
    """Risk against overhead along the first coordinate; every other one has a best value of its own."""
    x = [i / (size - 1) for i, size in zip(point, SIZES, strict=True)]
    waste = x[1] + x[2] / 2 + abs(x[3] - 1 / 3) + x[4]
    return x[0] * (1 + waste) + 0.02 * waste, (1 - math.sqrt(x[0])) * (1 + waste) + 0.3 * waste


def evaluate(points: Sequence[Point]) -> list[Values | None]:
    return [value(point) for point in points]


def hypervolume(values: FloatArray, worst: FloatArray) -> float:
    """Area that the frontier of two columns leaves worse than itself, up to the worst."""
    front = values[non_dominated(values)]
    area, edge = 0.0, worst[1]
    for x, y in front[np.lexsort((front[:, 1], front[:, 0]))].tolist():
        area += max(worst[0] - x, 0.0) * max(edge - y, 0.0)
        edge = min(edge, y)
    return area


@pytest.mark.parametrize("seed", [0, 1])
def test_a_twelfth_of_the_space_gives_nearly_all_of_its_frontier(seed: int) -> None:
    everything = np.array([value(point) for point in itertools.product(*map(range, SIZES))])
    found = search(SIZES, evaluate, objectives=2, evaluations=200, seed=seed)
    tried = np.array(list(found.values()))
    worst = everything.max(axis=0)
    assert len(found) == 200
    assert hypervolume(tried, worst) >= 0.99 * hypervolume(everything, worst)


def test_the_same_seed_tries_the_same_points_and_another_one_others() -> None:
    runs = [search(SIZES, evaluate, objectives=2, evaluations=60, seed=seed) for seed in (3, 3, 4)]
    assert list(runs[0].items()) == list(runs[1].items())
    assert set(runs[0]) != set(runs[2])


def test_no_point_is_tried_twice_and_no_batch_is_larger_than_agreed() -> None:
    asked: list[Sequence[Point]] = []

    def noted(points: Sequence[Point]) -> list[Values | None]:
        asked.append(points)
        return evaluate(points)

    search(SIZES, noted, objectives=2, evaluations=70, seed=0)
    points = [point for batch in asked for point in batch]
    assert len(points) == len(set(points)) == 70
    assert max(map(len, asked)) <= BATCH


def test_points_that_cannot_be_had_do_not_end_the_search() -> None:
    def half(points: Sequence[Point]) -> list[Values | None]:
        return [value(point) if point[1] % 2 else (math.nan, 0.0) if point[2] else None for point in points]

    found = search(SIZES, half, objectives=2, evaluations=60, seed=0)
    assert len(found) == 60
    assert sum(values is None for values in found.values()) > 0


def test_a_space_that_is_used_up_ends_the_search() -> None:
    def small(points: Sequence[Point]) -> list[Values | None]:
        return [(float(i), float(-i)) for (i,) in points]

    assert set(search((3,), small, objectives=2, evaluations=40, seed=0)) == {(0,), (1,), (2,)}
