"""Edited copies of somebody's own scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from nhilab.base.errors import InputError
from nhilab.scenario.edit import edited
from nhilab.scenario.keypath import find
from nhilab.scenario.scenario import Scenario
from nhilab.scenario.study_section import Uncertain
from nhilab.testing.scenario import shown_as


def variations(
    scenario: Scenario, values: Mapping[str, SearchStrategy[Any]] | None = None, *, legal_only: bool = False
) -> SearchStrategy[Scenario]:
    """Copies of one's own scenario with drawn values at some key paths.

    Parameters
    ----------
    scenario : Scenario
    values : dict of key path to SearchStrategy, optional
        ``{"strategy.jit.ttl": durations("1m", "15m")}``: values as the file could hold them. Without it, the numbers
        of the file's ``uncertain`` section, each between its ends.
    legal_only : bool
        Pass over combinations that the file could not hold, instead of raising what is wrong with them.

    Returns
    -------
    SearchStrategy of Scenario
        A failing one is shown as ``edited(scenario, {…})``. Shrinks as the values do.

    Raises
    ------
    InputError
        If a path leads nowhere, or the scenario has nothing uncertain; when drawn, if a value is not allowed there.

    Notes
    -----
    The scenario is assembled anew for each example; the estate is what takes time. Checked by
    ``tests/unit/testing/test_variation.py``.
    """
    if values is None:
        values = {path: _within(what) for path, what in scenario.content.uncertain.items()}
        if not values:
            raise InputError(scenario.written.file, "uncertain", "nothing", "numbers to vary, or values given")
    for path in values:
        find(scenario.written.content, path, file=scenario.written.file, within="variations")

    def make(changes: dict[str, Any]) -> Scenario:
        try:
            made = edited(scenario, changes, within="variations")
        except InputError:
            if legal_only:
                reject()
            raise
        return shown_as(made, f"edited({scenario.name}, {changes!r})")

    return st.fixed_dictionaries(dict(values)).map(make)


def designs(
    scenario: Scenario, space: Mapping[str, Sequence[Any]] | None = None, *, legal_only: bool = False
) -> SearchStrategy[Scenario]:
    """Copies of one's own scenario with one of the listed values at each key path.

    Parameters
    ----------
    scenario : Scenario
    space : dict of key path to sequence, optional
        ``{"strategy.jit.ttl": ["5m", "15m"]}``; without it, the file's ``space`` section.
    legal_only : bool
        As for `variations`.

    Returns
    -------
    SearchStrategy of Scenario
        Shrinks to the first value of each.

    Raises
    ------
    InputError
        If a path leads nowhere, has no values, or there is no space.

    Notes
    -----
    Checked by ``tests/unit/testing/test_variation.py``.
    """
    chosen = scenario.content.space if space is None else space
    for path, listed in chosen.items():
        if not listed:
            raise InputError(scenario.written.file, f"space.{path}", list(listed), "at least one value")
    if not chosen:
        raise InputError(scenario.written.file, "space", "nothing", "key paths with the values they may have")
    drawn = {path: st.sampled_from(list(listed)) for path, listed in chosen.items()}
    return variations(scenario, drawn, legal_only=legal_only)


def _within(what: Uncertain) -> SearchStrategy[Any]:
    """A number between the ends of what is not known."""
    numbers = what.numbers()
    low, high = numbers[0], numbers[-1]
    if what.is_length:
        return st.integers(round(low), round(high)).map(lambda n: f"{n}us")
    return st.integers(-int(-low // 1), int(high)) if what.whole else st.floats(low, high)
