from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from properties.cases import Case, cases
from unit.metrics.robbed import chain, prolonged, star, traced, two_routes

from nhilab.base.quantities import SECOND
from nhilab.metrics.frequent import frequent_paths, path_counts
from nhilab.metrics.paths import Moves, Traces, path_of
from nhilab.metrics.reading import Reading
from scenarios import share


def words(moves: Moves) -> list[str]:
    return [" ".join(part for part in (m.verb, m.operation, str(m.node)) if part) for m in moves]


START = ["begins entry:door", "enters place:place-0", "takes credential:identity-0/issuer-standing/all-grants"]
SECOND_LINK = "impersonates resource-0:read credential:identity-1/issuer-standing/all-grants"
THIRD_LINK = "impersonates resource-1:read credential:identity-2/issuer-standing/all-grants"


def test_a_chain_of_three_is_one_path_with_all_its_operations_and_instants() -> None:
    traces = traced(chain())
    last = path_of(traces, 2)
    assert words(tuple(m.move for m in last)) == [
        *START, SECOND_LINK, THIRD_LINK, "reaches resource-2:read resource:resource-2",
    ]  # fmt: skip
    assert [m.after_s * SECOND for m in last] == pytest.approx([0, 0, 0, 1, 2, 3])
    assert [m.unit for m in last] == [-1, 0, -1, -1, -1, -1]


def test_the_paths_of_a_chain_carry_one_resource_each() -> None:
    found = frequent_paths([path_counts(traced(chain()))], campaigns=1)
    assert [(words(p.path)[-1], p.weighted_reach, p.median_openings) for p in found] == [
        (THIRD_LINK, 4, 2), (SECOND_LINK, 2, 1), (START[-1], 1, 0),
    ]  # fmt: skip
    assert [round(p.median_first_s * SECOND) for p in found] == [3, 2, 1]


def test_the_centre_of_a_star_is_on_the_path_to_every_point() -> None:
    found = frequent_paths([path_counts(traced(star()))], campaigns=1)
    assert [p.weighted_reach for p in found] == [8, 4, 2, 1]
    assert all(words(p.path)[:3] == START for p in found)


def test_paths_are_ranked_by_campaigns_and_shares_count_those_that_find_nothing() -> None:
    """The second thief comes when the credential is dead; the third finds what the first found."""
    found = frequent_paths([path_counts(traced(chain(), 10, 60, 20))], campaigns=3)
    assert [p.campaigns for p in found] == [2, 2, 2]
    assert [p.campaign_share for p in found] == [2 / 3] * 3
    assert [p.weighted_reach for p in found] == pytest.approx([8 / 3, 4 / 3, 2 / 3])


def test_counts_of_two_runs_add_up_to_those_of_one() -> None:
    both = frequent_paths([path_counts(traced(chain(), 10)), path_counts(traced(chain(), 20))], campaigns=2)
    assert both == frequent_paths([path_counts(traced(chain(), 10, 20))], campaigns=2)


def test_of_two_routes_the_recorded_one_has_the_least_row() -> None:
    found = frequent_paths([path_counts(traced(two_routes()))], campaigns=1)
    assert words(found[0].path)[2:] == [START[-1], SECOND_LINK.replace("identity-1", "identity-2")]


def test_what_only_a_later_foothold_finds_is_recorded_from_the_first() -> None:
    """The foothold that the first credential keeps alive is a step of the entry, so the first is not on the path."""
    traces = traced(prolonged())
    path = path_of(traces, 1)
    assert [m.move.verb for m in path] == ["begins", "enters", "takes", "reaches"]
    assert path[2].after_s * SECOND == pytest.approx(20)


@share(100)
@given(cases())
def test_every_path_begins_at_the_entry_and_its_instants_never_decrease(case: Case) -> None:
    found = case.replayed()
    traces = Traces(Reading(case.ledger, found))
    for row in range(len(found.reached)):
        path = path_of(traces, row)
        assert path[0].move == traces.begin(int(found.reached.campaign[row]))
        assert path[1].move.verb in ("enters", "brings", "signs")
        assert [m for m in path if m.move.verb in ("enters", "brings", "signs")] == [path[1]]
        assert path[0].after_s == 0 <= path[1].after_s
        assert all(a.after_s <= b.after_s for a, b in pairwise(path))
        assert sum(m.move.operation != "" for m in path[:-1]) == found.reached.n_hops[row]


@share(100)
@given(cases())
def test_the_paths_together_carry_all_weighted_reach(case: Case) -> None:
    found = case.replayed()
    traces = Traces(Reading(case.ledger, found))
    reach = math.fsum(found.campaigns.reach_weighted.tolist())
    assert math.fsum(count.weight for count in path_counts(traces).values()) == pytest.approx(reach)
    assert traces.ends.sum() == pytest.approx(reach)
    assert traces.carries[found.steps.previous < 0].sum() == pytest.approx(reach)
