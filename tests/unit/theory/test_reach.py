"""Reach: a thief who takes, waits a hop, tries and opens, instant by instant."""

from __future__ import annotations

import heapq

import pytest

from nhilab.theory import reach


def walked(children: dict[int, list[int]], hop: int, until: int) -> int:
    """Resources tried with success before the end, from the credential at place 0."""
    reached, tries = set(), [(hop, child) for child in children.get(0, [])]
    heapq.heapify(tries)
    while tries:
        now, resource = heapq.heappop(tries)
        if now >= until or resource in reached:
            continue
        reached.add(resource)
        for child in children.get(resource, []):
            heapq.heappush(tries, (now + hop, child))
    return len(reached)


@pytest.mark.parametrize("until", [1, 2, 3, 4, 5, 7, 100])
@pytest.mark.parametrize("hop", [0, 1, 2])
def test_a_thief_walks_a_tree_one_hop_at_a_time(hop, until):
    children = {i: [3 * i + 1, 3 * i + 2, 3 * i + 3] for i in range(1 + 3 + 9)}
    assert reach.tree(3, 3, hop=hop, until=until) == walked(children, hop, until)


@pytest.mark.parametrize("until", [1, 2, 3])
def test_a_star_falls_at_once(until):
    assert reach.star(7, hop=2, until=until) == walked({0: list(range(1, 8))}, 2, until)


@pytest.mark.parametrize("until", [1, 29, 30, 31, 90, 91, 10_000])
def test_a_chain_is_walked_until_the_credentials_die(until):
    assert reach.chain(10, hop=30, until=until) == walked({i: [i + 1] for i in range(10)}, 30, until)


def test_ties_are_ties_in_decimal_fractions():
    assert reach.chain(10, hop=0.1, until=0.3) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: reach.star(0, hop=1.0, until=10.0),
        lambda: reach.chain(3, hop=-1.0, until=10.0),
        lambda: reach.tree(2, 2, hop=1.0, until=0.0),
    ],
)
def test_arguments_outside_the_formula_are_refused(wrong):
    with pytest.raises(ValueError, match=r"found .*; allowed: "):
        wrong()
