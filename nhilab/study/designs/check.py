"""Hold strategies to limits: replicate until each verdict is decided, and allow for having looked several times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from nhilab.base.errors import InputError
from nhilab.base.quantities import SECOND
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.executor import Executor
from nhilab.study.comparisons.compare import CAMPAIGNS, REPLICATIONS, chosen
from nhilab.study.designs.limits import CONFIDENCE, Judgement, Limit, Verdict, judge, limits_of, overall
from nhilab.study.estimates.plain import finite
from nhilab.study.estimates.trials import Arm, Trials, at_least_one

SCHEMA: Final = "nhilab/check/1"
MAX_REPLICATIONS: Final = 64


@dataclass(frozen=True, eq=False, kw_only=True)
class Check:
    """Strategies held to limits.

    Attributes
    ----------
    scenario, scenario_digest : str
        Its name, and the digest of all in it that decides results.
    seed, campaigns : int
        Settings; campaigns per replication.
    looks : tuple of int
        Replications at which verdicts were to be sought, until all are decided.
    confidence, bound_confidence : float
        Of a verdict, all looks together; of the bounds at each look.
    strategies : dict of strategy to tuple of Judgement
        In the order they were named; limits in the order of the report.
    hypothetical : tuple of str
        Strategies of which some issuer refuses a stage.
    """

    scenario: str
    scenario_digest: str
    seed: int
    campaigns: int
    looks: tuple[int, ...]
    confidence: float
    bound_confidence: float
    strategies: dict[str, tuple[Judgement, ...]]
    hypothetical: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Check({self.scenario!r}, {', '.join(self.strategies)}: {self.verdict})"

    @property
    def verdict(self) -> Verdict:
        """Of all strategies and limits together."""
        return overall(judgement for found in self.strategies.values() for judgement in found)

    def count(self, verdict: Verdict) -> int:
        """How many pairs of strategy and limit have a verdict."""
        return sum(judgement.verdict == verdict for found in self.strategies.values() for judgement in found)

    def to_json(self) -> dict[str, Any]:
        """The check as JSON of schema ``nhilab/check/1``: finite numbers or null, no elapsed times."""
        return {
            "schema": SCHEMA,
            **{name: getattr(self, name) for name in ("scenario", "scenario_digest", "seed", "campaigns")},
            "looks": list(self.looks),
            "confidence": self.confidence,
            "bound_confidence": self.bound_confidence,
            "verdict": self.verdict,
            "strategies": {
                name: {judgement.limit.key: _plain(judgement) for judgement in found}
                for name, found in self.strategies.items()
            },
            "hypothetical": list(self.hypothetical),
        }


def check(
    scenario: Scenario,
    limits: Mapping[str, str] | Sequence[Limit] = (),
    *,
    seed: int,
    executor: Executor | None = None,
    strategies: Sequence[str] = (),
    replications: int = REPLICATIONS,
    max_replications: int = MAX_REPLICATIONS,
    campaigns: int = CAMPAIGNS,
) -> Check:
    r"""Hold strategies to limits.

    Verdicts are sought at n, 2n, 4n, … replications and at the most, as long as one is undecided that more could
    decide. Of K such looks each uses bounds of confidence

    .. math:: 1 - (1 - 0.95) / K

    so that whatever is said first is wrong in at most 5 % of studies (Bonferroni).

    Parameters
    ----------
    scenario : Scenario
    limits : dict of key to text, or sequence of Limit
        ``{"access_window_s_p95": "15m"}``, beside those of the file, or `limits_of` has read them. None for the file's.
    seed : int
        Which chance.
    executor : Executor, optional
        What computes; this process alone if none is given.
    strategies : sequence of str
        Empty for all.
    replications, max_replications : int
        Of the first look, and of the last.
    campaigns : int
        Thieves per replication.

    Returns
    -------
    Check
        The 5 % are of each limit and strategy, not of all together. A strategy stops on its own; a verdict reached at
        an earlier look stands.

    Raises
    ------
    InputError
        If a strategy or a limit is unknown, or there are no limits.

    Notes
    -----
    Source: Bonferroni's inequality over the looks; conservative, for they share replications. Checked by
    ``tests/unit/study/designs/test_check.py``.
    """
    if isinstance(limits, Mapping):
        limits = limits_of(scenario, limits)
    limits = limits or limits_of(scenario)
    if not limits:
        raise InputError(scenario.written.file, "limits", "nothing", "limits: {KEY: VALUE}, or limits given")
    planned = looks(replications, max_replications)
    found: dict[str, tuple[Judgement, ...]] = {}
    hypothetical = []
    for name in chosen(scenario, strategies):
        trials = Trials([Arm(name, scenario, name)], seed=seed, campaigns=campaigns, executor=executor or Executor())
        found[name] = sought(trials, limits, planned, cap_s=scenario.content.cap / SECOND)
        if any(outcome.hypothetical for outcome in trials.outcomes[name]):
            hypothetical.append(name)
    return Check(
        scenario=scenario.name,
        scenario_digest=scenario.digest(),
        seed=seed,
        campaigns=campaigns,
        looks=planned,
        confidence=CONFIDENCE,
        bound_confidence=bound_confidence(planned),
        strategies=found,
        hypothetical=tuple(hypothetical),
    )


def looks(replications: int, max_replications: int) -> tuple[int, ...]:
    """Replications at which verdicts are sought.

    Examples
    --------
    >>> looks(8, 64), looks(8, 20), looks(8, 8), looks(8, 4)
    ((8, 16, 32, 64), (8, 16, 20), (8,), (8,))
    """
    at_least_one("replications", replications)  # twice none is none, for ever
    planned = [replications]
    while planned[-1] < max_replications:
        planned.append(min(2 * planned[-1], max_replications))
    return tuple(planned)


def bound_confidence(planned: Sequence[int]) -> float:
    """Confidence of the bounds at each of the planned looks.

    Examples
    --------
    >>> bound_confidence((8, 16, 32, 64))
    0.9875
    """
    return round(1 - (1 - CONFIDENCE) / len(planned), 9)


def sought(trials: Trials, limits: Sequence[Limit], planned: Sequence[int], *, cap_s: float) -> tuple[Judgement, ...]:
    """Judgements of the only arm of some trials, at as many of the planned looks as it takes."""
    confidence = bound_confidence(planned)
    decided: dict[str, Judgement] = {}
    for replications in planned:
        trials.extend(replications)
        (parts,) = trials.parts().values()
        waiting = [limit for limit in limits if limit.key not in decided or decided[limit.key].verdict == "undecided"]
        for judgement in judge(parts, waiting, cap_s=cap_s, confidence=confidence):
            decided[judgement.limit.key] = judgement
        if not any(judgement.open for judgement in decided.values()):
            break
    return tuple(decided[limit.key] for limit in limits)


def _plain(judgement: Judgement) -> dict[str, Any]:
    limit = judgement.limit
    numbers = {name: finite(getattr(judgement, name)) for name in ("mean", "low", "high")}
    about = {"limit": limit.bound, "unit": limit.unit, "direction": "at most" if limit.upper else "at least"}
    return {**numbers, **about, "n": judgement.n, "verdict": judgement.verdict, "reason": judgement.reason}
