"""What is said of the automated and the manual thief."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from unit.study.comparisons.test_thieves import flipping
from unit.study.small import compared, small

from nhilab.report.sentences.thieves import flipped, thief_line, thieves_notes
from nhilab.study.comparisons.compare import compare


def test_a_flip_is_called_so_with_both_thieves_and_both_strategies(tmp_path: Path) -> None:
    comparison = flipping(tmp_path)
    assert flipped(comparison)
    assert thieves_notes(comparison)[0] == (
        "The verdict flips with the thief: under the automated thief (5s a hop) wide lets a thief reach more resources"
        " than narrow, under the manual thief (30m a hop) fewer."
    )


def test_the_same_order_is_said_of_what_is_the_same(tmp_path: Path) -> None:
    notes = thieves_notes(flipping(tmp_path))
    begin = "under the automated thief (5s a hop) and the manual thief (30m a hop):"
    assert f"Order by access window {begin} the same." in notes
    assert any(note.startswith(f"Order by resources reached {begin} the same for ") for note in notes)


def test_where_nothing_can_be_told_apart_that_is_said_and_no_count_of_nothing(tmp_path: Path) -> None:
    comparison = flipping(tmp_path)
    both = comparison.thieves
    assert both is not None
    pairs = tuple(
        dataclasses.replace(
            pair, own=pair.own._replace(low=-9.0, high=9.0), by_other_thief=pair.own._replace(low=-9.0, high=9.0)
        )
        for pair in both.pairs
    )
    untold = dataclasses.replace(comparison, thieves=dataclasses.replace(both, pairs=pairs))
    assert [note for note in thieves_notes(untold) if note.startswith("Order") and "0 of" in note] == []
    assert any(note.endswith("no pair can be told apart under either.") for note in thieves_notes(untold))


def test_a_thief_that_was_not_replayed_is_said_to_be_missing(tmp_path: Path) -> None:
    one = compare(small(tmp_path), seed=0, replications=2, campaigns=10, thieves="one")
    assert thieves_notes(one) == ["The manual thief was not replayed: whether the verdict holds under it is not known."]
    assert not flipped(one)


def test_one_strategy_has_no_order(tmp_path: Path) -> None:
    assert thieves_notes(compared(small(tmp_path), ("task",))) == []


def test_one_replication_tells_no_order(tmp_path: Path) -> None:
    one = compare(small(tmp_path), seed=0, replications=1, campaigns=10)
    assert thieves_notes(one) == ["With one replication no order of strategies can be told, under either thief."]


def test_a_hypothetical_strategy_is_labelled_in_a_flip(tmp_path: Path) -> None:
    comparison = dataclasses.replace(flipping(tmp_path), hypothetical=("wide",))
    assert "wide (hypothetical) lets" in thieves_notes(comparison)[0]


def test_whose_numbers_they_are_is_said(tmp_path: Path) -> None:
    assert thief_line(compared(small(tmp_path))) == "Numbers are those of the automated thief (5s a hop)."


def test_a_window_that_ends_with_the_slower_thief_only_is_told_with_both_values(tmp_path: Path) -> None:
    comparison = flipping(tmp_path)
    assert comparison.thieves is not None
    assert not any("depend on the thief" in note for note in thieves_notes(comparison))
    wide = comparison.thieves.strategies["wide"]
    shorter = wide | {"access_window_s": wide["access_window_s"]._replace(mean=60.0, low=50.0, high=70.0)}
    both = dataclasses.replace(comparison.thieves, strategies=comparison.thieves.strategies | {"wide": shorter})
    notes = thieves_notes(dataclasses.replace(comparison, thieves=both))
    told = next(note for note in notes if "depend on the thief" in note)
    assert told.startswith("Access windows depend on the thief (automated and manual): wide ")
    assert told.endswith(" and 1m.")
