"""Annual losses are compound Poisson: against closed forms, simulation and the metrics of the same campaigns."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import gamma, poisson
from unit.study.small import small

from nhilab.base.streams import stream
from nhilab.scenario.study_section import Loss
from nhilab.study.cells.executor import Executor
from nhilab.study.cells.store import CellStore
from nhilab.study.costs.exceedance import exceedance, lattice_for
from nhilab.study.costs.loss_samples import magnitude, sample_losses
from nhilab.study.costs.losses import annual_losses, loss_table, losses_of
from nhilab.study.estimates.trials import Arm, Trials

RATE = 1.7


def trials(folder: Path, executor: Executor, replications: int = 2) -> Trials:
    scenario = small(folder)
    found = Trials([Arm(n, scenario, n) for n in ("session", "task")], seed=0, campaigns=30, executor=executor)
    found.extend(replications)
    return found


def test_losses_that_are_all_alike_exceed_k_of_them_with_the_poisson_tail() -> None:
    curve = exceedance(np.full((3, 10), 250.0), RATE, lattice_for(250.0, RATE))
    for k in range(8):
        beyond = curve.probability[np.searchsorted(curve.losses, 250.0 * (k + 0.5))]
        assert beyond == pytest.approx(poisson.sf(k, RATE), abs=1e-11)


def test_exponential_losses_exceed_with_a_mixture_of_gamma_tails() -> None:
    losses = -np.log((np.arange(20_000) + 0.5) / 20_000)
    curve = exceedance(losses[None], RATE, lattice_for(float(losses.max()), RATE))
    for loss in (0.01, 0.5, 2.0, 5.0, 9.0):
        exact = sum(poisson.pmf(n, RATE) * gamma.sf(loss, n) for n in range(1, 60))
        assert np.interp(loss, curve.losses, curve.probability) == pytest.approx(exact, abs=2e-3, rel=5e-3)


def test_simulated_years_exceed_as_often_as_the_curve_says() -> None:
    chance, years = stream(0, "years"), 40_000
    losses = np.array([0.0, 0.0, 10.0, 35.0, 210.0])
    drawn = chance.poisson(RATE, years)
    simulated = np.array([chance.choice(losses, n).sum() for n in drawn])
    curve = exceedance(losses[None], RATE, lattice_for(210.0, RATE))
    for loss in (5.0, 12.0, 100.0, 300.0, 600.0):
        exact = curve.probability[np.searchsorted(curve.losses, loss)]
        error = math.sqrt(exact * (1 - exact) / years)
        assert abs(np.mean(simulated > loss) - exact) < 4 * error


@pytest.mark.parametrize("rate", [0.01, 1.7, 40.0])
def test_the_mean_annual_loss_is_frequency_times_mean_magnitude_and_the_area_under_the_curve(rate: float) -> None:
    losses = stream(0, "magnitudes").lognormal(3.0, 1.0, (4, 25))
    (annual,) = losses_of({"arm": losses}, rate).values()
    assert annual.mean.interval().mean == pytest.approx(rate * losses.mean(), rel=1e-12)
    lattice = lattice_for(float(losses.max()), rate)
    area = exceedance(losses, rate, lattice).probability.sum() * lattice.step
    assert area == pytest.approx(rate * losses.mean(), rel=1e-6)


def test_replications_that_are_alike_leave_no_interval_and_those_that_differ_do() -> None:
    alike = losses_of({"arm": np.tile([0.0, 10.0, 50.0], (4, 1))}, RATE)["arm"].curve
    assert np.allclose(alike.low, alike.probability, atol=1e-9)
    assert np.allclose(alike.high, alike.probability, atol=1e-9)
    differ = losses_of({"arm": np.array([[0.0, 10.0, 50.0], [10.0, 10.0, 50.0], [0.0, 0.0, 50.0]])}, RATE)["arm"]
    assert (differ.curve.low <= differ.curve.probability).all()
    assert (differ.curve.probability <= differ.curve.high).all()
    assert differ.quantiles["p90"].low < differ.quantiles["p90"].mean < differ.quantiles["p90"].high
    single = losses_of({"arm": np.array([[0.0, 10.0]])}, RATE)["arm"]
    assert np.isnan(single.curve.low).all()


def test_curves_never_rise() -> None:
    losses = stream(0, "magnitudes").gamma(0.3, 100.0, (4, 25))
    curve = losses_of({"arm": losses}, RATE)["arm"].curve
    assert all((np.diff(each) <= 1e-12).all() for each in (curve.probability, curve.low, curve.high))
    assert curve.losses[0] == 0


def test_thieves_who_find_nothing_cost_nothing() -> None:
    annual = losses_of({"arm": np.zeros((3, 10))}, RATE)["arm"]
    assert annual.mean.interval() == (0.0, 0.0, 0.0)
    assert annual.curve.probability.max() == 0.0
    assert annual.quantiles["p99"].mean == 0.0
    assert annual.to_json()["loss_magnitude"]["mean"] is None


def test_strategies_share_the_losses_at_which_they_are_shown() -> None:
    found = losses_of({"a": np.array([[1.0, 2.0]]), "b": np.array([[0.0, 500.0]])}, RATE)
    table = loss_table(found, "EUR")
    assert found["a"].curve.losses.tolist() == found["b"].curve.losses.tolist()
    assert table.height == 2 * len(found["a"].curve.losses)
    about = table.group_by("strategy", maintain_order=True).first()
    assert about["loss_event_frequency"].to_list() == pytest.approx([RATE, RATE / 2])
    assert about["annualized_loss_expectancy"].to_list() == pytest.approx([RATE * 1.5, RATE * 250.0])
    assert about["low"].null_count() == 2


def test_losses_are_those_of_the_campaigns_the_metrics_are_of(tmp_path: Path) -> None:
    with Executor() as executor:
        found = trials(tmp_path, executor)
        samples, parts = sample_losses(found), found.parts()
    for name, campaigns in samples.items():
        stolen = np.array([each[:, 0].sum() for each in campaigns])
        assert stolen.tolist() == parts[name].means["theft_probability"].numerators.tolist()
        for column, key in ((1, "reach_weighted"), (2, "resource_seconds")):
            means = parts[name].means[key]
            assert np.mean([each[:, column].mean() for each in campaigns]) == pytest.approx(means.interval().mean)
    loss = Loss(incidents_per_year=3, per_weighted_resource=2)
    reach = parts["task"].means["reach_weighted"].interval().mean
    with Executor() as executor:
        annual = annual_losses(trials(tmp_path, executor), loss)["task"]
    assert annual.mean.interval().mean == pytest.approx(3 * 2 * reach)


def test_a_loss_is_the_sum_of_what_is_priced() -> None:
    campaigns = np.array([[0.0, 0.0, 0.0], [1.0, 3.0, 5400.0]])
    for prices, expected in (
        ({"per_incident": 7.0}, 7.0),
        ({"per_weighted_resource": 2.0}, 6.0),
        ({"per_weighted_resource_hour": 4.0}, 6.0),
        ({"per_incident": 7.0, "per_weighted_resource": 2.0, "per_weighted_resource_hour": 4.0}, 19.0),
    ):
        assert magnitude(campaigns, Loss(incidents_per_year=1, **prices)).tolist() == [0.0, expected]


def test_campaigns_kept_are_not_replayed_again_and_damaged_ones_are(tmp_path: Path) -> None:
    told: list[tuple[int, int, int]] = []
    store = CellStore(tmp_path / "cells")

    def again() -> list[bytes]:
        told.clear()
        with Executor(1, store, lambda *counts: told.append(counts)) as executor:
            found = trials(tmp_path, executor)
            told.clear()
            return [each.tobytes() for own in sample_losses(found).values() for each in own]

    first = again()
    assert told[-1] == (4, 0, 4)
    assert again() == first
    assert told[-1] == (4, 4, 4)
    damaged = next((tmp_path / "cells").rglob("*.losses"))
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")
    assert again() == first
    assert told[-1] == (4, 3, 4)
