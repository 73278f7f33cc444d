"""Strategies tried side by side, in one scenario or several: what every study is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nhilab.base.errors import InputError
from nhilab.metrics.catalogue import METRICS
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.cell import Cell, Outcome, code_digest
from nhilab.study.cells.executor import Executor
from nhilab.study.cells.job import Progress
from nhilab.study.estimates.estimate import Parts, gather
from nhilab.study.intervals.means import resamples

Outcomes = dict[str, list[Outcome]]


@dataclass(frozen=True, eq=False)
class Arm:
    """A strategy in a scenario, under a name of its own.

    Arms of one study share seed and replications, so those whose scenarios ask for the same work face the same.
    """

    name: str
    scenario: Scenario
    strategy: str


class Trials:
    """Outcomes so far, by arm and replication; grows in both, and computes nothing twice.

    Parameters
    ----------
    arms : sequence of Arm
        Each with a name of its own.
    seed, campaigns : int
        Settings; campaigns per replication.
    executor : Executor
    thieves : tuple of int
        Hop times in µs of further thieves, replayed on the same ledgers.

    Raises
    ------
    InputError
        If there are no campaigns, or later no replications: nothing could be said.
    """

    def __init__(
        self, arms: Sequence[Arm], *, seed: int, campaigns: int, executor: Executor, thieves: tuple[int, ...] = ()
    ) -> None:
        at_least_one("campaigns", campaigns)
        self.seed, self.campaigns, self.executor, self.thieves = seed, campaigns, executor, thieves
        self.arms: dict[str, Arm] = {}
        self.outcomes: Outcomes = {}
        self.n = 0
        self._digests: dict[str, str] = {}
        self.add(arms)

    def add(self, arms: Iterable[Arm]) -> None:
        """Take more arms in, and compute as many replications of them as there are of the others."""
        for arm in arms:
            if arm.name in self.arms:
                raise ValueError(f"two arms named {arm.name}")
            self.arms[arm.name], self.outcomes[arm.name] = arm, []
            self._digests[arm.name] = arm.scenario.digest_of(arm.strategy)
        if self.n:
            self.extend(self.n)

    def extend(self, replications: int) -> None:
        """Compute replications up to this number."""
        at_least_one("replications", replications)
        before = sum(map(len, self.outcomes.values()))
        wanted = [
            (name, self._cell(name, replication))
            for replication in range(replications)
            for name, found in self.outcomes.items()
            if replication >= len(found)
        ]
        scenarios = {self._digests[name]: arm.scenario for name, arm in self.arms.items()}
        outcomes = self.executor.run(scenarios, [cell for _, cell in wanted], progress=self._progress(before))
        for name, cell in wanted:
            self.outcomes[name].append(outcomes[cell])
        self.n = max(self.n, replications)

    def parts(self) -> dict[str, Parts]:
        """What each arm's replications found, resampled together."""
        times = resamples(self.n, seed=self.seed)
        return {
            name: gather([outcome.findings for outcome in found], METRICS, times)
            for name, found in self.outcomes.items()
        }

    def _cell(self, name: str, replication: int) -> Cell:
        return Cell(
            scenario=self._digests[name],
            strategy=self.arms[name].strategy,
            seed=self.seed,
            replication=replication,
            campaigns=self.campaigns,
            code=code_digest(),
            thieves=self.thieves,
        )

    def _progress(self, before: int) -> Progress | None:
        """The progress of one batch of cells as that of the whole study."""
        tell = self.executor.progress
        return tell and (lambda done, found, total: tell(before + done, before + found, before + total))


def at_least_one(name: str, number: int) -> None:
    """Refuse a number below 1, by its name.

    Raises
    ------
    InputError
        If it is.
    """
    if number < 1:
        raise InputError(name, "", number, "at least 1")
