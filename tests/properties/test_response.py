"""What holds of every thief who is hunted, and what is true of free thieves only."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from properties.cases import Case, assert_at_least, cases, hunted
from properties.test_clock_and_numbers import assert_shifted
from reference.both import as_slow, fast_campaign
from reference.slow_campaign import SlowResult, slow_campaign
from reference.slow_world import World
from threats import detections

from nhilab.base.estate import Identities
from nhilab.base.quantities import NEVER
from nhilab.ledger.compromises import Compromises
from nhilab.ledger.tables import Source
from nhilab.metrics import decomposition
from nhilab.metrics.reading import Reading
from nhilab.metrics.windows import access_window_s
from nhilab.scenario.threat_section import Detection, KindProbability
from scenarios import share

PARTS = (
    decomposition.detect_s, decomposition.triage_s, decomposition.respond_s, decomposition.propagate_s,
    decomposition.cache_or_session_s, decomposition.residual_lifetime_s,
)  # fmt: skip


def columns(found: Compromises) -> dict[str, list[Any]]:
    tables = {name: getattr(found, name) for name in ("campaigns", "taken", "reached", "steps")}
    return {f"{table}.{name}": c.tolist() for table, rows in tables.items() for name, c in rows.columns().items()}


@share(200)
@given(hunted())
def test_milestones_follow_each_other_within_the_window_and_all_are_known_or_none(case: Case) -> None:
    c = case.replayed().campaigns
    at = np.stack([getattr(c, name) for name in decomposition.MILESTONES])
    known = at < NEVER
    ended = known.all(axis=0)
    assert (ended | ~known.any(axis=0)).all()
    edges = np.stack([c.entered_at, *at, c.access_until])[:, ended]
    assert (np.diff(edges, axis=0) >= 0).all()
    assert (np.diff(edges, axis=0).sum(axis=0) == (c.access_until - c.entered_at)[ended]).all()
    assert (c.n_responses[ended] > 0).all()


@share(200)
@given(hunted(), st.sampled_from([5, 200, 10**9]))
def test_the_parts_of_a_window_add_up_to_it_exactly(case: Case, cap: int) -> None:
    ledger = dataclasses.replace(case.ledger, cap=cap)
    reading = Reading(ledger, case.replayed(ledger=ledger))
    parts = [part(reading) for part in PARTS]
    whole = access_window_s(reading)
    assert all(part.numerator >= 0 and part.denominator == whole.denominator for part in parts)
    assert sum(part.numerator for part in parts) == pytest.approx(whole.numerator, rel=1e-12, abs=1e-12)


@share(100)
@given(hunted())
def test_whoever_is_never_noticed_is_as_free_as_if_nobody_watched(case: Case) -> None:
    assert case.detection is not None
    blind = case.detection.model_copy(update={"probability": KindProbability()})
    assert case.replayed(detection=blind).digest() == case.replayed(detection=None).digest()


@share(200)
@given(hunted())
def test_a_response_never_prolongs_or_widens_what_the_same_thief_had_unhunted(case: Case) -> None:
    found, free = case.replayed(), case.replayed(detection=None)
    assert_at_least(free, found)
    for name in ("n_taken", "n_brokered", "n_minted", "reach"):
        assert (getattr(found.campaigns, name) <= getattr(free.campaigns, name)).all(), name


@share(100)
@given(hunted())
def test_a_thief_who_was_never_answered_is_as_free_as_if_nobody_watched(case: Case) -> None:
    found = case.replayed()
    if not found.campaigns.n_responses.any():
        assert found.digest() == case.replayed(detection=None).digest()


@share(100)
@given(hunted(), st.integers(1, 10**4))
def test_shifting_all_times_shifts_all_results_of_the_hunt_exactly(case: Case, laps: int) -> None:
    assert_shifted(case, laps)


@share(50)
@given(hunted())
def test_the_same_hunt_gives_the_same_bytes(case: Case) -> None:
    assert case.replayed().digest() == case.replayed().digest()


@share(50)
@given(cases(), detections())
def test_hunted_thieves_do_not_know_of_each_other(case: Case, detection: Detection) -> None:
    together = case.replayed(detection=detection)
    for row in range(len(case.entrances)):
        own = {name: values[row : row + 1] for name, values in case.entrances.columns().items()}
        alone = case.replayed(detection=detection, entrances=dataclasses.replace(case.entrances, **own))
        for column, values in alone.campaigns.columns().items():
            assert values[0] == getattr(together.campaigns, column)[row], column


@share(100)
@given(hunted(), st.integers(0, 5))
def test_responses_are_at_most_as_many_as_there_may_be(case: Case, fewer: int) -> None:
    assert case.detection is not None
    most = max(1, case.detection.max_responses - fewer)
    limited = case.detection.model_copy(update={"max_responses": most})
    found, often = case.replayed(detection=limited).campaigns, case.replayed().campaigns
    assert (found.n_responses == np.minimum(often.n_responses, most)).all()


@share(100)
@given(hunted())
def test_where_nothing_is_visible_and_nobody_evicted_a_response_changes_only_that_it_was_made(case: Case) -> None:
    assert case.detection is not None
    estate = case.ledger.estate
    hidden = Identities.of(**(estate.identities.columns() | {"visible": np.zeros(len(estate.identities), np.bool_)}))
    ledger = dataclasses.replace(case.ledger, estate=dataclasses.replace(estate, identities=hidden))
    mild = case.detection.model_copy(update={"eviction_probability": 0.0})
    found, free = (columns(case.replayed(ledger=ledger, detection=d)) for d in (mild, None))
    changed = {name for name in found if found[name] != free[name]}
    assert changed <= {"campaigns.n_responses"}


# What is true of free thieves only -------------------------------------------------------------------------


def hunt(world: World, hop_time: int, dwell: int) -> SlowResult:
    """Entry at 10 at place 0; every use is noticed and answered 10 later, with an eviction. Fast and slow replay."""
    kinds = dict.fromkeys(("out_of_intent", "after_purpose_end", "foreign", "in_pattern"), 1.0)
    detection = Detection.model_validate({"probability": kinds, "response_time": "10us", "eviction_probability": 1.0})
    way = {"entered_at": 10, "place": 0, "unit": 0, "copy": -1, "dwell": dwell, "dormancy": 0, "takes_keys": True}
    thief = {"hop_time": hop_time, "follow_up": 100}
    ledger = world.ledger()
    found = as_slow(fast_campaign(ledger, way, thief, detection))
    slow = slow_campaign(ledger, **way, **thief, detection=detection)
    assert found == dataclasses.replace(slow, responses=()), "the fast replay only counts responses"
    return found


def two_identities() -> World:
    """One that responders see, whose token lies at the place, and one that they do not, whose token comes at 22."""
    world = World()
    world.verifier(self_contained=False)
    world.place()
    for _ in range(2):
        world.permission()
    for number in range(2):
        world.identity(number)
    world.rows["identities"][1]["visible"] = False
    world.stage(80, int(Source.STANDING))
    world.copy(world.credential(0, expires=80), 0)
    world.copy(world.credential(1, expires=80), 0, start=22)
    return world


def test_a_faster_thief_has_a_shorter_window_as_he_is_caught_earlier() -> None:
    quick, slow = (hunt(two_identities(), hop_time, dwell=0) for hop_time in (1, 5))
    assert (quick.access_until, slow.access_until) == (10 + 1 + 10, 10 + 5 + 10)


def test_a_faster_thief_reaches_less_as_he_is_evicted_before_the_better_token_comes() -> None:
    quick, slow = (hunt(two_identities(), hop_time, dwell=40) for hop_time in (1, 5))
    assert (set(quick.reached), set(slow.reached)) == ({0}, {0, 1})
    assert (quick.access_until, slow.access_until) == (21, 80)
