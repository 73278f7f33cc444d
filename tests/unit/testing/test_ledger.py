"""Assertions about a ledger pass on a good one, and name what is wrong with a doctored one."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from unit.testing.doctored import spoilt, trial

from nhilab.base.quantities import NEVER
from nhilab.metrics.deaths import Deaths, deaths_of
from nhilab.testing import assert_proofs_hold, assert_proven_dead, assert_sound, ledger
from nhilab.testing.breach import SHOWN, refuse


@pytest.mark.parametrize("strategy", ["job-token", "session", "static-key"])
def test_a_run_is_sound_and_its_proofs_hold(strategy: str) -> None:
    assert_sound(trial(strategy).ledger)
    assert_proofs_hold(trial(strategy).ledger)


def test_an_unsound_ledger_is_refused_by_the_rule_it_breaks() -> None:
    good = trial().ledger
    late = spoilt(good, "tasks.arrived_at", 3, good.tasks.started_at[3] + 1)
    with pytest.raises(AssertionError, match=r"not so: a task arrives, starts .*\n?.*"):
        assert_sound(late)


def test_a_call_accepted_after_the_end_of_its_credential_is_named() -> None:
    good = trial().ledger
    with pytest.raises(AssertionError, match=r"honoured nowhere \(1 of \d+\)\n  call 4: credential \d+ presented at"):
        assert_proofs_hold(spoilt(good, "calls.arrived_at", 4, NEVER - 1))


@pytest.mark.parametrize(
    ("column", "sentence"),
    [("because", "what is proven dead is honoured no longer"), ("false_because", "a false proof is a revocation")],
)
def test_a_proof_that_disagrees_with_the_log_is_named(
    column: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(about: Any) -> Deaths:
        found = deaths_of(about)
        values = getattr(found, column).copy()
        values[2] = 1 - min(values[2], 1)
        return dataclasses.replace(found, **{column: values})

    monkeypatch.setattr(ledger, "deaths_of", wrong)
    with pytest.raises(AssertionError, match=rf"{sentence}.*\(1 of \d+\)\n  credential 2: purpose ends at"):
        assert_proofs_hold(trial().ledger)


def test_tokens_revoked_with_their_job_are_proven_dead() -> None:
    assert_proven_dead(trial().ledger)


def test_a_token_that_nobody_revoked_is_named_with_its_owner_and_the_reason() -> None:
    good = trial().ledger
    c = good.credentials
    row = int(np.flatnonzero((c.purpose_end + 60 * 10**6 < c.expires_at) & (c.revoked_at < NEVER))[0])
    kept = spoilt(good, "credentials.revoked_at", row, NEVER)
    kept = spoilt(kept, "credentials.revocation_requested_at", row, NEVER)
    with pytest.raises(AssertionError, match=rf"\(1 of \d+\)\n  credential {row} of (builder|deployer), stage 0: .*at "
                       r"gateway: expires later, and nobody asked to revoke it"):  # fmt: skip
        assert_proven_dead(kept)


def test_a_message_shows_the_first_rows_and_counts_the_others() -> None:
    with pytest.raises(AssertionError) as broken:
        refuse("nothing is wrong", np.ones(SHOWN + 2, np.bool_), lambda row: f"row {row}")
    lines = str(broken.value).splitlines()
    assert lines[0] == "not so: nothing is wrong (7 of 7)"
    assert lines[1:] == [f"  row {row}" for row in range(SHOWN)] + ["  … and 2 more"]
    refuse("nothing is wrong", np.zeros(3, np.bool_), str)
