"""Which control bought the reduction, in words and figures."""

from __future__ import annotations

import dataclasses
import io
import math

import polars as pl
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from rich.console import Console
from unit.study.small import YAML, write

from nhilab.lab import load_scenario
from nhilab.report.figures.factorial import draw_factorial, draw_interactions, draw_shapley
from nhilab.report.tables.factorial import print_factorial, sentence
from nhilab.scenario.scenario import Scenario
from nhilab.study.cells.executor import Executor
from nhilab.study.experiments.effects import Effects, Factorial
from nhilab.study.experiments.factorial import factorial
from nhilab.study.intervals.means import Interval

CONTROLS = """
controls:
  a-very-short-lifetime: {strategy.session.ttl: 5m}
  narrow-scope: {strategy.session.scope: [class]}
"""
WINDOW = "access_window_s"


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return load_scenario(write(tmp_path_factory.mktemp("controls"), YAML + CONTROLS))


@pytest.fixture(scope="module")
def study(scenario: Scenario) -> Factorial:
    with Executor(1) as executor:
        return factorial(scenario, seed=0, replications=3, campaigns=20, executor=executor)


@pytest.fixture
def axes() -> Axes:
    return Figure().subplots()


def printed(study: Factorial, scenario: Scenario) -> str:
    stream = io.StringIO()
    print_factorial(Console(file=stream, width=80), study, scenario)
    return stream.getvalue()


def changed(study: Factorial, **parts: object) -> Factorial:
    """The same study with something else found of its window."""
    effects: Effects = dataclasses.replace(study.effects[WINDOW], **parts)  # type: ignore[arg-type]
    return dataclasses.replace(study, effects={WINDOW: effects})


def rows(study: Factorial) -> pl.DataFrame:
    return study.frame().filter(pl.col("metric") == WINDOW)


def test_every_line_fits_and_no_name_is_broken_within_a_word(study: Factorial, scenario: Scenario) -> None:
    text = printed(study, scenario)
    assert max(map(len, text.splitlines())) <= 80
    assert "lifetime" in text and "bought" in text


def test_the_sentence_names_what_bought_most_first_and_the_rest_as_little(study: Factorial) -> None:
    said = sentence(study, WINDOW)
    assert "Of this bought: a-very-short-lifetime" in said
    assert "Next to nothing: narrow-scope." in said


def test_controls_that_cannot_be_told_apart_are_said_to_be(study: Factorial) -> None:
    one, other = Interval(100.0, 50.0, 150.0), Interval(90.0, 40.0, 140.0)
    bought = {"a-very-short-lifetime": one, "narrow-scope": other}
    alike = changed(study, bought=bought, total=Interval(190.0, 90.0, 290.0), shares={})
    assert "Which of a-very-short-lifetime, narrow-scope bought most cannot be told." in sentence(alike, WINDOW)


def test_what_cannot_be_told_from_nothing_is_not_said_to_be_next_to_nothing(study: Factorial) -> None:
    bought = {"a-very-short-lifetime": Interval(90.0, 80.0, 100.0), "narrow-scope": Interval(10.0, -5.0, 25.0)}
    said = sentence(changed(study, bought=bought, total=Interval(100.0, 90.0, 110.0), shares={}), WINDOW)
    assert said.endswith("Cannot be told from 0: narrow-scope.")
    bought["narrow-scope"] = Interval(0.1, -20.0, 20.2)
    said = sentence(changed(study, bought=bought, total=Interval(100.0, 90.0, 110.0), shares={}), WINDOW)
    assert said.endswith("Cannot be told from 0: narrow-scope."), "it could be a fifth"
    bought["narrow-scope"] = Interval(0.1, -0.2, 0.4)
    said = sentence(changed(study, bought=bought, total=Interval(100.0, 90.0, 110.0), shares={}), WINDOW)
    assert said.endswith("Next to nothing: narrow-scope.")


def test_an_increase_is_said_with_its_ends_in_order(study: Factorial) -> None:
    said = sentence(changed(study, total=Interval(-120.0, -180.0, -60.0), shares={}), WINDOW)
    assert "2m more (1m to 3m)" in said


def test_a_total_that_could_be_nothing_is_said_to_be(study: Factorial) -> None:
    assert "cannot be told from 0" in sentence(changed(study, total=Interval(5.0, -1.0, 11.0)), WINDOW)
    assert "cannot be told from 0" in sentence(changed(study, total=Interval(5.0, math.nan, math.nan)), WINDOW)


def test_why_there_are_no_shares_is_said(study: Factorial, scenario: Scenario) -> None:
    without = changed(study, shares={}, without_shares="the reason")
    assert "No shares: the reason." in printed(without, scenario)


def test_what_an_interaction_makes_of_the_first_is_shown(study: Factorial, scenario: Scenario) -> None:
    one, other = study.controls
    found = study.effects[WINDOW].contrasts
    terms = {**found, (one,): Interval(-7200.0, -7300.0, -7100.0), (one, other): Interval(-3600.0, -3700.0, -3500.0)}
    text = " ".join(printed(changed(study, contrasts=terms), scenario).split())
    assert "1 to speak of" in text
    assert "-1h -1h2m -3h" in text or "-1h -1h -3h" in text


def test_a_bar_is_as_long_as_what_was_bought(study: Factorial, axes: Axes) -> None:
    draw_shapley(axes, rows(study))
    widths = [patch.get_width() for patch in axes.patches]  # type: ignore[attr-defined]
    bought = [value.mean for value in study.effects[WINDOW].bought.values()]
    assert widths == pytest.approx([value / 60 for value in bought])
    assert axes.get_xlabel().endswith(", m")


def test_effects_are_on_the_diagonal_and_interactions_below_it(study: Factorial, axes: Axes) -> None:
    draw_interactions(axes, rows(study))
    grid = axes.images[0].get_array()
    assert grid is not None
    terms = [value.mean / 60 for value in study.effects[WINDOW].contrasts.values()]
    assert [grid[0, 0], grid[1, 1], grid[1, 0]] == pytest.approx(terms)
    assert grid.mask.tolist() == [[False, True], [False, False]]
    assert [text.get_text()[0] == "(" for text in axes.texts] == [
        not (value.low > 0 or value.high < 0) for value in study.effects[WINDOW].contrasts.values()
    ]


def test_values_that_are_not_there_are_left_out(study: Factorial) -> None:
    unknown = Interval(math.nan, math.nan, math.nan)
    found = study.effects[WINDOW]
    without = changed(
        study, bought=dict.fromkeys(found.bought, unknown), contrasts=dict.fromkeys(found.contrasts, unknown)
    )
    figure = draw_factorial(without)
    assert [len(axes.texts) + len(axes.patches) for axes in figure.axes] == [0, 0]
