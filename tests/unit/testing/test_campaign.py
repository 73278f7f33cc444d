"""Assertions about thieves pass on what a replay found, and name what is wrong with doctored findings."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from unit.testing.doctored import SEED, good, pipeline, spoilt, trial

from nhilab.lab import try_strategy
from nhilab.metrics.measure import measure
from nhilab.scenario.edit import edited
from nhilab.testing import assert_in_range, assert_windows_add_up, assert_within_closure, campaign
from nhilab.testing.closure import closure, ways_of

WATCHED = {
    "threat.detection": {
        "probability": {"out_of_intent": 1.0, "foreign": 1.0, "in_pattern": 1.0, "after_purpose_end": 1.0},
        "detection_time": "10s", "triage_time": "10s", "response_time": "10s",
    }
}  # fmt: skip


@pytest.mark.parametrize("strategy", ["job-token", "session", "static-key"])
def test_what_a_replay_finds_passes(strategy: str) -> None:
    for holds in (assert_windows_add_up, assert_within_closure, assert_in_range):
        holds(trial(strategy).ledger, trial(strategy).compromises)


def test_an_access_that_ends_before_its_exposure_is_named() -> None:
    ledger, found = good()
    early = spoilt(found, "campaigns.access_until", 7, found.campaigns.exposure_until[7] - 1)
    with pytest.raises(AssertionError, match=r"then its access \(1 of 50\)\n  campaign 7: entered_at"):
        assert_windows_add_up(ledger, early)


def test_an_access_shorter_than_what_was_taken_is_honoured_is_named() -> None:
    ledger, found = good()
    longest = int(np.argmax(found.taken.honoured_until))
    row = int(found.taken.campaign[longest])
    longer = spoilt(found, "taken.honoured_until", longest, found.campaigns.access_until[row] + 1)
    with pytest.raises(AssertionError, match=rf"anything taken is honoured \(1 of 50\)\n  campaign {row}: "):
        assert_windows_add_up(ledger, longer)


def test_a_response_before_its_detection_is_named() -> None:
    found = try_strategy(edited(pipeline(), WATCHED), "static-key", seed=SEED, campaigns=50)
    assert_windows_add_up(found.ledger, found.compromises)
    c = found.compromises.campaigns
    row = int(np.flatnonzero(c.n_responses > 0)[0])
    early = spoilt(found.compromises, "campaigns.responded_at", row, c.detected_at[row] - 1)
    with pytest.raises(AssertionError, match=rf"milestones follow one another \(1 of 50\)\n  campaign {row}: "):
        assert_windows_add_up(found.ledger, early)


@pytest.mark.parametrize("name", ["n_taken", "reach", "n_minted"])
def test_a_count_that_is_not_the_number_of_rows_is_named(name: str) -> None:
    ledger, found = good()
    value = getattr(found.campaigns, name)[3] + 1
    with pytest.raises(AssertionError, match=rf"{name} counts rows \(1 of 50\)\n  campaign 3: {name} {value}, rows"):
        assert_windows_add_up(ledger, spoilt(found, f"campaigns.{name}", 3, value))


def test_parts_of_the_window_that_do_not_add_up_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*about: Any) -> Any:
        found = measure(*about)
        part = found["residual_lifetime_s"]
        return found | {"residual_lifetime_s": dataclasses.replace(part, numerator=part.numerator + 1)}

    monkeypatch.setattr(campaign, "measure", wrong)
    with pytest.raises(AssertionError, match=r"add up to all access windows, [\d.]+ s: detect_s 0, .*residual_lifet"):
        assert_windows_add_up(*good())


def test_a_resource_that_no_way_leads_to_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the ways of an estate in which the first resource lies behind nothing at all."""
    ledger, found = good()
    ways = ways_of(ledger)
    without = [resource or -1 for resource in ways.resource]
    monkeypatch.setattr(campaign, "ways_of", lambda about: ways._replace(resource=without))
    n = int((found.reached.resource == 0).sum())
    with pytest.raises(AssertionError, match=rf"ignores time \({n} of \d+\)\n  campaign \d+: registry "):
        assert_within_closure(ledger, found)


def test_the_closure_of_a_narrow_identity_is_what_it_may_do() -> None:
    ledger = trial().ledger
    builder = ledger.estate.identities.name.tolist().index("builder")
    opened = closure(ways_of(ledger), (), (builder,))
    assert [ledger.estate.resources.name[resource] for resource in opened] == ["registry"]


def test_a_share_above_one_is_named_with_its_range() -> None:
    ledger, found = good()
    many = spoilt(found, "campaigns.reach", 0, 10**6)
    with pytest.raises(AssertionError, match=r"reach_share: found [\d.]+; allowed: from 0 to 1"):
        assert_in_range(ledger, many)


def test_an_exposure_longer_than_the_access_is_named() -> None:
    ledger, found = good()
    c = found.campaigns
    long = dataclasses.replace(found, campaigns=dataclasses.replace(c, exposure_until=c.access_until + 10**9))
    with pytest.raises(AssertionError, match=r"exposure_window_s: found [\d.]+; allowed: at most access_window_s, "):
        assert_in_range(ledger, long)
