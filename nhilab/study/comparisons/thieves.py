"""The same comparison under a thief of the other kind: one who lets a script work, or one who works by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final, Literal

from nhilab.base.quantities import MINUTE, SECOND
from nhilab.metrics.catalogue import CAMPAIGN_METRICS
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.cell import Outcome, campaigns_of_others
from nhilab.study.comparisons.worlds import MANUAL_HOP
from nhilab.study.estimates.estimate import Estimate, Parts, gather
from nhilab.study.estimates.plain import plain
from nhilab.study.intervals.means import Contrast, resamples

Kind = Literal["automated", "manual"]
Shown = Literal["both", "one"]
"""Whether a comparison replays the other thief, too."""

Change = Literal["same", "flips", "lost", "gained", "untold"]
"""What becomes of the order of two strategies under the other thief."""

AUTOMATED_HOP: Final = 5 * SECOND
"""A script tries what it has in seconds (MODEL.md, guards); the fastest breakout published for 2025 took 27 s
(CrowdStrike, Global Threat Report 2026), and importers assume 5 s. The half hour of a thief who works by hand is the
mean breakout of the same report, 29 minutes."""

SLOWEST_SCRIPT: Final = 5 * MINUTE
"""A thief with shorter hops counts as automated; ours: the fastest misuse of leaked keys is of minutes, not hours."""

ORDERED_BY: Final = ("access_window_s", "reach")
"""What strategies are put in order by, the least first."""


@dataclass(frozen=True)
class Thief:
    """How fast a thief is.

    Attributes
    ----------
    kind : ``"automated"`` or ``"manual"``
    hop_time : int, µs
    """

    kind: Kind
    hop_time: int

    def to_json(self) -> dict[str, Any]:
        """The same as JSON, in seconds."""
        return {"kind": self.kind, "hop_s": self.hop_time / SECOND}


@dataclass(frozen=True, eq=False)
class Pair:
    """Two strategies under both thieves: a value of the one minus that of the other, paired by replication."""

    key: str
    one: str
    other: str
    own: Contrast
    by_other_thief: Contrast

    @property
    def change(self) -> Change:
        """Same where both thieves see the same order or the same values; flips where each sees the other's reverse.

        Lost is an order that only the scenario's own thief shows, gained one that only the other does, each at 95 %;
        untold where neither shows any.
        """
        own, other = order_of(self.own), order_of(self.by_other_thief)
        told = [order in ("less", "more") for order in (own, other)]
        if all(told):
            return "same" if own == other else "flips"
        if any(told):
            return "lost" if told[0] else "gained"
        return "same" if own == other == "equal" else "untold"

    def to_json(self) -> dict[str, Any]:
        """The same as JSON: finite numbers or null."""
        differences = plain({"own": self.own, "other": self.by_other_thief})
        return {**differences, "change": self.change}


@dataclass(frozen=True, eq=False)
class Thieves:
    """A comparison's own thief and the other one.

    Attributes
    ----------
    own : Thief
        The scenario's.
    other : Thief
        Of the other kind, on the same ledgers, by the same ways in; nothing but the hop differs.
    campaigns : int
        Of the other thief, per replication.
    strategies : dict of strategy to dict of key to Estimate
        What the other finds: the metrics that read campaigns.
    pairs : tuple of Pair
        Every two strategies, by each key of `ORDERED_BY`.
    """

    own: Thief
    other: Thief
    campaigns: int
    strategies: dict[str, dict[str, Estimate]]
    pairs: tuple[Pair, ...]

    def pairs_that(self, change: Change, key: str) -> list[Pair]:
        """Pairs whose order by a key changes so."""
        return [pair for pair in self.pairs if pair.key == key and pair.change == change]

    def to_json(self) -> dict[str, Any]:
        """The same as JSON: finite numbers or null."""
        return {
            "own": self.own.to_json(),
            "other": {
                **self.other.to_json(),
                "campaigns": self.campaigns,
                "strategies": {name: plain(estimates) for name, estimates in self.strategies.items()},
            },
            "pairs": {
                key: {f"{pair.one} - {pair.other}": pair.to_json() for pair in self.pairs if pair.key == key}
                for key in ORDERED_BY
            },
        }


def thief_of(scenario: Scenario) -> Thief:
    """The scenario's own thief."""
    hop_time = scenario.threat.hop_time
    return Thief(kind_of(hop_time), hop_time)


def other_thief(own: Thief) -> Thief:
    """The thief of the other kind."""
    return Thief("manual", MANUAL_HOP) if own.kind == "automated" else Thief("automated", AUTOMATED_HOP)


def kind_of(hop_time: int) -> Kind:
    """Automated where a hop takes less than five minutes.

    Examples
    --------
    >>> kind_of(27 * SECOND), kind_of(30 * MINUTE)
    ('automated', 'manual')
    """
    return "automated" if hop_time < SLOWEST_SCRIPT else "manual"


def order_of(difference: Contrast) -> Literal["less", "more", "equal", "untold"]:
    """What can be told of a difference at 95 %; equal where it is 0 in every replication.

    Examples
    --------
    >>> order_of(Contrast(-2.0, -3.0, -1.0, 1.0)), order_of(Contrast(0.0, -1.0, 1.0, 1.0))
    ('less', 'untold')
    """
    if difference.low == difference.high == 0:
        return "equal"
    if not difference.resolved or math.isnan(difference.mean):
        return "untold"
    return "less" if difference.high < 0 else "more"


def both_thieves(
    scenario: Scenario,
    parts: Mapping[str, Parts],
    outcomes: Mapping[str, Sequence[Outcome]],
    *,
    campaigns: int,
    seed: int,
) -> Thieves:
    """What the other thief finds beside the scenario's own.

    Parameters
    ----------
    scenario : Scenario
    parts : dict of strategy to Parts
        What the own thief found.
    outcomes : dict of strategy to sequence of Outcome
        By replication, with the other thief's findings.
    campaigns : int
        Of the own thief, per replication.
    seed : int

    Notes
    -----
    Definition: MODEL.md, guards. Checked by ``tests/unit/study/comparisons/test_thieves.py``.
    """
    own = thief_of(scenario)
    other = other_thief(own)
    n = len(next(iter(outcomes.values())))
    times, cap_s = resamples(n, seed=seed), scenario.content.cap / SECOND
    found = {
        name: gather([outcome.others[other.hop_time] for outcome in of], CAMPAIGN_METRICS, times)
        for name, of in outcomes.items()
    }
    pairs = [
        Pair(key, a, b, parts[a].contrast(parts[b], key), found[a].contrast(found[b], key))
        for key in ORDERED_BY
        for a, b in combinations(parts, 2)
    ]
    strategies = {name: each.estimates(cap_s=cap_s) for name, each in found.items()}
    return Thieves(own, other, campaigns_of_others(campaigns), strategies, tuple(pairs))
