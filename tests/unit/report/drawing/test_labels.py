"""Names beside axes."""

from __future__ import annotations

import pytest

from nhilab.report.drawing.labels import broken, shortened, strategy_label


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("static", "static"),
        ("one-two-three", "one-two-\nthree"),
        ("averylongwordindeed", "averylongwordindeed"),
        ("two words more", "two words\nmore"),
        ("", ""),
    ],
)
def test_names_are_broken_between_words_only(name: str, shown: str) -> None:
    assert broken(name, 9) == shown


def test_nothing_is_lost_by_breaking() -> None:
    assert broken("task-with-a-rather-long-name-1", 9).replace("\n", "") == "task-with-a-rather-long-name-1"


def test_a_hypothetical_strategy_is_marked_below_its_name() -> None:
    assert strategy_label("per-call", hypothetical=True) == "per-call\n(hypothetical)"
    assert strategy_label("per-call", hypothetical=False) == "per-call"


def test_a_shortened_name_has_as_many_letters_as_asked_for_and_keeps_both_ends() -> None:
    shown = shortened("project-1234/bucket-9876", 11)
    assert len(shown) == 11
    assert shown.startswith("proj") and shown.endswith("9876")
    assert shortened("bucket", 6) == "bucket"
