"""What comes of drawn scenarios, or of one's own under drawn chance: demands, ledgers, trials."""

from __future__ import annotations

import dataclasses
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from nhilab.demand.demand import Demand
from nhilab.demand.sample import sample
from nhilab.engine.run import run
from nhilab.lab import Trial, try_strategy
from nhilab.ledger.tables import Ledger
from nhilab.scenario.scenario import Scenario
from nhilab.study.comparisons.compare import chosen
from nhilab.testing.scenario import scenarios, shown_as

Source = Scenario | SearchStrategy[Scenario]
"""One's own scenario, or a strategy that draws some, such as `variations`."""


class DrawnLedger(Ledger):
    """A ledger that shows how it was made, as its columns would fill pages; a changed copy says only that it is one."""

    def __repr__(self) -> str:
        return str(getattr(self, "_made", "a changed copy of a drawn ledger"))

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))


class DrawnTrial(Trial):
    """A trial that shows how it was made."""

    def __repr__(self) -> str:
        return str(getattr(self, "_made", "a changed copy of a drawn trial"))

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))


def demands(source: Source | None = None) -> SearchStrategy[Demand]:
    """Demands of scenarios, under any seed.

    Parameters
    ----------
    source : Scenario or SearchStrategy of Scenario, optional
        `scenarios` if none is given.

    Returns
    -------
    SearchStrategy of Demand
        Shrinks to seed 0, and as the source does.

    Notes
    -----
    Checked by ``tests/unit/testing/test_drawn.py``.
    """
    return st.builds(lambda scenario, seed: sample(scenario, seed=seed), _scenarios(source), _SEEDS)


def ledgers(source: Source | None = None, *, strategy: str | None = None) -> SearchStrategy[Ledger]:
    """Ledgers of runs: any of the scenario's strategies, or one, under any seed.

    Parameters
    ----------
    source : Scenario or SearchStrategy of Scenario, optional
        `scenarios` if none is given.
    strategy : str, optional
        Only this one.

    Returns
    -------
    SearchStrategy of Ledger
        Shrinks to the first strategy and seed 0, and as the source does.

    Raises
    ------
    InputError
        When drawn, if a scenario has no such strategy.

    Notes
    -----
    Checked by ``tests/unit/testing/test_drawn.py``.
    """
    return _ledgers(_scenarios(source), strategy)


def trials(source: Source | None = None, *, strategy: str | None = None, campaigns: int = 20) -> SearchStrategy[Trial]:
    """Ledgers with what thieves made of them, measured; parameters as for `ledgers`.

    Parameters
    ----------
    source : Scenario or SearchStrategy of Scenario, optional
        `scenarios` if none is given.
    strategy : str, optional
        Only this one.
    campaigns : int
        Thieves replayed on each ledger.

    Returns
    -------
    SearchStrategy of Trial

    Raises
    ------
    InputError
        When drawn, if a scenario has no such strategy.

    Notes
    -----
    Checked by ``tests/unit/testing/test_drawn.py``.
    """
    return _trials(_scenarios(source), strategy, campaigns)


_SEEDS = st.integers(0, 2**31 - 1)


def _scenarios(source: Source | None) -> SearchStrategy[Scenario]:
    if source is None:
        return scenarios()
    return st.just(shown_as(source, source.name)) if isinstance(source, Scenario) else source


def _named(draw: DrawFn, scenario: Scenario, strategy: str | None) -> str:
    return draw(st.sampled_from(chosen(scenario, () if strategy is None else (strategy,))))


@st.composite
def _ledgers(draw: DrawFn, source: SearchStrategy[Scenario], strategy: str | None) -> Ledger:
    scenario = draw(source)
    name, seed = _named(draw, scenario, strategy), draw(_SEEDS)
    ledger = run(scenario, name, sample(scenario, seed=seed))
    shown = DrawnLedger(**{field.name: getattr(ledger, field.name) for field in dataclasses.fields(ledger)})
    object.__setattr__(shown, "_made", f"run(scenario, {name!r}, sample(scenario, seed={seed})) of {scenario!r}")
    return shown


@st.composite
def _trials(draw: DrawFn, source: SearchStrategy[Scenario], strategy: str | None, campaigns: int) -> Trial:
    scenario = draw(source)
    name, seed = _named(draw, scenario, strategy), draw(_SEEDS)
    trial = try_strategy(scenario, name, seed=seed, campaigns=campaigns)
    shown = DrawnTrial(**{field.name: getattr(trial, field.name) for field in dataclasses.fields(trial)})
    made = f"try_strategy(scenario, {name!r}, seed={seed}, campaigns={campaigns}) of {scenario!r}"
    object.__setattr__(shown, "_made", made)
    return shown
