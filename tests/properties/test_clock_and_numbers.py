"""Campaigns know neither the clock nor row numbers nor each other: moved, renumbered or alone they find the same."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from properties.cases import Case, cases, changed, drawn, run_and_robbed, with_estate
from properties.renumbered import Orders, moved, relabelled
from strategies import without_ties

from nhilab.base.quantities import IntArray
from nhilab.base.tables import Table
from nhilab.campaign.replay import replay
from scenarios import runs, share


def columns_of(*tables: Table) -> list[dict[str, list[Any]]]:
    return [{name: values.tolist() for name, values in table.columns().items()} for table in tables]


def assert_shifted(case: Case, laps: int) -> None:
    """Everything so many times the length after which all clocked layers are as they were, later."""
    layers = case.ledger.estate.layers
    delay = laps * math.lcm(1, *layers.tick[layers.tick > 0].tolist())
    phase = np.where(layers.period > 0, (layers.phase + delay) % np.maximum(layers.period, 1), layers.phase)
    names = ("tasks", "calls", "credentials", "copies", "outages")
    ledger = with_estate(case.ledger, layers=changed(layers, phase=phase))
    ledger = dataclasses.replace(ledger, **{name: moved(getattr(ledger, name), delay) for name in names})
    found = case.replayed(ledger=ledger, entrances=moved(case.entrances, delay))
    unmoved = case.replayed()
    wanted = [moved(getattr(unmoved, name), delay) for name in ("campaigns", "taken", "reached", "steps")]
    assert columns_of(found.campaigns, found.taken, found.reached, found.steps) == columns_of(*wanted)


@share(30)
@given(cases(), st.integers(1, 10**4))
def test_shifting_all_times_shifts_all_results_exactly(case: Case, laps: int) -> None:
    assert_shifted(case, laps)


@share(15)
@given(cases())
def test_the_same_case_gives_the_same_bytes(case: Case) -> None:
    assert case.replayed().digest() == case.replayed().digest()


@share(10)
@given(runs(), st.integers(0, 9))
def test_the_same_seed_gives_the_same_bytes(finished: Any, seed: int) -> None:
    scenario, ledger = finished
    first, again = (replay(ledger, scenario.threat, campaigns=6, seed=seed) for _ in range(2))
    assert first.digest() == again.digest()


@share(15)
@given(run_and_robbed())
def test_campaigns_do_not_know_of_each_other(case: Case) -> None:
    together = case.replayed()
    for row in range(len(case.entrances)):
        alone = case.replayed(entrances=changed(case.entrances, **_row(case.entrances, row)))
        for column, values in alone.campaigns.columns().items():
            assert values[0] == getattr(together.campaigns, column)[row], column


def _row(table: Table, row: int) -> dict[str, Any]:
    return {name: values[row : row + 1] for name, values in table.columns().items()}


@given(drawn() | drawn(without_ties()) | run_and_robbed(), st.data())
def test_other_row_numbers_change_nothing_but_row_numbers(case: Case, data: Any) -> None:
    assert_indifferent_to_numbers(case, data.draw(st.integers(0, 2**32 - 1)))


def assert_indifferent_to_numbers(case: Case, seed: int) -> None:
    """Row numbers permuted at random."""
    order = np.random.default_rng(seed).permutation
    ledger, estate = case.ledger, case.ledger.estate
    sizes = [ledger.credentials, ledger.copies, ledger.tasks, estate.resources, estate.places, estate.identities]
    by = Orders(*(order(len(table)) for table in sizes))
    found, unmoved = relabelled(case, by).replayed(), case.replayed()
    for column in unmoved.campaigns.columns():
        if column not in ("place", "unit", "resource_seconds", "reach_weighted"):
            np.testing.assert_array_equal(getattr(found.campaigns, column), getattr(unmoved.campaigns, column))
    np.testing.assert_allclose(found.campaigns.resource_seconds, unmoved.campaigns.resource_seconds, rtol=1e-12)
    assert _facts(found.taken, credential=by.credentials) == _facts(unmoved.taken)
    assert _facts(found.reached, resource=by.resources) == _facts(unmoved.reached)


def _facts(table: Any, **orders: IntArray) -> set[tuple[Any, ...]]:
    """Rows as a set, with ids as before they were permuted; paths are not compared, only their lengths."""
    columns = table.columns() | {name: order[getattr(table, name)] for name, order in orders.items()}
    return set(zip(*(columns[name].tolist() for name in sorted(columns) if name != "step"), strict=True))
