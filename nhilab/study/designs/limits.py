"""Limits that a design is held to, and whether what replications found is within them."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from nhilab.base.errors import InputError
from nhilab.base.quantities import SECOND, format_duration
from nhilab.metrics.catalogue import METRICS
from nhilab.metrics.observation import Metric
from nhilab.scenario.scenario import Scenario
from nhilab.scenario.study_section import limit_value
from nhilab.study.estimates.bounds import bounds
from nhilab.study.estimates.estimate import CAPPED, Parts

CONFIDENCE: Final = 0.95
Verdict = Literal["met", "broken", "undecided"]

_ROUNDING: Final = 1e-9


@dataclass(frozen=True, kw_only=True)
class Limit:
    """What a reported value must not pass.

    Attributes
    ----------
    key : str
        A reported key, such as ``access_window_s_p95``.
    bound : float
        In the unit.
    unit : str
        Of the metric.
    upper : bool
        At most the bound; else at least, where more is better.
    """

    key: str
    bound: float
    unit: str
    upper: bool = True


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Whether a strategy keeps a limit.

    Attributes
    ----------
    limit : Limit
    mean, low, high : float
        The value, and its one-sided bounds; NaN where there is none, ``inf`` above the cap.
    n : int
        Replications.
    verdict : ``"met"``, ``"broken"`` or ``"undecided"``
    reason : str
        Why it is undecided; empty otherwise.
    open : bool
        Undecided, and more replications could decide it.
    """

    limit: Limit
    mean: float
    low: float
    high: float
    n: int
    verdict: Verdict
    reason: str = ""
    open: bool = False


def limits_of(scenario: Scenario, more: Mapping[str, str] | None = None) -> tuple[Limit, ...]:
    """Limits of a scenario, in the order of the report.

    Parameters
    ----------
    scenario : Scenario
    more : dict of key to text, optional
        From elsewhere; they go before those of the file.

    Raises
    ------
    InputError
        If no report has a key, or a value does not fit its metric.

    Notes
    -----
    Checked by ``tests/unit/study/designs/test_limits.py``.
    """
    reported = _reported()
    bounds: dict[str, float] = {}
    for key, bound in scenario.content.limits.items():
        _known(key, scenario.written.file, f"limits.{key}", list(reported))
        bounds[key] = bound
    for key, text in (more or {}).items():
        _known(key, "--limit", "", list(reported))
        try:
            bounds[key] = limit_value(key, text)
        except ValueError as error:
            raise InputError("--limit", key, text, str(error)) from None
    return tuple(
        Limit(key=key, bound=bounds[key], unit=metric.unit, upper=metric.lower_is_better)
        for key, metric in reported.items()
        if key in bounds
    )


def judge(
    parts: Parts, limits: Sequence[Limit], *, cap_s: float, confidence: float = CONFIDENCE
) -> tuple[Judgement, ...]:
    r"""Whether a strategy keeps limits, each on its own.

    With an upper limit L and one-sided bounds l and h: *met* where :math:`h \le L`, *broken* where :math:`l > L`,
    else *undecided*; the other way round for a lower limit. About the share 1 − confidence of studies at most say
    *broken* of a limit that is kept, or *met* of one that is not (`bounds` says how near).

    Parameters
    ----------
    parts : Parts
        What the strategy's replications found.
    limits : sequence of Limit
    cap_s : float
        Where lengths are cut.
    confidence : float
        Of each bound.

    Returns
    -------
    tuple of Judgement
        One per limit. An empty group is undecided. So is a mean within its limit that is cut at the cap: the true one
        is longer. It may still be broken.

    Notes
    -----
    Checked by ``tests/unit/study/designs/test_limits.py``.
    """
    return tuple(_judged(parts, limit, cap_s, confidence) for limit in limits)


def overall(judgements: Iterable[Judgement]) -> Verdict:
    """Broken if one is; else undecided if one is; else met."""
    verdicts = {judgement.verdict for judgement in judgements}
    return next((verdict for verdict in ("broken", "undecided") if verdict in verdicts), "met")


def cut_at_cap(parts: Parts, key: str) -> bool:
    """Whether a mean is only a lower bound: access never ends for some, or over 5 % of the lengths pass the cap."""
    if key not in parts.means or not key.startswith(CAPPED):
        return False
    endless = key.startswith("access_window_s") and bool(parts.means["unbounded_share"].numerators.any())
    p95 = parts.quantiles.get(f"{key.removesuffix('_given_theft')}_p95")
    return endless or (p95 is not None and math.isinf(p95.estimate))


def _judged(parts: Parts, limit: Limit, cap_s: float, confidence: float) -> Judgement:
    mean, low, high = bounds(parts, limit.key, confidence=confidence)
    verdict, reason = _verdict(limit, mean, low, high)
    cap = format_duration(cap_s * SECOND)
    settled = verdict != "undecided" or math.isnan(mean)
    if math.isinf(low) and limit.bound > cap_s:
        verdict, reason, settled = "undecided", f"above the cap of {cap}, no telling how far", True
    elif limit.upper and verdict != "broken" and cut_at_cap(parts, limit.key):
        reason, settled = f"a lower bound: windows are cut at the cap of {cap}", verdict == "met"
        verdict = "undecided"
    return Judgement(
        limit=limit, mean=mean, low=low, high=high, n=parts.n, verdict=verdict, reason=reason, open=not settled
    )


def _verdict(limit: Limit, mean: float, low: float, high: float) -> tuple[Verdict, str]:
    slack = _ROUNDING * limit.bound
    if math.isnan(mean):
        return "undecided", "no such case was seen"
    if math.isnan(low) or math.isnan(high):
        return "undecided", "there is no interval"
    if low > limit.bound + slack if limit.upper else high < limit.bound - slack:
        return "broken", ""
    if high <= limit.bound + slack if limit.upper else low >= limit.bound - slack:
        return "met", ""
    return "undecided", "the limit lies within the interval"


def _reported() -> dict[str, Metric]:
    """The metric of every reported key, in the order of the report."""
    return {
        key: metric
        for name, metric in METRICS.items()
        for key in (name, *(f"{name}_p{round(100 * q)}" for q in metric.quantiles))
    }


def _known(key: str, file: str, where: str, keys: Sequence[str]) -> None:
    if key not in keys:
        near = difflib.get_close_matches(key, keys, n=5, cutoff=0.5)
        near = near or sorted(keys, key=lambda known: -difflib.SequenceMatcher(None, key, known).ratio())[:5]
        raise InputError(file, where, key, "a reported key such as " + ", ".join(near))
