"""What each of several things that can be on or off is worth."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from nhilab.base.quantities import FloatArray
from nhilab.study.experiments.shapley import contrasts, shapley_values

VALUES = st.integers(-10_000, 10_000).map(lambda n: n / 8)


def games(k: int) -> st.SearchStrategy[FloatArray]:
    return arrays.arrays(np.float64, (2, 2**k), elements=VALUES)


GAMES = st.integers(1, 5).flatmap(games)


def over_all_orders(game: FloatArray) -> FloatArray:
    """Shapley values by their definition: what each adds when it is switched on, averaged over all orders."""
    k = len(game).bit_length() - 1
    added = np.zeros(k)
    orders = list(itertools.permutations(range(k)))
    for order in orders:
        on = 0
        for i in order:
            added[i] += game[on | 1 << i] - game[on]
            on |= 1 << i
    return added / len(orders)


def by_signs(game: FloatArray) -> FloatArray:
    """Contrasts by their definition: a sum with signs over all combinations."""
    k = len(game).bit_length() - 1
    combinations = range(len(game))
    signs = [
        [np.prod([1 if t >> i & 1 else -1 for i in range(k) if s >> i & 1]) for t in combinations] for s in combinations
    ]
    sums = np.array(signs) @ game / 2 ** (k - 1)
    sums[0] /= 2
    return sums


@given(GAMES)
def test_shares_add_to_what_all_together_change(game: FloatArray) -> None:
    np.testing.assert_allclose(shapley_values(game).sum(axis=1), game[:, -1] - game[:, 0], atol=1e-8)


@given(GAMES)
def test_a_share_is_the_mean_over_all_orders(game: FloatArray) -> None:
    np.testing.assert_allclose(shapley_values(game), [over_all_orders(row) for row in game], atol=1e-8)


@given(game=games(4), i=st.integers(0, 3))
def test_what_changes_nothing_has_exactly_nothing(game: FloatArray, i: int) -> None:
    combinations = np.arange(16)
    same = game[:, combinations & ~(1 << i)]
    assert np.all(shapley_values(same)[:, i] == 0)
    assert np.all(contrasts(same)[:, combinations >> i & 1 == 1] == 0)


@given(games(4))
def test_two_that_can_stand_for_each_other_have_the_same(game: FloatArray) -> None:
    combinations = np.arange(16)
    swapped = combinations & ~0b11 | (combinations & 1) << 1 | combinations >> 1 & 1
    found = shapley_values((game + game[:, swapped]) / 2)
    np.testing.assert_allclose(found[:, 0], found[:, 1], atol=1e-8)


@given(games(3), games(3))
def test_shares_and_contrasts_of_a_sum_are_sums(one: FloatArray, other: FloatArray) -> None:
    for function in (shapley_values, contrasts):
        np.testing.assert_allclose(function(one + other), function(one) + function(other), atol=1e-8)


@given(GAMES)
def test_contrasts_are_sums_with_signs(game: FloatArray) -> None:
    np.testing.assert_allclose(contrasts(game), [by_signs(row) for row in game], atol=1e-8)


def test_contrasts_are_orthogonal_and_equally_precise() -> None:
    matrix = contrasts(np.eye(16)).T
    gram = matrix @ matrix.T
    np.testing.assert_allclose(gram - np.diag(np.diag(gram)), 0, atol=1e-15)
    np.testing.assert_allclose(np.diag(gram)[1:], 4 / 16)


def test_of_things_that_only_add_each_has_its_own_effect_and_no_interaction() -> None:
    own = np.array([3.0, -1.0, 0.5])
    game = np.array([[sum(own[i] for i in range(3) if c >> i & 1) for c in range(8)]])
    np.testing.assert_allclose(shapley_values(game), [own])
    np.testing.assert_allclose(contrasts(game)[0, 1:], [3.0, -1.0, 0, 0.5, 0, 0, 0], atol=1e-12)


def test_of_two_that_need_each_other_each_has_half_and_all_is_interaction() -> None:
    game = np.array([[0.0, 0.0, 0.0, 8.0]])
    np.testing.assert_allclose(shapley_values(game), [[4.0, 4.0]])
    np.testing.assert_allclose(contrasts(game), [[2.0, 4.0, 4.0, 4.0]])


def test_rounding_is_not_taken_for_an_effect() -> None:
    game = np.array([[0.1 + 0.2, 0.3]]) * 1e5
    assert shapley_values(game)[0, 0] == 0 == contrasts(game)[0, 1]


def test_where_a_value_is_missing_there_is_no_share() -> None:
    assert np.isnan(shapley_values(np.array([[1.0, np.nan]]))).all()
