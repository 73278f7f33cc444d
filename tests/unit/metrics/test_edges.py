from __future__ import annotations

import math

import pytest
from hypothesis import given
from properties.cases import Case, cases
from unit.metrics.robbed import chain, traced

from nhilab.base.quantities import SECOND
from nhilab.metrics.edges import edge_rows, edge_uses
from nhilab.metrics.paths import Traces
from nhilab.metrics.reading import Reading
from scenarios import share


def test_a_chain_of_three_has_three_links_and_three_ends() -> None:
    rows = edge_rows([edge_uses(traced(chain(), 10, 60))], campaigns=2)
    found = {(r.edge.verb, r.edge.target.name): (r.campaigns, r.weighted_reach) for r in rows}
    assert found == {
        ("enters", "place-0"): (2, 3.5), ("takes", "identity-0"): (1, 3.5), ("impersonates", "identity-1"): (1, 3.0),
        ("impersonates", "identity-2"): (1, 2.0), ("reaches", "resource-0"): (1, 0.5),
        ("reaches", "resource-1"): (1, 1.0), ("reaches", "resource-2"): (1, 2.0),
    }  # fmt: skip
    assert {r.edge.operation: round(r.median_first_s * SECOND) for r in rows if r.edge.verb == "reaches"} == {
        "resource-0:read": 1, "resource-1:read": 2, "resource-2:read": 3,
    }  # fmt: skip


@share(50)
@given(cases())
def test_edges_into_resources_and_out_of_entries_carry_all_weighted_reach(case: Case) -> None:
    found = case.replayed()
    rows = edge_rows([edge_uses(Traces(Reading(case.ledger, found)))], campaigns=len(found.campaigns))
    mean = math.fsum(found.campaigns.reach_weighted.tolist()) / len(found.campaigns)
    assert sum(r.weighted_reach for r in rows if r.edge.verb == "reaches") == pytest.approx(mean)
    assert sum(r.weighted_reach for r in rows if r.edge.source.kind == "entry") == pytest.approx(mean)
