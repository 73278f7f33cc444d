"""Which of the numbers that a scenario assumes move the verdict of a comparison: each is halved and doubled."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Final

from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.cell import Cell, Outcome, code_digest
from nhilab.study.cells.executor import Executor
from nhilab.study.comparisons.assumed import Assumed, assumed_of, scaled
from nhilab.study.comparisons.examined import FACTORS, SCREENED, Assumptions, Change, Examined, planned_cells
from nhilab.study.comparisons.verdict import DECIDES, DECIDING, Moved, alike, moved, verdict_of
from nhilab.study.estimates.estimate import Parts, gather
from nhilab.study.intervals.means import resamples

LOOKED: Final = 50
"""Campaigns of the first look, at most."""

CONFIRMED: Final = 12
"""Most changes that are looked at again with all replications."""

NEAR: Final = 0.25
"""A difference of two strategies that shrinks below this share of itself is looked at again."""


class _Look:
    """Strategies of changed scenarios, on the same chance."""

    def __init__(self, strategies: Sequence[str], seed: int, executor: Executor, total: int) -> None:
        self.strategies, self.seed, self.executor, self.total = strategies, seed, executor, total
        self.done = 0
        self.outcomes: dict[str, list[Outcome]] = {}
        """Those of the last look."""

    def at(self, scenario: Scenario, *, replications: int, campaigns: int) -> dict[str, Parts]:
        """What was found of each strategy."""
        digests = {name: scenario.digest_of(name) for name in self.strategies}
        cells = {
            name: [
                Cell(scenario=digest, strategy=name, seed=self.seed, replication=r, campaigns=campaigns,
                     code=code_digest())
                for r in range(replications)
            ]
            for name, digest in digests.items()
        }  # fmt: skip
        flat = [cell for own in cells.values() for cell in own]
        tell, before = self.executor.progress, self.done
        shifted = tell and (lambda done, _, __: tell(before + done, 0, max(self.total, before + len(flat))))
        found = self.executor.run(dict.fromkeys(digests.values(), scenario), flat, progress=shifted)
        self.done += len(flat)
        self.outcomes = {name: [found[cell] for cell in own] for name, own in cells.items()}
        times = resamples(replications, seed=self.seed)
        return {name: gather([o.findings for o in own], DECIDING, times) for name, own in self.outcomes.items()}


def examine(
    scenario: Scenario,
    strategies: Sequence[str],
    *,
    seed: int,
    replications: int,
    campaigns: int,
    executor: Executor,
) -> Assumptions:
    """Halve and double each assumed number alone, and see what that does to the verdict.

    Parameters
    ----------
    scenario : Scenario
    strategies : sequence of str
    seed : int
    replications, campaigns : int
        Of the comparison whose verdict it is.
    executor : Executor

    Notes
    -----
    Definition: MODEL.md, guards. One at a time, as Morris (1991) does, between half and double. A first look of few
    replications and campaigns; what raises a doubt there, at most twelve changes, is looked at again with all. What
    only matters together with another number is not seen. Checked by
    ``tests/unit/study/comparisons/test_assumptions.py``.
    """
    look = _Look(strategies, seed, executor, planned_cells(scenario, len(strategies)))
    examiner = _Examiner(scenario, look, replications=replications, campaigns=campaigns)
    found = [(assumed, examiner.of(assumed)) for assumed in assumed_of(scenario)]
    return Assumptions(
        verdict=verdict_of(examiner.base, examiner.delivered),
        examined=tuple(one for _, one in found if isinstance(one, Examined)),
        not_examined=tuple((assumed, one) for assumed, one in found if isinstance(one, str)),
        replications=examiner.few["replications"],
        campaigns=examiner.few["campaigns"],
        cells=look.total,
    )


class _Examiner:
    """The comparison as it is, at full effort and at a first look, beside which changes are held."""

    def __init__(self, scenario: Scenario, look: _Look, *, replications: int, campaigns: int) -> None:
        self.scenario, self.look = scenario, look
        self.full = {"replications": replications, "campaigns": campaigns}
        self.few = {"replications": min(SCREENED, replications), "campaigns": min(LOOKED, campaigns)}
        self.base = look.at(scenario, **self.full)
        self.delivered = [name for name, own in look.outcomes.items() if not any(o.hypothetical for o in own)]
        self.first = look.at(scenario, **self.few)
        self.again = CONFIRMED

    def of(self, assumed: Assumed) -> Examined | str:
        """What half and double of it do, or why neither can be tried."""
        changes, why = [], ""
        for factor in FACTORS:
            changed = scaled(self.scenario, assumed, factor)
            if isinstance(changed, str):
                why = changed
            else:
                changes.append(self._change(factor, changed))
        return Examined(assumed, tuple(changes)) if changes else why

    def _change(self, factor: float, changed: Scenario) -> Change:
        seen = self.look.at(changed, **self.few)
        if not _doubtful(self.base, self.first, seen, self.delivered):
            return self._found(factor, "none", self.first, seen)
        if not self.again:
            return self._found(factor, "untold", self.first, seen)
        self.again -= 1
        after = self.look.at(changed, **self.full)
        what, flips = moved(self.base, after, self.delivered)
        return replace(self._found(factor, what, self.base, after), flips=flips, confirmed=True)

    def _found(self, factor: float, what: Moved, before: Mapping[str, Parts], after: Mapping[str, Parts]) -> Change:
        best = verdict_of(self.base, self.delivered).best
        return Change(
            factor=factor,
            best=verdict_of(after, self.delivered).best if what in ("moves", "untold") else best,
            moved=what,
            flips=(),
            headline=_ratio(before[best], after[best]) if best else math.nan,
            confirmed=False,
        )


def _doubtful(
    base: Mapping[str, Parts], first: Mapping[str, Parts], seen: Mapping[str, Parts], delivered: Sequence[str]
) -> bool:
    """Whether some order of strategies that is told may not hold any more, or the best may be another one."""
    if verdict_of(seen, delivered).best not in alike(base, verdict_of(base, delivered)):
        return True
    for a, b in combinations(delivered, 2):
        if base[a].contrast(base[b], DECIDES[0]).resolved:
            before, now = (of[a].contrast(of[b], DECIDES[0]).mean for of in (first, seen))
            if not now * math.copysign(1.0, before) >= NEAR * abs(before):
                return True
    return False


def _ratio(before: Parts, after: Parts) -> float:
    """Access window after over that before; NaN where one of them is cut at the cap or is 0."""
    if any(of.means["unbounded_share"].numerators.any() for of in (before, after)):
        return math.nan
    old, new = (of.means[DECIDES[0]].interval().mean for of in (before, after))
    return new / old if old > 0 else math.nan
