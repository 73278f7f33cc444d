from __future__ import annotations

from unit.metrics.robbed import chain, prolonged, star, traced, two_routes

from nhilab.ledger.without import Part, PartKind
from nhilab.metrics.chokepoints import on_recorded_paths, part_name
from nhilab.metrics.paths import Traces

DOOR = Part(PartKind.PLACE, place=0)


def kind(identity: int) -> Part:
    return Part(PartKind.CREDENTIAL, identity=identity, stage=0)


def opening(permission: int, identity: int) -> Part:
    return Part(PartKind.OPENING, permission=permission, identity=identity)


def carried(traces: Traces) -> dict[Part, float]:
    return {part: use.weight for part, use in on_recorded_paths(traces).items()}


def test_each_link_of_a_chain_carries_what_lies_behind_it() -> None:
    assert carried(traced(chain())) == {
        DOOR: 7, kind(0): 7, kind(1): 6, kind(2): 4, opening(0, 1): 6, opening(1, 2): 4,
    }  # fmt: skip


def test_the_points_of_a_star_carry_themselves() -> None:
    found = carried(traced(star()))
    assert (found[DOOR], found[kind(0)]) == (15, 15)
    assert [found[kind(i)] for i in (1, 2, 3)] == [found[opening(0, i)] for i in (1, 2, 3)] == [2, 4, 8]


def test_of_two_routes_only_the_recorded_one_carries() -> None:
    found = carried(traced(two_routes()))
    assert (found[kind(0)], found[kind(1)], found[kind(2)]) == (5, 2, 4)
    assert opening(1, 2) not in found


def test_a_part_that_a_path_leads_through_twice_counts_once() -> None:
    """The credential of identity 0 opens itself: taken, then minted of the same kind, which mints identity 1."""
    made = chain()
    made.add("openings", permission=1, identity=0)
    assert carried(traced(made))[kind(0)] == 7


def test_a_part_is_in_as_many_campaigns_as_reach_something_through_it() -> None:
    uses = on_recorded_paths(traced(chain(), 10, 60, 20))
    assert {use.campaigns for use in uses.values()} == {2}
    assert uses[DOOR].weight == 14


def test_what_prolongs_a_foothold_is_not_on_the_recorded_path() -> None:
    assert carried(traced(prolonged()))[kind(0)] == 1


def test_parts_are_named_in_words() -> None:
    nodes = traced(chain()).nodes
    assert str(part_name(nodes, kind(1)).node) == "credential:identity-1/issuer-standing"
    assert part_name(nodes, opening(0, 1))[1:] == (nodes.identity(1), "resource-0:read")
    assert part_name(nodes, DOOR).node == nodes.place(0)
