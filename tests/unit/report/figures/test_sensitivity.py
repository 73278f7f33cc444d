"""Which unknown number decides the result, in words and figures."""

from __future__ import annotations

import dataclasses
import io
import math
from typing import Any

import polars as pl
import pytest
from matplotlib.figure import Figure
from rich.console import Console
from unit.study.small import YAML, write

from nhilab.lab import load_scenario
from nhilab.report.figures.sensitivity import draw_responses, draw_sensitivity
from nhilab.report.tables.sensitivity import notes, print_sensitivity, sentence
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.executor import Executor
from nhilab.study.experiments.sensitivity import Response, Sensitivity, sensitivity
from nhilab.study.intervals.means import Interval

UNCERTAIN = """
uncertain:
  threat.entries.dependency.dwell: {loguniform: [1s, 5m]}
  strategy.session.ttl: {uniform: [10m, 1h]}
"""
WINDOW, TTL = "access_window_s", "strategy.session.ttl"


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return load_scenario(write(tmp_path_factory.mktemp("uncertain"), YAML + UNCERTAIN))


@pytest.fixture(scope="module")
def study(scenario: Scenario) -> Sensitivity:
    with Executor(1) as executor:
        return sensitivity(
            scenario, method="morris", seed=0, strategy="session", samples=4, replications=2, campaigns=20,
            executor=executor,
        )  # fmt: skip


def changed(study: Sensitivity, **parts: Any) -> Sensitivity:
    """The same study with another response of its window."""
    response: Response = dataclasses.replace(study.responses[WINDOW], **parts)
    return dataclasses.replace(study, responses={WINDOW: response})


def sobol(study: Sensitivity) -> Sensitivity:
    shares = {"S1": Interval(0.5, 0.4, 0.6), "ST": Interval(0.6, 0.5, 0.7)}
    own = changed(study, indices=dict.fromkeys(study.inputs, shares))
    return dataclasses.replace(own, method="sobol")


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_every_line_fits_and_the_input_that_decides_most_comes_first(
    study: Sensitivity, scenario: Scenario, method: str
) -> None:
    stream = io.StringIO()
    shown = study if method == "morris" else sobol(study)
    print_sensitivity(Console(file=stream, width=80), shown, scenario)
    text = stream.getvalue()
    assert max(map(len, text.splitlines())) <= 80
    if method == "morris":
        table = text[text.index("input") :]
        assert table.index(TTL) < table.index("dependency")
    assert ("0.60" in text) == (method == "sobol")


def test_the_sentence_names_what_decides_and_what_may_as_much(study: Sensitivity) -> None:
    assert f"{TTL} decides it most" in sentence(study, WINDOW)
    assert "perhaps as much" in sentence(sobol(study), WINDOW)


def test_what_limits_the_indices_is_said(study: Sensitivity) -> None:
    assert notes(study, WINDOW) == []
    assert "Noise of the runs is 50 %" in notes(changed(study, noise_share=0.5), WINDOW)[0]
    assert "At 3 of 12 points some access never ends" in notes(changed(study, cut_points=3), WINDOW)[0]
    assert "no finite value" in notes(changed(study, most=math.inf), WINDOW)[0]
    assert "the same at all points" in notes(changed(study, least=1.0, most=1.0), WINDOW)[0]
    wide = {TTL: {"S1": Interval(0.5, 0.0, 1.0), "ST": Interval(0.5, 0.0, 1.0)}}
    assert "more samples" in notes(dataclasses.replace(changed(study, indices=wide), method="sobol"), WINDOW)[0]


def test_bars_are_as_long_as_the_indices_in_the_order_of_the_inputs(study: Sensitivity) -> None:
    axes = Figure().subplots()
    draw_sensitivity(axes, study.frame().filter(pl.col("metric") == WINDOW))
    widths = [patch.get_width() for patch in axes.patches]
    found = [own["mu_star"].mean for own in study.responses[WINDOW].indices.values()]
    assert widths == pytest.approx([value / 60 for value in found])
    assert axes.get_xlabel().endswith(", m")


def test_a_bar_of_each_kind_is_drawn_for_every_input_and_none_where_there_is_no_number(study: Sensitivity) -> None:
    shares = draw_responses(sobol(study)).axes[0]
    assert sorted(patch.get_width() for patch in shares.patches) == [0.5, 0.5, 0.6, 0.6]
    unknown = dict.fromkeys(("mu_star", "mu", "sigma"), Interval(math.nan, math.nan, math.nan))
    empty = draw_responses(changed(study, indices=dict.fromkeys(study.inputs, unknown))).axes[0]
    assert [patch.get_width() for patch in empty.patches] == [0.0, 0.0]
