"""The automated and the manual thief side by side, and whether the order of strategies is the same under both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, get_args

from nhilab.base.quantities import format_duration
from nhilab.report.sentences.notes import at_least
from nhilab.report.sentences.words import marked, number
from nhilab.study.comparisons.comparison import Comparison
from nhilab.study.comparisons.thieves import ORDERED_BY, Change, Pair, Thief, Thieves

SHOWN: Final = 4
"""Pairs named in a sentence."""

_CHANGES: Final[tuple[Change, ...]] = get_args(Change)
_WORDS: Final = {
    "access_window_s": ("leaves a longer access window", "a shorter one", "access window"),
    "reach": ("lets a thief reach more resources", "fewer", "resources reached"),
}


def thief_words(thief: Thief) -> str:
    """A thief in words.

    Examples
    --------
    >>> thief_words(Thief("manual", 1_800_000_000))
    'manual thief (30m a hop)'
    """
    return f"{thief.kind} thief ({format_duration(thief.hop_time)} a hop)"


def thief_line(comparison: Comparison) -> str:
    """Whose numbers the tables show."""
    return f"Numbers are those of the {thief_words(comparison.thief)}."


def thieves_notes(comparison: Comparison) -> list[str]:
    """Whether strategies come in the same order under both thieves, in sentences.

    Only what can be told at 95 %, paired by replication, counts as an order.
    """
    both = comparison.thieves
    if both is None:
        kind = "manual" if comparison.thief.kind == "automated" else "automated"
        return [f"The {kind} thief was not replayed: whether the verdict holds under it is not known."]
    if not both.pairs:
        return []
    if comparison.replications == 1:
        return ["With one replication no order of strategies can be told, under either thief."]
    flips = [_flip(both, pair, comparison) for key in ORDERED_BY for pair in both.pairs_that("flips", key)]
    return [*flips, *_apart(both, comparison), *(_order(both, key, comparison) for key in ORDERED_BY)]


def flipped(comparison: Comparison) -> bool:
    """Whether some order of strategies is the other way round under the other thief."""
    both = comparison.thieves
    return both is not None and any(both.pairs_that("flips", key) for key in ORDERED_BY)


def _flip(both: Thieves, pair: Pair, comparison: Comparison) -> str:
    more, less = (pair.one, pair.other) if pair.own.mean > 0 else (pair.other, pair.one)
    a, b = (_name(comparison, name) for name in (more, less))
    own, other, _ = _WORDS[pair.key]
    return (
        f"The verdict flips with the thief: under the {thief_words(both.own)} {a} {own} than {b},"
        f" under the {thief_words(both.other)} {other}."
    )


def _apart(both: Thieves, comparison: Comparison) -> list[str]:
    """Strategies whose access window is another under the other thief, beyond its interval, with both values."""
    key = ORDERED_BY[0]
    told = []
    for name, theirs in both.strategies.items():
        ours = comparison.strategies[name]
        if ours[key].high < theirs[key].low or theirs[key].high < ours[key].low:
            values = [("at least " if at_least(of, key) else "") + number(of[key].mean, "s") for of in (ours, theirs)]
            told.append(f"{_name(comparison, name)} {values[0]} and {values[1]}")
    if not told:
        return []
    more = f" and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
    return [
        f"Access windows depend on the thief ({both.own.kind} and {both.other.kind}): {'; '.join(told[:SHOWN])}{more}."
    ]


def _order(both: Thieves, key: str, comparison: Comparison) -> str:
    """What can be told of the order by a key under both thieves."""
    found: dict[Change, list[Pair]] = {change: both.pairs_that(change, key) for change in _CHANGES}
    n = sum(map(len, found.values()))
    begin = f"Order by {_WORDS[key][2]} under the {thief_words(both.own)} and the {thief_words(both.other)}:"
    if len(found["same"]) == n:
        return f"{begin} the same."
    if len(found["untold"]) == n:
        return f"{begin} no pair can be told apart under either."
    told: dict[Change, str] = {
        "flips": "the other way round",
        "lost": f"told apart under the {both.own.kind} thief only",
        "gained": f"told apart under the {both.other.kind} thief only",
        "untold": "told apart under neither",
    }
    parts = [f"{words}: {_pairs(found[change], comparison)}" for change, words in told.items() if found[change]]
    return f"{begin} the same for {len(found['same'])} of {n} pairs; {'; '.join(parts)}."


def _pairs(pairs: Sequence[Pair], comparison: Comparison) -> str:
    """The first pairs by name, and how many more."""
    named = [f"{_name(comparison, pair.one)} and {_name(comparison, pair.other)}" for pair in pairs[:SHOWN]]
    return ", ".join(named) + (f" and {len(pairs) - SHOWN} more" if len(pairs) > SHOWN else "")


def _name(comparison: Comparison, strategy: str) -> str:
    return marked(strategy, hypothetical=strategy in comparison.hypothetical)
