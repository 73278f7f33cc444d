"""Figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from unit.report.drawn import legend, lines
from unit.study.small import compared, small

from nhilab.report.drawing.palette import COLOURS, looks_of
from nhilab.report.figures.comparison import draw_comparison, draw_survival, draw_windows
from nhilab.report.figures.comparison_file import write_svg
from nhilab.scenario.scenario import Scenario
from nhilab.study.comparisons.comparison import Comparison


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return small(tmp_path_factory.mktemp("scenario"))


@pytest.fixture(scope="module")
def comparison(scenario: Scenario) -> Comparison:
    return compared(scenario)


@pytest.fixture
def axes() -> Axes:
    return Figure().subplots()


def survival_table() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "strategy": ["a", "a", "b", "b"],
            "time_s": [1.0, 3600.0, 1.0, 3600.0],
            "share": [1.0, 0.5, 0.8, 0.0],
            "low": [0.9, 0.4, None, None],
            "high": [1.0, 0.6, None, None],
        }
    )


def test_survival_has_a_line_and_a_band_for_each_strategy(axes: Axes) -> None:
    draw_survival(axes, survival_table())
    assert [line.get_label() for line in axes.lines] == ["a", "b"]
    assert np.asarray(axes.lines[1].get_ydata()).tolist() == [0.8, 0.0]
    assert len([c for c in axes.collections if isinstance(c, PolyCollection)]) == 2
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["a", "b"]  # type: ignore[union-attr]


def test_survival_is_drawn_from_nought_to_one_on_a_logarithmic_time_axis(axes: Axes) -> None:
    draw_survival(axes, survival_table())
    assert axes.get_xscale() == "log"
    assert axes.get_xlim() == (1.0, 3600.0)
    assert axes.get_ylim() == (0.0, 1.02)
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["1s", "10s", "1m", "10m", "1h"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("time since theft", "share still honoured")


def test_strategies_keep_their_colours_by_order(axes: Axes) -> None:
    draw_survival(axes, survival_table())
    assert [line.get_color() for line in axes.lines] == list(COLOURS[:2])


def test_windows_has_a_marker_with_bars_for_each_strategy_with_numbers(axes: Axes) -> None:
    rows = [
        ("a", "access_window_s", 600.0, 500.0, 700.0),
        ("a", "reach", 4.0, 3.0, 5.0),
        ("b", "access_window_s", 60.0, None, None),
        ("b", "reach", 2.0, None, None),
        ("c", "access_window_s", None, None, None),
        ("c", "reach", None, None, None),
    ]
    draw_windows(axes, pl.DataFrame(rows, schema=["strategy", "metric", "mean", "low", "high"], orient="row"))
    assert legend(axes) == ["a", "b"]
    assert lines(axes, "a") == [([600.0], [4.0])]
    assert [len(container[2]) for container in axes.containers] == [2, 0], "intervals both ways, or none"
    low, high = axes.get_xlim()
    assert low <= 60.0 / 4 + 1e-9
    assert high >= 700.0
    assert axes.get_ylim()[0] == 0.0
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("access window, mean", "resources reached, mean")


def test_a_window_that_is_a_lower_bound_points_to_the_right(axes: Axes) -> None:
    rows = [("a", metric, 60.0, 50.0, 70.0) for metric in ("access_window_s", "reach")]
    table = pl.DataFrame(rows, schema=["strategy", "metric", "mean", "low", "high"], orient="row")
    draw_windows(axes, table, bounds=["a"])
    assert [line.get_marker() for line in axes.lines if line.get_label() == "_bound"] == [">"]


def test_survival_lines_differ_in_stroke_and_marker_too(axes: Axes) -> None:
    draw_survival(axes, survival_table())
    assert len({line.get_linestyle() for line in axes.lines}) == 2
    assert len({line.get_marker() for line in axes.lines}) == 2


def test_survival_has_no_markers_where_nothing_is_left(axes: Axes) -> None:
    times = [float(i + 1) for i in range(100)]
    share = [1.0 if time < 50 else 0.0 for time in times]
    draw_survival(axes, pl.DataFrame({"strategy": "a", "time_s": times, "share": share, "low": None, "high": None}))
    marked = axes.lines[0].get_markevery()
    assert isinstance(marked, list) and len(marked) > 1
    assert max(marked) < 49


def test_looks_are_those_given_not_those_of_the_table_s_order(axes: Axes) -> None:
    draw_survival(axes, survival_table(), looks=looks_of(["z", "b", "a"]))
    assert [line.get_color() for line in axes.lines] == [COLOURS[2], COLOURS[1]]


def test_figures_of_nothing_are_empty_and_do_not_fail(axes: Axes) -> None:
    draw_survival(axes, survival_table().clear())
    draw_windows(axes, pl.DataFrame(schema=["strategy", "metric", "mean", "low", "high"]))
    assert axes.lines == [] or len(axes.lines) == 0


def test_a_comparison_is_drawn_with_all_strategies_on_both_axes(comparison: Comparison) -> None:
    figure = draw_comparison(comparison)
    left, right = figure.axes
    assert [line.get_label() for line in left.lines] == ["static", "session", "task"]
    assert [line.get_label() for line in right.lines if str(line.get_label())[0] != "_"] == [
        "static",
        "session",
        "task",
    ]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["static", "session", "task"]


def test_the_figure_has_the_same_bytes_each_time(comparison: Comparison, tmp_path: Path) -> None:
    for name in ("a.svg", "b.svg"):
        write_svg(tmp_path / name, comparison)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
