"""What thieves cost in a year: how often, how much each time, and the chance that a year costs more than so much."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from nhilab.base.quantities import FloatArray, IntArray
from nhilab.scenario.study_section import Loss
from nhilab.study.costs.exceedance import Curve, exceedance, lattice_for, shown_at
from nhilab.study.costs.loss_samples import magnitude, sample_losses
from nhilab.study.estimates.estimate import MeanParts
from nhilab.study.estimates.plain import finite
from nhilab.study.estimates.trials import Trials
from nhilab.study.intervals.means import Interval

QUANTILES: Final = (0.5, 0.9, 0.95, 0.99)
MAGNITUDE_QUANTILES: Final = (0.1, 0.5, 0.9)


@dataclass(frozen=True, eq=False, kw_only=True)
class AnnualLoss:
    """What thieves cost under one strategy, in FAIR's terms.

    Attributes
    ----------
    incidents_per_year : float
        Threat event frequency.
    vulnerability : Interval
        Share of campaigns that cost something.
    magnitude : dict of str to float
        Loss of those: ``mean``, ``p10``, ``p50``, ``p90``.
    mean : MeanParts
        Annualised loss expectancy: incidents per year times the mean over all campaigns.
    quantiles : dict of str to Interval
        Of the annual loss: ``p50``, ``p90``, ``p95``, ``p99``.
    curve : Curve
        Annual loss exceedance, at losses that all strategies share.
    """

    incidents_per_year: float
    vulnerability: Interval
    magnitude: dict[str, float]
    mean: MeanParts
    quantiles: dict[str, Interval]
    curve: Curve

    def to_json(self) -> dict[str, Any]:
        """As JSON: finite numbers or null."""
        return {
            "threat_event_frequency": self.incidents_per_year,
            "vulnerability": _plain(self.vulnerability),
            "loss_event_frequency": finite(self.incidents_per_year * self.vulnerability.mean),
            "loss_magnitude": {name: finite(value) for name, value in self.magnitude.items()},
            "annual_loss": {"mean": _plain(self.mean.interval())}
            | {name: _plain(value) for name, value in self.quantiles.items()},
        }


def annual_losses(trials: Trials, loss: Loss) -> dict[str, AnnualLoss]:
    """Annual losses of each arm.

    Parameters
    ----------
    trials : Trials
    loss : Loss
        Prices.
    """
    magnitudes = {
        name: np.stack([magnitude(campaigns, loss) for campaigns in found])
        for name, found in sample_losses(trials).items()
    }
    return losses_of(magnitudes, loss.incidents_per_year)


def losses_of(magnitudes: Mapping[str, FloatArray], incidents_per_year: float) -> dict[str, AnnualLoss]:
    """Annual losses from the losses of single incidents.

    Parameters
    ----------
    magnitudes : dict of arm to ndarray, shape (replications, campaigns), float64
    incidents_per_year : float
        Mean of their Poisson number.
    """
    lattice = lattice_for(max((float(each.max()) for each in magnitudes.values()), default=0.0), incidents_per_year)
    curves = {name: exceedance(each, incidents_per_year, lattice) for name, each in magnitudes.items()}
    shown = shown_at(curves.values(), lattice)
    return {name: _annual(magnitudes[name], incidents_per_year, curves[name], shown) for name in magnitudes}


def loss_table(losses: Mapping[str, AnnualLoss], currency: str) -> pl.DataFrame:
    """Exceedance curves as a long table with what FAIR names beside them.

    Columns strategy, loss, probability, low, high, currency; then, alike in all rows of a strategy,
    threat_event_frequency, vulnerability, loss_event_frequency, loss_magnitude_mean, loss_magnitude_p10 to
    loss_magnitude_p90, annualized_loss_expectancy.
    """
    return pl.concat([_rows(name, annual, currency) for name, annual in losses.items()])


def _rows(name: str, annual: AnnualLoss, currency: str) -> pl.DataFrame:
    curve = annual.curve
    columns = {"loss": curve.losses, "probability": curve.probability, "low": curve.low, "high": curve.high}
    about = {
        "currency": currency,
        "threat_event_frequency": annual.incidents_per_year,
        "vulnerability": annual.vulnerability.mean,
        "loss_event_frequency": annual.incidents_per_year * annual.vulnerability.mean,
        **{f"loss_magnitude_{key}": value for key, value in annual.magnitude.items()},
        "annualized_loss_expectancy": annual.mean.interval().mean,
    }
    frame = pl.DataFrame(columns).with_columns(**{key: pl.lit(value) for key, value in about.items()})
    return frame.select(pl.lit(name).alias("strategy"), pl.all()).with_columns(pl.col(pl.Float64).fill_nan(None))


def _annual(magnitudes: FloatArray, incidents_per_year: float, curve: Curve, shown: IntArray) -> AnnualLoss:
    campaigns = np.full(len(magnitudes), float(magnitudes.shape[1]))
    hits = MeanParts((magnitudes > 0).sum(1).astype(np.float64), campaigns, share=True)
    of_hits = magnitudes[magnitudes > 0]
    spread = {
        f"p{round(100 * q)}": float(np.quantile(of_hits, q, method="inverted_cdf")) if len(of_hits) else math.nan
        for q in MAGNITUDE_QUANTILES
    }
    return AnnualLoss(
        incidents_per_year=incidents_per_year,
        vulnerability=hits.interval(),
        magnitude={"mean": float(of_hits.mean()) if len(of_hits) else math.nan, **spread},
        mean=MeanParts(incidents_per_year * magnitudes.sum(1), campaigns),
        quantiles={f"p{round(100 * q)}": curve.quantile(q) for q in QUANTILES},
        curve=Curve(*(each[shown] for each in (curve.losses, curve.probability, curve.low, curve.high))),
    )


def _plain(value: Interval) -> dict[str, float | None]:
    return {name: finite(number) for name, number in value._asdict().items()}
