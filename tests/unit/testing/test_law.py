"""Laws of a whole trial hold in the example; a world that broke one would be told so."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import pytest
from unit.testing.doctored import SEED, pipeline, spoilt, trial

from nhilab.base.errors import InputError
from nhilab.lab import try_strategy
from nhilab.testing import assert_clock_is_free, assert_laws, assert_reproducible, law
from nhilab.testing.change import replayed

EACH = [
    "assert_sound", "assert_proofs_hold", "assert_windows_add_up", "assert_within_closure", "assert_in_range",
    "assert_lateness_only_lengthens", "assert_better_thief_finds_no_less", "assert_clock_is_free",
    "assert_reproducible",
]  # fmt: skip


def test_the_laws_hold_for_each_strategy_of_the_example() -> None:
    for strategy in pipeline().strategies:
        assert_laws(pipeline(), strategy, seed=SEED, campaigns=10)


@pytest.mark.parametrize("name", EACH)
def test_the_laws_are_no_less_than_each_of_their_assertions(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*about: Any, **more: Any) -> None:
        raise AssertionError(name)

    for other in EACH:
        monkeypatch.setattr(law, other, lambda *about, **more: None)
    monkeypatch.setattr(law, name, refuses)
    with pytest.raises(AssertionError, match=f"^{name}$"):
        assert_laws(pipeline(), "job-token", seed=SEED, campaigns=2)


@pytest.mark.parametrize("what", ["ledger", "compromises"])
def test_one_seed_with_two_results_is_told_with_both_digests(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    turns = itertools.count()

    def moody(*about: Any, **more: Any) -> Any:
        found = try_strategy(*about, **more)
        where = {"ledger": "calls.replica_draw", "compromises": "campaigns.reach"}[what]
        return dataclasses.replace(found, **{what: spoilt(getattr(found, what), where, 0, -2 - next(turns))})

    monkeypatch.setattr(law, "try_strategy", moody)
    with pytest.raises(AssertionError, match=rf"^not so: seed 5 gives one {what} \([0-9a-f]{{12}} and [0-9a-f]{{12}}"):
        assert_reproducible(pipeline(), "job-token", seed=SEED, campaigns=5)


def test_seed_zero_is_reproducible_too() -> None:
    assert_reproducible(pipeline(), "session", seed=0, campaigns=5)


def test_a_result_that_depends_on_the_clock_is_told_with_its_row_and_column(monkeypatch: pytest.MonkeyPatch) -> None:
    ledger, threat = trial().ledger, pipeline().threat
    begun = ledger.tasks.arrived_at[0]

    def wound_up(about: Any, *more: Any) -> Any:
        found = replayed(about, *more)
        late = about.tasks.arrived_at[0] > begun
        return spoilt(found, "campaigns.reach", 2, 99) if late else found

    assert_clock_is_free(ledger, threat, seed=SEED, campaigns=10)
    monkeypatch.setattr(law, "replayed", wound_up)
    with pytest.raises(AssertionError, match=r"campaigns are the same; row 2, reach: 99, wanted \d+$"):
        assert_clock_is_free(ledger, threat, seed=SEED, campaigns=10)


def test_a_row_that_goes_missing_with_the_clock_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = itertools.count()

    def forgetful(*about: Any) -> Any:
        found = replayed(*about)
        columns = {name: values[: len(values) - 1] for name, values in found.taken.columns().items()}
        return found if next(turns) else dataclasses.replace(found, taken=type(found.taken)(**columns))

    monkeypatch.setattr(law, "replayed", forgetful)
    with pytest.raises(AssertionError, match=r"taken has as many rows \(\d+, unmoved \d+\)"):
        assert_clock_is_free(trial().ledger, pipeline().threat, seed=SEED, campaigns=10)


@pytest.mark.parametrize("holds", [assert_laws, assert_reproducible])
def test_a_strategy_that_is_not_there_is_answered_with_the_names(holds: Any) -> None:
    with pytest.raises(InputError, match="job-token, session, static-key"):
        holds(pipeline(), "jobtoken", seed=SEED)
