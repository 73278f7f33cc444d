"""Lengths of unions of intervals, many sets at once."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nhilab.base.spans import union_lengths, unions

ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12), st.integers(0, 12)), max_size=12)


@given(ROWS)
def test_a_union_is_as_long_as_the_instants_it_holds(rows: list[tuple[int, int, int]]) -> None:
    key, start, end = (np.array([row[i] for row in rows], np.int64) for i in range(3))
    held = [{t for k, a, b in rows if k == wanted for t in range(a, b)} for wanted in range(4)]
    assert union_lengths(key, start, end, n=4).tolist() == [len(instants) for instants in held]


@given(ROWS)
def test_unions_are_sorted_and_leave_gaps_between_them(rows: list[tuple[int, int, int]]) -> None:
    key, start, end = unions(*(np.array([row[i] for row in rows], np.int64) for i in range(3)))
    assert (start < end).all()
    same = key[1:] == key[:-1]
    assert (key[1:] >= key[:-1]).all()
    assert (start[1:][same] > end[:-1][same]).all()
