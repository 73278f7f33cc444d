"""Who is best, who cannot be told from it, and what moves that: on numbers written down by hand."""

from __future__ import annotations

import numpy as np
import pytest

from nhilab.study.comparisons.verdict import Moved, alike, moved, verdict_of
from nhilab.study.estimates.estimate import MeanParts, Parts

SPREAD = np.array([-1.0, 0.0, 1.0, 0.0])


def strategy(window: float, *, spread: float = 0.1, exposure: float = 1.0, reach: float = 1.0) -> Parts:
    """A strategy whose window varies over four replications; what decides between equals does not."""
    ones = np.ones(4)
    means = {
        "access_window_s": MeanParts(window + spread * SPREAD, ones),
        "exposure_window_s": MeanParts(exposure * ones, ones),
        "reach_weighted": MeanParts(reach * ones, ones),
        "unbounded_share": MeanParts(0 * ones, ones),
    }
    return Parts(means, {}, dict.fromkeys(means, "s"), 4)


def of(**windows: float) -> dict[str, Parts]:
    """Strategies that vary alike, but for a little of each one's own."""
    return {name: strategy(window, spread=0.1 * (1 + i)) for i, (name, window) in enumerate(windows.items())}


def test_the_least_window_is_best_and_a_hypothetical_strategy_never_is() -> None:
    parts = of(a=3.0, b=1.0, c=2.0)
    assert verdict_of(parts, "abc").order == ("b", "c", "a")
    assert verdict_of(parts, "ac").best == "c"
    assert verdict_of(parts, "").best == ""


def test_equal_windows_are_told_apart_by_exposure_then_by_weighted_reach() -> None:
    same = {"a": strategy(1.0, exposure=2.0), "b": strategy(1.0, reach=3.0), "c": strategy(1.0, reach=2.0)}
    assert verdict_of(same, "abc").order == ("c", "b", "a")


def test_what_is_within_chance_of_the_best_is_alike() -> None:
    parts = of(a=1.0, b=1.01, c=2.0)
    assert alike(parts, verdict_of(parts, "abc")) == ("a", "b")


@pytest.mark.parametrize(
    ("after", "what", "flips"),
    [
        ({"a": 1.0, "b": 2.0, "c": 3.0}, "none", ()),
        ({"a": 2.0, "b": 1.0, "c": 3.0}, "moves", (("a", "b"),)),
        ({"a": 1.0, "b": 3.0, "c": 2.0}, "reorders", (("b", "c"),)),
        ({"a": 2.01, "b": 2.0, "c": 3.0}, "untold", ()),
        ({"a": 2.0, "b": 2.0, "c": 2.0}, "none", ()),
    ],
)
def test_only_what_is_told_apart_before_and_after_moves_a_verdict(
    after: dict[str, float], what: Moved, flips: tuple[tuple[str, str], ...]
) -> None:
    assert moved(of(a=1.0, b=2.0, c=3.0), of(**after), "abc") == (what, flips)


def test_the_best_of_two_that_cannot_be_told_apart_may_change_without_a_word() -> None:
    assert moved(of(a=1.0, b=1.01), of(a=1.02, b=1.01), "ab") == ("none", ())


def test_a_strategy_that_cannot_be_had_moves_nothing() -> None:
    assert moved(of(a=2.0, b=1.0, c=3.0), of(a=2.0, b=9.0, c=3.0), "ac") == ("none", ())
