"""Which resources fall, how often, how fast and by which path: every resource of one ledger."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any, Final

import numpy as np
import polars as pl
from scipy.special import ndtri
from scipy.stats import binom

from nhilab.base.quantities import SECOND, FloatArray
from nhilab.metrics.paths import Traces
from nhilab.metrics.phrases import path_words
from nhilab.metrics.reading import Reading
from nhilab.study.intervals.means import CONFIDENCE

REACH_SCHEMA: Final[dict[str, Any]] = {
    "strategy": pl.String, "resource": pl.String, "class": pl.String, "environment": pl.String,
    "sensitivity": pl.Float64, "campaigns": pl.Int64, "share": pl.Float64, "share_low": pl.Float64,
    "share_high": pl.Float64, "median_s": pl.Float64, "median_low_s": pl.Float64, "median_high_s": pl.Float64,
    "median_openings": pl.Float64, "path": pl.String, "path_share": pl.Float64,
}  # fmt: skip


def reach_table(strategy: str, reading: Reading) -> pl.DataFrame:
    """How each resource fell to the campaigns of one ledger.

    Parameters
    ----------
    strategy : str
        Name written in each row.
    reading : Reading

    Returns
    -------
    DataFrame
        One row per resource of the estate, in its order. Columns strategy, resource, class, environment, sensitivity;
        campaigns that reached it; their share of all campaigns with its Wilson interval (1); the median time from
        entry over those that reached it, with its interval from order statistics (s); median openings before it; the
        path most of them took, in words, and the share of them that took it. Null where none reached it, or too few
        for an interval.

    Notes
    -----
    Source: Wilson, *Probable inference, the law of succession, and statistical inference* (1927); campaigns of one
    ledger count as independent, so the interval is for this replication's world. Order statistics: David and
    Nagaraja, *Order Statistics* (2003), 7.1. Checked by ``tests/unit/study/closeups/test_closeup.py``.
    """
    found, estate = reading.compromises, reading.ledger.estate
    n = len(found.campaigns)
    paths = _paths(Traces(reading))
    after = (found.reached.reached_at - found.campaigns.entered_at[found.reached.campaign]) / SECOND
    rows = []
    for resource, name in enumerate(estate.resources.name.tolist()):
        here = np.flatnonzero(found.reached.resource == resource)
        share, low, high = wilson_interval(len(here), n)
        path, times = paths.get(resource, (None, 0)), np.sort(after[here])
        rows.append(
            (
                strategy, name, estate.resources.resource_class[resource], estate.resources.environment[resource],
                float(estate.resources.sensitivity[resource]), len(here), share, low, high, *median_interval(times),
                float(np.median(found.reached.n_hops[here])) if len(here) else None,
                path[0], path[1] / len(here) if len(here) else None,
            )
        )  # fmt: skip
    return pl.DataFrame(rows, schema=REACH_SCHEMA, orient="row")


def median_interval(times: FloatArray) -> tuple[float | None, float | None, float | None]:
    """Median of a sorted sample and its 95 % interval between two of its order statistics.

    Returns
    -------
    tuple of float or None
        Median, low, high; no ends where even least and greatest cover it less often than asked for (below 6).

    Examples
    --------
    >>> median_interval(np.arange(1.0, 11.0))
    (5.5, 2.0, 9.0)
    """
    n = len(times)
    if not n:
        return None, None, None
    rank = int(binom.ppf((1 - CONFIDENCE) / 2, n, 0.5))
    middle = float(np.median(times))
    return (middle, float(times[rank - 1]), float(times[n - rank])) if rank >= 1 else (middle, None, None)


def wilson_interval(hits: int, trials: int) -> tuple[float, float, float]:
    r"""Share of independent trials that are hits, with the 95 % interval of Wilson.

    .. math:: \frac{1}{1+z^2/n} \Big(\hat p + \frac{z^2}{2n}
              \pm z\sqrt{\frac{\hat p(1-\hat p)}{n} + \frac{z^2}{4n^2}}\Big)

    Notes
    -----
    Oracle: ``scipy.stats.binomtest``; checked by ``tests/unit/study/closeups/test_closeup.py``.

    Examples
    --------
    >>> [round(end, 4) for end in wilson_interval(0, 10)]
    [0.0, 0.0, 0.2775]
    """
    share, z = hits / trials, float(ndtri((1 + CONFIDENCE) / 2))
    middle, over = share + z * z / (2 * trials), 1 + z * z / trials
    arm = z * math.sqrt(share * (1 - share) / trials + (z / (2 * trials)) ** 2)
    low, high = max((middle - arm) / over, 0.0), min((middle + arm) / over, 1.0)
    return share, low if hits else 0.0, high if hits < trials else 1.0


def _paths(traces: Traces) -> dict[int, tuple[str, int]]:
    """The path by which most campaigns came to each resource, in words, and how many; the first in words on ties."""
    reached = traces.reading.compromises.reached
    counts: dict[int, Counter[int]] = {}
    for resource, step in zip(reached.resource.tolist(), reached.step.tolist(), strict=True):
        counts.setdefault(resource, Counter())[traces.path[step]] += 1
    return {
        resource: min(
            ((path_words(traces.paths[path]), many) for path, many in by_path.items()), key=lambda p: (-p[1], p[0])
        )
        for resource, by_path in counts.items()
    }
