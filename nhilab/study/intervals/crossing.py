"""Where a function that is known with an interval crosses 0, and how well that place is known."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal, NamedTuple

import numpy as np
from scipy.optimize import brentq

SCANNED: Final = 7
"""Values tried before the search, evenly spaced, the ends among them."""


class Known(NamedTuple):
    """A function's value with the ends of its interval; NaN where there is none."""

    mean: float
    low: float
    high: float

    @property
    def side(self) -> int:
        """1 or -1 where the interval leaves 0 out, above or below it; else 0."""
        return int(self.low > 0) - int(self.high < 0)


Evaluate = Callable[[Sequence[float]], Sequence[Known]]
"""Asked for each value once."""


@dataclass(frozen=True)
class Scale:
    """Values between two ends that are worth trying, and where each lies on the way.

    Attributes
    ----------
    low, high : float
        The ends.
    tolerance : float
        How well a value is wanted: relative on a logarithmic scale, a share of the range on a linear one.
    logarithmic : bool
        Positions are logarithms; needs ends above 0.
    whole : bool
        Whole numbers only.
    """

    low: float
    high: float
    tolerance: float
    logarithmic: bool
    whole: bool = False

    def position(self, value: float) -> float:
        """Where a value lies."""
        return math.log(value) if self.logarithmic else value

    def value(self, position: float) -> float:
        """The value there, rounded to well within the tolerance, so that equal searches try equal values."""
        if position <= self.position(self.low):
            return self.low
        if position >= self.position(self.high):
            return self.high
        exact = math.exp(position) if self.logarithmic else position
        size = exact if self.logarithmic else self.high - self.low
        digits = 1 - math.floor(math.log10(self.tolerance * size))
        return min(max(float(round(exact, 0 if self.whole else digits)), self.low), self.high)

    @property
    def width(self) -> float:
        """The tolerance, as a length on the scale."""
        return math.log1p(self.tolerance) if self.logarithmic else self.tolerance * (self.high - self.low)

    def spread(self, n: int) -> list[float]:
        """At most `n` values, evenly spaced, the ends among them."""
        positions = np.linspace(self.position(self.low), self.position(self.high), n)
        return sorted({self.value(float(p)) for p in positions})


@dataclass(frozen=True)
class Crossing:
    """Where a function crosses 0.

    Attributes
    ----------
    kind : str
        ``found``; ``none`` in the range; ``flat``, the same everywhere; ``undefined``, without a value.
    value : float or None
        Where the mean crosses, to the tolerance: of the two values on either side the one with the smaller mean.
    low, high : float or None
        All values around it whose interval holds 0 lie between these, the nearest ones tried at which it does not;
        None where there is none up to the end of the range, and where there are no intervals. Of whole numbers the
        outermost whose interval holds 0.
    crossings : int
        How often the mean crosses at the values tried; the first is the one given.
    """

    kind: Literal["found", "none", "flat", "undefined"]
    value: float | None = None
    low: float | None = None
    high: float | None = None
    crossings: int = 0


def crossing(evaluate: Evaluate, scale: Scale) -> Crossing:
    r"""Where a function's mean crosses 0, and the values around it that cannot be told from there.

    .. math:: \{x : \text{low}(x) \le 0 \le \text{high}(x)\}, \quad \text{the connected part around } \hat x

    Parameters
    ----------
    evaluate : callable
        From values to the function with its interval at each.
    scale : Scale

    Returns
    -------
    Crossing

    Notes
    -----
    A test that is turned round (Fieller 1954): the interval holds every value at which a 95 % test would not refuse
    that the difference is 0. It holds one crossing, found by Brent's method (bisection for whole numbers) between two
    neighbours of a first scan; two crossings between two neighbours go unseen. Checked by
    ``tests/unit/study/intervals/test_crossing.py`` on functions with known roots.
    """
    search = _Search(evaluate, scale)
    search.try_all(scale.spread(SCANNED))
    means = [known.mean for known in search.tried.values()]
    defined = [mean for mean in means if not math.isnan(mean)]
    if len(defined) < 2:
        return Crossing("undefined")
    if len(set(defined)) == 1:
        return Crossing("flat")
    changes = search.changes()
    if not changes:
        return Crossing("none")
    search.locate(*changes[0])
    changes = search.changes()
    if not changes:  # without a value between the two
        return Crossing("undefined")
    first, last = changes[0]
    value = min(first, last, key=lambda v: abs(search.tried[v].mean))
    if math.isnan(search.tried[value].low):
        return Crossing("found", value, None, None, len(changes))
    return Crossing("found", value, search.end(first, -1), search.end(last, 1), len(search.changes()))


class _Search:
    """Values tried so far."""

    def __init__(self, evaluate: Evaluate, scale: Scale) -> None:
        self.evaluate, self.scale = evaluate, scale
        self.tried: dict[float, Known] = {}

    def try_all(self, values: Sequence[float]) -> None:
        new = [value for value in values if value not in self.tried]
        self.tried.update(zip(new, self.evaluate(new), strict=True))
        self.tried = dict(sorted(self.tried.items()))

    def at(self, value: float) -> Known:
        self.try_all([value])
        return self.tried[value]

    def changes(self) -> list[tuple[float, float]]:
        """Neighbours between which the mean changes its sign; a value twice where it becomes 0."""
        found: list[tuple[float, float]] = []
        before: tuple[float, float] | None = None
        for value, known in self.tried.items():
            if math.isnan(known.mean):
                before = None
                continue
            if known.mean == 0:
                if before is None or before[1] != 0:
                    found.append((value, value))
            elif before is not None and before[1] * known.mean < 0:
                found.append((before[0], value))
            before = value, known.mean
        return found

    def locate(self, first: float, last: float) -> None:
        """Try values between two neighbours until those between which the mean changes its sign are near enough."""
        left = self.tried[first].mean

        def mean(known: Known) -> float:
            return left if math.isnan(known.mean) else known.mean

        if first < last:
            self._refine(first, last, mean)

    def end(self, start: float, step: int) -> float | None:
        """First value from `start` on at which 0 can be told from the function, to the tolerance; None if none does.

        Of whole numbers, which are exact, the last at which it cannot.
        """
        inside = start
        for value in sorted((v for v in self.tried if (v - start) * step >= 0), reverse=step < 0):
            side = self.tried[value].side
            if side and value == start:
                return start
            if side:
                self._refine(min(inside, value), max(inside, value), partial(_beyond, side=side))
                return self._between(inside, value)
            inside = value
        return None

    def _refine(self, first: float, last: float, part: Callable[[Known], float]) -> None:
        """Try values between two neighbours, at which `part` has different signs, until it has so within tolerance."""
        if self.scale.whole:
            above = part(self.tried[first]) > 0
            while last - first > 1:
                middle = float((first + last) // 2)
                first, last = (middle, last) if (part(self.at(middle)) > 0) == above else (first, middle)
            return
        ends = (self.scale.position(value) for value in (first, last))
        brentq(lambda x: part(self.at(self.scale.value(x))), *ends, xtol=self.scale.width / 2, rtol=1e-12)

    def _between(self, inside: float, outside: float) -> float:
        """The end of what cannot be told from 0, somewhere between a value where that is so and one where it is not."""
        between = [v for v in self.tried if min(inside, outside) <= v <= max(inside, outside)]
        for value in sorted(between, reverse=inside > outside):
            if self.tried[value].side:
                return inside if self.scale.whole else value
            inside = value
        return inside


def _beyond(known: Known, *, side: int) -> float:
    """The end of an interval that 0 lies beyond where it is resolved on that side; of the other sign where not."""
    end = known.low if side > 0 else known.high
    return -side * 1e-9 if math.isnan(end) or end == 0 else end
