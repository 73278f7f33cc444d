"""Which of the numbers that are not known decide the result."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from unit.study.small import YAML, write

from nhilab.base.errors import InputError
from nhilab.base.quantities import MINUTE, SECOND, FloatArray
from nhilab.lab import load_scenario
from nhilab.scenario.edit import edited
from nhilab.scenario.scenario import Scenario
from nhilab.scenario.study_section import Uncertain
from nhilab.study.cells.executor import Executor
from nhilab.study.comparisons.compare import compare
from nhilab.study.experiments.sensitivity import Sensitivity, _noise_share, sensitivity
from nhilab.study.experiments.simulations import BATCH, Simulations
from nhilab.study.experiments.uncertain import Method, Problem, indices, n_points, quantiles, written

UNCERTAIN = """
uncertain:
  strategy.session.ttl: {uniform: [10m, 1h]}
  threat.entries.dependency.dwell: {loguniform: [1s, 5m]}
  verifiers.spare.leeway: {triangular: [1s, 5s, 60s]}
"""
SPARE = YAML.replace("verifiers: {gw:", "verifiers: {spare: {layers: []}, gw:")
CIRCLE = Problem({name: Uncertain(uniform=(-math.pi, math.pi)) for name in ("x1", "x2", "x3")})
FIRST, TOTAL = (0.3139, 0.4424, 0.0), (0.5576, 0.4424, 0.2437)
"""Exact indices of the Ishigami function with a = 7, b = 0.1 (Saltelli, Chan & Scott 2000)."""


def ishigami(x: FloatArray) -> FloatArray:
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def linear(x: FloatArray) -> FloatArray:
    return 3 * x[:, 0] - 2 * x[:, 1] + 100


def matches(evaluate: Callable[[FloatArray], FloatArray]) -> bool:
    """Whether the indices are those of Ishigami's function, within their own intervals and to 0.03."""
    found = indices(CIRCLE, "sobol", samples=2048, seed=0, evaluate=evaluate)[0]
    exact = {(name, index): value for index, values in (("S1", FIRST), ("ST", TOTAL)) for name, value in
             zip(CIRCLE.inputs, values, strict=True)}  # fmt: skip
    return all(
        found[name][index].low <= value <= found[name][index].high and abs(found[name][index].mean - value) < 0.03
        for (name, index), value in exact.items()
    )


def tried(scenario: Scenario, method: Method = "morris", **settings: Any) -> Sensitivity:
    chosen = {"seed": 0, "samples": 2, "strategy": "session", "replications": 2, "campaigns": 10} | settings
    with Executor(1) as executor:
        return sensitivity(scenario, method=method, executor=executor, **chosen)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return load_scenario(write(tmp_path_factory.mktemp("uncertain"), SPARE + UNCERTAIN))


@pytest.fixture(scope="module")
def study(scenario: Scenario) -> Sensitivity:
    return tried(scenario, samples=4)


def test_sobol_indices_of_the_ishigami_function_are_the_exact_ones() -> None:
    assert matches(ishigami)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda x: ishigami(x[:, [1, 0, 2]]),
        lambda x: np.sin(x[:, 0]) - 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2,
        lambda x: ishigami(x * [1, 1, 0.97]),
    ],
    ids=["columns swapped", "sign of a term", "a range 3 % shorter"],
)
def test_indices_of_another_function_are_told_apart(wrong: Callable[[FloatArray], FloatArray]) -> None:
    assert not matches(wrong)


def test_elementary_effects_of_a_linear_function_are_its_slopes_times_the_ranges() -> None:
    problem = Problem({"a": Uncertain(uniform=(0.0, 2.0)), "b": Uncertain(uniform=(1.0, 5.0))})
    found = indices(problem, "morris", samples=5, seed=3, evaluate=linear)[0]
    for name, effect in (("a", 6.0), ("b", -8.0)):
        assert found[name]["mu"].mean == pytest.approx(effect)
        np.testing.assert_allclose(found[name]["mu_star"], abs(effect))
        assert found[name]["sigma"].mean == pytest.approx(0, abs=1e-9)


def test_several_outputs_have_the_indices_each_has_alone() -> None:
    both = indices(CIRCLE, "sobol", samples=16, seed=1, evaluate=lambda x: np.stack([ishigami(x), linear(x)], axis=1))
    assert both[0] == indices(CIRCLE, "sobol", samples=16, seed=1, evaluate=ishigami)[0]
    assert both[1] == indices(CIRCLE, "sobol", samples=16, seed=1, evaluate=linear)[0]


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_zero_is_a_seed_like_any_other(method: Method) -> None:
    def once(seed: int) -> str:
        return repr(indices(CIRCLE, method, samples=8, seed=seed, evaluate=ishigami))

    first = once(0)
    assert once(0) == first != once(1)


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_it_evaluates_as_many_points_as_it_says(method: Method) -> None:
    sizes = []
    indices(CIRCLE, method, samples=8, seed=0, evaluate=lambda x: (sizes.append(len(x)), ishigami(x))[1])
    assert sizes == [n_points(CIRCLE, method, samples=8)]


@pytest.mark.parametrize(("method", "index", "known"), [("morris", "mu_star", True), ("sobol", "ST", False)])
def test_what_never_varies_has_no_effects_and_no_shares_of_variance(method: Method, index: str, known: bool) -> None:
    found = indices(CIRCLE, method, samples=8, seed=0, evaluate=lambda x: np.ones(len(x)))[0]["x1"][index].mean
    assert found == 0 if known else math.isnan(found)


def test_where_an_output_is_not_finite_there_are_no_indices() -> None:
    found = indices(CIRCLE, "morris", samples=8, seed=0, evaluate=lambda x: np.full(len(x), np.inf))[0]
    assert all(math.isnan(value.mean) for own in found.values() for value in own.values())


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=20))
def test_quantiles_are_those_of_the_distributions(shares: list[int]) -> None:
    u = np.array(shares) / 1000
    made = [
        (Uncertain(uniform=(2.0, 5.0)), scipy.stats.uniform(2, 3)),
        (Uncertain(loguniform=(0.1, 40.0)), scipy.stats.loguniform(0.1, 40)),
        (Uncertain(triangular=(1.0, 2.0, 6.0)), scipy.stats.triang(0.2, 1, 5)),
        (Uncertain(triangular=(1.0, 1.0, 6.0)), scipy.stats.triang(0, 1, 5)),
        (Uncertain(triangular=(1.0, 6.0, 6.0)), scipy.stats.triang(1, 1, 5)),
    ]
    for uncertain, oracle in made:
        np.testing.assert_allclose(quantiles(uncertain, u), oracle.ppf(u), rtol=1e-9, atol=1e-6)


def test_whole_numbers_of_a_uniform_one_are_equally_likely() -> None:
    found = quantiles(Uncertain(uniform=(1, 4), whole=True), np.linspace(0, 1, 4001))
    values, counts = np.unique(found, return_counts=True)
    assert values.tolist() == [1, 2, 3, 4]
    assert np.ptp(counts) <= 1


def test_whole_numbers_stay_within_their_ends() -> None:
    found = quantiles(Uncertain(loguniform=(1.6, 7.4), whole=True), np.linspace(0, 1, 101))
    assert (found.min(), found.max()) == (2, 7) and np.all(found == np.rint(found))


def test_values_are_written_as_a_file_says_them(scenario: Scenario) -> None:
    assert written(Uncertain(uniform=("1s", "1m")), 123_456.4) == "123456us"
    assert written(Uncertain(uniform=(0.0, 1.0)), 0.25) == 0.25
    whole = written(Uncertain(uniform=(1, 9), whole=True), 4.0)
    assert (whole, type(whole)) == (4, int)
    problem = Problem(scenario.content.uncertain)
    changed = edited(scenario, problem.changes(problem.at(np.array([[0.5, 0.0, 1.0]]))[0]))
    assert changed.strategies["session"].stages[0].ttl == 35 * MINUTE
    assert changed.threat.entries["dependency"].dwell == SECOND
    assert changed.content.verifiers["spare"].leeway == MINUTE


def test_the_value_at_a_point_is_that_of_a_comparison_there(scenario: Scenario) -> None:
    problem = Problem(scenario.content.uncertain)
    point = problem.at(np.array([[0.3, 0.6, 0.9]]))
    settings = {"seed": 5, "replications": 2, "campaigns": 10}
    metrics = ("access_window_s", "access_window_s_p95", "reach")
    with Executor(1) as executor:
        alone = Simulations(scenario, problem, ["session"], metrics=metrics, executor=executor, **settings)(point)
        less = Simulations(scenario, problem, ["session", "task"], metrics=metrics, executor=executor, **settings)
        apart = less(point)
    there = compare(edited(scenario, problem.changes(point[0])), strategies=["task", "session"], **settings)
    np.testing.assert_allclose(alone[0], [there.strategies["session"][key].mean for key in metrics])
    np.testing.assert_allclose(apart[0], [there.differences["session - task"][key].mean for key in metrics])
    assert less.errors[0, 0] > 0 and math.isnan(less.errors[0, 1])


def test_points_in_several_batches_give_what_they_give_in_one(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch, study: Sensitivity
) -> None:
    assert study.points * study.replications < BATCH
    monkeypatch.setattr("nhilab.study.experiments.simulations.BATCH", 6)
    assert tried(scenario, samples=4).to_json() == study.to_json()


def test_the_lifetime_decides_the_window_and_what_is_unused_nothing(study: Sensitivity) -> None:
    found = study.responses["access_window_s"].indices
    assert found["strategy.session.ttl"]["mu"].mean > 0
    assert found["strategy.session.ttl"]["mu_star"].low > found["threat.entries.dependency.dwell"]["mu_star"].high
    assert found["verifiers.spare.leeway"]["mu_star"] == (0, 0, 0)


def test_noise_is_the_mean_squared_error_of_a_point_over_the_variance_between_points() -> None:
    assert _noise_share(np.array([0.0, 10.0]), np.array([1.0, 3.0])) == pytest.approx(5 / 50)
    assert math.isnan(_noise_share(np.array([2.0, 2.0]), np.array([1.0, 1.0])))
    assert math.isnan(_noise_share(np.array([0.0, 10.0]), np.array([1.0, math.nan])))


def test_windows_cut_at_the_cap_are_counted(scenario: Scenario) -> None:
    found = tried(scenario, strategy="static", samples=2, replications=1)
    assert found.responses["access_window_s"].cut_points == found.points


def test_the_numbers_are_plain_json_and_a_table_of_the_same(study: Sensitivity) -> None:
    content = json.loads(json.dumps(study.to_json(), allow_nan=False))
    assert content["schema"] == "nhilab/sensitivity/1"
    assert content["inputs"]["strategy.session.ttl"] == {"uniform": ["10m", "1h"]}
    rows = {(r["metric"], r["input"], r["index"]): r["mean"] for r in study.frame().to_dicts()}
    found = content["responses"]["access_window_s"]["indices"]["strategy.session.ttl"]["mu_star"]["mean"]
    assert rows["access_window_s", "strategy.session.ttl", "mu_star"] == found


@pytest.mark.parametrize("batch", [6, 256])
def test_progress_is_that_of_the_whole_study(scenario: Scenario, monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    monkeypatch.setattr("nhilab.study.experiments.simulations.BATCH", batch)
    told: list[tuple[int, int, int]] = []
    with Executor(1, progress=lambda *numbers: told.append(numbers)) as executor:
        sensitivity(scenario, method="morris", seed=0, executor=executor, samples=2, replications=2, campaigns=2)
    done = [one[0] for one in told]
    assert done == sorted(done) and {one[2] for one in told} == {16} and done[-1] == 16
    steps = [after - before for before, after in itertools.pairwise(done)]
    assert max(steps) <= 2 * 3, "a batch is told as it is done, of points alike once"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"method": "sobol", "samples": 12}, "a power of two"),
        ({"method": "morris", "samples": 1}, "at least 2 trajectories"),
        ({"against": "nobody"}, "one of static, session, task"),
    ],
)
def test_what_cannot_be_studied_is_refused_in_a_line(scenario: Scenario, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        tried(scenario, **settings)


def test_a_scenario_that_knows_everything_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a section uncertain"):
        tried(load_scenario(write(tmp_path)))
