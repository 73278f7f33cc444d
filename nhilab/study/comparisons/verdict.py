"""The verdict of a comparison: which strategy leaves thieves the least, and which come after it."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal

from nhilab.metrics.catalogue import METRICS
from nhilab.metrics.observation import Metric
from nhilab.study.comparisons.thieves import order_of
from nhilab.study.estimates.estimate import Parts

DECIDES: Final = ("access_window_s", "exposure_window_s", "reach_weighted")
"""What strategies are put in order by, the least mean first; the next decides between equals."""

DECIDING: Final[dict[str, Metric]] = {key: METRICS[key] for key in (*DECIDES, "unbounded_share")}
"""The metrics a verdict needs."""

Moved = Literal["none", "moves", "reorders", "untold"]
"""What a change of the scenario does to a verdict."""


@dataclass(frozen=True)
class Verdict:
    """Strategies in order, the best first; hypothetical ones are in none.

    Attributes
    ----------
    order : tuple of str
    """

    order: tuple[str, ...]

    @property
    def best(self) -> str:
        """The one that leaves thieves the least; empty where no strategy can be had."""
        return self.order[0] if self.order else ""


def verdict_of(parts: Mapping[str, Parts], delivered: Collection[str]) -> Verdict:
    """The verdict on what replications found.

    Parameters
    ----------
    parts : dict of strategy to Parts
    delivered : collection of str
        Strategies that are not hypothetical.

    Notes
    -----
    Definition: ours; unconditional means, no theft counting as 0. Checked by
    ``tests/unit/study/comparisons/test_verdict.py``.
    """

    def rank(name: str) -> tuple[float, ...]:
        means = (parts[name].means[key].interval().mean for key in DECIDES)
        return tuple(math.inf if math.isnan(mean) else mean for mean in means)

    return Verdict(tuple(sorted((name for name in parts if name in delivered), key=rank)))


def moved(
    before: Mapping[str, Parts], after: Mapping[str, Parts], delivered: Collection[str]
) -> tuple[Moved, tuple[tuple[str, str], ...]]:
    """What a change did to the verdict, and the pairs whose order is the other way round.

    A change *moves* the verdict where another strategy is best after it, and both are told apart before and after at
    95 %, paired by replication; it *reorders* where only others change places so; *untold* where another is best that
    was told apart before, but is not after.
    """
    old, new = verdict_of(before, delivered), verdict_of(after, delivered)
    flips = tuple(pair for pair in combinations(old.order, 2) if _flips(before, after, pair))
    changed = new.best not in alike(before, old)
    if changed and _better(after, new.best, old.best):
        return "moves", flips
    return ("reorders" if flips else "untold" if changed else "none"), flips


def alike(parts: Mapping[str, Parts], verdict: Verdict) -> tuple[str, ...]:
    """The best strategy and those that cannot be told to be worse."""
    return tuple(name for name in verdict.order if name == verdict.best or not _better(parts, verdict.best, name))


def _flips(before: Mapping[str, Parts], after: Mapping[str, Parts], pair: tuple[str, str]) -> bool:
    orders = [order_of(parts[pair[0]].contrast(parts[pair[1]], DECIDES[0])) for parts in (before, after)]
    return set(orders) == {"less", "more"}


def _better(parts: Mapping[str, Parts], one: str, other: str) -> bool:
    """Whether one is told to be better than another by the first key in which they are not equal."""
    for key in DECIDES:
        order = order_of(parts[one].contrast(parts[other], key))
        if order != "equal":
            return order == "less"
    return False
