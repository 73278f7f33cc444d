"""How the worth of stolen credentials fades: the share still honoured against time since theft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import polars as pl

from nhilab.study.cells.cell import Finding
from nhilab.study.intervals.shares import share_interval

METRIC: Final = "credential_residual_s"
N_POINTS: Final = 121


def survival(found: Mapping[str, Sequence[Mapping[str, Finding]]], *, cap_s: float) -> pl.DataFrame:
    r"""Share of the credentials taken that are still honoured some time after.

    .. math:: S(t) = \sum_r \#\{c : h_c - x_c > t\}_r \Big/ \sum_r n_r

    Parameters
    ----------
    found : dict of strategy to sequence of dict of metric to Finding
        One per replication.
    cap_s : float
        Where the time axis ends, s.

    Returns
    -------
    DataFrame
        Columns strategy, time_s, share, low, high (`share_interval` over replications, null where there is none); 121
        times from 1 s (or less, under a short cap) to the cap, evenly spaced in their logarithm. A strategy under
        which nothing was taken has no rows.
    """
    times = np.geomspace(min(1.0, cap_s / 1000), cap_s, N_POINTS)
    rows = []
    for strategy, replications in found.items():
        pools = [findings[METRIC].pool for findings in replications]
        sizes = np.array([pool.weight * len(pool.values) for pool in pools])
        if not sizes.sum():
            continue
        for time in times.tolist():
            alive = [p.weight * float(len(p.values) - np.searchsorted(p.values, time, side="right")) for p in pools]
            rows.append((strategy, time, *share_interval(np.array(alive), sizes)))
    names = {"strategy": pl.String, "time_s": pl.Float64, "share": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    return pl.DataFrame(rows, schema=names, orient="row").with_columns(pl.col("low", "high").fill_nan(None))
