"""The search for a break-even: both strategies tried at one value after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from nhilab.base.errors import InputError
from nhilab.base.quantities import SECOND
from nhilab.scenario.edit import edited
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.executor import Executor
from nhilab.study.comparisons.compare import CAMPAIGNS, REPLICATIONS
from nhilab.study.estimates.estimate import CAPPED
from nhilab.study.estimates.trials import Arm, Trials
from nhilab.study.experiments.break_even import BreakEven, Tried
from nhilab.study.experiments.sweep import parts_of, reported
from nhilab.study.experiments.vary import OPTION, Range, read_range, ways_of
from nhilab.study.intervals.crossing import Known, Scale, crossing

METRIC: Final = "access_window_s"
TOLERANCE: Final = 0.01
_WIDE: Final = 10.0
"""Ratio of the ends from which a range of numbers is searched by their logarithms."""


def break_even(
    scenario: Scenario,
    varied: Range | str,
    *,
    strategy: str,
    against: str,
    metric: str = METRIC,
    tolerance: float = TOLERANCE,
    seed: int,
    replications: int = REPLICATIONS,
    campaigns: int = CAMPAIGNS,
    executor: Executor | None = None,
) -> BreakEven:
    """Find the value at which a metric is the same under two strategies.

    Parameters
    ----------
    scenario : Scenario
    varied : Range or str
        Where it is looked for: ``"strategy.jit.ttl=1m..12h"``. What it changes of the other strategy, if anything, is
        changed too.
    strategy, against : str
    metric : str
        A reported key.
    tolerance : float
        How well the value is wanted: a share of it, or of the range where that begins at 0 or is narrow.
    seed : int
        Which chance; the same for both strategies at all values.
    replications, campaigns : int
        Campaigns per replication.
    executor : Executor, optional
        What computes; this process alone if none is given.

    Returns
    -------
    BreakEven

    Raises
    ------
    InputError
        If the path leads nowhere, the file could not hold an end of the range, both strategies are one, the
        metric is unknown, or the tolerance no share.

    Notes
    -----
    How the value and its interval are found: `nhilab.study.intervals.crossing.crossing`. Checked against theory by
    ``tests/verification/test_break_even.py``.
    """
    varied = read_range(varied) if isinstance(varied, str) else varied
    ways_of(scenario, [varied.path])
    if strategy == against:
        raise InputError("--against", "", against, f"another strategy than {strategy}")
    reported([metric])  # refuses one that is none
    if not 1e-4 <= tolerance <= 0.5:
        raise InputError("tolerance", "", tolerance, "a share from 0.0001 to 0.5, such as 0.01")
    for end in (varied.low, varied.high):
        edited(scenario, {varied.path: _written(varied, end)}, within=OPTION)
    wide = varied.low > 0 and (varied.is_length or varied.high / varied.low >= _WIDE)
    trials = Trials([], seed=seed, campaigns=campaigns, executor=executor or Executor())
    trials.extend(replications)
    bench = _Bench(scenario, varied, strategy, against, metric, trials)
    found = crossing(bench.evaluate, Scale(varied.low, varied.high, tolerance, logarithmic=wide, whole=varied.whole))
    tried = tuple(bench.tried[value] for value in sorted(bench.tried))
    unit = SECOND if varied.is_length else 1

    def seconds(value: float | None) -> float | None:
        return None if value is None else value / unit

    return BreakEven(
        scenario=scenario.name,
        scenario_digest=scenario.digest(),
        seed=seed,
        replications=replications,
        campaigns=campaigns,
        path=varied.path,
        lowest=varied.low / unit,
        highest=varied.high / unit,
        unit="s" if varied.is_length else "1",
        logarithmic=wide,
        strategy=strategy,
        against=against,
        metric=metric,
        metric_unit=tried[0].varied.unit,
        tolerance=tolerance,
        crossing=replace(found, value=seconds(found.value), low=seconds(found.low), high=seconds(found.high)),
        tried=tried,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Bench:
    """Both strategies tried at values as they are asked for; every cell is kept, so a search can be resumed."""

    scenario: Scenario
    varied: Range
    strategy: str
    against: str
    metric: str
    trials: Trials
    tried: dict[float, Tried] = field(default_factory=dict)

    def evaluate(self, values: Sequence[float]) -> list[Known]:
        """The varied strategy minus the other."""
        changes = [{self.varied.path: _written(self.varied, value)} for value in values]
        scenarios = [edited(self.scenario, change, within=OPTION) for change in changes]
        arms = {_name(s, n): Arm(_name(s, n), s, n) for s in scenarios for n in (self.strategy, self.against)}
        self.trials.add([arm for name, arm in arms.items() if name not in self.trials.arms])
        self.tried.update((value, self._tried(value, s)) for value, s in zip(values, scenarios, strict=True))
        return [Known(*self.tried[value].difference[:3]) for value in values]

    def _tried(self, value: float, scenario: Scenario) -> Tried:
        keys = (*reported([self.metric]), "unbounded_share")
        names = (self.strategy, self.against)
        varied, against = (parts_of(self.trials, _name(scenario, name), keys) for name in names)
        both = [each.estimates(cap_s=scenario.content.cap / SECOND) for each in (varied, against)]
        return Tried(
            value=value / (SECOND if self.varied.is_length else 1),
            varied=both[0][self.metric],
            against=both[1][self.metric],
            difference=varied.contrast(against, self.metric),
            capped=self.metric.startswith(CAPPED) and any(each["unbounded_share"].mean > 0 for each in both),
        )


def _name(scenario: Scenario, strategy: str) -> str:
    """Name of an arm: one for all values that leave the strategy as it is."""
    return f"{strategy} {scenario.digest_of(strategy)}"


def _written(varied: Range, value: float) -> str | float:
    """A value as a scenario file writes it."""
    if varied.is_length:
        return f"{round(value)}us"
    return int(value) if varied.whole else value
