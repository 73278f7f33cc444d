"""Laws of a whole trial: the same chance gives the same bytes, the clock does not matter, and all the others."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from nhilab.base.estate import Layers
from nhilab.base.quantities import NEVER
from nhilab.base.tables import Table
from nhilab.campaign.draw import draw_entrances
from nhilab.demand.sample import sample
from nhilab.lab import try_strategy
from nhilab.ledger.tables import Ledger
from nhilab.scenario.scenario import Scenario
from nhilab.scenario.threat_section import Threat
from nhilab.study.comparisons.compare import chosen
from nhilab.testing.campaign import assert_in_range, assert_windows_add_up, assert_within_closure
from nhilab.testing.change import assert_better_thief_finds_no_less, assert_lateness_only_lengthens, later, replayed
from nhilab.testing.ledger import assert_proofs_hold, assert_sound


def assert_reproducible(scenario: Scenario, strategy: str, *, seed: int, campaigns: int = 20) -> None:
    """The same seed gives the same bytes: of the demand, the ledger and what thieves made of it.

    Parameters
    ----------
    scenario : Scenario
    strategy : str
        Its name in the scenario.
    seed : int
        Which chance; 0 is a seed like any other.
    campaigns : int

    Raises
    ------
    AssertionError
        With the tables that differ and both digests.
    InputError
        If there is no such strategy.

    Notes
    -----
    Checked by ``tests/unit/testing/test_law.py``.
    """
    chosen(scenario, (strategy,))
    found = []
    for _ in range(2):
        trial = try_strategy(scenario, strategy, seed=seed, campaigns=campaigns)
        demand = sample(scenario, seed=seed).digest()
        found.append({"demand": demand, "ledger": trial.ledger.digest(), "compromises": trial.compromises.digest()})
    for what, digest in found[0].items():
        if digest != found[1][what]:
            raise AssertionError(f"not so: seed {seed} gives one {what} ({digest[:12]} and {found[1][what][:12]})")


def assert_clock_is_free(ledger: Ledger, threat: Threat, *, seed: int, campaigns: int = 20, laps: int = 1000) -> None:
    r"""Moving all instants moves all results: nothing depends on when the clock was started.

    .. math:: \text{replay}(\text{ledger} + \delta) = \text{replay}(\text{ledger}) + \delta

    with :math:`\delta` so many times the length after which all layers that tick are as they were.

    Parameters
    ----------
    ledger : Ledger
    threat : Threat
        With its detection, if it has one.
    seed : int
        Which chance.
    campaigns, laps : int

    Raises
    ------
    AssertionError
        With the table, column, row and both values.

    Notes
    -----
    Definition: MODEL.md §7. Checked by ``tests/unit/testing/test_law.py``.
    """
    layers = ledger.estate.layers
    delay = laps * math.lcm(1, *layers.tick[layers.tick > 0].tolist())
    names = ("tasks", "calls", "credentials", "copies", "outages")
    moved = dataclasses.replace(
        ledger,
        estate=dataclasses.replace(ledger.estate, layers=_in_phase(layers, delay)),
        **{name: later(getattr(ledger, name), delay) for name in names},
    )
    ways = draw_entrances(ledger, threat, n=campaigns, seed=seed)
    found = replayed(moved, later(ways, delay), threat.hop_time, threat.detection)
    unmoved = replayed(ledger, ways, threat.hop_time, threat.detection)
    for name in ("campaigns", "taken", "reached", "steps"):
        _refuse_difference(name, getattr(found, name), later(getattr(unmoved, name), delay))


def assert_laws(scenario: Scenario, strategy: str, *, seed: int, campaigns: int = 20) -> None:
    """All that must hold whatever the scenario: every assertion of this package without a policy in it, on one trial.

    Parameters
    ----------
    scenario : Scenario
    strategy : str
        Its name in the scenario.
    seed : int
        Which chance.
    campaigns : int

    Raises
    ------
    AssertionError
        As the first assertion that fails.
    InputError
        If there is no such strategy.

    Notes
    -----
    `assert_sound`, `assert_proofs_hold`, `assert_windows_add_up`, `assert_within_closure`, `assert_in_range`,
    `assert_lateness_only_lengthens`, `assert_better_thief_finds_no_less`, `assert_clock_is_free` and
    `assert_reproducible`. Checked by ``tests/unit/testing/test_law.py``.
    """
    chosen(scenario, (strategy,))
    trial = try_strategy(scenario, strategy, seed=seed, campaigns=campaigns)
    ledger = trial.ledger
    assert_sound(ledger)
    assert_proofs_hold(ledger)
    for about in (assert_windows_add_up, assert_within_closure, assert_in_range):
        about(ledger, trial.compromises)
    assert_lateness_only_lengthens(ledger)
    assert_better_thief_finds_no_less(ledger, scenario.threat, seed=seed, campaigns=campaigns)
    assert_clock_is_free(ledger, scenario.threat, seed=seed, campaigns=campaigns)
    assert_reproducible(scenario, strategy, seed=seed, campaigns=campaigns)


def _in_phase(layers: Layers, delay: int) -> Layers:
    """Polls at the same instants as before, told by the moved clock."""
    phase = np.where(layers.period > 0, (layers.phase + delay) % np.maximum(layers.period, 1), layers.phase)
    return dataclasses.replace(layers, phase=phase)


def _refuse_difference(name: str, found: Table, wanted: Table) -> None:
    if len(found) != len(wanted):
        raise AssertionError(f"not so: moved in time, {name} has as many rows ({len(found)}, unmoved {len(wanted)})")
    for column, values in found.columns().items():
        expected = getattr(wanted, column)
        rows = np.flatnonzero(values != expected)
        if len(rows):
            both = ["never" if v >= NEVER else v for v in (values[rows[0]].item(), expected[rows[0]].item())]
            raise AssertionError(
                f"not so: moved in time, {name} are the same; row {rows[0]}, {column}: {both[0]}, wanted {both[1]}"
            )
