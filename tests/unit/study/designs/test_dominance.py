"""Non-dominated rows, against the definition pair by pair."""

from __future__ import annotations

import math

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhilab.base.quantities import FloatArray
from nhilab.study.designs.dominance import almost_equal, clearly_dominating, membership, non_dominated

TABLES = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 8), st.integers(1, 4)),
    elements=st.sampled_from([0.0, 1.0, 2.0, 3.0, math.inf, math.nan]),
)


def slow(values: FloatArray) -> list[bool]:
    """Whether no other row is nowhere worse and somewhere better; a row without a value is never the best."""

    def dominates(a: list[float], b: list[float]) -> bool:
        return all(x <= y for x, y in zip(a, b, strict=True)) and any(x < y for x, y in zip(a, b, strict=True))

    rows = values.tolist()
    return [not any(map(math.isnan, row)) and not any(dominates(other, row) for other in rows) for row in rows]


@given(TABLES)
def test_non_dominated_rows_are_those_of_the_definition(values: FloatArray) -> None:
    assert non_dominated(values).tolist() == slow(values)


@given(st.lists(TABLES.map(lambda t: np.resize(t, (4, 2))), min_size=1, max_size=4))
def test_membership_is_the_share_of_tables_in_which_a_row_is_non_dominated(tables: list[FloatArray]) -> None:
    assert membership(np.stack(tables)).tolist() == np.mean([slow(t) for t in tables], axis=0).tolist()


def test_equal_rows_are_all_on_the_frontier() -> None:
    assert non_dominated(np.array([[1.0, 2.0], [1.0, 2.0], [2.0, 2.0]])).tolist() == [True, True, False]


def test_a_row_without_a_value_neither_is_the_best_nor_takes_another_out() -> None:
    assert non_dominated(np.array([[math.nan, 0.0], [1.0, 1.0]])).tolist() == [False, True]


def ends(first: FloatArray, half: float) -> tuple[FloatArray, FloatArray]:
    apart = first[:, None, :] - first[None, :, :]
    return apart - half, apart + half


@pytest.mark.parametrize(
    ("half", "tolerance", "expected"),
    [
        (0.0, 0.0, True),
        (0.9, 0.1, False),
        (0.5, 0.05, True),
        (1.1, 0.0, False),
        (0.0, 0.6, False),
        (math.nan, 0.0, False),
    ],
)
def test_dominance_is_clear_only_beyond_chance_and_beyond_what_counts(
    half: float, tolerance: float, expected: bool
) -> None:
    values = np.array([[10.0, 1.0], [10.0, 2.0]])
    low, high = ends(values, half)
    low[:, :, 0], high[:, :, 0] = (0.0, 0.0) if not math.isnan(half) else (math.nan, math.nan)
    assert clearly_dominating(values, low, high, tolerance=tolerance).tolist() == [[False, expected], [False, False]]


@given(TABLES.map(np.nan_to_num), st.floats(0, 2), st.sampled_from([0.0, 0.02, 0.5]))
def test_no_two_rows_clearly_dominate_each_other(values: FloatArray, half: float, tolerance: float) -> None:
    found = clearly_dominating(values, *ends(values, half), tolerance=tolerance)
    assert not (found & found.T).any()
    assert not found.diagonal().any()


@given(TABLES.map(np.nan_to_num))
def test_without_chance_and_tolerance_clear_dominance_leaves_the_frontier(values: FloatArray) -> None:
    found = clearly_dominating(values, *ends(values, 0.0), tolerance=0.0)
    assert (~found.any(axis=0)).tolist() == slow(values)


def test_infinite_values_are_almost_equal_to_themselves_alone() -> None:
    near = almost_equal(np.array([[math.inf], [math.inf], [1.0]]), tolerance=0.02)
    assert near.tolist() == [[True, True, False], [True, True, False], [False, False, True]]
