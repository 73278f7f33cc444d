"""What a thief loses when a part of the estate is taken away."""

from __future__ import annotations

import dataclasses

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from properties.cases import Case, cases, with_estate

from nhilab.campaign.draw import draw_entrances
from nhilab.ledger.compromises import Compromises, StepKind
from nhilab.ledger.tables import Ledger
from nhilab.ledger.without import Part, PartKind, without
from nhilab.metrics.chokepoints import on_recorded_paths
from nhilab.metrics.paths import Traces
from nhilab.metrics.reading import Reading
from nhilab.scenario.scenario import Scenario
from scenarios import runs, share


def parts(ledger: Ledger) -> list[Part]:
    """Everything that can be taken away."""
    estate = ledger.estate
    stages = range(-1, len(ledger.stages))
    opened = zip(*(c.tolist() for c in estate.openings.columns().values()), strict=True)
    return [
        *(Part(PartKind.PLACE, place=place) for place in range(len(estate.places))),
        *(Part(PartKind.CREDENTIAL, identity=i, stage=k) for i in range(len(estate.identities)) for k in stages),
        *(Part(PartKind.OPENING, permission=p, place=q, identity=i) for p, q, i, *_ in opened),
    ]


def reached(found: Compromises) -> set[tuple[int, int]]:
    return set(zip(found.reached.campaign.tolist(), found.reached.resource.tolist(), strict=True))


def uses(ledger: Ledger, found: Compromises, part: Part) -> bool:
    """Whether some step makes use of a part; the entry's own foothold uses no place."""
    steps = found.steps
    if part.kind == PartKind.PLACE:
        return bool(((steps.place == part.place) & (steps.previous >= 0)).any())
    identity = np.append(ledger.scopes.identity, -1)[steps.scope]
    if part.kind == PartKind.OPENING:
        opened = steps.place == part.place if part.place >= 0 else identity == part.identity
        return bool(((steps.permission == part.permission) & opened).any())
    kinds = (StepKind.TAKEN, StepKind.MINTED)
    return bool((np.isin(steps.kind, kinds) & (identity == part.identity) & (steps.stage == part.stage)).any())


@share(150)
@given(cases(), st.data())
def test_what_is_taken_away_is_used_no_more_and_nothing_is_gained(case: Case, data: st.DataObject) -> None:
    part = data.draw(st.sampled_from(parts(case.ledger)))
    ledger = without(case.ledger, part)
    before, after = case.replayed(), case.replayed(ledger=ledger)
    assert not uses(ledger, after, part)
    assert reached(after) <= reached(before)
    assert (after.campaigns.access_until <= before.campaigns.access_until).all()


@share(100)
@given(cases(), st.data())
def test_where_no_place_can_be_opened_no_more_is_lost_than_was_carried(case: Case, data: st.DataObject) -> None:
    """A foothold that something else prolongs can rest on what is not on any recorded path."""
    openings = case.ledger.estate.openings
    closed = dataclasses.replace(openings, place=np.full(len(openings), -1))
    case = dataclasses.replace(case, ledger=with_estate(case.ledger, openings=closed))
    before = case.replayed()
    carried = on_recorded_paths(Traces(Reading(case.ledger, before)))
    part = data.draw(st.sampled_from([*carried, *parts(case.ledger)]))
    after = case.replayed(ledger=without(case.ledger, part))
    lost = before.campaigns.reach_weighted.sum() - after.campaigns.reach_weighted.sum()
    assert lost <= (carried[part].weight if part in carried else 0) + 1e-9


@share(30)
@given(runs(), st.data())
def test_thieves_enter_where_and_when_they_did_before(run: tuple[Scenario, Ledger], data: st.DataObject) -> None:
    scenario, ledger = run
    changed = without(ledger, data.draw(st.sampled_from(parts(ledger))))
    ways = [draw_entrances(each, scenario.threat, n=6, seed=3) for each in (ledger, changed)]
    for name, column in ways[0].columns().items():
        assert np.array_equal(column, ways[1].columns()[name]), name
