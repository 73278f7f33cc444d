"""Sets of instants against brute force: sets of whole numbers."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nhilab.base.quantities import NEVER
from nhilab.campaign.intervals import NOTHING, Intervals, common, joined, one, stretched, union
from scenarios import share

pairs = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6)


def made(rows: list[tuple[int, int]]) -> Intervals:
    starts, ends = (np.array([row[i] for row in rows], np.int64) for i in (0, 1))
    return union(starts, ends)


def members(instants: Intervals) -> set[int]:
    return {t for s, e in zip(instants.starts.tolist(), instants.ends.tolist(), strict=True) for t in range(s, e)}


def brute(rows: list[tuple[int, int]]) -> set[int]:
    return {t for s, e in rows for t in range(s, e)}


def assert_canonical(instants: Intervals) -> None:
    """Sorted, not empty, with gaps between them; int64."""
    starts, ends = instants
    assert starts.dtype == ends.dtype == np.int64
    assert (starts < ends).all() and (ends[:-1] < starts[1:]).all()


@share(100)
@given(pairs)
def test_a_union_holds_exactly_the_instants_of_its_parts_with_gaps_between(rows: list[tuple[int, int]]) -> None:
    assert members(made(rows)) == brute(rows)
    assert_canonical(made(rows))


@share(100)
@given(pairs, pairs)
def test_joined_sets_hold_the_instants_of_both(a: list[tuple[int, int]], b: list[tuple[int, int]]) -> None:
    both = joined(made(a), made(b))
    assert members(both) == brute(a) | brute(b)
    assert_canonical(both)
    assert joined(made(b), made(a)).same(both) and joined(both, made(a)).same(both)


@share(100)
@given(st.tuples(st.integers(0, 9), st.integers(1, 9)), st.tuples(st.integers(0, 9), st.integers(1, 9)))
def test_two_single_intervals_join_as_any_others_do(a: tuple[int, int], b: tuple[int, int]) -> None:
    first, second = (a[0], a[0] + a[1]), (b[0], b[0] + b[1])
    both = joined(one(*first), one(*second))
    assert members(both) == brute([first, second])
    assert_canonical(both)


@share(100)
@given(pairs, st.integers(0, 30), st.integers(0, 30))
def test_the_common_part_holds_the_instants_on_the_window(rows: list[tuple[int, int]], low: int, high: int) -> None:
    part = common(made(rows), low, high)
    assert members(part) == brute(rows) & set(range(low, high))
    assert_canonical(part)


@share(100)
@given(pairs, st.integers(0, 30), st.integers(0, 10), st.integers(0, 10))
def test_stretched_sets_begin_later_and_end_later(
    rows: list[tuple[int, int]], not_before: int, delay: int, longer: int
) -> None:
    instants = made(rows)
    spans = zip(instants.starts.tolist(), instants.ends.tolist(), strict=True)
    wanted = [(max(s, not_before) + delay, e + longer) for s, e in spans]
    assert members(stretched(instants, not_before, delay, longer)) == brute(wanted)
    assert_canonical(stretched(instants, not_before, delay, longer))


@share(50)
@given(pairs, pairs)
def test_sets_are_the_same_if_they_hold_the_same_instants(a: list[tuple[int, int]], b: list[tuple[int, int]]) -> None:
    assert made(a).same(made(b)) == (brute(a) == brute(b))


def test_a_set_without_end_stays_without_end_when_it_is_stretched() -> None:
    endless = joined(one(5, 9), one(20, NEVER))
    for longer in (0, 7, NEVER):
        assert stretched(endless, 0, 1, longer).ends[-1] == NEVER
        assert stretched(one(20, NEVER), 0, 1, longer).ends.tolist() == [NEVER]
    assert stretched(endless, 0, 1, NEVER).ends.tolist() == [NEVER]
    assert stretched(one(5, 9), 0, 1, NEVER).ends.tolist() == [NEVER]
    assert stretched(joined(one(5, 9), one(20, 30)), 0, 1, 4).ends.tolist() == [13, 34]


def test_touching_intervals_become_one_and_a_gap_of_one_instant_stays() -> None:
    assert made([(3, 5), (5, 8)]).starts.tolist() == [3]
    assert made([(3, 5), (6, 8)]).starts.tolist() == [3, 6]
    assert joined(one(6, 8), one(3, 5)).ends.tolist() == [5, 8]


def test_empty_intervals_hold_nothing() -> None:
    for rows in ([], [(5, 5)], [(7, 3)], [(7, 3), (4, 4)]):
        assert made(rows).same(NOTHING)
    assert common(one(3, 9), 9, 12).same(NOTHING) and common(one(3, 9), 0, 3).same(NOTHING)
