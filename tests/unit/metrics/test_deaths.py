"""Why deaths cannot be proved, and why proofs are false."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from reference.slow_world import World
from strategies import ledgers
from unit.ledger.layered import (
    OPEN,
    UNCHECKED,
    Row,
    cache,
    first_of,
    poll,
    push,
    replica,
    with_outages,
    world,
)
from unit.metrics.tiny import BUCKET, ledger

from nhilab.base.quantities import NEVER
from nhilab.ledger.tables import Ledger
from nhilab.metrics.deaths import BECAUSE, Because, deaths_of, no_campaigns
from nhilab.metrics.measure import measure
from nhilab.scenario.scenario import Scenario
from scenarios import runs, share

REVOKED: Row = {"purpose_end": 50, "revocation_requested_at": 50, "revoked_at": 50}
LOST: Row = REVOKED | {"lost_pushes": 1}


def of_stage(of: Ledger, **columns: Any) -> Ledger:
    """The same ledger with other words in its one stage."""
    given = {name: np.array([value]) for name, value in columns.items()}
    return dataclasses.replace(of, stages=dataclasses.replace(of.stages, **given))


def because(of: Ledger) -> Because:
    return Because(deaths_of(of).because[0])


def untrue(of: Ledger) -> Because:
    return Because(deaths_of(of).false_because[0])


def test_every_reason_has_words_of_its_own() -> None:
    assert list(BECAUSE) == list(Because)
    assert len(set(BECAUSE.values())) == len(Because)


def test_what_nobody_honours_past_its_purpose_is_dead_in_time() -> None:
    assert because(world(purpose_end=100)) is Because.IN_TIME
    assert because(world(**REVOKED)) is Because.IN_TIME
    assert because(world(purpose_end=99)) is not Because.IN_TIME


def test_what_neither_expires_nor_is_revoked_never_ends() -> None:
    assert because(world(expires=NEVER, purpose_end=50)) is Because.NEVER_ENDS


@pytest.mark.parametrize(
    ("asked", "effective", "expected"),
    [
        ("", "", Because.ONLY_EXPIRES),
        ("detection", "detection", Because.ONLY_EXPIRES),
        ("task-end", "", Because.CANNOT_REVOKE),
        ("task-end", "task-end", Because.NOT_ASKED),
        ("detection,renewal", "detection,renewal", Because.NOT_ASKED),
    ],
)
def test_what_only_expires_was_not_to_be_revoked_could_not_be_or_was_forgotten(
    asked: str, effective: str, expected: Because
) -> None:
    assert because(of_stage(world(purpose_end=50), asked_revoke=asked, effective_revoke=effective)) is expected


@pytest.mark.parametrize(("asked_at", "expected"), [(50, Because.REVOKED_LATE), (51, Because.ASKED_LATE)])
def test_a_late_revocation_was_asked_for_late_or_done_late(asked_at: int, expected: Because) -> None:
    assert because(world(purpose_end=50, revocation_requested_at=asked_at, revoked_at=60)) is expected


@pytest.mark.parametrize(
    ("layers", "verifier", "credential", "expected", "layer"),
    [
        ([], {"self_contained": True}, REVOKED, Because.DEAF, -1),
        ([], {"leeway": 5}, {"expires": 50, "purpose_end": 50}, Because.LEEWAY, -1),
        ([], {"self_contained": True, "leeway": 5}, {"expires": 50, "purpose_end": 50}, Because.LEEWAY, -1),
        ([cache(10)], {}, REVOKED, Because.CACHE, 0),
        ([cache(10, **UNCHECKED)], {}, {"expires": 50, "purpose_end": 50}, Because.CACHE, 0),
        ([poll(20)], {}, REVOKED, Because.POLL, 0),
        ([push(5)], {}, REVOKED, Because.PUSH, 0),
        ([push(5)], {}, LOST, Because.LOST_PUSH, 0),
        ([replica(5)], {}, REVOKED, Because.REPLICA, 0),
        (first_of(push(5), cache(10)), {}, REVOKED, Because.FIRST_OF, 0),
        ([push(0), poll(50), cache(10)], {}, REVOKED, Because.CACHE, 2),
        ([push(0), cache(10), cache(10)], {}, REVOKED, Because.CACHE, 1),
        ([], {"session_time": 10}, REVOKED, Because.SESSION, -1),
        ([poll(50)], {"session_time": 10}, REVOKED, Because.SESSION, -1),
    ],
)
def test_what_is_dead_at_its_issuer_lives_on_in_the_first_step_that_carries_it_past_its_purpose(
    layers: list[Row], verifier: Row, credential: Row, expected: Because, layer: int
) -> None:
    of = world(*layers, verifier=verifier, **credential)
    found = deaths_of(of)
    assert (Because(found.because[0]), found.layer[0], found.verifier[0]) == (expected, layer, 0)
    if "revoked_at" in credential:
        assert (Because(found.false_because[0]), found.false_layer[0]) == (expected, layer)


def test_what_an_outage_lets_in_is_told_from_what_a_layer_does() -> None:
    of = with_outages(world(cache(5), verifier=OPEN, **REVOKED | {"purpose_end": 60}), (40, 80))
    assert (because(of), untrue(of)) == (Because.OUTAGE, Because.CACHE)


def test_a_late_revocation_can_be_a_false_proof_for_another_reason() -> None:
    of = world(cache(10), purpose_end=50, revocation_requested_at=60, revoked_at=60)
    assert (because(of), untrue(of)) == (Because.ASKED_LATE, Because.CACHE)


def test_the_tolerance_is_granted_before_anything_is_late() -> None:
    of = world(cache(10), **REVOKED)
    for tolerance, expected in ((9, Because.CACHE), (10, Because.IN_TIME)):
        tolerant = dataclasses.replace(of, proof_tolerance=tolerance)
        assert (because(tolerant), untrue(tolerant)) == (expected, expected)


def test_the_verifier_named_is_the_one_that_honours_longest() -> None:
    made = World()
    made.verifier((10,), self_contained=False)
    made.verifier((30,), self_contained=False)
    made.identity(made.permission(0), made.permission(1))
    made.stage(NEVER)
    made.credential(0, 100, **REVOKED)
    found = deaths_of(made.ledger())
    assert (found.verifier.tolist(), found.layer.tolist(), found.honoured_until.tolist()) == ([1], [1], [80])


def test_a_credential_of_no_strategy_has_a_verdict_and_is_not_counted() -> None:
    of = ledger(credentials=[{"stage": -1, "call": -1, "scope": BUCKET}])
    found = deaths_of(of)
    assert (found.counted.tolist(), found.because.tolist()) == ([False], [Because.ONLY_EXPIRES])


def test_without_a_revocation_there_is_no_false_proof() -> None:
    found = deaths_of(world(purpose_end=50))
    assert (found.revoked.tolist(), found.false_because.tolist()) == ([False], [Because.IN_TIME])


def check_shares(of: Ledger) -> None:
    """The verdicts add up to what the metrics measure."""
    found, measured = deaths_of(of), measure(of, no_campaigns())
    counted, revoked = found.counted, found.counted & found.revoked
    for name, hits in (
        ("proof_of_death_share", (found.because == Because.IN_TIME)[counted]),
        ("false_proof_share", (found.false_because > Because.IN_TIME)[revoked]),
    ):
        share = np.count_nonzero(hits) / len(hits) if len(hits) else math.nan
        assert measured[name].value == share or (math.isnan(share) and math.isnan(measured[name].value))
        assert measured[name].denominator == len(hits)


@share(300)
@given(ledgers())
def test_the_verdicts_of_any_ledger_add_up_to_the_metrics_of_proof(of: Ledger) -> None:
    check_shares(of)


@share(100)
@given(runs())
def test_the_verdicts_of_a_run_add_up_to_the_metrics_of_proof(finished: tuple[Scenario, Ledger]) -> None:
    check_shares(finished[1])
