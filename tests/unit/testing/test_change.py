"""Changes do what they say, and what grows smaller by them is named."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from unit.testing.doctored import SEED, pipeline, trial

from nhilab.base.errors import InputError
from nhilab.base.quantities import SECOND
from nhilab.campaign.replay import replay_entrances
from nhilab.lab import load_scenario, try_strategy
from nhilab.ledger.acceptance import honoured_until
from nhilab.ledger.tables import Ledger
from nhilab.testing import (
    assert_better_thief_finds_no_less,
    assert_lateness_only_lengthens,
    assert_no_shorter,
    change,
    with_cache,
    with_leeway,
)


def test_a_cache_keeps_a_revoked_token_alive_for_just_its_ttl() -> None:
    """In the example a cache of 30 s stands there already, and no answer of the new one is older than 1 s."""
    before = trial().ledger
    after = with_cache(before, "gateway", "1s")
    grown = honoured_until(after) - honoured_until(before)
    assert grown.max() > 0
    assert grown.min() >= 0
    assert grown.max() <= SECOND
    assert len(after.estate.layers) == len(before.estate.layers) + 1


def test_a_cache_that_keeps_nothing_changes_nothing_and_lost_pushes_stay_lost() -> None:
    scenario = load_scenario(Path(__file__).parents[3] / "scenarios" / "slow-revocation.yaml")
    ledger = try_strategy(scenario, "revoked-1h", seed=SEED, campaigns=1).ledger
    assert 0 < np.count_nonzero(ledger.credentials.lost_pushes) < len(ledger.credentials)
    for verifier in ledger.estate.verifiers.name.tolist():
        np.testing.assert_array_equal(honoured_until(with_cache(ledger, verifier, "0s")), honoured_until(ledger))


def test_leeway_adds_to_the_leeway_there_is() -> None:
    before = trial().ledger
    after = with_leeway(with_leeway(before, "gateway", "5s"), "gateway", "7s")
    assert (after.estate.verifiers.leeway - before.estate.verifiers.leeway).tolist() == [12 * SECOND]


@pytest.mark.parametrize("changed", [with_cache, with_leeway])
def test_a_verifier_that_is_not_there_is_answered_with_the_names(changed: Any) -> None:
    with pytest.raises(InputError, match=r"found 'gate'.*one of gateway"):
        changed(trial().ledger, "gate", "1s")


def test_no_shorter_passes_one_way_and_names_credentials_the_other_way() -> None:
    plain = trial("session").ledger
    longer = with_leeway(plain, "gateway", "1m")
    assert_no_shorter(longer, plain)
    with pytest.raises(AssertionError, match=r"than before \(\d+ of \d+\)\n  credential \d+: honoured until [\d.]+ s"):
        assert_no_shorter(plain, longer)


def test_ledgers_of_other_credentials_are_not_compared() -> None:
    with pytest.raises(AssertionError, match="both ledgers hold the same credentials"):
        assert_no_shorter(trial("session").ledger, trial().ledger)


def test_a_cache_that_shortened_a_life_would_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert_lateness_only_lengthens(trial().ledger)

    def hasty(ledger: Ledger, verifier: str, ttl: str) -> Ledger:
        shorter = np.maximum(ledger.credentials.expires_at - SECOND, ledger.credentials.issued_at)
        return dataclasses.replace(ledger, credentials=dataclasses.replace(ledger.credentials, expires_at=shorter))

    monkeypatch.setattr(change, "with_cache", hasty)
    with pytest.raises(AssertionError, match=r"^a cache of 9s at gateway: not so: no credential is honoured for a sh"):
        assert_lateness_only_lengthens(trial("session").ledger, by="9s")


def test_a_better_thief_of_the_example_finds_no_less() -> None:
    for strategy in pipeline().strategies:
        ledger = trial(strategy).ledger
        assert_better_thief_finds_no_less(ledger, pipeline().threat, seed=SEED, campaigns=30)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("a faster thief", lambda ways, hop, n: (ways, hop * 50 if n == 2 else hop)),
        ("more dwell", lambda ways, hop, n: (later_by_an_hour(ways), hop) if n == 1 else (ways, hop)),
    ],
)
def test_a_better_thief_who_found_less_would_be_named(better: str, worse: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[int] = []

    def replay(ledger: Any, ways: Any, entries: Any, *, hop_time: int, detection: Any) -> Any:
        ways, hop_time = worse(ways, hop_time, len(turns))
        turns.append(hop_time)
        return replay_entrances(ledger, ways, entries, hop_time=hop_time, detection=detection)

    monkeypatch.setattr(change, "replay_entrances", replay)
    with pytest.raises(AssertionError, match=rf"not so: {better} .*\n  campaign \d+.*, before "):
        assert_better_thief_finds_no_less(trial().ledger, pipeline().threat, seed=SEED, campaigns=30)


def test_more_dwell_a_faster_hop_and_less_dormancy_are_what_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[tuple[int, int, int]] = []
    original = change.replayed

    def noted(ledger: Ledger, ways: Any, hop_time: int) -> Any:
        tried.append((int(ways.dwell.max()), hop_time, int(ways.dormancy.max())))
        return original(ledger, ways, hop_time)

    monkeypatch.setattr(change, "replayed", noted)
    ledger, threat = trial().ledger, pipeline().threat
    assert_better_thief_finds_no_less(ledger, threat, seed=SEED, campaigns=5)
    (dwell, hop, dormancy), *better = tried
    assert better[0] == (dwell + ledger.follow_up // 2 + 1, hop, dormancy)
    assert better[1:] == [(dwell, hop // 2, dormancy), (dwell, hop, dormancy // 2)]


def later_by_an_hour(ways: Any) -> Any:
    """Ways in that open later, so less is there to be found."""
    return change.later(ways, 3600 * SECOND)
