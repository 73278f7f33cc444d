"""What would be within reach if time played no part, on ways made up by hand."""

from __future__ import annotations

import pytest

from nhilab.testing.closure import Place, Ways, closure

WAYS = Ways(
    lying={(0, 0): {10}, (2, 5): {13}},
    units={1: {(1, 0), (1, 1)}, 2: {(2, 5)}},
    inner={1: {2}},
    attested={1: {11}},
    permitted={10: {100}, 11: {101}, 12: {102}, 13: {103}, 14: {104}},
    opened={100: [(1, -1)], 101: [(-1, 12)], 104: [(-1, 10)]},
    resource=[*range(100), 0, 1, 2, 3, 4],
)
"""A token (10) in place 0 opens place 1, which is trusted with 11, which may be 12; place 2 lies inside place 1."""


@pytest.mark.parametrize(
    ("units", "scopes", "reached"),
    [
        ([], [], set()),
        ([], [12], {2}),
        ([], [11], {1, 2}),
        ([(2, 5)], [], {3}),
        ([(1, 0)], [], {1, 2, 3}),
        ([(0, 0)], [], {0, 1, 2, 3}),
        ([], [14], {0, 1, 2, 3, 4}),
    ],
    ids=[
        "nothing",
        "a scope",
        "an identity opened",
        "what lies there",
        "a place inside",
        "a place opened",
        "all of it",
    ],
)
def test_each_way_leads_on(units: list[Place], scopes: list[int], reached: set[int]) -> None:
    assert closure(WAYS, units, scopes) == reached
