"""Replications added until the metrics named are as precise as asked, or there are the most allowed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from nhilab.base.errors import InputError
from nhilab.metrics.catalogue import METRICS
from nhilab.study.estimates.trials import Trials
from nhilab.study.intervals.means import Interval

MAX_REPLICATIONS: Final = 200
WATCHED: Final = ("access_window_s", "reach", "issuances_per_task")
"""Keys that a precision is about where none is named."""

_STEP: Final = 4
"""Least replications between two looks at the intervals."""


class Reached(NamedTuple):
    """Half of an interval over its value, and whether that is at most what was asked; NaN where it has no value.

    More replications can narrow the interval of a finite value other than 0.
    """

    half_width: float
    reached: bool
    can_narrow: bool


@dataclass(frozen=True, eq=False, kw_only=True)
class Precision:
    """What was asked of the intervals, and what they are.

    Attributes
    ----------
    asked : float
        Largest half-width wanted, as a share of the value.
    max_replications : int
    strategies : dict of strategy to dict of key to Reached
    """

    asked: float
    max_replications: int
    strategies: dict[str, dict[str, Reached]]

    def missed(self, key: str) -> dict[str, Reached]:
        """Strategies under which a key is less precise than asked."""
        return {name: found[key] for name, found in self.strategies.items() if not found[key].reached}

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys that were named."""
        return tuple(next(iter(self.strategies.values())))

    def to_json(self) -> dict[str, Any]:
        """The same as JSON; null for a half-width that is not finite."""
        return {
            "asked": self.asked,
            "max_replications": self.max_replications,
            "strategies": {
                name: {
                    key: {
                        "half_width": each.half_width if math.isfinite(each.half_width) else None,
                        "reached": each.reached,
                    }
                    for key, each in found.items()
                }
                for name, found in self.strategies.items()
            },
        }


def known_keys(keys: Iterable[str], where: Path | str, option: str) -> tuple[str, ...]:
    """Keys named, each once, or those watched without any.

    Raises
    ------
    InputError
        If no report has one of them.
    """
    known = [key for name, m in METRICS.items() for key in (name, *(f"{name}_p{round(100 * q)}" for q in m.quantiles))]
    for key in (named := tuple(dict.fromkeys(keys))):
        if key not in known:
            raise InputError(where, option, key, "one of " + ", ".join(known))
    return named or WATCHED


def replicate(trials: Trials, *, precision: float, keys: Sequence[str], max_replications: int) -> Precision:
    r"""Add replications until the interval of every key under every strategy is narrow enough.

    .. math:: \max(h - \hat\theta,\ \hat\theta - l) \le \epsilon\, \hat\theta

    Parameters
    ----------
    trials : Trials
        With at least one replication; grows. Two at least are needed for intervals, and few make them rough.
    precision : float
        :math:`\epsilon`.
    keys : sequence of str
    max_replications : int

    Returns
    -------
    Precision

    Notes
    -----
    From n replications to what the widest interval calls for, as its width falls with the root of n, but at least four
    more and at most twice as many. Stopping when the spread happens to look small makes the 95 % intervals of a study
    cut off so cover less often (Chow and Robbins 1965; Law, *Simulation modeling and analysis*, ch. 9), here 93 to 94 %
    from eight replications on. So the precision must still be there with four replications more: about 94 %; checked by
    ``tests/verification/test_coverage.py``.
    """
    confirmed = False
    while True:
        found = {
            name: {key: _reached(parts.interval(key), precision) for key in keys}
            for name, parts in trials.parts().items()
        }
        widths = [each.half_width for of in found.values() for each in of.values() if each.can_narrow]
        widest = max(widths, default=0.0)
        more = _wanted(trials.n, widest, precision, max_replications)
        if more > trials.n:
            confirmed = False
        elif confirmed or widest == 0 or trials.n >= max_replications:
            return Precision(asked=precision, max_replications=max_replications, strategies=found)
        else:
            confirmed, more = True, min(trials.n + _STEP, max_replications)
        trials.extend(more)


def _reached(interval: Interval, precision: float) -> Reached:
    mean, low, high = interval
    half = max(high - mean, mean - low)
    if not math.isfinite(mean):
        return Reached(math.nan, False, False)
    if not mean:
        return Reached(0.0 if half == 0 else math.inf, half == 0, False)
    relative = math.inf if math.isnan(low) or math.isnan(high) else half / mean
    return Reached(relative, relative <= precision, True)


def _wanted(n: int, widest: float, precision: float, most: int) -> int:
    """Replications that should reach the precision; the number there is if it is reached or cannot be."""
    if widest <= precision or n >= most:
        return n
    guess = n * (widest / precision) ** 2 if math.isfinite(widest) else math.inf
    return min(max(math.ceil(min(guess, 2 * n)), n + _STEP), most)
