from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from nhilab.base.streams import keyed_uniform, stream

KEYS = stream(11, "keys of these tests").integers(0, 2**64, 20_000, dtype=np.uint64)


def test_seed_zero_is_a_seed_like_any_other() -> None:
    first, again = stream(0, "arrivals").random(8), stream(0, "arrivals").random(8)
    assert first.tolist() == again.tolist()
    assert first.tolist() != stream(1, "arrivals").random(8).tolist()


def test_no_global_state_reaches_a_stream() -> None:
    before = stream(3, "arrivals").random()
    stream(3, "services").random(100)
    assert stream(3, "arrivals").random() == before


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("arrivals",), ("services",)),
        (("arrivals", 0), ("arrivals", 1)),
        (("arrivals", 1), ("arrivals", "1")),
        (("a", "b"), ("b", "a")),
        (("ab",), ("a", "b")),
        ((), ("",)),
    ],
)
def test_different_purposes_have_different_chance(one: tuple[str | int, ...], other: tuple[str | int, ...]) -> None:
    assert stream(0, *one).random(4).tolist() != stream(0, *other).random(4).tolist()


def test_streams_of_two_purposes_are_uncorrelated() -> None:
    n = 20_000
    for seed in range(3):
        a, b = stream(seed, "arrivals").standard_normal(n), stream(seed, "services").standard_normal(n)
        assert abs(np.corrcoef(a, b)[0, 1]) < 4.5 / np.sqrt(n)


def test_neighbouring_replications_look_uniform_together() -> None:
    first = [stream(0, "arrivals", replication).random() for replication in range(2_000)]
    assert stats.kstest(first, "uniform").pvalue > 1e-4


def test_a_number_from_an_array_names_the_same_purpose() -> None:
    for replication in np.arange(2):
        assert stream(0, "arrivals", replication).random() == stream(0, "arrivals", int(replication)).random()
    assert stream(0, np.array(["a"])[0]).random() == stream(0, "a").random()


@pytest.mark.parametrize("purpose", [0, 1, 2, 17, 1000])
def test_keyed_variates_look_uniform(purpose: int) -> None:
    assert stats.kstest(keyed_uniform(KEYS, purpose), "uniform").pvalue > 1e-5


def test_keyed_variates_of_consecutive_keys_look_uniform() -> None:
    counted = np.arange(20_000, dtype=np.uint64)
    assert stats.kstest(keyed_uniform(counted, 0), "uniform").pvalue > 1e-5


@pytest.mark.parametrize(("one", "other"), [(0, 1), (1, 2), (0, 17), (3, 1000)])
def test_keyed_variates_of_two_purposes_are_independent(one: int, other: int) -> None:
    a, b = keyed_uniform(KEYS, one), keyed_uniform(KEYS, other)
    counts, _, _ = np.histogram2d(a, b, bins=8, range=[[0, 1], [0, 1]])
    assert stats.chi2_contingency(counts).pvalue > 1e-5


def test_keyed_variates_shifted_by_one_purpose_are_seen_as_dependent() -> None:
    a = keyed_uniform(KEYS, 0)
    counts, _, _ = np.histogram2d(a, (a + 0.05) % 1, bins=8, range=[[0, 1], [0, 1]])
    assert stats.chi2_contingency(counts).pvalue < 1e-5


def test_keyed_variates_are_never_zero_nor_one() -> None:
    extreme = np.array([0, 1, 2**63, 2**64 - 1], dtype=np.uint64)
    drawn = np.concatenate([keyed_uniform(extreme, purpose) for purpose in range(500)])
    assert (drawn > 0).all()
    assert (drawn < 1).all()


def test_a_keyed_variate_depends_on_its_own_row_only() -> None:
    chosen = np.array([5, 3, 3, 19_999])
    assert keyed_uniform(KEYS[chosen], 2).tolist() == keyed_uniform(KEYS, 2)[chosen].tolist()
    assert keyed_uniform(KEYS[:0], 2).shape == (0,)


def test_keyed_variates_are_those_of_splitmix64() -> None:
    # First two outputs of the reference generator started at 1234567 (Vigna's splitmix64.c).
    published = [6457827717110365317, 3203168211198807973]
    key = np.array([1234567], dtype=np.uint64)
    for purpose, word in enumerate(published):
        assert keyed_uniform(key, purpose)[0] == ((word >> 12) + 0.5) / 2**52
