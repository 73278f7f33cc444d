"""Are the scenarios of incidents consistent with what was documented? Figures that were no inputs, beside simulated."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, NamedTuple

import numpy as np

from nhilab.base.errors import InputError
from nhilab.base.quantities import DAY, HOUR, SECOND, FloatArray
from nhilab.lab import load_scenario, replay, run, sample
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.job import Progress
from nhilab.study.cells.store import CellStore
from nhilab.study.comparisons.compare import compare
from nhilab.study.comparisons.comparison import Comparison
from nhilab.study.intervals.means import Interval, Pool, mean_interval, pooled_quantiles
from nhilab.study.published.incident_reading import read_campaigns
from nhilab.study.published.incident_record import Incident, Predicted, load_incidents

INCIDENTS: Final = Path("scenarios/incidents")
SEED: Final = 1
REPLICATIONS: Final = 12
CAMPAIGNS: Final = 5
TOLERANCE: Final = 0.01
"""How far from a documented figure, as a share of it, still counts as meeting it."""

Verdict = Literal["yes", "no", "too wide to tell"]
_SECONDS: Final = {"h": HOUR / SECOND, "d": DAY / SECOND}


class Simulated(NamedTuple):
    """What campaigns gave: the mean with its 95 % interval over replications, and p5 and p95 over campaigns."""

    mean: float
    low: float
    high: float
    p5: float
    p95: float


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A documented figure beside the simulated one, both in the figure's unit."""

    figure: Predicted
    simulated: Simulated
    verdict: Verdict


@dataclass(frozen=True, eq=False, kw_only=True)
class IncidentStudy:
    """One incident.

    Attributes
    ----------
    name : str
        Of its scenario.
    scenario : Scenario
    record : Incident
        What was documented.
    compared : tuple of Compared
        Figures that were not inputs; empty where all were.
    comparison : Comparison
        The documented design beside alternatives.
    """

    name: str
    scenario: Scenario
    record: Incident
    compared: tuple[Compared, ...]
    comparison: Comparison


def study_incidents(
    folder: Path,
    *,
    only: Sequence[str] = (),
    seed: int = SEED,
    replications: int = REPLICATIONS,
    campaigns: int = CAMPAIGNS,
    workers: int = 1,
    store: CellStore | None = None,
    progress: Progress | None = None,
) -> list[IncidentStudy]:
    """Replay incidents as documented and with other designs.

    Parameters
    ----------
    folder : Path
        With a scenario for each incident and ``consistency.yaml``.
    only : sequence of str
        Names of incidents; empty for all.
    seed, replications, campaigns : int
        Settings; the published ones unless said otherwise.
    workers, store, progress
        As for `compare`.

    Returns
    -------
    list of IncidentStudy
        In the order of ``consistency.yaml``.

    Raises
    ------
    InputError
        If a file is wrong or an incident is not among them.
    """
    records = load_incidents(folder)
    for name in only:
        if name not in records:
            raise InputError(folder, "incident", name, "one of " + ", ".join(records))
    studies = []
    for name, record in records.items():
        if not only or name in only:
            scenario = load_scenario(folder / f"{name}.yaml")
            comparison = compare(
                scenario, seed=seed, replications=replications, campaigns=campaigns, workers=workers, store=store,
                progress=progress, thieves="one",
            )  # fmt: skip
            compared = compare_figures(
                scenario, record.outputs, seed=seed, replications=replications, campaigns=campaigns
            )
            studies.append(
                IncidentStudy(name=name, scenario=scenario, record=record, compared=compared, comparison=comparison)
            )
    return studies


def compare_figures(
    scenario: Scenario, figures: Sequence[Predicted], *, seed: int, replications: int, campaigns: int
) -> tuple[Compared, ...]:
    """Documented figures beside simulated ones.

    Parameters
    ----------
    scenario : Scenario
    figures : sequence of Predicted
        What to read of which strategy.
    seed, replications, campaigns : int
        As for `compare`: the campaigns are those of a comparison with the same settings.
    """
    found = _samples(scenario, figures, seed=seed, replications=replications, campaigns=campaigns)
    compared = []
    for figure in figures:
        simulated = _simulated(found[figure], cap=_cap(scenario, figure))
        compared.append(Compared(figure=figure, simulated=simulated, verdict=verdict(figure, simulated)))
    return tuple(compared)


def verdict(figure: Predicted, simulated: Simulated) -> Verdict:
    """Whether a documented figure and the simulated spread agree.

    The figure is one draw, so it is compared with the spread of campaigns, p5 to p95, not with the interval of their
    mean. *no*: the spread lies outside the documented interval, widened by 1 % of its middle, or in part above an upper
    bound. *too wide to tell*: it meets it, but is wider than the figure is large. *yes*: it meets it and is not.

    Examples
    --------
    >>> from nhilab.study.published.incident_record import Predicted
    >>> figure = Predicted(fact="", low=9, high=11, unit="h", flag="verified", source="", figure="", reading="taken",
    ...                    basis="sum")
    >>> [verdict(figure, Simulated(p5, p5, p5, p5, p95)) for p5, p95 in ((10, 12), (12, 13), (1, 20))]
    ['yes', 'no', 'too wide to tell']
    """
    low, high = 0.0 if figure.at_most else figure.low, figure.high
    middle = (figure.low + figure.high) / 2
    slack = TOLERANCE * middle
    if not (simulated.p5 <= high + slack and simulated.p95 >= low - slack):
        return "no"
    if figure.at_most and simulated.p95 > high + slack:
        return "no"
    return "too wide to tell" if simulated.p95 - simulated.p5 > middle else "yes"


def _samples(
    scenario: Scenario, figures: Sequence[Predicted], *, seed: int, replications: int, campaigns: int
) -> Mapping[Predicted, list[FloatArray]]:
    """What is read for each figure in each replication, in the figure's unit."""
    found: dict[Predicted, list[FloatArray]] = {figure: [] for figure in figures}
    for strategy in dict.fromkeys(figure.strategy for figure in figures):
        for replication in range(replications):
            ledger = run(scenario, strategy, sample(scenario, seed=seed, replication=replication))
            replayed = replay(ledger, scenario.threat, campaigns=campaigns, seed=seed, replication=replication)
            for figure in figures:
                if figure.strategy == strategy:
                    values = read_campaigns(figure.reading, ledger, replayed, figure.of)
                    found[figure].append(values / _SECONDS.get(figure.unit, 1.0))
    return found


def _cap(scenario: Scenario, figure: Predicted) -> float:
    return scenario.content.cap / SECOND / _SECONDS[figure.unit] if figure.unit in _SECONDS else math.inf


def _simulated(samples: Sequence[FloatArray], *, cap: float) -> Simulated:
    """Mean of the values cut at the cap, and quantiles of those that are not above it."""
    cut = [np.minimum(values, cap) for values in samples]
    mean: Interval = mean_interval(np.array([c.sum() for c in cut]), np.array([float(len(c)) for c in cut]))
    pools = [Pool(np.sort(np.where(values > cap, np.inf, values)), 1.0) for values in samples]
    once = np.ones((1, len(samples)), np.int64)
    p5, p95 = (float(pooled_quantiles(pools, q, once)[0]) for q in (0.05, 0.95))
    low, high = np.clip((mean.low, mean.high), 0.0, cap).tolist()
    return Simulated(mean.mean, low, high, p5, p95)
