"""Pictures of sweeps, factorials and frontiers."""

from __future__ import annotations

import dataclasses
import math
import re

import pytest
from unit.study.hourly_designs import OBJECTIVES, hourly_designs
from unit.study.small import YAML, small, write

from nhilab.lab import load_scenario
from nhilab.report.drawing.palette import look
from nhilab.report.pictures.pictures import factorial_pictures, frontier_pictures, sweep_pictures
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.executor import Executor
from nhilab.study.designs.explore import Effort
from nhilab.study.designs.frontier import find_frontier
from nhilab.study.designs.space import space_of
from nhilab.study.experiments.effects import Factorial
from nhilab.study.experiments.factorial import factorial
from nhilab.study.experiments.sweep import Sweep, sweep
from nhilab.study.experiments.vary import read_axis
from nhilab.study.intervals.means import Interval

CONTROLS = """
controls:
  short: {strategy.session.ttl: 5m}
  narrow: {strategy.session.scope: [class]}
"""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return small(tmp_path_factory.mktemp("scenario"))


@pytest.fixture(scope="module")
def curves(scenario: Scenario) -> Sweep:
    axes = [read_axis("strategy.session.ttl=1m,1h,never")]
    return sweep(
        scenario, axes, seed=0, strategies=("session", "task"), replications=2, campaigns=10, executor=Executor()
    )


@pytest.fixture(scope="module")
def controls(tmp_path_factory: pytest.TempPathFactory) -> Factorial:
    scenario = load_scenario(write(tmp_path_factory.mktemp("controls"), YAML + CONTROLS))
    return factorial(scenario, seed=0, replications=3, campaigns=20, executor=Executor())


def test_a_sweep_has_a_picture_for_each_metric_with_its_ends_in_words(curves: Sweep) -> None:
    pictures = sweep_pictures(curves)
    assert [p.key for p in pictures][:2] == ["sweep-access-window", "sweep-weighted-reach"]
    assert re.search(r"session: .* at 1m, at least .* at never; task: ", pictures[0].alt)
    assert "lower bound" in pictures[0].caption


def test_strategies_of_a_sweep_have_the_colours_of_the_scenario(curves: Sweep, scenario: Scenario) -> None:
    figure = sweep_pictures(curves, scenario.strategies)[0].draw()
    assert figure.axes[0].lines[0].get_color() == look(1).colour
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["session", "task"]


def test_a_strategy_of_a_sweep_can_be_hidden(curves: Sweep) -> None:
    figure = sweep_pictures(curves)[0].draw()
    assert [text.get_gid() for text in figure.legends[0].get_texts()] == ["strategy:session", "strategy:task"]
    lines = {line.get_gid() for line in figure.axes[0].lines}
    assert lines == {"strategy:session", "strategy:task"}


def test_a_metric_without_values_has_no_picture(curves: Sweep) -> None:
    unknown = {
        name: tuple(
            {k: e._replace(mean=math.nan) if k == "reach_weighted" else e for k, e in by_key.items()}
            for by_key in found
        )
        for name, found in curves.estimates.items()
    }
    keys = [p.key for p in sweep_pictures(dataclasses.replace(curves, estimates=unknown))]
    assert "sweep-access-window" in keys
    assert "sweep-weighted-reach" not in keys


def test_controls_have_what_they_bought_and_how_they_need_each_other(controls: Factorial) -> None:
    pictures = factorial_pictures(controls)
    assert [p.key for p in pictures[:2]] == ["bought-access-window", "interactions-access-window"]
    assert "short" in pictures[0].alt
    bars = pictures[0].draw().axes[0]
    assert [label.get_text() for label in bars.get_yticklabels()] == ["short", "narrow"]
    assert len([line for line in bars.lines if line.get_label() == "_interval"]) == 2


def test_an_interaction_is_named_with_its_size_or_said_not_to_be_told_from_nought(controls: Factorial) -> None:
    window = controls.effects["access_window_s"]

    def alt(interaction: Interval) -> str:
        contrasts = {**window.contrasts, ("short", "narrow"): interaction}
        effects = {"access_window_s": dataclasses.replace(window, contrasts=contrasts)}
        return factorial_pictures(dataclasses.replace(controls, effects=effects))[1].alt

    assert "short and narrow, 1h." in alt(Interval(3600.0, 3000.0, 4200.0))
    assert "can be told from nought" in alt(Interval(3600.0, -1.0, 4200.0))


def test_controls_without_numbers_have_no_picture(controls: Factorial) -> None:
    unknown = Interval(math.nan, math.nan, math.nan)
    effects = {
        key: dataclasses.replace(found, bought=dict.fromkeys(found.bought, unknown))
        for key, found in controls.effects.items()
    }
    assert factorial_pictures(dataclasses.replace(controls, effects=effects)) == ()


def test_a_frontier_has_a_picture_for_each_pair_and_a_table_of_its_numbers() -> None:
    effort = Effort(seed=0, replications=3, campaigns=20)
    frontier = find_frontier(space_of(hourly_designs()), effort=effort, executor=Executor(), objectives=OBJECTIVES)
    pictures = frontier_pictures(frontier)
    assert [p.key for p in pictures] == [
        "frontier-access-window-against-issuances-per-task", "frontier-weighted-reach-against-issuances-per-task",
    ]  # fmt: skip
    assert "no other beats" in pictures[0].alt
    table = pictures[0].table
    assert table is not None
    assert table["design"].to_list() == [row.design.name for row in frontier.distinct]
    written = {text.get_text() for text in pictures[0].draw().axes[0].texts}
    assert "1" in " ".join(written).split()
