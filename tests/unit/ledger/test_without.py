from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from unit.metrics.robbed import chain, robbed, two_routes, world

from nhilab.ledger.tables import Ledger
from nhilab.ledger.without import Part, PartKind, without


def observed(ledger: Ledger) -> Ledger:
    return dataclasses.replace(ledger, follow_up=100)


def reached(ledger: Ledger, **entrance: int) -> list[int]:
    return robbed(ledger, **entrance).compromises.reached.resource.tolist()


@pytest.mark.parametrize(
    ("part", "left"),
    [
        (Part(PartKind.CREDENTIAL, identity=0, stage=0), []),
        (Part(PartKind.CREDENTIAL, identity=1, stage=0), [0]),
        (Part(PartKind.CREDENTIAL, identity=2, stage=0), [0, 1]),
        (Part(PartKind.OPENING, permission=1, identity=2), [0, 1]),
        (Part(PartKind.OPENING, permission=1, identity=0), [0, 1, 2]),
        (Part(PartKind.PLACE, place=0), []),
    ],
)
def test_without_a_link_a_chain_ends_before_it(part: Part, left: list[int]) -> None:
    assert reached(without(observed(chain().ledger()), part)) == left


def test_the_other_of_two_routes_still_leads_there() -> None:
    ledger = observed(two_routes().ledger())
    assert reached(without(ledger, Part(PartKind.OPENING, permission=0, identity=2))) == [0, 1, 2]
    assert reached(without(ledger, Part(PartKind.CREDENTIAL, identity=0, stage=0))) == [1, 2]


def test_what_lies_inside_a_place_hangs_on_the_one_around_it_instead() -> None:
    made = chain()
    middle = made.place(inside=0)
    inner = made.place(inside=middle)
    made.rows["copies"][0]["place"] = inner
    ledger = observed(made.ledger())
    changed = without(ledger, Part(PartKind.PLACE, place=middle))
    assert changed.estate.places.inside.tolist() == [-1, 0, 0]
    assert reached(changed) == [0, 1, 2]
    assert reached(changed, place=middle) == []
    assert reached(ledger, place=middle) == [0, 1, 2]


def test_nobody_is_trusted_from_a_place_that_is_gone_and_nothing_opens_it() -> None:
    made = world({0: ()}, lying=(0, 1))
    made.rows["stages"][0]["source"] = 1
    other = made.place()
    made.rows["copies"][1]["place"] = other
    made.add("openings", permission=0, place=other)
    made.add("attestations", identity=0, place=0)
    made.add("attestations", identity=1, place=other)
    ledger = observed(made.ledger())
    assert reached(ledger) == [0, 1]
    assert reached(without(ledger, Part(PartKind.PLACE, place=other))) == [0]
    assert reached(without(ledger, Part(PartKind.PLACE, place=other)), place=other) == []


def test_without_a_derived_stage_that_identity_alone_mints_it_no_more() -> None:
    made = world({}, lying=(0, 1))
    made.stage(30, 2)
    made.add("outages", stage=0, from_at=45, until_at=48)
    ledger = observed(made.ledger())
    assert robbed(ledger).compromises.campaigns.n_minted.tolist() == [2]
    changed = without(ledger, Part(PartKind.CREDENTIAL, identity=0, stage=1))
    found = robbed(changed).compromises
    minted = found.steps.kind == 2
    assert (found.campaigns.n_taken.tolist(), found.campaigns.n_minted.tolist()) == ([2], [1])
    assert found.steps.scope[minted].tolist() == [1]
    assert changed.outages.stage.tolist() == [0, 2], "a stage of its own, with the issuer it had"


def test_without_its_parents_a_derived_credential_can_still_be_taken() -> None:
    made = world({}, lying=(0,))
    made.stage(30, 2)
    made.copy(made.credential(0, expires=30, stage=1), 0)
    found = robbed(without(observed(made.ledger()), Part(PartKind.CREDENTIAL, identity=0, stage=0))).compromises
    assert found.taken.credential.tolist() == [1]
    assert found.campaigns.n_minted.tolist() == [0]


def test_a_standing_credential_of_no_stage_is_taken_away_alone() -> None:
    made = world({}, lying=(0,))
    made.copy(made.credential(0, stage=-1), 0)
    found = robbed(without(observed(made.ledger()), Part(PartKind.CREDENTIAL, identity=0, stage=-1))).compromises
    assert found.taken.credential.tolist() == [0]


def test_copies_keep_their_rows_and_their_beginnings() -> None:
    ledger = observed(chain().ledger())
    changed = without(ledger, Part(PartKind.PLACE, place=0))
    assert changed.copies.until_at.tolist() == changed.copies.from_at.tolist()
    assert np.array_equal(changed.copies.from_at, ledger.copies.from_at)
