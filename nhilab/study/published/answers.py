"""The questions of the scenario library that studies answer, at their published settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nhilab.lab import load_scenario
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.executor import Executor
from nhilab.study.comparisons.compare import CAMPAIGNS, REPLICATIONS, compare
from nhilab.study.comparisons.comparison import Comparison
from nhilab.study.designs.explore import Effort
from nhilab.study.designs.recommend import recommend
from nhilab.study.designs.recommendation import Recommendation
from nhilab.study.experiments.effects import Factorial
from nhilab.study.experiments.factorial import factorial
from nhilab.study.experiments.sweep import Sweep, sweep
from nhilab.study.experiments.vary import read_axis

CONTROLS: Final = "four-controls"
SESSION: Final = "session-or-per-call"
LIFETIMES: Final = ("one-off-call", "queued-batch", "autonomous-agent")
VARIED: Final = "strategy.ttl-1h.ttl=1m,5m,15m,1h,4h,12h"
"""The lifetimes under which each of `LIFETIMES` is looked at."""
SHOWN: Final = ("access_window_s", "failed_task_share")
PUBLISHED: Final = Effort(seed=1, replications=REPLICATIONS, campaigns=CAMPAIGNS)


@dataclass(frozen=True, eq=False, kw_only=True)
class Lifetime:
    """Which lifetime suits one form of work: what lifetimes do, and which design meets the limits at least cost."""

    scenario: Scenario
    sweep: Sweep
    recommendation: Recommendation


@dataclass(frozen=True, eq=False, kw_only=True)
class Answers:
    """What the published studies found.

    Attributes
    ----------
    controls_scenario, session_scenario : Scenario
    controls : Factorial
        Which of the four controls bought what.
    session : Comparison
        A session's token beside a token for each call and a decision on each call.
    lifetimes : tuple of Lifetime
        The three forms of work under the same lifetimes and the same limits.
    """

    controls_scenario: Scenario
    controls: Factorial
    session_scenario: Scenario
    session: Comparison
    lifetimes: tuple[Lifetime, ...]


def answer(
    folder: Path,
    *,
    executor: Executor,
    lifetimes: Sequence[str] = LIFETIMES,
    effort: Effort = PUBLISHED,
) -> Answers:
    """Carry out the published studies.

    Parameters
    ----------
    folder : Path
        With the scenarios they are about.
    executor : Executor
    lifetimes : sequence of str
        Scenarios to find a lifetime for.
    effort : Effort
        Settings; the published ones unless said otherwise.

    Raises
    ------
    InputError
        If a scenario is not there or is wrong.

    Notes
    -----
    Checked by ``tests/golden/test_answers.py``.
    """
    controls, session = (load_scenario(folder / f"{name}.yaml") for name in (CONTROLS, SESSION))
    return Answers(
        controls_scenario=controls,
        controls=study_controls(controls, effort=effort, executor=executor),
        session_scenario=session,
        session=study_session(session, effort=effort, executor=executor),
        lifetimes=tuple(
            study_lifetime(load_scenario(folder / f"{name}.yaml"), effort=effort, executor=executor)
            for name in lifetimes
        ),
    )


def study_controls(scenario: Scenario, *, executor: Executor, effort: Effort = PUBLISHED) -> Factorial:
    """Which control bought what."""
    return factorial(
        scenario, seed=effort.seed, replications=effort.replications, campaigns=effort.campaigns, executor=executor
    )


def study_session(scenario: Scenario, *, executor: Executor, effort: Effort = PUBLISHED) -> Comparison:
    """A session's token beside the others."""
    return compare(
        scenario, seed=effort.seed, replications=effort.replications, campaigns=effort.campaigns, executor=executor
    )


def study_lifetime(scenario: Scenario, *, executor: Executor, effort: Effort = PUBLISHED) -> Lifetime:
    """What lifetimes do to one form of work, and which design meets its limits at least cost."""
    swept = sweep(
        scenario, [read_axis(VARIED)], metrics=SHOWN, seed=effort.seed, replications=effort.replications,
        campaigns=effort.campaigns, executor=executor,
    )  # fmt: skip
    return Lifetime(
        scenario=scenario,
        sweep=swept,
        recommendation=recommend(
            scenario, seed=effort.seed, replications=effort.replications, campaigns=effort.campaigns, executor=executor
        ),
    )
