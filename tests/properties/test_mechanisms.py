"""The exact laws of campaigns, all of them on each ledger of a random scenario with every mechanism.

Each law alone, on ledgers made by hand too: `test_monotone`, `test_closure` and `test_clock_and_numbers` beside this.
"""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from properties.cases import Case, run_and_robbed
from properties.changes import CHANGES
from properties.test_clock_and_numbers import assert_indifferent_to_numbers, assert_shifted
from properties.test_closure import assert_within_closure
from properties.test_monotone import assert_a_broker_only_hides, assert_never_less

from nhilab.engine.run import run
from scenarios import demand_of, runs, share


@share(300)
@given(run_and_robbed(), st.data())
def test_on_the_ledger_of_a_run_what_helps_a_thief_shortens_nothing_and_shrinks_no_campaign(
    case: Case, data: Any
) -> None:
    unchanged = case.replayed()
    for name, change in CHANGES.items():
        worse = change(data, case)
        if worse is not None:
            assert_never_less(name, worse, case, unchanged)


@share(300)
@given(run_and_robbed(), st.integers(1, 10**4), st.integers(0, 2**32 - 1))
def test_campaigns_on_the_ledger_of_a_run_keep_the_laws_of_time_numbers_closure_and_brokers(
    case: Case, laps: int, seed: int
) -> None:
    assert_within_closure(case, case.replayed())
    assert_a_broker_only_hides(case)
    assert_shifted(case, laps)
    assert_indifferent_to_numbers(case, seed)


@share(60)
@given(runs())
def test_the_same_task_gives_the_same_bytes_whatever_mechanisms_it_uses(finished: Any) -> None:
    scenario, ledger = finished
    assert run(scenario, "a", demand_of(scenario)).digest() == ledger.digest()
