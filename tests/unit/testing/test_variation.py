"""Variations of one's own scenario take drawn values at the paths named, and nothing else changes."""

from __future__ import annotations

import hypothesis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.testing.doctored import pipeline

from nhilab.base.errors import InputError
from nhilab.base.quantities import MINUTE, SECOND, parse_duration
from nhilab.scenario.scenario import Scenario
from nhilab.scenario.study_section import Uncertain
from nhilab.testing import designs, durations, edited, variations
from nhilab.testing.variation import _within

FEW = settings(max_examples=10, deadline=None)
TTL = "strategy.job-token.ttl"


@FEW
@given(durations("90s", "1h30m"))
def test_a_length_lies_between_its_ends_in_whole_seconds(length: str) -> None:
    assert 90 * SECOND <= parse_duration(length) <= 90 * MINUTE
    assert parse_duration(length) % SECOND == 0


def test_the_shortest_length_is_the_simplest_and_ends_the_wrong_way_round_are_refused() -> None:
    assert hypothesis.find(durations("90s", "1h"), lambda length: True) == "90s"
    with pytest.raises(ValueError, match="no whole second between 1h and 1m"):
        durations("1h", "1m")


@pytest.mark.parametrize(("simplest", "expected"), [(True, 2), (False, 4)])
def test_a_whole_number_lies_between_its_ends(simplest: bool, expected: int) -> None:
    numbers = _within(Uncertain(uniform=(1.5, 4.2), whole=True))
    assert hypothesis.find(numbers, lambda n: simplest or n >= 4) == expected
    with pytest.raises(hypothesis.errors.NoSuchExample):
        hypothesis.find(numbers, lambda n: not 2 <= n <= 4)


@FEW
@given(variations(pipeline(), {TTL: durations("1m", "8m")}))
def test_only_the_value_at_the_path_is_drawn(scenario: Scenario) -> None:
    ttl = scenario.strategies["job-token"].stages[0].ttl
    assert MINUTE <= ttl <= 8 * MINUTE
    assert scenario.strategies["session"] == pipeline().strategies["session"]
    assert edited(scenario, {TTL: "5m"}).digest() == edited(pipeline(), {TTL: "5m"}).digest()


@FEW
@given(variations(pipeline()))
def test_without_values_the_uncertain_numbers_are_drawn_between_their_ends(scenario: Scenario) -> None:
    assert SECOND <= scenario.threat.hop_time <= 5 * MINUTE


@FEW
@given(variations(pipeline(), {TTL: durations("1m", "8m")}))
def test_a_variation_is_shown_as_the_edit_that_makes_it(scenario: Scenario) -> None:
    again = eval(repr(scenario), {"edited": edited, "pipeline": pipeline()})
    assert again.digest() == scenario.digest()


@FEW
@given(designs(pipeline()))
def test_a_design_has_one_of_the_listed_values(scenario: Scenario) -> None:
    assert scenario.strategies["job-token"].stages[0].ttl in {2 * MINUTE, 5 * MINUTE, 8 * MINUTE}


@FEW
@given(st.data())
def test_an_illegal_value_is_refused_in_one_line_or_passed_over_if_asked(data: st.DataObject) -> None:
    values = {TTL: st.sampled_from(["5m", "soon"])}
    assert (
        data.draw(variations(pipeline(), values, legal_only=True)).strategies["job-token"].stages[0].ttl == 5 * MINUTE
    )
    with pytest.raises(InputError, match="soon") as refused:
        data.draw(variations(pipeline(), {TTL: st.just("soon")}))
    assert "\n" not in str(refused.value)


def test_a_path_that_leads_nowhere_and_an_empty_space_are_refused_before_anything_is_drawn() -> None:
    plain = edited(pipeline(), {"uncertain": None, "space": None})
    for made in (
        lambda: variations(pipeline(), {"strategy.jit.ttl": st.just("5m")}),
        lambda: variations(plain),
        lambda: designs(plain),
        lambda: designs(pipeline(), {TTL: []}),
    ):
        with pytest.raises(InputError):
            made()
